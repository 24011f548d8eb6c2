// Parts of a text that are replaced.
import { maskPhoneNumber } from '../../camara/phone-number.ts'
import { type Decoded } from './decoded.ts'
import { isNumeric } from './fold.ts'
import { type Marks, redacted } from './placeholder.ts'

/** A part of a decoded text, by its characters, and its replacement. */
export interface Span {
  from: number
  to: number
  replacement: string
  /**
   * The secret that leaves its fingerprint, where the part may be another form of it; the part itself otherwise. Null:
   * there must be no fingerprint.
   */
  secret?: string | null
  /** It was taken for a phone number by its looks; a number that is known knows better where it ends. */
  isGuess: boolean
}

/** A part that is a secret. */
export function secretSpan(from: number, to: number): Span {
  return { from, to, replacement: redacted, isGuess: false }
}

/** A part that looks like a phone number: all but the first and the last two characters is masked. */
export function maskSpan(from: number, digits: string): Span {
  return {
    from,
    to: from + digits.length,
    replacement: maskPhoneNumber(`+${digits}`).slice(1),
    isGuess: true,
  }
}

/**
 * Replaces parts of a text, and leaves the rest untouched. Parts that overlap or touch are redacted as one. In JSON a
 * number becomes 0, so that it stays a number.
 */
export function replaceSpans(
  decoded: Decoded,
  spans: readonly Span[],
  isOutside: Uint8Array | null,
  marks: Marks,
): string {
  if (spans.length === 0) return decoded.source
  const { source, text, starts, ends } = decoded
  const kept: string[] = []
  let end = 0
  for (const { from, to, replacement, secret } of join(
    spans.map((span) => widen(decoded, span, isOutside)),
  )) {
    const isMarked = replacement === redacted && secret !== null
    const marked = () => marks.of(secret ?? Buffer.from(text.slice(from, to), 'latin1').toString().trim())
    kept.push(source.slice(end, starts[from]), isMarked ? marked() : replacement)
    end = ends[to - 1] ?? source.length
  }
  kept.push(source.slice(end))
  return kept.join('')
}

function join(spans: readonly Span[]): Span[] {
  const ordered = spans.toSorted(
    (one, other) => one.from - other.from || Number(one.isGuess) - Number(other.isGuess) || other.to - one.to,
  )
  const joined: Span[] = []
  for (const span of ordered) {
    const last = joined.at(-1)
    const isApart = last === undefined || span.from > last.to
    if (isApart || (span.from === last.to && !(isRedacted(span) && isRedacted(last)))) joined.push(span)
    else if (span.to > last.to && !(span.isGuess && span.from === last.from))
      joined[joined.length - 1] = { from: last.from, to: span.to, replacement: redacted, isGuess: false }
  }
  return joined
}

function isRedacted({ replacement }: Span): boolean {
  return replacement === redacted
}

/** Makes a part of a number in JSON the whole number. */
function widen({ bytes }: Decoded, span: Span, isOutside: Uint8Array | null): Span {
  if (!isOutside?.[span.from]) return span
  let { from, to } = span
  while (from > 0 && isOutside[from - 1] && isNumeric(bytes[from - 1] ?? 0)) from--
  while (to < bytes.length && isOutside[to] && isNumeric(bytes[to] ?? 0)) to++
  return { ...span, from, to, replacement: '0' }
}
