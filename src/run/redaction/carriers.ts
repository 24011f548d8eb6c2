// Finds secrets and phone numbers by the name of what carries them: a parameter, or a member of JSON.
import type { Decoded } from './decoded.ts'
import { isNumberName, isOauthCode, isSecretMember, isSecretParameter } from './secret-names.ts'
import { maskSpan, secretSpan, type Span } from './span.ts'

/** Values that are secrets only as a whole, and how long they are at most. */
export interface WholeSecrets {
  has(value: string): boolean
  maxLength: number
}

/** No meaningful name is longer. */
const maxNameLength = 80
/** No phone number is longer, however it is written. */
const maxNumberLength = 64

/** Finds secrets in queries, fragments and forms, in URLs inside URLs too; masks phone numbers there. */
export function findParameters(decoded: Decoded, whole: WholeSecrets): Span[] {
  const { text, depths } = decoded
  const spans: Span[] = []
  for (let at = text.indexOf('='); at >= 0;) {
    const name = nameBefore(text, at)
    const from = at + 1
    if (name !== '' && isSecretParameter(name)) {
      const to = endOfParameter(decoded, from, depths[at] ?? 0, text.length)
      spans.push(secretSpan(from, to))
      at = text.indexOf('=', Math.max(to, from))
      continue
    }
    const isNumber = name !== '' && isNumberName(name)
    const limit = Math.max(isNumber ? maxNumberLength : 0, whole.maxLength)
    if (name !== '' && limit > 0) {
      const to = endOfParameter(decoded, from, depths[at] ?? 0, from + limit + 1)
      const value = text.slice(from, to)
      if (whole.has(value) || whole.has(value.replaceAll('+', ' '))) spans.push(secretSpan(from, to))
      else if (isNumber) spans.push(...maskDigitsIn(value, from))
    }
    at = text.indexOf('=', from)
  }
  return spans.filter(({ from, to }) => to > from)
}

/** Finds secrets and phone numbers that members of JSON carry, also where the JSON is cut, damaged, or in a string. */
export function findMembers(decoded: Decoded, whole: WholeSecrets): Span[] {
  const { text } = decoded
  const spans: Span[] = []
  for (let colon = text.indexOf(':'); colon >= 0;) {
    const member = memberAt(decoded, colon)
    let next = colon + 1
    if (member !== null && isSecretMember(member.name)) {
      for (const value of valuesAt(decoded, member)) {
        spans.push(secretSpan(value.from, value.to))
        next = value.next
      }
    } else if (member !== null) {
      spans.push(...findInMember(decoded, member, whole))
    }
    colon = text.indexOf(':', next)
  }
  return spans.filter(({ from, to }) => to > from)
}

/** Looks at the value of a member whose name alone does not make it secret. */
function findInMember(decoded: Decoded, member: Member, whole: WholeSecrets): Span[] {
  const { name, at, depth } = member
  const isCode = name.toLowerCase() === 'code'
  const limit = isCode ? Infinity : Math.max(maxNumberLength, whole.maxLength) + 1
  const value = valueAt(decoded, at, depth, limit)
  if (value === null) return []
  const { from, to } = value
  const content = decoded.text.slice(from, to)
  if ((isCode && isOauthCode(content)) || whole.has(content)) return [secretSpan(from, to)]
  return isNumberName(name) ? maskDigitsIn(content, from) : []
}

function maskDigitsIn(value: string, from: number): Span[] {
  return [...value.matchAll(/[1-9]\d{6,}/g)].map(({ index, 0: digits }) => maskSpan(from + index, digits))
}

const endsName = new Set('?&#;=,(<>[{|/ \t\r\n"\'`')
const endsParameter = new Set('&#; \t\r\n"\'<>')

function nameBefore(text: string, end: number): string {
  let start = end
  while (start > 0 && !endsName.has(text.charAt(start - 1))) {
    if (end - start >= maxNameLength) return ''
    start--
  }
  return text.slice(start, end)
}

/** A value ends at a separator encoded as deep as its =; one encoded deeper is part of it. */
function endOfParameter({ text, depths }: Decoded, from: number, depth: number, limit: number): number {
  let to = from
  const end = Math.min(limit, text.length)
  while (to < end && !(endsParameter.has(text.charAt(to)) && ((depths[to] ?? 0) & 15) <= depth)) to++
  return to
}

/** A name in JSON, where its value starts, and how deep its quotation marks are escaped. */
interface Member {
  name: string
  at: number
  depth: number
}

/** Reads the quoted name that a colon follows. */
function memberAt({ text, depths }: Decoded, colon: number): Member | null {
  let close = colon - 1
  while (close >= 0 && isSpace(text.charAt(close))) close--
  const quote = text.charAt(close)
  if (quote !== '"' && quote !== "'") return null
  const depth = depths[close] ?? 0
  for (let open = close - 1; open >= 0 && close - open <= maxNameLength; open--) {
    if (text.charAt(open) === quote && depths[open] === depth)
      return { name: text.slice(open + 1, close), at: skipSpace(text, colon + 1), depth }
  }
  return null
}

/** Where the content of a value starts and ends, and where what follows it starts. */
interface Value {
  from: number
  to: number
  next: number
}

/** Finds the value of a member, or those of a list: a list of tokens is as good as one. */
function valuesAt(decoded: Decoded, { at, depth }: Member): Value[] {
  const { text } = decoded
  const isList = text.charAt(at) === '['
  const values: Value[] = []
  for (let next = isList ? skipSpace(text, at + 1) : at; ;) {
    const value = valueAt(decoded, next, depth, Infinity)
    if (value !== null) values.push(value)
    next = skipSpace(text, value?.next ?? next)
    if (value === null || !isList || text.charAt(next) !== ',') return values
    next = skipSpace(text, next + 1)
  }
}

/** Finds a string or a number. Null: it is neither, or the string ends there that the member is in. */
function valueAt({ text, depths }: Decoded, at: number, depth: number, limit: number): Value | null {
  const quote = text.charAt(at)
  if (quote !== '"' && quote !== "'") {
    const [digits = ''] = /^-?\d[\d.eE+-]{0,40}/.exec(text.slice(at, at + 42)) ?? []
    return digits === '' ? null : { from: at, to: at + digits.length, next: at + digits.length }
  }
  if (depths[at] !== depth) return null
  const end = Math.min(text.length, at + 1 + limit)
  let to = at + 1
  // The " of JSON ends what a ' began inside it.
  while (to < end && !((text.charAt(to) === quote || text.charAt(to) === '"') && (depths[to] ?? 0) <= depth))
    to++
  return { from: at + 1, to, next: to + 1 }
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (isSpace(text.charAt(next))) next++
  return next
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}
