// What replaces a secret: a mark, with a fingerprint that shows where the same secret occurs again.
import { createHmac } from 'node:crypto'

/** The mark of a secret without a fingerprint, and the beginning of all others. */
export const redacted = '[redacted]'

const pattern = String.raw`\[redacted(?::[0-9a-f]{6})?\]`
const whole = new RegExp(`^${pattern}$`)
const anywhere = new RegExp(pattern)
const beginning = new RegExp(`^${pattern}`)
const ending = new RegExp(`${pattern}$`)
const maxLength = '[redacted:123456]'.length
const each = new RegExp(pattern, 'g')
/** Marks beyond this number are not cached. */
const maxKnown = 1000

/** Tells whether a text is such a mark and nothing else. */
export function isPlaceholder(text: string): boolean {
  return whole.test(text)
}

/** Tells whether something was taken out of a text. */
export function holdsPlaceholder(text: string): boolean {
  return anywhere.test(text)
}

/** Tells whether something was taken out of a text right behind a place. */
export function startsWithPlaceholder(text: string, at: number): boolean {
  return text.startsWith('[redacted', at) && beginning.test(text.slice(at, at + maxLength))
}

/** Tells whether something was taken out of a text right before a place. */
export function endsInPlaceholder(text: string, at: number): boolean {
  return text.charAt(at - 1) === ']' && ending.test(text.slice(Math.max(0, at - maxLength), at))
}

/** Leaves out the fingerprints, which are new in each run. */
export function withoutFingerprints(text: string): string {
  return text.replace(each, redacted)
}

/** Splits a text at what `other` matches and at what stands for secrets; these are every second part. */
export function splitAtPlaceholders(text: string, other: RegExp): string[] {
  return text.split(new RegExp(`(${pattern}|${other.source})`))
}

/** Makes the marks that replace secrets, and recognises them. */
export interface Marks {
  /** Gives the mark of a secret; what is a mark stays as it is. */
  of(secret: string): string
  /** Tells whether a text is a mark that was made here: a server could write what looks like one. */
  isMark(text: string): boolean
}

/**
 * Makes marks with fingerprints under a key. With a key of the run's own, which nobody keeps, a fingerprint tells whether
 * two occurrences in it are the same secret, and nothing else: not even a short secret can be looked for, and the same
 * one has another fingerprint in another run. Without a key there are none, and those of others are left as they are.
 */
export function createMarks(key: Uint8Array | null): Marks {
  if (key === null)
    return { isMark: isPlaceholder, of: (secret) => (isPlaceholder(secret) ? secret : redacted) }
  const made = new Set([redacted])
  // A body may repeat a value a hundred thousand times.
  const known = new Map<string, string>()
  const isMark = (text: string) => made.has(text)
  return {
    isMark,
    of: (secret) => {
      if (isMark(secret)) return secret
      const before = known.get(secret)
      if (before !== undefined) return before
      const mark = `[redacted:${createHmac('sha256', key).update(secret).digest('hex').slice(0, 6)}]`
      made.add(mark)
      if (known.size >= maxKnown) known.clear()
      known.set(secret, mark)
      return mark
    },
  }
}
