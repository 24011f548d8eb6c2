// Finds any number of values in a text at once, in time that hardly depends on how many there are.
import type { Decoded } from './decoded.ts'
import { type Folded, isLeftOut } from './fold.ts'
import type { Form } from './forms.ts'
import { isOrdinary } from './ordinary.ts'
import { redacted, startsWithPlaceholder, endsInPlaceholder } from './placeholder.ts'
import type { Span } from './span.ts'

/** A value that is looked for. */
export interface Sought {
  value: string
  forms: readonly Form[]
  /** Its replacement; forms other than the value itself are redacted. */
  replacement: string
  /** The value of its fingerprint; null for none. */
  secret: string | null
  /** Found only where it stands alone and unencoded. */
  isAlone: boolean
}

/** The search for what was added to it. */
export interface Search {
  add(sought: Sought): void
  /** Gives what was found, in order; none lies in another. */
  find(decoded: Decoded, folded: Folded): Span[]
}

interface Needle extends Form {
  sought: Sought
}

/** So many bytes choose the needles that may start with them. */
const gramLength = 4
const filterBits = 16

/** At its end a text may have been cut; so many characters of a value are enough there. */
const minAtEnd = 6

/** Makes a search that looks for nothing yet. */
export function createSearch(): Search {
  const needlesByGram = new Map<number, Needle[]>()
  const filter = new Uint8Array(1 << filterBits)

  const findAt = (
    decoded: Decoded,
    folded: Folded,
    at: number,
    gram: number,
  ): { length: number; needle: Needle } | null => {
    let best: { length: number; needle: Needle } | null = null
    for (const needle of needlesByGram.get(gram) ?? []) {
      const length = commonLength(folded.bytes, at, needle.bytes)
      if (length > (best?.length ?? 0) && isEnough(decoded, folded, at, length, needle))
        best = { length, needle }
    }
    return best
  }

  return {
    add: (sought) => {
      for (const form of sought.forms) {
        if (form.bytes.length < gramLength) continue
        const gram = gramAt(form.bytes, 0)
        filter[hashOf(gram)] = 1
        needlesByGram.set(gram, [...(needlesByGram.get(gram) ?? []), { ...form, sought }])
      }
    },
    find: (decoded, folded) => {
      const spans: Span[] = []
      const { bytes } = folded
      const last = bytes.length - gramLength
      for (let at = 0; at <= last;) {
        const gram = gramAt(bytes, at)
        const found = filter[hashOf(gram)] === 0 ? null : findAt(decoded, folded, at, gram)
        if (found === null) {
          at++
          continue
        }
        const { length, needle } = found
        const first = folded.units[at] ?? 0
        const isWhole = length === needle.bytes.length && needle.isPlain
        const end = (folded.units[at + length - 1] ?? 0) + 1
        const from = isWhole ? first - countBefore(decoded, first, needle.sought.value) : first
        const to = isWhole ? end + countAfter(decoded, end, needle.sought.value) : endOfRun(decoded, end)
        spans.push({
          from,
          to,
          replacement: needle.isPlain ? needle.sought.replacement : redacted,
          secret: needle.sought.secret,
          isGuess: false,
        })
        // A mask leaves two digits, with which something else may begin.
        at += isWhole && needle.sought.replacement !== redacted ? length - 2 : length
        if (!isWhole) while ((folded.units[at] ?? to) < to) at++
      }
      return spans
    },
  }
}

/** Tells whether what a needle and a text have in common is the value, or so much of it that it gives it away. */
function isEnough(decoded: Decoded, folded: Folded, at: number, length: number, needle: Needle): boolean {
  const { bytes, telling, isPlain, sought } = needle
  if (isPlain && sought.isAlone) {
    return length === bytes.length && standsAlone(decoded, folded, at, length, sought.value)
  }
  if (length >= Math.min(telling, bytes.length)) return true
  const isCut = at + length === folded.bytes.length && length >= minAtEnd && telling < bytes.length
  return isCut && isPlain && !isOrdinary(sought.value.slice(0, length), true)
}

/** Those of words, and the stars of a mask. */
const wordCharacter = /[\w\-*\x80-\xff]/

/** Tells whether the text holds the value as it is, neither as a part of something longer nor as a name. */
function standsAlone(
  { text, bytes }: Decoded,
  { units }: Folded,
  at: number,
  length: number,
  value: string,
): boolean {
  const exact = Buffer.from(value).toString('latin1')
  const from = units[at] ?? 0
  const to = (units[at + length - 1] ?? 0) + 1
  if (text.slice(from, to) !== exact.trim()) return false
  const after = text.charAt(to)
  if (wordCharacter.test(text.charAt(from - 1)) || wordCharacter.test(after) || after === '=') return false
  // What was redacted next to it was a part of the same thing.
  if (startsWithPlaceholder(text, to) || endsInPlaceholder(text, from)) return false
  if (after !== '"' && after !== "'") return true
  let next = to + 1
  while (isSpace(bytes[next])) next++
  return text.charAt(next) !== ':'
}

/** Counts what the value begins with and folding left out, where the text has it too. */
function countBefore({ bytes }: Decoded, from: number, value: string): number {
  let length = 0
  while (isLeftOut(value.charCodeAt(length))) length++
  let count = 0
  while (count < length && bytes[from - count - 1] === value.charCodeAt(length - count - 1)) count++
  return count
}

/** Counts what the value ends in and folding left out, where the text has it too. */
function countAfter({ bytes }: Decoded, to: number, value: string): number {
  let start = value.length
  while (isLeftOut(value.charCodeAt(start - 1))) start--
  let count = 0
  while (start + count < value.length && bytes[to + count] === value.charCodeAt(start + count)) count++
  return count
}

/** A form that was not found whole may go on as something that only its encoder knows. */
function endOfRun({ bytes }: Decoded, from: number): number {
  let to = from
  while (isOfRun(bytes[to])) to++
  return to
}

function isOfRun(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isLetter || (byte >= 0x30 && byte <= 0x39) || '_~+/=%-'.includes(String.fromCharCode(byte))
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function commonLength(text: Uint8Array, at: number, needle: Uint8Array): number {
  const longest = Math.min(needle.length, text.length - at)
  let length = gramLength
  while (length < longest && text[at + length] === needle[length]) length++
  return length
}

function gramAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}

function hashOf(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> (32 - filterBits)
}
