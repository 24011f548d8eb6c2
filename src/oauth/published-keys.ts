// The keys that a gateway publishes, and how the key of the client stands among them.
import { createPublicKey, createHash, type JsonWebKey } from 'node:crypto'
import { readBody } from '../wire/body.ts'
import type { SigningKey } from './signing-key.ts'

/** How a key stands among published ones; `found` is the kid that it is published under. */
export interface Standing {
  published: 'same' | 'other_key' | 'other_kid' | 'absent'
  found: string | null
}

/** Reads a set of keys; null when a text is none. */
export function readKeySet(text: string): ReadonlyArray<Readonly<Record<string, unknown>>> | null {
  const body = readBody(text)
  const keys = body.kind === 'object' ? body.object['keys'] : null
  if (!Array.isArray(keys)) return null
  return keys.filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null)
}

/** Compares a private key with published ones: by its thumbprint, and by its kid. */
export function findOwnKey(
  { object, keyId }: Pick<SigningKey, 'object' | 'keyId'>,
  keys: ReadonlyArray<Readonly<Record<string, unknown>>>,
): Standing {
  const own = thumbprintOf(createPublicKey(object).export({ format: 'jwk' }))
  const same = keys.filter((key) => thumbprintOf(key) === own)
  const kidOf = (key: Readonly<Record<string, unknown>>) =>
    typeof key['kid'] === 'string' ? key['kid'] : null
  const [first] = same
  if (first !== undefined) {
    const isUnderOurs = same.some((key) => kidOf(key) === (keyId ?? null))
    return { published: isUnderOurs ? 'same' : 'other_kid', found: kidOf(first) }
  }
  const isTaken = keyId !== undefined && keys.some((key) => kidOf(key) === keyId)
  return { published: isTaken ? 'other_key' : 'absent', found: null }
}

/** The members that a thumbprint is made of, in the order of their names, by the kind of key. */
const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
}

/**
 * Makes the thumbprint of a public key; null when it is of another kind, or incomplete.
 * @see https://www.rfc-editor.org/rfc/rfc7638#section-3
 */
function thumbprintOf(jwk: JsonWebKey | Readonly<Record<string, unknown>>): string | null {
  const names = members[String(jwk['kty'])]
  if (names === undefined || names.some((name) => typeof jwk[name] !== 'string')) return null
  const canonical = JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])))
  return createHash('sha256').update(canonical).digest('base64url')
}
