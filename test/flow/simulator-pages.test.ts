// The pages for people, and what nobody honest sends to their forms.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { createPhone, readForm, type Arrival, type Phone } from '../support/phone.ts'
import { authorizeUrl, sendRaw, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const markup = '"><img src=x onerror=alert(1)>\u202e\u001b]8;;x\u0007\'&amp;'
const line: Line = {
  phoneNumber: '+34600000001',
  operator: markup,
  address: null,
  operatorToken: null,
  hasConsented: false,
  secondSim: '+34600000009',
}
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({
    mode: 'network',
    lines: [line],
    clients: [{ id: markup, secret: 'x' }],
  })
})

afterAll(() => simulator.close())

const openBrowser = () => createPhone({ isBrowser: true })

/** Brings a browser up to the page "Which phone is this?". */
async function reachChoice(changes: Record<string, string> = {}): Promise<{ browser: Phone; page: Arrival }> {
  const browser = openBrowser()
  const page = await browser.open(authorizeUrl(simulator, { prompt: 'consent', ...changes }))
  expect(page.body).toContain('Which phone is this?')
  return { browser, page }
}

async function reachConsent(changes: Record<string, string> = {}) {
  const { browser, page } = await reachChoice(changes)
  const consent = await browser.submit(page)
  expect(consent.body).toContain('your number?')
  return { browser, page: consent }
}

/** Opens each page there is, with hostile text wherever a request or a definition can bring it. */
async function openAll(): Promise<Record<string, Arrival>> {
  const hostile = { client_id: markup, state: markup, nonce: markup }
  const { browser, page } = await reachChoice(hostile)
  const consent = await browser.submit(page)
  const root = new URL('/', simulator.baseUrl).href
  return {
    choice: page,
    consent,
    start: await openBrowser().open(`${root}?x=${encodeURIComponent(markup)}`),
    'unknown client': await openBrowser().open(
      authorizeUrl(simulator, { ...hostile, client_id: `${markup}?` }),
    ),
    'relative redirect_uri': await openBrowser().open(authorizeUrl(simulator, { redirect_uri: markup })),
    'operator without a journey': await openBrowser().open(
      `${simulator.operatorUrl}/identify?journey=${encodeURIComponent(markup)}`,
    ),
    'operator without an aggregator': await openBrowser().open(
      `${simulator.operatorUrl}/authorize?state=${encodeURIComponent(markup)}`,
    ),
    'a form reloaded': await openBrowser().open(`${simulator.operatorUrl}/phone`),
    'callback of nobody': await openBrowser().open(
      `${simulator.baseUrl}/callback?error=${encodeURIComponent(markup)}`,
    ),
  }
}

describe('every page', () => {
  it('needs nothing from elsewhere, and keeps itself to itself', async () => {
    for (const { headers, body } of Object.values(await openAll())) {
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      const policy = headers['content-security-policy']
      expect(policy).toMatch(/^default-src 'none'; img-src data:; style-src 'sha256-[\w+/=]{44}'; /)
      expect(policy).toContain("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
      expect(body).not.toMatch(/<script|<link rel="(?!icon)|<[^>]* (src|style|on\w+)=|url\(/)
    }
  })

  it('shows hostile text, and does nothing of what it says', async () => {
    for (const [name, { body }] of Object.entries(await openAll())) {
      expect(body, name).not.toContain('<img')
      // oxlint-disable-next-line no-control-regex
      expect(body, name).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
    }
    const { choice, consent } = await openAll()
    expect(choice?.body).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\\u{202e}\\u{1b}')
    expect(consent?.body.match(/&lt;img src=x/g)).toHaveLength(2)
  })

  it('reflects neither state nor login_hint nor an address', async () => {
    for (const { body } of [
      (await reachChoice({ state: 'canary-1', login_hint: 'tel:+34699999999' })).page,
      (await reachConsent({ state: 'canary-1', login_hint: 'tel:+34699999999' })).page,
      await openBrowser().open(authorizeUrl(simulator, { state: 'canary-1', client_id: 'canary-2' })),
      await openBrowser().open(authorizeUrl(simulator, { redirect_uri: '/canary-3', state: 'canary-1' })),
    ])
      expect(body).not.toMatch(/canary|699999999/)
  })
})

describe('errors that stay here', () => {
  it.each([
    [
      'the gateway',
      () => authorizeUrl(simulator, { client_id: 'nobody' }),
      'The client_id is not known here.',
    ],
    [
      'a missing redirect_uri',
      () => authorizeUrl(simulator, { redirect_uri: undefined }),
      'redirect_uri is missing.',
    ],
    [
      'the operator',
      () => `${simulator.operatorUrl}/identify?journey=x`,
      'This authorization is unknown, finished or expired.',
    ],
  ])('%s: a page for a browser, JSON for a program', async (_what, url, description) => {
    const page = await openBrowser().open(url())
    expect(page.status).toBe(400)
    expect(page.body).toContain(`<p class="cause">${description}</p>`)
    const json = await createPhone().open(url())
    expect(json).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(json.body)).toMatchObject({ error_description: description })
  })

  it('keep what the answer says beside its body', async () => {
    const page = await openBrowser().open(`${simulator.operatorUrl}/phone`)
    expect(page).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    expect(page.body).toContain('The method must be POST.')
  })

  it('are JSON at the token endpoint, for a browser too', async () => {
    const answer = await openBrowser().open(simulator.tokenUrl)
    expect(answer).toMatchObject({ status: 405, headers: { 'content-type': 'application/json' } })
  })
})

describe('the forms', () => {
  /** Sends a form as somebody else: without the cookies of the window that it was made for. */
  const sendAsStranger = (page: Arrival, values?: Record<string, string>) =>
    openBrowser().submit(page, values)

  it('take nothing without the cookie of their window, not even from a lenient fetch', async () => {
    const choice = await reachChoice()
    const consent = await reachConsent()
    const fetching = createPhone({ headers: { 'sec-fetch-mode': 'cors' } })
    for (const answer of [
      await sendAsStranger(choice.page),
      await sendAsStranger(consent.page, { decision: 'allow' }),
      await fetching.submit(choice.page),
      await fetching.submit(consent.page, { decision: 'allow' }),
    ])
      expect(answer).toMatchObject({ status: 400, app: null })
    const { body } = (await reachChoice()).page
    expect(body).toContain('has not consented')
    expect((await choice.browser.submit(choice.page)).status).toBe(200)
  })

  it('take nothing for the journey of another window', async () => {
    const [mine, other] = [await reachConsent(), await reachConsent()]
    const journey = readForm(other.page).values.get('journey') ?? ''
    const answer = await mine.browser.submit(mine.page, { journey, decision: 'allow' })
    expect(answer).toMatchObject({ status: 400, app: null })
  })

  it.each<[string, Record<string, string>]>([
    ['a line that is not there', { line: '+34600000002' }],
    ['no line', { line: '' }],
    ['a line that is markup', { line: markup }],
    ['another connection', { connection: 'satellite' }],
    ['no connection', { connection: '' }],
    ['no journey', { journey: '' }],
    ['another journey', { journey: 'x'.repeat(43) }],
    ['a journey that is a name of objects', { journey: '__proto__' }],
  ])('refuse %s, and the person can still go on', async (_what, values) => {
    const { browser, page } = await reachChoice()
    const refused = await browser.submit(page, values)
    expect(refused).toMatchObject({ status: 400, app: null })
    expect(refused.headers['set-cookie']).toBeUndefined()
    expect((await browser.submit(page)).status).toBe(200)
  })

  it.each<[string, string, string]>([
    ['an empty body', 'application/x-www-form-urlencoded', ''],
    ['a field twice', 'application/x-www-form-urlencoded', '<form>&line=%2B34600000009'],
    ['JSON', 'application/json', '{"journey":"<journey>","line":"+34600000001","connection":"mobile"}'],
    ['a form that calls itself text', 'text/plain', '<form>'],
    ['broken percent-encoding', 'application/x-www-form-urlencoded', '%zz=%zz&journey=%'],
    ['NULs', 'application/x-www-form-urlencoded', '\0\0\0\0'],
  ])('refuse %s', async (_what, type, template) => {
    const { browser, page } = await reachChoice()
    const { action, values } = readForm(page)
    const body = template
      .replace('<form>', values.toString())
      .replace('<journey>', values.get('journey') ?? '')
    const cookie = await browser.jar.getCookieString(action)
    const { port, pathname } = new URL(action)
    const head = `POST ${pathname} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close`
    expect(await sendRaw(port, `${head}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 400 /)
    expect((await browser.submit(page)).status).toBe(200)
  })

  it('decide nothing before a phone was recognised, and nothing but allow and refuse', async () => {
    const { browser, page } = await reachChoice()
    const early = { ...page, body: page.body.replace('action="phone"', 'action="decision"') }
    expect(await browser.submit(early, { decision: 'allow' })).toMatchObject({ status: 400, app: null })
    const { values } = readForm(page)
    const asked = await browser.open(`${simulator.operatorUrl}/consent?journey=${values.get('journey')}`)
    expect(asked.status).toBe(400)
    const consent = await browser.submit(page)
    expect(await browser.submit(consent, { decision: 'perhaps' })).toMatchObject({ status: 400, app: null })
    const { app } = await browser.submit(consent, { decision: 'refuse' })
    expect(app?.searchParams.get('error')).toBe('access_denied')
    expect(await browser.submit(consent, { decision: 'allow' })).toMatchObject({ status: 400, app: null })
  })

  it('bend to no cookie that was made up', async () => {
    for (const remembered of [
      '',
      '.',
      '34600000002.mobile',
      `${'9'.repeat(4000)}.wifi`,
      '<script>.vpn',
      '34600000009.__proto__',
    ]) {
      const browser = openBrowser()
      await browser.jar.setCookie(`nv_phone=${remembered}; Path=/identify`, simulator.operatorUrl)
      const page = await browser.open(authorizeUrl(simulator))
      expect(page.body).toMatch(/value="\+34600000001" required checked/)
      expect(page.body).not.toContain('<script')
    }
  })
})

describe('the callback of the aggregator', () => {
  it.each([
    ['error=login_required&error_description=Why', { error: 'login_required', error_description: 'Why' }],
    ['error=login_required', { error: 'login_required' }],
    [`error=x&error_description=${encodeURIComponent('"<b>\r\n')}`, { error: 'x' }],
    [`error=${encodeURIComponent(markup)}&error_description=x`, { error: 'server_error' }],
  ])('takes %s to the app', async (query, expected) => {
    const { browser, page } = await reachChoice({ state: 's' })
    const state = new URL(page.url).searchParams.get('journey')
    expect(state).not.toBeNull()
    const gatewayState = await gatewayStateOf(browser)
    const { app } = await browser.open(`${simulator.baseUrl}/callback?${query}&state=${gatewayState}`)
    expect(Object.fromEntries(app?.searchParams ?? [])).toEqual({
      ...expected,
      state: 's',
      iss: simulator.baseUrl,
    })
  })

  /** The state of the latest journey, which the gateway sent to the operator. */
  async function gatewayStateOf(browser: Phone): Promise<string> {
    const first = await fetch(authorizeUrl(simulator, { state: 's' }), { redirect: 'manual' })
    for (const cookie of first.headers.getSetCookie()) await browser.jar.setCookie(cookie, simulator.baseUrl)
    return new URL(first.headers.get('location') ?? '').searchParams.get('state') ?? ''
  }
})
