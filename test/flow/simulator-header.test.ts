// Every answer of the simulator says by a header that it is the simulator's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { simulatorHeader } from '../../src/wire/simulated.ts'
import { switched } from '../support/behave.ts'
import {
  authorizeUrl,
  followChain,
  obtainToken,
  postToken,
  sendRaw,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator
let network: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator()
  network = await startTestSimulator({ mode: 'network' })
})

afterAll(() => Promise.all([simulator.close(), network.close()]))

const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'user-agent': 'Mozilla/5.0' }

async function verify(at: TestSimulator, authorization: string): Promise<Response> {
  return fetch(`${at.apiUrl}/number-verification/v2/verify`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ phoneNumber: '+34600000001' }),
  })
}

describe('what the simulator answers carries its header', () => {
  test('every hop of the phone', async () => {
    const { hops } = await followChain(authorizeUrl(simulator))
    expect(hops.map(({ response }) => response.headers.get(simulatorHeader))).toEqual([
      'mock',
      'mock',
      'mock',
      'mock',
    ])
  })

  test.each<[string, number, () => Promise<Response>]>([
    ['a verdict', 200, async () => verify(simulator, `Bearer ${await obtainToken(simulator)}`)],
    ['a refusal of the API', 401, () => verify(simulator, 'Bearer x')],
    ['a refusal of the token endpoint', 400, () => postToken(simulator, { grant_type: 'x' })],
    ['a refusal of the authorization endpoint', 400, () => fetch(simulator.authorizeUrl)],
    ['a refusal as a page', 400, () => fetch(simulator.authorizeUrl, { headers: browser })],
    ['the start page', 200, () => fetch(new URL('/', simulator.baseUrl))],
    ['discovery', 200, () => fetch(`${simulator.baseUrl}/.well-known/openid-configuration`)],
    ['the keys', 200, () => fetch(`${simulator.baseUrl}/jwks`)],
    ['a path that leads nowhere', 404, () => fetch(`${simulator.baseUrl}/nowhere`)],
    ['another method', 405, () => fetch(simulator.tokenUrl)],
    ['a refused control request', 404, () => fetch(`${simulator.baseUrl}/simulator/x`)],
    ['the operator', 404, () => fetch(`${simulator.operatorUrl}/nowhere`)],
    ['a body that is too large', 413, () => postToken(simulator, 'x'.repeat(70_000))],
  ])('%s', async (_what, status, ask) => {
    const response = await ask()
    expect([response.status, response.headers.get(simulatorHeader)]).toEqual([status, 'mock'])
  })

  test('a request for another host', async () => {
    const answer = await sendRaw(
      new URL(simulator.baseUrl).port,
      'GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 421 /)
    expect(answer).toMatch(/\r\nx-nv-simulator: mock\r\n/i)
  })
})

/** Those after which no answer with headers arrives whole, or at all. */
const silent = ['hang', 'reset', 'reset-in-body', 'body-cut', 'body-slow', 'body-endless', 'gzip-bomb']
const answering = Object.entries(behaviours).filter(
  ([name, { steps, certificate }]) => !silent.includes(name) && steps.includes('token') && !certificate,
)

describe('an answer that is bent by a behaviour carries it too', () => {
  test.each(answering.map(([name]) => name))('%s', async (name) => {
    const at = await startTestSimulator({ behaviours: [switched(`${name}@token`)] })
    try {
      // Raw, since fetch gives no answer of 407, and follows a redirect.
      const answer = await sendRaw(
        new URL(at.tokenUrl).port,
        'POST /apigateway/token HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 \d{3} [^]*\r\nx-nv-simulator: mock\r\n/i)
    } finally {
      await at.close()
    }
  })
})

test('pages say that they are simulated', async () => {
  const { last } = await followChain(authorizeUrl(network), { stopAt: /\/identify\?/ })
  if (!(last instanceof URL)) throw new Error('The chain ended before the operator')
  const pages = [
    await fetch(new URL('/', simulator.baseUrl)),
    await fetch(simulator.authorizeUrl, { headers: browser }),
    await fetch(last, { headers: browser }),
  ]
  for (const page of pages) {
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(await page.text()).toContain('Simulated on this machine: no real network involved.')
  }
})
