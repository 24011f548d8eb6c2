// --as-app: what an app's SDK sends, what it gives up at, and what is said of that.
import { describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { RequestHandler } from '../../src/context.ts'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext } from '../support/context.ts'
import {
  grantCode,
  type Handlers,
  queryOf,
  redirect,
  runFlow,
  silence,
  startFlow,
  withGateway,
} from '../support/gateway.ts'
import { exchangeOf, recordingOf } from '../support/recording.ts'

const follow = (handlers: Handlers, isAsApp: boolean) =>
  withGateway(handlers, async (gateway) => ({ ...(await runFlow(gateway.urls, { isAsApp })), gateway }))

/** Redirects to itself so often, then grants a code; the last redirect goes to the redirect_uri. */
const redirects =
  (count: number): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    const done = Number(query.get('n') ?? 0) + 1
    if (done >= count) return grantCode(request)
    query.set('n', `${done}`)
    return redirect(`/authorize?${query}`)
  }

describe('what is sent', () => {
  it('carries the headers of an SDK and none of a browser', async () => {
    const { result, gateway } = await follow({}, true)
    expect(result.outcome).toBe('verified')
    const [asked] = gateway.requests
    const names = asked?.headers.map(([name]) => name).toSorted()
    expect(names).toEqual(['accept', 'connection', 'host', 'user-agent'])
    expect(Object.fromEntries(asked?.headers ?? [])['user-agent']).toMatch(
      /^nv-sdk-android\/\S+ Android\/14 /,
    )
    expect(JSON.stringify(result.exchanges[0]?.request.headers)).not.toMatch(/sec-fetch|accept-language/)
    expect(result.request.isAsApp).toBe(true)
  })

  it('keeps cookies, as SDKs do', async () => {
    const { gateway } = await follow(
      {
        authorize: (request) => {
          const query = queryOf(request)
          if (query.has('n')) return grantCode(request)
          query.set('n', '1')
          return redirect(`/authorize?${query}`, 302, { 'set-cookie': 'hop=1' })
        },
      },
      true,
    )
    expect(Object.fromEntries(gateway.requests[1]?.headers ?? [])['cookie']).toBe('hop=1')
  })

  it('leaves nv its own requests', async () => {
    const { gateway } = await follow({}, true)
    const token = gateway.requests.find(({ path }) => path === '/token')
    expect(Object.fromEntries(token?.headers ?? [])['user-agent']).toMatch(/^nv\//)
  })
})

describe('what it gives up at', () => {
  test.each([
    [10, true, 'verified', undefined],
    [11, true, 'undetermined', 'app_redirect_limit'],
    [11, false, 'verified', undefined],
    [21, false, 'undetermined', 'too_many_redirects'],
  ])('%d redirects, as an app %s: %s', async (count, isAsApp, outcome, code) => {
    const { result } = await follow({ authorize: redirects(count) }, isAsApp)
    expect(result.outcome).toBe(outcome)
    expect(result.findings[0]?.code).toBe(code)
  })

  it('a hop that does not answer within 5 s', async () => {
    const result = await withGateway({ authorize: silence }, async (gateway) => {
      const flow = startFlow(gateway.urls, { isAsApp: true })
      await gateway.reached('authorize')
      flow.clock.advance(5000)
      return flow.run
    })
    expect(result.findings[0]).toMatchObject({ code: 'app_hop_slow', evidence: [1] })
    expect(result.findings[0]?.title).toContain('did not answer within 5 s')
  })
})

test('a hop on plain http is a warning for an app, and none for a browser or on this machine', () => {
  const hop = (url: string, isAsApp: boolean) =>
    diagnose(recordingOf({ exchanges: [exchangeOf('authorize', { url })], request: { isAsApp } }))
      .map(({ code }) => code)
      .filter((code) => code.startsWith('app_'))
  expect(hop('http://operator.example/he', true)).toEqual(['app_plain_http'])
  expect(hop('http://operator.example/he', false)).toEqual([])
  expect(hop('https://operator.example/he', true)).toEqual([])
  expect(hop('http://127.0.0.1:4000/he', true)).toEqual([])
})

test.each(['qr', 'browser', 'paste'])('--as-app is refused with --via %s', async (via) => {
  const { context, out } = createTestContext({})
  const args = ['verify', '+34600000001', '--profile', 'simulator', '--as-app', '--via', via, '--json']
  expect(await runProgram(context, args)).toBe(2)
  const run = JSON.parse(out()) as Run
  expect(run).toMatchObject({ exchanges: [], findings: [{ code: 'source_unused' }] })
  expect(run.findings[0]?.title).toBe(`--as-app does not work with --via ${via}`)
})

test('--as-app goes direct where auto would show a QR code', async () => {
  const { context, out } = createTestContext({})
  expect(
    await runProgram(context, ['verify', '+34600000001', '--profile', 'simulator', '--as-app', '--json']),
  ).toBe(0)
  expect(JSON.parse(out())).toMatchObject({ outcome: 'verified', request: { via: 'direct', isAsApp: true } })
})
