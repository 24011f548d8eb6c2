// docs/phone-and-page.png is taken of a run in Chromium, which takes place here. NV_WRITE_DOCS=1 writes it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { connectToChromium, hasChromium } from '../support/chromium.ts'
import { type FakeTunnels, installFakeTunnels } from '../support/fake-tunnels.ts'
import { freePort } from '../support/ports.ts'
import { type RunningProgram, startNv } from '../support/process.ts'

const picture = join(import.meta.dirname, '../../docs/phone-and-page.png')

const phone = { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 }

describe.skipIf(!hasChromium || process.platform === 'win32')(
  'in Chromium, with a tunnel that is played',
  () => {
    let browser: Browser
    let gateway: RunningProgram
    let run: RunningProgram
    let tunnels: FakeTunnels
    let home: string

    afterAll(async () => {
      run?.process.kill()
      gateway?.process.kill()
      await tunnels?.close()
      await browser?.close()
      await rm(home, { recursive: true, force: true })
    })

    test('a person starts on the phone, the terminal’s page follows, and both end with the result', async () => {
      home = await mkdtemp(join(tmpdir(), 'nv-pictures-'))
      browser = await connectToChromium()
      tunnels = await installFakeTunnels({ cloudflared: {} })
      const port = await freePort()
      gateway = startNv(['simulate', '--mode', 'network', '--port', String(port)])
      await gateway.untilStdout(/Ctrl-C/)
      const base = `http://127.0.0.1:${port}/apigateway`
      run = startNv(['verify', '+34600000001', '--via', 'qr', '--page', '--tunnel', 'cloudflared'], {
        env: {
          ...tunnels.env,
          HOME: home,
          NV_ISSUER: base,
          NV_API_URL: base,
          NV_CLIENT_ID: 'mock_sandbox_app_id',
          NV_CLIENT_SECRET: 'mock_sandbox_app_secret',
        },
      })
      const [, link = ''] = await run.untilStderr(/^(https:\S+\/s\/\S+)$/m)
      const [, pageUrl = ''] = await run.untilStderr(/^Page (http:\S+)$/m)
      const local = await browser.newPage({ viewport: { width: 1120, height: 820 } })
      await local.goto(pageUrl)
      await local.getByText('Waiting').first().waitFor()
      expect(await local.getByText('warning', { exact: true }).count()).toBe(0)
      const shots = [await local.screenshot()]

      const proxy = { server: tunnels.proxyUrl, bypass: '127.0.0.1' }
      const handset = await (await browser.newContext({ ...phone, proxy, ignoreHTTPSErrors: true })).newPage()
      await handset.goto(link)
      shots.push(await handset.screenshot())
      expect(await handset.textContent('h1')).toBe('Check this phone’s number')

      await handset.getByRole('link', { name: 'Start' }).click()
      await pickPhone(handset)
      await handset.getByText('(simulated)').or(handset.getByText('simulated')).first().waitFor()
      shots.push(await handset.screenshot())
      await local.getByText('verified').first().waitFor()
      expect(await run.finished).toMatchObject({ exitCode: 0 })

      const taken = await compose(browser, shots)
      expect(taken.length).toBeLessThan(150_000)
      if (process.env['NV_WRITE_DOCS']) await writeFile(picture, taken)
    })
  },
)

/** Plays the operator's network: says which line the phone is on. */
async function pickPhone(page: Page): Promise<void> {
  await page.getByText('+34600000001').first().click()
  await page.getByText('Mobile data').first().click()
  await page.getByRole('button').first().click()
}

/** Puts the page of the terminal's machine and two moments of the phone side by side. */
async function compose(browser: Browser, [local, ...phones]: readonly Buffer[]): Promise<Buffer> {
  const image = (bytes: Buffer | undefined, width: number, frame: string) =>
    `<img class="${frame}" width="${width}" src="data:image/png;base64,${bytes?.toString('base64')}">`
  const page = await browser.newPage({ viewport: { width: 1200, height: 560 } })
  await page.setContent(`<style>
body{margin:0;padding:28px;display:flex;gap:24px;align-items:center;justify-content:center;background:#e8ecf1;height:504px}
img{display:block}
.window{border-radius:8px;box-shadow:0 0 0 1px #b9c2cc,0 8px 24px #0002}
.phone{border-radius:24px;border:8px solid #20262d}
</style>${image(local, 600, 'window')}${phones.map((bytes) => image(bytes, 230, 'phone')).join('')}`)
  return page.screenshot()
}
