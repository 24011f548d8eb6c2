// Following the redirects without a phone: what ends the chain, what goes on, and what is never requested.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import {
  appRedirectUri,
  canary,
  type FlowOptions,
  type Gateway,
  grantCode,
  type Handlers,
  json,
  queryOf,
  redirect,
  runFlow,
  startGateway,
  withGateway,
} from '../support/gateway.ts'

let operator: Gateway

beforeAll(async () => {
  operator = await startGateway({
    '/identify': (request) => redirect(queryOf(request).get('redirect_uri') ?? ''),
  })
})

afterAll(() => operator.close())

async function follow(handlers: Handlers, options?: FlowOptions) {
  return withGateway(handlers, async (gateway) => ({ ...(await runFlow(gateway.urls, options)), gateway }))
}

/** Redirects to a path, with our state kept in a parameter of the gateway's own. */
const onward =
  (path: string, status?: number): RequestHandler =>
  (request) =>
    redirect(`${path}?back=${encodeURIComponent(request.target)}`, status)

const finish: RequestHandler = (request) => {
  const original = new URL(queryOf(request).get('back') ?? '', 'http://gateway')
  return grantCode({ ...request, target: original.pathname + original.search })
}

describe('the chain', () => {
  it.each([301, 302, 303, 307, 308])('goes on after %d', async (status) => {
    const { result } = await follow({ authorize: onward('/inner', status), '/inner': finish })
    expect(result).toMatchObject({ outcome: 'verified', findings: [] })
    expect(result.steps[0]?.detail).toBe('followed 2 redirects to the redirect_uri')
  })

  it.each(['/a/b/inner', './inner', '../inner', '//HOST/inner', 'http://HOST/inner#fragment', '?inner'])(
    'resolves the Location %s as a browser does',
    async (location) => {
      const authorize: RequestHandler = (request) =>
        queryOf(request).has('inner')
          ? json({ path: 'authorize' })
          : redirect(location.replace('HOST', gatewayHost(request.headers)))
      const { gateway } = await follow({ authorize })
      const inner = gateway.requests[1]
      const expected = new URL(location.replace('HOST', gateway.host), `${gateway.origin}/authorize`)
      expect(`${gateway.origin}${inner?.target}`).toBe(
        `${expected.origin}${expected.pathname}${expected.search}`,
      )
    },
  )

  it('crosses origins, and reads nothing of the codes and states that inner hops carry', async () => {
    const authorize: RequestHandler = (request) => {
      const back = `http://${gatewayHost(request.headers)}/callback?code=inner&state=theirs&back=${encodeURIComponent(request.target)}`
      return redirect(`${operator.origin}/identify?redirect_uri=${encodeURIComponent(back)}&state=theirs`)
    }
    const { result, gateway } = await follow({ authorize, '/callback': finish })
    expect(result.outcome).toBe('verified')
    expect(gateway.count('/callback')).toBe(1)
    const form = new URLSearchParams(gateway.requests.find(({ path }) => path === '/token')?.body)
    expect(form.get('code')).toBe(canary.code)
    expect(form.get('redirect_uri')).toBe(appRedirectUri)
  })

  it('takes 20 hops, and not one more', async () => {
    const chain = (length: number): RequestHandler => {
      let hop = 0
      return (request) => (++hop < length ? redirect(request.target) : grantCode(request))
    }
    expect((await follow({ authorize: chain(20) })).result.outcome).toBe('verified')
    const { result, gateway } = await follow({ authorize: chain(21) })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize' })
    expect(result.findings[0]?.code).toBe('too_many_redirects')
    expect(gateway.count('authorize')).toBe(20)
  })

  it('shows a description in UTF-8 that the gateway did not encode', async () => {
    const server = await startBrokenServer((socket) => {
      const state = /state=([\w-]+)/.exec(server.requests[0] ?? '')?.[1]
      const location = Buffer.from(
        `Location: ${appRedirectUri}?error=access_denied&error_description=Línea no móvil&state=${state}`,
      )
      socket.end(rawResponse('302 Found', [location.toString('latin1'), 'content-length: 0']))
    })
    const { result } = await runFlow({ ...operator.urls, authorizeUrl: `${server.origin}/authorize` })
    expect(result.findings[0]?.cause).toContain('Línea no móvil')
    await server.close()
  })
})

function gatewayHost(headers: ReadonlyArray<readonly [string, string]>): string {
  return headers.find(([name]) => name === 'host')?.[1] ?? ''
}

describe('the redirect_uri', () => {
  it('is never requested, even when something listens there', async () => {
    await withGateway({}, async (app) => {
      const { result } = await follow({}, { profile: { redirectUri: `${app.origin}/callback` } })
      expect(result.outcome).toBe('verified')
      expect(app.requests).toEqual([])
    })
  })

  it.each(['/callback/', '/Callback', '/callback%2F', '/oauth/callback'])(
    'ends the run before %s on its server, which is named',
    async (path) => {
      await withGateway({}, async (app) => {
        const authorize: RequestHandler = (request) =>
          redirect(`${app.origin}${path}?code=live-code&state=${queryOf(request).get('state')}`)
        const redirectUri = `${app.origin}/callback`
        const { result, gateway } = await follow({ authorize }, { profile: { redirectUri } })
        expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize', outcome: 'undetermined' })
        expect(result.findings[0]?.title).toContain(`${app.origin}${path}`)
        expect(app.requests).toEqual([])
        expect(gateway.count('token')).toBe(0)
      })
    },
  )

  it.each([
    'https://app.example/callback',
    'https://app.example/callback?tenant=1&lang=es',
    'https://APP.example:443/callback',
    'https://app.example',
    'http://localhost/callback',
    'com.example.app://callback',
    'com.example.app:/callback',
    'com.example.app://callback/done?x=1',
  ])('may be %s, and goes to the token endpoint to the letter', async (redirectUri) => {
    const { result, gateway } = await follow({}, { profile: { redirectUri } })
    expect(result).toMatchObject({ outcome: 'verified', findings: [] })
    const form = new URLSearchParams(gateway.requests.find(({ path }) => path === '/token')?.body)
    expect(form.get('redirect_uri')).toBe(redirectUri)
    expect(result.profile.redirectUri).toBe(redirectUri)
  })

  it.each([
    ['another path', 'https://app.invalid/callback/other'],
    ['another host', 'https://app.invalid.evil.invalid/callback'],
    ['another port', 'https://app.invalid:8443/callback'],
    ['a missing parameter of its own', 'https://app.invalid/callback?lang=es'],
  ])('is not recognised with %s', async (_what, location) => {
    const { result } = await follow(
      {
        authorize: (request) =>
          redirect(
            `${location}${location.includes('?') ? '&' : '?'}code=x&state=${queryOf(request).get('state')}`,
          ),
      },
      { profile: { redirectUri: 'https://app.invalid/callback?tenant=1' } },
    )
    expect(result).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize' })
  })
})

describe('a callback in the last Location', () => {
  it.each<[string, Record<string, string>, string]>([
    ['an error', { error: 'access_denied', error_description: 'Not on mobile data' }, 'access_denied'],
    ['an unknown error', { error: 'something_else' }, 'authorization_error'],
    ['another state', { state: 'wrong' }, 'state_differs'],
    ['an error under another state', { error: 'access_denied', state: 'wrong' }, 'state_differs'],
    ['an empty state', { state: '' }, 'state_missing'],
    ['an empty code', { code: '' }, 'no_code'],
  ])('with %s fails at the step callback, and no token is asked for', async (_what, changes, code) => {
    const { result, gateway } = await follow({ authorize: (request) => grantCode(request, changes) })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'callback' })
    expect(result.findings[0]?.code).toBe(code)
    expect(gateway.count('token')).toBe(0)
  })

  it.each([
    ['the state twice', (state: string) => `code=x&state=${state}&state=${state}`, 'state_doubled'],
    ['the code twice', (state: string) => `code=x&code=y&state=${state}`, 'doubled_parameter'],
    ['the parameters in its fragment', (state: string) => `#code=x&state=${state}`, 'response_in_fragment'],
  ])('with %s fails there too', async (_what, query, code) => {
    const { result, gateway } = await follow({
      authorize: (request) => redirect(`${appRedirectUri}?${query(queryOf(request).get('state') ?? '')}`),
    })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'callback' })
    expect(result.findings[0]?.code).toBe(code)
    expect(gateway.count('token')).toBe(0)
  })
})

describe('a redirect that nv does not follow', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://gateway.invalid/x',
    'intent://x#Intent;scheme=https;end',
    'about:blank',
    'ws://127.0.0.1/',
    'https://',
    'http://[::1',
    'http://user:password@127.0.0.1:1/',
  ])('%s', async (location) => {
    const { result, err, out } = await follow({ authorize: () => redirect(location) })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize' })
    expect(result.findings[0]?.code).toBe('redirect_elsewhere')
    expect(result.exchanges).toHaveLength(1)
    expect(out() + err()).not.toContain('password')
  })

  it('a port that fetch does not open', async () => {
    const { result } = await follow({
      authorize: () => redirect('http://127.0.0.1:6000/?code=inner-code-of-theirs'),
    })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize' })
    expect(JSON.stringify(result)).not.toContain('inner-code')
  })
})
