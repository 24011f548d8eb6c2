// The page of this machine in Chromium: from its QR code to the verdict, with and without script, and by a pasted address.
import { decode } from 'fast-png'
import jsqr from 'jsqr'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Target } from '../../src/target/target.ts'
import { hasChromium, connectToChromium } from '../support/chromium.ts'
import { startFlow, type StartedFlow } from '../support/gateway.ts'
import { lanAddress } from '../support/lan.ts'
import { expectToFit } from '../support/pictures.ts'
import { freePort } from '../support/ports.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

/** The package is CommonJS, and what its types call default is the module itself. */
const readQrCode = jsqr as unknown as typeof jsqr.default

describe.skipIf(!hasChromium || lanAddress === null)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let simulator: TestSimulator
  let desktop: BrowserContext
  let page: Page
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
    desktop = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await desktop.newPage()
    said = []
    page.on('console', (message) => said.push(message.text()))
  })

  afterEach(() => desktop.close())

  /** Starts a run with a page, and gives its address once the link is on it. */
  async function start(profile: Partial<Target>): Promise<{ flow: StartedFlow; url: string; link: string }> {
    const flow = startFlow(simulator, {
      via: 'qr',
      canPaste: true,
      isTerminal: true,
      page: true,
      profile: { clientId: simulator.clientId, clientSecret: simulator.clientSecret, ...profile },
    })
    const link = await Promise.race([flow.authorizeUrl, flow.run.then(() => 'none')])
    return { flow, link, url: flow.opened[0] ?? '' }
  }

  async function registered(): Promise<Partial<Target>> {
    const port = await freePort()
    const host = lanAddress ?? ''
    return { redirectUri: `http://${host}:${port}/callback`, listen: { host, port } }
  }

  /** Reads the QR code off the screen, as a camera does. */
  async function scan(): Promise<string | undefined> {
    const { width, height, data, channels } = decode(await page.locator('.qr').screenshot())
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
    for (let i = 0; i < width * height; i++)
      for (let c = 0; c < 3; c++) rgba[i * 4 + c] = Number(data[i * channels + c])
    return readQrCode(rgba, width, height)?.data
  }

  async function scanWithPhone(link: string): Promise<void> {
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const window = await phone.newPage()
    await window.goto(link)
    await window.getByRole('link', { name: 'Start' }).click()
    await window.waitForSelector('main.nothing, h1:has-text("simulated")')
    await phone.close()
  }

  test('from the QR code to the verdict, which stays when nv has ended', async () => {
    const { flow, url, link } = await start(await registered())
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/)
    await page.goto(url)
    expect(await page.textContent('h1')).toBe('Check a phone’s number')
    await expectToFit(page, 'local-waiting')
    const scanned = await scan()
    expect(scanned).toBe(link)
    expect(await page.textContent('.link')).toBe(link)
    expect((await page.getByRole('status').textContent())?.match(/Waiting for the phone/g)).toHaveLength(1)
    await scanWithPhone(scanned ?? '')
    const run = await flow.run
    expect([run.outcome, run.simulated]).toEqual(['verified', true])
    await page.waitForSelector('.verdict')
    expect(await page.textContent('.verdict')).toContain('Verified (simulated)')
    expect(await page.locator('.meet, .paste').locator('visible=true').count()).toBe(0)
    await expectToFit(page, 'local-over')
    const html = await page.content()
    expect(html).not.toContain('600000001')
    expect(html).not.toMatch(/state=|code=|client_secret/)
    expect(said.filter((text) => !/favicon|ERR_/.test(text))).toEqual([])
  })

  test('without a short link it shows the code of the authorize URL, and writes that nowhere', async () => {
    const { flow, url, link } = await start({ redirectUri: null })
    await page.goto(url)
    expect(await scan()).toBe(link)
    const html = await page.content()
    expect(html).not.toContain('authorize?')
    expect(html).not.toContain(new URL(link).searchParams.get('state') ?? '')
    const opened = page.getByRole('link', { name: 'Open it in this browser' })
    await opened.click()
    await page.waitForSelector('h1:has-text("Verified")')
    // The page that was left may have asked what is new just before, and is waited for.
    const passing = setInterval(() => flow.clock.advance(500), 10)
    expect((await flow.run).outcome).toBe('verified')
    clearInterval(passing)
  })

  test('what failed is on it, with its cause and what to do', async () => {
    const { flow, url, link } = await start({ ...(await registered()), clientSecret: 'wrong-secret' })
    await page.goto(url)
    await scanWithPhone(link)
    const run = await flow.run
    await page.waitForSelector('.verdict')
    expect(await page.textContent('.verdict')).toContain('Could not tell')
    expect(await page.locator('.finding.error h3').first().textContent()).toContain(run.findings[0]?.title)
    expect(await page.locator('.finding.error').first().textContent()).toContain(
      run.findings[0]?.fix.split('\n')[0],
    )
    await expectToFit(page, 'local-failed')
  })

  test('an address that is pasted there is taken, or answered with what it is', async () => {
    const { flow, url, link } = await start({ redirectUri: 'https://shop.invalid/number/callback' })
    const phone = await browser.newContext()
    const window = await phone.newPage()
    const ended = new Promise<string>((resolve) => {
      window.on('requestfailed', (request) => {
        if (request.isNavigationRequest()) resolve(request.url())
      })
    })
    await window.goto(link).catch(() => {})
    const address = await ended
    await phone.close()
    await page.goto(url)
    await page.getByRole('textbox').fill('https://shop.invalid/')
    await page.getByRole('button').click()
    expect(await page.getByRole('alert').textContent()).toContain('no code, error or state')
    await page.getByRole('textbox').fill(address)
    await page.getByRole('button').click()
    await page.waitForSelector('.verdict')
    expect(await page.textContent('.verdict')).toContain('Verified (simulated)')
    const run = await flow.run
    expect(run.arrivals.map(({ via, from, verdict }) => [via, from, verdict])).toEqual([
      ['paste', null, 'not_an_address'],
      ['paste', null, 'taken'],
    ])
  })

  test('without script it follows too', async () => {
    const { flow, url, link } = await start(await registered())
    const plain = await browser.newContext({ javaScriptEnabled: false })
    page = await plain.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    await scanWithPhone(link)
    await page.waitForSelector('.verdict')
    expect(await page.textContent('.verdict')).toContain('Verified (simulated)')
    expect((await flow.run).outcome).toBe('verified')
    await plain.close()
  })

  test('what a screen reader meets, in order', async () => {
    const { flow, url } = await start({ redirectUri: 'https://shop.invalid/number/callback' })
    await page.goto(url)
    expect(await page.locator('main').ariaSnapshot()).toMatchInlineSnapshot(`
      "- main:
        - paragraph: nv
        - heading "Check a phone’s number" [level=1]
        - paragraph: The mobile operator will say whether the phone has the number +34*******01.
        - region "Scan it with the phone":
          - heading "Scan it with the phone" [level=2]
          - img "QR code"
          - paragraph:
            - text: The terminal shows the link.
            - link "Open it in this browser":
              - /url: "?open"
            - text: only if this machine itself is on mobile data.
          - list:
            - listitem: Wi-Fi off The operator only recognises the SIM over mobile data.
            - listitem: VPN and iCloud Private Relay off They hide the SIM, as Wi-Fi does.
            - listitem: The right SIM With two SIMs, the one with this number must carry the data.
        - region "What happens":
          - heading "What happens" [level=2]
          - status:
            - list:
              - listitem: "Done: authorize shown for the phone"
              - listitem: "Under way: callback Waiting for the phone"
        - region "Final address":
          - heading "Final address" [level=2]
          - text: The phone ends at shop.invalid. Paste the address from its address bar.
          - textbox "The phone ends at shop.invalid. Paste the address from its address bar."
          - button "Send the address""
    `)
    flow.interrupt(new Error('enough'))
    await flow.run.catch(() => {})
  })
})
