// The HTTP programs of Telefónica's sample page, re-expressed as the requests they send.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'
import { createPhone } from '../support/phone.ts'
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
  const query = `client_id=my-app-id&response_type=code&scope=${encodeURIComponent(scope)}&redirect_uri=%2Fnumberverification-callback&state=%2B34600000001`
  const app = 'http://localhost:3000/numberverification-callback'
  const submit = (to: TestSimulator, referer?: string) =>
    createPhone({ isBrowser: true, app, ...(referer && { headers: { referer } }) }).open(
      `${to.authorizeUrl}?${query}`,
    )

  it('sends a relative redirect_uri, which belongs to the page that holds the form', async () => {
    const arrived = await submit(simulator, 'http://localhost:3000/')
    expect(arrived.app?.searchParams.get('state')).toBe(phoneNumber)
    expect(simulator.entries.findLast(({ path }) => path === '/apigateway/authorize')?.broken).toEqual([
      'redirect_uri is relative',
    ])
  })

  it('tells the error to that page too', async () => {
    const broken = query.replace('response_type=code', 'response_type=token')
    const phone = createPhone({ app, headers: { referer: 'http://localhost:3000/form' } })
    const arrived = await phone.open(`${simulator.authorizeUrl}?${broken}`)
    expect(arrived.app?.searchParams.get('error')).toBe('unsupported_response_type')
  })

  it.each([undefined, '', 'about:blank', 'file:///form.html', 'x', 'javascript:alert(1)'])(
    'from a page that does not say where it is (%j) goes nowhere, and is told so',
    async (referer) => {
      const { status, body } = await submit(simulator, referer)
      expect(status).toBe(400)
      expect(body).toContain('redirect_uri is relative')
    },
  )

  it.each(['//evil.example/x', '/\\\\evil.example/x', 'callback', '?x'])(
    'takes no other relative address: %s',
    async (uri) => {
      const sent = query.replace('%2Fnumberverification-callback', encodeURIComponent(uri))
      const phone = createPhone({ app: 'http:', headers: { referer: 'http://localhost:3000/' } })
      const { status } = await phone.open(`${simulator.authorizeUrl}?${sent}`)
      expect(status).toBe(400)
    },
  )

  it('is refused by a strict gateway, which says so', async () => {
    const strict = await startTestSimulator({ isStrict: true, clients: [{ id: 'my-app-id', secret: 'x' }] })
    const { status, body } = await submit(strict, 'http://localhost:3000/')
    expect(status).toBe(400)
    expect(body).toContain('redirect_uri is relative')
    await strict.close()
  })
})

describe('the JavaScript program as it is published', () => {
  const follow = async (to: TestSimulator): Promise<Response> => {
    const app = await listen('127.0.0.1', 0, ({ target }) => ({ status: 200, body: target }))
    const params = {
      client_id: to.clientId,
      response_type: 'code',
      scope,
      redirect_uri: `http://127.0.0.1:${app.port}/numberverification-callback`,
      state: phoneNumber,
    }
    const url = `${to.authorizeUrl}?${new URLSearchParams(params).toString()}`
    const response = await fetch(url, { method: 'GET', redirect: 'follow' })
    await app.close()
    return response
  }
  const missing = 'the cookie of the first hop did not come back'

  it('follows the redirects without cookies, which is overlooked and told', async () => {
    const fresh = await startTestSimulator()
    const response = await follow(fresh)
    expect(await response.text()).toMatch(
      /^\/numberverification-callback\?code=[\w-]{43}&state=%2B34600000001&iss=http[\w%.]+$/,
    )
    expect(fresh.entries.map(({ path, broken }) => [path, broken])).toEqual([
      ['/apigateway/authorize', undefined],
      ['/authorize', undefined],
      ['/identify', [missing]],
      ['/apigateway/callback', [missing]],
    ])
    await fresh.close()
  })

  it('is refused by a strict gateway', async () => {
    const strict = await startTestSimulator({ isStrict: true })
    const response = await follow(strict)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('cookie') as string })
    await strict.close()
  })

  it.each([
    ['nv_operator_x=y', 400],
    ['a=b; nv_operator_12345678=z', 400],
    ['nv_gateway_12345678=', 400],
    ['a=b', 200],
  ])('with the cookie %s of its own: %s', async (cookie, status) => {
    const headers = { 'sec-fetch-mode': 'cors', cookie }
    const script = createPhone({ headers, keepsCookies: false })
    const arrived = await script.open(`${simulator.authorizeUrl}?${frontends[0]?.query}`)
    expect(arrived.app === null ? arrived.status : 200).toBe(status)
  })

  it('may run in a page of another origin, at every hop', async () => {
    const phone = createPhone({ headers: { origin: 'null' } })
    const { last, hops } = await followChain(`${simulator.authorizeUrl}?${frontends[0]?.query}`)
    expect(last).toBeInstanceOf(URL)
    for (const { response } of hops) expect(response.headers.has('access-control-allow-origin')).toBe(false)
    for (const url of [
      simulator.authorizeUrl,
      `${simulator.operatorUrl}/identify`,
      `${simulator.baseUrl}/callback`,
    ])
      expect((await phone.open(url)).headers['access-control-allow-origin']).toBe('*')
    for (const url of [
      simulator.tokenUrl,
      new URL('/', simulator.baseUrl).href,
      `${simulator.baseUrl}/nothing`,
    ])
      expect((await phone.open(url)).headers['access-control-allow-origin']).toBeUndefined()
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
