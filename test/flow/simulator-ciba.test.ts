// CIBA: what the backchannel endpoint takes, how it is polled, and which line the token is about.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { assertionClaims, createClientKey, type ClientKey } from '../support/client-keys.ts'
import {
  basic,
  bend,
  postToken,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const grantType = 'urn:openid:params:grant-type:ciba'
const simHint = 'operatortoken:simulator-operator-token-1'
const other = { id: 'other', secret: 'other-secret' }
const line: Line = {
  phoneNumber: '+34600000009',
  operator: 'Operator One',
  address: '10.0.0.9',
  operatorToken: 'token-of-nine',
  hasConsented: true,
  secondSim: null,
}
let key: ClientKey
let simulator: TestSimulator
let network: TestSimulator

beforeAll(async () => {
  key = await createClientKey('ES256')
  const clients = [other, { id: 'signer', keys: [key.jwk] }, { id: 'public' }]
  const lines = [line, { ...line, phoneNumber: '+34600000008', address: '2001:db8::8', operatorToken: null }]
  lines.push({
    ...line,
    phoneNumber: '+34600000007',
    address: null,
    operatorToken: 'token-of-seven',
    hasConsented: false,
  })
  simulator = await startTestSimulator({ clients })
  network = await startTestSimulator({ clients, lines, mode: 'network' })
})

afterAll(() => Promise.all([simulator.close(), network.close()]))

interface Asked {
  status: number
  body: Record<string, unknown>
}

async function read(response: Response): Promise<Asked> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function ask(form: Record<string, string>, at = simulator, headers: Record<string, string> = {}) {
  const response = await fetch(at.backchannelUrl, {
    method: 'POST',
    headers: {
      authorization: basic(at.clientId, at.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(form['request'] ? form : { scope: scopeOf.v2, ...form }).toString(),
  })
  return read(response)
}

async function start(form: Record<string, string> = {}, at = simulator): Promise<string> {
  const { body } = await ask({ login_hint: simHint, ...form }, at)
  return String(body['auth_req_id'])
}

const poll = async (authReqId: string, at = simulator, headers: Record<string, string> = {}) =>
  read(await postToken(at, { grant_type: grantType, auth_req_id: authReqId }, headers))

/** Asks the API for the number behind a hint. */
async function findNumber(loginHint: string, at: TestSimulator): Promise<unknown> {
  const { body } = await poll(await start({ login_hint: loginHint, scope: shareScopeOf.v2 }, at), at)
  const response = await fetch(`${at.apiUrl}/number-verification/v2/device-phone-number`, {
    headers: { authorization: `Bearer ${String(body['access_token'])}` },
  })
  return ((await response.json()) as Record<string, unknown>)['devicePhoneNumber']
}

describe('a request', () => {
  it('is accepted with what a client needs to poll', async () => {
    const asked = await ask({ login_hint: simHint })
    const id = expect.stringMatching(/^[\w-]{43}$/) as string
    expect(asked).toEqual({ status: 200, body: { auth_req_id: id, expires_in: 120, interval: 1 } })
  })

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['no hint', {}, 'invalid_request', /exactly one hint/],
    [
      'two hints',
      { login_hint: 'tel:+34600000001', id_token_hint: 'x' },
      'invalid_request',
      /exactly one hint/,
    ],
    ['an id_token_hint', { id_token_hint: 'x' }, 'invalid_request', /must be a login_hint/],
    ['a hint of another kind', { login_hint: 'email:a@b.example' }, 'invalid_request', /operatortoken:/],
    ['a number without +', { login_hint: 'tel:34600000001' }, 'invalid_request', /E\.164/],
    ['a + that became a space', { login_hint: 'tel: 34600000001' }, 'invalid_request', /%2B/],
    ['an address that is none', { login_hint: 'ipport:1.2.3.999' }, 'invalid_request', /ipport:/],
    ['an IPv6 address without brackets', { login_hint: 'ipport:::1' }, 'invalid_request', /brackets/],
    ['an empty operator token', { login_hint: 'operatortoken:' }, 'unknown_user_id', /never issued/],
    ['no purpose', { login_hint: simHint, scope: 'openid' }, 'invalid_scope', /no purpose/],
    ['no scope', { login_hint: simHint, scope: '' }, 'invalid_scope', /missing/],
    [
      'an expiry of no time',
      { login_hint: simHint, requested_expiry: '0' },
      'invalid_request',
      /requested_expiry/,
    ],
  ])('%s is refused', async (_what, form, error, rule) => {
    const { status, body } = await ask(form)
    expect(body).toMatchObject({ error, error_description: expect.stringMatching(rule) as string })
    expect(status).toBe(400)
  })

  it.each([
    ['without credentials', { authorization: '' }, {}, 401, 'invalid_client'],
    ['with a wrong secret', { authorization: basic('other', 'x') }, {}, 401, 'invalid_client'],
    ['of a public client', { authorization: '' }, { client_id: 'public' }, 400, 'unauthorized_client'],
  ])('%s is refused', async (_what, headers, form, status, error) => {
    const asked = await ask({ login_hint: simHint, ...form }, simulator, headers)
    expect(asked).toMatchObject({ status, body: { error } })
  })

  it('may be signed; then nothing but client authentication stands beside it', async () => {
    const iat = Math.floor(simulator.clock.now() / 1000)
    const claims = { iss: 'signer', aud: simulator.baseUrl, iat, exp: iat + 300, jti: randomUUID() }
    const hint = { login_hint: simHint, scope: scopeOf.v2 }
    const sign = (changes: Record<string, unknown>) => key.sign({ ...claims, ...hint, ...changes })
    const assertion = async () => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await key.sign({
        ...claims,
        sub: 'signer',
        aud: simulator.backchannelUrl,
        jti: randomUUID(),
      }),
    })
    const send = async (request: string, beside = {}) =>
      ask({ ...(await assertion()), request, ...beside }, simulator, { authorization: '' })
    expect((await send(await sign({}))).status).toBe(200)
    const refused = { status: 400, body: { error: 'invalid_request' } }
    const fresh = () => sign({ jti: randomUUID() })
    expect(await send(await fresh(), { login_hint: simHint })).toMatchObject(refused)
    expect(await send(await sign({ jti: randomUUID(), client_id: 'other' }))).toMatchObject(refused)
    expect((await send(await sign({ aud: 'x', jti: randomUUID() }))).body).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('aud is wrong') as string,
    })
  })
})

describe('what is overlooked, and told in the log', () => {
  const scope = `${scopeOf.v2} offline_access`

  it('the scope offline_access, which is not granted', async () => {
    const { body } = await ask({ login_hint: simHint, scope })
    expect(simulator.entries.at(-1)?.broken).toEqual(['the scope offline_access'])
    expect((await poll(String(body['auth_req_id']))).body).toMatchObject({ scope: scopeOf.v2 })
  })

  it('an assertion that is for the issuer, or for the token endpoint', async () => {
    for (const [aud, name] of [
      [simulator.baseUrl, 'issuer'],
      [simulator.tokenUrl, 'token endpoint'],
    ] as const) {
      const form = {
        login_hint: simHint,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await key.sign(assertionClaims(simulator, { aud })),
      }
      expect((await ask(form, simulator, { authorization: '' })).status).toBe(200)
      expect(simulator.entries.at(-1)?.broken).toEqual([`the aud of the client_assertion is the ${name}`])
    }
  })
})

describe('a poll', () => {
  it('brings the token at once, and once', async () => {
    const id = await start()
    expect((await poll(id)).body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: scopeOf.v2 })
    expect(await poll(id)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('is refused to another client, which does not spoil it', async () => {
    const id = await start()
    const headers = { authorization: basic(other.id, other.secret) }
    expect((await poll(id, simulator, headers)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await poll(id)).status).toBe(200)
  })

  it('wants an auth_req_id that it knows', async () => {
    expect((await poll('x')).body).toMatchObject({ error: 'invalid_grant' })
    expect((await poll('')).body).toMatchObject({ error: 'invalid_request' })
  })

  it.each([
    [{}, 120],
    [{ requested_expiry: '30' }, 30],
    [{ requested_expiry: '9999' }, 120],
  ])('comes too late after the lifetime: %j', async (form, lifetimeS) => {
    const [early, late] = [await start(form), await start(form)]
    simulator.clock.advance(lifetimeS * 1000 - 1)
    expect((await poll(early)).status).toBe(200)
    simulator.clock.advance(1)
    expect((await poll(late)).body).toMatchObject({ error: 'expired_token' })
  })

  it('that comes too soon brings no token, though nothing is pending any more', async () => {
    const at = await startTestSimulator({ behaviours: bend({ cibaPendingPolls: 1 }) })
    const id = await start({}, at)
    expect((await poll(id, at)).body).toMatchObject({ error: 'authorization_pending' })
    expect((await poll(id, at)).body).toMatchObject({ error: 'slow_down' })
    at.clock.advance(6000)
    expect((await poll(id, at)).status).toBe(200)
    await at.close()
  })

  it('is told to wait, and to slow down by 5 s when it comes too soon', async () => {
    const at = await startTestSimulator({ behaviours: bend({ cibaPendingPolls: 2, cibaIntervalSeconds: 2 }) })
    const id = await start({}, at)
    const outcomes = []
    for (const waitS of [0, 1.999, 6.999, 12, 17]) {
      at.clock.advance(waitS * 1000)
      const { body } = await poll(id, at)
      outcomes.push(body['error'] ?? 'token')
    }
    expect(outcomes).toEqual([
      'authorization_pending',
      'slow_down',
      'slow_down',
      'authorization_pending',
      'token',
    ])
    await at.close()
  })
})

describe('whom the token is about', () => {
  it('in mode mock, a token that the simulator never issued is refused, with those that it did', async () => {
    expect(await ask({ login_hint: 'operatortoken:other' })).toMatchObject({
      status: 400,
      body: {
        error: 'unknown_user_id',
        error_description:
          'The simulator never issued this operator token. It issued simulator-operator-token-1 and simulator-operator-token-2.',
      },
    })
  })

  it.each([
    ['operatortoken:token-of-nine', '+34600000009'],
    ['ipport:10.0.0.9:4010', '+34600000009'],
    ['ipport:10.0.0.9', '+34600000009'],
    ['ipport:[2001:db8:0::8]:1', '+34600000008'],
    ['ipport:[2001:DB8::8]', '+34600000008'],
  ])('in mode network, %s is %s', async (hint, number) => {
    expect(await findNumber(hint, network)).toBe(number)
  })

  it('in mode network, a line without consent is refused', async () => {
    expect(await ask({ login_hint: 'operatortoken:token-of-seven' }, network)).toMatchObject({
      status: 400,
      body: { error: 'consent_required' },
    })
  })

  it.each(['operatortoken:other', 'ipport:10.0.0.1', 'tel:+34600000001'])(
    'in mode network, %s is unknown',
    async (login_hint) => {
      expect(await ask({ login_hint }, network)).toMatchObject({
        status: 400,
        body: { error: 'unknown_user_id' },
      })
    },
  )

  it.each([
    [simHint, '+34600000001'],
    ['operatortoken:simulator-operator-token-2', '+34600000002'],
    ['ipport:10.0.0.1', '+34600000001'],
    ['tel:+34600000007', '+34600000007'],
    ['+34600000007', '+34600000007'],
  ])('in mode mock, %s is %s', async (hint, number) => {
    expect(await findNumber(hint, simulator)).toBe(number)
  })
})
