// DPoP: reads the proof that a client holds a key, at the token endpoint and at the API.
import { createHash } from 'node:crypto'
import type { JWK } from 'jose'
import { endpointUrl, explainFailure, gatewayTimeMs, signingAlgorithms } from './assertion.ts'
import type { Gateway } from '../gateway.ts'
import { headerValues, type Call } from '../request.ts'
import { replyApiError, replyOAuthError, type OAuthProblem, type Reply } from '../response.ts'

/** The proof of a key. */
export interface Proof {
  /** The thumbprint of the key, SHA-256. */
  jkt: string
  jti: string
}

/** How old a proof may be. */
const maxAgeS = 60

/**
 * Reads and checks the DPoP proof of a request; null when there is none. With an access token the proof must hold
 * its hash. Whether it came before is for `useProof`.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export async function readProof(
  call: Call,
  gateway: Gateway,
  accessToken?: string,
): Promise<Proof | OAuthProblem | null> {
  const [jwt, ...others] = headerValues(call.headers, 'dpop')
  if (jwt === undefined) return null
  if (others.length > 0) return invalidProof('there are two of them')
  const { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } = await import('jose')
  const { clockToleranceMs, requiresDpopNonce } = call.rules
  let hasPublicKey = true
  const resolveKey: typeof EmbeddedJWK = (header, token) =>
    EmbeddedJWK(header, token).catch((error: unknown) => {
      hasPublicKey = false
      throw error
    })
  const verified = await jwtVerify(jwt, resolveKey, {
    typ: 'dpop+jwt',
    algorithms: signingAlgorithms,
    requiredClaims: ['jti', 'htm', 'htu', 'iat'],
    maxTokenAge: maxAgeS,
    clockTolerance: clockToleranceMs / 1000,
    currentDate: new Date(gatewayTimeMs(call, gateway)),
  }).catch((error: unknown) => (hasPublicKey ? explainFailure(error) : 'its jwk must be a public key'))
  if (typeof verified === 'string') return invalidProof(verified)
  const { jti, htm, htu, ath, nonce } = verified.payload
  if (htm !== call.method) return invalidProof('its htm is not the method of the request')
  if (!isSameAddress(htu, endpointUrl(call, gateway))) {
    return invalidProof('its htu is not the URL of the request')
  }
  if (accessToken !== undefined && ath !== hash(accessToken)) {
    return invalidProof('its ath is not the hash of the access token')
  }
  if (requiresDpopNonce && (typeof nonce !== 'string' || !gateway.state.dpopNonces.find(nonce))) {
    return { error: 'use_dpop_nonce', description: 'The DPoP proof must hold the nonce of DPoP-Nonce.' }
  }
  if (typeof jti !== 'string' || jti === '') return invalidProof('its jti must be a string')
  const jkt = await calculateJwkThumbprint(verified.protectedHeader.jwk as JWK)
  return { jkt, jti }
}

/** Notes a proof, which may come once; or says that it came before. Anybody can sign one: note it as late as you can. */
export function useProof({ jkt, jti }: Proof, { rules }: Call, { state }: Gateway): OAuthProblem | null {
  const isNew = state.isFirstProof(`${jkt} ${jti}`, maxAgeS * 1000 + 2 * rules.clockToleranceMs)
  return isNew ? null : invalidProof('its jti was used before')
}

/**
 * Refuses a proof; with a fresh nonce if it lacked one.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-8
 */
export function replyProofProblem(status: 400 | 401, problem: OAuthProblem, gateway: Gateway): Reply {
  const reply =
    status === 400
      ? replyOAuthError(400, problem)
      : replyApiError(401, 'UNAUTHENTICATED', problem.description, problem.error)
  if (status === 401) {
    reply.headers['www-authenticate'] =
      `DPoP error="${problem.error}", error_description="${problem.description}", algs="${signingAlgorithms.join(' ')}"`
  }
  if (problem.error === 'use_dpop_nonce') reply.headers['dpop-nonce'] = gateway.state.dpopNonces.put(true)
  return reply
}

/**
 * Refuses a call of the API whose token lacks the proof that it needs; null when there is nothing to refuse.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7
 */
export async function refuseUnprovenToken(call: Call, gateway: Gateway): Promise<Reply | null> {
  const [header = ''] = headerValues(call.headers, 'authorization')
  const [scheme = '', key = ''] = header.trim().split(/ +/)
  const token = gateway.state.tokens.find(key)
  const refuse = (problem: OAuthProblem) => replyProofProblem(401, problem, gateway)
  if (scheme.toLowerCase() !== 'dpop') {
    const description = 'The access token is bound to a key: send it as DPoP, with a proof.'
    return token?.dpopJkt === undefined ? null : refuse({ error: 'invalid_token', description })
  }
  const proof = await readProof(call, gateway, key)
  if (proof === null) return refuse(invalidProof('it is missing'))
  if ('error' in proof) return refuse(proof)
  if (!token) return null
  if (token.dpopJkt === proof.jkt) {
    const replayed = useProof(proof, call, gateway)
    return replayed && refuse(replayed)
  }
  const description =
    token.dpopJkt === undefined
      ? 'The access token is bound to no key: send it as Bearer.'
      : 'The access token is bound to another key than that of the proof.'
  return refuse({ error: 'invalid_token', description })
}

/**
 * Compares the URL of a proof, without query and fragment: the case of scheme and host, a default port, and what is percent-encoded without need,
 * make no difference. Other ways of writing a URL, which browsers would take, are refused.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
function isSameAddress(htu: unknown, expected: string): boolean {
  if (typeof htu !== 'string') return false
  const [, origin = '', path = ''] = /^(https?:\/\/[^\s/?#@\\]+)(\/[^\s?#\\]*)(?:[?#].*)?$/i.exec(htu) ?? []
  if (!URL.canParse(origin) || /\/\.{1,2}(\/|$)/.test(path)) return false
  const { protocol, hostname, host } = new URL(origin)
  const isAsWritten = origin.toLowerCase().startsWith(`${protocol}//${hostname}`)
  const unreserved = path.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : escaped
  })
  return isAsWritten && `${protocol}//${host}${unreserved}` === new URL(expected).href
}

function hash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url')
}

function invalidProof(rule: string): OAuthProblem {
  return { error: 'invalid_dpop_proof', description: `The DPoP proof is refused: ${rule}.` }
}
