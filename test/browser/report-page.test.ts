// The HTML report in Chromium: readable on a phone and on a desktop, without script and without a request.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFiles } from '../../src/io/files.ts'
import { htmlReport } from '../../src/report/html.ts'
import { harReport } from '../../src/report/har.ts'
import { maskRun } from '../../src/run/masked.ts'
import type { Run } from '../../src/run/run.ts'
import { connectToChromium, hasChromium } from '../support/chromium.ts'
import {
  bringCallback,
  grantCode,
  type Handlers,
  json,
  redirect,
  queryOf,
  runFlow,
  startWaitingFlow,
  withGateway,
  type FlowOptions,
} from '../support/gateway.ts'
import { hostileTexts } from '../support/hostile-text.ts'
import { isThorough } from '../support/rounds.ts'
import { createRun } from '../support/run.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { startTestSimulator } from '../support/simulator.ts'

async function runAgainst(handlers: Handlers, options: FlowOptions = {}): Promise<Run> {
  return withGateway(handlers, async ({ urls }) => maskRun((await runFlow(urls, options)).result))
}

async function simulated(phoneNumber: string): Promise<Run> {
  const simulator = await startTestSimulator()
  try {
    const { clientId, clientSecret } = simulator
    const profile = testProfile(simulator, {
      clientId,
      clientSecret,
      redirectUri: 'https://app.example/callback',
    })
    return maskRun((await runVerify({ target: profile, phoneNumber })).run)
  } finally {
    await simulator.close()
  }
}

const page = (title: string) => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
})
const denied = (request: Parameters<typeof grantCode>[0]) =>
  grantCode(request, { error: 'access_denied', error_description: 'The line was not identified' })

/** Runs of every kind, by the name of their screenshots. */
const runs: ReadonlyArray<readonly [string, string, () => Promise<Run>]> = [
  ['verified', 'Verified', async () => createRun()],
  ['simulated', 'Verified', () => simulated('+34600000001')],
  ['mismatch', 'Mismatch', () => simulated('+34600000002')],
  ['wi-fi', 'Could not tell: failed at step "callback"', () => runAgainst({ authorize: denied })],
  [
    'wrong-secret',
    'Could not tell: failed at step "token"',
    () =>
      runAgainst({
        token: () => json({ error: 'invalid_client', error_description: 'The client secret is wrong.' }, 401),
      }),
  ],
  [
    'portal',
    'Could not tell: failed at step "api"',
    () => runAgainst({ verify: () => page('Welcome to the Wi-Fi') }),
  ],
  [
    'forbidden',
    'Could not tell: failed at step "api"',
    () =>
      runAgainst({
        verify: () => json({ status: 403, code: 'PERMISSION_DENIED', message: 'Scope missing' }, 403),
      }),
  ],
  [
    'error-page',
    'Could not tell: failed at step "authorize"',
    () => runAgainst({ authorize: () => ({ ...page('Unknown client'), status: 400 }) }),
  ],
  [
    'unreachable',
    'Could not tell: failed at step "token"',
    () =>
      withGateway({}, async ({ urls }) =>
        maskRun((await runFlow({ ...urls, tokenUrl: 'http://127.0.0.1:9/token' })).result),
      ),
  ],
  [
    'by-qr-code',
    'Verified',
    () =>
      withGateway({}, async ({ urls }) => {
        const flow = await startWaitingFlow(urls)
        await fetch(`${flow.redirectUri}?code=forged&state=forged`)
        await bringCallback(flow)
        return maskRun(await flow.run)
      }),
  ],
]

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    browser = await connectToChromium()
    folder = await mkdtemp(join(tmpdir(), 'nv-report-'))
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  interface Opened {
    page: Page
    requests: string[]
    said: string[]
  }

  /** Opens a report as a file that was received, in a browser that runs no script. */
  async function open(run: Run, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      javaScriptEnabled: false,
    })
    const opened = await context.newPage()
    const requests: string[] = []
    const said: string[] = []
    opened.on('request', (request) => requests.push(request.url()))
    opened.on('console', (message) => said.push(message.text()))
    await opened.setContent(htmlReport(run))
    return { page: opened, requests, said }
  }

  const views = [320, 390, 1280].flatMap((width) =>
    (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
  )

  describe.each(runs)('%s', (name, title, makeRun) => {
    const turn = runs.findIndex(([other]) => other === name) % views.length
    const looks = isThorough ? views : views.slice(turn, turn + 1)
    let run: Run
    beforeAll(async () => {
      run = await makeRun()
    })

    test.each(looks)('at %d px, %s', async (width, scheme) => {
      const { page: shown, requests, said } = await open(run, width, scheme)
      expect(await shown.locator('h1').textContent()).toBe(title)
      expect(await shown.locator('.simulated').count()).toBe(run.simulated ? 1 : 0)
      const wide = await shown.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth)
      expect(wide).toBe(0)
      expect({ requests, said }).toEqual({ requests: [], said: [] })
      expect(await shown.locator('details').count()).toBe(run.exchanges.length)
      const shots = process.env['NV_TEST_SCREENSHOTS']
      if (shots) {
        if (scheme === 'light' && name !== 'verified')
          await shown
            .locator('details')
            .last()
            .evaluate((fold) => fold.setAttribute('open', ''))
        await shown.screenshot({ path: `${shots}/report-${name}-${width}-${scheme}.png`, fullPage: true })
      }
      await shown.context().close()
    })
  })

  test.each(Object.entries(hostileTexts))(
    'hostile text (%s) stays text, and every request is folded open on paper',
    async (_name, text) => {
      const run = await runAgainst({
        token: () =>
          json({ error: 'invalid_client', error_description: `<img src=x onerror=alert(1)>${text}` }, 401),
      })
      const { page: shown, requests, said } = await open(run, 1280, 'light')
      expect(await shown.locator('img, script, iframe, link').count()).toBe(0)
      expect({ requests, said }).toEqual({ requests: [], said: [] })
      await shown.emulateMedia({ media: 'print' })
      await expect.poll(() => shown.locator('details pre').first().isVisible()).toBe(true)
      await shown.context().close()
    },
  )

  test('an address that a server names is a link only where it is one of the web', async () => {
    const [finding] = (await runAgainst({ token: () => json({ error: 'invalid_client' }, 401) })).findings
    if (!finding) throw new Error('There is no finding')
    const linksOf = async (reference: string) => {
      const { page: shown } = await open(createRun({ findings: [{ ...finding, reference }] }), 1280, 'light')
      const links = await shown
        .locator('#findings a[rel]')
        .evaluateAll((found) => found.map((link) => link.getAttribute('href')))
      await shown.context().close()
      return links
    }
    expect(await linksOf('https://provider.example/errors#1')).toEqual(['https://provider.example/errors#1'])
    expect(await linksOf('javascript:alert(1)')).toEqual([])
    expect(await linksOf('data:text/html,x')).toEqual([])
  })

  test('the HAR is read by Playwright: it answers from it as the servers did', async () => {
    const hop = (request: Parameters<typeof grantCode>[0]) =>
      queryOf(request).has('hop') ? page('The end') : redirect(`${request.target}&hop=1`)
    const run = await runAgainst({ authorize: hop })
    const path = join(folder, 'run.har')
    await createFiles(folder).write('run.har', harReport(run))
    const context = await browser.newContext()
    await context.routeFromHAR(path, { notFound: 'abort' })
    const shown = await context.newPage()
    const answer = await shown.goto(run.exchanges[1]?.request.url ?? '')
    expect(answer?.status()).toBe(200)
    expect(await shown.locator('h1').textContent()).toBe('The end')
    await context.close()
  })
})
