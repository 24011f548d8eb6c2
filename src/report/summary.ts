// What comes first wherever a run is passed on: when, where, which correlators, with what outcome.
import { type Arrival, type Exchange, type StepName, stepNames } from '../run/recording.ts'
import { isMasked } from '../run/masked.ts'
import type { Run } from '../run/run.ts'
import { readBody, stringIn } from '../wire/body.ts'
import { headerOf, textOf } from '../wire/exchange.ts'
import { describeVisitor, readForwardedFor, readVisitor } from '../wire/visitor.ts'

/** A line of the summary; a value is text of ours and of others, escaped for no place yet. */
export type SummaryRow = readonly [label: string, value: string]

/** Says how a run ended, on one line. */
export function outcomeOf({ outcome, failedStep, simulated, end, phoneNumber }: Run): string {
  const label = simulated ? ' (simulated)' : ''
  if (outcome === 'verified') return `verified${label}`
  if (outcome === 'mismatch') return `mismatch${label}`
  if (outcome === 'identified') return `identified${phoneNumber ? `: ${phoneNumber}` : ''}${label}`
  if (end.kind === 'interrupted') return `interrupted at step "${failedStep}"${label}`
  return `could not tell: failed at step "${failedStep}"${label}`
}

/** What an operator is asked about, with the name of each. */
const questioned = [
  ['backchannel', 'Backchannel'],
  ['token', 'Token'],
  ['api', 'API'],
] as const

/** Gives the lines that an operator asks for first: time in UTC, outcome, and each endpoint with its correlators. */
export function summaryOf(run: Run): SummaryRow[] {
  const calls = questioned.flatMap(([kind, label]): SummaryRow[] => {
    const last = run.exchanges.findLast((exchange) => exchange.kind === kind)
    if (last === undefined) return kind === 'backchannel' ? [] : [[label, 'not asked']]
    return [
      [label, `${timeOf(run, last)}  ${hostOf(last)}  ${resultOf(last)}`],
      [`${label} correlator`, correlatorsOf(last)],
    ]
  })
  const last = run.exchanges.at(-1)
  const isAsked = run.exchanges.some((exchange) => questioned.some(([kind]) => kind === exchange.kind))
  const other: SummaryRow[] =
    isAsked || last === undefined
      ? []
      : [['Last request', `${timeOf(run, last)}  ${hostOf(last)}  ${resultOf(last)}`]]
  return [['Time', run.startedAt], ['Outcome', outcomeOf(run)], ...other, ...calls]
}

/** Says which correlators went out and came back. */
export function correlatorsOf({ correlator: { sent, returned } }: Exchange): string {
  if (sent === null) return returned === null ? 'none sent' : `none sent, returned ${returned}`
  if (returned === null) return `sent ${sent}, none returned`
  return returned === sent ? `sent and returned ${sent}` : `sent ${sent}, returned ${returned}`
}

/** Gives the moment when an exchange began: ISO 8601, UTC, to the millisecond. */
export function timeOf({ startedAt }: Pick<Run, 'startedAt'>, { timings }: Exchange): string {
  return new Date(Date.parse(startedAt) + timings.startedMs).toISOString()
}

/** Gives the status, or the failure; both where a body broke off. */
export function resultOf({ response, failure }: Exchange): string {
  const status = response === null ? '' : `HTTP ${response.status}`
  if (failure === null) return status || 'no response'
  return `${status ? `${status}, ` : ''}${failure.code} (${failure.phase})`
}

/** Gives host and port. */
export function hostOf({ request: { url } }: Pick<Exchange, 'request'>): string {
  return URL.canParse(url) ? new URL(url).host : url
}

/** Gives the path without its query. */
export function pathOf({ request: { url } }: Pick<Exchange, 'request'>): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

/** Says what an exchange means for the run. */
export function meaningOf(exchange: Exchange): string {
  const { kind, response, failure } = exchange
  if (response === null) return `no response: ${failure?.message ?? 'nothing came'}`
  if (failure !== null) return `the response broke off: ${failure.message}`
  const location = headerOf(response, 'location')
  if (response.status >= 300 && response.status < 400)
    return location === null ? 'a redirect without an address' : `redirects to ${describeRedirect(location)}`
  const body = readBody(textOf(response))
  if (body.kind === 'other')
    return response.status < 300 ? `returned ${body.found}` : `refused, with ${body.found}`
  const { object } = body
  const code = stringIn(object, 'error') ?? stringIn(object, 'code')
  if (response.status >= 400) return code === null ? 'refused' : `refused: ${code}`
  if (code !== null) return `an error under HTTP ${response.status}: ${code}`
  return meanings[kind](object)
}

const meanings: Readonly<Record<Exchange['kind'], (object: Record<string, unknown>) => string>> = {
  discovery: () => 'the discovery document came',
  keys: () => 'the keys of the issuer came',
  credentials: () => 'client credentials came',
  enablement: (object) => ('scopes' in object ? 'an answer for the number came' : 'no authorize URL came'),
  authorize: () => 'answered without a redirect',
  backchannel: (object) => ('auth_req_id' in object ? 'the request was accepted' : 'no auth_req_id came'),
  token: (object) => ('access_token' in object ? 'an access token came' : 'no access token came'),
  api: (object) => {
    const verdict = object['devicePhoneNumberVerified']
    if (typeof verdict === 'boolean') return `devicePhoneNumberVerified is ${verdict}`
    return 'devicePhoneNumber' in object ? 'a phone number came' : 'no verdict came'
  },
  probe: () => 'it answers',
}

/** Names who sent an arrival: its address, the one that a proxy or tunnel names, and what it says that it is. */
export function senderOf({ from, what }: Pick<Arrival, 'from' | 'what'>): string {
  const forwarded = readForwardedFor(what.forwardedFor)
  const parts = [from, forwarded && `forwarded for ${forwarded}`, describeVisitor(readVisitor(what))]
  return parts.filter(Boolean).join(', ')
}

/** Says whether an arrival was accepted as the answer, or why not. */
export function arrivalVerdict(verdict: Arrival['verdict']): string {
  return verdict === 'taken' ? 'taken as the answer' : `ignored (${verdict.replaceAll('_', ' ')})`
}

/** Something that happened, at a time of the run. */
export interface Happening {
  at: number
  step: StepName
}

/** Orders what happened by time; within a millisecond by the order of the steps. */
export function byTime(one: Happening, other: Happening): number {
  return one.at - other.at || stepNames.indexOf(one.step) - stepNames.indexOf(other.step)
}

/** Says what was taken out of a report. */
export function privacyOf({ phoneNumber }: Pick<Run, 'phoneNumber'>): string {
  const isShown = phoneNumber !== null && !isMasked(phoneNumber)
  return isShown ? 'Secrets are redacted.' : 'Secrets are redacted and phone numbers masked.'
}

/** Gives an address without its query, and which error, or that a code, is in it. */
function describeRedirect(location: string): string {
  const [place = ''] = location.split(/[?#]/, 1)
  const error = errorIn(location)
  if (error !== null) return `${place} with error ${error}`
  return parametersOf(location).has('code') ? `${place} with a code` : place
}

/** Reads the error that a redirect carries; null when it carries none. */
export function errorIn(location: string): string | null {
  return parametersOf(location).get('error')
}

function parametersOf(location: string): URLSearchParams {
  return new URLSearchParams(location.replace(/^[^?#]*[?#]?/, '').replaceAll('#', '&'))
}

/** Lists what was determined of the target, with the origin of each setting. */
export function settingsOf(
  profile: Run['profile'],
): Array<readonly [name: string, value: string, origin: string]> {
  const { origins, ignored: _ignored, unconfirmed: _unconfirmed, ...facts } = profile
  return Object.entries(facts).flatMap(([name, value]) => {
    // How the secret is written is for findings alone.
    if (value === null || value === false || name === 'secretShape') return []
    const setting = settingOf[name]
    if (setting !== undefined) return [[setting, 'on', origins[setting] ?? ''] as const]
    return [[name, typeof value === 'string' ? value : JSON.stringify(value), origins[name] ?? ''] as const]
  })
}

/** Facts that a setting with another name controls. */
const settingOf: Readonly<Record<string, string>> = {
  usesPkce: 'pkce',
  usesRequestObject: 'requestObject',
  usesDpop: 'dpop',
}
