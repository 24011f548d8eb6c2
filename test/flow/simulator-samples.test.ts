// What Telefónica's published samples and its Postman collection get wrong: overlooked and named, or refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'
import { createPhone } from '../support/phone.ts'
import {
  followChain,
  obtainCode,
  postToken,
  redirectUri,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const scope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
const phoneNumber = '+34600000001'
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({ clients: [{ id: 'my-app-id', secret: 'my-app-secret' }] })
})

afterAll(() => simulator.close())

const query = new URLSearchParams({
  client_id: 'my-app-id',
  response_type: 'code',
  scope,
  redirect_uri: redirectUri,
  state: phoneNumber,
}).toString()

describe('the backends as they are published', () => {
  const form = (code: string) => `grant_type=authorization_code&code=${code}`
  const json = (code: string) => JSON.stringify({ grant_type: 'authorization_code', code })
  const isJson = { 'content-type': 'application/json' }

  it('are told what they broke when they are refused for something else', async () => {
    const refused = await postToken(simulator, json('unknown'), isJson)
    expect(refused.status).toBe(400)
    expect(simulator.entries.at(-1)?.broken).toEqual(['a JSON body in place of a form'])
    const used = await obtainCode(simulator)
    await postToken(simulator, form(used))
    expect((await postToken(simulator, form(used))).status).toBe(400)
    expect(simulator.entries.at(-1)?.broken).toEqual(['redirect_uri left out'])
  })

  it.each([
    ['Python: a form', form, {}, ['redirect_uri left out'], 'redirect_uri is missing'],
    [
      'Node.js: JSON that calls itself a form',
      json,
      {},
      ['a JSON body under a form content type', 'redirect_uri left out'],
      'The body is JSON',
    ],
    [
      'JSON that says so',
      json,
      isJson,
      ['a JSON body in place of a form', 'redirect_uri left out'],
      'The body is JSON',
    ],
  ])('%s, without redirect_uri, is taken and told, or refused by a strict gateway', async (...sample) => {
    const [, body, headers, broken, rule] = sample
    const taken = await postToken(simulator, body(await obtainCode(simulator)), headers)
    expect(taken.status).toBe(200)
    expect(simulator.entries.at(-1)?.broken?.toSorted()).toEqual(broken)

    const strict = await startTestSimulator({ isStrict: true })
    const refused = await postToken(strict, body(await obtainCode(strict)), headers)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error_description: expect.stringContaining(rule) as string })
    await strict.close()
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
    const arrived = await script.open(`${simulator.authorizeUrl}?${query}`)
    expect(arrived.app === null ? arrived.status : 200).toBe(status)
  })

  it('may run in a page of another origin, at every hop', async () => {
    const phone = createPhone({ headers: { origin: 'null' } })
    const { last, hops } = await followChain(`${simulator.authorizeUrl}?${query}`)
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
    const { last } = await followChain(`${simulator.authorizeUrl}?${query}`)
    const { searchParams } = last as URL
    expect(searchParams.get('error')).toBe('invalid_scope')
    expect(searchParams.get('error_description')).toContain('twice')
    expect(searchParams.has('state')).toBe(false)
  })
})
