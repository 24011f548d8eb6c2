// One line proves one finding: this behaviour of a gateway, these codes.
import { describe, expect, test } from 'vitest'
import type { IncomingRequest, OutgoingResponse } from '../../src/context.ts'
import type { Run } from '../../src/run/run.ts'
import {
  appRedirectUri,
  type FlowOptions,
  json,
  redirect,
  startFlow,
  withGateway,
} from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'
import { tunnelTo } from '../support/tunnel.ts'

type Handlers = Parameters<typeof withGateway>[0]

async function runAgainst(handlers: Handlers, options: FlowOptions = {}): Promise<Run> {
  return withGateway(handlers, (gateway) => startFlow(gateway.urls, options).run)
}

/** Sends the phone back to the app with an error, and our state. */
function refuse(error: string, description = ''): Handlers {
  return {
    authorize: ({ target }: IncomingRequest): OutgoingResponse => {
      const state = new URL(target, 'http://gateway').searchParams.get('state') ?? ''
      return redirect(
        `${appRedirectUri}?${new URLSearchParams({ error, error_description: description, state }).toString()}`,
      )
    },
  }
}

const token = (error: string, status = 400): Handlers => ({ token: () => json({ error }, status) })
const api = (status: number, code: string, message = 'no'): Handlers => ({
  verify: () => json({ status, code, message }, status),
})

test.each<[name: string, handlers: Handlers, step: string, codes: string[]]>([
  ['access_denied', refuse('access_denied'), 'callback', ['access_denied']],
  ['consent_required', refuse('consent_required'), 'callback', ['consent_required']],
  ['login_required', refuse('login_required'), 'callback', ['login_required']],
  ['interaction_required', refuse('interaction_required'), 'callback', ['interaction_required']],
  ['invalid_scope', refuse('invalid_scope'), 'callback', ['invalid_scope']],
  ['unauthorized_client', refuse('unauthorized_client'), 'callback', ['unauthorized_client']],
  ['an error of its own', refuse('teapot'), 'callback', ['authorization_error']],
  [
    'an error page',
    { authorize: () => json({ code: 400, message: 'unknown client' }, 400) },
    'authorize',
    ['client_unknown'],
  ],
  [
    'a page for a person',
    { authorize: () => ({ status: 200, body: '<p>consent?' }) },
    'authorize',
    ['authorize_page'],
  ],
  ['invalid_client', token('invalid_client', 401), 'token', ['invalid_client']],
  ['invalid_grant', token('invalid_grant'), 'token', ['invalid_grant']],
  ['unsupported_grant_type', token('unsupported_grant_type'), 'token', ['unsupported_grant_type']],
  ['invalid_request at /token', token('invalid_request'), 'token', ['token_error']],
  ['INVALID_ARGUMENT', api(400, 'INVALID_ARGUMENT'), 'api', ['invalid_argument']],
  ['UNAUTHENTICATED', api(401, 'UNAUTHENTICATED'), 'api', ['unauthenticated']],
  ['AUTHENTICATION_REQUIRED', api(401, 'AUTHENTICATION_REQUIRED'), 'api', ['unauthenticated']],
  ['PERMISSION_DENIED', api(403, 'PERMISSION_DENIED'), 'api', ['permission_denied']],
  [
    'a line on Wi-Fi',
    api(403, 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK'),
    'api',
    ['user_not_authenticated_by_mobile_network'],
  ],
  [
    'a method that is not supported',
    api(403, 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_SUPPORTED_METHOD'),
    'api',
    ['user_not_authenticated_by_supported_method'],
  ],
  [
    'INVALID_TOKEN_CONTEXT, v0',
    api(403, 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT'),
    'api',
    ['invalid_token_context'],
  ],
  ['INVALID_TOKEN_CONTEXT, v1', api(403, 'INVALID_TOKEN_CONTEXT'), 'api', ['invalid_token_context']],
  [
    'a 404 of a web server',
    { verify: () => ({ status: 404, body: '<h1>Not Found' }) },
    'api',
    ['api_not_found'],
  ],
  ['a 404 of the API', api(404, 'IDENTIFIER_NOT_FOUND'), 'api', ['line_not_served']],
  ['a 500', api(500, 'INTERNAL'), 'api', ['api_error']],
  [
    'a token of another type',
    {
      token: () => json({ access_token: 'a-token-of-another-type', token_type: 'DPoP', expires_in: 300 }),
      verify: () => json({}),
    },
    'api',
    ['api_unreadable', 'token_response_irregular'],
  ],
])('%s', async (_name, handlers, failedStep, codes) => {
  const run = await runAgainst(handlers)
  expect(run).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep })
  expect(run.findings.map(({ code }) => code)).toEqual(codes)
})

test('a port that fetch blocks is named as that', async () => {
  const tokenUrl = 'http://127.0.0.1:6000/token'
  const run = await runAgainst({}, { profile: { tokenUrl } })
  expect(run).toMatchObject({ failedStep: 'token', findings: [{ code: 'port_blocked' }] })
  expect(run.findings[0]?.fix).toMatch(/^Check the port of the URL \(--token-url/)
})

describe('what the server says is passed on', () => {
  const words = async (handlers: Handlers, options?: FlowOptions) => {
    const { findings } = await runAgainst(handlers, options)
    return JSON.stringify(findings[0])
  }

  test('the message of an API error', async () => {
    expect(await words(api(404, 'IDENTIFIER_NOT_FOUND', 'device not found'))).toContain('device not found')
  })

  test.each([
    ['7', 'wait 7 s'],
    ['Mon, 23 Nov 2026 06:00:00 GMT', 'wait until Mon, 23 Nov 2026 06:00:00 GMT'],
  ])('Retry-After: %s, at the API and at the token endpoint', async (retryAfter, said) => {
    const headers = { 'retry-after': retryAfter }
    expect(
      await words({ verify: () => json({ status: 429, code: 'TOO_MANY_REQUESTS' }, 429, headers) }),
    ).toContain(said)
    expect(await words({ token: () => json({ error: 'temporarily_unavailable' }, 503, headers) })).toContain(
      said,
    )
  })

  test('Retry-After that is nonsense is left out', async () => {
    expect(await words({ verify: () => json({}, 503, { 'retry-after': 'soon' }) })).not.toContain(
      'Retry-After',
    )
  })

  test('consent: the advice depends on whether a prompt was sent', async () => {
    expect(await words(refuse('consent_required'), { profile: { prompt: 'none' } })).toContain(
      'Leave out prompt=none',
    )
    expect(await words(refuse('consent_required'))).toContain('--prompt consent')
  })
})

describe('where it listens', () => {
  const listenOn = async (redirectUri: string, port: number) =>
    withGateway({}, async ({ urls }) => {
      const flow = startFlow(urls, {
        via: 'qr',
        profile: { redirectUri, listen: { host: '127.0.0.1', port } },
      })
      await Promise.race([flow.authorizeUrl, flow.run])
      flow.clock.advance(60_000)
      return { run: await flow.run, err: flow.err() }
    })
  const codes = ({ findings }: Run) => findings.map(({ code }) => code)

  test('another port than that of a redirect_uri to this machine is warned about', async () => {
    const { run } = await listenOn(`http://127.0.0.1:${await freePort()}/cb`, await freePort())
    expect(codes(run)).toEqual(['callback_timeout', 'listening_elsewhere', 'redirect_uri_not_here'])
  })

  test('behind a tunnel both addresses are named, and nothing is warned about', async () => {
    const port = await freePort()
    await withGateway(tunnelTo(port), async ({ origin }) => {
      const { run, err } = await listenOn(`${origin}/callback`, port)
      expect(codes(run)).not.toContain('redirect_uri_not_here')
      expect(run.arrivals).toEqual([])
      expect(err).toContain(`Waiting for the phone at ${origin}/callback, listening on 127.0.0.1:${port}`)
    })
  })

  test.each([
    ['another server answers', true, /Another server answered \(HTTP 404\), and nothing arrived/],
    ['nothing listens there', false, /No answer came \(the connection was refused\)/],
  ])(
    'a redirect_uri that does not lead here is known before a phone opens the URL: %s',
    async (_, isServed, why) => {
      await withGateway({}, async ({ origin }) => {
        const host = isServed ? origin : `http://127.0.0.1:${await freePort()}`
        const { run, err } = await listenOn(`${host}/callback`, await freePort())
        const finding = run.findings.find(({ code }) => code === 'redirect_uri_not_here')
        expect(finding).toMatchObject({ severity: 'warning', cause: expect.stringMatching(why) as string })
        const said = err.indexOf('the redirect_uri does not lead to nv')
        expect(said).toBeGreaterThan(-1)
        expect(said).toBeLessThan(err.indexOf('Open on the phone'))
      })
    },
  )

  test('a tunnel that rewrites the path is told from one that leads elsewhere', async () => {
    const port = await freePort()
    await withGateway(
      tunnelTo(port, (target) => target.replace('/callback', '/')),
      async ({ origin }) => {
        const { run } = await listenOn(`${origin}/callback`, port)
        const finding = run.findings.find(({ code }) => code === 'redirect_uri_not_here')
        expect(finding?.cause).toMatch(/arrived here with another Host or path, and nv refused it/)
      },
    )
  })

  test('port 0 behind a redirect_uri is refused: nobody could know the port', async () => {
    const { run } = await listenOn(appRedirectUri, 0)
    expect(run).toMatchObject({ exitCode: 2, findings: [{ code: 'listen_port_unknown' }] })
  })
})
