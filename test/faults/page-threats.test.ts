// The threats of the callback server, at the addresses that came later: the short link, and the page of this machine.
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Arrive } from '../../src/reach/arrival.ts'
import { openCallbackListener } from '../../src/reach/inlets/listener.ts'
import { openLocalPage } from '../../src/reach/inlets/local-page.ts'
import type { LocalView } from '../../src/reach/pages/local.ts'
import { sendBytes } from '../support/broken-server.ts'
import { createTestContext } from '../support/context.ts'
import { hostileTexts, steersTerminal } from '../support/hostile-text.ts'
import { lanAddress } from '../support/lan.ts'
import { promptly } from '../support/promptly.ts'

const redirectUri = 'https://shop.invalid/number/callback'
const view: LocalView = {
  title: 'Check a phone’s number',
  number: '+34*******01',
  landing: 'elsewhere',
  redirectHost: 'shop.invalid',
  meeting: { qrCode: null, shortLink: null },
  steps: [],
  isWaiting: true,
  verdict: null,
  findings: [],
}

interface Place {
  url: string
  port: number
  state: string
  arrivals: Array<Parameters<Arrive>[0]>
  callback: Promise<URLSearchParams>
  close(): Promise<void>
}

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function openLink(state = 'state-of-this-attempt'): Promise<Place> {
  const arrivals: Place['arrivals'] = []
  const listener = await openCallbackListener(createTestContext().context, {
    address: { host: '127.0.0.1', port: 0 },
    redirectUri,
    leadsHere: false,
    arrive: (arrival) => arrivals.push(arrival),
  })
  const { port } = listener
  const authorizeUrl = `https://gateway.example/authorize?state=${state}`
  const what = { phoneNumber: '+34600000001', landing: 'elsewhere', isSkipped: false } as const
  const url = listener.reachAt(`http://127.0.0.1:${port}`)
  listener.offer({ authorizeUrl, redirectUri, state, ...what })
  closing.push(() => listener.close())
  return { url, port, state, arrivals, ...listener.expect(state), close: () => listener.close() }
}

async function openPage(state = 'state-of-this-attempt'): Promise<Place> {
  const arrivals: Place['arrivals'] = []
  const page = await openLocalPage(
    createTestContext().context,
    { expected: () => ({ redirectUri, state }), arrive: (arrival) => arrivals.push(arrival) },
    view,
  )
  page.offer(`https://gateway.example/authorize?state=${state}`)
  closing.push(() => page.close())
  const { url, callback } = page
  return { url, port: Number(new URL(url).port), state, arrivals, callback, close: () => page.close() }
}

const paste = ({ url }: Place, address: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin, ...headers },
    body: new URLSearchParams({ address }),
  })
const trueAddress = ({ state }: Place) => `${redirectUri}?code=abc&state=${state}`

async function expectStillTaken(place: Place): Promise<void> {
  expect((await fetch(place.url)).status).toBe(200)
  expect((await paste(place, trueAddress(place))).status).toBe(303)
  expect((await place.callback).get('code')).toBe('abc')
}

describe.each([
  ['the short link', openLink],
  ['the page of this machine', openPage],
])('%s', (name, open) => {
  test('threat 2: a request that is not as it should be ends and crashes nothing', async () => {
    const place = await open()
    const path = new URL(place.url).pathname
    const host = `127.0.0.1:${place.port}`
    const odd = [
      `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n`,
      `GET ${path} HTTP/1.1\r\n`,
      `GET http://evil.example${path} HTTP/1.1\r\nHost: ${host}\r\n`,
      `GET /${path} HTTP/1.1\r\nHost: ${host}\r\n`,
      `GET // HTTP/1.1\r\nHost: ${host}\r\n`,
      `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: ${host}\r\n`,
      `OPTIONS ${path} HTTP/1.1\r\nHost: ${host}\r\n`,
      `DELETE ${path} HTTP/1.1\r\nHost: ${host}\r\n`,
      `GET /favicon.ico HTTP/1.1\r\nHost: ${host}\r\n`,
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.example\r\nContent-Length: 9\r\n`,
    ]
    for (const head of odd) {
      const answer = await sendBytes(place.port, `${head}Connection: close\r\n\r\naddress=x`)
      expect(answer, head.slice(0, 60)).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(answer).not.toContain('gateway.example')
    }
    await sendBytes(place.port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0, 0, 0, 0, 0]).toString('latin1'))
    const quiet = { method: 'HEAD', headers: { 'sec-purpose': 'prefetch' } }
    expect((await fetch(place.url, quiet)).status).toBe(200)
    await expectStillTaken(place)
  })

  test('threat 3: two hundred addresses of other attempts, then the true one', async () => {
    const place = await open()
    for (let batch = 0; batch < 4; batch++) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          paste(
            place,
            `${redirectUri}?${i % 2 ? 'error=access_denied' : 'code=x'}&state=guess-${batch}-${i}`,
          ),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]))
    }
    expect(place.arrivals.filter(({ verdict }) => verdict === 'state_differs')).toHaveLength(200)
    await expectStillTaken(place)
  })

  test('threat 4: the true address twice is taken once', async () => {
    const place = await open()
    const answers = await Promise.all(Array.from({ length: 5 }, () => paste(place, trueAddress(place))))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4)
    expect(place.arrivals).toHaveLength(1)
  })

  test('threat 5: two runs side by side take their own only', async () => {
    const [one, other] = await Promise.all([open('state-one'), open('state-other')])
    expect((await paste(one, trueAddress(other))).status).toBe(422)
    expect((await paste(other, trueAddress(one))).status).toBe(422)
    await expectStillTaken(one)
    await expectStillTaken(other)
  })

  test.each(Object.entries(hostileTexts))('threat 6: inert on the page: %s', async (_name, text) => {
    const place = await open()
    const query = new URLSearchParams({ error: text, error_description: text, state: text })
    const answer = await paste(place, `https://gateway.example/error?${query}`)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html.replaceAll('\n', '')).not.toMatch(steersTerminal)
    expect(html).not.toMatch(/<(?:img|script>alert)/i)
    expect((await fetch(`${place.url}?${query}`)).status).toBe(200)
    expect(await (await fetch(`${place.url}?${query}`)).text()).not.toContain(text)
  })

  test('threat 7: the page is kept, framed, read and passed on by nobody', async () => {
    const place = await open()
    const { headers } = await fetch(place.url, { headers: { origin: 'https://evil.example' } })
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    const leaving = await fetch(`${place.url}?${name === 'the short link' ? 'go' : 'open'}`, {
      redirect: 'manual',
    })
    expect([leaving.status, leaving.headers.get('referrer-policy')]).toEqual([303, 'no-referrer'])
    const taken = await paste(place, trueAddress(place))
    expect(taken.headers.get('location')).not.toMatch(/code=|state=/)
  })

  test('threat 11: 200 slow clients keep nobody out, and nothing stays when it closes', async () => {
    const place = await open()
    const slow = await Promise.all(
      Array.from(
        { length: 200 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(place.port, '127.0.0.1', () => resolve(socket))
            socket.on('error', () => {}).write('GET / HTTP/1.1\r\n')
          }),
      ),
    )
    await expectStillTaken(place)
    await promptly(1000, place.close())
    await expect(fetch(place.url)).rejects.toThrow()
    for (const socket of slow) socket.destroy()
  })

  test('threat 12: it takes a port that is free, so that two are there at once', async () => {
    const [one, other] = await Promise.all([open(), open()])
    expect(one.port).not.toBe(other.port)
    await expectStillTaken(one)
    await expectStillTaken(other)
  })

  test('threat 13: its address is random, and tells nothing of the state', async () => {
    const keys = (await Promise.all([open(), open(), open()])).map(({ url }) => url.split('/').at(-1) ?? '')
    expect(new Set(keys).size).toBe(3)
    for (const key of keys) expect('state-of-this-attempt').not.toContain(key)
  })
})

describe('the page of this machine', () => {
  test.skipIf(lanAddress === null)('threat 1: no other machine reaches it', async () => {
    const { port } = await openPage()
    const refused = new Promise((resolve, reject) => {
      connect(port, lanAddress ?? '', () => reject(new Error('it was reached'))).on('error', resolve)
    })
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('through a port that ssh forwards, it is there under the names of this machine alone', async () => {
    const { url, port } = await openPage()
    const ask = async (host: string) => {
      const head = `GET ${new URL(url).pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      return (await sendBytes(port, head)).slice(9, 12)
    }
    for (const host of ['localhost:9000', '127.0.0.1:1234', '[::1]:80', 'LOCALHOST'])
      expect([host, await ask(host)]).toEqual([host, '200'])
    for (const host of [
      'evil.example',
      'localhost.evil.example:80',
      '127.0.0.1.nip.io',
      '192.168.1.7:80',
      '@',
    ])
      expect([host, await ask(host)]).toEqual([host, '404'])
  })

  test.each(['cross-site', 'same-site'])(
    'a request that a page of another origin makes is refused: %s',
    async (site) => {
      const { url } = await openPage()
      for (const address of [url, `${url}?open`, `${url}?part=live&since=0`])
        expect((await fetch(address, { headers: { 'sec-fetch-site': site } })).status).toBe(404)
      const { headers } = await fetch(url, { headers: { 'sec-fetch-site': 'none' } })
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('x-frame-options')).toBe('DENY')
    },
  )

  test('whoever waits for news is let go when it closes', async () => {
    const place = await openPage()
    const waiting = fetch(`${place.url}?part=live&since=1`).then(({ status }) => status)
    await fetch(place.url)
    await place.close()
    expect(await waiting).toBe(200)
  })
})
