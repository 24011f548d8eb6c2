// What differs between two runs: what they were asked, what came back, and how long it took.
import { answerOf } from './answer.ts'
import type { Exchange } from './recording.ts'
import { withoutFingerprints } from './redaction/placeholder.ts'
import type { Run } from './run.ts'

/** Inputs come first, then what came back, in the order of the flow. */
export type Area =
  'settings' | 'scope' | 'request' | 'hops' | 'answers' | 'arrivals' | 'outcome' | 'findings' | 'timings'

export interface Difference {
  area: Area
  /** What it is about, as in `scope` or `hop 3`. */
  what: string
  /** Null: there is none in that run. */
  one: string | null
  other: string | null
}

/**
 * Compares two runs; the decisive difference comes first: an input that differs, else the first answer that does. What
 * is new in each run (states, codes, times) does not count as one; what decides nothing comes last.
 */
export function compareRuns(one: Run, other: Run): Difference[] {
  const settings = settingsOf(one, other)
  const exchanges = exchangesOf(one, other)
  return [
    ...settings.deciding,
    ...requestOf(one, other),
    ...exchanges.beforeCallback,
    ...arrivalsOf(one, other),
    ...exchanges.afterCallback,
    ...pick('outcome', [['outcome', describeOutcome(one), describeOutcome(other)]]),
    ...findingsOf(one, other),
    ...timingsOf(one, other),
    ...exchanges.details,
    ...settings.others,
    ...namesOf(one, other),
  ]
}

type Row = readonly [what: string, one: string | null, other: string | null]

/** Turns the rows in which the two sides differ into differences. */
function pick(area: Area, rows: readonly Row[]): Difference[] {
  return rows.flatMap(([what, one, other]) =>
    steady(one) === steady(other) ? [] : [{ area, what, one, other }],
  )
}

/** Fingerprints are new in each run. */
function steady(text: string | null): string | null {
  return text === null ? null : withoutFingerprints(text)
}

/** Ports of this machine are free ones, new in each run. */
function withoutOwnPorts(text: string | null): string | null {
  return text === null ? null : text.replace(/(127\.0\.0\.1|localhost|\[::1\])(:|%3A)\d+/gi, '$1')
}

/** The scope first: it is most often decisive. */
const firstSettings = ['scope', 'clientId', 'authMethod', 'redirectUri', 'apiVersion']

/** What only says where settings came from, and what was said of that. */
const aboutSettings: readonly string[] = ['ignored', 'unconfirmed']

/** What facts are called that have no name for users. */
const names: Readonly<Record<string, string>> = {
  usesPkce: 'pkce',
  usesRequestObject: 'requestObject',
  usesDpop: 'dpop',
  hasQuotes: 'client secret in quotes',
  hasWhiteSpace: 'client secret with white space around or in it',
  looksLikeClientId: 'client secret that looks like a client id',
  hasReservedCharacters: 'characters in the credentials that have to be encoded',
  isHashed: 'number sent as its hash',
  isAsApp: 'redirects followed as an app does',
  isIssuerRequired: 'iss required in the callback',
  isProxied: 'sent through a proxy',
  isStateGiven: 'state given',
  isVerdictRandom: 'verdict at random',
  isTls: 'TLS where nv listens',
  isWifiOff: 'Wi-Fi switched off by nv',
  repeatsRedirectUri: 'redirect_uri in the token request',
  source: "the address that the phone's requests leave from",
  timeoutMs: 'timeout in ms',
}

function settingsOf(one: Run, other: Run): { deciding: Difference[]; others: Difference[] } {
  const factsOf = ({
    profile: { origins: _origins, name: _name, preset: _preset, secretShape, ...facts },
  }: Run) => ({
    ...facts,
    ...secretShape,
  })
  const [facts, factsThere]: ReadonlyArray<Record<string, unknown>> = [factsOf(one), factsOf(other)]
  const isAsked = [one, other].some(({ exchanges }) => exchanges.some(({ kind }) => kind === 'backchannel'))
  const differing = [...new Set([...firstSettings, ...Object.keys({ ...facts, ...factsThere })])]
    .filter((name) => name !== 'backchannelUrl' || isAsked)
    .flatMap((name) => {
      const row = [names[name] ?? name, textOfValue(facts?.[name]), textOfValue(factsThere?.[name])] as const
      const differences = pick(name === 'scope' ? 'scope' : 'settings', [row])
      // An address of this machine that has another port, as a simulator that was started again has, decides little.
      const isOther = aboutSettings.includes(name) || withoutOwnPorts(row[1]) === withoutOwnPorts(row[2])
      return differences.map((difference) => ({
        difference,
        isOther,
        isOwn: isFromSimulator(one, other, name),
      }))
    })
  return {
    deciding: differing.flatMap(({ difference, isOther }) => (isOther ? [] : [difference])),
    others: differing.flatMap(({ difference, isOther, isOwn }) => (isOther && !isOwn ? [difference] : [])),
  }
}

/** Tells whether nv chose a setting itself, with its own simulator. */
function isFromSimulator(one: Run, other: Run, name: string): boolean {
  return [one, other].every(({ profile: { origins } }) =>
    [undefined, 'default', 'preset simulator'].includes(origins[name]),
  )
}

function requestOf(one: Run, other: Run): Difference[] {
  const { request, command, phoneNumber } = one
  const left = ['listeningOn', 'canPaste', ...(isTimeOver(one, other) ? [] : ['timeoutMs'])]
  const asked = Object.keys(request).filter((name) => !left.includes(name)) as Array<keyof typeof request>
  return pick('request', [
    ['command', command, other.command],
    ['phone number', phoneNumber, other.phoneNumber],
    ...asked.map((name): Row => [
      names[name] ?? name,
      textOfValue(request[name]),
      textOfValue(other.request[name]),
    ]),
  ])
}

/** How long a run may take decides something only where the time was over. */
function isTimeOver(...runs: readonly Run[]): boolean {
  return runs.some(
    ({ end, exchanges }) =>
      (end.kind === 'stopped' && end.lacks === 'callback') ||
      exchanges.some(({ failure }) => failure?.code === 'timeout'),
  )
}

/** Compares what the settings are called, who ran them, and how long it could have taken: on the wire that decides nothing. */
function namesOf(one: Run, other: Run): Difference[] {
  return pick('request', [
    ['profile', one.profile.name, other.profile.name],
    ['preset', one.profile.preset, other.profile.preset],
    ['version of nv', one.tool.version, other.tool.version],
    ...(isTimeOver(one, other)
      ? []
      : [[names['timeoutMs'] ?? '', `${one.request.timeoutMs}`, `${other.request.timeoutMs}`] as const]),
  ])
}

/** What comes before the phone is back. */
const kindsBefore: readonly Exchange['kind'][] = [
  'discovery',
  'keys',
  'credentials',
  'enablement',
  'authorize',
]

interface Exchanges {
  beforeCallback: Difference[]
  afterCallback: Difference[]
  /** What differs in answers that are otherwise alike. */
  details: Difference[]
}

/** Compares exchange by exchange; those of a kind are paired in their order. */
function exchangesOf(one: Run, other: Run): Exchanges {
  const left = nameExchanges(one)
  const right = nameExchanges(other)
  const compared: Exchanges = { beforeCallback: [], afterCallback: [], details: [] }
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [first, second] = [left.get(name), right.get(name)]
    const area: Area = name.startsWith('hop') ? 'hops' : 'answers'
    const isBefore = kindsBefore.includes((first ?? second)?.kind ?? 'api')
    const place = isBefore ? compared.beforeCallback : compared.afterCallback
    const [here, there] = [first ? placeOf(first) : null, second ? placeOf(second) : null]
    if (steadyPlace(here) !== steadyPlace(there)) place.push({ area, what: name, one: here, other: there })
    if (!first || !second) continue
    const [came, cameThere] = [answerOf(first), answerOf(second)]
    const difference = { area, what: `answer of ${name}`, one: came.shown, other: cameThere.shown }
    if (steadyPlace(came.decisive) !== steadyPlace(cameThere.decisive)) place.push(difference)
    else if (steadyPlace(came.steady) !== steadyPlace(cameThere.steady)) compared.details.push(difference)
  }
  return compared
}

function nameExchanges({ exchanges }: Run): Map<string, Exchange> {
  const counts = new Map<string, number>()
  return new Map(
    exchanges.map((exchange) => {
      const count = (counts.get(exchange.kind) ?? 0) + 1
      counts.set(exchange.kind, count)
      const name = `${exchange.kind}${count > 1 ? ` ${count}` : ''}`
      return [exchange.hop === null ? name : `hop ${exchange.hop}`, exchange]
    }),
  )
}

function steadyPlace(text: string | null): string | null {
  return withoutOwnPorts(steady(text))
}

function placeOf({ request: { method, url } }: Exchange): string {
  return `${method} ${url.replace(/[?#].*$/s, '')}`
}

/** Compares what was taken as the answer of the phone; where nothing was, what came last. */
function arrivalsOf(one: Run, other: Run): Difference[] {
  const describe = ({ arrivals }: Run) => {
    const arrival = arrivals.findLast(({ verdict }) => verdict === 'taken') ?? arrivals.at(-1)
    if (arrival === undefined) return null
    const { verdict, what } = arrival
    const { error, errorDescription, parameters } = what
    const ignored = verdict === 'taken' ? '' : `, ignored (${verdict.replaceAll('_', ' ')})`
    if (error === null)
      return `with ${parameters.filter((name) => name === 'code').join('') || parameters.join(', ')}${ignored}`
    return `error ${error}${errorDescription === null ? '' : `: ${errorDescription}`}${ignored}`
  }
  return pick('arrivals', [['callback', describe(one), describe(other)]])
}

function describeOutcome({ outcome, failedStep }: Run): string {
  return failedStep === null ? outcome : `${outcome}, failed at step "${failedStep}"`
}

function findingsOf(one: Run, other: Run): Difference[] {
  const codes = new Set([...one.findings, ...other.findings].map(({ code }) => code))
  const titleIn = ({ findings }: Run, code: string) =>
    findings.find((finding) => finding.code === code)?.title ?? null
  return [...codes].flatMap((code): Difference[] => {
    const [left, right] = [titleIn(one, code), titleIn(other, code)]
    return (left === null) === (right === null)
      ? []
      : [{ area: 'findings', what: code, one: left, other: right }]
  })
}

/** A step that took three times as long, and a second more. */
function timingsOf(one: Run, other: Run): Difference[] {
  return one.steps.flatMap(({ name, durationMs }): Difference[] => {
    const also = other.steps.find((step) => step.name === name)?.durationMs ?? null
    if (durationMs === null || also === null) return []
    const [short, long] = [Math.min(durationMs, also), Math.max(durationMs, also)]
    if (long - short < 1000 || long < 3 * short) return []
    return [{ area: 'timings', what: `step ${name}`, one: `${durationMs} ms`, other: `${also} ms` }]
  })
}

function textOfValue(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
