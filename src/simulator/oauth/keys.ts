// The gateway's signing key. It is made when it is first needed: that costs more than the start of the simulator.
import type { CryptoKey, JWK, JWTPayload } from 'jose'

export interface SigningKey {
  /** Signs claims as a JWT, RS256. */
  sign(claims: JWTPayload): Promise<string>
  /** The public half, with kid, use and alg. */
  publicJwk(): Promise<JWK>
}

/** Creates the signing key, once, on its first use. */
export function createSigningKey(): SigningKey {
  let made: ReturnType<typeof generate> | undefined
  const key = () => (made ??= generate())
  return {
    sign: async (claims) => {
      const { SignJWT } = await import('jose')
      const { privateKey, jwk } = await key()
      return new SignJWT(claims)
        .setProtectedHeader({ alg: signatureAlgorithm, kid: jwk.kid ?? '', typ: 'JWT' })
        .sign(privateKey)
    },
    publicJwk: async () => (await key()).jwk,
  }
}

/** The algorithm of the gateway's signatures. */
export const signatureAlgorithm = 'RS256'

async function generate(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
  const { privateKey, publicKey } = await generateKeyPair(signatureAlgorithm)
  const jwk = await exportJWK(publicKey)
  return {
    privateKey,
    jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: signatureAlgorithm },
  }
}
