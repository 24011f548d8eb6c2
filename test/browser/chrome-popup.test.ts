// `--via chrome` where the gateway goes on in another tab or window: that one is watched like the first.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import type { Run } from '../../src/run/run.ts'
import { hasChromium } from '../support/chromium.ts'
import { type Customer, startCustomer } from '../support/customer.ts'
import { type DebuggedChromium, startDebuggedChromium } from '../support/debugged-chromium.ts'
import { canary, type Gateway, queryOf, redirect, startGateway } from '../support/gateway.ts'
import { runNv } from '../support/process.ts'

let customer: Customer
let chromium: DebuggedChromium
let gateway: Gateway
let page: (request: Parameters<RequestHandler>[0]) => string

const answerOf = (request: Parameters<RequestHandler>[0]) => {
  const query = queryOf(request)
  return `${query.get('redirect_uri')}?code=${canary.code}&state=${query.get('state')}`
}

beforeAll(async () => {
  if (!hasChromium) return
  customer = await startCustomer()
  gateway = await startGateway({
    authorize: (request) => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: page(request),
    }),
    '/operator': (request) => redirect(answerOf(request)),
  })
  chromium = await startDebuggedChromium([`MAP customer.example:80 127.0.0.1:${customer.port}`])
})
afterEach(() => expect(customer.seen.splice(0)).toEqual([]))
afterAll(async () => {
  await chromium?.close()
  await gateway?.close()
  customer?.close()
})

async function verify() {
  const { stdout } = await runNv(
    ['verify', '+34600000001', '--json', '--timeout', '15s', '--devtools', chromium.origin],
    {
      env: {
        NV_AUTHORIZE_URL: gateway.urls.authorizeUrl,
        NV_TOKEN_URL: gateway.urls.tokenUrl,
        NV_API_URL: gateway.urls.apiUrl,
        NV_CLIENT_ID: 'test-client',
        NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
        NV_REDIRECT_URI: 'http://customer.example/callback',
      },
    },
  )
  return JSON.parse(stdout) as Run
}

describe.skipIf(!hasChromium)('the gateway goes on', () => {
  test.each<[string, (next: string) => string]>([
    [
      'by a link to another tab',
      (next) =>
        `<a target="_blank" href="${next.replaceAll('&', '&amp;')}">on</a><script>document.links[0].click()</script>`,
    ],
    ['in a window that a script opens', (next) => `<script>open(${JSON.stringify(next)})</script>`],
    [
      'in a window that a script opens empty',
      (next) => `<script>const w=open('');w.location=${JSON.stringify(next)}</script>`,
    ],
    [
      'by a form for another tab',
      (next) =>
        `<form target="_blank" method="post" action="${next.replaceAll('&', '&amp;')}"></form><script>document.forms[0].submit()</script>`,
    ],
  ])('%s', async (_name, body) => {
    for (const next of ['operator', 'redirect_uri']) {
      page = (request) => body(next === 'operator' ? `/operator?${queryOf(request)}` : answerOf(request))
      const run = await verify()
      expect([next, run.outcome, run.arrivals.length]).toEqual([next, 'verified', 1])
      const chain = run.exchanges.filter(({ sentBy }) => sentBy === 'phone')
      expect(chain).toHaveLength(next === 'operator' ? 2 : 1)
      expect(await chromium.tabs()).toEqual(['about:blank'])
    }
  })
})
