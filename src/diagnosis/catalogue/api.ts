// The API, and what can end a run anywhere.
import type { FindingArgs } from '../../errors.ts'
import {
  type Entry,
  later,
  newOperatorToken,
  numberVerification,
  redirected,
  said,
  status,
  useMobileData,
  type Words,
} from './words.ts'

export const api: Readonly<Record<string, Entry>> = {
  invalid_argument: ({ message, command }) => ({
    ...(command === 'number' ? argumentOfNumber(message) : argumentOfVerify(message)),
    reference: numberVerification,
  }),
  unauthenticated: ({ host, message, isBySim }) => ({
    title: `UNAUTHENTICATED: the API at ${host} does not accept the access token`,
    cause: `The token was used before, is older than 300 s, or is of another gateway.${said(message)}`,
    fix: `Try again: every call of the API needs ${isBySim ? 'an access token of its own' : 'a new trip through the phone'}. Check that token and API URL belong together.`,
    reference: numberVerification,
  }),
  permission_denied: ({ host, message, scope, grantedScope }) => ({
    title: `PERMISSION_DENIED: the access token is not good for this call of ${host}`,
    cause: `${describeGrant(scope, grantedScope)}, or belongs to another version of the API.${said(message)}`,
    fix: 'Check --scope and --api-version, and that the application is subscribed to Number Verification.',
    reference: numberVerification,
  }),
  user_not_authenticated_by_mobile_network: ({ message, isBySim, apiVersion }) => ({
    title: 'The line was not identified by the mobile network',
    cause: isBySim
      ? `The API, asked in version ${apiVersion}, takes nothing else, and the line was identified by its SIM.${said(message)}`
      : `The phone was on Wi-Fi, a VPN or a tethered connection when it opened the URL.${said(message)}`,
    fix: isBySim ? withoutSim : useMobileData,
    reference: numberVerification,
  }),
  user_not_authenticated_by_supported_method: ({ message, isBySim }) => ({
    title: 'The line was not identified by a method that the API supports',
    cause: `Neither the mobile network nor the SIM identified it.${said(message)}`,
    fix: isBySim
      ? newOperatorToken
      : `${useMobileData} Over Wi-Fi only the token of the SIM identifies it (--operator-token).`,
    reference: numberVerification,
  }),
  invalid_token_context: ({ message, isBySim }) => ({
    title: 'INVALID_TOKEN_CONTEXT: there is no number behind the access token',
    cause: isBySim
      ? `The gateway found no line for the token of the SIM.${said(message)}`
      : `The token came from a flow without a phone.${said(message)}`,
    fix: isBySim ? withoutSim : 'Use the authorization code flow through a phone on mobile data.',
    reference: numberVerification,
  }),
  invalid_ts43_token: ({ message }) => ({
    title: 'INVALID_TS43_TOKEN: the operator does not accept the token of the SIM',
    cause: `It is malformed, has expired, was used before, or is of another operator.${said(message)}`,
    fix: newOperatorToken,
    reference: numberVerification,
  }),
  api_not_found: ({ host, url, message }) => ({
    title: `${host} has nothing at that path (HTTP 404)`,
    cause: `${url} is not there: the base URL or the API version is wrong.${said(message)}`,
    fix: 'Check NV_API_URL (the base before /number-verification) and --api-version.',
    reference: numberVerification,
  }),
  api_forbidden: ({ host, code, message, ...args }) => ({
    title: `${host} does not let this application call the API${status(args)}${code ? `: ${code}` : ''}`,
    cause: `The application is not subscribed to the API, or something before it, as a firewall, refused.${said(message)}`,
    fix: "Check the subscription in the provider's console, then --scope and --api-version.",
    reference: numberVerification,
  }),
  api_error: ({ host, code, message, ...args }) => ({
    title: `${host} answered with an error${status(args)}${code ? `: ${code}` : ''}`,
    cause: `The API could not answer.${said(message)}`,
    fix: isRequestsFault(args)
      ? 'Check --api-version and the base of the API (NV_API_URL); if both are right, ask the operator of the gateway with the x-correlator.'
      : `Try again later; if it stays so, ask the operator of the gateway with the time and the x-correlator.${later(args)}`,
    reference: numberVerification,
  }),
  api_redirected: ({ host, location, ...args }) => redirected('API', host, location, args),
  api_unreadable: ({ host, found, command }) => ({
    title: `${host} gave no answer: ${found}`,
    cause: `Only a ${command === 'number' ? 'phone number with its + in devicePhoneNumber' : 'JSON boolean in devicePhoneNumberVerified'} is an answer. A wrong URL or a proxy brings something else.`,
    fix: 'Check NV_API_URL; if it is right, tell the operator of the gateway.',
    reference: numberVerification,
  }),
  server_failing: ({ host, error, description, message, ...args }) => ({
    title: `${host ?? 'The gateway'} could not answer${status(args)}${error ? `: ${error}` : ''}`,
    cause:
      (args['status'] === 429
        ? 'It takes no more requests for now.'
        : 'The server, or one that it depends on, is down or overloaded.') + said(message ?? description),
    fix: `Try again later; if it stays so, ask the operator of the gateway with the time of the request.${later(args)}`,
    reference: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6',
  }),
  interrupted: () => ({
    severity: 'info',
    title: 'Interrupted',
    cause: 'The run was stopped before it had a result.',
    fix: 'Start it again.',
  }),
}

/** Shows what was granted against what was asked for. */
function describeGrant(scope: FindingArgs[string] | undefined, granted: FindingArgs[string] | undefined) {
  return granted
    ? `The scope asked for is ${scope}; granted is ${granted}. It is not enough`
    : `The scope that was asked for, ${scope}, was not granted`
}

const withoutSim = 'Leave --operator-token out, and let the phone itself open the URL on mobile data.'

function argumentOfVerify(message: FindingArgs[string] | undefined): Words {
  return {
    title: 'INVALID_ARGUMENT: the API does not take the number as it was sent',
    cause: `It wants ^\\+[1-9][0-9]{4,14}$, or 64 hexadecimal digits, and not both.${said(message)}`,
    fix: 'Check the number; try with and without --hashed, since some operators take one form only.',
  }
}

function argumentOfNumber(message: FindingArgs[string] | undefined): Words {
  return {
    title: 'INVALID_ARGUMENT: the API does not take the request',
    cause: `/device-phone-number has no parameter; a header that nv adds may be one it refuses.${said(message)}`,
    fix: 'Check the headers of the profile and --api-version; if they are right, tell the operator of the gateway.',
  }
}

/** Tells whether a status says that the request is at fault, and not the moment. */
function isRequestsFault({ status: code }: FindingArgs): boolean {
  return typeof code === 'number' && code < 500 && code !== 429
}
