// The API, and what can end a run anywhere.
import { type OperationName, operations } from '../../camara/api.ts'
import { describePage, explainPageForProgram } from './pages.ts'
import { redirected, type Redirected, type Unreadable } from './token.ts'
import {
  askOperator,
  later,
  newOperatorToken,
  numberVerification,
  quote,
  type Refused,
  titled,
  useMobileData,
  withStatus,
  type Words,
} from './words.ts'

interface RefusedBySim extends Refused {
  isBySim: boolean
}

const withoutSim = 'Leave --operator-token out, and let the phone itself open the URL on mobile data.'

export const api = {
  invalid_argument: (facts: Refused & { operation: OperationName; isHashed: boolean }): Words => ({
    ...(facts.operation === 'verify' ? argumentOfVerify(facts) : argumentOfNumber(facts)),
    reference: facts.reference ?? numberVerification,
  }),
  unauthenticated: (
    facts: RefusedBySim & { ageSeconds: number | null; isFirstUse: boolean; isOneHost: boolean },
  ): Words => {
    const { host, says, isBySim, ageSeconds, isFirstUse, isOneHost } = facts
    const isNew = isFirstUse && ageSeconds !== null && ageSeconds < 60
    return {
      title: titled(facts, `the API at ${host} does not accept the access token${withStatus(facts)}`),
      cause: `${quote(says)}${
        isNew
          ? `The token was ${ageSeconds} s old and not used before by nv, ${isOneHost ? 'and the same host issued it' : 'so another gateway likely issued it'}.`
          : !isFirstUse
            ? 'nv used the token before, and it is good for one call.'
            : 'Likely the token has expired, or another gateway issued it.'
      }`,
      fix:
        isNew && isOneHost
          ? `Try again with ${isBySim ? 'a new access token' : 'a new trip through the phone'}. If it keeps happening, ${askOperator}.`
          : isNew
            ? `Check that API URL and token URL belong to one gateway and environment. Then try again: every call needs ${isBySim ? 'an access token of its own' : 'a new trip through the phone'}.`
            : `Try again: every call of the API needs ${isBySim ? 'an access token of its own' : 'a new trip through the phone'}.`,
      reference: facts.reference ?? numberVerification,
    }
  },
  permission_denied: (
    facts: Refused & { scope: string; grantedScope: string | null; neededScope: string | null },
  ): Words => ({
    title: titled(facts, `the access token does not allow this call of ${facts.host}${withStatus(facts)}`),
    cause: `${quote(facts.says)}${describeGrant(facts)}`,
    fix: 'Check --scope and --api-version, and that the application is subscribed to Number Verification.',
    reference: facts.reference ?? numberVerification,
  }),
  user_not_authenticated_by_mobile_network: (facts: RefusedBySim & { apiVersion: string }): Words => ({
    title: 'The mobile network did not identify the line',
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? `The API, asked in version ${facts.apiVersion}, accepts nothing else, and the line was identified by its SIM.`
        : 'The phone was on Wi-Fi, a VPN or a tethered connection when it opened the URL.'
    }`,
    fix: facts.isBySim ? withoutSim : useMobileData,
    reference: facts.reference ?? numberVerification,
  }),
  user_not_authenticated_by_supported_method: (facts: RefusedBySim): Words => ({
    title: 'The line was not identified by a method that the API supports',
    cause: `${quote(facts.says)}Neither the mobile network nor the SIM identified it.`,
    fix: facts.isBySim
      ? newOperatorToken
      : `${useMobileData} Over Wi-Fi only a SIM token identifies it (--operator-token).`,
    reference: facts.reference ?? numberVerification,
  }),
  invalid_token_context: (facts: RefusedBySim): Words => ({
    title: titled(facts, 'there is no number behind the access token'),
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? 'The gateway found no line for the token of the SIM.'
        : 'The gateway found no line for it: likely the phone was not on mobile data.'
    }`,
    fix: facts.isBySim ? withoutSim : useMobileData,
    reference: facts.reference ?? numberVerification,
  }),
  invalid_ts43_token: (facts: Refused): Words => ({
    title: titled(facts, 'the operator does not accept the SIM token'),
    cause: `${quote(facts.says)}It is malformed, has expired, was used before, or belongs to another operator.`,
    fix: newOperatorToken,
    reference: facts.reference ?? numberVerification,
  }),
  api_not_found: (facts: Refused & { url: string; oddity: string | null; source: string }): Words => ({
    title: titled(facts, `${facts.host} has nothing at that path${withStatus(facts)}`),
    cause: `${quote(facts.says)}${facts.url} does not exist${facts.oddity === null ? ': the base URL or the API version is wrong' : `: ${facts.oddity}`}.`,
    fix: `Check the API URL (${facts.source}) and --api-version.`,
    reference: facts.reference ?? numberVerification,
  }),
  api_forbidden: (facts: Refused): Words => ({
    title: `${facts.host} does not let this application call the API${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}The application is not subscribed to the API, or something in front of it, such as a firewall, refused.`,
    fix: "Check the subscription in the provider's console, then --scope and --api-version.",
    reference: facts.reference ?? numberVerification,
  }),
  api_error: (facts: Refused & { source: string }): Words => ({
    title: `${facts.host} answered with an error${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}The API could not answer.`,
    fix: isRequestsFault(facts)
      ? `Check --api-version and the API URL (${facts.source}). If both are right, ${askOperator}.`
      : `Try again later. If it keeps happening, ${askOperator}.${later(facts)}`,
    reference: facts.reference ?? numberVerification,
  }),
  token_of_other_api: (facts: Refused & { ageSeconds: number | null }): Words => ({
    title: titled(facts, `the access token is not meant for the API at ${facts.host}${withStatus(facts)}`),
    cause: `${quote(facts.says)}Another gateway or environment issued it${facts.ageSeconds === null ? '' : `, ${facts.ageSeconds} s before`}: the API trusts a different one.`,
    fix: 'Check that token URL and API URL belong to one gateway and environment (sandbox, production).',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9068#section-4',
  }),
  api_redirected: (facts: Redirected): Words => redirected('API', facts),
  api_unreadable: (facts: Unreadable & { operation: OperationName }): Words => ({
    title: `${facts.host} returned ${facts.page === null ? `no usable answer: ${facts.found}` : 'an HTML page, not an answer'}`,
    ...explainAnswer(facts),
    reference: numberVerification,
  }),
  verdict_random: (): Words => ({
    severity: 'info',
    title: 'This verdict is random',
    cause:
      'A mock answers true for a number that ends in 1 and false for one that ends in 2. For any other it answers at random.',
    fix: 'Use a number that ends in 1 or 2.',
  }),
  mismatch_explained: ({ isHashed, isBySim }: { isHashed: boolean; isBySim: boolean }): Words => ({
    severity: 'info',
    title: 'If the number is right, the operator may still say false',
    cause: `${isBySim ? 'The SIM token belongs to another line' : 'The other SIM carries the data'}, the number was ported, or this operator says false when it can't tell.${isHashed ? ' Some operators compare the plain number only.' : ''}`,
    fix: `Check which line it is with nv number${isHashed ? ', and try without --hashed' : ''}.`,
    reference: numberVerification,
  }),
  correlator_differs: ({
    host,
    sent,
    returned,
  }: {
    host: string
    sent: string
    returned: string
  }): Words => ({
    severity: 'info',
    title: `${host} returned another correlator than it was sent`,
    cause: `Sent: ${sent}. Returned: ${returned}. CAMARA wants the same one back.`,
    fix: 'Name both when you ask the operator of the gateway.',
    reference: 'https://github.com/camaraproject/Commonalities',
  }),
  interrupted: (): Words => ({
    severity: 'info',
    title: 'Interrupted',
    cause: 'The run was stopped before it had a result.',
    fix: 'Start it again.',
  }),
  nothing_explains: ({ step, lacks }: { step: string; lacks: string }): Words => ({
    title: `Failed at step "${step}"`,
    cause: `The run stopped for lack of: ${lacks}. Nothing that was recorded explains it.`,
    fix: 'Run it again with --verbose, and report it to the makers of nv.',
  }),
}

function explainAnswer(facts: Unreadable & { operation: OperationName }): Pick<Words, 'cause' | 'fix'> {
  const { page, says, operation, lookalike } = facts
  const setting = `the API URL (${facts.source})`
  const explained = page === null ? null : explainPageForProgram(page, setting)
  if (page !== null)
    return {
      cause: `It is ${describePage(page)}. ${explained?.means ?? 'A wrong URL or something on the way brings that.'}`,
      fix: explained?.fix ?? `Check ${setting}.`,
    }
  const kind = operation === 'verify' ? 'JSON boolean' : 'phone number with its +'
  return {
    cause: `${quote(says)}Only a ${kind} in ${operations[operation].answer} is an answer.${lookalike === null ? '' : ` ${lookalike}`}`,
    fix: `Check ${setting}. If it is right, report the answer to the provider.`,
  }
}

/** Shows what was granted against what was asked for. */
function describeGrant({
  scope,
  grantedScope,
  neededScope,
}: {
  scope: string
  grantedScope: string | null
  neededScope: string | null
}): string {
  const needed = neededScope === null ? '' : ` Needed is ${neededScope}.`
  const granted = grantedScope?.split(' ')
  if (granted !== undefined && scope.split(' ').every((part) => granted.includes(part)))
    return `The whole scope asked for was granted: ${scope}.${needed} Likely the application is not subscribed, or the call needs another scope.`
  return grantedScope === null
    ? `The scope asked for is ${scope}.${needed} It was not granted, or is not enough.`
    : `The scope asked for is ${scope}; granted is ${grantedScope}.${needed} It is not enough.`
}

function argumentOfVerify(facts: Refused & { isHashed: boolean }): Words {
  return {
    title: titled(facts, `the API does not accept the number as it was sent${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv sent ${facts.isHashed ? 'the SHA-256 hash of the number with its +, as 64 hexadecimal digits' : 'the number with its + and country code'}. Some operators take one form only.`,
    fix: facts.isHashed
      ? 'Check the number, and try without --hashed.'
      : 'Check the number, and try with --hashed.',
  }
}

function argumentOfNumber(facts: Refused): Words {
  return {
    title: titled(facts, `the API does not take the request${withStatus(facts)}`),
    cause: `${quote(facts.says)}/device-phone-number has no parameters; it may reject one of the headers.`,
    fix: `Check the headers of the profile and --api-version. If they are right, ${askOperator}.`,
  }
}

/** Tells whether a status says that the request is at fault, and not the moment. */
function isRequestsFault({ status }: Refused): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 429
}
