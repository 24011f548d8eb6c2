// The authorization response: what arrived, and why it is not the expected one.
import type { Arrival } from '../../run/recording.ts'
import {
  explainArrival,
  jarmIn,
  listOthers,
  meantAsState,
  type PastedError,
  explainPasted,
} from './arrivals.ts'
import type { TunnelPage } from '../tunnel-page.ts'
import { quote, rfc6749, withStatus, type Words } from './words.ts'

interface TimeoutFacts {
  seconds: number
  /** What the run had, in seconds. */
  limit: number
  redirectUri: string
  isListening: boolean
  canPaste: boolean
  /** The most telling of what arrived and was not accepted; null if nothing arrived. */
  arrival: Arrival | null
  /** What something asked the listener for, in place of the callback; null: nothing came. */
  reachedPath: string | null
  /** How the URL went to the phone. */
  via: string | null
  /** Whether no browser could be started on this machine. */
  isBrowserMissing: boolean
  /** Whether the redirect_uri means the very machine that follows it. */
  isLoopback: boolean
}

/** Says what the silence may mean, the likeliest first. */
function describeWait({ via, isLoopback, isBrowserMissing }: TimeoutFacts): string {
  if (isBrowserMissing) return 'No browser could be started on this machine, so nv only showed the URL.'
  if (via === 'browser')
    return 'With --via browser this machine plays the phone, and no operator recognises it unless it is on mobile data. An error page in the browser points to the client_id or redirect_uri.'
  const itself = via === 'adb' ? 'the cable no longer leads there' : 'the phone was sent to itself'
  const unreachable = isLoopback ? itself : 'the address does not lead to nv'
  return `An error page on the phone points to the client_id or redirect_uri; "can't connect" means that ${unreachable}; otherwise the URL was not opened, or a page still waits for its user.`
}

export const callback = {
  callback_timeout: (facts: TimeoutFacts): Words => {
    const { seconds, limit, redirectUri, isListening, canPaste, arrival, reachedPath } = facts
    const isShort = seconds < limit / 2
    const time = isShort ? `the ${seconds} s that were left of ${limit} s` : `${seconds} s`
    const longer = isShort ? 'Give the run more time: --timeout 5m. ' : ''
    const refused = arrival === null ? null : explainArrival(arrival, facts)
    if (refused !== null) return { ...refused, reference: `${rfc6749}#section-4.1.2.1` }
    if (isListening && reachedPath !== null)
      return {
        title: `No callback came back within ${time}`,
        cause: `Something reached nv (it asked for ${reachedPath}), so the way to this machine works. Likely the phone is still on a page, or the gateway did not redirect.`,
        fix: `${longer}Look at the phone. An error page there points to the client_id or redirect_uri: register exactly ${redirectUri}.`,
        reference: `${rfc6749}#section-4.1.2.1`,
      }
    return {
      title: `Nothing came back within ${time}`,
      cause: isListening
        ? `No request for ${redirectUri} arrived. ${describeWait(facts)}`
        : `nv isn't listening on ${redirectUri}, and no address was pasted.`,
      fix:
        longer +
        (facts.isBrowserMissing
          ? 'Open the URL that nv showed. For a real line use a phone: --via qr.'
          : facts.via === 'browser'
            ? 'Look at the browser that opened the URL. For a real line use a phone: --via qr.'
            : `Look at the phone. Register exactly ${redirectUri}${canPaste ? ', or paste the final address' : ''}.`),
      reference: `${rfc6749}#section-4.1.2.1`,
    }
  },
  foreign_callback: ({ isPasted, hasState }: { isPasted: boolean; hasState: boolean }): Words => ({
    severity: 'warning',
    title: isPasted
      ? `A pasted address has ${hasState ? 'a wrong' : 'no'} state`
      : `A callback ${hasState ? 'with a wrong' : 'without a'} state was ignored`,
    cause: isPasted
      ? hasState
        ? 'It belongs to an older attempt, or the address was cut.'
        : 'The address was cut, or the gateway left the state out.'
      : hasState
        ? 'It belongs to an older attempt, or someone else sent it.'
        : 'Something took the state off, or someone else sent it.',
    fix: isPasted
      ? 'Paste the rest of it, or the whole address again. nv is still waiting.'
      : 'Nothing: nv only accepts the callback with its own state.',
    reference: `${rfc6749}#section-10.12`,
  }),
  pasted_authorize_url: (): Words => pasted('authorize_url'),
  pasted_error_page: (facts: PastedError): Words => pasted('error_page', facts),
  pasted_code_alone: (): Words => pasted('bare_code'),
  pasted_text: (): Words => ({
    severity: 'warning',
    title: 'The pasted text is not the callback address',
    cause: 'It has no code, error or state.',
    fix: 'Paste the whole address from the phone. nv is still waiting.',
  }),
  error_without_state: ({
    error,
    says,
    isFinal,
  }: {
    error: string
    says: string | null
    isFinal: boolean
  }): Words => ({
    severity: isFinal ? 'error' : 'warning',
    title: `${error}: the error has no state`,
    cause: `${quote(says)}Without our state nv can't tell whether it answers this attempt. Some gateways leave it out of errors.`,
    fix: isFinal
      ? 'Fix what the error says, then try again.'
      : 'nv is still waiting. If the phone shows the same error, stop and fix what it says.',
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  response_in_fragment: ({ redirectUri }: { redirectUri: string }): Words => ({
    title: 'The response came after a #, where no server sees it',
    cause: `The gateway redirected to ${redirectUri}#… (response_mode fragment). nv asked for the code in the query.`,
    fix: 'Get the application registered for the code flow with a response in the query.',
    reference: 'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes',
  }),
  state_missing: ({ others }: { others: readonly string[] }): Words => {
    const words = stateWrong('came back without a state')
    const meant = meantAsState(others)
    return {
      ...words,
      cause: `${meant === null ? listOthers(others) : `${meant} `}${words.cause}`,
      fix:
        meant === null
          ? words.fix
          : 'Report it to the provider: the response must carry the state as it was sent.',
    }
  },
  state_differs: ({ error, says }: { error: string | null; says: string | null }): Words => {
    const words = stateWrong('came back with another state')
    return error === null && says === null
      ? words
      : {
          ...words,
          cause: `${quote(says)}${error === null ? 'That error' : `The error ${error}`} may be of another attempt, or forged: the state ties a response to its attempt.`,
        }
  },
  state_doubled: (): Words => stateWrong('came back with more than one state'),
  no_code: ({
    redirectUri,
    isEmpty,
    others,
  }: {
    redirectUri: string
    isEmpty: boolean
    /** The parameters that came in place of them. */
    others: readonly string[]
  }): Words => ({
    title: isEmpty ? 'The code in the callback is empty' : 'The callback has neither a code nor an error',
    cause:
      `The gateway redirected to ${redirectUri} with ${isEmpty ? 'an empty code' : 'neither of them'}${others.length === 0 ? '' : `, but with ${others.join(', ')}`}. ${jarmIn(others)}`.trim(),
    fix: others.includes('response')
      ? 'Get the application registered for a response in the query (response_mode query).'
      : 'Report it to the provider: that is not a valid OAuth response.',
    reference: `${rfc6749}#section-4.1.2`,
  }),
  doubled_parameter: (): Words => ({
    title: 'A parameter appears twice in the callback',
    cause: 'code, error and iss may appear only once.',
    fix: 'Report it to the provider.',
    reference: `${rfc6749}#section-3.1`,
  }),
  issuer_differs: ({ issuers, found }: { issuers: readonly string[]; found: string }): Words => ({
    title: 'The callback comes from another issuer',
    cause: `Its iss is ${found}, not ${issuers.join(' or ')}: two gateways got mixed up, or it is an attack.`,
    fix: 'Compare the issuer in the profile with the issuer of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  issuer_missing: (): Words => ({
    title: 'The callback does not name its issuer',
    cause: 'The discovery document says that callbacks carry iss, but this one does not.',
    fix: 'Report it to the provider.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  redirect_uri_not_here: (
    facts: MissedFacts & {
      redirectUri: string
      listen: string
      isCheck: boolean
    },
  ): Words => ({
    severity: facts.isCheck ? 'error' : 'warning',
    title: facts.isRefused
      ? 'nv refused the request that came through the redirect_uri'
      : 'Asked from this machine, the redirect_uri does not lead to nv',
    cause: `nv listened on ${facts.listen} and asked for ${facts.redirectUri} once. ${cameOf(facts)}`,
    fix: facts.isRefused
      ? 'Let the tunnel forward the Host and the path as they come.'
      : fixOf(
          facts,
          'Start the tunnel, and point it to the address of --listen. Compare its host with --redirect-uri.',
        ),
  }),
  tunnel_not_here: (facts: MissedFacts & { host: string }): Words => ({
    severity: 'warning',
    title: 'Asked from this machine, the tunnel does not lead to nv',
    cause: `nv asked for its short link at ${facts.host}. ${cameOf(facts)}`,
    fix: fixOf(facts, 'Compare the address with the one that the tunnel printed.'),
  }),
  tunnel_warns: ({
    service,
    button,
    host,
  }: {
    service: string
    button: string | null
    host: string
  }): Words => ({
    severity: 'warning',
    title: `${service} shows browsers a warning page first`,
    cause: `nv asked for ${host} as a phone's browser does, and that page answered. The phone will see it once.`,
    fix: `On the phone, ${button === null ? 'continue from that page' : `tap "${button}" there`}, or use a tunnel without such a page.`,
  }),
  tunnel_lost: ({
    program,
    exitCode,
    isRenamed,
    says,
  }: {
    program: string
    exitCode: number | null
    isRenamed: boolean
    says: string | null
  }): Words => ({
    severity: 'warning',
    title: isRenamed
      ? `${program} has another address now`
      : `${program} ended${exitCode === null ? '' : ` (exit code ${exitCode})`}`,
    cause: `The phone can no longer reach nv through it.${says === null ? '' : ` It says: "${says}"`}`,
    fix: 'Paste the final address here, or start again.',
  }),
}

/** Says why a pasted line was not taken, while nv waits for another. */
function pasted(...what: Parameters<typeof explainPasted>): Words {
  const { title, cause, fix } = explainPasted(...what)
  return { severity: 'warning', title, cause, fix: `${fix} nv is still waiting.` }
}

function stateWrong(what: string): Words {
  return {
    title: `The authorization response ${what}`,
    cause:
      'The state ties the response to this attempt. Without it the response may belong to another one, or be forged.',
    fix: 'Try again from the start. If it keeps happening, the gateway loses the state: report it to the provider.',
    reference: `${rfc6749}#section-10.12`,
  }
}

/** What answered in place of nv. */
interface MissedFacts {
  status: number | null
  /** Why no response came, in a few words; null: one came, or nv has no words for it. */
  failure: string | null
  isTls: boolean
  page: TunnelPage | null
  /** The program of the tunnel that nv started for it; null: somebody else's. */
  tunnel: string | null
  isRefused: boolean
}

function fixOf({ isTls, page, tunnel }: MissedFacts, otherwise: string): string {
  if (isTls) return 'Give the address a certificate that phones trust, or have the tunnel end TLS.'
  if (page?.kind === 'warning')
    return 'Open the address once on the phone, and see whether nv answers after that page.'
  if (page?.kind === 'login') return 'Let everybody in, as with --allow-anonymous, or take another tunnel.'
  if (tunnel !== null) return `Wait a moment and try again, or use a tunnel other than ${tunnel}.`
  return otherwise
}

const pageWords: Readonly<Record<TunnelPage['kind'], string>> = {
  warning: 'its warning page answered, and nothing else arrived here',
  offline: 'no tunnel is up under that name',
  refused: "the tunnel is up, but can't connect to the port that it leads to",
  login: 'it wants visitors to sign in first',
}

function cameOf({ status, failure, isTls, page, isRefused }: MissedFacts): string {
  if (isRefused) return 'A request arrived here with another Host or path, and nv refused it.'
  if (page !== null) return `${page.service} answered${withStatus({ status })}: ${pageWords[page.kind]}.`
  if (isTls) return `Browsers reject its TLS${failure === null ? '' : `: ${failure}`}. Nothing arrived here.`
  const answer =
    status === null
      ? `No answer came${failure === null ? '' : ` (${failure})`}`
      : `Another server answered${withStatus({ status })}`
  return `${answer}, and nothing arrived here.`
}
