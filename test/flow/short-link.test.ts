// The short link: what it leads to, who does not get further, and the address that is pasted on its page.
import { afterAll, describe, expect, it } from 'vitest'
import { createTestContext } from '../support/context.ts'
import { type CallbackListener, openCallbackListener } from '../../src/reach/inlets/listener.ts'
import type { Start } from '../../src/reach/inlets/start-link.ts'
import type { Arrive } from '../../src/reach/arrival.ts'
import { sendBytes } from '../support/broken-server.ts'

const state = 'state-of-this-attempt'
const redirectUri = 'https://shop.invalid/number/callback'
const start: Start = {
  authorizeUrl: `https://gateway.example/authorize?state=${state}&client_id=x`,
  phoneNumber: '+34600000001',
  redirectUri,
  state,
  landing: 'elsewhere',
  isSkipped: false,
}

type Arrival = Parameters<Arrive>[0]

interface Opened {
  listener: CallbackListener
  link: string
  arrivals: Arrival[]
  callback: Promise<URLSearchParams>
}

const opened: CallbackListener[] = []

async function open(changes: Partial<Start> = {}): Promise<Opened> {
  const arrivals: Arrival[] = []
  const listener = await openCallbackListener(createTestContext().context, {
    address: { host: '127.0.0.1', port: 0 },
    redirectUri,
    leadsHere: false,
    arrive: (arrival) => arrivals.push(arrival),
  })
  opened.push(listener)
  const link = listener.reachAt(`http://127.0.0.1:${listener.port}`)
  listener.offer({ ...start, ...changes })
  const { callback } = listener.expect(state)
  return { listener, link, arrivals, callback }
}

const get = (url: string | URL, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url, { headers, method, redirect: 'manual' })
const paste = (link: string, address: string, headers: Record<string, string> = {}) =>
  fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(link).origin, ...headers },
    body: new URLSearchParams({ address }),
  })

afterAll(() => Promise.all(opened.map((listener) => listener.close())))

describe('the link', () => {
  it('is short, unguessable, and holds neither state nor number', async () => {
    const { link, listener } = await open()
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${listener.port}/s/[\\w-]{8}$`))
    expect((await open()).link.split('/s/')[1]).not.toBe(link.split('/s/')[1])
  })

  it('leads to a page that no one keeps, frames or passes on, without state, code or the whole number', async () => {
    const { link } = await open()
    const answer = await get(link)
    const html = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*frame-ancestors 'none'$/,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('x-robots-tag')).toBe('noindex, nofollow')
    // Nothing goes to other origins, and its own form says where it was.
    expect(answer.headers.get('referrer-policy')).toBe('same-origin')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(html).toContain('+34*******01')
    for (const secret of [state, '600000001', 'gateway.example']) expect(html).not.toContain(secret)
  })

  it('goes on with its button only, with no trace of the page', async () => {
    const { link, arrivals } = await open()
    const html = await (await get(link)).text()
    const href = /id="go" href="([^"]+)"/.exec(html)?.[1] ?? ''
    const gone = await get(new URL(href, link))
    expect([gone.status, gone.headers.get('location')]).toEqual([303, start.authorizeUrl])
    expect(gone.headers.get('referrer-policy')).toBe('no-referrer')
    expect(gone.headers.get('cache-control')).toBe('no-store')
    expect(arrivals).toEqual([])
  })

  it('goes on at once with --go', async () => {
    const { link } = await open({ isSkipped: true })
    const gone = await get(link)
    expect([gone.status, gone.headers.get('location')]).toEqual([302, start.authorizeUrl])
  })

  const others: Array<[string, Record<string, string>, string]> = [
    ['a prefetch', { 'sec-purpose': 'prefetch;prerender' }, 'GET'],
    ['a prefetch of Safari', { 'x-moz': 'prefetch' }, 'GET'],
    ['HEAD', {}, 'HEAD'],
    ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 'GET'],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 'GET'],
    ['WhatsApp', { 'user-agent': 'WhatsApp/2.23.20.0' }, 'GET'],
    ['Telegram', { 'user-agent': 'TelegramBot (like TwitterBot)' }, 'GET'],
    ['Slack', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }, 'GET'],
    [
      'iMessage',
      { 'user-agent': 'Mozilla/5.0 (Macintosh) facebookexternalhit/1.1 Facebot Twitterbot/1.0' },
      'GET',
    ],
    ['Teams', { 'user-agent': 'Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5' }, 'GET'],
  ]

  it.each(others)('is not spent by %s, with --go neither', async (_name, headers, method) => {
    for (const isSkipped of [false, true]) {
      const { link, arrivals } = await open({ isSkipped })
      for (const url of [link, `${link}?go`]) {
        const answer = await get(url, headers, method)
        expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
      }
      expect((await get(`${link}?go`)).headers.get('location')).toBe(start.authorizeUrl)
      expect(arrivals).toEqual([])
    }
  })

  it('is not found under another key, another Host or before it is offered', async () => {
    const { link, listener } = await open()
    expect((await get(link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).status).toBe(404)
    const { pathname } = new URL(link)
    const rebound = `GET ${pathname} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`
    expect(await sendBytes(listener.port, rebound)).toMatch(/^HTTP\/1\.1 421 /)
    const tunnelled = listener.reachAt('https://blue-cat.tunnel.example')
    expect(tunnelled).toBe(`https://blue-cat.tunnel.example${pathname}`)
    const known = `GET ${pathname} HTTP/1.1\r\nHost: blue-cat.tunnel.example\r\nConnection: close\r\n\r\n`
    expect(await sendBytes(listener.port, known)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('an address that is pasted on the page', () => {
  it('is taken once, recorded with the phone that sent it, and followed by the result', async () => {
    const { link, arrivals, callback, listener } = await open()
    const answer = await paste(link, `${redirectUri}?code=abc&state=${state}`, { 'user-agent': 'Phone/1' })
    expect(answer.status).toBe(303)
    expect((await callback).get('code')).toBe('abc')
    expect(arrivals).toMatchObject([
      {
        via: 'paste',
        from: '127.0.0.1',
        verdict: 'taken',
        what: { host: 'shop.invalid', userAgent: 'Phone/1' },
      },
    ])
    const location = answer.headers.get('location') ?? ''
    expect(location).toMatch(/^\?result=[\w-]{22}$/)
    const shown = get(new URL(location, link))
    const again = await paste(link, `${redirectUri}?code=abc&state=${state}`)
    expect([again.status, arrivals.length]).toEqual([409, 1])
    expect((await get(link)).status).toBe(409)
    await listener.close()
    expect(await (await shown).text()).toContain('Stopped')
  })

  const wrong: Array<[string, string, string]> = [
    ['a bare code', 'f00baa123456', 'only the code'],
    ['the authorize URL', start.authorizeUrl + '&response_type=code', 'not the one the phone ended on'],
    ['another attempt', `${redirectUri}?code=abc&state=other`, 'belongs to another attempt'],
    ['a page without anything', 'https://shop.invalid/', 'no code, error or state'],
    ['an error page', 'https://gateway.example/error?error=invalid_client', 'shows an error: invalid_client'],
    ['markup', `${redirectUri}?error=<script>alert(1)</script>&state=other`, 'belongs to another attempt'],
  ]

  it.each(wrong)('is answered with what it is: %s', async (_name, text, words) => {
    const { link, arrivals } = await open()
    const answer = await paste(link, text)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(words)
    expect(html).toContain('role="alert"')
    expect(html).not.toContain('<script>alert')
    expect(arrivals).toHaveLength(1)
    expect((await paste(link, `${redirectUri}?code=abc&state=${state}`)).status).toBe(303)
  })

  it('is refused from a page of another site, when it is too long, and when there is none', async () => {
    const { link, arrivals } = await open()
    const good = `${redirectUri}?code=abc&state=${state}`
    expect((await paste(link, good, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await paste(link, good, { origin: 'null' })).status).toBe(403)
    expect((await paste(link, 'x'.repeat(17_000))).status).toBe(413)
    expect((await paste(link, 'x'.repeat(100_000))).status).toBe(413)
    expect((await paste(link, ' ')).status).toBe(422)
    expect(arrivals).toEqual([])
  })
})
