// An interruption in every phase: exit 130 within a second, and nothing is left listening or connected.
import { describe, expect, it } from 'vitest'
import { Cancelled } from '../../src/errors.ts'
import { accepts } from '../support/broken-server.ts'
import {
  type Endpoint,
  type Gateway,
  redirect,
  silence,
  type StartedFlow,
  startFlow,
  type Handlers,
  startWaitingFlow,
  withGateway,
} from '../support/gateway.ts'
import { promptly } from '../support/promptly.ts'

/** Interrupts the flow, and checks how it ends. */
async function expectInterrupted(flow: StartedFlow, step: string): Promise<void> {
  flow.interrupt(new Cancelled())
  const run = await promptly(1000, flow.run)
  expect(run).toMatchObject({ outcome: 'undetermined', exitCode: 130, failedStep: step })
  expect(run.findings[0]).toMatchObject({ code: 'interrupted', severity: 'info' })
  expect(flow.out()).toBe('')
  expect(flow.err()).not.toMatch(/^\s+at /m)
}

describe('with a listener', () => {
  const callback = (flow: { callbackTarget: string; redirectUri: string }) =>
    new URL(flow.callbackTarget, flow.redirectUri)

  it('while it waits for the phone', async () => {
    await withGateway({}, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls)
      await expectInterrupted(flow, 'callback')
      expect(await accepts(flow.port)).toBe(false)
      expect(gateway.requests).toEqual([])
    })
  })

  it.each<[Endpoint, string]>([
    ['token', 'token'],
    ['verify', 'api'],
  ])('while the %s endpoint is silent, and the phone waits for its page', async (endpoint, step) => {
    await withGateway({ [endpoint]: silence }, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls)
      const { headers } = await fetch(callback(flow), { redirect: 'manual' })
      const page = fetch(new URL(headers.get('location') ?? '', flow.redirectUri))
      // What is answered after the phone asked for its page says that the question has arrived.
      await fetch(new URL('/favicon.ico', flow.redirectUri))
      await gateway.reached(endpoint)
      await expectInterrupted(flow, step)
      expect(await accepts(flow.port)).toBe(false)
      expect(await (await page).text()).toContain('<title>Stopped')
      expect(gateway.count('token')).toBe(1)
    })
  })

  it.each<[Endpoint, string]>([
    ['token', 'token'],
    ['verify', 'api'],
  ])('while the %s endpoint is silent, and the phone has gone', async (endpoint, step) => {
    await withGateway({ [endpoint]: silence }, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls)
      await fetch(callback(flow), { redirect: 'manual' })
      await gateway.reached(endpoint)
      await expectInterrupted(flow, step)
      expect(await accepts(flow.port)).toBe(false)
    })
  })

  it('while the result is kept for a phone that has gone: the result stands', async () => {
    await withGateway({}, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls)
      await fetch(callback(flow), { redirect: 'manual' })
      await flow.after('api')
      flow.interrupt(new Cancelled())
      expect((await flow.run).outcome).toBe('verified')
      expect(await accepts(flow.port)).toBe(false)
    })
  })
})

describe('without a phone', () => {
  const toInner = () => redirect('/inner')
  it.each<[string, Handlers, (gateway: Gateway) => Promise<void>, string]>([
    ['the first hop', { authorize: silence }, (gateway) => gateway.reached('authorize'), 'authorize'],
    [
      'an inner hop',
      { authorize: toInner, '/inner': silence },
      (gateway) => gateway.reached('/inner'),
      'authorize',
    ],
    ['the token endpoint', { token: silence }, (gateway) => gateway.reached('token'), 'token'],
    ['the API', { verify: silence }, (gateway) => gateway.reached('verify'), 'api'],
  ])('while %s is silent', async (_what, handlers, reached, step) => {
    await withGateway(handlers, async (gateway) => {
      const flow = startFlow(gateway.urls)
      await reached(gateway)
      await expectInterrupted(flow, step)
      expect(gateway.count('token')).toBeLessThanOrEqual(1)
    })
  })

  it('before the first request: nothing is sent', async () => {
    await withGateway({}, async (gateway) => {
      const flow = startFlow(gateway.urls)
      await expectInterrupted(flow, 'authorize')
      expect(gateway.requests).toEqual([])
    })
  })
})
