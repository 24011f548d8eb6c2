// The JWT bearer grant: an assertion that carries an operator token, and for each refusal the exact rule.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLines } from '../../src/simulator/operator/lines.ts'
import { assertionClaims, createClientKey, type ClientKey } from '../support/client-keys.ts'
import { basic, postToken, scopeOf, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const scope = `openid ${scopeOf.v2}`
let key: ClientKey
let stranger: ClientKey
let simulator: TestSimulator
let strict: TestSimulator

beforeAll(async () => {
  key = await createClientKey('ES256')
  stranger = await createClientKey('ES256', key.kid)
  const clients = [
    { id: 'signer', keys: [key.jwk] },
    { id: 'signer', secret: 'secret' },
    { id: 'other', secret: 'secret' },
  ]
  const lines = defaultLines.map((line, i) => ({ ...line, hasConsented: i === 0 }))
  simulator = await startTestSimulator({ clients })
  strict = await startTestSimulator({ clients, isStrict: true, mode: 'network', lines })
})

afterAll(() => Promise.all([simulator.close(), strict.close()]))

const inSeconds = (seconds: number) => Math.floor(simulator.clock.now() / 1000) + seconds

const claims = (changes: Record<string, unknown> = {}, at = simulator) =>
  assertionClaims(at, { sub: 'operatortoken:simulator-operator-token-1', scope, ...changes })

async function post(
  assertion: string,
  {
    form = {},
    authorization = '',
    at = simulator,
  }: { form?: Record<string, string>; authorization?: string; at?: TestSimulator } = {},
) {
  const response = await postToken(at, { grant_type: grantType, assertion, ...form }, { authorization })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('for a line without consent is refused', async () => {
  const sub = 'operatortoken:simulator-operator-token-2'
  const { status, body } = await post(await key.sign(claims({ sub }, strict)), { at: strict })
  expect([status, body['error']]).toEqual([400, 'consent_required'])
})

describe('an assertion', () => {
  it.each<[string, Parameters<typeof post>[1]]>([
    ['alone', {}],
    ['with its client_id', { form: { client_id: 'signer' } }],
    ['with the authentication of its client', { authorization: basic('signer', 'secret') }],
  ])('brings a token, %s', async (_what, options) => {
    const { body } = await post(await key.sign(claims()), options)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
      id_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 300,
      scope,
    })
  })

  it.each<[string, () => Promise<string>, string, RegExp]>([
    ['no iss', () => key.sign(claims({ iss: undefined })), 'invalid_grant', /not a JWT with an iss/],
    ['an unknown iss', () => key.sign(claims({ iss: 'nobody' })), 'invalid_grant', /not a client with a key/],
    [
      'a client without a key',
      () => key.sign(claims({ iss: 'other' })),
      'invalid_grant',
      /not a client with a key/,
    ],
    [
      'the typ of a client assertion',
      () => key.sign(claims(), { typ: 'client-authentication+jwt' }),
      'invalid_grant',
      /typ is that of another/,
    ],
    ['the key of a stranger', () => stranger.sign(claims()), 'invalid_grant', /signature is wrong/],
    ['another aud', () => key.sign(claims({ aud: 'https://a.example' })), 'invalid_grant', /aud is wrong/],
    [
      'the issuer as aud',
      () => key.sign(claims({ aud: simulator.baseUrl })),
      'invalid_grant',
      /aud is wrong/,
    ],
    ['no iat', () => key.sign(claims({ iat: undefined })), 'invalid_grant', /iat is missing/],
    ['no exp', () => key.sign(claims({ exp: undefined })), 'invalid_grant', /exp is missing/],
    [
      'a life of 301 s',
      () => key.sign(claims({ exp: inSeconds(301) })),
      'invalid_grant',
      /longer than 300 s/,
    ],
    ['no jti', () => key.sign(claims({ jti: undefined })), 'invalid_grant', /jti is missing/],
    ['no sub', () => key.sign(claims({ sub: undefined })), 'invalid_grant', /sub is not operatortoken/],
    [
      'a number as sub',
      () => key.sign(claims({ sub: 'tel:+34600000001' })),
      'invalid_grant',
      /sub is not operatortoken/,
    ],
    [
      'a sub without a token',
      () => key.sign(claims({ sub: 'operatortoken:' })),
      'invalid_grant',
      /sub is not operatortoken/,
    ],
    ['no scope', () => key.sign(claims({ scope: undefined })), 'invalid_scope', /scope is missing/],
    ['no purpose', () => key.sign(claims({ scope: 'openid' })), 'invalid_scope', /no purpose/],
    [
      'a scope that is a list',
      () => key.sign(claims({ scope: [scope] })),
      'invalid_scope',
      /scope is missing/,
    ],
  ])('with %s is refused', async (_what, sign, error, rule) => {
    const { status, body } = await post(await sign())
    expect(body).toMatchObject({ error, error_description: expect.stringMatching(rule) as string })
    expect(status).toBe(400)
  })

  it('is good once', async () => {
    const assertion = await key.sign(claims())
    expect((await post(assertion)).status).toBe(200)
    expect((await post(assertion)).body['error_description']).toMatch(/jti was used before/)
  })

  it('must be there', async () => {
    expect((await post('')).body).toMatchObject({ error: 'invalid_request' })
  })

  it.each([
    ['mock', () => simulator, /never issued this operator token\. It issued simulator-operator-token-1 and/],
    ['network', () => strict, /never issued this operator token\.$/],
  ])('with a token that was never issued is refused in mode %s', async (_mode, at, rule) => {
    const assertion = await key.sign(claims({ sub: 'operatortoken:other' }, at()))
    const { body } = await post(assertion, { at: at() })
    expect(body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringMatching(rule) as string,
    })
  })

  it('that asks for offline_access gets the rest, and the log says so', async () => {
    const { body } = await post(await key.sign(claims({ scope: `${scope} offline_access` })))
    expect(body).toMatchObject({ scope })
    expect(simulator.entries.at(-1)?.broken).toEqual(['the scope offline_access'])
  })
})

describe('the client beside the assertion', () => {
  it.each<[string, Parameters<typeof post>[1], string]>([
    ['is another', { authorization: basic('other', 'secret') }, 'invalid_grant'],
    ['is named otherwise', { form: { client_id: 'other' } }, 'invalid_grant'],
    ['does not prove who it is', { authorization: basic('signer', 'wrong') }, 'invalid_client'],
  ])('%s', async (_what, options, error) => {
    expect((await post(await key.sign(claims()), options)).body).toMatchObject({ error })
  })
})

describe('a scope in the form', () => {
  const form = { scope: 'other' }

  it('is overlooked, and the log says so', async () => {
    expect((await post(await key.sign(claims()), { form })).body).toMatchObject({ scope })
    expect(simulator.entries.at(-1)?.broken).toEqual(['scope in the form beside the assertion'])
  })

  it('is refused by a strict gateway', async () => {
    const { body } = await post(await key.sign(claims({}, strict)), { form, at: strict })
    expect(body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('as a claim') as string,
    })
  })
})
