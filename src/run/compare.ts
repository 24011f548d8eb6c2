// What differs between two runs: what they were asked, what came back, and how long it took.
import { readBody } from '../wire/body.ts'
import { headerOf, textOf } from '../wire/exchange.ts'
import { holdsPlaceholder, withoutFingerprints } from './redaction/placeholder.ts'
import type { Exchange } from './recording.ts'
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
 * is new in each run (states, codes, ports of this machine, times) does not count as one.
 */
export function compareRuns(one: Run, other: Run): Difference[] {
  return [
    ...settingsOf(one, other),
    ...requestOf(one, other),
    ...exchangesOf(one, other),
    ...arrivalsOf(one, other),
    ...pick('outcome', [['outcome', describeOutcome(one), describeOutcome(other)]]),
    ...findingsOf(one, other),
    ...timingsOf(one, other),
    ...namesOf(one, other),
  ]
}

type Row = readonly [what: string, one: string | null, other: string | null]

/** Makes differences of the rows in which the two sides are not alike. */
function pick(area: Area, rows: readonly Row[]): Difference[] {
  return rows.flatMap(([what, one, other]) =>
    steady(one) === steady(other) ? [] : [{ area, what, one, other }],
  )
}

/** Ports of this machine are free ones, new in each run, as fingerprints are. */
function steady(text: string | null): string | null {
  if (text === null) return null
  return withoutFingerprints(text).replace(/(127\.0\.0\.1|localhost|\[::1\])(:|%3A)\d+/gi, '$1')
}

/** The scope first: it is what most often decides. */
const firstSettings = ['scope', 'clientId', 'authMethod', 'redirectUri', 'apiVersion']

function settingsOf(one: Run, other: Run): Difference[] {
  const { origins: _origins, name: _name, preset: _preset, ...facts } = one.profile
  const isAsked = [one, other].some(({ exchanges }) => exchanges.some(({ kind }) => kind === 'backchannel'))
  const names = [...new Set([...firstSettings, ...Object.keys(facts)])].filter(
    (name) => name !== 'backchannelUrl' || isAsked,
  )
  const valueOf = (run: Run, name: string) => textOfValue(run.profile[name as keyof typeof facts])
  return names.flatMap((name) =>
    pick(name === 'scope' ? 'scope' : 'settings', [[name, valueOf(one, name), valueOf(other, name)]]),
  )
}

function requestOf(one: Run, other: Run): Difference[] {
  const { request, command, phoneNumber } = one
  const names = Object.keys(request).filter((name) => name !== 'listeningOn') as Array<keyof typeof request>
  return pick('request', [
    ['command', command, other.command],
    ['phone number', phoneNumber, other.phoneNumber],
    ...names.map((name): Row => [
      name === 'source' ? "the address that the phone's requests leave from" : name,
      textOfValue(request[name]),
      textOfValue(other.request[name]),
    ]),
  ])
}

/** Compares what the settings are called, and who ran them: on the wire that decides nothing. */
function namesOf(one: Run, other: Run): Difference[] {
  return pick('request', [
    ['profile', one.profile.name, other.profile.name],
    ['preset', one.profile.preset, other.profile.preset],
    ['version of nv', one.tool.version, other.tool.version],
  ])
}

/** Compares exchange by exchange; those of a kind are paired in their order. */
function exchangesOf(one: Run, other: Run): Difference[] {
  const counts = new Map<string, number>()
  const named = (run: Run) => {
    counts.clear()
    return run.exchanges.map((exchange) => {
      const count = (counts.get(exchange.kind) ?? 0) + 1
      counts.set(exchange.kind, count)
      return [
        exchange.hop === null ? `${exchange.kind}${count > 1 ? ` ${count}` : ''}` : `hop ${exchange.hop}`,
        exchange,
      ] as const
    })
  }
  const left = named(one)
  const right = new Map(named(other))
  const names = [...new Set([...left.map(([name]) => name), ...right.keys()])]
  const leftByName = new Map(left)
  return names.flatMap((name) => {
    const [first, second] = [leftByName.get(name), right.get(name)]
    const area: Area = name.startsWith('hop') ? 'hops' : 'answers'
    const answers: Row[] = first && second ? [[`answer of ${name}`, answerOf(first), answerOf(second)]] : []
    return pick(area, [[name, first ? placeOf(first) : null, second ? placeOf(second) : null], ...answers])
  })
}

function placeOf({ request: { method, url } }: Exchange): string {
  return `${method} ${withoutQuery(url)}`
}

/** Says what came back, without what is new each time. */
function answerOf({ response, failure }: Exchange): string {
  if (response === null) return `no response: ${failure?.code ?? 'unknown'}`
  const location = headerOf(response, 'location')
  const details = location === null ? describeBody(textOf(response)) : `to ${describeLocation(location)}`
  return [`HTTP ${response.status}`, failure === null ? '' : `broke off: ${failure.code}`, details]
    .filter(Boolean)
    .join(', ')
}

function describeLocation(location: string): string {
  const query = new URLSearchParams(location.replace(/^[^?#]*[?#]?/, ''))
  const shown = ['error', 'error_description'].flatMap((name) =>
    query.has(name) ? [`${name}=${query.get(name)}`] : [],
  )
  const what = query.has('code') ? 'a code' : shown.join(', ')
  return `${withoutQuery(location)}${what === '' ? '' : ` with ${what}`}`
}

/** Names the members whose values are not secret. */
function describeBody(text: string): string {
  const body = readBody(text)
  if (body.kind === 'other') return body.found
  return Object.entries(body.object)
    .filter(
      ([, value]) =>
        ['string', 'number', 'boolean'].includes(typeof value) && !holdsPlaceholder(String(value)),
    )
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ')
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}

/** Compares what was taken as the answer of the phone. */
function arrivalsOf(one: Run, other: Run): Difference[] {
  const taken = (run: Run) => {
    const arrival = run.arrivals.findLast(({ verdict }) => verdict === 'taken')
    if (arrival === undefined) return null
    const { error, errorDescription, parameters } = arrival.what
    if (error === null)
      return `with ${parameters.filter((name) => name === 'code').join('') || parameters.join(', ')}`
    return `error ${error}${errorDescription === null ? '' : `: ${errorDescription}`}`
  }
  return pick('arrivals', [['callback', taken(one), taken(other)]])
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
  return typeof value === 'string' ? value : JSON.stringify(value)
}
