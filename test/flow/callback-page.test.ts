// The pages that the phone gets: the result and nothing of the request, out of the address bar and out of caches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileTexts, steersTerminal } from '../support/hostile-text.ts'
import { sendBytes } from '../support/broken-server.ts'
import {
  bringCallback,
  canary,
  type Gateway,
  json,
  silence,
  startGateway,
  startWaitingFlow,
  type WaitingFlow,
  withGateway,
} from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

function expectPrivate({ headers }: Response): void {
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expect(headers.get('set-cookie')).toBeNull()
}

async function expectPage(response: Response): Promise<string> {
  expectPrivate(response)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; img-src data:; style-src 'sha256-[\w+/]+='; form-action 'none'; base-uri 'none'; frame-ancestors 'none'$/,
  )
  const html = await response.text()
  const tags = [...html.matchAll(/<[!/]?(\w+)/g)].map(([, name]) => name)
  const allowed = 'doctype html head meta title link style body main h1 p footer svg path circle dl div dt dd'
  expect([...new Set(tags)].filter((tag) => !allowed.split(' ').includes(tag ?? ''))).toEqual([])
  return html
}

const callbackUrl = (flow: WaitingFlow) => new URL(flow.callbackTarget, flow.redirectUri)
const get = (url: string | URL) => fetch(url, { redirect: 'manual' })

describe('the true callback', () => {
  it('is answered with a 303 to an address without code and state, on the same host whatever its name', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    const answer = await get(callbackUrl(flow))
    expect(answer.status).toBe(303)
    expectPrivate(answer)
    const location = answer.headers.get('location') ?? ''
    expect(location).toMatch(/^\?result=[\w-]{22}$/)
    expect(location).not.toContain(flow.state)
    const shown = await get(new URL(location, callbackUrl(flow)))
    expect(await expectPage(shown)).toContain('<h1>Verified</h1>')
    await flow.run
  })

  it('brought twice: one exchange, and a page that says so', async () => {
    const before = gateway.count('token')
    await withGateway({ token: silence }, async (slow) => {
      const flow = await startWaitingFlow(slow.urls)
      await get(callbackUrl(flow))
      await slow.reached('token')
      for (let i = 0; i < 5; i++) {
        const again = await get(callbackUrl(flow))
        expect(again.status).toBe(409)
        expect(await expectPage(again)).toContain('<h1>Already used</h1>')
      }
      const forged = await get(`${flow.redirectUri}?error=access_denied&state=${flow.state}`)
      expect(forged.status).toBe(409)
      flow.clock.advance(15_000)
      await flow.after('token')
      flow.clock.advance(1500)
      expect((await flow.run).failedStep).toBe('token')
      expect(slow.count('token')).toBe(1)
    })
    expect(gateway.count('token')).toBe(before)
  })

  it('brought by twenty at once: one exchange', async () => {
    const before = gateway.count('token')
    const flow = await startWaitingFlow(gateway.urls)
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(callbackUrl(flow))))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
    await flow.after('api')
    flow.clock.advance(1500)
    expect((await flow.run).outcome).toBe('verified')
    expect(gateway.count('token')).toBe(before + 1)
  })

  it('is not waited for long when the phone never fetches the result', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    await get(callbackUrl(flow))
    await flow.after('api')
    flow.clock.advance(1500)
    expect((await flow.run).outcome).toBe('verified')
  })
})

describe("the result's page", () => {
  it('comes only when the exchange is over', async () => {
    let release: () => void = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const verify = async () => {
      await released
      return json({ devicePhoneNumberVerified: true })
    }
    await withGateway({ verify }, async (slow) => {
      const flow = await startWaitingFlow(slow.urls)
      let isShown = false
      const page = bringCallback(flow).finally(() => (isShown = true))
      await slow.reached('verify')
      expect(isShown).toBe(false)
      release()
      expect(await expectPage(await page)).toContain('Verified')
    })
  })

  it.each([
    ['Verified', { verify: () => json({ devicePhoneNumberVerified: true }) }],
    ['Mismatch', { verify: () => json({ devicePhoneNumberVerified: false }) }],
    ['The step “api” failed', { verify: () => json({ devicePhoneNumberVerified: 'true' }) }],
    ['The step “token” failed', { token: () => json({ error: 'invalid_grant' }, 400) }],
  ])('says: %s', async (words, handlers) => {
    await withGateway(handlers, async (other) => {
      const flow = await startWaitingFlow(other.urls)
      const html = await expectPage(await bringCallback(flow))
      expect(html).toContain(words)
      expect(html).not.toContain('600000001')
      for (const secret of [flow.state, ...Object.values(canary)]) expect(html).not.toContain(secret)
      await flow.run
    })
  })

  it.each(Object.entries(hostileTexts))(
    'holds no markup and no controls of the gateway: %s',
    async (_name, text) => {
      const token = () => json({ error: `x${text}`, error_description: text }, 400)
      await withGateway({ token }, async (other) => {
        const flow = await startWaitingFlow(other.urls)
        const html = await expectPage(await bringCallback(flow))
        expect(html).toContain('The step “token” failed')
        expect(html.replaceAll('\n', '')).not.toMatch(steersTerminal)
        await flow.run
      })
    },
  )

  it('needs the key that only the phone of the true callback was given', async () => {
    const flow = await startWaitingFlow(gateway.urls)
    const guess = await get(`${flow.redirectUri}?result=${'A'.repeat(22)}`)
    expect(guess.status).toBe(400)
    expect(await expectPage(guess)).not.toContain('Verified')
    await bringCallback(flow)
    await flow.run
  })
})

it('no page reflects anything of the request', async () => {
  const flow = await startWaitingFlow(gateway.urls)
  const mark = `xss"'><script>alert(1)</script>`
  const query = new URLSearchParams({ [mark]: mark, code: mark, state: mark, error: mark, result: mark })
  const { origin, pathname } = new URL(flow.redirectUri)
  for (const path of [pathname, `/${encodeURIComponent(mark)}`, '/favicon.ico']) {
    const html = await expectPage(await get(`${origin}${path}?${query}`))
    expect(html).not.toContain('xss')
  }
  const raw = await sendBytes(
    flow.port,
    `GET /${mark} HTTP/1.1\r\nHost: ${mark}\r\nConnection: close\r\n\r\n`,
  )
  expect(raw).not.toContain('xss')
  await bringCallback(flow)
  await flow.run
})

it('two flows side by side each take their own callback only', async () => {
  const [first, second] = await Promise.all([startWaitingFlow(gateway.urls), startWaitingFlow(gateway.urls)])
  expect(first.state).not.toBe(second.state)
  expect((await get(`${first.redirectUri}?code=x&state=${second.state}`)).status).toBe(400)
  expect((await get(`${second.redirectUri}?code=x&state=${first.state}`)).status).toBe(400)
  await Promise.all([bringCallback(second), bringCallback(first)])
  for (const flow of [first, second]) {
    const run = await flow.run
    expect(run.outcome).toBe('verified')
    expect(run.findings.map(({ code }) => code)).toEqual(['foreign_callback'])
  }
})

it('a callback that a tunnel brings arrives under the public name, and under no other', async () => {
  const redirectUri = 'https://tunnel.example/number/callback?tenant=1'
  const port = await freePort()
  const flow = await startWaitingFlow(gateway.urls, {
    profile: { redirectUri, listen: { host: '127.0.0.1', port } },
  })
  const bytes = (host: string) =>
    `GET /number/callback?tenant=1&code=x&state=${flow.state} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  expect(await sendBytes(port, bytes('other.example'))).toMatch(/^HTTP\/1\.1 421 /)
  const answer = await sendBytes(port, bytes('Tunnel.Example'))
  expect(answer).toMatch(/^HTTP\/1\.1 303 [^]*\r\nlocation: \?result=/)
  const result = /location: (\S+)/.exec(answer)?.[1]
  const page = `GET /number/callback${result} HTTP/1.1\r\nHost: tunnel.example\r\nConnection: close\r\n\r\n`
  expect(await sendBytes(port, page)).toContain('Verified')
  await flow.run
})
