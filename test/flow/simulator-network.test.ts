// Network mode: the answer follows the line that the operator recognises, by address or by a person's choice.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { createPhone, hasLoopback, type Arrival, type PhoneOptions } from '../support/phone.ts'
import {
  authorizeUrl,
  obtainToken,
  postToken,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const line: Line = {
  phoneNumber: '+34600000001',
  operator: 'Operator One',
  address: '127.0.0.2',
  operatorToken: 'token-1',
  hasConsented: true,
  secondSim: null,
}
const dualSim = {
  ...line,
  phoneNumber: '+34600000003',
  address: '127.0.0.3',
  operatorToken: null,
  secondSim: '+34600000009',
}
const unconsented = {
  ...line,
  phoneNumber: '+34600000004',
  address: '127.0.0.4',
  operatorToken: null,
  hasConsented: false,
}

const hasAddresses = await hasLoopback('127.0.0.2')
let simulator: TestSimulator

beforeEach(async () => {
  simulator = await startTestSimulator({ mode: 'network', lines: [line, dualSim, unconsented] })
  return () => simulator.close()
})

type Version = 'v0' | 'v1' | 'v2'

/** The answer of /verify, or of /device-phone-number when no body is sent. */
async function callApi(
  token: string,
  version: Version,
  body?: Record<string, string>,
): Promise<{ status: number; answer: Record<string, unknown>; detail: string | undefined }> {
  const operation = body ? 'verify' : 'device-phone-number'
  const response = await fetch(`${simulator.apiUrl}/number-verification/${version}/${operation}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, answer, detail: simulator.entries.at(-1)?.detail }
}

async function exchange({ app, body }: Arrival): Promise<string> {
  const code = app?.searchParams.get('code')
  if (!code) throw new Error(`No code: ${app?.search} ${body}`)
  const response = await postToken(simulator, { grant_type: 'authorization_code', code })
  return ((await response.json()) as { access_token: string }).access_token
}

/** Goes through the flow with a phone at an address, and returns the token. */
async function tokenAt(localAddress: string, changes: Record<string, string> = {}): Promise<string> {
  return exchange(await createPhone({ localAddress }).open(authorizeUrl(simulator, changes)))
}

/** Goes through the flow in a browser whose person picks a phone. */
async function pick(values: Record<string, string>, changes: Record<string, string> = {}): Promise<Arrival> {
  const browser = createPhone({ isBrowser: true })
  return browser.submit(await browser.open(authorizeUrl(simulator, changes)), values)
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

describe.skipIf(!hasAddresses)(
  'a phone at the address of a line (skipped where loopback has one address only)',
  () => {
    it.each<[string, Record<string, string>, boolean, string]>([
      ['the number', { phoneNumber: '+34600000001' }, true, 'true'],
      ['the number of nobody', { phoneNumber: '+34600000099' }, false, 'false: no line here has this number'],
      [
        'the number of another',
        { phoneNumber: '+34600000003' },
        false,
        "false: the number is that of another phone's line",
      ],
      ['the hash', { hashedPhoneNumber: hash('+34600000001') }, true, 'true'],
      ['the hash in upper case', { hashedPhoneNumber: hash('+34600000001').toUpperCase() }, true, 'true'],
      [
        'the hash without the +',
        { hashedPhoneNumber: hash('34600000001') },
        false,
        'false: the hash is that of a number without its +',
      ],
      [
        'the hash of another',
        { hashedPhoneNumber: hash('+34600000003') },
        false,
        "false: the hash is that of another phone's line",
      ],
      ['the hash of nothing', { hashedPhoneNumber: hash('') }, false, 'false: no line here has this hash'],
    ])('%s: %j is %s', async (_what, body, isVerified, detail) => {
      const result = await callApi(await tokenAt('127.0.0.2'), 'v2', body)
      expect(result).toEqual({ status: 200, answer: { devicePhoneNumberVerified: isVerified }, detail })
    })

    it('is not the line that the login_hint names', async () => {
      const token = await tokenAt('127.0.0.2', { login_hint: 'tel:+34600000003' })
      expect((await callApi(token, 'v2', { phoneNumber: '+34600000003' })).answer).toEqual({
        devicePhoneNumberVerified: false,
      })
    })

    it('tells that the number is that of the second SIM', async () => {
      expect(await callApi(await tokenAt('127.0.0.3'), 'v2', { phoneNumber: '+34600000009' })).toMatchObject({
        answer: { devicePhoneNumberVerified: false },
        detail: "false: the number is that of the phone's second SIM",
      })
    })

    it.each(['v0', 'v1', 'v2'] as const)('gives the number in %s', async (version) => {
      const token = await tokenAt('127.0.0.3', { scope: shareScopeOf[version] })
      expect((await callApi(token, version)).answer).toEqual({ devicePhoneNumber: '+34600000003' })
    })

    it('is asked which one it is in a browser that wants to sign in anew, and is preselected', async () => {
      const browser = createPhone({ localAddress: '127.0.0.3', isBrowser: true })
      for (const prompt of ['login', 'select_account']) {
        const page = await browser.open(authorizeUrl(simulator, { prompt }))
        expect(page.body).toContain('Which phone is this?')
        expect(page.body).toMatch(/value="\+34600000003" required checked/)
      }
      const { app } = await browser.open(authorizeUrl(simulator, { prompt: 'none' }))
      expect(app?.searchParams.has('code')).toBe(true)
    })
  },
)

const unidentified = 'The line was not identified by the mobile network: '

describe('a phone that the network does not see', () => {
  it.each<[string, () => Promise<Arrival>, string]>([
    [
      'a program at an unknown address',
      () => createPhone().open(authorizeUrl(simulator, { state: 's&é' })),
      'the address of the request belongs to no line.',
    ],
    [
      'Wi-Fi',
      () => pick({ line: '+34600000001', connection: 'wifi' }, { state: 's&é' }),
      'the phone is on Wi-Fi.',
    ],
    [
      'VPN',
      () => pick({ line: '+34600000001', connection: 'vpn' }, { state: 's&é' }),
      'the phone is behind a VPN.',
    ],
  ])('%s: access_denied, with the state', async (_what, go, cause) => {
    const { app } = await go()
    expect(Object.fromEntries(app?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      error_description: unidentified + cause,
      state: 's&é',
      iss: simulator.baseUrl,
    })
    expect(simulator.entries.at(-1)?.detail).toBe('→ app, access_denied')
  })

  it('a script that fetches, though it calls itself Mozilla, is no browser', async () => {
    const headers = { accept: '*/*', 'user-agent': 'Mozilla/5.0', 'sec-fetch-mode': 'cors' }
    const { app } = await createPhone({ headers }).open(authorizeUrl(simulator))
    expect(app?.searchParams.get('error')).toBe('access_denied')
  })
})

describe('a person who picks a phone', () => {
  it.each([
    ['+34600000001', '+34600000001', true],
    ['+34600000003', '+34600000003', true],
    ['+34600000009', '+34600000009', true],
    ['+34600000009', '+34600000003', false],
  ])('the SIM %s carries the data: %s is %s', async (picked, phoneNumber, isVerified) => {
    const token = await exchange(await pick({ line: picked, connection: 'mobile' }))
    expect((await callApi(token, 'v2', { phoneNumber })).answer).toEqual({
      devicePhoneNumberVerified: isVerified,
    })
  })

  it('finds the choice again the next time, and can change it', async () => {
    const browser = createPhone({ isBrowser: true })
    const first = await browser.open(authorizeUrl(simulator))
    expect(first.body).toMatch(/value="\+34600000001" required checked/)
    await browser.submit(first, { line: '+34600000009', connection: 'vpn' })
    const second = await browser.open(authorizeUrl(simulator))
    expect(second.body).toMatch(/value="\+34600000009" required checked/)
    expect(second.body).toMatch(/value="vpn" required checked/)
    expect(second.body.match(/ checked/g)).toHaveLength(2)
    const { app } = await browser.submit(second, { line: '+34600000001', connection: 'mobile' })
    expect(app?.searchParams.has('code')).toBe(true)
  })

  it('plays two phones in two windows, whose journeys never mix', async () => {
    const [one, other] = [createPhone({ isBrowser: true }), createPhone({ isBrowser: true })]
    const [pageOne, pageOther] = [
      await one.open(authorizeUrl(simulator, { state: 'one' })),
      await other.open(authorizeUrl(simulator, { state: 'other' })),
    ]
    const arrivedOther = await other.submit(pageOther, { line: '+34600000003' })
    const arrivedOne = await one.submit(pageOne, { line: '+34600000001' })
    expect([arrivedOne, arrivedOther].map(({ app }) => app?.searchParams.get('state'))).toEqual([
      'one',
      'other',
    ])
    for (const [arrived, phoneNumber] of [
      [arrivedOne, '+34600000001'],
      [arrivedOther, '+34600000003'],
    ] as const) {
      const token = await exchange(arrived)
      expect((await callApi(token, 'v2', { phoneNumber })).answer).toEqual({
        devicePhoneNumberVerified: true,
      })
    }
    expect(
      (await one.open((await createPhone({ isBrowser: true }).open(authorizeUrl(simulator))).url)).status,
    ).toBe(400)
  })

  it('has two journeys in one window, each with its own choice', async () => {
    const browser = createPhone({ isBrowser: true })
    const [first, second] = [
      await browser.open(authorizeUrl(simulator)),
      await browser.open(authorizeUrl(simulator)),
    ]
    const arrivals = [
      await browser.submit(second, { line: '+34600000003' }),
      await browser.submit(first, { line: '+34600000001' }),
    ]
    for (const [i, phoneNumber] of ['+34600000003', '+34600000001'].entries()) {
      const token = await exchange(arrivals[i] as Arrival)
      expect((await callApi(token, 'v2', { phoneNumber })).answer).toEqual({
        devicePhoneNumberVerified: true,
      })
    }
  })
})

describe('a line without consent', () => {
  const browserPick = { line: '+34600000004', connection: 'mobile' }

  it.each([{}, { prompt: 'none' }, { prompt: 'login' }])('%j: consent_required', async (changes) => {
    const { app } = await pick(browserPick, changes)
    expect(app?.searchParams.get('error')).toBe('consent_required')
    expect(app?.searchParams.get('state')).toBe('some-state')
  })

  it('asks who, for what and about which number, and Allow is remembered', async () => {
    const browser = createPhone({ isBrowser: true })
    const choice = await browser.open(authorizeUrl(simulator, { prompt: 'consent' }))
    const page = await browser.submit(choice, browserPick)
    expect(page.status).toBe(200)
    for (const shown of ['mock_sandbox_app_id', 'Fraud prevention and detection', '+34*******04'])
      expect(page.body).toContain(shown)
    expect(page.body).not.toContain('+34600000004')
    const token = await exchange(await browser.submit(page, { decision: 'allow' }))
    expect((await callApi(token, 'v2', { phoneNumber: '+34600000004' })).answer).toEqual({
      devicePhoneNumberVerified: true,
    })
    expect((await pick(browserPick)).app?.searchParams.has('code')).toBe(true)
  })

  it('Allow is for one client and one purpose', async () => {
    const clients = [{ id: 'other', secret: 'x' }]
    await simulator.close()
    simulator = await startTestSimulator({ mode: 'network', lines: [unconsented], clients })
    const browser = createPhone({ isBrowser: true })
    const choice = await browser.open(authorizeUrl(simulator, { prompt: 'consent' }))
    await browser.submit(await browser.submit(choice, browserPick), { decision: 'allow' })
    const outcome = async (changes: Record<string, string>) =>
      (await pick(browserPick, changes)).app?.searchParams.get('error') ?? 'a code'
    expect(await outcome({})).toBe('a code')
    expect(await outcome({ client_id: 'other' })).toBe('consent_required')
    const scope = 'dpv:ServiceProvision number-verification:verify'
    expect(await outcome({ scope })).toBe('consent_required')
  })

  it('Not now is access_denied, and the next one is asked again', async () => {
    for (let i = 0; i < 2; i++) {
      const browser = createPhone({ isBrowser: true })
      const choice = await browser.open(authorizeUrl(simulator, { prompt: 'consent' }))
      const { app } = await browser.submit(await browser.submit(choice, browserPick), { decision: 'refuse' })
      expect(app?.searchParams.get('error')).toBe('access_denied')
      expect(app?.searchParams.get('error_description')).toBe('The user did not consent.')
    }
  })

  it.skipIf(!hasAddresses)('in a program: consent_required, or the page that stands in its way', async () => {
    const phone: PhoneOptions = { localAddress: '127.0.0.4' }
    const { app } = await createPhone(phone).open(authorizeUrl(simulator))
    expect(app?.searchParams.get('error')).toBe('consent_required')
    const page = await createPhone(phone).open(authorizeUrl(simulator, { prompt: 'consent' }))
    expect(page).toMatchObject({ status: 200, app: null })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('asks nobody whose line has consented', async () => {
    const { app } = await pick({ line: '+34600000001' }, { prompt: 'login consent' })
    expect(app?.searchParams.has('code')).toBe(true)
  })
})

describe('the log', () => {
  it('tells each hop of a journey with pages, and holds no number, code or key', async () => {
    const browser = createPhone({ isBrowser: true })
    const choice = await browser.open(authorizeUrl(simulator, { prompt: 'consent' }))
    const consent = await browser.submit(choice, { line: '+34600000004' })
    const arrived = await browser.submit(consent, { decision: 'allow' })
    const token = await exchange(arrived)
    await callApi(token, 'v2', { phoneNumber: '+34600000003' })
    expect(
      simulator.entries.map(({ origin, path, status, detail }) => `${origin} ${path} ${status} ${detail}`),
    ).toEqual([
      'gateway /apigateway/authorize 302 → operator',
      'operator /authorize 302 → operator, identify',
      'operator /identify 200 page, which phone',
      'operator /phone 303 → operator, consent',
      'operator /consent 200 page, consent',
      'operator /decision 200 → gateway, operator code',
      'gateway /apigateway/callback 302 → app, code',
      'gateway /apigateway/token 200 access token',
      "gateway /apigateway/number-verification/v2/verify 200 false: the number is that of another phone's line",
    ])
    const journey = new URL(choice.url).searchParams.get('journey')
    const log = JSON.stringify(simulator.entries)
    for (const canary of ['600000', token, journey, arrived.app?.searchParams.get('code')])
      expect(log).not.toContain(canary)
  })
})

describe('a token that no network stands behind', () => {
  const codes = {
    v0: 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT',
    v1: 'INVALID_TOKEN_CONTEXT',
    v2: 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
  }

  it.each(['v0', 'v1', 'v2'] as const)('is refused by %s, for verify and for the number', async (version) => {
    for (const body of [{ phoneNumber: '+34600000001' }, undefined]) {
      const { status, answer, detail } = await callApi('mock_sandbox_access_token', version, body)
      expect(status).toBe(403)
      expect(answer).toEqual({ status: 403, code: codes[version], message: expect.any(String) as string })
      expect(detail).toBe(`${codes[version]}: the line is known by the client's word only`)
    }
  })
})

describe('mock mode', () => {
  let mock: TestSimulator
  beforeAll(async () => {
    mock = await startTestSimulator({ lines: [unconsented] })
  })
  afterAll(() => mock.close())

  it('shows no page and asks for no consent, in a browser either', async () => {
    const { app } = await createPhone({ isBrowser: true }).open(
      authorizeUrl(mock, { prompt: 'login consent' }),
    )
    expect(app?.searchParams.has('code')).toBe(true)
    expect(await obtainToken(mock, { scope: scopeOf.v2 })).toMatch(/^[\w-]{43}$/)
  })
})
