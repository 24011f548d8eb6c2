// Requests that no honest client sends: each is answered, none is redirected, and the simulator goes on.
import { Agent, get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CookieJar } from 'tough-cookie'
import { listen } from '../../src/io/listener.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { createTestClock } from '../support/context.ts'
import {
  authorizeUrl,
  followChain,
  obtainToken,
  postToken,
  sendRaw,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator
let gatewayPort: string
let operatorPort: string

beforeAll(async () => {
  simulator = await startTestSimulator()
  gatewayPort = new URL(simulator.baseUrl).port
  operatorPort = new URL(simulator.operatorUrl).port
})

afterAll(() => simulator.close())

const target = () => authorizeUrl(simulator).slice(new URL(simulator.baseUrl).origin.length)
const request = (line: string, ...headers: string[]) =>
  [line, ...headers, 'Connection: close', '', ''].join('\r\n')
const statusOf = (response: string) => Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(response)?.[1])

describe.each([
  ['the gateway', () => gatewayPort],
  ['the operator', () => operatorPort],
])('%s', (_name, port) => {
  it.each([
    ['//', () => request('GET // HTTP/1.1', 'Host: localhost'), 404],
    [
      '//evil.example/apigateway/authorize',
      () => request('GET //evil.example/apigateway/authorize HTTP/1.1', 'Host: localhost'),
      404,
    ],
    ['a target of *', () => request('OPTIONS * HTTP/1.1', 'Host: localhost'), 400],
    ['a path with dots', () => request('GET /apigateway/../../etc/passwd HTTP/1.1', 'Host: localhost'), 404],
    ['a path of NULs', () => request('GET /%00%00 HTTP/1.1', 'Host: localhost'), 404],
    ['broken percent-encoding', () => request('GET /%zz?%zz=%zz HTTP/1.1', 'Host: localhost'), 404],
    ['no Host in HTTP/1.1', () => request(`GET ${target()} HTTP/1.1`), 400],
    ['no Host in HTTP/1.0', () => request(`GET ${target()} HTTP/1.0`), 400],
    ['an empty Host', () => request(`GET ${target()} HTTP/1.1`, 'Host:'), 400],
    ['two Hosts', () => request(`GET ${target()} HTTP/1.1`, 'Host: localhost', 'Host: evil.example'), 400],
    ['a Host of another', () => request(`GET ${target()} HTTP/1.1`, 'Host: evil.example'), 421],
    [
      'a Host that starts like ours',
      () => request(`GET ${target()} HTTP/1.1`, 'Host: 127.0.0.1.evil.example'),
      421,
    ],
    ['a Host with a user', () => request(`GET ${target()} HTTP/1.1`, 'Host: localhost@evil.example'), 400],
    ['a Host with a path', () => request(`GET ${target()} HTTP/1.1`, 'Host: localhost/x'), 400],
    ['a Host with markup', () => request(`GET ${target()} HTTP/1.1`, 'Host: <script>'), 400],
    [
      'an absolute target of another',
      () => request('GET http://evil.example/apigateway/authorize HTTP/1.1', 'Host: localhost'),
      421,
    ],
    ['an absolute target without a host', () => request('GET http:/// HTTP/1.1', 'Host: localhost'), 400],
    ['an unusual method', () => request('PROPFIND /x HTTP/1.1', 'Host: localhost'), 404],
    ['a made-up method', () => request('BREW / HTTP/1.1', 'Host: localhost'), 400],
    ['TLS on the plain port', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
  ])('answers %s', async (_what, bytes, status) => {
    const response = await sendRaw(port(), bytes())
    expect(statusOf(response)).toBe(status)
    expect(response).not.toMatch(/^location:/im)
    expect(response).not.toContain('evil.example')
  })
})

describe('the gateway', () => {
  it('serves an absolute-form target under the host that it names', async () => {
    const response = await sendRaw(
      gatewayPort,
      request(`GET http://localhost:${gatewayPort}${target()} HTTP/1.1`, 'Host: 127.0.0.1'),
    )
    expect(statusOf(response)).toBe(302)
    expect(response).toContain(`location: http://localhost:${operatorPort}/authorize?`)
  })

  it('reflects nothing of a query', async () => {
    const mark = '<script>alert(1)</script>'
    const query = new URLSearchParams({
      client_id: mark,
      redirect_uri: mark,
      scope: mark,
      state: mark,
    }).toString()
    for (const path of ['authorize', 'callback', mark]) {
      const response = await fetch(`${simulator.baseUrl}/${path}?${query}`, { redirect: 'manual' })
      const text = await response.text()
      expect(text).not.toContain('<')
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('refuses a body of a megabyte, says so in its log, and lives on', async () => {
    const response = await postToken(simulator, `code=${'x'.repeat(1 << 20)}`).catch(() => null)
    expect(response?.status ?? 413).toBe(413)
    expect(simulator.entries.at(-1)).toMatchObject({ status: 413, detail: 'CONTENT_TOO_LARGE' })
    expect(await obtainToken(simulator)).toMatch(/^[\w-]{43}$/)
  })

  it('refuses JSON with text that is not Unicode', async () => {
    const response = await postToken(simulator, '{"grant_type":"authorization_code","code":"\\ud800"}')
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('not Unicode') as string,
    })
  })

  it('answers 500 where it is itself at fault, and tells how in the log only', async () => {
    const clock = createTestClock()
    const broken = await startTestSimulator({}, clock)
    clock.now = () => {
      throw new Error('the clock stands still')
    }
    const response = await fetch(authorizeUrl(broken), { redirect: 'manual' })
    expect([response.status, await response.text()]).not.toContain('clock')
    expect(response.status).toBe(500)
    expect(broken.entries).toMatchObject([{ status: 500, detail: 'a bug: the clock stands still' }])
    await broken.close()
  })

  it('forgets the oldest of five thousand authorizations, and serves the newest', async () => {
    const jar = new CookieJar()
    const first = await followChain(authorizeUrl(simulator), { jar, stopAt: /callback\?/ })
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const ask = () =>
      new Promise<void>((resolve, reject) => {
        get(authorizeUrl(simulator), { agent }, (response) => response.resume().once('end', resolve)).once(
          'error',
          reject,
        )
      })
    await Promise.all(Array.from({ length: 5000 }, ask))
    agent.destroy()
    expect(((await followChain((first.last as URL).href, { jar })).last as Response).status).toBe(400)
    expect((await followChain(authorizeUrl(simulator))).last).toBeInstanceOf(URL)
  })
})

describe('the entries of the log', () => {
  it('tell every hop, and hold no code, token, secret or phone number', async () => {
    const fresh = await startTestSimulator()
    const { last, hops } = await followChain(
      authorizeUrl(fresh, { login_hint: 'tel:+34699999991', state: '+34699999991' }),
    )
    const code = (last as URL).searchParams.get('code') ?? ''
    await postToken(fresh, { grant_type: 'authorization_code', code }, { authorization: 'Basic eDp5' })
    const { access_token: accessToken } = (await (
      await postToken(fresh, { grant_type: 'authorization_code', code })
    ).json()) as { access_token: string }
    for (let i = 0; i < 2; i++) {
      await fetch(`${fresh.apiUrl}/number-verification/v1/verify?x=${accessToken}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body: '{"phoneNumber":"+34699999991"}',
      })
    }
    await fetch(authorizeUrl(fresh, { scope: 'x' }), { redirect: 'manual' })
    expect(
      fresh.entries.map(
        ({ origin, method, path, status, detail }) => `${origin} ${method} ${path} ${status} ${detail}`,
      ),
    ).toEqual([
      'gateway GET /apigateway/authorize 302 → operator',
      'operator GET /authorize 302 → operator, identify',
      'operator GET /identify 302 → gateway, operator code',
      'gateway GET /apigateway/callback 302 → app, code',
      'gateway POST /apigateway/token 401 invalid_client: The client is not known here.',
      'gateway POST /apigateway/token 200 access token',
      'gateway POST /apigateway/number-verification/v1/verify 200 true',
      'gateway POST /apigateway/number-verification/v1/verify 401 access token used before',
      'gateway GET /apigateway/authorize 302 → app, invalid_scope',
    ])
    const log = JSON.stringify(fresh.entries)
    const inner = hops.flatMap(({ url }) =>
      [...new URL(url).searchParams].flatMap(([name, value]) =>
        /code$|state|journey/.test(name) && value.length > 20 ? [value] : [],
      ),
    )
    expect(inner.length).toBeGreaterThan(2)
    for (const canary of [code, accessToken, '699999991', ...inner, fresh.clientSecret])
      expect(log).not.toContain(canary)
    await fresh.close()
  })
})

describe('starting', () => {
  const ports = {
    clock: { now: () => 0, elapsed: () => 0, sleep: async () => {} },
    random: (byteCount: number) => new Uint8Array(byteCount),
  }

  it('leaves nothing listening when the port is taken', async () => {
    const opened: number[] = []
    const closed: number[] = []
    const watched: typeof listen = async (host, port, handler) => {
      const listener = await listen(host, port, handler)
      opened.push(listener.port)
      return { ...listener, close: () => (closed.push(listener.port), listener.close()) }
    }
    const attempt = startSimulator(
      { ...ports, listen: watched },
      { host: '127.0.0.1', port: Number(gatewayPort) },
    )
    await expect(attempt).rejects.toMatchObject({ name: 'SetupError' })
    expect(opened).toHaveLength(1)
    expect(closed).toEqual(opened)
  })

  it('on every address accepts any plain host name, and names loopback in its URLs', async () => {
    const open = await startTestSimulator({ host: '0.0.0.0' })
    expect(open.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/apigateway$/)
    const port = new URL(open.baseUrl).port
    const bytes = (host: string) => request(`GET ${target()} HTTP/1.1`, `Host: ${host}`)
    expect(await sendRaw(port, bytes(`laptop.local:${port}`))).toContain(
      `location: http://laptop.local:${new URL(open.operatorUrl).port}/authorize?`,
    )
    expect(statusOf(await sendRaw(port, bytes('a b')))).toBe(400)
    await open.close()
  })

  it('closes both ports', async () => {
    const started = await startTestSimulator()
    await started.close()
    await expect(fetch(started.baseUrl)).rejects.toThrow()
    await expect(fetch(started.operatorUrl)).rejects.toThrow()
  })
})
