// Signs the JWTs by which a client proves something for some minutes: assertions, and request objects.
import type { SigningKey } from './signing-key.ts'

/** The clock and the chance that a JWT is made of. */
export interface JwtSources {
  clock: { now(): number }
  random(byteCount: number): Uint8Array
}

/**
 * For servers whose clock is slow: some refuse what is issued 40 ms in their future. In seconds.
 * With what remains for those whose clock is fast a JWT lives 240 s; CAMARA allows 300.
 */
const backdatedSeconds = 60
const remainingSeconds = 180

/**
 * Signs claims, and adds `iat`, `exp` and a new `jti`.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1
 */
export async function signJwt(
  { object, algorithm, keyId }: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  { clock, random }: JwtSources,
  type = 'JWT',
): Promise<string> {
  const { SignJWT } = await import('jose/jwt/sign')
  const nowSeconds = Math.floor(clock.now() / 1000)
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: algorithm, typ: type, ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuedAt(nowSeconds - backdatedSeconds)
    .setExpirationTime(nowSeconds + remainingSeconds)
    .setJti(Buffer.from(random(24)).toString('base64url'))
    .sign(object)
}
