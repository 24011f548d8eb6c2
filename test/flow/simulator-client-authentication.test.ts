// Client authentication: each method that works, and for each refusal the exact rule.
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  algorithms,
  assertionClaims,
  createClientKey,
  type Algorithm,
  type ClientKey,
} from '../support/client-keys.ts'
import {
  basic,
  obtainCode,
  redirectUri,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const grantType = 'authorization_code'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const keys = {} as Record<Algorithm, ClientKey>
let stranger: ClientKey
let simulator: TestSimulator
let strict: TestSimulator

beforeAll(async () => {
  for (const algorithm of algorithms) keys[algorithm] = await createClientKey(algorithm)
  stranger = await createClientKey('ES256')
  const { kid: _, ...withoutKid } = keys.ES256.jwk
  const clients = [
    { id: 'signer', keys: algorithms.map((algorithm) => keys[algorithm].jwk) },
    { id: 'pem', keys: [withoutKid] },
    { id: 'rs-only', keys: [{ ...keys.RS256.jwk, alg: 'RS256' }] },
    { id: 'both', keys: [keys.ES256.jwk] },
    { id: 'both', secret: 'both-secret' },
    { id: 'both of', keys: [keys.ES256.jwk] },
    { id: 'public' },
  ]
  simulator = await startTestSimulator({ clients })
  strict = await startTestSimulator({ clients, isStrict: true })
})

afterAll(() => Promise.all([simulator.close(), strict.close()]))

const claims = (changes: Record<string, unknown> = {}, at = simulator) => assertionClaims(at, changes)

async function post(
  form: Record<string, string>,
  headers: Record<string, string> = {},
  url = simulator.tokenUrl,
): Promise<{ status: number; body: Record<string, unknown>; challenge: string | null }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') }
}

/** A client that authenticates gets as far as the code, which is unknown. */
const passed = { error: 'invalid_grant' }
const bogus = { grant_type: grantType, code: 'x' }
const assert = (jwt: string) => ({ ...bogus, client_assertion_type: type, client_assertion: jwt })
const inSeconds = (seconds: number) => Math.floor(simulator.clock.now() / 1000) + seconds

describe('private_key_jwt', () => {
  it.each(algorithms)('works with %s, through the flow', async (algorithm) => {
    const code = await obtainCode(simulator, { client_id: 'signer' })
    const sent = { ...assert(await keys[algorithm].sign(claims())), code, redirect_uri: redirectUri }
    expect((await post(sent)).body).toMatchObject({ token_type: 'Bearer' })
  })

  it.each<[string, () => Promise<string>]>([
    ['its own typ', () => keys.ES256.sign(claims(), { typ: 'application/client-authentication+jwt' })],
    ['an aud that is a list', () => keys.ES256.sign(claims({ aud: ['x', simulator.tokenUrl] }))],
    ['the issuer as aud', () => keys.ES256.sign(claims({ aud: simulator.baseUrl }))],
    ['no kid, and a key that fits', () => keys.PS256.sign(claims(), { kid: undefined })],
    ['a kid, and a key that has none', () => keys.ES256.sign(claims({ iss: 'pem', sub: 'pem' }))],
    ['EdDSA by its newer name', () => keys.EdDSA.sign(claims(), { alg: 'Ed25519' })],
    ['a client with a secret too', () => keys.ES256.sign(claims({ iss: 'both', sub: 'both' }))],
    ['an iat within the tolerance', () => keys.ES256.sign(claims({ iat: inSeconds(5) }))],
  ])('takes %s', async (_what, sign) => {
    expect((await post(assert(await sign()))).body).toMatchObject(passed)
  })

  it.each<[string, () => Promise<string> | string, RegExp]>([
    [
      'the aud of another server',
      () => keys.ES256.sign(claims({ aud: 'https://a.example/token' })),
      /aud is wrong/,
    ],
    ['an aud with a slash', () => keys.ES256.sign(claims({ aud: `${simulator.tokenUrl}/` })), /aud is wrong/],
    ['no aud', () => keys.ES256.sign(claims({ aud: undefined })), /aud is missing/],
    ['no exp', () => keys.ES256.sign(claims({ exp: undefined })), /exp is missing/],
    [
      'a long life without an iat',
      () => keys.ES256.sign(claims({ iat: undefined, exp: inSeconds(306) })),
      /longer than 300 s/,
    ],
    [
      'an expired one without an iat',
      () => keys.ES256.sign(claims({ iat: undefined, exp: inSeconds(-5) })),
      /expired/,
    ],
    ['an iat of null', () => keys.ES256.sign(claims({ iat: null })), /iat/],
    ['no jti', () => keys.ES256.sign(claims({ jti: undefined })), /jti is missing/],
    [
      'the typ of a request object',
      () => keys.ES256.sign(claims(), { typ: 'oauth-authz-req+jwt' }),
      /typ is that of another/,
    ],
    [
      'an exp before its iat',
      () => keys.ES256.sign(claims({ iat: inSeconds(5), exp: inSeconds(0) })),
      /ends before it begins/,
    ],
    ['an empty jti', () => keys.ES256.sign(claims({ jti: '' })), /jti must be a string/],
    ['a jti that is a number', () => keys.ES256.sign(claims({ jti: 1 })), /jti must be a string/],
    ['an exp that is a string', () => keys.ES256.sign(claims({ exp: '1' })), /exp is of the wrong type/],
    [
      'an expired one',
      () => keys.ES256.sign(claims({ iat: inSeconds(-200), exp: inSeconds(-5) })),
      /expired/,
    ],
    ['one that lives 301 s', () => keys.ES256.sign(claims({ exp: inSeconds(301) })), /longer than 300 s/],
    ['an iat in the future', () => keys.ES256.sign(claims({ iat: inSeconds(6) })), /iat is in the future/],
    ['an nbf in the future', () => keys.ES256.sign(claims({ nbf: inSeconds(6) })), /nbf is in the future/],
    ['an iat of long ago', () => keys.ES256.sign(claims({ iat: inSeconds(-400) })), /iat is too long ago/],
    ['another sub', () => keys.ES256.sign(claims({ sub: 'other' })), /sub is not the client_id/],
    ['no sub', () => keys.ES256.sign(claims({ sub: undefined })), /sub is missing/],
    [
      'an unknown iss',
      () => keys.ES256.sign(claims({ iss: 'nobody', sub: 'nobody' })),
      /client is not known/,
    ],
    ['no iss', () => keys.ES256.sign(claims({ iss: undefined })), /not a JWT with an iss/],
    ['an unknown kid', () => keys.ES256.sign(claims(), { kid: 'other' }), /kid names no key/],
    [
      'the kid of another alg',
      () => keys.ES256.sign(claims(), { kid: keys.RS256.kid }),
      /no key .* fits its alg/,
    ],
    ['the key of a stranger', () => stranger.sign(claims(), { kid: keys.ES256.kid }), /signature is wrong/],
    ['a stranger without a kid', () => stranger.sign(claims(), { kid: undefined }), /signature is wrong/],
    ['a secret as key', () => signHmac(claims()), /alg is not one/],
    ['alg none', () => new UnsecuredJWT(claims()).encode(), /alg is not one/],
    [
      'the alg that a key is not for',
      () => signPs256(claims({ iss: 'rs-only', sub: 'rs-only' })),
      /fits its alg/,
    ],
    ['a changed payload', async () => change(await keys.ES256.sign(claims())), /signature is wrong/],
    ['what is no JWT', () => 'x.y.z', /not a JWT with an iss/],
    [
      'a client without a key',
      () => keys.ES256.sign(claims({ iss: 'mock_sandbox_app_id' })),
      /private_key_jwt is not registered/,
    ],
    [
      'claims of a broken rule',
      () => stranger.sign(claims({ rule: 'x' }), { kid: keys.ES256.kid }),
      /signature is wrong/,
    ],
  ])('refuses %s', async (_what, sign, rule) => {
    const { status, body, challenge } = await post(assert(await sign()))
    expect(body).toMatchObject({
      error: 'invalid_client',
      error_description: expect.stringMatching(rule) as string,
    })
    expect(status).toBe(401)
    expect(challenge).toBeNull()
  })

  it('takes the jti that another client used, however the two are spelled', async () => {
    const sign = (iss: string, jti: string) => keys.ES256.sign(claims({ iss, sub: iss, jti }))
    for (const [iss, jti] of [
      ['both', 'of signer one'],
      ['both of', 'signer one'],
    ] as const) {
      expect((await post(assert(await sign(iss, jti)))).body).toMatchObject(passed)
    }
  })

  it('refuses a jti that came before, for as long as the assertion lives', async () => {
    const sent = assert(await keys.ES256.sign(claims()))
    expect((await post(sent)).body).toMatchObject(passed)
    expect((await post(sent)).body).toMatchObject({
      error_description: expect.stringContaining('jti was used') as string,
    })
    simulator.clock.advance(300_000)
    expect((await post(sent)).body).toMatchObject({
      error_description: expect.stringContaining('jti was used') as string,
    })
    simulator.clock.advance(5000)
    expect((await post(sent)).body).toMatchObject({
      error_description: expect.stringContaining('expired') as string,
    })
  })

  it.each([
    ['another type', { client_assertion_type: 'x' }, /client_assertion_type must be/],
    ['no assertion', { client_assertion: '' }, /client_assertion is missing/],
  ])('refuses %s', async (_what, changes, rule) => {
    const { body } = await post({ ...assert(await keys.ES256.sign(claims())), ...changes })
    expect(body).toMatchObject({
      error: 'invalid_client',
      error_description: expect.stringMatching(rule) as string,
    })
  })

  it.each<[string, () => Record<string, unknown>, string[]]>([
    ['the issuer as aud', () => ({ aud: strict.baseUrl }), ['the aud of the client_assertion is the issuer']],
    ['the endpoint as aud', () => ({ aud: strict.tokenUrl }), []],
    ['no iat', () => ({ iat: undefined }), ['the client_assertion has no iat']],
  ])('is taken by a strict gateway with %s, and the log says what it lacks', async (_what, changes, told) => {
    const jwt = await keys.ES256.sign(claims(changes(), strict))
    expect((await post(assert(jwt), {}, strict.tokenUrl)).body).toMatchObject(passed)
    expect(strict.entries.at(-1)?.broken ?? []).toEqual(told)
  })

  it('is refused by a strict gateway when it is for another server', async () => {
    const jwt = await keys.ES256.sign(claims({ aud: simulator.tokenUrl }, strict))
    const { body } = await post(assert(jwt), {}, strict.tokenUrl)
    expect(body['error_description']).toMatch(/aud is wrong/)
  })

  it('knows the name by which the client reached it', async () => {
    const url = simulator.tokenUrl.replace('127.0.0.1', 'localhost')
    const jwt = await keys.ES256.sign(claims({ aud: url }))
    expect((await post(assert(jwt), {}, url)).body).toMatchObject(passed)
  })
})

describe('the JWT of an application, as Vonage has it', () => {
  const bearer = async (changes: Record<string, unknown> = {}, key = keys.RS256) => ({
    authorization: `Bearer ${await key.sign(claims({ application_id: 'signer', iss: undefined, ...changes }))}`,
  })

  it('authenticates, more than once', async () => {
    const headers = await bearer({ aud: undefined, sub: undefined, exp: inSeconds(900) })
    for (const _ of [1, 2]) expect((await post(bogus, headers)).body).toMatchObject(passed)
  })

  it.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    ['another alg', () => bearer({}, keys.PS256), /alg is not one/],
    ['no application_id', () => bearer({ application_id: undefined }), /not a JWT with an application_id/],
    ['an unknown application', () => bearer({ application_id: 'nobody' }), /client is not known/],
    ['no jti', () => bearer({ jti: undefined }), /jti is missing/],
    ['an expired one', () => bearer({ iat: inSeconds(-99), exp: inSeconds(-9) }), /expired/],
    ['a life of more than a day', () => bearer({ exp: inSeconds(86_401) }), /longer than 86400 s/],
    ['an access token', async () => ({ authorization: 'Bearer mock_sandbox_access_token' }), /not a JWT/],
  ])('refuses %s', async (_what, headers, rule) => {
    const { status, body, challenge } = await post(bogus, await headers())
    expect(body).toMatchObject({
      error: 'invalid_client',
      error_description: expect.stringMatching(rule) as string,
    })
    expect([status, challenge]).toEqual([401, expect.stringMatching(/^Bearer /)])
  })
})

describe('client_secret_post', () => {
  it('works', async () => {
    const form = { ...bogus, client_id: 'both', client_secret: 'both-secret' }
    expect((await post(form)).body).toMatchObject(passed)
  })

  it.each([
    ['a wrong secret', { client_id: 'both', client_secret: 'x' }, /secret is wrong/],
    ['no client_id', { client_secret: 'both-secret' }, /without a client_id/],
    ['an unknown client', { client_id: 'nobody', client_secret: 'x' }, /client is not known/],
    ['a client without a secret', { client_id: 'signer', client_secret: 'x' }, /secret is not registered/],
    ['no credentials', { client_id: 'both' }, /method none is not registered/],
    ['nothing at all', {}, /there are no credentials/],
  ])('refuses %s', async (_what, form, rule) => {
    const { status, body } = await post({ ...bogus, ...form })
    expect(body).toMatchObject({
      error: 'invalid_client',
      error_description: expect.stringMatching(rule) as string,
    })
    expect(status).toBe(401)
  })
})

describe('a public client', () => {
  const challenge = { code_challenge: verifier, code_challenge_method: 'plain' }

  it('needs its id and PKCE only', async () => {
    const code = await obtainCode(simulator, { client_id: 'public', ...challenge })
    const form = { grant_type: grantType, code, client_id: 'public', redirect_uri: redirectUri }
    expect((await post(form)).body['error_description']).toMatch(/code_verifier is missing/)
    expect((await post({ ...form, code_verifier: verifier })).status).toBe(200)
  })

  it('gets no code without a code_challenge', async () => {
    await expect(obtainCode(simulator, { client_id: 'public' })).rejects.toThrow('no code')
  })
})

describe('two ways at once are one too many', () => {
  const secret = { client_id: 'both', client_secret: 'both-secret' }
  const header = { authorization: basic('both', 'both-secret') }

  it.each<[string, () => Promise<Record<string, string>>, Record<string, string>]>([
    ['Basic and post', async () => secret, header],
    ['Basic and an assertion', async () => assert(await keys.ES256.sign(claims())), header],
    ['post and an assertion', async () => ({ ...secret, ...assert(await keys.ES256.sign(claims())) }), {}],
  ])('%s', async (_what, form, headers) => {
    const { status, body } = await post({ ...bogus, ...(await form()) }, headers)
    expect(body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('two ways') as string,
    })
    expect(status).toBe(400)
  })

  it('and so is another client_id than that of the assertion', async () => {
    const form = { ...assert(await keys.ES256.sign(claims())), client_id: 'both' }
    expect((await post(form)).body).toMatchObject({ error: 'invalid_request' })
  })
})

function signHmac(payload: JWTPayload): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
}

/** Signs with the RSA key of PS256 under the kid of a key that is for RS256. */
function signPs256(payload: JWTPayload): Promise<string> {
  return keys.PS256.sign(payload, { kid: keys.RS256.kid })
}

function change(jwt: string): string {
  const [header, payload = '', signature] = jwt.split('.')
  const text = Buffer.from(payload, 'base64url').toString().replace('"exp":', '"exp":1')
  return [header, Buffer.from(text).toString('base64url'), signature].join('.')
}
