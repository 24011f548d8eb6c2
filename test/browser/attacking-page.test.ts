// Chromium as the web page that attacks: forged requests, and names that were made to lead to this machine.
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Listener } from '../../src/context.ts'
import { listen } from '../../src/io/listener.ts'
import { hasChromium } from '../support/chromium.ts'
import {
  bringCallback,
  canary,
  type Gateway,
  startGateway,
  startWaitingFlow,
  type WaitingFlow,
} from '../support/gateway.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { chromiumPath } from '../support/start-chromium.ts'

/** A name that its owner lets lead to 127.0.0.1 once the page is loaded. */
const rebound = 'rebound.example'

describe.skipIf(!hasChromium)('a web page in Chromium (skipped where there is none)', () => {
  let browser: Browser
  let attacker: Listener
  let gateway: Gateway
  let simulator: TestSimulator
  let page: Page

  beforeAll(async () => {
    gateway = await startGateway()
    simulator = await startTestSimulator()
    attacker = await listen('127.0.0.1', 0, () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<title>evil</title><body>',
    }))
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        `--host-resolver-rules=MAP evil.example 127.0.0.1, MAP ${rebound} 127.0.0.1`,
      ],
    })
    page = await browser.newPage()
  })

  afterAll(async () => {
    await browser?.close()
    await Promise.all([attacker?.close(), gateway?.close(), simulator?.close()])
  })

  const openAttacker = () => page.goto(`http://evil.example:${attacker.port}/`)

  /** Has the page send a request in every way that needs nobody's leave, and in those that do. */
  async function attack(url: string): Promise<{ read: string[] }> {
    return page.evaluate(`(async (url) => {
      const read = []
      const image = new Image()
      await new Promise((resolve) => { image.onload = image.onerror = resolve; image.src = url })
      for (const enctype of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
        await new Promise((resolve) => {
          const frame = document.createElement('iframe')
          frame.name = 'f' + Math.random()
          document.body.append(frame)
          const form = document.createElement('form')
          Object.assign(form, { action: url, method: 'POST', enctype, target: frame.name })
          const input = document.createElement('input')
          Object.assign(input, { name: '{"behaviours":["wifi"],"x":"', value: '"}' })
          form.append(input)
          document.body.append(form)
          frame.onload = resolve
          form.submit()
          setTimeout(resolve, 3000)
        })
      }
      const json = { 'content-type': 'application/json' }
      const body = JSON.stringify({ behaviours: ['wifi'] })
      for (const init of [
        { mode: 'no-cors' },
        { mode: 'no-cors', method: 'POST', body },
        { mode: 'no-cors', credentials: 'include' },
        { mode: 'cors' },
        { mode: 'cors', method: 'PUT', headers: json, body },
        { mode: 'cors', method: 'DELETE' },
        { mode: 'cors', method: 'POST', headers: json, body },
      ]) {
        try {
          const answer = await fetch(url, init)
          if (answer.type !== 'opaque') read.push(answer.status + ' ' + await answer.text())
        } catch {}
      }
      navigator.sendBeacon(url, body)
      return { read }
    })(${JSON.stringify(url)})`)
  }

  describe('Threat 2: at the callback', () => {
    async function expectStillWaiting(flow: WaitingFlow): Promise<void> {
      const before = gateway.count('token')
      await bringCallback(flow)
      expect(await flow.run).toMatchObject({ outcome: 'verified' })
      expect(gateway.count('token')).toBe(before + 1)
    }

    it('forges nothing: the flow goes on, and the page reads no answer', async () => {
      const flow = await startWaitingFlow(gateway.urls)
      await openAttacker()
      const forged = new URLSearchParams({ code: 'forged', state: 'forged' })
      expect(await attack(`${flow.redirectUri}?${forged}`)).toEqual({ read: [] })
      await expectStillWaiting(flow)
      const { arrivals } = await flow.run
      const verdicts = arrivals.map(({ verdict }) => verdict)
      expect(verdicts).toContain('state_differs')
      expect(verdicts).toContain('wrong_method')
      expect(verdicts.filter((verdict) => verdict === 'taken')).toHaveLength(1)
    })

    it('is refused under a name of its own, even with the true code and state', async () => {
      const flow = await startWaitingFlow(gateway.urls)
      const { pathname } = new URL(flow.redirectUri)
      const address = `http://${rebound}:${flow.port}`
      const answer = await page.goto(address + flow.callbackTarget)
      expect(answer?.status()).toBe(421)
      expect(await page.content()).not.toMatch(new RegExp(`${canary.code.slice(0, 12)}|${flow.state}`))
      // The page that stands there now is of the attacker's origin, and its own policy lets it ask for nothing.
      const answers = await page.evaluate(
        `Promise.all(['/', ${JSON.stringify(pathname)}, ${JSON.stringify(flow.callbackTarget)}].map((path) =>
          fetch(path).then(({ status }) => status, () => 'blocked')))`,
      )
      expect(answers).toEqual(['blocked', 'blocked', 'blocked'])
      await expectStillWaiting(flow)
    })
  })

  describe('at the simulator', () => {
    const controlPath = () => `/apigateway/simulator/clients/${simulator.clientId}/behaviours`
    /** What is on, as a program of this machine is told. */
    const active = async () => (await fetch(new URL(controlPath(), simulator.baseUrl))).json()
    const none = { behaviours: [] }

    it('switches no behaviour by a request across origins', async () => {
      await openAttacker()
      expect(await attack(new URL(controlPath(), simulator.baseUrl).href)).toEqual({ read: [] })
      expect(await active()).toEqual(none)
    })

    it('switches none under a name of its own', async () => {
      const { port } = new URL(simulator.baseUrl)
      const answer = await page.goto(`http://${rebound}:${port}/`)
      expect(answer?.status()).toBe(421)
      const { read } = await attack(`http://${rebound}:${port}${controlPath()}`)
      expect(read.filter((text) => !text.startsWith('421 '))).toEqual([])
      expect(read.length).toBeGreaterThan(3)
      expect(await active()).toEqual(none)
    })

    it('switches none from a page of the simulator’s own origin', async () => {
      await page.goto(simulator.baseUrl)
      const { read } = await attack(controlPath())
      expect(read.filter((text) => !text.startsWith('403 '))).toEqual([])
      expect(await active()).toEqual(none)
    })
  })
})
