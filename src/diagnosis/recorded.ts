// Finds in a recording what rules ask about.
import { type Grant, grantTypes } from '../oauth/grants.ts'
import type { Exchange, Lack, Recording, StepName } from '../run/recording.ts'
import { readTokenMembers } from '../oauth/token.ts'
import { isLoopback } from '../wire/addresses.ts'
import { readBody } from '../wire/body.ts'
import { type ExchangeKind, headerOf, textOf } from '../wire/exchange.ts'
import type { Finding } from '../run/finding.ts'
import type { Place } from './finding.ts'

/** From what was recorded to findings; pure, and right while the run still goes on. */
export type Rule = (recording: Recording) => Finding[]

/** Names the host of a URL with its port; the text itself when it is not one. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

export function hostAsked({ request }: Exchange): string {
  return hostOf(request.url)
}

/** Says that a finding belongs to the step of an exchange, and rests on it. */
export function placeOf({ id, step }: Exchange): Place {
  return { step, evidence: [id] }
}

/** Gives the step at which the run stopped because it lacked this; null when it did not. */
export function stoppedFor({ end }: Recording, ...lacks: readonly Lack[]): StepName | null {
  return end?.kind === 'stopped' && lacks.includes(end.lacks) ? end.step : null
}

/** Gives the last exchange of some kinds, of one step if it is named. */
export function lastOf(
  { exchanges }: Recording,
  kinds: readonly ExchangeKind[],
  step?: StepName,
): Exchange | null {
  return (
    exchanges.findLast(
      (exchange) => kinds.includes(exchange.kind) && (step ?? exchange.step) === exchange.step,
    ) ?? null
  )
}

/** Gives the members of a JSON object in an answer; none when it is something else. */
export function membersOf(exchange: Exchange | null): Readonly<Record<string, unknown>> {
  const body = readBody(textOf(exchange?.response ?? null))
  return body.kind === 'object' ? body.object : {}
}

/** Gives the requests that the phone sent, or nv in its place, in order. */
export function chainOf({ exchanges }: Recording): Exchange[] {
  return exchanges.filter(({ kind, sentBy }) => kind === 'authorize' && sentBy === 'phone')
}

/** Gives where a response redirects to, resolved where that is possible; null when it does not redirect. */
export function locationOf({ request, response }: Exchange): string | null {
  const location = response === null ? null : headerOf(response, 'location')
  if (response === null || location === null || response.status < 300 || response.status > 399) return null
  return URL.canParse(location, request.url) ? new URL(location, request.url).href : location
}

/** Reads the form of a token request. */
function formOf({ request }: Exchange): URLSearchParams {
  return new URLSearchParams(textOf(request))
}

/** Tells which grant the run used or is about to use. */
export function grantOf(recording: Recording): Grant {
  const asked = lastOf(recording, ['token'])
  const type = asked === null ? null : formOf(asked).get('grant_type')
  const grants = Object.keys(grantTypes) as Grant[]
  const used = grants.find((grant) => grantTypes[grant] === type)
  if (used !== undefined) return used
  if (lastOf(recording, ['backchannel']) !== null) return 'ciba'
  return recording.request.grants[0] ?? 'authorization-code'
}

/** Tells whether a phone takes part in the run, by what was asked for. */
export function isByPhone({ request }: Recording): boolean {
  return request.grants.includes('authorization-code')
}

/** Gives the exchange that brought the access token, and when it did, in milliseconds of the run; null: none did. */
export function grantedBy(recording: Recording): { exchange: Exchange; atMs: number } | null {
  const exchange = recording.exchanges.findLast(
    (candidate) =>
      candidate.kind === 'token' &&
      candidate.failure === null &&
      isSuccess(candidate) &&
      typeof readTokenMembers(textOf(candidate.response))?.['access_token'] === 'string',
  )
  return exchange === undefined
    ? null
    : { exchange, atMs: exchange.timings.startedMs + exchange.timings.endedMs }
}

export function isSuccess({ response }: Exchange): boolean {
  return response !== null && response.status >= 200 && response.status < 300
}

/** Tells whether a host is likely a simulator's. */
export function isSimulator({ target }: Recording, exchange: Exchange): boolean {
  const { url } = exchange.request
  return target.preset === 'simulator' || (URL.canParse(url) && isLoopback(new URL(url).hostname))
}

const urlSettings = {
  authorize: ['authorizeUrl', '--authorize-url'],
  backchannel: ['backchannelUrl', '--backchannel-url'],
  token: ['tokenUrl', '--token-url'],
  api: ['apiUrl', '--api-url'],
  enablement: ['enablementUrl', '--enablement-url'],
  discovery: ['issuer', '--issuer'],
} as const

/** Names what gave the URL of an endpoint its value, as the user knows it: a flag, a variable, a profile. */
export function sourceOf({ target, request }: Recording, kind: ExchangeKind): string {
  const [setting, flag] =
    kind === 'keys' || kind === 'credentials' || kind === 'probe' ? urlSettings.discovery : urlSettings[kind]
  const origin = target.origins[setting]
  const isDiscovered =
    origin === undefined &&
    !['issuer', 'apiUrl', 'enablementUrl'].includes(setting) &&
    request.issuer !== null
  if (isDiscovered) return `${flag}; it came from the discovery document`
  return origin === undefined || origin === '' || origin === 'default' || origin === flag
    ? flag
    : `${flag}; it came from ${origin}`
}

/** Tells whether two lists of findings hold the same code. */
export function uniqueByCode(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index)
}
