// A HAR that Chromium recorded is diagnosed as a run is.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Listener } from '../../src/context.ts'
import type { Inspection } from '../../src/inspect/inspection.ts'
import { listen } from '../../src/io/listener.ts'
import { connectToChromium, hasChromium } from '../support/chromium.ts'
import { codesOf, inspectText } from '../support/inspect.ts'
import { freePort } from '../support/ports.ts'
import { authorizeUrl, basic, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let simulator: TestSimulator
  let app: Listener
  let folder: string
  let redirectUri: string

  beforeAll(async () => {
    simulator = await startTestSimulator()
    app = await listen('127.0.0.1', 0, () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<title>App</title>Done',
    }))
    redirectUri = `http://127.0.0.1:${app.port}/callback`
    folder = await mkdtemp(join(tmpdir(), 'nv-har-'))
    browser = await connectToChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await Promise.all([simulator?.close(), app?.close()])
    await rm(folder, { recursive: true, force: true })
  })

  /** Records what a window does, and inspects the HAR; gives it with its text. */
  async function recordAndInspect(
    work: (window: BrowserContext) => Promise<void>,
  ): Promise<{ inspection: Inspection | null; har: string }> {
    const path = join(folder, `${Math.random()}.har`)
    const window = await browser.newContext({ recordHar: { path }, bypassCSP: true })
    await work(window)
    await window.close()
    const har = await readFile(path, 'utf8')
    return { inspection: await inspectText(har), har }
  }

  async function openOnPhone(window: BrowserContext, changes: Record<string, string> = {}): Promise<URL> {
    const page = await window.newPage()
    await page.goto(authorizeUrl(simulator, { redirect_uri: redirectUri, ...changes })).catch(() => null)
    return new URL(page.url())
  }

  /** Sends a request as a script of a page of the gateway, so that the browser records it. */
  async function post(
    window: BrowserContext,
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<string> {
    const page = await window.newPage()
    await page.goto(new URL('/', url).href)
    const options = JSON.stringify({ method: 'POST', headers, body })
    const text: string = await page.evaluate(
      `fetch(${JSON.stringify(url)}, ${options}).then((response) => response.text())`,
    )
    return text
  }

  async function exchange(window: BrowserContext, code: string): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
    const headers = {
      authorization: basic(simulator.clientId, simulator.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    }
    const text = await post(window, simulator.tokenUrl, headers, form.toString())
    return (JSON.parse(text) as { access_token?: string }).access_token ?? ''
  }

  test('the whole flow, to the verdict', async () => {
    let code = ''
    const { inspection, har } = await recordAndInspect(async (window) => {
      code = (await openOnPhone(window)).searchParams.get('code') ?? ''
      const token = await exchange(window, code)
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const url = `${simulator.apiUrl}/number-verification/v2/verify`
      await post(window, url, headers, '{"phoneNumber":"+34600000001"}')
    })
    expect(inspection?.kind).toBe('har')
    expect(inspection?.summary).toMatch(/\(simulated\).*: verified$/)
    expect(codesOf(inspection)).toEqual([])
    expect(har).toContain(code)
    expect(JSON.stringify(inspection)).not.toContain(code)
  })

  test("the browser's part alone, which ends well", async () => {
    const { inspection } = await recordAndInspect(async (window) => void (await openOnPhone(window)))
    expect(inspection?.summary).toMatch(/it has the code/)
    expect(inspection?.facts.filter(({ name }) => name.endsWith('authorize')).length).toBeGreaterThan(2)
    expect(codesOf(inspection)).toEqual([])
  })

  test('a scope that was cut is refused, and the server says so', async () => {
    const { inspection } = await recordAndInspect(
      async (window) => void (await openOnPhone(window, { scope: 'nothing' })),
    )
    expect(codesOf(inspection)[0]).toBe('invalid_scope')
  })

  test('an unknown client ends on an error page', async () => {
    const { inspection } = await recordAndInspect(
      async (window) => void (await openOnPhone(window, { client_id: 'unknown' })),
    )
    expect(codesOf(inspection)).toHaveLength(1)
    expect(inspection?.summary).toMatch(/failed at step "authorize"/)
    expect(JSON.stringify(inspection?.findings)).toMatch(/client_id/)
  })

  test('a code that the gateway does not know', async () => {
    const { inspection } = await recordAndInspect(async (window) => {
      await openOnPhone(window)
      await exchange(window, 'another-code-1234')
    })
    expect(codesOf(inspection)).toEqual(['invalid_grant'])
    expect(inspection?.summary).toMatch(/failed at step "token"/)
  })

  test('a phone that cannot reach the redirect_uri got its code', async () => {
    const port = await freePort()
    const { inspection } = await recordAndInspect(async (window) => {
      await openOnPhone(window, { redirect_uri: `http://127.0.0.1:${port}/callback` })
    })
    expect(inspection?.summary).toMatch(/it has the code/)
  })

  test('a gateway that cannot be reached', async () => {
    const port = await freePort()
    const { inspection } = await recordAndInspect(async (window) => {
      const page = await window.newPage()
      const url = authorizeUrl(simulator, { redirect_uri: redirectUri }).replace(
        /127\.0\.0\.1:\d+/,
        `127.0.0.1:${port}`,
      )
      await page.goto(url).catch(() => null)
    })
    expect(codesOf(inspection)).toEqual(['connection_refused'])
  })
})
