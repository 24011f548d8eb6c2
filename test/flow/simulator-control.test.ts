// Control requests: they switch the behaviours of one client, and no web page can send one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { listen } from '../../src/io/listener.ts'
import type { IncomingRequest, Listen } from '../../src/context.ts'
import { switched } from '../support/behave.ts'
import {
  authorizeUrl,
  basic,
  followChain,
  obtainCode,
  postToken,
  sendRaw,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const other = { id: 'other app/1', secret: 'other-secret' }
const json = { 'content-type': 'application/json' }

let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({ clients: [other] })
})

afterAll(() => simulator.close())

const pathOf = (clientId: string) =>
  `/apigateway/simulator/clients/${encodeURIComponent(clientId)}/behaviours`

interface Answer {
  status: number
  body: unknown
}

async function send(
  method: string,
  clientId: string,
  body?: unknown,
  headers: Record<string, string> = json,
): Promise<Answer> {
  const response = await fetch(new URL(pathOf(clientId), simulator.baseUrl), {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const put = (clientId: string, ...names: string[]) => send('PUT', clientId, { behaviours: names })

beforeEach(async () => {
  for (const { id } of [{ id: simulator.clientId }, other]) await send('DELETE', id)
})

describe('switching', () => {
  it('PUT switches, GET shows, DELETE resets', async () => {
    const on = { status: 200, body: { behaviours: ['wifi@callback', 'hang@api'] } }
    expect(await put(simulator.clientId, 'wifi', 'hang@api')).toEqual(on)
    expect(await send('GET', simulator.clientId)).toEqual(on)
    expect(await send('DELETE', simulator.clientId)).toEqual({ status: 200, body: { behaviours: [] } })
    expect(await send('GET', simulator.clientId)).toEqual({ status: 200, body: { behaviours: [] } })
  })

  it('PUT replaces what was on', async () => {
    await put(simulator.clientId, 'wifi')
    expect((await put(simulator.clientId, 'reset')).body).toEqual({ behaviours: ['reset@token'] })
    expect((await put(simulator.clientId)).body).toEqual({ behaviours: [] })
  })

  it('what is on for everyone stays on', async () => {
    const everyone = await startTestSimulator({ behaviours: [switched('expires-in-null')] })
    const url = new URL(pathOf(everyone.clientId), everyone.baseUrl)
    const body = JSON.stringify({ behaviours: ['scope-missing'] })
    const response = await fetch(url, { method: 'PUT', headers: json, body })
    expect(await response.json()).toEqual({ behaviours: ['expires-in-null@token', 'scope-missing@token'] })
    await fetch(url, { method: 'DELETE' })
    expect(await (await fetch(url)).json()).toEqual({ behaviours: ['expires-in-null@token'] })
    await everyone.close()
  })

  it('the log tells of it', async () => {
    await put(simulator.clientId, 'wifi')
    expect(simulator.entries.at(-1)).toEqual({
      parameters: [{ name: 'behaviours', value: '[…]' }],
      origin: 'gateway',
      method: 'PUT',
      path: pathOf(simulator.clientId),
      status: 200,
      detail: 'wifi@callback',
    })
  })
})

describe('one client', () => {
  const clientId = other.id
  const authorization = basic(other.id, other.secret)

  it('is met on every hop of the phone, and another is not', async () => {
    for (const name of ['error-page@authorize', 'error-page@operator', 'wifi@callback']) {
      await put(other.id, name)
      const { last } = await followChain(authorizeUrl(simulator, { client_id: clientId }))
      if (name === 'wifi@callback') {
        expect((last as URL).searchParams.get('error')).toBe('access_denied')
        expect(simulator.entries.at(-1)?.detail).toBe('→ app, access_denied (wifi)')
      } else expect(last).toMatchObject({ status: 400 })
      await obtainCode(simulator)
    }
  })

  it('is met at the operator from its first page on', async () => {
    await put(other.id, 'status-503@operator')
    const { hops } = await followChain(authorizeUrl(simulator, { client_id: clientId }))
    expect(hops.map(({ response }) => response.status)).toEqual([302, 503])
    const entries = simulator.entries.slice(-2)
    expect(entries.map(({ origin, status }) => [origin, status])).toEqual([
      ['gateway', 302],
      ['operator', 503],
    ])
  })

  it('is met at the second page of the operator', async () => {
    const started = await followChain(authorizeUrl(simulator, { client_id: clientId }), {
      stopAt: /identify/,
    })
    await put(other.id, 'blank-page@operator')
    const response = await fetch((started.last as URL).href)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it.each([
    ['its Basic credentials', { authorization }, {}],
    ['its id in the body', {}, { client_id: other.id, client_secret: other.secret }],
    ['its assertion', {}, { client_assertion: `x.${btoa(JSON.stringify({ iss: other.id }))}.x` }],
    [
      'its own JWT',
      { authorization: `Bearer x.${btoa(JSON.stringify({ application_id: other.id }))}.x` },
      {},
    ],
  ])('is known by %s', async (_what, headers: Record<string, string>, form) => {
    await put(other.id, 'status-503')
    const response = await fetch(simulator.tokenUrl, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', ...form } as Record<
        string,
        string
      >),
    })
    expect(response.status).toBe(503)
  })

  it('is known by its id in JSON, which the samples send in place of a form', async () => {
    await put(other.id, 'status-503')
    const body = JSON.stringify({ client_id: other.id, client_secret: other.secret, code: 'x' })
    const response = await fetch(simulator.tokenUrl, { method: 'POST', headers: json, body })
    expect(response.status).toBe(503)
  })

  it('is known by its token at the API', async () => {
    const code = await obtainCode(simulator, { client_id: clientId })
    const token = await postToken(simulator, { grant_type: 'authorization_code', code }, { authorization })
    const { access_token: accessToken } = (await token.json()) as { access_token: string }
    await put(other.id, 'status-503@api')
    const url = `${simulator.apiUrl}/number-verification/v2/device-phone-number`
    const ask = (authorization: string) => fetch(url, { headers: { authorization } })
    expect((await ask(`Bearer ${accessToken}`)).status).toBe(503)
    expect((await ask('Bearer mock_sandbox_access_token')).status).toBe(200)
  })
})

describe('what is not taken', () => {
  const tooMany = Object.keys(behaviours).slice(0, 21)

  it.each<[string, unknown, string]>([
    ['an unknown name', { behaviours: ['wify'] }, 'No behaviour has that name'],
    ['an unknown step', { behaviours: ['wifi@jwks'] }, 'can’t be at that step'.replace('’', "'")],
    ['an inherited name', { behaviours: ['constructor'] }, 'No behaviour has that name'],
    ['two steps', { behaviours: ['hang@api@token'] }, "can't be at that step"],
    ['a number', { behaviours: [1] }, 'array of strings'],
    ['one that is no list', { behaviours: 'hang' }, 'array of strings'],
    ['a list alone', ['hang'], 'array of strings'],
    ['no JSON', 'hang', 'array of strings'],
    ['an empty body', '', 'array of strings'],
    ['more than 20', { behaviours: tooMany }, 'No more than 20'],
    ['a step without a client', { behaviours: ['hang@discovery'] }, 'names no client'],
    ['a certificate', { behaviours: ['certificate-expired'] }, 'use --behave'],
  ])('%s', async (_what, body, message) => {
    await put(simulator.clientId, 'wifi')
    const answer = await send('PUT', simulator.clientId, body)
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) as string },
    })
    expect((await send('GET', simulator.clientId)).body).toEqual({ behaviours: ['wifi@callback'] })
  })

  it('a near name is offered', async () => {
    expect((await put(simulator.clientId, 'wify')).body).toMatchObject({ near: ['wifi'] })
  })

  it.each(['unknown-app', '', '..', 'a/b'])('the client %j', async (clientId) => {
    expect((await put(clientId, 'wifi')).status).toBe(404)
  })

  it('a path or an escape that is none', async () => {
    const port = new URL(simulator.baseUrl).port
    for (const path of ['/apigateway/simulator/', '/apigateway/simulator/clients/%ff/behaviours']) {
      expect(
        await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      ).toMatch(/^HTTP\/1\.1 404 /)
    }
  })

  it.each(['POST', 'PATCH', 'OPTIONS'])('%s', async (method) => {
    expect((await send(method, simulator.clientId, { behaviours: [] })).status).toBe(405)
  })
})

describe('what a tunnel brings', () => {
  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via', 'x-real-ip', 'cf-connecting-ip'])(
    'is known by %s',
    async (name) => {
      const body = { behaviours: ['wifi'] }
      const headers = { ...json, [name]: '192.0.2.7' }
      expect((await send('PUT', simulator.clientId, body, headers)).status).toBe(403)
    },
  )
})

describe('a web page', () => {
  const headersOfForms = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ]

  it.each(headersOfForms)('can’t send JSON as %s', async (contentType) => {
    const answer = await send(
      'PUT',
      simulator.clientId,
      { behaviours: ['wifi'] },
      { 'content-type': contentType },
    )
    expect(answer).toMatchObject({ status: 400 })
  })

  it.each<[string, Record<string, string>]>([
    ['an Origin', { origin: 'https://evil.example' }],
    ['the simulator’s own Origin', { origin: 'http://127.0.0.1' }],
    ['no Origin to name', { origin: 'null' }],
    ['a fetch of the same site', { 'sec-fetch-site': 'same-origin' }],
  ])('is known by %s', async (_what, headers) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { behaviours: ['wifi'] } : undefined
      expect((await send(method, simulator.clientId, body, { ...json, ...headers })).status).toBe(403)
    }
    expect((await send('GET', simulator.clientId)).body).toEqual({ behaviours: [] })
  })

  it('is not allowed to by the answer to its question', async () => {
    const response = await fetch(new URL(pathOf(simulator.clientId), simulator.baseUrl), {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    })
    expect(response.status).toBe(403)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('can’t do it under a name of its own, whatever the simulator is bound to', async () => {
    const everywhere = await startTestSimulator({ host: '0.0.0.0' })
    for (const [port, status] of [
      [new URL(simulator.baseUrl).port, 421],
      [new URL(everywhere.baseUrl).port, 403],
    ] as const) {
      const request = `GET ${pathOf(simulator.clientId)} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`
      expect(await sendRaw(port, request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    }
    await everywhere.close()
  })
})

it('another machine is not heard', async () => {
  const fromElsewhere: Listen = (host, port, handler, ...rest) =>
    listen(
      host,
      port,
      (request: IncomingRequest) => handler({ ...request, remoteAddress: '192.0.2.7' }),
      ...rest,
    )
  const exposed = await startTestSimulator({}, undefined, fromElsewhere)
  expect((await fetch(new URL(pathOf(exposed.clientId), exposed.baseUrl))).status).toBe(403)
  await exposed.close()
})
