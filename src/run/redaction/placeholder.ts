// What stands in place of a secret.

/** What stands in place of a secret of which nothing is to be told, and what the others begin with. */
export const redacted = '[redacted]'

const pattern = String.raw`\[redacted(?::[0-9a-f]{6})?\]`
const whole = new RegExp(`^${pattern}$`)
const anywhere = new RegExp(pattern)
const each = new RegExp(pattern, 'g')

/** Tells whether a text is what stands in place of a secret, and nothing else. */
export function isPlaceholder(text: string): boolean {
  return whole.test(text)
}

/** Tells whether something was taken out of a text. */
export function holdsPlaceholder(text: string): boolean {
  return anywhere.test(text)
}

/** Leaves out the fingerprints, which are new in each run. */
export function withoutFingerprints(text: string): string {
  return text.replace(each, redacted)
}

/** Puts something else in place of what stands for secrets. */
export function replacePlaceholders(text: string, replacement: () => string): string {
  return text.replace(each, replacement)
}

/** Splits a text at what `other` matches and at what stands for secrets; these are every second part. */
export function splitAtPlaceholders(text: string, other: RegExp): string[] {
  return text.split(new RegExp(`(${pattern}|${other.source})`))
}
