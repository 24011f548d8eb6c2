// The authorization endpoint: the chain of redirects, its cookies, and every way to be refused.
import { CookieJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'
import {
  authorizeUrl,
  followChain,
  obtainCode,
  redirectUri,
  sendRaw,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator()
})

afterAll(() => simulator.close())

async function fetchAuthorize(changes: Record<string, string | undefined>, suffix = ''): Promise<Response> {
  return fetch(authorizeUrl(simulator, changes) + suffix, { redirect: 'manual' })
}

/** Requests a URL as no fetch does: without cookies, and without the header by which a fetch gives itself away. */
function get(url: string): Promise<string> {
  const { port, pathname, search } = new URL(url)
  return sendRaw(port, `GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
}

/** Follows the chain up to the aggregator's callback, which is not requested. */
async function reachCallback(jar: CookieJar): Promise<string> {
  const { last } = await followChain(authorizeUrl(simulator), { jar, stopAt: /\/apigateway\/callback\?/ })
  return (last as URL).href
}

describe('the chain', () => {
  it('crosses two origins, with a cookie of each and a relative Location, and ends at the app', async () => {
    const { hops, last } = await followChain(authorizeUrl(simulator, { state: 'a b+c/é&=%#' }))
    const paths = hops.map(({ url }) => new URL(url).pathname)
    expect(paths).toEqual(['/apigateway/authorize', '/authorize', '/identify', '/apigateway/callback'])
    const origins = hops.map(({ url }) => new URL(url).origin)
    expect(new Set(origins)).toEqual(new Set([new URL(simulator.baseUrl).origin, simulator.operatorUrl]))
    expect(hops.map(({ response }) => response.status)).toEqual([302, 302, 302, 302])
    expect(hops[0]?.response.headers.get('set-cookie')).toMatch(
      /^nv_gateway_.*; Path=\/apigateway; .*HttpOnly; SameSite=Lax$/,
    )
    expect(hops[1]?.response.headers.get('set-cookie')).toMatch(/^nv_operator_/)
    expect(hops[1]?.response.headers.get('location')).toMatch(/^identify\?/)
    const app = last as URL
    expect(app.origin + app.pathname).toBe(redirectUri)
    expect(app.searchParams.get('state')).toBe('a b+c/é&=%#')
    expect([...app.searchParams.keys()]).toEqual(['code', 'state', 'iss'])
  })

  it('percent-encodes everything, so that no decoder can take it otherwise', async () => {
    const { last } = await followChain(authorizeUrl(simulator, { state: 'a b+c' }))
    expect((last as URL).search).toMatch(/&state=a%20b%2Bc&iss=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Fapigateway$/)
  })

  it.each([
    [
      'https://app.example/callback?tenant=1',
      /^https:\/\/app\.example\/callback\?tenant=1&code=[\w-]{43}&state=/,
    ],
    ['https://app.example/callback?', /^https:\/\/app\.example\/callback\?code=/],
    ['https://app.example/callback?x=%20%2b', /^https:\/\/app\.example\/callback\?x=%20%2b&code=/],
    ['com.example.app:/cb', /^com\.example\.app:\/cb\?code=/],
    ['com.example.app://cb', /^com\.example\.app:\/\/cb\?code=/],
    ['http://127.0.0.1:9/', /^http:\/\/127\.0\.0\.1:9\/\?code=/],
  ])('keeps the redirect_uri %s as it is', async (app, expected) => {
    const { hops } = await followChain(authorizeUrl(simulator, { redirect_uri: app }), { app })
    expect(hops.at(-1)?.response.headers.get('location')).toMatch(expected)
  })

  it('works under another name of this machine, and stays there', async () => {
    const hasIpv6 = await listen('::1', 0, () => ({ status: 204 })).then(
      (listener) => listener.close().then(() => true),
      () => false,
    )
    const named = await startTestSimulator({ host: 'localhost' })
    for (const host of ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
      const { hops, last } = await followChain(authorizeUrl(named).replace('localhost', host))
      expect(new Set(hops.map(({ url: hop }) => new URL(hop).hostname))).toEqual(new Set([host]))
      expect(last).toBeInstanceOf(URL)
    }
    await named.close()
  })

  it('keeps two authorizations in one browser apart', async () => {
    const jar = new CookieJar()
    const first = await reachCallback(jar)
    const second = await reachCallback(jar)
    for (const url of [second, first]) expect((await followChain(url, { jar })).last).toBeInstanceOf(URL)
  })

  it('takes each prompt, none of which shows a page here', async () => {
    for (const prompt of ['none', 'login', 'consent', 'login consent'])
      await obtainCode(simulator, { prompt })
  })
})

describe('the callback of the aggregator', () => {
  it('refuses without the cookie, and the true browser still arrives', async () => {
    const jar = new CookieJar()
    const url = await reachCallback(jar)
    const response = await get(url)
    expect(response).toMatch(/^HTTP\/1\.1 400 /)
    expect(response).not.toMatch(/^location:/im)
    expect((await followChain(url, { jar })).last).toBeInstanceOf(URL)
  })

  it('refuses the cookie of another browser', async () => {
    const [mine, other] = [new CookieJar(), new CookieJar()]
    const url = await reachCallback(mine)
    await reachCallback(other)
    expect(((await followChain(url, { jar: other })).last as Response).status).toBe(400)
  })

  it('refuses a second time', async () => {
    const jar = new CookieJar()
    const url = await reachCallback(jar)
    const kept = await jar.clone()
    expect((await followChain(url, { jar })).last).toBeInstanceOf(URL)
    expect(((await followChain(url, { jar: kept })).last as Response).status).toBe(400)
  })

  it("refuses an operator's code that another authorization used", async () => {
    const jar = new CookieJar()
    const first = new URL(await reachCallback(jar))
    expect((await followChain(first.href, { jar })).last).toBeInstanceOf(URL)
    const second = new URL(await reachCallback(jar))
    second.searchParams.set('code', first.searchParams.get('code') ?? '')
    expect(((await followChain(second.href, { jar })).last as Response).status).toBe(400)
  })

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x')],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x')],
  ])('refuses %s', async (_what, change) => {
    const jar = new CookieJar()
    const url = new URL(await reachCallback(jar))
    change(url)
    expect(((await followChain(url.href, { jar })).last as Response).status).toBe(400)
  })

  it("refuses an operator's code of another authorization in the same browser", async () => {
    const jar = new CookieJar()
    const own = new URL(await reachCallback(jar))
    const foreign = new URL(await reachCallback(jar))
    own.searchParams.set('code', foreign.searchParams.get('code') ?? '')
    const { last } = await followChain(own.href, { jar })
    expect(await (last as Response).json()).toMatchObject({
      error_description: expect.stringContaining("operator's code is unknown") as string,
    })
  })

  it('forgets an authorization after five minutes', async () => {
    const jar = new CookieJar()
    const url = await reachCallback(jar)
    simulator.clock.advance(300_000)
    expect(((await followChain(url, { jar })).last as Response).status).toBe(400)
  })

  it('spends nothing on HEAD', async () => {
    const jar = new CookieJar()
    const url = await reachCallback(jar)
    const headers = { cookie: await jar.getCookieString(url) }
    expect((await fetch(url, { method: 'HEAD', headers, redirect: 'manual' })).status).toBe(405)
    expect((await followChain(url, { jar })).last).toBeInstanceOf(URL)
  })
})

describe('the operator', () => {
  it('wants its cookie back', async () => {
    const { last } = await followChain(authorizeUrl(simulator), { stopAt: /\/identify\?/ })
    expect(await get((last as URL).href)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each([
    ['redirect_uri', 'https://evil.example/'],
    ['client_id', 'mock_sandbox_app_id'],
    ['response_type', 'token'],
    ['login_hint', 'tel:x'],
    ['state', ''],
  ])('redirects nowhere when %s is %j', async (name, value) => {
    const { last } = await followChain(authorizeUrl(simulator), { stopAt: /:\d+\/authorize\?/ })
    const url = last as URL
    url.searchParams.set(name, value)
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
  })
})

describe('an untrustworthy request is never redirected', () => {
  it.each<readonly [string, Record<string, string | undefined>, string]>([
    ['client_id missing', { client_id: undefined }, ''],
    ['client_id empty', { client_id: '' }, ''],
    ['client_id unknown', { client_id: 'nobody' }, ''],
    ['client_id twice', {}, '&client_id=mock_sandbox_app_id'],
    ['redirect_uri missing', { redirect_uri: undefined }, ''],
    ['redirect_uri twice', {}, '&redirect_uri=https://evil.example'],
    ...[
      '/callback',
      'callback',
      '//evil.example/callback',
      'https://app.example/callback#x',
      'https://app.example/callback#',
      'https:app.example',
      'https:///app.example',
      'http://',
      'https://a b/',
      'https://app.example/é',
      'https://app.example/\r\nX: y',
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'vbscript:x',
      'blob:https://app.example/x',
      'mailto:a@example.com',
      '--flag',
    ].map((uri) => [`redirect_uri ${JSON.stringify(uri)}`, { redirect_uri: uri }, ''] as const),
  ])('%s', async (_what, changes, suffix) => {
    const response = await fetchAuthorize(changes, suffix)
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
    expect(response.headers.get('content-type')).toBe('application/json')
    const body = (await response.json()) as Record<string, unknown>
    expect(body).toEqual({
      error: expect.stringMatching(/^invalid_(request|client)$/) as string,
      error_description: expect.any(String) as string,
      code: 400,
      message: body['error_description'],
    })
  })
})

describe('any other error goes back to the app', () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const purpose = 'dpv:FraudPreventionAndDetection'

  it.each<[string, Record<string, string | undefined>, string, string]>([
    ['response_type missing', { response_type: undefined }, '', 'invalid_request'],
    ['response_type token', { response_type: 'token' }, '', 'unsupported_response_type'],
    ['response_mode fragment', { response_mode: 'fragment' }, '', 'invalid_request'],
    ['scope missing', { scope: undefined }, '', 'invalid_scope'],
    ['scope without a purpose', { scope: 'number-verification:verify' }, '', 'invalid_scope'],
    ['scope cut at the #', { scope: purpose }, '', 'invalid_scope'],
    [
      'two purposes',
      { scope: `${purpose} dpv:ServiceProvision number-verification:verify` },
      '',
      'invalid_scope',
    ],
    ['scope encoded twice', { scope: `${purpose}%23number-verification-verify-read` }, '', 'invalid_scope'],
    ['another API', { scope: `${purpose}#sim-swap` }, '', 'invalid_scope'],
    ['prompt unknown', { prompt: 'maybe' }, '', 'invalid_request'],
    ['prompt none with another', { prompt: 'none login' }, '', 'invalid_request'],
    ['login_hint malformed', { login_hint: 'tel:34600000001' }, '', 'invalid_request'],
    ['login_hint whose + became a space', { login_hint: ' 34600000001' }, '', 'invalid_request'],
    [
      'challenge by another method',
      { code_challenge: challenge, code_challenge_method: 'S512' },
      '',
      'invalid_request',
    ],
    ['challenge too short', { code_challenge: 'x', code_challenge_method: 'S256' }, '', 'invalid_request'],
    ['a method without a challenge', { code_challenge_method: 'S256' }, '', 'invalid_request'],
    ['a parameter twice', {}, '&nonce=1&nonce=2', 'invalid_request'],
    ['the scope twice', {}, `&scope=${encodeURIComponent(purpose)}`, 'invalid_request'],
  ])('%s', async (_what, changes, suffix, error) => {
    const response = await fetchAuthorize({ state: 's&é', ...changes }, suffix)
    expect(response.status).toBe(302)
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe(redirectUri)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error,
      // The characters that RFC 6749 allows.
      error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) as string,
      state: 's&é',
      iss: simulator.baseUrl,
    })
  })

  it('without the state, when it came twice', async () => {
    const response = await fetchAuthorize({}, '&state=other')
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.searchParams.get('error')).toBe('invalid_request')
    expect(location.searchParams.has('state')).toBe(false)
  })
})

describe('the methods', () => {
  it.each(['POST', 'HEAD', 'PUT', 'OPTIONS'])('%s is not allowed', async (method) => {
    const response = await fetch(authorizeUrl(simulator), { method, redirect: 'manual' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
  })
})
