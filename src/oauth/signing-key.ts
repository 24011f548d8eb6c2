// The private key of a client, with the algorithm that it signs with.
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { readPrivateKey } from './private-key.ts'

/** The algorithms that assertions and request objects are signed with. */
export const keyAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

export interface SigningKey {
  object: KeyObject
  algorithm: KeyAlgorithm
  /** The kid that the receiver finds the public key by. */
  keyId: string | undefined
}

/** A private key as it is configured. */
export interface ConfiguredKey {
  /** PEM (PKCS #8, SEC 1, PKCS #1), JWK, or one of the forms that people keep them in. */
  key: string
  /** Null: the kid of a JWK, if it has one. */
  keyId: string | null
  /** Null: the one of the JWK, or the usual one for the kind of key. */
  keyAlgorithm: KeyAlgorithm | null
}

/** What each kind of key signs with, the usual algorithm first. */
const algorithmsByKind: Readonly<Record<string, readonly [KeyAlgorithm, ...KeyAlgorithm[]]>> = {
  rsa: ['RS256', 'PS256'],
  ec: ['ES256'],
  ed25519: ['EdDSA'],
}

/**
 * Reads a private key and chooses its algorithm. Throws an error that says what is wrong with it, and never quotes it;
 * of two algorithms that contradict each other it names both.
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1
 */
export function readSigningKey({ key, keyId, keyAlgorithm }: ConfiguredKey): SigningKey {
  const found = readPrivateKey(key, keyId)
  return {
    object: found.object,
    algorithm: chooseAlgorithm(found.object, found.jwk, keyAlgorithm),
    keyId: keyId ?? found.keyId,
  }
}

function chooseAlgorithm(
  object: KeyObject,
  jwk: JsonWebKey | null,
  configured: KeyAlgorithm | null,
): KeyAlgorithm {
  const { namedCurve: curve, modulusLength: bits = Number.POSITIVE_INFINITY } =
    object.asymmetricKeyDetails ?? {}
  const kind = String(object.asymmetricKeyType)
  const possible = algorithmsByKind[kind]
  if (!possible || (curve !== undefined && curve !== 'prime256v1'))
    throw new Error(`it is a key of another kind (${curve ?? kind})`)
  const named = typeof jwk?.['alg'] === 'string' ? jwk['alg'].replace(/^Ed25519$/, 'EdDSA') : null
  if (configured !== null && named !== null && named !== configured)
    throw new Error(`its alg is ${named}, and the key algorithm that was configured is ${configured}`)
  const chosen = configured ?? named ?? possible[0]
  const algorithm = possible.find((one) => one === chosen)
  if (!algorithm)
    throw new Error(`such a key signs with ${possible.join(' or ')} here, and not with ${chosen}`)
  if (bits < 2048) throw new Error(`it has ${bits} bits, and ${algorithm} needs 2048`)
  return algorithm
}
