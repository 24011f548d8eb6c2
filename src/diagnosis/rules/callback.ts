// The authorization response: what arrived, what could not be used, and what it may mean that nothing came.
import type { Finding } from '../../run/finding.ts'
import type { Arrival, Recording } from '../../run/recording.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { describeFailureCode } from '../../wire/failure.ts'
import { finding, type Place } from '../finding.ts'
import { readTunnelPage, type TunnelPage } from '../tunnel-page.ts'
import type { Exchange } from '../../run/recording.ts'
import { hostOf, lastOf, membersOf, placeOf, type Rule, stoppedFor } from '../recorded.ts'
import { explainOAuthError } from './oauth-error.ts'
import { missedParameter } from './refusing.ts'

const atCallback: Place = { step: 'callback' }

/** Explains why no authorization response was taken in time. */
export const explainTimeout: Rule = (recording) => {
  if (stoppedFor(recording, 'callback') === null) return []
  const { target, request, steps, arrivals, observations } = recording
  const waitedMs = steps.find(({ name }) => name === 'callback')?.durationMs ?? request.timeoutMs
  return [
    finding('callback_timeout', atCallback, {
      seconds: Math.round(waitedMs / 1000),
      limit: Math.round(request.timeoutMs / 1000),
      redirectUri: target.redirectUri ?? '',
      isListening: request.listeningOn !== null,
      canPaste: request.canPaste,
      arrival: mostTelling(arrivals),
      reachedPath: reachedPath(arrivals),
      via: request.via,
      isBrowserMissing: observations.some(({ code }) => code === 'browser_not_started'),
      isLoopback: isLoopbackUrl(target.redirectUri),
    }),
  ]
}

/** The refusals that may explain a wait, the most telling first. */
const telling: ReadonlyArray<(arrival: Arrival) => boolean> = [
  ({ what, verdict }) => what.state === 'ours' && verdict !== 'prefetch' && verdict !== 'already_taken',
  ({ what, verdict }) => what.error !== null && verdict === 'state_missing',
  ({ verdict }) => verdict === 'error_page',
  ({ verdict }) => verdict === 'tls_on_plain_port',
  ({ verdict }) => verdict === 'no_parameters',
  ({ what, verdict }) =>
    ['wrong_path', 'wrong_host', 'wrong_method', 'foreign_origin'].includes(verdict) && isResponse(what),
  ({ verdict }) => ['authorize_url', 'bare_code', 'shortened'].includes(verdict),
  ({ via, what, verdict }) => via === 'paste' && verdict === 'not_an_address' && what.host !== null,
  ({ what, verdict }) => isStateRefusal(verdict) && isResponse(what),
  ({ what, verdict }) => verdict === 'wrong_method' && what.method === 'POST',
  ({ verdict }) => verdict === 'prefetch',
]

function mostTelling(arrivals: readonly Arrival[]): Arrival | null {
  const refused = arrivals.filter(({ verdict }) => verdict !== 'taken')
  for (const tells of telling) {
    const found = refused.findLast(tells)
    if (found !== undefined) return found
  }
  return null
}

function isLoopbackUrl(url: string | null): boolean {
  return url !== null && URL.canParse(url) && isLoopback(new URL(url).hostname)
}

/** Gives the path that something asked nv for, which shows that this machine can be reached; null: nothing did. */
function reachedPath(arrivals: readonly Arrival[]): string | null {
  const stray = arrivals.findLast(({ via, what }) => via === 'listener' && what.kind === 'request')
  return stray === undefined ? null : (stray.what.path ?? '/')
}

function isResponse({ parameters }: Arrival['what']): boolean {
  return ['state', 'code', 'error'].some((name) => parameters.includes(name))
}

function isStateRefusal(
  verdict: Arrival['verdict'],
): verdict is 'state_missing' | 'state_differs' | 'state_doubled' {
  return verdict === 'state_missing' || verdict === 'state_differs' || verdict === 'state_doubled'
}

/** Explains why what arrived brings no code. */
export const explainResponse: Rule = (recording) => {
  if (stoppedFor(recording, 'code') === null) return []
  const arrival =
    recording.arrivals.findLast(({ verdict }) => verdict === 'taken') ?? recording.arrivals.at(-1)
  return arrival === undefined ? [] : [explainArrival(recording, arrival)]
}

function explainArrival(recording: Recording, { what, verdict }: Arrival): Finding {
  const redirectUri = recording.target.redirectUri ?? ''
  if (what.isInFragment && what.error === null)
    return finding('response_in_fragment', atCallback, { redirectUri })
  const known = ['code', 'error', 'state', 'iss']
  const others = [...new Set(what.parameters)].filter((name) => !known.includes(name)).slice(0, 4)
  // JARM: all of it is in a JWT, the state too.
  if (verdict === 'state_missing' && others.includes('response') && !what.parameters.includes('code'))
    return finding('no_code', atCallback, { redirectUri, isEmpty: false, others })
  if (verdict === 'state_missing' && what.error !== null)
    return finding('error_without_state', atCallback, {
      error: what.error,
      says: what.errorDescription,
      isFinal: true,
    })
  if (verdict === 'state_missing')
    return finding(verdict, atCallback, { others: [...new Set(what.parameters)] })
  if (verdict === 'state_differs')
    return finding(verdict, atCallback, { error: what.error, says: what.errorDescription })
  if (isStateRefusal(verdict)) return finding(verdict, atCallback)
  const names = ['code', 'error', 'iss']
  if (names.some((name) => what.parameters.filter((known) => known === name).length > 1))
    return finding('doubled_parameter', atCallback)
  return (
    explainIssuer(recording, what) ??
    (what.error === null && what.errorDescription === null
      ? finding('no_code', atCallback, { redirectUri, isEmpty: what.parameters.includes('code'), others })
      : explainError(recording, what))
  )
}

/** @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4 */
function explainIssuer(recording: Recording, { issuer }: Arrival['what']): Finding | null {
  const { target, request } = recording
  const discovered = membersOf(lastOf(recording, ['discovery']))['issuer']
  const known = [target.issuer, request.issuer, typeof discovered === 'string' ? discovered : null]
  const issuers = [...new Set(known.filter((name) => name !== null))]
  if (issuers.length === 0) return null
  if (issuer === null) return target.isIssuerRequired ? finding('issuer_missing', atCallback) : null
  return issuers.includes(issuer) ? null : finding('issuer_differs', atCallback, { issuers, found: issuer })
}

function explainError(recording: Recording, what: Arrival['what']): Finding {
  const { target } = recording
  const refused = {
    host: target.authorizeUrl === null ? 'the gateway' : hostOf(target.authorizeUrl),
    status: null,
    sent: what.error,
    says: what.errorDescription?.slice(0, 300) ?? null,
    retryAfter: null,
    reference: what.errorUri !== null && /^https?:\/\//.test(what.errorUri) ? what.errorUri : null,
  }
  const missed = missedParameter(recording, refused.says)
  if (missed?.isSent) return finding('parameters_lost', atCallback, { ...refused, isCut: false })
  return (
    explainOAuthError(recording, { place: atCallback, refused, endpoint: 'authorize', exchange: null }) ??
    finding('authorization_error', atCallback, {
      ...refused,
      missed,
      isOnTheWay: false,
    })
  )
}

/** Notes what reached the listener or was pasted and is not the response to this attempt. */
export const noteForeign: Rule = ({ arrivals }) => {
  const refused = arrivals.filter(
    ({ via, what, verdict }) =>
      (via === 'listener' || via === 'paste') && isStateRefusal(verdict) && isResponse(what),
  )
  const stateless = refused.find(({ what, verdict }) => verdict === 'state_missing' && what.error !== null)
  const [foreign] = refused.filter(
    (arrival) => arrival.verdict !== 'state_missing' || arrival.what.error === null,
  )
  return [
    ...(foreign === undefined
      ? []
      : [
          finding('foreign_callback', atCallback, {
            isPasted: foreign.via === 'paste',
            hasState: foreign.verdict !== 'state_missing',
          }),
        ]),
    ...(stateless !== undefined
      ? [
          finding('error_without_state', atCallback, {
            error: stateless.what.error ?? '',
            says: stateless.what.errorDescription,
            isFinal: false,
          }),
        ]
      : []),
  ]
}

/** Notes what was pasted in place of the address that the phone ended on. */
export const notePasted: Rule = ({ arrivals }) =>
  arrivals.flatMap(({ via, what, verdict }) => {
    if (via !== 'paste') return []
    if (verdict === 'authorize_url') return [finding('pasted_authorize_url', atCallback)]
    if (verdict === 'error_page') return [finding('pasted_error_page', atCallback, what)]
    if (verdict === 'bare_code') return [finding('pasted_code_alone', atCallback)]
    return verdict === 'not_an_address' ? [finding('pasted_text', atCallback)] : []
  })

/** Notes that the redirect_uri was requested, and that nv could not use the outcome. */
export const noteSelfTest: Rule = ({ command, observations, exchanges, target, request }) =>
  observations.flatMap((observed): Finding[] => {
    const asked = exchanges.find(({ id }) => id === observed.exchange)
    if (observed.code !== 'redirect_uri_asked' || asked === undefined) return []
    const { arrived } = observed.facts
    if (arrived === 'taken') return []
    const redirectUri = target.redirectUri ?? ''
    return [
      finding('redirect_uri_not_here', placeOf(asked), {
        redirectUri,
        listen: request.listeningOn ?? '',
        status: asked.response?.status ?? null,
        failure: describeFailureCode(asked.failure?.code),
        isTls: asked.failure?.phase === 'tls',
        page: tunnelPageOf(asked),
        tunnel: tunnelOf(observations, redirectUri),
        isRefused: arrived === 'refused',
        isCheck: command === 'check',
      }),
    ]
  })

function tunnelPageOf({ request, response }: Exchange): TunnelPage | null {
  return URL.canParse(request.url) ? readTunnelPage(response, new URL(request.url).hostname) : null
}

/** Names the program of the tunnel that nv started for an address; null: there is none. */
function tunnelOf(observations: Recording['observations'], address: string): string | null {
  const opened = observations.find(({ code }) => code === 'tunnel_opened')
  return opened?.code === 'tunnel_opened' && address.startsWith(`${opened.facts.url}/`)
    ? opened.facts.program
    : null
}

/** Notes what became of the tunnel that nv started, and the page that its service puts before it. */
export const noteTunnel: Rule = ({ observations, exchanges }) => {
  const asked = exchanges.filter(({ step, kind }) => step === 'callback' && kind === 'probe')
  const warned = asked.find((exchange) => tunnelPageOf(exchange)?.kind === 'warning')
  const page = warned === undefined ? null : tunnelPageOf(warned)
  return [
    ...(warned === undefined || page === null
      ? []
      : [finding('tunnel_warns', placeOf(warned), { ...page, host: hostOf(warned.request.url) })]),
    ...observations.flatMap((observed): Finding[] => {
      if (observed.code === 'tunnel_lost') return [finding('tunnel_lost', atCallback, observed.facts)]
      const last = exchanges.find(({ id }) => id === observed.exchange)
      if (observed.code !== 'tunnel_asked' || observed.facts.arrived !== null || last === undefined) return []
      const { url, failure, response } = { url: last.request.url, ...last }
      return [
        finding('tunnel_not_here', placeOf(last), {
          host: hostOf(url),
          tunnel: tunnelOf(observations, url),
          status: response?.status ?? null,
          failure: describeFailureCode(failure?.code),
          isTls: failure?.phase === 'tls',
          page: tunnelPageOf(last),
          isRefused: false,
        }),
      ]
    }),
  ]
}
