// Authentication by the token of a SIM: the backchannel request of CIBA, its end, and what prevents both grants.
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
} from './words.ts'

const ciba = 'https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html'
const requestErrors = `${ciba}#rfc.section.13`
const tokenErrors = `${ciba}#rfc.section.11`

export const operatorToken: Readonly<Record<string, Entry>> = {
  operator_token_version: ({ apiVersion }) => ({
    severity: 'warning',
    title: `API ${apiVersion} does not know the token of a SIM`,
    cause: 'SIM-based authentication came with v2; before, only the mobile network identifies a line.',
    fix: 'Use --api-version v2, or leave --operator-token out.',
    reference: numberVerification,
  }),
  operator_token_no_grant: ({ issuer }) => ({
    title: 'There is no way to send the operator token',
    cause: `${issuer} names no backchannel_authentication_endpoint for CIBA, and there is no key to sign the assertion of the JWT bearer grant with.`,
    fix: 'Give --backchannel-url, or --key.',
    reference: ciba,
  }),
  unknown_user_id: ({ description }) => ({
    title: 'unknown_user_id: the gateway finds no line for the operator token',
    cause: `The token is unknown to it, or the line is of an operator that it does not reach.${said(description)}`,
    fix: newOperatorToken,
    reference: requestErrors,
  }),
  expired_login_hint_token: ({ description }) => ({
    title: 'expired_login_hint_token: the operator token has expired',
    cause: `It is good for a short time only.${said(description)}`,
    fix: newOperatorToken,
    reference: requestErrors,
  }),
  missing_user_code: ({ description }) => ({
    title: 'missing_user_code: the gateway wants a code of the user',
    cause: `Number Verification asks nobody anything, so that nv sends none.${said(description)}`,
    fix: 'Have the user code switched off for the application.',
    reference: requestErrors,
  }),
  invalid_user_code: ({ description }) => ({
    title: 'invalid_user_code: the gateway wants a code of the user',
    cause: `Number Verification asks nobody anything, so that nv sends none.${said(description)}`,
    fix: 'Have the user code switched off for the application.',
    reference: requestErrors,
  }),
  invalid_binding_message: ({ description }) => ({
    title: 'invalid_binding_message: the gateway wants a message to show to the user',
    cause: `Number Verification shows nobody anything, so that nv sends none.${said(description)}`,
    fix: 'Have the binding message switched off for the application.',
    reference: requestErrors,
  }),
  backchannel_error: ({ host, error, description, ...args }) => ({
    title: `The backchannel endpoint at ${host} refused: ${error}${status(args)}`,
    cause: `It did not take up the token of the SIM.${said(description)}`,
    fix: `Look the error up in the provider's documentation.${later(args)}`,
    reference: requestErrors,
  }),
  backchannel_unreadable: ({ host, found, ...args }) => ({
    title: `${host} sent no auth_req_id${status(args)}`,
    cause: `Its answer was ${found}. A wrong URL, a proxy or a captive portal does that.`,
    fix: 'Check the backchannel URL.',
    reference: `${ciba}#rfc.section.7.3`,
  }),
  backchannel_redirected: ({ host, location, ...args }) =>
    redirected('backchannel endpoint', host, location, args),
  backchannel_response_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the backchannel response of ${host}`,
    cause: `${message}.`,
    fix: 'Tell the operator of the gateway; nv went on with the auth_req_id.',
    reference: `${ciba}#rfc.section.7.3`,
  }),
  backchannel_timeout: ({ host, seconds, isSlowedDown }) => ({
    title: `${host} did not identify the line within ${seconds} s`,
    cause: `It asked to wait each time; the operator behind it is slow, or waits for the user.${slowedDown(isSlowedDown)}`,
    fix: 'Try again with a longer --timeout; if it stays so, ask the operator of the gateway with the x-correlator.',
    reference: tokenErrors,
  }),
  expired_token: ({ host, description, seconds, isTold, isSlowedDown }) => ({
    title: 'expired_token: the authentication expired before the line was identified',
    cause: `${isTold === false ? `${host} gave it a time that is over after ${seconds} s` : `${host} says that its auth_req_id has expired`}; the operator behind it is slow, or waits for the user.${slowedDown(isSlowedDown)}${said(description)}`,
    fix: 'Try again; if it stays so, ask the operator of the gateway with the time and the x-correlator.',
    reference: tokenErrors,
  }),
  transaction_failed: ({ host, description }) => ({
    title: `transaction_failed: ${host} could not identify the line`,
    cause: `Something failed at the operator behind it.${said(description)}`,
    fix: `Try again. ${useMobileData.replace(/^Use/, 'Or leave --operator-token out, and use')}`,
    reference: tokenErrors,
  }),
}

/** Says that the gateway made the polling slower. */
function slowedDown(isSlowedDown: FindingArgs[string] | undefined): string {
  return isSlowedDown ? ' It wanted to be asked less often (slow_down), which cost part of that time.' : ''
}
