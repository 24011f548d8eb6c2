// The simulator with a certificate: everything it names is https, and its cookies stay there.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { certify } from '../../src/io/certificates.ts'
import { createSend } from '../../src/io/send.ts'
import { headersOf } from '../../src/wire/exchange.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { authorizeUrl, redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

let simulator: TestSimulator
let ca: string

beforeAll(async () => {
  const certified = await certify('127.0.0.1', Date.now(), null)
  ca = certified.ca
  simulator = await startTestSimulator({ identity: certified.identity })
})
afterAll(() => simulator.close())

it('the whole chain is https, on both origins', async () => {
  const { clientId, clientSecret } = simulator
  const profile = testProfile(simulator, { ca, clientId, clientSecret, redirectUri })
  const { run } = await runVerify({ target: profile })
  expect(run).toMatchObject({ outcome: 'verified', findings: [] })
  const { exchanges } = run
  const named = [simulator.baseUrl, simulator.operatorUrl, ...exchanges.map(({ request }) => request.url)]
  expect(named.filter((url) => !url.startsWith('https://'))).toEqual([])
  expect(new Set(exchanges.map(({ connection }) => connection?.remoteAddress)).size).toBe(2)
})

it.each([
  ['with TLS', true],
  ['without', false],
])('cookies are Secure: %s, %s', async (_what, isSecure) => {
  const served = isSecure ? simulator : await startTestSimulator()
  const request = { method: 'GET', url: authorizeUrl(served), headers: {} }
  const { response } = await createSend({})(request, { ca, signal: AbortSignal.timeout(5000) })
  const cookies = response ? headersOf(response, 'set-cookie') : []
  expect(cookies).toHaveLength(1)
  expect(cookies.filter((cookie) => /; Secure(;|$)/.test(cookie))).toHaveLength(isSecure ? 1 : 0)
  if (!isSecure) await served.close()
})
