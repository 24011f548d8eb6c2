// The operator's pages in Chromium: a person plays phones in windows, at a phone's width and on a desktop.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { listen } from '../../src/io/listener.ts'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { hasChromium, connectToChromium } from '../support/chromium.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { authorizeUrl, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const line: Line = {
  phoneNumber: '+34600000001',
  operator: 'Movistar',
  address: '127.0.0.2',
  operatorToken: null,
  hasConsented: true,
  secondSim: null,
}
const lines: Line[] = [
  line,
  {
    ...line,
    phoneNumber: '+34600000003',
    operator: 'Operator Two',
    address: null,
    secondSim: '+34600000009',
  },
  { ...line, phoneNumber: '+34600000004', operator: 'Vodafone', address: null, hasConsented: false },
]

const sizes = {
  phone: { width: 360, height: 640 },
  desktop: { width: 1280, height: 800 },
}

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let simulator: TestSimulator

  beforeAll(async () => {
    simulator = await startTestSimulator({ mode: 'network', lines })
    browser = await connectToChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await simulator?.close()
  })

  /** Opens a window of its own cookies, at a phone's width, and collects what its console says. */
  async function openWindow(): Promise<{ window: BrowserContext; page: Page; said: string[] }> {
    const window = await browser.newContext({ viewport: sizes.phone })
    const page = await window.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    return { window, page, said }
  }

  /** Takes pictures of a page where a folder for them is named; each must fit the width of the window. */
  async function picture(page: Page, name: string): Promise<void> {
    const folder = process.env['NV_TEST_SCREENSHOTS']
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        if (folder) {
          const path = `${folder}/${name}-${size}-${colorScheme}.png`
          await page.screenshot({ path, fullPage: name.startsWith('start') })
        }
      }
    }
    await page.setViewportSize(sizes.phone)
    await page.emulateMedia({ colorScheme: 'light' })
  }

  /** The page of the app has no icon, which Chromium notes. */
  const isOurs = (text: string) => !text.includes('favicon.ico')

  interface Choice {
    phoneNumber: string
    connection?: 'Mobile data' | 'Wi-Fi' | 'VPN'
    decision?: 'Allow' | 'Not now'
  }

  async function choose(page: Page, { phoneNumber, connection = 'Mobile data' }: Choice): Promise<void> {
    expect(await page.textContent('h1')).toBe('Which phone is this?')
    await page.getByLabel(phoneNumber).check()
    await page.getByLabel(connection, { exact: true }).check()
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  /** Runs nv verify for a number; a person plays the phone in the page. */
  async function verifyWith(page: Page, phoneNumber: string, choice: Choice, prompt: string | null = null) {
    const { run } = await runVerify(
      {
        target: testProfile(simulator, {
          clientId: simulator.clientId,
          clientSecret: simulator.clientSecret,
          prompt,
        }),
        phoneNumber,
        via: 'qr',
      },
      {
        phone: async (url) => {
          await page.goto(url)
          await picture(page, 'which-phone')
          await choose(page, choice)
          if (choice.decision) {
            await page.getByRole('button', { name: 'Allow' }).waitFor()
            await picture(page, 'consent')
            await page.getByRole('button', { name: choice.decision }).click()
          }
          await page.waitForURL((url) => url.pathname.includes('callback') || !url.search)
          await page.waitForSelector('body.good, body.bad, body.neutral')
        },
      },
    )
    return run
  }

  test('two windows play two phones', async () => {
    const [one, other] = [await openWindow(), await openWindow()]
    const first = await verifyWith(one.page, '+34600000001', { phoneNumber: '+34600000001' })
    const second = await verifyWith(other.page, '+34600000001', { phoneNumber: '+34600000003' })
    const third = await verifyWith(other.page, '+34600000009', { phoneNumber: '+34600000009' })
    expect([first, second, third].map(({ outcome }) => outcome)).toEqual(['verified', 'mismatch', 'verified'])
    expect(await one.page.textContent('h1')).toBe('Verified (simulated)')
    expect([...one.said, ...other.said].filter(isOurs)).toEqual([])
    await Promise.all([one.window.close(), other.window.close()])
  })

  test.each(['Wi-Fi', 'VPN'] as const)('on %s the app hears access_denied', async (connection) => {
    const { window, page } = await openWindow()
    const run = await verifyWith(page, '+34600000001', { phoneNumber: '+34600000001', connection })
    expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'callback' })
    expect(JSON.stringify(run.findings)).toContain('was not identified by the mobile network')
    await window.close()
  })

  test('consent is asked for, refused, and given', async () => {
    const { window, page, said } = await openWindow()
    const number = '+34600000004'
    const outcomes: string[] = []
    for (const decision of ['Not now', 'Allow'] as const)
      outcomes.push((await verifyWith(page, number, { phoneNumber: number, decision }, 'consent')).outcome)
    outcomes.push((await verifyWith(page, number, { phoneNumber: number })).outcome)
    expect(outcomes).toEqual(['undetermined', 'verified', 'verified'])
    expect(said.filter(isOurs)).toEqual([])
    await window.close()
  })

  test('after a form the app may redirect on to any other origin', async () => {
    const answer = (location?: string): RequestHandler =>
      location === undefined
        ? () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Done</h1>' })
        : () => ({ status: 302, headers: { location } })
    const last = await listen('127.0.0.1', 0, answer())
    const app = await listen('127.0.0.1', 0, answer(`http://localhost:${last.port}/done`))
    const { window, page } = await openWindow()
    await page.goto(authorizeUrl(simulator, { redirect_uri: `http://127.0.0.1:${app.port}/callback` }))
    await choose(page, { phoneNumber: '+34600000001' })
    await page.waitForURL(`http://localhost:${last.port}/done`)
    expect(await page.textContent('h1')).toBe('Done')
    await Promise.all([window.close(), app.close(), last.close()])
  })

  test('the published HTML form and the published script work from a server of their own', async () => {
    const mock = await startTestSimulator()
    const scope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
    const callbacks: string[] = []
    const parameters = { client_id: mock.clientId, response_type: 'code', scope, state: '+34600000001' }
    const inputs = Object.entries({ ...parameters, redirect_uri: '/numberverification-callback' })
    const form = `<form action="${mock.authorizeUrl}" method="GET">${inputs
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      .join('')}<button type="submit">Verify</button></form>`
    const app = await listen('127.0.0.1', 0, ({ target }) => {
      if (target.startsWith('/numberverification-callback')) callbacks.push(target)
      const headers = { 'content-type': 'text/html', 'access-control-allow-origin': '*' }
      return { status: 200, headers, body: `<h1>App</h1>${form}` }
    })
    const { window, page } = await openWindow()
    const origin = `http://localhost:${app.port}`
    await page.goto(origin.replace('localhost', '127.0.0.1'))
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.waitForURL(/numberverification-callback\?code=[\w-]{43}&state=%2B34600000001/)

    const query = new URLSearchParams({
      ...parameters,
      redirect_uri: `${origin}/numberverification-callback`,
    })
    const script = `fetch(${JSON.stringify(`${mock.authorizeUrl}?${query}`)}, { method: 'GET', redirect: 'follow' }).then(({ status }) => status)`
    expect(await page.evaluate(script)).toBe(200)
    expect(callbacks).toEqual([
      expect.stringMatching(/\?code=[\w-]{43}&state=%2B34600000001/),
      expect.stringMatching(/\?code=[\w-]{43}&state=%2B34600000001/),
    ])
    await Promise.all([window.close(), mock.close(), app.close()])
  })

  test('an error that stays here is a page, and so is the root of the gateway', async () => {
    const { window, page } = await openWindow()
    await page.goto(authorizeUrl(simulator, { client_id: 'nobody' }))
    expect(await page.textContent('main')).toContain('The client_id is not known here.')
    await picture(page, 'error')
    await page.goto(new URL('/', simulator.baseUrl).href)
    expect(await page.textContent('main')).toContain('+34600000009')
    await picture(page, 'start')
    const mock = await startTestSimulator()
    await page.goto(new URL('/', mock.baseUrl).href)
    await picture(page, 'start-mock')
    await Promise.all([window.close(), mock.close()])
  })

  test('all of a form can be reached by the keyboard', async () => {
    const { window, page } = await openWindow()
    await page.goto(authorizeUrl(simulator))
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await picture(page, 'focus')
    await page.keyboard.press('Tab')
    const focused = await page.evaluate('document.activeElement.textContent')
    expect(focused).toBe('Continue')
    expect(await page.getByLabel('+34600000003').isChecked()).toBe(true)
    expect(await page.getByLabel('Wi-Fi', { exact: true }).isChecked()).toBe(true)
    await window.close()
  })
})
