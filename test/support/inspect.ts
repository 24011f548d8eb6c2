// Inspects a text as the command does, at a moment that stands still.
import { inspect } from '../../src/inspect/inspect.ts'
import type { Given, Inspection } from '../../src/inspect/inspection.ts'

/** 2025-06-15T15:06:40Z, in seconds. */
export const nowSeconds = 1_750_000_000

export function inspectText(
  text: string,
  known: Partial<Omit<Given, 'redactor'>> = {},
): Promise<Inspection | null> {
  return inspect(text, { nowMs: nowSeconds * 1000, keys: [], profile: null, ...known })
}

/** Gives the codes of what is more than worth knowing. */
export function codesOf(inspection: Inspection | null): string[] {
  return (inspection?.findings ?? []).filter(({ severity }) => severity !== 'info').map(({ code }) => code)
}

/** Makes a JWT without anybody's key: the signature is no more than a text. */
export function makeJwt(header: object, claims: object, signature = 'c2lnbmF0dXJl'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.${signature}`
}
