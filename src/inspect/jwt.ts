// A JWT: its header, its claims in words, its times against now, its signature where keys are given.
import { finding } from '../diagnosis/finding.ts'
import { stringIn } from '../wire/body.ts'
import {
  describeDuration,
  describeTime,
  type Given,
  type Inspection,
  inspectionOf,
  type Lint,
  type PlainFact,
  showJson,
} from './inspection.ts'
import { decodeToken, type Token } from './jwt-parts.ts'
import { verifiesWith } from './signature.ts'

const place = { step: 'token' } as const

/** Reads a JWT, also after `Bearer` or in quotes; null for any other text. */
export async function readJwt(text: string, given: Given): Promise<Inspection | null> {
  const bare = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^(bearer|dpop)\s+/i, '')
    .replace(/^["']|["']$/g, '')
  const token = decodeToken(bare)
  if (token === null) return null
  given.redactor.conceal(token.text)
  const { facts, lints, use } = await describeToken(token, given)
  return inspectionOf('jwt', `A JWT: ${use}`, facts, lints)
}

/** Explains a JWT that stands inside something else; its facts begin with that name. */
export async function describeNested(
  name: string,
  text: string,
  given: Given,
): Promise<{ facts: PlainFact[]; lints: Lint[] } | null> {
  const token = decodeToken(text)
  if (token === null) return null
  const { facts, lints } = await describeToken(token, given)
  return {
    facts: facts.map((fact) => ({ ...fact, name: `${name}.${fact.name}` })),
    lints: lints.map(([about, one]): Lint => [`${name}.${about}`, one]),
  }
}

type Use =
  | 'a client assertion'
  | 'an assertion of the JWT bearer grant'
  | 'a request object'
  | 'an ID token'
  | 'a DPoP proof'
  | 'an access token'
  | 'an application JWT'
  | 'an authorization response (JARM)'
  | 'a logout token'
  | 'a credential with selective disclosure (SD-JWT)'
  | 'use unknown'

async function describeToken(
  token: Token,
  given: Given,
): Promise<{ facts: PlainFact[]; lints: Lint[]; use: string }> {
  const use = token.isEncrypted ? 'encrypted' : useOf(token)
  const header = Object.entries(token.header)
    .slice(0, 40)
    .map(([name, value]) => ({
      name: `header.${name}`,
      value: showJson(name, value, given),
      meaning: headerMeanings[name] ?? '',
    }))
  const claims = Object.entries(token.claims ?? {})
    .slice(0, 100)
    .map(([name, value]) => ({
      name,
      value: showClaim(name, value, given),
      meaning: claimMeanings[name] ?? '',
    }))
  const signature = await describeSignature(token, given)
  const facts = [...header, ...claims, signature.fact]
  const lints = [
    ...signature.lints,
    ...(token.claims === null
      ? []
      : [...lintTimes(token.claims, given), ...lintUse(token.claims, use, given)]),
  ]
  return { facts, lints, use }
}

/** What a JWT is for, by its type and its claims. */
function useOf({ header, claims }: Token): Use {
  const has = (name: string) => claims !== null && claims[name] !== undefined
  const type = (stringIn(header, 'typ') ?? '').toLowerCase()
  if (type === 'dpop+jwt' || (has('htu') && has('htm'))) return 'a DPoP proof'
  if (type === 'at+jwt') return 'an access token'
  if (type === 'logout+jwt') return 'a logout token'
  if (type.endsWith('sd-jwt') || has('_sd_alg')) return 'a credential with selective disclosure (SD-JWT)'
  if (has('iss') && (has('error') || (has('code') && !has('redirect_uri'))))
    return 'an authorization response (JARM)'
  if (has('response_type') || has('redirect_uri')) return 'a request object'
  if (has('application_id')) return 'an application JWT'
  if (has('nonce') || has('at_hash') || has('auth_time') || has('azp')) return 'an ID token'
  if (has('iss') && has('sub') && claims?.['iss'] === claims?.['sub']) return 'a client assertion'
  if (
    /^operatortoken:/i.test(stringIn(claims ?? {}, 'sub') ?? '') ||
    (has('scope') &&
      has('jti') &&
      has('aud') &&
      has('iss') &&
      !has('client_id') &&
      lifeOf(claims ?? {}) <= 300)
  )
    return 'an assertion of the JWT bearer grant'
  if (has('scope') || has('scp') || has('client_id')) return 'an access token'
  return has('jti') && has('aud') && has('iss') && has('sub') && lifeOf(claims ?? {}) <= 300
    ? 'a client assertion'
    : has('iss') && has('sub') && has('aud')
      ? 'an ID token'
      : 'use unknown'
}

const times = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at'])

function showClaim(name: string, value: unknown, given: Given): string {
  if (times.has(name) && typeof value === 'number') return describeTime(value, given.nowMs)
  return showJson(name, value, given)
}

function numberIn(claims: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = claims[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function lifeOf(claims: Readonly<Record<string, unknown>>): number {
  const [exp, iat] = [numberIn(claims, 'exp'), numberIn(claims, 'iat')]
  return exp === null || iat === null ? 0 : exp - iat
}

/** The year 5138; no claim is meant to be later, and milliseconds are. */
const latestSeconds = 100_000_000_000

/** How much the clocks may differ. In seconds. */
const toleranceSeconds = 5

function lintTimes(claims: Readonly<Record<string, unknown>>, { nowMs }: Given): Lint[] {
  const now = nowMs / 1000
  const exp = numberIn(claims, 'exp')
  const inMilliseconds = ['exp', 'iat', 'nbf'].filter((name) => (numberIn(claims, name) ?? 0) > latestSeconds)
  if (inMilliseconds.length > 0)
    return [
      [inMilliseconds[0] ?? '', finding('jwt_in_milliseconds', place, { names: inMilliseconds.join(', ') })],
    ]
  const lints: Lint[] =
    exp !== null && exp < now
      ? [['exp', finding('jwt_expired', place, { ago: describeDuration(now - exp) })]]
      : []
  for (const name of ['nbf', 'iat']) {
    const time = numberIn(claims, name)
    if (time !== null && time > now + toleranceSeconds)
      lints.push([name, finding('jwt_from_future', place, { name, ahead: describeDuration(time - now) })])
  }
  return lints
}

const needed: Readonly<Partial<Record<string, readonly string[]>>> = {
  'a client assertion': ['iss', 'sub', 'aud', 'exp', 'jti'],
  'an assertion of the JWT bearer grant': ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'scope'],
  'a request object': ['iss', 'aud', 'exp', 'client_id'],
  'an ID token': ['iss', 'sub', 'aud', 'exp', 'iat'],
  'a DPoP proof': ['htm', 'htu', 'iat', 'jti'],
}

/** Whose life CAMARA bounds. */
const shortLived = new Set([
  'a client assertion',
  'an assertion of the JWT bearer grant',
  'a request object',
  'an access token',
])

function lintUse(claims: Readonly<Record<string, unknown>>, use: string, { profile }: Given): Lint[] {
  const lints: Lint[] = []
  const missing = (needed[use] ?? []).filter((name) => claims[name] === undefined)
  if (missing.length > 0)
    lints.push([missing[0] ?? '', finding('jwt_claim_missing', place, { missing: missing.join(', '), use })])
  if (shortLived.has(use) && lifeOf(claims) > 300)
    lints.push(['exp', finding('jwt_lives_long', place, { seconds: Math.round(lifeOf(claims)), use })])
  if (profile === null) return lints
  const differs = (name: string, expected: string | null) => {
    const found = claims[name]
    const isEqual = Array.isArray(found) ? found.includes(expected) : found === expected
    if (expected !== null && found !== undefined && !isEqual)
      lints.push([
        name,
        finding('jwt_differs', place, { name, found: JSON.stringify(found).slice(0, 200), expected }),
      ])
  }
  if (use === 'an ID token') {
    differs('aud', profile.clientId)
    differs('iss', profile.issuer)
  } else if (use.includes('assertion') || use === 'a request object') differs('iss', profile.clientId)
  return lints
}

/** Judges the signature by the keys that were given; without any it says so. */
async function describeSignature(token: Token, { keys }: Given): Promise<{ fact: PlainFact; lints: Lint[] }> {
  const name = 'signature'
  const algorithm = stringIn(token.header, 'alg') ?? 'no algorithm'
  const fact = (value: string, meaning: string) => ({ fact: { name, value, meaning }, lints: [] as Lint[] })
  if (token.isEncrypted) return fact('encrypted', 'only its recipient can read it')
  if (algorithm.toLowerCase() === 'none' || !token.isSigned)
    return { ...fact('none', 'it is not signed'), lints: [[name, finding('jwt_unsigned', place)]] }
  if (keys.length === 0) return fact(algorithm, 'not checked: give the keys with --keys')
  if (algorithm.startsWith('HS')) return fact(algorithm, 'not checked: it is made with a shared secret')
  if (await verifiesWith(token.text, keys))
    return fact(`${algorithm}, good`, 'made with one of the given keys')
  const keyId = stringIn(token.header, 'kid')
  return {
    ...fact(`${algorithm}, wrong`, 'not made with any of the given keys'),
    lints: [[name, finding('jwt_signature_wrong', place, { algorithm, keyId })]],
  }
}

const headerMeanings: Readonly<Record<string, string>> = {
  alg: 'how it is signed',
  typ: 'what it is',
  kid: 'which key it is signed with',
  jku: 'where it says the keys are; never trust it',
  jwk: 'the public key itself',
  x5t: 'the thumbprint of a certificate',
  x5c: 'the certificates of the key',
  enc: 'how it is encrypted',
  cty: 'what is inside',
}

const claimMeanings: Readonly<Record<string, string>> = {
  iss: 'who made it',
  sub: 'whom it is about',
  aud: 'whom it is for',
  exp: 'valid until',
  iat: 'made',
  nbf: 'valid from',
  jti: 'its id, for one use',
  scope: 'what it allows',
  scp: 'what it allows',
  azp: 'the client that asked for it',
  client_id: 'the client',
  nonce: 'ties it to an authorization request',
  at_hash: 'ties it to an access token',
  auth_time: 'when the user was authenticated',
  acr: 'how well the user was authenticated',
  amr: 'which methods authenticated the user',
  htm: 'the method of the request it proves',
  htu: 'the address of the request it proves',
  ath: 'the hash of the access token',
  cnf: 'the key that the token is bound to',
  application_id: 'the application (Vonage)',
  phone_number: 'the phone number',
}
