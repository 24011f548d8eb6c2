// DPoP: proofs that whoever uses an access token holds the key that it is bound to.
import { createHash, type webcrypto } from 'node:crypto'
import { readBody, stringIn } from '../wire/body.ts'
import type { JwtSources } from './signed-jwt.ts'

/** The algorithm of the proofs. */
export const dpopAlgorithm = 'ES256'

/** A key of this run alone, and the nonces that servers want in its proofs. */
export interface Dpop {
  /** Makes the proof for one request, with the hash of the access token where it carries one. */
  prove(request: { method: string; url: string }, accessToken: string | null): Promise<string>
  /** Keeps the nonce that an answer brings; tells whether the request is to be sent again with it. */
  takeNonce(url: string, answer: { status: number; headers: Headers; text: string }): boolean
}

/** For servers that refuse what is issued some milliseconds in their future; most take a minute. In seconds. */
const backdatedSeconds = 5

/**
 * Starts DPoP for a run; the key is made with the first proof.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.2
 */
export function createDpop({ clock, random }: JwtSources): Dpop {
  const nonces = new Map<string, string>()
  let key: ReturnType<typeof createKey> | undefined
  return {
    prove: async ({ method, url }, accessToken) => {
      key ??= createKey()
      const [{ SignJWT }, { privateKey, jwk }] = await Promise.all([import('jose/jwt/sign'), key])
      const { origin, pathname } = new URL(url)
      const nonce = nonces.get(origin)
      return new SignJWT({
        htm: method,
        htu: origin + pathname,
        ...(accessToken === null ? {} : { ath: hash(accessToken) }),
        ...(nonce === undefined ? {} : { nonce }),
      })
        .setProtectedHeader({ alg: dpopAlgorithm, typ: 'dpop+jwt', jwk })
        .setIssuedAt(Math.floor(clock.now() / 1000) - backdatedSeconds)
        .setJti(Buffer.from(random(24)).toString('base64url'))
        .sign(privateKey)
    },
    takeNonce: (url, answer) => {
      const nonce = answer.headers.get('dpop-nonce')
      if (!nonce) return false
      nonces.set(new URL(url).origin, nonce)
      return wantsNonce(answer)
    },
  }
}

async function createKey(): Promise<{ privateKey: webcrypto.CryptoKey; jwk: Record<string, unknown> }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { privateKey, jwk: { kty, crv, x, y } }
}

function hash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url')
}

/**
 * Tells whether an authorization server (in its body) or an API (in its challenge) asks for a nonce.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-8
 */
function wantsNonce({ status, headers, text }: { status: number; headers: Headers; text: string }): boolean {
  if (status !== 400 && status !== 401) return false
  const body = readBody(text)
  if (body.kind === 'object' && stringIn(body.object, 'error') === 'use_dpop_nonce') return true
  return /\bDPoP\b.*\berror="?use_dpop_nonce\b/i.test(headers.get('www-authenticate') ?? '')
}
