// The API, and what can end a run anywhere.
import type { Login } from '../challenge.ts'
import { type OperationName, operations } from '../../camara/api.ts'
import { describePage, explainPageForProgram } from './pages.ts'
import type { ScopeFlaw } from './refusals.ts'
import { redirected, type Redirected, type Unreadable } from './unusable.ts'
import { flagOfForm, formOf, type ProbedForm } from './verdict.ts'
import {
  askOperator,
  describeChallenge,
  later,
  machinePlays,
  newOperatorToken,
  numberVerification,
  quote,
  type Refused,
  titled,
  useMobileData,
  useRealPhone,
  whyFailing,
  withStatus,
  type Words,
} from './words.ts'

interface RefusedBySim extends Refused {
  isBySim: boolean
}

const withoutSim = 'Leave out --operator-token, and open the URL on the phone itself, on mobile data.'

export const api = {
  invalid_argument: (
    facts: Refused & {
      operation: OperationName
      isHashed: boolean
      /** Whether the server misses what nv sent. */
      isLost: boolean
      probed: ProbedForm | null
    },
  ): Words => ({
    ...(facts.operation === 'verify' ? argumentOfVerify(facts) : argumentOfNumber(facts)),
    reference: facts.reference ?? numberVerification,
  }),
  unauthenticated: (
    facts: RefusedBySim & {
      ageSeconds: number | null
      isSaidExpired: boolean
      isFirstUse: boolean
      isOneHost: boolean
      /** What it asks for in place of a token, as in Basic; null: nothing else. */
      challenge: Login | null
      livesSeconds: number | null
      /** Whether the server says that no token came. */
      isLost: boolean
    },
  ): Words => {
    if (facts.challenge !== null)
      return {
        title: titled(
          facts,
          `${facts.host} asks for a login other than the access token${withStatus(facts)}`,
        ),
        cause: `${quote(facts.says)}It asks for ${describeChallenge(facts.challenge)}: something in front of the API is protected, or the URL is not that of the API.`,
        fix: 'Check the API URL (--api-url), and ask the provider what that login is for.',
        reference: facts.reference ?? numberVerification,
      }
    const { host, says, isBySim, ageSeconds, isSaidExpired, isFirstUse, isOneHost, isLost } = facts
    const isShort = facts.livesSeconds !== null && facts.livesSeconds <= (ageSeconds ?? 0) + 5
    const isNew = isFirstUse && ageSeconds !== null && ageSeconds < 60
    if (isLost)
      return {
        title: titled(facts, `the API at ${host} found no access token${withStatus(facts)}`),
        cause: `${quote(says)}nv sent the token in the Authorization header: something on the way dropped it, or the API reads another header.`,
        fix: `Check which header the API wants. If it is Authorization, ${askOperator}.`,
        reference: facts.reference ?? numberVerification,
      }
    return {
      title: titled(facts, `the API at ${host} does not accept the access token${withStatus(facts)}`),
      cause: `${quote(says)}${
        isNew
          ? isSaidExpired
            ? isShort
              ? `The gateway issued the token for ${facts.livesSeconds} s, and it was ${ageSeconds} s old.`
              : `The token was ${ageSeconds} s old: likely the clocks there differ${isOneHost ? '' : ', or another gateway issued it'}.`
            : `The token was ${ageSeconds} s old and nv had not used it before, ${isOneHost ? 'and the same host issued it' : 'so another gateway likely issued it'}.`
          : !isFirstUse
            ? 'nv used this token before, and a token is good for one call.'
            : 'Likely the token has expired, or another gateway issued it.'
      }`,
      fix:
        isNew && isOneHost
          ? `Try again with ${isBySim ? 'a new access token' : 'a new trip through the phone'}. If it keeps happening, ${askOperator}.`
          : isNew
            ? `Check that the API URL and the token URL belong to the same gateway and environment. Then try again: every call needs ${isBySim ? 'an access token of its own' : 'a new trip through the phone'}.`
            : `Try again: every call of the API needs ${isBySim ? 'an access token of its own' : 'a new trip through the phone'}.`,
      reference: facts.reference ?? numberVerification,
    }
  },
  permission_denied: (
    facts: Refused & {
      scope: string
      grantedScope: string | null
      neededScope: string | null
      flaw: ScopeFlaw | null
    },
  ): Words => ({
    title: titled(facts, `the access token does not allow this call to ${facts.host}${withStatus(facts)}`),
    cause: `${quote(facts.says)}${describeGrant(facts)}${describeForm(facts.flaw)}`,
    fix:
      facts.flaw === null || facts.flaw.use === ''
        ? 'Check --scope and --api-version, and that the application is subscribed to Number Verification.'
        : `Use --scope "${facts.flaw.use}".`,
    reference: facts.reference ?? numberVerification,
  }),
  user_not_authenticated_by_mobile_network: (
    facts: RefusedBySim & { isDirect: boolean; apiVersion: string },
  ): Words => ({
    title: titled(facts, `the mobile network did not identify the line${withStatus(facts)}`),
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? `The API, asked in version ${facts.apiVersion}, accepts nothing else, but here the SIM identified the line.`
        : facts.isDirect
          ? machinePlays
          : 'Likely the phone was on Wi-Fi, a VPN or a tethered connection when it opened the URL.'
    }`,
    fix: facts.isBySim ? withoutSim : facts.isDirect ? useRealPhone : useMobileData,
    reference: facts.reference ?? numberVerification,
  }),
  user_not_authenticated_by_supported_method: (facts: RefusedBySim & { isDirect: boolean }): Words => ({
    title: titled(facts, `the line was not identified by a method that the API supports${withStatus(facts)}`),
    cause: `${quote(facts.says)}Neither the mobile network nor the SIM identified it.`,
    fix: facts.isBySim
      ? newOperatorToken
      : `${facts.isDirect ? useRealPhone : useMobileData} Over Wi-Fi only a SIM token identifies it (--operator-token).`,
    reference: facts.reference ?? numberVerification,
  }),
  invalid_token_context: (facts: RefusedBySim & { isOfNumber: boolean }): Words => ({
    ...(facts.isOfNumber
      ? {
          title: titled(facts, 'the number does not fit the access token'),
          cause: `${quote(facts.says)}The gateway says so with an error and not with false, so this is no verdict.`,
          fix: 'Check which line it is with nv number.',
        }
      : explainContext(facts)),
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
    fix: `Check the API URL (${facts.source}), --api-version, and --api-path where the API has another path.`,
    reference: facts.reference ?? numberVerification,
  }),
  api_forbidden: (facts: Refused): Words => ({
    title: `${facts.host} refused the call${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}${facts.says === null ? 'Likely the' : 'Unless the server says otherwise, the'} application is not subscribed to the API, or something in front of it, such as a firewall, refused the call.`,
    fix: "Check the subscription in the provider's console, then --scope and --api-version.",
    reference: facts.reference ?? numberVerification,
  }),
  api_error: (facts: Refused & { source: string; method: string; allow: string | null }): Words => ({
    title: `${facts.host} answered with an error${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}${whyFailing(facts) ?? whyRefused(facts) ?? 'The API could not answer.'}`,
    fix: /\bheader\b/i.test(facts.says ?? '')
      ? `If the server says that a header is missing, add it to the headers of the profile. Otherwise ${askOperator}.`
      : isRequestsFault(facts)
        ? `Check --api-version and the API URL (${facts.source}). If both are right, ${askOperator}.`
        : `Try again later. If it keeps happening, ${askOperator}.${later(facts)}`,
    reference: facts.reference ?? numberVerification,
  }),
  token_of_other_api: (facts: Refused & { ageSeconds: number | null }): Words => ({
    title: titled(facts, `the access token is not meant for the API at ${facts.host}${withStatus(facts)}`),
    cause: `${quote(facts.says)}Another gateway or environment issued it${facts.ageSeconds === null ? '' : `, ${facts.ageSeconds} s before`}: the API trusts a different one.`,
    fix: 'Check that the token URL and the API URL belong to the same gateway and environment (sandbox or production).',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9068#section-4',
  }),
  api_redirected: (facts: Redirected): Words => redirected('API', facts),
  api_unreadable: (facts: Unreadable & { operation: OperationName }): Words => ({
    title: `${facts.host} returned ${facts.page === null ? `no usable answer: ${facts.found}` : 'an HTML page, not an answer'}`,
    ...explainAnswer(facts),
    reference: numberVerification,
  }),
  interrupted: (): Words => ({
    severity: 'info',
    title: 'Interrupted',
    cause: 'The run was stopped before it had a result.',
    fix: 'Start it again.',
  }),
  nothing_explains: ({ step, lacks }: { step: string; lacks: string }): Words => ({
    title: `Failed at step "${step}"`,
    cause: `The run stopped without: ${lacks}. Nothing in the recording explains it.`,
    fix: 'Run it again with --verbose, and report it to the maintainers of nv.',
  }),
}

function explainContext(facts: RefusedBySim): Pick<Words, 'title' | 'cause' | 'fix'> {
  return {
    title: titled(facts, 'the access token does not belong to a phone number'),
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? 'The gateway found no line for the SIM token.'
        : 'The gateway found no line for it: likely the phone was not on mobile data.'
    }`,
    fix: facts.isBySim ? withoutSim : useMobileData,
  }
}

function explainAnswer(facts: Unreadable & { operation: OperationName }): Pick<Words, 'cause' | 'fix'> {
  const { page, says, operation, lookalike } = facts
  const setting = `the API URL (${facts.source})`
  const explained = page === null ? null : explainPageForProgram(page, setting)
  if (page !== null)
    return {
      cause: `It is ${describePage(page)}. ${explained?.means ?? 'The URL is wrong, or something on the way answered.'}`,
      fix: explained?.fix ?? `Check ${setting}.`,
    }
  if (/ beside another /.test(facts.found))
    return {
      cause: `${quote(says)}The answer contradicts itself, so nv does not use it.`,
      fix: 'Report the answer to the provider, with the time and the correlator of the request.',
    }
  if (facts.found.includes(' beside '))
    return {
      cause: `${quote(says)}A gateway that can't tell may add a default to its error, so nv does not count this as an answer.`,
      fix: 'Report the answer to the provider, with the time and the correlator of the request.',
    }
  const kind = operation === 'verify' ? 'JSON boolean' : 'phone number with its +'
  return {
    cause: `${quote(says)}Only a ${kind} in ${operations[operation].answer} is an answer.${lookalike === null ? '' : ` ${lookalike}`}`,
    fix: `Check ${setting}. If it is right, report the answer to the provider.`,
  }
}

/** Says what a status means that is about the request; null: nothing of its own. */
function whyRefused({
  status,
  method,
  allow,
}: Refused & { method: string; allow: string | null }): string | null {
  switch (status) {
    case 405:
      return `It does not accept ${method} at that path${allow === null ? '' : `, only ${allow.slice(0, 60)}`}.`
    case 406:
      return 'nv asked for application/json.'
    case 410:
      return 'It no longer has this path: likely this version was retired.'
    case 415:
      return 'nv sent application/json.'
    case 426:
      return 'It wants another protocol: with an http URL, likely https.'
    case 501:
      return 'It does not support this operation.'
    default:
      return (status ?? 0) >= 400 && (status ?? 0) < 500 ? 'It refused the request.' : null
  }
}

/** Adds what is odd about the form of a scope. */
function describeForm(flaw: ScopeFlaw | null): string {
  if (flaw?.code === 'form of v0')
    return ' The form with # belongs to API v0, and this run uses a later version.'
  return flaw?.code === 'form of v1' ? ' That form belongs to API v1 and v2, and this run uses v0.' : ''
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
  const needed = neededScope === null ? '' : ` It needs ${neededScope}.`
  const granted = grantedScope?.split(' ')
  if (granted !== undefined && scope.split(' ').every((part) => granted.includes(part)))
    return `The whole scope that nv asked for was granted: ${scope}.${needed} Likely the application is not subscribed, or the call needs another scope.`
  return grantedScope === null
    ? `nv asked for ${scope}.${needed} It was not granted, or is not enough.`
    : `nv asked for ${scope}, and got ${grantedScope}.${needed} That is not enough.`
}

function argumentOfVerify(
  facts: Refused & { isHashed: boolean; isLost: boolean; probed: ProbedForm | null },
): Words {
  const { probed } = facts
  const title = titled(facts, `the API does not accept the number as it was sent${withStatus(facts)}`)
  if (probed?.result === 'true' || probed?.result === 'false')
    return {
      title,
      cause: `${quote(facts.says)}nv sent ${formOf(facts)}. A probe with ${formOf(probed)} was answered, so the API only accepts that form.`,
      fix: `Run it ${flagOfForm(probed)}.`,
    }
  if (probed?.result === 'refused')
    return {
      title,
      cause: `${quote(facts.says)}nv sent ${formOf(facts)}. A probe with ${formOf(probed)} was refused ${
        probed.isSame ? 'in the same way, so likely the form is not the cause.' : 'differently.'
      } ${probed.isSame ? '' : quote(probed.says)}`.trim(),
      fix: 'Check the number and --api-version.',
    }
  if (probed?.result === 'token')
    return {
      title,
      cause: `${quote(facts.says)}nv sent ${formOf(facts)}. A probe with ${formOf(probed)} was refused for the access token, which may be good for one call: only a new run can tell.`,
      fix: `Check the number, and try ${flagOfForm(probed)}.`,
    }
  if (facts.isLost)
    return {
      title: titled(facts, `the API did not find the number in the request${withStatus(facts)}`),
      cause: `${quote(facts.says)}nv sent ${facts.isHashed ? 'hashedPhoneNumber' : 'phoneNumber'} as JSON: something on the way dropped the body, or the API reads another form.`,
      fix: `Check the API URL and --api-version. If both are right, ${askOperator}.`,
    }
  return {
    title,
    cause: `${quote(facts.says)}nv sent ${facts.isHashed ? 'the SHA-256 hash of the number with its +, as 64 hexadecimal digits' : 'the number with its + and country code'}. Some operators only accept one form.`,
    fix: facts.isHashed
      ? 'Check the number, and try without --hashed.'
      : 'Check the number, and try with --hashed.',
  }
}

function argumentOfNumber(facts: Refused): Words {
  return {
    title: titled(facts, `the API does not accept the request${withStatus(facts)}`),
    cause: `${quote(facts.says)}/device-phone-number has no parameters; it may reject one of the headers.`,
    fix: `Check the headers of the profile and --api-version. If they are right, ${askOperator}.`,
  }
}

/** Tells whether a status says that the request is at fault, and not the moment. */
function isRequestsFault({ status }: Refused): boolean {
  if (status === 501) return true
  return status !== null && status >= 400 && status < 500 && status !== 429
}
