// The whole journey in Chromium: what the person with the phone sees at the end.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, connectToChromium } from '../support/chromium.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let simulator: TestSimulator

  beforeAll(async () => {
    simulator = await startTestSimulator()
    browser = await connectToChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await simulator?.close()
  })

  interface Seen {
    title: string
    address: string
    blocked: string[]
    background: string
  }

  async function look(page: Page, authorizeUrl: string): Promise<Seen> {
    const blocked: string[] = []
    page.on('console', (message) => {
      // It is asked for when nv may have ended.
      if (!message.location().url.endsWith('/favicon.ico')) blocked.push(message.text())
    })
    await page.goto(authorizeUrl)
    await page.waitForSelector('h1')
    return {
      title: (await page.textContent('h1')) ?? '',
      address: page.url(),
      blocked,
      background: await page.evaluate('getComputedStyle(document.documentElement).colorScheme'),
    }
  }

  async function verifyInBrowser(changes: { clientSecret?: string; phoneNumber?: string }): Promise<Seen> {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    let seen: Promise<Seen> | undefined
    const { clientSecret = simulator.clientSecret, phoneNumber = '+34600000001' } = changes
    await runVerify(
      {
        target: testProfile(simulator, { clientId: simulator.clientId, clientSecret }),
        phoneNumber,
        via: 'qr',
      },
      {
        phone: async (url) => {
          seen = look(page, url)
          await seen
        },
      },
    )
    const result = await seen
    if (!result) throw new Error('The phone was handed no URL')
    const folder = process.env['NV_TEST_SCREENSHOTS']
    if (folder) {
      await page.screenshot({ path: `${folder}/${result.title.replace(/\W+/g, '-')}-light.png` })
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.screenshot({ path: `${folder}/${result.title.replace(/\W+/g, '-')}-dark.png` })
    }
    await page.close()
    return result
  }

  test.each([
    ['Verified', { phoneNumber: '+34600000001' }],
    ['Mismatch', { phoneNumber: '+34600000002' }],
    ['Could not tell', { clientSecret: 'wrong-secret' }],
  ])('the page ends with the real result: %s', async (title, changes) => {
    const seen = await verifyInBrowser(changes)
    expect(seen.title).toBe(`${title} (simulated)`)
    expect(seen.address).not.toMatch(/code=|state=/)
    expect(seen.blocked).toEqual([])
    expect(seen.background).toBe('light dark')
  })
})
