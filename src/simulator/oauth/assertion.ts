// Verifies what a client signs: assertions, application JWTs and request objects.
import type { JWK, JWTPayload, JWTVerifyOptions } from 'jose'
import { basePath, type Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'

/** The algorithms that a client may sign with. `Ed25519` is EdDSA by its newer name (RFC 9864). */
export const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

/** What must be so in a JWT of a client. */
export interface ExpectedClaims {
  keys: readonly JWK[]
  issuer?: string
  subject?: string
  /** One of these must be in `aud`; without it `aud` is not looked at. */
  audience?: readonly string[]
  algorithms?: string[]
  /** The `typ` of this kind of JWT, beside the plain `JWT` and none. */
  type?: string
  /** The longest time between `iat` and `exp`. */
  maxLifetimeS?: number
  /** Whether the same `jti` may come again. */
  isReusable?: boolean
  /** Whether it may come without `iat`. */
  isIatOptional?: boolean
}

/** The rule that a JWT breaks, as a sentence about it without a full stop. */
export interface BrokenRule {
  rule: string
}

/** What a JWT that was verified holds. */
export interface VerifiedClaims {
  claims: JWTPayload
  type: string | undefined
}

/** The longest life of an assertion and of a request object, by CAMARA's profile. */
const maxLifetimeS = 300

/**
 * Verifies the signature and the claims of a JWT. Notes its `jti` when all is well.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 * @see https://www.rfc-editor.org/rfc/rfc8725#section-3.11
 */
export async function verifyAssertion(
  jwt: string,
  expected: ExpectedClaims,
  call: Call,
  gateway: Gateway,
): Promise<VerifiedClaims | BrokenRule> {
  const lifetimeS = expected.maxLifetimeS ?? maxLifetimeS
  const { clockToleranceMs } = call.rules
  const nowMs = gatewayTimeMs(call, gateway)
  const hasIat = !expected.isIatOptional || (await hasClaim(jwt, 'iat'))
  const verified = await verifyWithAny(jwt, expected.keys, {
    algorithms: expected.algorithms ?? signingAlgorithms,
    requiredClaims: ['jti', 'exp', ...(hasIat ? ['iat'] : [])],
    ...(expected.issuer === undefined ? {} : { issuer: expected.issuer }),
    ...(expected.subject === undefined ? {} : { subject: expected.subject }),
    ...(expected.audience === undefined ? {} : { audience: [...expected.audience] }),
    ...(hasIat && { maxTokenAge: lifetimeS }),
    clockTolerance: clockToleranceMs / 1000,
    currentDate: new Date(nowMs),
  })
  if ('rule' in verified) return verified
  const type = verified.type?.toLowerCase().replace(/^application\//, '')
  if (![undefined, 'jwt', expected.type].includes(type))
    return { rule: 'its typ is that of another kind of JWT' }
  const { iss, exp = 0, jti } = verified.claims
  const iat = verified.claims.iat ?? Math.ceil((nowMs + clockToleranceMs) / 1000)
  if (hasIat && exp < iat) return { rule: 'it ends before it begins (exp, iat)' }
  if (exp - iat > lifetimeS) return { rule: `it lives longer than ${lifetimeS} s (exp - iat)` }
  if (typeof jti !== 'string' || jti === '') return { rule: 'its jti must be a string' }
  if (expected.isReusable) return verified
  const retentionMs = lifetimeS * 1000 + 2 * clockToleranceMs
  const isNew = gateway.state.isFirstUse(JSON.stringify([iss, jti]), retentionMs)
  return isNew ? verified : { rule: 'its jti was used before' }
}

/** Tries the keys that the `kid` names, or every key when there is no `kid`. A key without a kid matches any. */
async function verifyWithAny(
  jwt: string,
  keys: readonly JWK[],
  options: JWTVerifyOptions,
): Promise<VerifiedClaims | BrokenRule> {
  const { createLocalJWKSet, decodeProtectedHeader, jwtVerify } = await import('jose')
  const failures = new Set<string>()
  try {
    const { kid } = decodeProtectedHeader(jwt)
    const named = keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid)
    if (named.length === 0) return { rule: 'its kid names no key of this client' }
    for (const { kid: _, ...key } of named) {
      const keySet = createLocalJWKSet({ keys: [kid === undefined ? key : { ...key, kid }] })
      try {
        const { payload, protectedHeader } = await jwtVerify(jwt, keySet, options)
        return { claims: payload, type: protectedHeader.typ }
      } catch (error) {
        failures.add(codeOf(error))
        if (!otherKeyMayFit.includes(codeOf(error))) throw error
      }
    }
    return {
      rule: failures.has(wrongSignature) ? 'its signature is wrong' : 'no key of this client fits its alg',
    }
  } catch (error) {
    return { rule: explainFailure(error) }
  }
}

const wrongSignature = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
const otherKeyMayFit = [wrongSignature, 'ERR_JWKS_NO_MATCHING_KEY']

/** Says which rule a JWT breaks by the error that jose threw. Quotes nothing but names of claims. */
export function explainFailure(error: unknown): string {
  const { claim = '', reason } = error as { claim?: string; reason?: string }
  switch (codeOf(error)) {
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'its alg is not one that this gateway takes'
    case wrongSignature:
      return 'its signature is wrong'
    case 'ERR_JWT_EXPIRED':
      return claim === 'exp' ? 'it has expired (exp)' : 'its iat is too long ago'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      if (reason === 'missing') return `its ${claim} is missing`
      if (reason === 'invalid') return `its ${claim} is of the wrong type`
      return explainClaim(claim)
    default:
      return 'it is not a valid signed JWT'
  }
}

function explainClaim(claim: string): string {
  switch (claim) {
    case 'iss':
    case 'sub':
      return `its ${claim} is not the client_id`
    case 'aud':
      return 'its aud is wrong: use the full URL of the endpoint that it is sent to'
    case 'iat':
    case 'nbf':
      return `its ${claim} is in the future: a clock is wrong`
    default:
      return `its ${claim} is wrong`
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}

/** Reads a claim that says which keys to verify the JWT with. */
export async function readClaim(jwt: string, name: string): Promise<string | null> {
  const value = (await decodeClaims(jwt))[name]
  return typeof value === 'string' && value !== '' ? value : null
}

async function hasClaim(jwt: string, name: string): Promise<boolean> {
  return (await decodeClaims(jwt))[name] !== undefined
}

/** Reads the claims of a JWT that was not verified; none when it is not a JWT. */
async function decodeClaims(jwt: string): Promise<JWTPayload> {
  const { decodeJwt } = await import('jose')
  try {
    return decodeJwt(jwt)
  } catch {
    return {}
  }
}

/** Tells the time by the gateway's clock, which a behaviour can set wrong. */
export function gatewayTimeMs({ rules }: Call, { ports }: Gateway): number {
  return ports.clock.now() + rules.clockOffsetMs
}

/** Writes the URL of the endpoint that a call came to, without its query. */
export function endpointUrl(call: Call, gateway: Gateway): string {
  return gateway.issuer(call.hostname) + call.path.slice(basePath.length)
}

/**
 * Lists what the `aud` of a client assertion may be: the endpoint that is called, as CAMARA recommends, or the issuer;
 * at the backchannel endpoint of a gateway that is not strict the token endpoint too, as OpenID Connect has it.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
 */
export function assertionAudiences(call: Call, gateway: Gateway): string[] {
  const issuer = gateway.issuer(call.hostname)
  const endpoints = [endpointUrl(call, gateway), issuer]
  return gateway.isStrict ? endpoints : [...endpoints, `${issuer}/token`]
}

/** Lists the recommendations of CAMARA that an accepted client assertion ignores. */
export function findLaxClaims({ aud, iat }: JWTPayload, call: Call, gateway: Gateway): string[] {
  const isForEndpoint = [aud].flat().includes(endpointUrl(call, gateway))
  const isForIssuer = [aud].flat().includes(gateway.issuer(call.hostname))
  return [
    ...(isForEndpoint
      ? []
      : [`the aud of the client_assertion is the ${isForIssuer ? 'issuer' : 'token endpoint'}`]),
    ...(iat === undefined ? ['the client_assertion has no iat'] : []),
  ]
}
