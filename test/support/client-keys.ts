// Keys of clients, and JWTs that are signed with them by jose.
import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'

export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
export type Algorithm = (typeof algorithms)[number]

export interface ClientKey {
  algorithm: Algorithm
  kid: string
  privateKey: CryptoKey
  publicKey: CryptoKey
  /** As a client registers it: the public half, with its kid. */
  jwk: JWK
  /** Signs claims as they are; a header that is undefined is left out. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>
}

/** Makes a key pair for an algorithm. */
export async function createClientKey(
  algorithm: Algorithm,
  kid = `${algorithm}-${randomUUID()}`,
): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid }
  const sign = (claims: JWTPayload, header: Record<string, unknown> = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, ...header }).sign(privateKey)
  return { algorithm, kid, privateKey, publicKey, jwk, sign }
}

/** Writes the claims of an assertion for the token endpoint; a change that is undefined leaves a claim out. */
export function assertionClaims(
  { clock, tokenUrl }: { clock: { now(): number }; tokenUrl: string },
  changes: Record<string, unknown> = {},
): JWTPayload {
  const iat = Math.floor(clock.now() / 1000)
  const claims = { iss: 'signer', sub: 'signer', aud: tokenUrl, iat, exp: iat + 300, jti: randomUUID() }
  return JSON.parse(JSON.stringify({ ...claims, ...changes })) as JWTPayload
}
