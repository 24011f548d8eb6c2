// Validates an ID token; what is wrong with it is noted, and decides nothing about the access token.
import { createHash, type webcrypto } from 'node:crypto'
import { readBody, stringIn } from '../wire/body.ts'

export interface ExpectedIdToken {
  clientId: string
  clientSecret: string
  /** Null: not known, and not compared. */
  issuer: string | null
  /** Undefined: none was sent, and none is compared. */
  nonce: string | undefined
  accessToken: string
  nowSeconds: number
  /** The keys of the issuer; null: not known, and the signature is not checked. */
  keys: KeySet | null
}

/** The keys of an issuer, as it publishes them. */
export interface KeySet {
  keys: Array<Record<string, unknown>>
}

/** How much the clocks may differ. In seconds. */
const toleranceSeconds = 60

interface IdToken {
  text: string
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** What may be wrong with an ID token, by the code of what is observed. */
export interface IdTokenFacts {
  id_token_unreadable: Record<string, never>
  nonce_differs: { isMissing: boolean }
  id_token_signature: { algorithm: string; keyId: string | null; message: string }
  id_token_issuer: { issuer: string; found: string }
  id_token_audience: { clientId: string; found: string; authorizedParty: string | null }
  id_token_expired: { seconds: number | null }
  id_token_access_token: Record<string, never>
  id_token_incomplete: { missing: string }
}

export type IdTokenObservation = {
  [C in keyof IdTokenFacts]: { code: C; facts: IdTokenFacts[C] }
}[keyof IdTokenFacts]

type RuleOf<C extends keyof IdTokenFacts> = (
  idToken: IdToken,
  expected: ExpectedIdToken,
) => IdTokenFacts[C] | null | Promise<IdTokenFacts[C] | null>

/** The rules by the code of what they observe. */
const rules: { readonly [C in Exclude<keyof IdTokenFacts, 'id_token_unreadable'>]: RuleOf<C> } = {
  nonce_differs: ({ claims }, { nonce }) =>
    nonce === undefined || claims['nonce'] === nonce ? null : { isMissing: claims['nonce'] === undefined },
  id_token_signature: checkSignature,
  id_token_issuer: ({ claims }, { issuer }) =>
    issuer === null || claims['iss'] === issuer ? null : { issuer, found: show(claims['iss']) },
  id_token_audience: checkAudience,
  id_token_expired: ({ claims: { exp } }, { nowSeconds }) =>
    typeof exp === 'number' && exp > nowSeconds - toleranceSeconds
      ? null
      : { seconds: typeof exp === 'number' ? Math.round(nowSeconds - exp) : null },
  // The algorithm names the hash; `none` names none.
  id_token_access_token: ({ claims: { at_hash: found }, header }, { accessToken }) =>
    found === undefined || header['alg'] === 'none' || found === hashOf(accessToken, header) ? null : {},
  id_token_incomplete: ({ claims }) => {
    const missing = ['iss', 'sub', 'aud', 'exp', 'iat'].filter((name) => claims[name] === undefined)
    return missing.length === 0 ? null : { missing: missing.join(', ') }
  },
}

/**
 * Reviews an ID token by every rule at once.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export async function reviewIdToken(text: string, expected: ExpectedIdToken): Promise<IdTokenObservation[]> {
  const idToken = readIdToken(text)
  if (idToken === null) return [{ code: 'id_token_unreadable', facts: {} }]
  const checked = await Promise.all(
    Object.entries(rules).map(async ([code, rule]) => ({ code, facts: await rule(idToken, expected) })),
  )
  return checked.flatMap(({ code, facts }) => (facts === null ? [] : [{ code, facts } as IdTokenObservation]))
}

/** Reads the keys that an issuer publishes; null when it is not a set of keys. */
export function readKeySet(text: string): KeySet | null {
  const body = readBody(text)
  const keys = body.kind === 'object' ? body.object['keys'] : null
  const isKey = (key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key)
  return Array.isArray(keys) && keys.every(isKey) ? { keys: keys as KeySet['keys'] } : null
}

function readIdToken(text: string): IdToken | null {
  const parts = text.split('.')
  const [header, claims] = parts.map((part) => readBody(Buffer.from(part, 'base64url').toString('utf8')))
  if (parts.length !== 3 || header?.kind !== 'object' || claims?.kind !== 'object') return null
  return { text, header: header.object, claims: claims.object }
}

/** With several keys that could have signed it, each is tried. */
async function checkSignature({ text, header }: IdToken, expected: ExpectedIdToken) {
  const algorithm = show(header['alg'])
  if (algorithm === 'none') return { algorithm, keyId: null, message: 'it is not signed' }
  if (expected.keys === null) return null
  const [{ compactVerify }, { createLocalJWKSet }] = await Promise.all([
    import('jose/jws/compact/verify'),
    import('jose/jwks/local'),
  ])
  const keys = createLocalJWKSet(expected.keys)
  try {
    if (algorithm.startsWith('HS')) await compactVerify(text, Buffer.from(expected.clientSecret))
    else await compactVerify(text, keys)
    return null
  } catch (error) {
    const candidates = (error as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator]
      ? (error as AsyncIterable<webcrypto.CryptoKey>)
      : []
    for await (const key of candidates) {
      const isSigner = await compactVerify(text, key).then(
        () => true,
        () => false,
      )
      if (isSigner) return null
    }
    return { algorithm, keyId: stringIn(header, 'kid'), message: error instanceof Error ? error.message : '' }
  }
}

function checkAudience(
  { claims: { aud, azp } }: IdToken,
  { clientId }: ExpectedIdToken,
): IdTokenFacts['id_token_audience'] | null {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  const isOurs = audiences.includes(clientId)
  const isForUs = audiences.length === 1 ? azp === undefined || azp === clientId : azp === clientId
  return isOurs && isForUs
    ? null
    : {
        clientId,
        found: audiences.map(show).join(', '),
        authorizedParty: azp === undefined ? null : show(azp),
      }
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken */
function hashOf(accessToken: string, { alg }: Record<string, unknown>): string {
  const bits = /(256|384)$/.exec(String(alg))?.[1] ?? '512'
  const hash = createHash(`sha${bits}`).update(accessToken).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? 'nothing' : JSON.stringify(value)
}
