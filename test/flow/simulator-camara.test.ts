// The scenarios of CAMARA's Gherkin files (r1.3, r2.4, r3.2) that need no special line, for every version.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  obtainToken,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const line = '+34600000001'
const otherLine = '+34600000002'
const correlator = 'b4333c46-49c0-4f62-80d7-f0ef930f1c46'
const hash = (number: string) => createHash('sha256').update(number).digest('hex')
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator()
})

afterAll(() => simulator.close())

type Version = 'v0' | 'v1' | 'v2'

function call(version: Version, operation: string, token: string | null, body?: string, headers = {}) {
  return fetch(`${simulator.apiUrl}/number-verification/${version}/${operation}`, {
    method: operation === 'verify' ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      'x-correlator': correlator,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
}

async function expectAnswer(response: Response, body: object) {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-correlator')).toBe(correlator)
  expect(await response.json()).toEqual(body)
}

async function expectError(response: Response, status: number, code: string) {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-correlator')).toBe(correlator)
  expect(await response.json()).toEqual({
    status,
    code,
    message: expect.stringMatching(/^\w.{15,}\.$/) as string,
  })
}

describe.each(['v0', 'v1', 'v2'] as const)('phoneNumberVerify %s', (version) => {
  const token = (changes = {}) => obtainToken(simulator, { scope: scopeOf[version], ...changes })

  it.each([
    { id: 'verify.02, verify100', hint: line, body: { phoneNumber: line }, expected: true },
    { id: 'verify.03, verify101', hint: line, body: { phoneNumber: otherLine }, expected: false },
    { id: 'verify.04, verify300', hint: line, body: { hashedPhoneNumber: hash(line) }, expected: true },
    {
      id: 'verify.04, upper case',
      hint: line,
      body: { hashedPhoneNumber: hash(line).toUpperCase() },
      expected: true,
    },
    {
      id: 'mock mode: a line that ends in 2',
      hint: otherLine,
      body: { hashedPhoneNumber: hash(otherLine) },
      expected: false,
    },
  ])('$id', async ({ hint, body, expected }) => {
    const response = await call(
      version,
      'verify',
      await token({ login_hint: `tel:${hint}` }),
      JSON.stringify(body),
    )
    await expectAnswer(response, { devicePhoneNumberVerified: expected })
  })

  it.each([
    { id: '400.1 no body', body: undefined },
    { id: '400.2 empty object', body: '{}' },
    { id: '400.3 another property', body: '{"additional_property":"foo_value"}' },
    {
      id: '400.4, verify203: both forms',
      body: JSON.stringify({ phoneNumber: line, hashedPhoneNumber: hash(line) }),
    },
    { id: 'an extra property', body: JSON.stringify({ phoneNumber: line, x: 1 }) },
    { id: 'an array', body: '["+34600000001"]' },
    { id: 'null', body: 'null' },
    { id: 'a number for the number', body: '{"phoneNumber":34600000001}' },
    { id: 'null for the number', body: '{"phoneNumber":null}' },
    { id: 'no JSON', body: 'phoneNumber=+34600000001' },
    { id: 'cut JSON', body: '{"phoneNumber":"+34600' },
    { id: 'a prototype', body: '{"__proto__":{"phoneNumber":"+34600000001"}}' },
    { id: 'a short hash', body: JSON.stringify({ hashedPhoneNumber: hash(line).slice(1) }) },
    { id: 'a hash that is none', body: JSON.stringify({ hashedPhoneNumber: 'g'.repeat(64) }) },
    ...[
      'string_value',
      '+12334foo22222',
      '+00012230304913849',
      '123',
      '++49565456787',
      '+34 600 000 001',
      '',
      '+1234567890123456',
      '+34600000001\n',
    ].map((phoneNumber) => ({
      id: `verify0, C02.01: ${JSON.stringify(phoneNumber)}`,
      body: JSON.stringify({ phoneNumber }),
    })),
  ])('$id, and the token is still good', async ({ body }) => {
    const accessToken = await token()
    await expectError(await call(version, 'verify', accessToken, body), 400, 'INVALID_ARGUMENT')
    const response = await call(version, 'verify', accessToken, JSON.stringify({ phoneNumber: line }))
    await expectAnswer(response, { devicePhoneNumberVerified: true })
  })

  it('400: a form in place of JSON', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await call(version, 'verify', await token(), JSON.stringify({ phoneNumber: line }), form)
    await expectError(response, 400, 'INVALID_ARGUMENT')
  })

  it('401.1 no Authorization header', async () => {
    const response = await call(version, 'verify', null, JSON.stringify({ phoneNumber: line }))
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    await expectError(response, 401, 'UNAUTHENTICATED')
  })

  it.each(['x', 'a b', '', 'mock_sandbox_access_toke', '__proto__'])(
    '401.3 invalid token %j',
    async (invalid) => {
      const response = await call(version, 'verify', invalid, JSON.stringify({ phoneNumber: line }))
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
      await expectError(response, 401, 'UNAUTHENTICATED')
    },
  )

  it('401.2, verify202: a token is good for 300 s and not for longer', async () => {
    const [early, late] = [await token(), await token()]
    simulator.clock.advance(299_999)
    const body = JSON.stringify({ phoneNumber: line })
    await expectAnswer(await call(version, 'verify', early, body), { devicePhoneNumberVerified: true })
    simulator.clock.advance(1)
    await expectError(await call(version, 'verify', late, body), 401, 'UNAUTHENTICATED')
  })

  it('401: a token is good for one call', async () => {
    const accessToken = await token()
    const body = JSON.stringify({ phoneNumber: line })
    const responses = await Promise.all([1, 2, 3].map(() => call(version, 'verify', accessToken, body)))
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 401, 401])
  })

  it('403.1, verify201: the scope is missing', async () => {
    const accessToken = await token({ scope: shareScopeOf[version] })
    const response = await call(version, 'verify', accessToken, JSON.stringify({ phoneNumber: line }))
    await expectError(response, 403, 'PERMISSION_DENIED')
    await expectAnswer(await call(version, 'device-phone-number', accessToken), { devicePhoneNumber: line })
  })

  it('405 for GET, and says what is allowed', async () => {
    const response = await fetch(`${simulator.apiUrl}/number-verification/${version}/verify`, {
      headers: { 'x-correlator': correlator },
    })
    expect(response.headers.get('allow')).toBe('POST')
    await expectError(response, 405, 'METHOD_NOT_ALLOWED')
  })

  it('takes the mock token any number of times, and an odd time turns the answer', async () => {
    const answers: unknown[] = []
    const logged: unknown[] = []
    for (const lastDigit of ['1', '2', '3', '0']) {
      for (let i = 0; i < 2; i++) {
        const body = JSON.stringify({ phoneNumber: `+3460000000${lastDigit}` })
        const response = await call(version, 'verify', 'mock_sandbox_access_token', body)
        logged.push(simulator.entries.at(-1)?.detail)
        answers.push(
          ((await response.json()) as { devicePhoneNumberVerified: unknown }).devicePhoneNumberVerified,
        )
        simulator.clock.advance(1)
      }
    }
    expect(answers).toEqual([true, true, false, false, true, false, true, false])
    expect(logged.slice(0, 6)).toEqual([
      'true',
      'true',
      'false',
      'false',
      'true, at random',
      'false, at random',
    ])
  })

  it('goes by the time for the hash of another line', async () => {
    const answers = []
    for (let i = 0; i < 2; i++) {
      const body = JSON.stringify({ hashedPhoneNumber: hash(otherLine) })
      answers.push(await (await call(version, 'verify', 'mock_sandbox_access_token', body)).json())
      simulator.clock.advance(1)
    }
    expect(answers).toEqual([{ devicePhoneNumberVerified: true }, { devicePhoneNumberVerified: false }])
  })
})

describe.each(['v0', 'v1', 'v2'] as const)('phoneNumberShare %s', (version) => {
  const token = (changes = {}) => obtainToken(simulator, { scope: shareScopeOf[version], ...changes })

  it.each([
    { id: 'share100', hint: undefined, expected: line },
    { id: 'share.02, a tel: hint', hint: 'tel:+34600000099', expected: '+34600000099' },
    { id: 'a bare hint', hint: '+999123456', expected: '+999123456' },
    { id: 'an operator token, which is ignored', hint: 'operatortoken:abc', expected: line },
    { id: 'an address, which is ignored', hint: 'ipport:80.90.34.2:16790', expected: line },
  ])('$id', async ({ hint, expected }) => {
    const response = await call(version, 'device-phone-number', await token({ login_hint: hint }))
    await expectAnswer(response, { devicePhoneNumber: expected })
  })

  it('share201: the scope is missing', async () => {
    const response = await call(version, 'device-phone-number', await token({ scope: scopeOf[version] }))
    await expectError(response, 403, 'PERMISSION_DENIED')
  })

  it('share202: an expired token, and one that was used', async () => {
    const [expired, used] = [await token(), await token()]
    await call(version, 'device-phone-number', used)
    await expectError(await call(version, 'device-phone-number', used), 401, 'UNAUTHENTICATED')
    simulator.clock.advance(300_000)
    await expectError(await call(version, 'device-phone-number', expired), 401, 'UNAUTHENTICATED')
  })

  it('takes the mock token', async () => {
    const response = await call(version, 'device-phone-number', 'mock_sandbox_access_token')
    await expectAnswer(response, { devicePhoneNumber: line })
  })
})

describe('across versions', () => {
  const body = JSON.stringify({ phoneNumber: line })

  it.each([
    ['v0', 'v1', 403],
    ['v0', 'v2', 403],
    ['v1', 'v0', 403],
    ['v1', 'v2', 200],
    ['v2', 'v1', 200],
  ] as const)('a token for %s at %s brings %d', async (granted, called, status) => {
    const accessToken = await obtainToken(simulator, { scope: scopeOf[granted] })
    expect((await call(called, 'verify', accessToken, body)).status).toBe(status)
  })

  it('only v0 takes a number without its +', async () => {
    const statuses = ['v0', 'v1', 'v2'].map(async (version) => {
      const response = await call(
        version as Version,
        'verify',
        'mock_sandbox_access_token',
        '{"phoneNumber":"34600000001"}',
      )
      return response.status
    })
    expect(await Promise.all(statuses)).toEqual([200, 400, 400])
  })

  it.each([
    '/number-verification/v3/verify',
    '/number-verification/v1/',
    '/number-verification/v1/verify/',
    '/x',
    '',
  ])('there is nothing at %s', async (path) => {
    const response = await fetch(simulator.apiUrl + path, { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it.each(['a b', 'x'.repeat(257), 'é', '"', 'a,b'])('the correlator %j is not echoed', async (malformed) => {
    const response = await call('v2', 'verify', 'mock_sandbox_access_token', body, {
      'x-correlator': malformed,
    })
    expect(response.status).toBe(200)
    expect(response.headers.has('x-correlator')).toBe(false)
  })
})
