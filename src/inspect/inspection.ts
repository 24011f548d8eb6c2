// What an inspection is made of, and what its readers share: facts, findings, and how a value is shown.
import { e164Pattern, maskPhoneNumber } from '../camara/phone-number.ts'
import type { Finding } from '../run/finding.ts'
import { holdsPlaceholder, redacted } from '../run/redaction/placeholder.ts'
import type { Redactor } from '../run/redaction.ts'
import { isNumberName, isSecretParameter } from '../run/redaction/secret-names.ts'

export type Kind =
  | 'authorize-url'
  | 'callback-url'
  | 'endpoint-url'
  | 'token-response'
  | 'token-request'
  | 'backchannel-request'
  | 'backchannel-response'
  | 'api-request'
  | 'api-answer'
  | 'jwt'
  | 'error'
  | 'curl'
  | 'request'
  | 'har'
  | 'run'
  | 'check'
  | 'key'
  | 'key-set'
  | 'certificate'
  | 'discovery-document'
  | 'operator-token'

export interface Fact {
  name: string
  value: string
  /** Empty where the name says it all. */
  meaning: string
  /** The title of what was found about it. */
  problem: string | null
}

export interface Inspection {
  kind: Kind
  summary: string
  facts: readonly Fact[]
  /** The most important first. */
  findings: readonly Finding[]
  /** The same thing put right; null: there is nothing to put right, or only its owner can. */
  corrected: string | null
}

/** What a reader knows beside the text. */
export interface Given {
  nowMs: number
  redactor: Redactor
  /** The texts of key files that signatures are checked with. */
  keys: readonly string[]
  /** What a profile says that was named; null: none was. */
  profile: ProfileFacts | null
}

export interface ProfileFacts {
  clientId: string | null
  issuer: string | null
  redirectUri: string | null
  apiVersion: string | null
  scope: string | null
}

/** Recognises and reads one kind of thing; null when the text is something else. Never throws, whatever the text is. */
export type Reader = (text: string, given: Given) => Inspection | null | Promise<Inspection | null>

/** A finding, and the fact that it is about. */
export type Lint = readonly [fact: string, finding: Finding]

export type PlainFact = Omit<Fact, 'problem'>

/** Puts facts and what was found about them together. */
export function inspectionOf(
  kind: Kind,
  summary: string,
  facts: readonly PlainFact[],
  lints: readonly Lint[],
  corrected: string | null = null,
): Inspection {
  const problemOf = (name: string) => lints.find(([about]) => about === name)?.[1].title ?? null
  const known = new Set<string>()
  const withProblems = facts.map((fact) => {
    const problem = known.has(fact.name) ? null : problemOf(fact.name)
    known.add(fact.name)
    return { ...fact, problem }
  })
  const missing = new Set(lints.flatMap(([name]) => (name === '' || known.has(name) ? [] : [name])))
  const absent = [...missing].map((name) => ({
    name,
    value: '',
    meaning: 'missing',
    problem: problemOf(name),
  }))
  const order = { error: 0, warning: 1, info: 2 }
  const findings = lints.map(([, finding]) => finding)
  return {
    kind,
    summary,
    facts: [...withProblems, ...absent],
    findings: findings.toSorted((one, other) => order[one.severity] - order[other.severity]),
    corrected,
  }
}

/** How much of a value is shown. */
const maxShown = 500

/** Shows the value of a parameter, a claim or a member: of a secret its length, of a phone number its mask. */
export function showValue(name: string, value: string, { redactor }: Pick<Given, 'redactor'>): string {
  if (value === '') return '(empty)'
  if (isNumberName(name)) return showHint(value, redactor)
  return isSecretParameter(name) ? showSecret(value) : redactor.text(value.slice(0, maxShown))
}

/** Says how many characters something has. */
export function countCharacters(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`
}

/** Shows a secret by its length alone. */
export function showSecret(value: string): string {
  return holdsPlaceholder(value) ? redacted : `${redacted}, ${countCharacters(value.length)}`
}

function showHint(value: string, redactor: Redactor): string {
  const number = /\+?([1-9]\d{4,14})/.exec(value.replace(/^ /, '+'))
  if (number === null) return redactor.text(value.slice(0, maxShown))
  const whole = `+${number[1]}`
  if (!e164Pattern.test(whole)) return redacted
  redactor.mask(whole)
  const masked = maskPhoneNumber(whole)
  return redactor.text(value.slice(0, maxShown).replace(number[1] ?? '', masked.slice(1)))
}

/** Shows any value of JSON in short. */
export function showJson(name: string, value: unknown, given: Pick<Given, 'redactor'>): string {
  if (typeof value === 'string') return showValue(name, value, given)
  if (value === undefined) return '(missing)'
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return given.redactor.text(value.join(', ').slice(0, maxShown))
  return given.redactor.text(
    JSON.stringify({ [name]: value })
      .slice(name.length + 4, -1)
      .slice(0, maxShown),
  )
}

/** Says how long a time is, for a person. */
export function describeDuration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds))
  if (whole < 120) return `${whole} s`
  if (whole < 2 * 3600) return `${Math.round(whole / 60)} min`
  return whole < 2 * 86_400 ? `${Math.round(whole / 3600)} h` : `${Math.round(whole / 86_400)} days`
}

/** Says when an epoch second is, against now. */
export function describeTime(seconds: number, nowMs: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return 'not a time'
  const difference = seconds - nowMs / 1000
  const when = difference < 0 ? `${describeDuration(difference)} ago` : `in ${describeDuration(difference)}`
  return `${date.toISOString().replace('.000Z', 'Z')}, ${when}`
}
