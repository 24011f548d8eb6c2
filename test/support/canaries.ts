// Looks for secrets in an output, in whatever common encoding.
import { expect } from 'vitest'

export const encodings: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => new URLSearchParams([['', text]]).toString().slice(1),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => Buffer.from(`{"x":"${text}"}`).toString('base64'),
]

/** Decodes whatever looks like base64 or hexadecimal, as a finder would. */
function decodeAll(text: string): string {
  const base64 = text.match(/[\w+/-]{12,}/g) ?? []
  const hex = text.match(/(?:[0-9a-f]{2}){6,}/gi) ?? []
  return [
    ...base64.flatMap((found) =>
      [0, 1, 2, 3].map((start) => Buffer.from(found.slice(start), 'base64').toString('latin1')),
    ),
    ...hex.map((found) => Buffer.from(found, 'hex').toString('latin1')),
  ].join('\n')
}

/** Checks that none of the secrets is in an output. */
export function expectNoCanary(output: string, secrets: readonly string[]): void {
  const lower = output.toLowerCase()
  const found = decodeAll(output)
  for (const secret of secrets) {
    for (const encode of encodings) expect(lower).not.toContain(encode(secret).toLowerCase())
    expect(found).not.toContain(secret)
  }
}
