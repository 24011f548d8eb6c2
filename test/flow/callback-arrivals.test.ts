// Everything that reaches the callback's port is recorded, with why it was not taken; the phone reads what happened.
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type CallbackListener, openCallbackListener } from '../../src/reach/inlets/listener.ts'
import type { Arrive } from '../../src/reach/arrival.ts'
import { sendBytes } from '../support/broken-server.ts'
import { createTestContext } from '../support/context.ts'
import { freePort } from '../support/ports.ts'

type Recorded = Parameters<Arrive>[0]

const state = 'state-of-this-attempt'
const query = `code=abc&state=${state}`
let listener: CallbackListener
let arrivals: Recorded[]
let port: number

async function open(redirectUri: string | null = null): Promise<CallbackListener> {
  arrivals = []
  port = redirectUri?.startsWith('http:') ? Number(new URL(redirectUri).port) : await freePort()
  listener = await openCallbackListener(createTestContext().context, {
    address: { host: '127.0.0.1', port },
    redirectUri,
    arrive: (arrival) => arrivals.push(arrival),
  })
  return listener
}

afterEach(() => listener.close())

function get(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<string> {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return sendBytes(
    port,
    [`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close', '', body].join('\r\n'),
  )
}

const post = (target: string, body: string, headers: Record<string, string> = {}) =>
  get(
    target,
    { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': `${body.length}`, ...headers },
    'POST',
    body,
  )

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const titleOf = (answer: string) => /<h1>(.*)<\/h1>/.exec(answer)?.[1]

describe('a callback that is not taken is recorded, and told to the phone that has our state', () => {
  it('with a slash behind its path', async () => {
    const { callback: _waits } = (await open()).expect(state)
    const answer = await get(`/callback/?${query}`, {
      'User-Agent': 'Phone/1',
      'X-Forwarded-For': '192.0.2.7',
    })
    expect([statusOf(answer), titleOf(answer)]).toEqual([404, 'Not accepted'])
    expect(answer).toContain('at another path')
    expect(arrivals).toEqual([
      {
        via: 'listener',
        from: '127.0.0.1',
        verdict: 'wrong_path',
        what: {
          kind: 'request',
          method: 'GET',
          host: `127.0.0.1:${port}`,
          path: '/callback/',
          parameters: ['code', 'state'],
          isInFragment: false,
          state: 'ours',
          error: null,
          errorDescription: null,
          errorUri: null,
          issuer: null,
          forwardedFor: '192.0.2.7',
          userAgent: 'Phone/1',
          hints: {},
        },
      },
    ])
  })

  it('without the prefix that a tunnel took off', async () => {
    void (await open('https://tunnel.example/nv/callback')).expect(state)
    const answer = await get(`/callback?${query}`, { Host: 'tunnel.example' })
    expect(statusOf(answer)).toBe(404)
    expect(arrivals).toMatchObject([{ verdict: 'wrong_path', what: { path: '/callback', state: 'ours' } }])
  })

  it.each(['/callback%3Fcode=abc&state=%s', '/callback%3fcode%3Dabc%26state%3D%s'])(
    'with its query encoded into the path: %s',
    async (target) => {
      void (await open()).expect(state)
      const answer = await get(target.replace('%s', state))
      expect([statusOf(answer), titleOf(answer)]).toEqual([404, 'Not accepted'])
      expect(arrivals).toMatchObject([
        {
          verdict: 'wrong_path',
          what: { path: '/callback%3F…', parameters: ['code', 'state'], state: 'ours' },
        },
      ])
      expect(JSON.stringify(arrivals)).not.toMatch(/abc|state-of-this/)
    },
  )

  it('under another host', async () => {
    void (await open('https://tunnel.example/callback')).expect(state)
    const answer = await get(`/callback?${query}`, { Host: `host.docker.internal:${port}` })
    expect([statusOf(answer), titleOf(answer)]).toEqual([421, 'Not accepted'])
    expect(arrivals).toMatchObject([
      { verdict: 'wrong_host', what: { host: `host.docker.internal:${port}`, state: 'ours' } },
    ])
  })

  it.each([{}, { Origin: 'https://gateway.example' }])('as a form, %j', async (headers) => {
    void (await open()).expect(state)
    const answer = await post('/callback', query, headers)
    expect([statusOf(answer), titleOf(answer)]).toEqual([405, 'Not accepted'])
    expect(answer).toContain('as a form (POST)')
    expect(arrivals).toMatchObject([
      { verdict: 'wrong_method', what: { method: 'POST', parameters: ['code', 'state'], state: 'ours' } },
    ])
    expect(JSON.stringify(arrivals)).not.toMatch(/abc|state-of-this/)
  })

  it('over TLS', async () => {
    void (await open()).expect(state)
    await new Promise((resolve) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      socket.on('error', () => {})
      socket.on('close', resolve)
    })
    expect(arrivals).toMatchObject([
      { verdict: 'tls_on_plain_port', from: '127.0.0.1', what: { kind: 'tls', method: null } },
    ])
  })

  it('without anything, as a browser does that keeps the response behind a #', async () => {
    void (await open()).expect(state)
    expect(statusOf(await get('/callback'))).toBe(400)
    expect(arrivals).toMatchObject([{ verdict: 'no_parameters', what: { parameters: [], state: 'missing' } }])
  })

  it('as an error without a state, which is answered like any other', async () => {
    void (await open()).expect(state)
    const answer = await get('/callback?error=access_denied&error_description=Line+not+found')
    expect([statusOf(answer), titleOf(answer)]).toEqual([400, 'Nothing to see here'])
    expect(answer).toContain('This link has expired or was already used.')
    expect(arrivals).toMatchObject([
      { verdict: 'state_missing', what: { error: 'access_denied', errorDescription: 'Line not found' } },
    ])
  })

  it.each<[string, string, Record<string, string>, string]>([
    ['a favicon', '/favicon.ico', {}, 'wrong_path'],
    ['another state', '/callback?code=x&state=other', {}, 'state_differs'],
    ['two states', `/callback?${query}&state=${state}`, {}, 'state_doubled'],
    ['a page of another origin', `/callback?${query}`, { Origin: 'https://evil.example' }, 'foreign_origin'],
    ['a preview', `/callback?${query}`, { 'Sec-Purpose': 'prefetch' }, 'prefetch'],
    ['an absolute target', `http://evil.example/callback?${query}`, {}, 'malformed_target'],
    ['a guessed result', '/callback?result=AAAAAAAAAAAAAAAAAAAAAA', {}, 'no_parameters'],
  ])('%s', async (_what, target, headers, verdict) => {
    void (await open()).expect(state)
    await get(target, headers)
    expect(arrivals.map((arrival) => arrival.verdict)).toEqual([verdict])
  })

  it('whatever its length, not at length', async () => {
    void (await open()).expect(state)
    await get(`/callback?error=e&error_description=${'d'.repeat(9000)}&${'x=&'.repeat(1000)}`, {
      'User-Agent': 'u'.repeat(2000),
    })
    expect(JSON.stringify(arrivals).length).toBeLessThan(4000)
  })
})

it('the host with its default port is the same host', async () => {
  const { callback } = (await open('https://tunnel.example/callback')).expect(state)
  expect(statusOf(await get(`/callback?${query}`, { Host: 'tunnel.example:80' }))).toBe(421)
  expect(statusOf(await get(`/callback?${query}`, { Host: 'Tunnel.Example:443' }))).toBe(303)
  expect((await callback).get('code')).toBe('abc')
  expect(arrivals.map(({ verdict }) => verdict)).toEqual(['wrong_host', 'taken'])
})

it('one listener hears one run after the other, and several at once', async () => {
  await open()
  const first = listener.expect('first')
  const second = listener.expect('second')
  const location = /location: (\S+)/.exec(await get('/callback?code=2&state=second'))?.[1]
  expect((await second.callback).get('code')).toBe('2')
  const page = get(`/callback${location}`)
  await second.answer({ tone: 'good', title: 'Second', text: 'done' })
  expect(titleOf(await page)).toBe('Second')
  await get('/callback?code=1&state=first')
  expect((await first.callback).get('code')).toBe('1')
  expect(statusOf(await get('/callback?code=3&state=third'))).toBe(400)
  const third = listener.expect('third')
  await get('/callback?code=3&state=third')
  expect((await third.callback).get('code')).toBe('3')
  expect(statusOf(await get('/callback?code=1&state=first'))).toBe(409)
  expect(arrivals.map(({ verdict }) => verdict)).toEqual([
    'taken',
    'taken',
    'state_differs',
    'taken',
    'already_taken',
  ])
})
