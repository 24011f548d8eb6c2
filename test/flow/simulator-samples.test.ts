// The HTTP programs of Telefónica's sample page, re-expressed as the requests they send.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followChain, redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const scope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
const phoneNumber = '+34600000001'
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({ clients: [{ id: 'my-app-id', secret: 'my-app-secret' }] })
})

afterAll(() => simulator.close())

/** The frontend's part: the phone number travels in `state`, and comes back with the code. */
async function startFlow(query: string): Promise<URLSearchParams> {
  const { last } = await followChain(`${simulator.authorizeUrl}?${query}`)
  if (!(last instanceof URL)) throw new Error(`No redirect to the app: ${await last.text()}`)
  return last.searchParams
}

const frontends = [
  {
    name: 'JavaScript',
    query: new URLSearchParams({
      client_id: 'my-app-id',
      response_type: 'code',
      scope,
      redirect_uri: redirectUri,
      state: phoneNumber,
    }).toString(),
  },
  {
    name: 'HTML form, its redirect_uri made absolute',
    query:
      'client_id=my-app-id&response_type=code&scope=dpv%3AFraudPreventionAndDetection%23number-verification-verify-read' +
      '&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&state=%2B34600000001',
  },
]

const authorization = `Basic ${btoa('my-app-id:my-app-secret')}`
const backends = [
  {
    name: 'Python: a form, no redirect_uri',
    request: (code: string) => ({
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: authorization },
      body: `grant_type=authorization_code&code=${code}`,
    }),
  },
  {
    name: 'Node.js: JSON that calls itself a form, no redirect_uri',
    request: (code: string) => ({
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: authorization },
      body: JSON.stringify({ grant_type: 'authorization_code', code }),
    }),
  },
  {
    name: 'JSON that says so',
    request: (code: string) => ({
      headers: { 'Content-Type': 'application/json', Authorization: authorization },
      body: JSON.stringify({ grant_type: 'authorization_code', code }),
    }),
  },
]

describe.each(frontends)('frontend in $name', ({ query }) => {
  it.each(backends)('backend in $name', async ({ request }) => {
    const parameters = await startFlow(query)
    expect(parameters.get('state')).toBe(phoneNumber)

    const code = parameters.get('code') ?? ''
    const tokens = await fetch(simulator.tokenUrl, { method: 'POST', ...request(code) })
    const { access_token: accessToken } = (await tokens.json()) as { access_token: string }

    const response = await fetch(`${simulator.baseUrl}/number-verification/v0/verify`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ phoneNumber: parameters.get('state') }),
    })
    expect(await response.json()).toEqual({ devicePhoneNumberVerified: true })
  })
})

describe('the HTML form as it is published', () => {
  it('sends a relative redirect_uri, which no server may follow, and is told so', async () => {
    const query = `client_id=my-app-id&response_type=code&scope=${encodeURIComponent(scope)}&redirect_uri=%2Fnumberverification-callback&state=%2B34600000001`
    const { last } = await followChain(`${simulator.authorizeUrl}?${query}`)
    expect((last as Response).status).toBe(400)
    expect(await (last as Response).json()).toMatchObject({
      message: expect.stringContaining('relative') as string,
    })
  })
})

describe('the Postman collection', () => {
  it("sends the scope's # unencoded, which cuts the URL there, and is told so", async () => {
    const sent = `${simulator.authorizeUrl}?response_type=code&client_id=my-app-id&scope=${scope}&redirect_uri=${redirectUri}`
    const { last } = await followChain(sent)
    expect((last as Response).status).toBe(400)
    expect(await (last as Response).json()).toMatchObject({
      message: expect.stringContaining('%23') as string,
    })
  })

  it('encodes twice on a second run, and is told so', async () => {
    const twice = encodeURIComponent(encodeURIComponent(scope))
    const query = `response_type=code&client_id=my-app-id&scope=${twice}&redirect_uri=${encodeURIComponent(redirectUri)}`
    const parameters = await startFlow(query)
    expect(parameters.get('error')).toBe('invalid_scope')
    expect(parameters.get('error_description')).toContain('twice')
    expect(parameters.has('state')).toBe(false)
  })
})
