// Whatever reaches the callback's port: nothing ends or consumes the flow, and the true callback still succeeds.
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendBytes } from '../support/broken-server.ts'
import {
  bringCallback,
  canary,
  type Gateway,
  startGateway,
  startWaitingFlow,
  type WaitingFlow,
} from '../support/gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

/** Lets the true callback come after all, and checks that it is the one that counted. */
async function expectSuccess(flow: WaitingFlow): Promise<void> {
  const tokensBefore = gateway.count('token')
  const page = await bringCallback(flow)
  expect(await page.text()).toContain('Verified')
  const run = await flow.run
  expect(run).toMatchObject({ outcome: 'verified', exitCode: 0 })
  expect(gateway.count('token')).toBe(tokensBefore + 1)
}

type Bytes = (flow: WaitingFlow) => string

const request =
  (line: (target: string) => string, ...headers: string[]): Bytes =>
  ({ callbackTarget, port }) =>
    [
      line(callbackTarget),
      ...headers.map((header) => header.replace('PORT', String(port))),
      'Connection: close',
      '',
      '',
    ].join('\r\n')
const get = (...headers: string[]) => request((target) => `GET ${target} HTTP/1.1`, ...headers)
const host = 'Host: 127.0.0.1:PORT'

describe('a request that carries the true code and state is refused when it', () => {
  it.each<[string, Bytes, number]>([
    ['has no Host', get(), 421],
    ['is HTTP/1.0 without a Host', request((target) => `GET ${target} HTTP/1.0`), 421],
    ['has an empty Host', get('Host:'), 421],
    ['has the Host of another', get('Host: evil.example'), 421],
    ['has a Host of another that points here', get('Host: evil.example:PORT'), 421],
    ['has a Host that begins like ours', get('Host: 127.0.0.1.evil.example:PORT'), 421],
    ['has our Host with another port', get('Host: 127.0.0.1:1'), 421],
    ['has two Hosts', get(host, 'Host: evil.example'), 421],
    ['has the same Host twice', get(host, host), 421],
    ['has a foreign Origin', get(host, 'Origin: https://evil.example'), 403],
    ['has an Origin of null', get(host, 'Origin: null'), 403],
    [
      'has two Origins, one of them ours',
      get(host, 'Origin: http://127.0.0.1:PORT', 'Origin: https://evil.example'),
      403,
    ],
    ['has an absolute target of another', request((t) => `GET http://evil.example${t} HTTP/1.1`, host), 400],
    ['has an absolute target of ours', request((t) => `GET http://127.0.0.1${t} HTTP/1.1`, host), 400],
    ['has a target of two slashes', request((t) => `GET /${t} HTTP/1.1`, host), 400],
    ['has a backslash in its target', request((t) => `GET \\${t.slice(1)} HTTP/1.1`, host), 400],
    ['has a target of *', request(() => 'OPTIONS * HTTP/1.1', host), 400],
    ['is a HEAD', request((t) => `HEAD ${t} HTTP/1.1`, host), 405],
    ['is an OPTIONS', request((t) => `OPTIONS ${t} HTTP/1.1`, host), 405],
    ['is a POST', request((t) => `POST ${t} HTTP/1.1`, host, 'Content-Length: 0'), 405],
    ['is a TRACE', request((t) => `TRACE ${t} HTTP/1.1`, host), 405],
    ['is a prefetch', get(host, 'Sec-Purpose: prefetch'), 503],
    ['is a prerender', get(host, 'Sec-Purpose: prefetch;prerender'), 503],
    ['is a prefetch of old', get(host, 'Purpose: prefetch'), 503],
    ["is Safari's preview", get(host, 'X-Purpose: preview', 'X-Moz: prefetch'), 503],
    ['has another path', request((t) => `GET ${t.replace('/callback', '/callback/')} HTTP/1.1`, host), 404],
    [
      'has a path in other letters',
      request((t) => `GET ${t.replace('/callback', '/CALLBACK')} HTTP/1.1`, host),
      404,
    ],
    ['has a header without an end', (flow) => `GET ${flow.callbackTarget} HTTP/1.1\r\nHost\r\n\r\n`, 400],
    ['has a header folded over lines', get(host, 'X-Folded: a\r\n b: c\r\nX\u0000: d'), 400],
  ])('%s', async (_what, bytes, status) => {
    const flow = await startWaitingFlow(gateway.urls)
    const answer = await sendBytes(flow.port, bytes(flow))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toMatch(/^location:/im)
    expect(answer).not.toContain(flow.state)
    await expectSuccess(flow)
    expect((await flow.run).findings).toEqual([])
  })
})

describe('what is no callback at all leaves the flow waiting', () => {
  it.each<[string, Bytes]>([
    ['the favicon', request(() => 'GET /favicon.ico HTTP/1.1', host)],
    ['the root', request(() => 'GET / HTTP/1.1', host)],
    ['the bare path', request(() => 'GET /callback HTTP/1.1', host)],
    ['//', request(() => 'GET // HTTP/1.1', host)],
    ['a path out of the folder', request(() => 'GET /../../etc/passwd HTTP/1.1', host)],
    ['broken percent-encoding', request(() => 'GET /callback?%zz=%ff&%=1 HTTP/1.1', host)],
    ['a URL of 17 KB', request((t) => `GET ${t}&x=${'x'.repeat(17_000)} HTTP/1.1`, host)],
    ['20,000 parameters', request(() => `GET /callback?${'&'.repeat(10_000)} HTTP/1.1`, host)],
    [
      'an upgrade',
      request(() => 'GET /callback HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket'),
    ],
    ['a tunnel', request(() => 'CONNECT 127.0.0.1:PORT HTTP/1.1', host)],
    ['a made-up method', request((t) => `BREW ${t} HTTP/1.1`, host)],
    ['a guessed result', request(() => 'GET /callback?result=AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1', host)],
    ['an empty result', request(() => 'GET /callback?result= HTTP/1.1', host)],
    [
      'an oversized body',
      request(() => `POST /callback HTTP/1.1`, host, `Content-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`),
    ],
    ['bytes that are not HTTP', () => '\u0000\u0001\u0002\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const flow = await startWaitingFlow(gateway.urls)
    await sendBytes(flow.port, bytes(flow))
    await expectSuccess(flow)
    expect((await flow.run).findings).toEqual([])
  })

  it('a TLS handshake', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    await new Promise<void>((resolve) => {
      const socket = connectTls({ port: flow.port, host: '127.0.0.1', rejectUnauthorized: false })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
    await expectSuccess(flow)
  })

  it('a client that resets in the middle of its request', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    await new Promise<void>((resolve) => {
      const socket = connect(flow.port, '127.0.0.1', () =>
        socket.write(`GET ${flow.callbackTarget} HTTP/1.1\r\n`, () => socket.resetAndDestroy()),
      )
      socket.on('close', () => resolve())
    })
    await expectSuccess(flow)
  })
})

describe('a forged callback', () => {
  it.each<[string, (state: string) => string]>([
    ['a code and no state', () => 'code=forged'],
    ['a code and an empty state', () => 'code=forged&state='],
    ['a code and a wrong state', () => 'code=forged&state=wrong'],
    ['an error and no state', () => 'error=access_denied'],
    ['an error and a wrong state', () => 'error=access_denied&state=wrong'],
    ['the state in other letters', (state) => `code=forged&state=${state.toLowerCase()}x`],
    ['the beginning of the state', (state) => `code=forged&state=${state.slice(0, -1)}`],
    ['the state and more', (state) => `code=forged&state=${state}x`],
    ['the state twice', (state) => `code=forged&state=${state}&state=${state}`],
    ['the state after a wrong one', (state) => `code=forged&state=wrong&state=${state}`],
    ['the state under another name', (state) => `code=forged&STATE=${state}&state[]=${state}`],
  ])('with %s is answered neutrally, warned about, and not more', async (_what, query) => {
    const flow = await startWaitingFlow(gateway.urls)
    const answer = await fetch(`${flow.redirectUri}?${query(flow.state)}`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toMatch(/forged|wrong|access_denied|state/)
    await flow.warned
    await expectSuccess(flow)
    expect((await flow.run).findings.map(({ code, severity }) => [code, severity])).toEqual([
      [
        query('').startsWith('error=access_denied') && !query('').includes('state')
          ? 'error_without_state'
          : 'foreign_callback',
        'warning',
      ],
    ])
  })

  it('comes a hundred times: warned about once, and the true one still succeeds', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    for (let i = 0; i < 2; i++) {
      const round = Array.from({ length: 50 }, async (_, j) => {
        const answer = await fetch(`${flow.redirectUri}?${j % 2 ? 'code' : 'error'}=x&state=${i}-${j}`)
        return answer.arrayBuffer()
      })
      await Promise.all(round)
    }
    await expectSuccess(flow)
    expect((await flow.run).findings).toHaveLength(1)
    expect(flow.err().match(/A callback with a wrong state was ignored/g)).toHaveLength(1)
  })
})

describe('the true callback', () => {
  it.each([
    ['with the code twice', `code=${canary.code}&code=other`, 'doubled_parameter'],
    ['with an error twice', 'error=a&error=b', 'doubled_parameter'],
    ['with nothing but the state', '', 'no_code'],
    ['with an empty code', 'code=', 'no_code'],
    ['with an error', 'error=access_denied', 'access_denied'],
    ['with an error and a code', `error=access_denied&code=${canary.code}`, 'access_denied'],
  ])('%s fails at the step callback, and no token is asked for', async (_what, query, code) => {
    const tokensBefore = gateway.count('token')
    const flow = await startWaitingFlow(gateway.urls)
    const page = await fetch(`${flow.redirectUri}?${query}&state=${flow.state}`)
    expect(await page.text()).toContain('Could not tell')
    const run = await flow.run
    expect(run).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'callback' })
    expect(run.findings[0]?.code).toBe(code)
    expect(gateway.count('token')).toBe(tokensBefore)
  })
})
