// The HTML report: what it says, and that it needs nothing but itself. Chromium shows it in test/browser.
import { expect, test } from 'vitest'
import { htmlReport } from '../../../src/report/html.ts'
import type { Run } from '../../../src/run/run.ts'
import { arrivalOf, exchangeOf, stopped } from '../../support/recording.ts'
import { createRun } from '../../support/run.ts'

/** Gives the text of the arrows of the sequence, in order. */
function arrowsOf(run: Run): string[] {
  const [, list = ''] = /<ol class="arrows">(.*?)<\/ol>/s.exec(htmlReport(run)) ?? []
  return [...list.matchAll(/<li[^>]*>(.*?)<i /gs)].map(([, label = '']) => label.replaceAll(/<[^>]+>/g, ''))
}

test('the sequence has the real hops, from the phone through the operator to the API', () => {
  expect(arrowsOf(createRun()).filter((arrow) => !/^\w+ → (phone|nv) \d/.test(arrow))).toEqual([
    'phone → aggregator hop 1: GET /authorize',
    'phone → operator hop 2: GET /identify',
    'phone → aggregator hop 3: GET /callback',
    'nv → aggregator POST /token',
    'nv → API POST /number-verification/v2/verify',
  ])
})

test('what a phone did with the URL that it was shown is not claimed', () => {
  const steps = [
    { name: 'authorize' as const, status: 'ok' as const, startedMs: 0, durationMs: 5, detail: '' },
  ]
  const arrivals = [arrivalOf('state_differs'), { ...arrivalOf('taken'), at: 2000 }]
  const run = createRun({}, { request: { via: 'qr' }, steps, exchanges: [], arrivals, end: stopped.code })
  expect(arrowsOf(run)).toEqual([
    'nv → phone authorize URL, by qr; nv does not see what the phone did with it',
    'phone → nv GET /callback (code, state), by listener: ignored (state differs)',
    'phone → nv GET /callback (code, state), by listener: taken as the answer',
  ])
})

test('what happened within a millisecond is in the order of the steps', () => {
  const atOnce = createRun().exchanges.map((exchange) => ({
    ...exchange,
    timings: { ...exchange.timings, startedMs: 0, endedMs: 0 },
  }))
  const run = createRun({}, { exchanges: atOnce, arrivals: [{ ...arrivalOf('taken'), at: 0 }] })
  const order = arrowsOf(run).map((arrow) => arrow.split(' ').slice(0, 3).join(' '))
  expect(order.slice(5, 9)).toEqual([
    'aggregator → phone',
    'phone → nv',
    'nv → aggregator',
    'aggregator → nv',
  ])
})

test('a request that failed is an arrow without an answer', () => {
  const exchanges = [exchangeOf('token', { failure: { code: 'ECONNREFUSED', message: 'refused' } })]
  expect(arrowsOf(createRun({}, { exchanges, end: stopped.token }))).toEqual([
    'nv → aggregator POST /token',
    'nv → aggregator no response: refused, 20 ms',
  ])
})

test('says of a simulated run that it is one, and of any other nothing of the kind', () => {
  expect(htmlReport(createRun({ simulated: true }))).toContain('Simulated: no real network answered')
  expect(htmlReport(createRun())).not.toContain('Simulated')
})

test('loads nothing and runs nothing', () => {
  const page = htmlReport(createRun())
  expect(page).toContain("default-src 'none'")
  expect(page).not.toMatch(/<(script|link|img|iframe|object)\b|\bsrc=|@import|url\(|\son\w+=/i)
})

test('a body that was cut is said to be', () => {
  const [exchange] = createRun().exchanges.slice(-1)
  if (!exchange?.response) throw new Error('The run has no answer')
  const body = { text: 'the beginning', byteLength: 5_000_000, isCut: true }
  const run = createRun({ exchanges: [{ ...exchange, response: { ...exchange.response, body } }] })
  expect(htmlReport(run)).toContain('Only the beginning of the body was kept: it has 5000000 bytes.')
})
