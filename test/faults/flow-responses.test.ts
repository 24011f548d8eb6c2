// Complete HTTP responses that are of no use, at each hop: the step and one cause are named, nothing is retried.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutgoingResponse } from '../../src/context.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { expectExplained, hops, type Hop, urlsWith } from '../support/faults.ts'
import { canary, type Gateway, json, redirect, runFlow, startGateway } from '../support/gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

const html = '<!doctype html><title>Sign in</title><p>Welcome to the Wi-Fi</p>'
const page = (status: number, headers = {}): OutgoingResponse => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: html,
})
const text = (body: string, contentType = 'application/json'): OutgoingResponse => ({
  status: 200,
  headers: { 'content-type': contentType },
  body,
})

/** Runs the flow with one answer at one hop, and checks what always holds. */
async function runWith(hop: Hop, answer: OutgoingResponse) {
  const paths = { authorize: '/authorize', token: '/token', api: '/number-verification/v2/verify' } as const
  const faulty = await startGateway({ [paths[hop]]: () => answer })
  const flow = await runFlow(urlsWith(gateway, hop, faulty.origin))
  expectExplained(flow.result, flow, { hop })
  expect(faulty.requests).toHaveLength(1)
  await faulty.close()
  return { finding: flow.result.findings[0], flow, host: faulty.host }
}

const codes = { authorize: 'authorize_page', token: 'token_unreadable', api: 'api_unreadable' } as const

describe.each(hops)('200 from the %s endpoint', (hop) => {
  it.each<[string, OutgoingResponse]>([
    ['with a page', page(200)],
    ['with a page that says it is JSON', text(html)],
    ['with nothing', text('')],
    ['with a byte order mark alone', text('\uFEFF')],
    ['with text', text('OK', 'text/plain')],
    ['with JSON of the wrong shape', json({ result: 'ok', code: 0, message: null })],
    ['with a JSON array', json([1, 2])],
    ['with a JSON string', json('ok')],
    ['with JSON that is cut', text('{"access_token": "abc')],
    [
      'with members of the wrong type',
      json({ access_token: 5, devicePhoneNumberVerified: 'yes', error: {} }),
    ],
    ['with an empty access token', json({ access_token: '' })],
    ['with a Location', page(200, { location: 'https://elsewhere.example/' })],
  ])('%s', async (_what, answer) => {
    const { finding, host } = await runWith(hop, answer)
    expect(finding?.code).toBe(codes[hop])
    expect(finding?.title).toContain(host)
  })

  it('with JSON in UTF-16', async () => {
    const body = Buffer.from('\uFEFF{"access_token":"abc","devicePhoneNumberVerified":true}', 'utf16le')
    const headers = ['content-type: application/json; charset=utf-16', `content-length: ${body.length}`]
    const server = await startBrokenServer((socket) => socket.end(rawResponse('200 OK', headers, body)))
    const flow = await runFlow(urlsWith(gateway, hop, server.origin))
    expectExplained(flow.result, flow, { hop, host: server.host })
    expect(flow.result.findings[0]?.code).toBe(codes[hop])
    await server.close()
  })
})

describe.each(hops)('an error from the %s endpoint', (hop) => {
  const bodies: ReadonlyArray<[string, OutgoingResponse]> = [
    ['without a body', { status: 0 }],
    ['with a page', page(0)],
    ['with an OAuth error', json({ error: 'server_error', error_description: 'It broke' }, 0)],
    ['with an error of the API', json({ status: 0, code: 'SOME.CODE', message: 'It broke' }, 0)],
    ['with members of the wrong type', json({ error: 5, code: {}, message: [], error_description: null }, 0)],
  ]
  const statuses = [400, 401, 403, 404, 407, 421, 429, 500, 502, 503, 504]
  const cases = statuses.flatMap((status) => bodies.map(([what, answer]) => [status, what, answer] as const))

  it.each(cases)('HTTP %d %s', async (status, _what, answer) => {
    const { finding, flow } = await runWith(hop, { ...answer, status })
    const [exchange] = flow.result.exchanges.filter(({ step }) => step === hop).slice(-1)
    expect(exchange).toMatchObject({ response: { status }, failure: null })
    if (hop !== 'api' || finding?.code === 'api_error') expect(finding?.title).toContain(`HTTP ${status}`)
  })

  it.each(['30', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon', '-1', '1e99'])(
    'is not waited for: Retry-After: %s',
    async (retryAfter) => {
      for (const status of [429, 503]) {
        const { flow } = await runWith(hop, page(status, { 'retry-after': retryAfter }))
        expect(flow.result.durationMs).toBe(0)
      }
    },
  )
})

describe.each(['token', 'api'] as const)('a redirect from the %s endpoint', (hop) => {
  const cases = [300, 301, 302, 303, 307, 308].flatMap((status) =>
    (['another origin', 'the same origin', 'nowhere', 'a scheme of another kind'] as const).map(
      (where) => [status, where] as const,
    ),
  )

  it.each(cases)('%d to %s is not followed', async (status, where) => {
    const elsewhere = await startGateway({
      '/token': () => json({ access_token: 'x', token_type: 'Bearer' }),
    })
    const targets = {
      'another origin': redirect(`${elsewhere.origin}/token`, status),
      'the same origin': redirect('/other', status),
      nowhere: { status },
      'a scheme of another kind': redirect('file:///etc/passwd', status),
    }
    const { finding, host } = await runWith(hop, targets[where])
    expect(finding?.code).toBe(`${hop}_redirected`)
    expect(finding?.title).toContain(host)
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })
})

it('a secret in the Location of a refused redirect is not shown', async () => {
  const location = `https://evil.example/?access_token=inner-secret&x=${encodeURIComponent(canary.code)}`
  const { flow } = await runWith('token', redirect(location, 307))
  expect(JSON.stringify(flow.result) + flow.out() + flow.err()).not.toMatch(/inner-secret|Qf7/)
  expect(flow.result.findings[0]?.cause).toContain('https://evil.example/')
})
