// The token of a SIM in place of a phone: CIBA with its polling, and the JWT bearer grant.
import { generateKeyPairSync } from 'node:crypto'
import { importSPKI, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { IncomingRequest, OutgoingResponse } from '../../src/context.ts'
import { type Grant, grantTypes, type SimGrant } from '../../src/oauth/grants.ts'
import { Cancelled } from '../../src/errors.ts'
import type { Run } from '../../src/run/run.ts'
import {
  canary,
  type FlowOptions,
  type Gateway,
  type Handlers,
  json,
  runFlow,
  silence,
  type StartedFlow,
  startFlow,
  withGateway,
} from '../support/gateway.ts'
import { expectExplained } from '../support/faults.ts'
import { everyReport } from '../support/every-report.ts'

const operatorToken = 'canary-operator-token-Jc7/Rt+2='
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const verifyKey = await importSPKI(publicKey.export({ type: 'spki', format: 'pem' }) as string, 'ES256')

type Options = FlowOptions & { grants?: readonly [SimGrant, ...SimGrant[]] }

function bySim({ grants = ['ciba'], ...options }: Options = {}): FlowOptions {
  return { operatorToken: { value: operatorToken, grants }, ...options }
}

const againstGateway = (handlers: Handlers, options: Options = {}) =>
  withGateway(handlers, async (gateway) => ({
    gateway,
    ...(await runFlow(gateway.urls, bySim(options))),
  }))

const formOf = ({ requests }: Gateway, path: string, index = 0) =>
  Object.fromEntries(new URLSearchParams(requests.filter((request) => request.path === path)[index]?.body))
const codesOf = ({ findings }: Run) => findings.map(({ code }) => code)
const statusesOf = ({ steps }: Run) => steps.map(({ status }) => status)

const grant = () => json({ access_token: canary.accessToken, token_type: 'Bearer', expires_in: 300 })

/** Answers with each of these in turn, and then with a token. */
function answersInTurn(...errors: ReadonlyArray<string | OutgoingResponse>): () => OutgoingResponse {
  const left = [...errors]
  return () => {
    const next = left.shift()
    if (next === undefined) return grant()
    return typeof next === 'string' ? json({ error: next }, 400) : next
  }
}

/** Moves the clock after each request for a token by the next of these seconds, in two steps: one who wakes early is seen. */
function wait(...seconds: readonly number[]): Required<Pick<FlowOptions, 'onEvent'>> {
  const left = [...seconds]
  return {
    onEvent: (event, { clock }) => {
      const next = event.type === 'exchange' && event.exchange.step === 'token' ? left.shift() : undefined
      if (next === undefined) return
      // By then the flow sleeps: nothing but promises lies between.
      setImmediate(() => {
        clock.advance(next * 1000 - 1)
        setImmediate(() => clock.advance(1))
      })
    },
  }
}

/** Gives the times at which a token was asked for, in seconds since the first. */
function polledAt({ exchanges }: Run): number[] {
  const times = exchanges.filter(({ step }) => step === 'token').map(({ timings }) => timings.startedMs)
  return times.map((time) => (time - (times[0] ?? 0)) / 1000)
}

describe('CIBA', () => {
  test('the request names the SIM and the scope, and the token is fetched with the auth_req_id', async () => {
    const { result, gateway } = await againstGateway({})
    expect(result).toMatchObject({ outcome: 'verified', exitCode: 0, findings: [] })
    expect(statusesOf(result)).toEqual(['ok', 'skipped', 'ok', 'ok'])
    expect(formOf(gateway, '/bc-authorize')).toEqual({
      scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
      login_hint: `operatortoken:${operatorToken}`,
    })
    expect(formOf(gateway, '/token')).toEqual({ grant_type: grantTypes.ciba, auth_req_id: canary.authReqId })
    expect(gateway.count('authorize')).toBe(0)
  })

  test('false is a mismatch, and nv number asks for the number', async () => {
    const mismatch = await againstGateway({ verify: () => json({ devicePhoneNumberVerified: false }) })
    expect(mismatch.result).toMatchObject({ outcome: 'mismatch', exitCode: 1 })
    const found = await againstGateway({}, { command: 'number' })
    expect(found.result).toMatchObject({ outcome: 'identified', phoneNumber: '+34600000001' })
  })

  test('the client assertion is made for the endpoint that it is sent to', async () => {
    const { gateway, result } = await againstGateway({}, { profile: { authMethod: 'private_key_jwt', key } })
    expect(result.outcome).toBe('verified')
    for (const [path, url] of [
      ['/bc-authorize', gateway.urls.backchannelUrl],
      ['/token', gateway.urls.tokenUrl],
    ] as const) {
      const { client_assertion: assertion = '' } = formOf(gateway, path)
      const { payload } = await jwtVerify(assertion, verifyKey, { currentDate: new Date(1_750_000_000_000) })
      expect(payload).toMatchObject({ iss: 'test-client', sub: 'test-client', aud: url })
    }
  })

  test('it listens nowhere and opens nothing, whatever redirect_uri the profile has', async () => {
    const { result, events, err } = await againstGateway(
      {},
      { profile: { redirectUri: 'http://127.0.0.1:1/cb' } },
    )
    expect(result.outcome).toBe('verified')
    expect(events.map(({ type }) => type)).not.toContain('authorize-url')
    expect(err()).not.toContain('127.0.0.1:1/')
  })
})

test.each<[string, FlowOptions]>([
  ['through a phone', {}],
  ['by CIBA', bySim()],
  ['by a JWT bearer assertion', bySim({ grants: ['jwt-bearer'], profile: { key } })],
])(
  '%s, a hashed number is the SHA-256 of the number with its +, as lower-case hex',
  async (_how, options) => {
    await withGateway({}, async (gateway) => {
      await runFlow(gateway.urls, { ...options, isHashed: true })
      const hashedPhoneNumber = 'eb491b384e4fda4281634daa211e6e54a4cf7f82baa33a9f35980329e4ad95f3'
      expect(JSON.parse(gateway.requests.at(-1)?.body ?? '')).toEqual({ hashedPhoneNumber })
    })
  },
)

describe('polling', () => {
  test.each<
    [what: string, answers: ReadonlyArray<string | OutgoingResponse>, interval: unknown, at: number[]]
  >([
    [
      'at once, and then no more often than the interval',
      ['authorization_pending', 'authorization_pending'],
      2,
      [0, 2, 4],
    ],
    ['each 5 s where no interval is given', ['authorization_pending'], undefined, [0, 5]],
    ['each 5 s where the interval is nonsense', ['authorization_pending'], -3, [0, 5]],
    [
      '5 s slower after each slow_down',
      ['slow_down', 'authorization_pending', 'slow_down'],
      2,
      [0, 7, 14, 26],
    ],
    ['again when an answer was lost, and slower', [{ status: 200, ending: 'reset' }], 1, [0, 6]],
    ['again when the server was failing, and slower', [{ status: 503 }], 1, [0, 6]],
    ['each second where less is wanted', ['authorization_pending'], 0.0001, [0, 1]],
  ])('%s', async (_what, answers, interval, at) => {
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    const backchannel = () => json({ auth_req_id: canary.authReqId, expires_in: 120, interval })
    const { result } = await againstGateway({ backchannel, token: answersInTurn(...answers) }, wait(...waits))
    expect(result.outcome).toBe('verified')
    expect(polledAt(result)).toEqual(at)
  })

  test('each request brings a client assertion of its own', async () => {
    const { gateway } = await againstGateway(
      { token: answersInTurn('authorization_pending') },
      { ...wait(2), profile: { authMethod: 'private_key_jwt', key } },
    )
    const [first, second] = [0, 1].map((index) => formOf(gateway, '/token', index)['client_assertion'])
    expect(first).toBeTruthy()
    expect(second).not.toBe(first)
  })

  test('it says what is waited for, and how long it still will be', async () => {
    const { err, gateway } = await againstGateway({ token: answersInTurn('authorization_pending') }, wait(2))
    expect(err()).toContain(`Waiting until ${gateway.host} has identified the line (1:00 left)\n`)
  })

  test('it ends when the authentication expires, without the server being asked again', async () => {
    const backchannel = () => json({ auth_req_id: canary.authReqId, expires_in: 11, interval: 5 })
    const pending = () => json({ error: 'authorization_pending' }, 400)
    const { result } = await againstGateway({ backchannel, token: pending }, wait(5, 5))
    expect(result).toMatchObject({ failedStep: 'token', exitCode: 3, findings: [{ code: 'expired_token' }] })
    expect(polledAt(result)).toEqual([0, 5, 10])
  })

  test('it ends with the time of the run', async () => {
    const pending = () => json({ error: 'authorization_pending' }, 400)
    const { result } = await againstGateway({ token: pending }, { ...wait(2, 2, 1), timeoutMs: 5000 })
    expect(result).toMatchObject({ failedStep: 'token', exitCode: 3 })
    expect(result.findings[0]).toMatchObject({ code: 'backchannel_timeout' })
    expect(result.findings[0]?.title).toContain('within 5 s')
  })

  test('a server that never answers is waited for as long as the run may take', async () => {
    await withGateway({ token: silence }, async (gateway) => {
      const flow = startFlow(gateway.urls, bySim({ timeoutMs: 40_000 }))
      const over = new AbortController()
      void flow.run.then(() => over.abort())
      for (let seconds = 0; !over.signal.aborted && seconds < 1000; seconds++) {
        await new Promise((resolve) => setImmediate(resolve))
        flow.clock.advance(1000)
      }
      expect((await flow.run).findings[0]?.code).toBe('request_timeout')
    })
  })

  test('a token endpoint that is dead to the end is named as that', async () => {
    const token = (): OutgoingResponse => ({ status: 200, ending: 'reset' })
    const backchannel = () => json({ auth_req_id: canary.authReqId, expires_in: 120, interval: 1 })
    const { result } = await againstGateway({ backchannel, token }, { ...wait(6, 4), timeoutMs: 10_000 })
    expect(result).toMatchObject({ failedStep: 'token', findings: [{ code: 'connection_lost' }] })
  })

  test('Ctrl-C ends the waiting', async () => {
    const pending = () => json({ error: 'authorization_pending' }, 400)
    const onEvent: FlowOptions['onEvent'] = (event, { interrupt }) => {
      if (event.type === 'waiting') setImmediate(() => interrupt(new Cancelled()))
    }
    const { result } = await againstGateway({ token: pending }, { onEvent })
    expect(result).toMatchObject({ exitCode: 130, findings: [{ code: 'interrupted' }] })
  })
})

describe('JWT bearer', () => {
  const options = { grants: ['jwt-bearer'], profile: { key, keyId: 'kid-1' } } as const

  test('the assertion names the SIM and the scope; no scope is a parameter, and nothing else is asked', async () => {
    const { result, gateway } = await againstGateway({}, options)
    expect(result).toMatchObject({ outcome: 'verified', findings: [] })
    expect(statusesOf(result)).toEqual(['skipped', 'skipped', 'ok', 'ok'])
    const { assertion = '', ...form } = formOf(gateway, '/token')
    expect(form).toEqual({ grant_type: grantTypes['jwt-bearer'] })
    const currentDate = new Date(1_750_000_000_000)
    const { payload, protectedHeader } = await jwtVerify(assertion, verifyKey, { currentDate })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'kid-1' })
    expect(payload).toMatchObject({
      iss: 'test-client',
      sub: `operatortoken:${operatorToken}`,
      aud: gateway.urls.tokenUrl,
      scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
    })
    const { iat = 0, exp = 0, jti } = payload
    expect(exp - iat).toBeLessThanOrEqual(300)
    expect(iat).toBeLessThan(1_750_000_000)
    expect(jti).toBeTruthy()
    expect(gateway.requests.map(({ path }) => path)).toEqual(['/token', '/number-verification/v2/verify'])
    expect(gateway.requests[0]?.headers.find(([name]) => name === 'authorization')?.[1]).toMatch(/^Basic /)
  })

  test('each run has an assertion of its own, beside that of the client', async () => {
    const assertions = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const profile = { key, authMethod: 'private_key_jwt' } as const
      const { gateway } = await againstGateway({}, { grants: ['jwt-bearer'], profile })
      const form = formOf(gateway, '/token')
      assertions.add(form['assertion'] ?? '').add(form['client_assertion'] ?? '')
    }
    expect(assertions.size).toBe(6)
  })
})

describe('which grant, by what the issuer offers', () => {
  const discovered = (
    metadata: Record<string, string>,
    options: Options & { grants: readonly [SimGrant, ...SimGrant[]] },
  ) =>
    withGateway(
      {
        '/.well-known/openid-configuration': ({ headers }) => {
          const origin = `http://${headers.find(([name]) => name === 'host')?.[1]}`
          const urls = Object.entries(metadata).map(([name, path]) => [name, `${origin}${path}`])
          return json({ issuer: origin, ...(Object.fromEntries(urls) as object) })
        },
      },
      async ({ origin }) => {
        const urls = { authorizeUrl: '', tokenUrl: '', apiUrl: origin }
        const profile = { issuer: origin, ...options.profile }
        return (await runFlow(urls, bySim({ ...options, profile }))).result
      },
    )
  const both = { token_endpoint: '/token', backchannel_authentication_endpoint: '/bc-authorize' }
  const tokenOnly = { token_endpoint: '/token' }

  test.each<[string, Record<string, string>, readonly [SimGrant, ...SimGrant[]], string, Grant]>([
    ['CIBA, where it has the endpoint', both, ['ciba', 'jwt-bearer'], key, 'ciba'],
    ['CIBA without a key', both, ['ciba', 'jwt-bearer'], '', 'ciba'],
    ['JWT bearer, where it has none', tokenOnly, ['ciba', 'jwt-bearer'], key, 'jwt-bearer'],
    ['JWT bearer, where that is wanted', both, ['jwt-bearer'], key, 'jwt-bearer'],
  ])('%s', async (_what, metadata, grants, ownKey, expected) => {
    const run = await discovered(metadata, { grants, profile: { key: ownKey } })
    expect(run).toMatchObject({ outcome: 'verified', findings: [] })
    expect(run.exchanges.some(({ request }) => request.url.endsWith('/bc-authorize'))).toBe(
      expected === 'ciba',
    )
    expect(statusesOf(run)).toEqual(['ok', 'skipped', 'ok', 'ok'])
  })

  test('neither: that is said, with what is missing', async () => {
    const run = await discovered(tokenOnly, { grants: ['ciba', 'jwt-bearer'] })
    expect(run).toMatchObject({ failedStep: 'authorize', exitCode: 3 })
    expect(run.findings).toMatchObject([{ code: 'operator_token_no_grant' }])
  })

  test('CIBA that was asked for, and no endpoint: the document is named', async () => {
    const run = await discovered(tokenOnly, { grants: ['ciba'], profile: { key } })
    expect(run.findings).toMatchObject([
      {
        code: 'discovery_endpoint',
        title: expect.stringContaining('backchannel_authentication_endpoint') as string,
      },
    ])
  })
})

const backchannel = (error: string, status = 400): Handlers => ({
  backchannel: () => json({ error }, status),
})
const token = (error: string, status = 400): Handlers => ({ token: () => json({ error }, status) })
const api = (code: string): Handlers => ({
  verify: () => json({ status: 403, code: `NUMBER_VERIFICATION.${code}`, message: 'no' }, 403),
})
const page: OutgoingResponse = { status: 200, body: '<!doctype html>' }
const elsewhere = { status: 307, headers: { location: 'https://elsewhere.example/' } }

describe('one line, one finding', () => {
  test.each<[string, Handlers, Run['failedStep'], string, RegExp]>([
    ['unknown_user_id', backchannel('unknown_user_id'), 'authorize', 'unknown_user_id', /no line/],
    [
      'expired_login_hint_token',
      backchannel('expired_login_hint_token'),
      'authorize',
      'expired_login_hint_token',
      /new operator token/,
    ],
    ['invalid_scope', backchannel('invalid_scope'), 'authorize', 'invalid_scope', /openid/],
    [
      'unauthorized_client',
      backchannel('unauthorized_client'),
      'authorize',
      'unauthorized_client',
      /for CIBA/,
    ],
    [
      'invalid_client',
      backchannel('invalid_client', 401),
      'authorize',
      'invalid_client',
      /client_secret_basic/,
    ],
    ['missing_user_code', backchannel('missing_user_code'), 'authorize', 'missing_user_code', /user code/],
    ['invalid_user_code', backchannel('invalid_user_code'), 'authorize', 'invalid_user_code', /user code/],
    [
      'invalid_binding_message',
      backchannel('invalid_binding_message'),
      'authorize',
      'invalid_binding_message',
      /message/,
    ],
    ['access_denied at once', backchannel('access_denied', 403), 'authorize', 'access_denied', /SIM token/],
    [
      'invalid_request',
      backchannel('invalid_request'),
      'authorize',
      'backchannel_error',
      /refused: invalid_request \(HTTP 400\)/,
    ],
    [
      'an error of Telefónica',
      { backchannel: () => json({ code: 400, message: 'no hint' }, 400) },
      'authorize',
      'backchannel_error',
      /no hint/,
    ],
    ['a page', { backchannel: () => page }, 'authorize', 'backchannel_unreadable', /an HTML page/],
    [
      'a redirect',
      { backchannel: () => elsewhere },
      'authorize',
      'backchannel_redirected',
      /Credentials are never sent/,
    ],
    ['access_denied', token('access_denied'), 'token', 'access_denied', /SIM token/],
    ['expired_token', token('expired_token'), 'token', 'expired_token', /has expired/],
    ['invalid_grant', token('invalid_grant'), 'token', 'invalid_grant', /auth_req_id is unknown/],
    [
      'transaction_failed',
      token('transaction_failed'),
      'token',
      'transaction_failed',
      /leave out --operator-token/,
    ],
    [
      'unsupported_grant_type',
      token('unsupported_grant_type'),
      'token',
      'unsupported_grant_type',
      /enabled for CIBA/,
    ],
    ['an error of its own', token('teapot'), 'token', 'token_error', /for the auth_req_id/],
    ['INVALID_TS43_TOKEN', api('INVALID_TS43_TOKEN'), 'api', 'invalid_ts43_token', /malformed/],
    [
      'an unsupported method',
      api('USER_NOT_AUTHENTICATED_BY_SUPPORTED_METHOD'),
      'api',
      'user_not_authenticated_by_supported_method',
      /new operator token/,
    ],
    [
      'the mobile network only',
      api('USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK'),
      'api',
      'user_not_authenticated_by_mobile_network',
      /the SIM identified/,
    ],
    [
      'no number behind',
      api('INVALID_TOKEN_CONTEXT'),
      'api',
      'invalid_token_context',
      /no line for the SIM token/,
    ],
  ])('CIBA: %s', async (_name, handlers, failedStep, code, words) => {
    const { result } = await againstGateway(handlers)
    expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep })
    expect(codesOf(result)).toEqual([code])
    expect(JSON.stringify(result.findings)).toMatch(words)
  })

  test.each<[string, Handlers, string, RegExp]>([
    ['invalid_grant', token('invalid_grant'), 'invalid_grant', /its key is not the registered one/],
    [
      'unsupported_grant_type',
      token('unsupported_grant_type'),
      'unsupported_grant_type',
      /does not accept this grant/,
    ],
    ['unauthorized_client', token('unauthorized_client'), 'unauthorized_client', /the JWT bearer grant/],
    ['invalid_scope', token('invalid_scope'), 'invalid_scope', /subscribed/],
    ['an error of its own', token('teapot'), 'token_error', /for the assertion/],
  ])('JWT bearer: %s', async (_name, handlers, code, words) => {
    const { result } = await againstGateway(handlers, { grants: ['jwt-bearer'], profile: { key } })
    expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'token' })
    expect(codesOf(result)).toEqual([code])
    expect(JSON.stringify(result.findings)).toMatch(words)
  })

  test.each<[string, object]>([
    ['expires_in as a string', { expires_in: 'soon' }],
    ['no expires_in', { expires_in: undefined }],
    ['an interval as a string', { interval: '2' }],
  ])('an irregular answer is gone on with, and warned about: %s', async (_what, changes) => {
    const answer = () => json({ auth_req_id: canary.authReqId, expires_in: 120, interval: 2, ...changes })
    const { result } = await againstGateway({ backchannel: answer })
    expect(result.outcome).toBe('verified')
    expect(codesOf(result)).toEqual(['backchannel_response_irregular'])
  })

  test.each(['v0', 'v1'])('API %s knows no token of a SIM, and that is warned about', async (apiVersion) => {
    const { result } = await againstGateway(
      {},
      { profile: { apiVersion, scope: 'dpv:FraudPreventionAndDetection#number-verification-verify-read' } },
    )
    expect(codesOf(result)).toContain('operator_token_version')
  })

  test('a setting of the authorization request is not warned about: nobody sends one', async () => {
    const { result } = await againstGateway({}, { profile: { redirectUri: 'https://app.example/cb#x' } })
    expect(result.findings).toEqual([])
  })
})

describe('a hop that is broken', () => {
  test.each<[string, OutgoingResponse]>([
    ['reset', { status: 200, ending: 'reset' }],
    ['cut in the body', { status: 200, body: '{"auth_req', ending: 'cut' }],
    ['empty', { status: 200 }],
    ['a 503', { status: 503 }],
    ['JSON of another shape', json([1])],
  ])('the backchannel endpoint: %s', async (_what, answer) => {
    await withGateway({ backchannel: () => answer }, async (gateway) => {
      const flow = await runFlow(gateway.urls, bySim())
      expectExplained(flow.result, flow, { hop: 'authorize', host: gateway.host })
      expect(gateway.count('backchannel')).toBe(1)
    })
  })
})

describe('nothing leaks', () => {
  const secretsOf = (gateway: Gateway) => [
    operatorToken,
    canary.authReqId,
    canary.accessToken,
    formOf(gateway, '/token')['assertion'] ?? canary.authReqId,
    Buffer.from(`operatortoken:${operatorToken}`).toString('base64'),
    encodeURIComponent(operatorToken),
  ]
  const expectNoLeak = (gateway: Gateway, { out, err }: Pick<StartedFlow, 'out' | 'err'>, run: Run) => {
    const printed = [out(), err(), JSON.stringify(run), ...everyReport(run)].join('\n')
    for (const secret of secretsOf(gateway)) expect(printed).not.toContain(secret)
  }
  const print = { verbose: true }

  test.each<[string, Options]>([
    ['CIBA', { print }],
    ['JWT bearer', { print, grants: ['jwt-bearer'], profile: { key } }],
  ])('of a run that succeeds by %s', async (_what, options) => {
    const { gateway, result, ...flow } = await againstGateway({}, options)
    expect(flow.err()).toContain('POST http')
    expectNoLeak(gateway, flow, result)
  })

  const echo = (request: IncomingRequest): string => {
    const values = [...new URLSearchParams(request.body).values()].join(' ')
    return `${values} ${encodeURIComponent(values)} ${Buffer.from(values).toString('base64')}`
  }
  const refusing = (request: IncomingRequest) =>
    json({ error: `x ${echo(request)}`.slice(0, 400), error_description: echo(request) }, 400)

  test.each<[string, Handlers, Options]>([
    ['the backchannel endpoint', { backchannel: refusing }, { print }],
    ['the token endpoint, CIBA', { token: refusing }, { print }],
    [
      'the token endpoint, JWT bearer',
      { token: refusing },
      { print, grants: ['jwt-bearer'], profile: { key } },
    ],
    [
      'headers of the backchannel endpoint',
      {
        backchannel: (request) =>
          json({ auth_req_id: canary.authReqId, expires_in: 9 }, 200, {
            'content-type': `application/json; x=${canary.authReqId}; y=${encodeURIComponent(echo(request))}`,
          }),
      },
      { print },
    ],
  ])('handed back by %s', async (_what, handlers, options) => {
    const { gateway, result, ...flow } = await againstGateway(handlers, options)
    expectNoLeak(gateway, flow, result)
  })
})
