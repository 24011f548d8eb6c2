// What each line of a check makes of what a gateway answers.
import { exportJWK, exportPKCS8 } from 'jose'
import { describe, expect, it, test } from 'vitest'
import type { OutgoingResponse } from '../../src/context.ts'
import { Cancelled } from '../../src/errors.ts'
import { createSend } from '../../src/io/send.ts'
import type { CheckStatus } from '../../src/run/check.ts'
import { runCheck } from '../../src/flow/check.ts'
import { checkGateway, type CheckOptions, goodAnswers } from '../support/check.ts'
import { createClientKey } from '../support/client-keys.ts'
import { createTestContext } from '../support/context.ts'
import { secrets, testProfile } from '../support/flow.ts'
import {
  appRedirectUri,
  grantCode,
  type Handlers,
  json,
  queryOf,
  redirect,
  silence,
  withGateway,
} from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'
import { tunnelTo } from '../support/tunnel.ts'

const check = (handlers: Handlers, options: CheckOptions = {}) =>
  withGateway({ ...goodAnswers, ...handlers }, (gateway) => checkGateway(gateway.urls, options))

const html = (text: string, status = 200): OutgoingResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!doctype html><title>${text}</title><p>${text}</p>`,
})

describe('credentials', () => {
  it.each<[string, CheckStatus, string | null, OutgoingResponse]>([
    ['the code is refused', 'passed', null, json({ error: 'invalid_grant' }, 400)],
    ['… under 401', 'passed', null, json({ error: 'invalid_grant' }, 401)],
    ['the client is refused', 'failed', 'invalid_client', json({ error: 'invalid_client' }, 401)],
    ['… under 400', 'failed', 'invalid_client', json({ error: 'invalid_client' }, 400)],
    ['… without a body', 'failed', 'invalid_client', { status: 401 }],
    [
      'Apigee refuses the code',
      'passed',
      null,
      json(
        {
          fault: {
            faultstring: 'Invalid Authorization Code',
            detail: { errorcode: 'keymanagement.service.invalid_request-authorization_code_invalid' },
          },
        },
        400,
      ),
    ],
    [
      'Apigee refuses the client',
      'failed',
      'invalid_client',
      json(
        {
          fault: {
            faultstring: 'ClientId is Invalid',
            detail: { errorcode: 'oauth.v2.InvalidClientIdentifier' },
          },
        },
        401,
      ),
    ],
    [
      'CAMARA refuses the code',
      'passed',
      null,
      json({ status: 400, code: 'INVALID_ARGUMENT', message: 'code is not valid' }, 400),
    ],
    ['the flow is off', 'failed', 'unsupported_grant_type', json({ error: 'unsupported_grant_type' }, 400)],
    ['the application may not', 'failed', 'unauthorized_client', json({ error: 'unauthorized_client' }, 400)],
    ['it does not say', 'warning', 'credentials_unclear', json({ error: 'invalid_request' }, 400)],
    [
      'the verifier is not the code',
      'warning',
      'credentials_unclear',
      json({ error: 'invalid_request', error_description: 'code_verifier is invalid' }, 400),
    ],
    [
      'it takes any code',
      'warning',
      'made_up_code_taken',
      json({ access_token: 'canary-token-Qp4Zx', token_type: 'Bearer' }),
    ],
    ['it is failing', 'unknown', 'server_failing', json({ error: 'server_error' }, 503)],
    ['it is not a token endpoint', 'failed', 'token_unreadable', html('Welcome')],
    ['it is elsewhere', 'failed', 'token_redirected', redirect('https://other.example/token', 307)],
  ])('%s', async (_name, status, code, answer) => {
    const { line, report } = await check({ token: () => answer })
    expect([line('credentials').status, line('credentials').finding?.code ?? null]).toEqual([status, code])
    expect(report.exitCode).toBe(status === 'failed' ? 1 : status === 'unknown' ? 3 : 0)
    expect(JSON.stringify(report)).not.toContain('canary-token')
  })

  it('knows that the secret is wrong where the client_id is right', async () => {
    const { line } = await check({ token: () => json({ error: 'invalid_client' }, 401) })
    expect(line('credentials').settings.map(({ setting }) => setting)).toEqual(['clientSecret', 'authMethod'])
  })

  it('is not asked of a host that the network keeps away', async () => {
    const port = await freePort()
    const { line } = await check({}, { profile: { tokenUrl: `http://127.0.0.1:${port}/token` } })
    expect(line('tcp')).toMatchObject({ status: 'failed', settings: [{ setting: 'tokenUrl' }] })
    expect(line('credentials')).toMatchObject({
      status: 'skipped',
      detail: `127.0.0.1:${port} was not reached`,
    })
  })
})

describe('authorize', () => {
  const toApp = (parameters: Record<string, string>) => (request: Parameters<typeof queryOf>[0]) => {
    const query = queryOf(request)
    const target = new URL(query.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries({ state: query.get('state') ?? '', ...parameters }))
      target.searchParams.set(name, value)
    return redirect(target.href)
  }
  it.each<[string, CheckStatus, string | null, Handlers]>([
    ['to the operator', 'passed', null, { authorize: () => redirect('https://operator.example/authorize') }],
    ['with a code', 'passed', null, { authorize: (request) => grantCode(request) }],
    ['with access_denied', 'passed', null, { authorize: toApp({ error: 'access_denied' }) }],
    ['with login_required', 'passed', null, { authorize: toApp({ error: 'login_required' }) }],
    ['with invalid_scope', 'failed', 'invalid_scope', { authorize: toApp({ error: 'invalid_scope' }) }],
    [
      'wanting a number',
      'skipped',
      null,
      { authorize: toApp({ error: 'invalid_request', error_description: 'login_hint is required' }) },
    ],
    ['with a page about Wi-Fi', 'skipped', null, { authorize: () => html('Please turn off Wi-Fi') }],
    ['with an error page', 'failed', 'authorize_page', { authorize: () => html('Error: invalid_client') }],
    ['with 400', 'failed', 'client_unknown', { authorize: () => html('Unknown application', 400) }],
    ['by 404', 'failed', 'authorize_refused', { authorize: () => ({ status: 404 }) }],
    [
      'by an error at another host',
      'failed',
      'invalid_scope',
      { authorize: () => redirect('https://login.example/e?error=invalid_scope') },
    ],
    [
      'to another redirect_uri',
      'failed',
      'response_elsewhere',
      { authorize: () => redirect('https://app.example/other?error=x&state=y') },
    ],
    [
      'by way of itself',
      'passed',
      null,
      { authorize: () => redirect('/next'), '/next': () => redirect('https://operator.example/') },
    ],
    ['failing', 'unknown', 'server_failing', { authorize: () => ({ status: 502 }) }],
  ])('%s', async (_name, status, code, handlers) => {
    const { line } = await check(handlers)
    expect([line('authorize').status, line('authorize').finding?.code ?? null]).toEqual([status, code])
  })

  it('keeps the cookies of the gateway, and asks no other host', async () => {
    await withGateway(
      {
        ...goodAnswers,
        authorize: () => redirect('/next', 302, { 'set-cookie': 'session=abc123; Path=/' }),
        '/next': ({ headers }) =>
          headers.some(([name, value]) => name === 'cookie' && value === 'session=abc123')
            ? redirect('http://127.0.0.1:9/operator')
            : { status: 400 },
      },
      async (gateway) => {
        const { line, report } = await checkGateway(gateway.urls)
        expect(line('authorize').status).toBe('passed')
        expect(report.exchanges.map(({ request }) => new URL(request.url).host)).toEqual(
          report.exchanges.map(() => gateway.host),
        )
      },
    )
  })
})

describe('api', () => {
  it.each<[string, CheckStatus, string | null, OutgoingResponse]>([
    ['a refused token', 'passed', null, json({ status: 401, code: 'UNAUTHENTICATED', message: 'x' }, 401)],
    [
      'a bare challenge',
      'passed',
      null,
      { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    ],
    ['a checked body', 'passed', null, json({ status: 400, code: 'INVALID_ARGUMENT', message: 'x' }, 400)],
    ['a page under 401', 'warning', 'api_place_unclear', html('Sign in', 401)],
    [
      'another scheme',
      'warning',
      'api_place_unclear',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ],
    ['nothing there', 'failed', 'api_not_found', { status: 404 }],
    ['a page', 'failed', 'api_unreadable', html('Welcome')],
    ['elsewhere', 'failed', 'api_redirected', redirect('https://other.example/')],
    [
      'no subscription',
      'failed',
      'not_subscribed',
      json({ message: 'You are not subscribed to this API.' }, 403),
    ],
    ['any token taken', 'warning', 'made_up_token_taken', json({ devicePhoneNumberVerified: true })],
    ['failing', 'unknown', 'api_error', json({ code: 'INTERNAL' }, 500)],
  ])('%s', async (_name, status, code, answer) => {
    const { line } = await check({ verify: () => answer })
    expect([line('api').status, line('api').finding?.code ?? null]).toEqual([status, code])
  })
})

describe('the way there', () => {
  it('tells a clock that is apart, and not by the answer of a cache', async () => {
    const date = (seconds: number) => new Date(1_750_000_000_000 + seconds * 1000).toUTCString()
    const dated = (headers: Record<string, string>) => ({
      token: () => json({ error: 'invalid_grant' }, 400, headers),
      verify: () => json({ code: 'UNAUTHENTICATED', message: 'x' }, 401, { date: date(0) }),
      authorize: () => redirect('https://operator.example/', 302, { date: date(0) }),
    })
    const apart = await check(dated({ date: date(-300) }))
    expect(apart.line('clock')).toMatchObject({ status: 'warning', finding: { code: 'clock_apart' } })
    const cached = await check(dated({ date: date(-300), age: '300' }))
    expect(cached.line('clock').status).toBe('passed')
  })

  it('could not tell when an endpoint does not answer in time', async () => {
    await withGateway({ ...goodAnswers, token: silence }, async (gateway) => {
      const test = createTestContext()
      const input = {
        target: testProfile({ ...gateway.urls, backchannelUrl: '' }, { redirectUri: appRedirectUri }),
        grants: ['authorization-code'] as const,
        missing: [],
        obstacles: [],
        timeoutMs: 60_000,
      }
      const running = runCheck(test.context, input, () => {})
      await gateway.reached('token')
      test.clock.advance(10_000)
      const report = await running
      expect(report.exitCode).toBe(3)
      expect(report.checks.find(({ name }) => name === 'credentials')).toMatchObject({
        status: 'unknown',
        finding: { code: 'request_timeout' },
      })
    })
  })

  it('ends at once when it is interrupted, with what was seen', async () => {
    await withGateway({ ...goodAnswers, token: silence }, async (gateway) => {
      const test = createTestContext()
      const target = testProfile({ ...gateway.urls, backchannelUrl: '' }, { redirectUri: appRedirectUri })
      const input = {
        target,
        grants: ['authorization-code'] as const,
        missing: [],
        obstacles: [],
        timeoutMs: 60_000,
      }
      const running = runCheck({ ...test.context, send: createSend({}) }, input, () => {})
      await gateway.reached('token')
      test.interrupt(new Cancelled())
      const report = await running
      expect(report.exitCode).toBe(130)
      expect(report.checks.map(({ name }) => name)).toEqual(['settings'])
    })
  })
})

describe('the issuer', () => {
  const document = (origin: string, changes: Record<string, unknown> = {}) => ({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...changes,
  })
  const discover = (keys: unknown, options: CheckOptions = {}) => {
    let origin = ''
    return withGateway(
      {
        ...goodAnswers,
        '/.well-known/openid-configuration': () => json(document(origin)),
        '/jwks': () => json(keys),
      },
      (gateway) => {
        origin = gateway.origin
        const { profile, ...rest } = options
        const changes = { issuer: origin, authorizeUrl: '', tokenUrl: '', ...profile }
        return checkGateway(gateway.urls, { ...rest, profile: changes })
      },
    )
  }

  it('is asked for endpoints and keys', async () => {
    const { line, report } = await discover({ keys: [{ kty: 'RSA', kid: 'a' }] })
    expect(line('discovery').status).toBe('passed')
    expect(line('keys')).toMatchObject({ status: 'passed', detail: '1 key published' })
    expect(line('credentials').status).toBe('passed')
    expect(report.requests).toBe(5)
  })

  it('has to publish keys as such', async () => {
    const { line } = await discover({ message: 'no' })
    expect(line('keys')).toMatchObject({ finding: { code: 'jwks_unavailable' } })
  })

  it('is not needed', async () => {
    const { line } = await check({})
    expect([line('discovery').status, line('keys').status]).toEqual(['skipped', 'skipped'])
  })

  test('our key is told by its thumbprint and its kid', async () => {
    const own = await createClientKey('ES256', 'own')
    const other = await createClientKey('ES256', 'other')
    const key = await exportPKCS8(await extractable(own))
    const profile = { authMethod: 'private_key_jwt', key, keyId: 'own' } as const
    const standing = async (...keys: unknown[]) => {
      const { line } = await discover({ keys }, { profile })
      const { status, detail, finding } = line('keys')
      return [status, finding?.code ?? detail]
    }
    expect(await standing(own.jwk, other.jwk)).toEqual(['passed', '2 keys published, including yours'])
    expect(await standing({ ...own.jwk, kid: 'new' })).toEqual(['failed', 'own_key_id_differs'])
    expect(await standing({ ...other.jwk, kid: 'own' })).toEqual(['failed', 'own_key_differs'])
    expect((await standing(other.jwk))[0]).toBe('passed')
  })
})

const extractable = ({ privateKey }: Awaited<ReturnType<typeof createClientKey>>) =>
  exportJWK(privateKey).then(() => privateKey)

describe('redirect_uri', () => {
  it('has a port of this machine to itself', async () => {
    const port = await freePort()
    const redirectUri = `http://127.0.0.1:${port}/callback`
    const free = await check({}, { profile: { redirectUri } })
    expect(free.line('redirect_uri')).toMatchObject({
      status: 'passed',
      detail: `nv can listen on 127.0.0.1:${port}`,
    })
    await withGateway({}, async (squatter) => {
      const taken = await check({}, { profile: { redirectUri: `${squatter.origin}/callback` } })
      expect(taken.line('redirect_uri')).toMatchObject({
        status: 'failed',
        finding: { code: 'port_in_use' },
        settings: [{ setting: 'redirectUri' }],
      })
    })
  })

  it("can't be heard where it leads elsewhere", async () => {
    const { line } = await check({})
    expect(line('redirect_uri').status).toBe('skipped')
  })

  test('a tunnel is found to lead here, or not', async () => {
    const port = await freePort()
    const listen = { host: '127.0.0.1', port }
    await withGateway(tunnelTo(port), async (server) => {
      const { line } = await check({}, { profile: { redirectUri: `${server.origin}/callback`, listen } })
      expect(line('redirect_uri')).toMatchObject({ status: 'passed' })
    })
    await withGateway({}, async (server) => {
      const { line } = await check({}, { profile: { redirectUri: `${server.origin}/callback`, listen } })
      expect(line('redirect_uri')).toMatchObject({
        status: 'failed',
        finding: { code: 'redirect_uri_not_here' },
        settings: [{ setting: 'redirectUri' }, { setting: 'listen' }],
      })
    })
  })
})

describe('without a phone in the flow', () => {
  const ciba = { grants: ['ciba'] as const, profile: { authorizeUrl: '' } }
  it.each<[string, CheckStatus, string | null, Handlers]>([
    [
      'both endpoints know the client',
      'passed',
      null,
      { backchannel: () => json({ error: 'invalid_request' }, 400) },
    ],
    [
      'the backchannel refuses it',
      'failed',
      'invalid_client',
      { backchannel: () => json({ error: 'invalid_client' }, 401) },
    ],
    ['there is no backchannel', 'failed', 'backchannel_unreadable', { backchannel: () => ({ status: 404 }) }],
    [
      'the token endpoint refuses it',
      'failed',
      'invalid_client',
      {
        backchannel: () => json({ error: 'invalid_request' }, 400),
        token: () => json({ error: 'invalid_client' }, 401),
      },
    ],
  ])('CIBA: %s', async (_name, status, code, handlers) => {
    await withGateway({ ...goodAnswers, ...handlers }, async (gateway) => {
      const profile = { ...ciba.profile, backchannelUrl: gateway.urls.backchannelUrl ?? '' }
      const { line } = await checkGateway(gateway.urls, { ...ciba, profile })
      expect([line('credentials').status, line('credentials').finding?.code ?? null]).toEqual([status, code])
      expect([line('authorize').status, line('redirect_uri').status]).toEqual(['skipped', 'skipped'])
    })
  })

  it('JWT bearer: a refused assertion is not a refused SIM', async () => {
    const { privateKey } = await createClientKey('ES256', 'own')
    const profile = { authorizeUrl: '', key: await exportPKCS8(privateKey) }
    const answer = (error_description: string) => ({
      token: () => json({ error: 'invalid_grant', error_description }, 400),
    })
    const good = await check(answer('The operator token is unknown'), { grants: ['jwt-bearer'], profile })
    expect(good.line('credentials').status).toBe('passed')
    const bad = await check(answer('The signature of the assertion is wrong'), {
      grants: ['jwt-bearer'],
      profile,
    })
    expect(bad.line('credentials').status).toBe('failed')
  })
})

it('spends no code, changes nothing, and keeps what it sent for itself', async () => {
  await withGateway({ ...goodAnswers }, async (gateway) => {
    const { report, out, err } = await checkGateway(gateway.urls)
    expect(gateway.requests.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'GET /authorize',
      'POST /number-verification/v2/verify',
      'POST /token',
    ])
    expect(report.requests).toBe(gateway.requests.length)
    const sent = gateway.requests.flatMap(({ body, headers }) => [
      ...new URLSearchParams(body).getAll('code'),
      ...headers.flatMap(([name, value]) => (name === 'authorization' ? (value.split(' ')[1] ?? '') : [])),
    ])
    expect(sent.length).toBeGreaterThan(1)
    for (const secret of [...sent, secrets.clientSecret])
      expect(JSON.stringify(report) + out() + err()).not.toContain(secret)
  })
})
