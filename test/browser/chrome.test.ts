// `--via chrome` against a real Chromium: every hop is recorded, and the redirect_uri's server sees nothing.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import type { Run } from '../../src/run/run.ts'
import { hasChromium } from '../support/chromium.ts'
import { type Customer, startCustomer } from '../support/customer.ts'
import { type DebuggedChromium, startDebuggedChromium } from '../support/debugged-chromium.ts'
import { makeFakeAdb } from '../support/fake-adb.ts'
import { canary, type Gateway, type Handlers, queryOf, redirect, startGateway } from '../support/gateway.ts'
import { runNv, startNv } from '../support/process.ts'

let customer: Customer
let chromium: DebuggedChromium
let gateway: Gateway
const handlers: Handlers = {}

const html = (body: string, status = 200) => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
})

/** The redirect_uri with a response, as a gateway makes it. */
function answerOf(request: Parameters<RequestHandler>[0], separator = '?'): string {
  const query = queryOf(request)
  return `${query.get('redirect_uri')}${separator}code=${canary.code}&state=${query.get('state')}`
}

beforeAll(async () => {
  if (!hasChromium) return
  customer = await startCustomer()
  gateway = await startGateway({
    authorize: (request) => handlers.authorize?.(request) ?? redirect(`/operator?${queryOf(request)}`),
    '/operator': (request) =>
      handlers['/operator']?.(request) ?? {
        status: 302,
        headers: { location: answerOf(request), 'set-cookie': ['line=canary-cookie-77', 'b=2; Path=/'] },
      },
  })
  chromium = await startDebuggedChromium([`MAP customer.example:80 127.0.0.1:${customer.port}`])
})

afterEach(() => {
  for (const name of Object.keys(handlers)) delete handlers[name as keyof Handlers]
  expect(customer.seen.splice(0)).toEqual([])
})

afterAll(async () => {
  await chromium?.close()
  await gateway?.close()
  customer?.close()
})

const args = ['verify', '+34600000001', '--via', 'chrome', '--json']

function environment(changes: Record<string, string> = {}) {
  return {
    NV_AUTHORIZE_URL: gateway.urls.authorizeUrl,
    NV_TOKEN_URL: gateway.urls.tokenUrl,
    NV_API_URL: gateway.urls.apiUrl,
    NV_CLIENT_ID: 'test-client',
    NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
    NV_REDIRECT_URI: 'http://customer.example/callback',
    ...changes,
  }
}

async function verify(more: readonly string[] = [], changes: Record<string, string> = {}) {
  const devtools = ['--devtools', chromium.origin]
  const finished = await runNv([...args, ...devtools, ...more], { env: environment(changes) })
  return { ...finished, run: JSON.parse(finished.stdout) as Run }
}

const chainOf = ({ exchanges }: Run) => exchanges.filter(({ sentBy }) => sentBy === 'phone')

describe.skipIf(!hasChromium)('--via chrome', () => {
  test('verifies with a redirect_uri that is never requested, and records every hop', async () => {
    const { run, exitCode, stdout } = await verify()
    expect([exitCode, run.outcome]).toEqual([0, 'verified'])
    const chain = chainOf(run)
    expect(chain.map(({ hop, response }) => [hop, response?.status])).toEqual([
      [1, 302],
      [2, 302],
    ])
    for (const { request, response, timings, connection, failure } of chain) {
      expect(failure).toBeNull()
      expect(request.headers.map(([name]) => name)).toContain('user-agent')
      expect(response?.headers.map(([name]) => name)).toContain('location')
      expect(timings.firstByteMs).toBeGreaterThanOrEqual(0)
      expect(timings.endedMs).toBeGreaterThanOrEqual(timings.firstByteMs ?? 0)
      expect(connection).toMatchObject({ remoteAddress: gateway.host, protocol: 'http/1.1' })
    }
    expect(chain[1]?.response?.headers.filter(([name]) => name === 'set-cookie')).toHaveLength(2)
    expect(run.arrivals).toMatchObject([
      {
        via: 'chrome',
        verdict: 'taken',
        what: { host: 'customer.example', path: '/callback', state: 'ours' },
      },
    ])
    for (const secret of [canary.code, 'canary-cookie-77', 'canary-client-secret-Zx9'])
      expect(stdout).not.toContain(secret)
    expect(await chromium.tabs()).toEqual(['about:blank'])
  })

  test.each<[string, RequestHandler, string]>([
    ['a script', (request) => html(`<script>location=${JSON.stringify(answerOf(request))}</script>`), 'GET'],
    [
      'a form that is posted',
      (request) => {
        const query = queryOf(request)
        return html(
          `<form method="post" action="${query.get('redirect_uri')}"><input name="code" value="${canary.code}"><input name="state" value="${query.get('state')}"></form><script>document.forms[0].submit()</script>`,
        )
      },
      'POST',
    ],
    [
      'a meta refresh',
      (request) => html(`<meta http-equiv="refresh" content="0;url=${answerOf(request)}">`),
      'GET',
    ],
  ])('%s leads there too', async (_name, authorize, method) => {
    handlers.authorize = authorize
    const { run } = await verify()
    expect(run.outcome).toBe('verified')
    expect(run.arrivals).toMatchObject([{ via: 'chrome', verdict: 'taken', what: { method } }])
    expect(chainOf(run)[0]?.response?.body?.text).toMatch(/<(script|form|meta)/)
  })

  test.each([
    ['a redirect', (request: Parameters<RequestHandler>[0]) => redirect(answerOf(request))],
    [
      'a script',
      (request: Parameters<RequestHandler>[0]) =>
        html(`<script>location=${JSON.stringify(answerOf(request))}</script>`),
    ],
  ])('the address of an app, by %s', async (_name, authorize) => {
    handlers.authorize = authorize
    const { run } = await verify([], { NV_REDIRECT_URI: 'com.example.app://callback' })
    expect(run.outcome).toBe('verified')
    expect(run.arrivals[0]?.what.path).toBe('')
  })

  test('a response behind a # is told as such', async () => {
    handlers.authorize = (request) => redirect(answerOf(request, '#'))
    const { run, exitCode } = await verify()
    expect([exitCode, run.findings[0]?.code]).toEqual([3, 'response_in_fragment'])
  })

  test('what a page fetches from there is stopped as well, and is no answer', async () => {
    handlers.authorize = (request) =>
      html(
        `<img src="${answerOf(request)}"><script>fetch(${JSON.stringify(answerOf(request))}, {mode: 'no-cors'}).catch(() => 0).then(() => location = '/operator${new URL(request.target, 'http://x').search}')</script>`,
      )
    const { run } = await verify()
    expect(run.outcome).toBe('verified')
    expect(chainOf(run)).toHaveLength(2)
  })

  test('a code for a server that is not the redirect_uri is stopped before it leaves', async () => {
    handlers.authorize = (request) => redirect(answerOf(request).replace('/callback', '/other'))
    const { run, exitCode } = await verify()
    expect([exitCode, run.findings[0]?.code]).toEqual([3, 'response_elsewhere'])
  })

  test('an error page is recorded with its text, and explained', async () => {
    handlers.authorize = () => html('<title>Error</title><h1>Unknown client_id</h1>', 400)
    const { run, exitCode } = await verify()
    expect([exitCode, run.failedStep]).toEqual([3, 'authorize'])
    expect(chainOf(run)[0]?.response?.body?.text).toContain('Unknown client_id')
    expect(run.findings[0]?.step).toBe('authorize')
    expect(`${run.findings[0]?.title} ${run.findings[0]?.cause}`).toMatch(/client/i)
    expect(JSON.stringify(run.findings)).not.toMatch(/--via direct|machine plays/)
  })

  test('a host that the phone does not find is named, and not blamed on this machine', async () => {
    handlers.authorize = () => redirect('http://operator.internal/identify')
    const { run, exitCode } = await verify()
    expect([exitCode, run.findings[0]?.code]).toEqual([3, 'host_not_found'])
    expect(chainOf(run).at(-1)).toMatchObject({
      hop: 2,
      response: null,
      failure: { code: 'ENOTFOUND', phase: 'resolve' },
    })
    expect(JSON.stringify(run.findings)).not.toMatch(/--via direct|machine plays|this machine/)
  })

  test('a consent page is waited for, and then goes on', async () => {
    handlers.authorize = (request) =>
      html(
        `<h1>Allow it?</h1><a id="yes" href="/operator${new URL(request.target, 'http://x').search}">Yes</a>`,
      )
    const nv = startNv([...args, '--devtools', chromium.origin], { env: environment() })
    nv.process.stdin.end()
    await nv.untilStderr(/which shows a page of 127\.0\.0\.1:\d+: answer it there/)
    const { chromium: playwright } = await import('playwright-core')
    const browser = await playwright.connectOverCDP(chromium.origin)
    const pages = browser.contexts().flatMap((context) => context.pages())
    await pages.find((page) => page.url().includes('/authorize'))?.click('#yes')
    const run = JSON.parse((await nv.finished).stdout) as Run
    await browser.close()
    expect(run.outcome).toBe('verified')
    expect(chainOf(run).map(({ response }) => response?.status)).toEqual([200, 302])
  })

  test('a page that nobody answers ends with the time, and is told', async () => {
    handlers.authorize = () => html('<title>Allow</title><h1>Do you agree?</h1>')
    const { run, exitCode } = await verify(['--timeout', '6s'])
    expect([exitCode, run.failedStep]).toEqual([3, 'authorize'])
    expect(chainOf(run)[0]?.response?.body?.text).toContain('Do you agree?')
    expect(run.findings[0]?.code).toBe('authorize_page')
  })

  test('Ctrl-C closes the tab', async () => {
    handlers.authorize = () => html('<h1>Wait</h1>')
    const nv = startNv([...args, '--devtools', chromium.origin], { env: environment() })
    await nv.untilStderr(/answer it there/)
    nv.process.kill('SIGINT')
    expect((await nv.finished).exitCode).toBe(130)
    expect(await chromium.tabs()).toEqual(['about:blank'])
  })

  test('a browser that ends in the middle is told', async () => {
    handlers.authorize = () => html('<h1>Wait</h1>')
    const own = await startDebuggedChromium([])
    try {
      const nv = startNv([...args, '--devtools', own.origin], { env: environment() })
      await nv.untilStderr(/answer it there/)
      own.kill()
      const { stdout, exitCode } = await nv.finished
      expect([exitCode, (JSON.parse(stdout) as Run).findings[0]?.code]).toEqual([4, 'devtools_lost'])
    } finally {
      await own.close()
    }
  })

  test('through adb: the forward is made and removed, and the phone is looked at', async () => {
    const adb = makeFakeAdb()
    adb.set('port', new URL(chromium.origin).port)
    const env = environment({ PATH: adb.path })
    const { stdout } = await runNv(args, { env })
    const run = JSON.parse(stdout) as Run
    expect(run.outcome).toBe('verified')
    expect(run.findings.map(({ code }) => code)).toContain('phone_on_wifi')
    expect(run.steps[0]?.detail).toBe('stopped in the browser on Pixel 7 before it went to the redirect_uri')
    const port = new URL(chromium.origin).port
    expect(adb.calls()).toContainEqual([
      '-s',
      '1A2B',
      'forward',
      'tcp:0',
      'localabstract:chrome_devtools_remote',
    ])
    expect(adb.calls()).toContainEqual(['-s', '1A2B', 'forward', '--remove', `tcp:${port}`])
  })

  test('an address without a browser', async () => {
    const run = JSON.parse(
      (await runNv([...args, '--devtools', gateway.origin], { env: environment() })).stdout,
    ) as Run
    expect([run.exitCode, run.findings[0]?.code]).toEqual([4, 'devtools_missing'])
  })
})
