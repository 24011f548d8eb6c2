// The phone in Chromium: short link, start page, gateway, callback, result; and the final address pasted on the phone.
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import type { Target } from '../../src/target/target.ts'
import { hasChromium, connectToChromium } from '../support/chromium.ts'
import { lanAddress } from '../support/lan.ts'
import { startFlow, type StartedFlow } from '../support/gateway.ts'
import { expectToFit } from '../support/pictures.ts'
import { freePort } from '../support/ports.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

describe.skipIf(!hasChromium || lanAddress === null)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let simulator: TestSimulator
  let phone: BrowserContext
  let said: string[]

  beforeAll(async () => {
    simulator = await startTestSimulator()
    browser = await connectToChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await simulator?.close()
  })

  beforeEach(async () => {
    phone = await browser.newContext({ viewport: { width: 390, height: 844 } })
    said = []
    phone.on('page', (page) => page.on('console', (message) => said.push(message.text())))
  })

  afterEach(() => phone.close())

  /** Starts a run whose listener the phone reaches over the LAN, and gives the short link. */
  async function start(
    profile: Partial<Target>,
    options: { skipsStartPage?: boolean } = {},
  ): Promise<{ flow: StartedFlow; link: string }> {
    const flow = startFlow(simulator, {
      via: 'qr',
      canPaste: true,
      isTerminal: true,
      profile: { clientId: simulator.clientId, clientSecret: simulator.clientSecret, ...profile },
      ...options,
    })
    const link = await Promise.race([flow.authorizeUrl, flow.run.then(() => 'none')])
    return { flow, link }
  }

  async function registered(): Promise<Partial<Target>> {
    const port = await freePort()
    const host = lanAddress ?? ''
    return { redirectUri: `http://${host}:${port}/callback`, listen: { host, port } }
  }

  /** The redirect_uri is of a host that does not exist; the listener is there for the link alone. */
  async function elsewhere(): Promise<Partial<Target>> {
    const port = await freePort()
    const host = lanAddress ?? ''
    return { redirectUri: 'https://shop.invalid/number/callback', listen: { host, port } }
  }

  function expectVerified(run: Run): void {
    expect([run.outcome, run.simulated]).toEqual(['verified', true])
  }

  test('short link, start page, gateway, callback, result', async () => {
    const { flow, link } = await start(await registered())
    expect(link).toMatch(/\/s\/[\w-]{8}$/)
    const page = await phone.newPage()
    await page.goto(link)
    expect(await page.textContent('h1')).toBe('Check this phone’s number')
    expect(await page.getByRole('alert').count()).toBe(0)
    await expectToFit(page, 'start')
    await page.getByRole('link', { name: 'Start' }).click()
    await page.waitForSelector('h1:has-text("Verified")')
    expect(await page.textContent('h1')).toBe('Verified (simulated)')
    expect(await page.textContent('main')).toContain('+34*******01')
    expect(await page.textContent('main')).toContain('You can close this page')
    expect(page.url()).not.toMatch(/code=|state=/)
    expect(await page.evaluate('document.referrer')).not.toContain('/s/')
    await expectToFit(page, 'result')
    expectVerified(await flow.run)
    expect(said.filter((text) => !text.includes('favicon'))).toEqual([])
  })

  test('--go leads to the gateway at once', async () => {
    const { flow, link } = await start(await registered(), { skipsStartPage: true })
    const page = await phone.newPage()
    await page.goto(link)
    await page.waitForSelector('h1:has-text("Verified")')
    expectVerified(await flow.run)
  })

  test('a redirect_uri on a host that does not exist: the address is pasted on the start page', async () => {
    const { flow, link } = await start(await elsewhere())
    const page = await phone.newPage()
    await page.goto(link)
    const [last] = await Promise.all([
      phone.waitForEvent('page'),
      page.getByRole('link', { name: 'Start' }).click(),
    ])
    const ended = new Promise<string>((resolve) => {
      last.on('requestfailed', (request) => resolve(request.url()))
    })
    const address = await ended
    expect(new URL(address).host).toBe('shop.invalid')
    const box = page.getByLabel('Final address')
    const send = page.getByRole('button', { name: 'Send the address' })
    await box.fill(new URL(address).searchParams.get('code') ?? '')
    await send.click()
    expect(await page.getByRole('alert').textContent()).toContain('Paste the whole address')
    await expectToFit(page, 'start-refused')
    await box.fill(address)
    await send.click()
    await page.waitForSelector('h1:has-text("Verified")')
    await flow.after('api')
    const run = await flow.run
    expectVerified(run)
    expect(run.arrivals.map(({ via, verdict }) => [via, verdict])).toEqual([
      ['paste', 'bare_code'],
      ['paste', 'taken'],
    ])
  })

  test('a browser that says it is on Wi-Fi gets a warning, and one without script gets all but that', async () => {
    const { flow, link } = await start(await registered())
    const onWifi = await browser.newContext({ viewport: { width: 390, height: 844 } })
    await onWifi.addInitScript("Object.defineProperty(navigator, 'connection', { value: { type: 'wifi' } })")
    const warned = await onWifi.newPage()
    await warned.goto(link)
    expect(await warned.getByRole('alert').textContent()).toContain('This phone is on Wi-Fi')
    await expectToFit(warned, 'start-wifi')
    await onWifi.close()
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const page = await plain.newPage()
    await page.goto(link)
    await page.getByRole('link', { name: 'Start' }).click()
    await page.waitForSelector('h1:has-text("Verified")')
    await plain.close()
    expectVerified(await flow.run)
  })

  test('what a screen reader meets, in order', async () => {
    const { flow, link } = await start(await elsewhere())
    const page = await phone.newPage()
    await page.goto(link)
    expect(await page.locator('main').ariaSnapshot()).toMatchInlineSnapshot(`
      "- main:
        - paragraph: Number Verification
        - heading "Check this phone’s number" [level=1]
        - paragraph: The mobile operator will say whether this phone has the number +34*******01.
        - heading "Before you start" [level=2]
        - list "Before you start":
          - listitem: Wi-Fi off The operator only recognises the SIM over mobile data.
          - listitem: VPN and iCloud Private Relay off They hide the SIM, as Wi-Fi does.
          - listitem: The right SIM With two SIMs, the one with this number must carry the data.
        - link "Start":
          - /url: "?go"
        - region "When it ends":
          - heading "When it ends" [level=2]
          - paragraph: Start opens another tab, which ends at shop.invalid. Copy the whole address from its address bar, come back to this page and paste it here.
          - text: Final address
          - textbox "Final address":
            - /placeholder: https://…?code=…&state=…
          - button "Send the address""
    `)
    flow.interrupt(new Error('enough'))
    await flow.run.catch(() => {})
  })
})
