// One line, one behaviour of the simulator: what nv makes of it. Every behaviour there is has its line.
import { describe, expect, it, test } from 'vitest'
import { mockAccessToken } from '../../src/simulator/api/api.ts'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { assertionClaims } from '../support/client-keys.ts'
import {
  type BehavedFlow,
  type BehaveOptions,
  details,
  expectFailure,
  expectSameDiagnosis,
  switched,
  withBehaviour,
} from '../support/behave.ts'
import {
  answered,
  anywhere,
  bySim,
  failing,
  key,
  places,
  slow,
  withIdToken,
} from '../support/expected-findings.ts'
import {
  authorizeUrl,
  basic,
  obtainCode,
  postToken,
  redirectUri,
  scopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const apiPath = '/number-verification/v2'

test.each(failing)('%s: the step %s fails with %j', async (text, failedStep, codes, options) => {
  await expectFailure(text, failedStep, codes, options)
})

test.each(answered)('%s: %s, with %j', async (text, outcome, codes, options = {}) => {
  await withBehaviour(text, options, async (flow) => {
    const run = await flow.run
    expect(run).toMatchObject({ outcome, failedStep: null, exitCode: outcome === 'verified' ? 0 : 1 })
    expect(run.findings.map(({ code }) => code)).toEqual(codes)
    expectSameDiagnosis(run)
    expect(details(flow)).toContain(text.split('@')[0])
  })
})

test.each(places)('%s: the step %s fails with %s', async (text, failedStep, code) => {
  const isSlow = slow.includes(switched(text).name)
  const meanwhile = async ({ acted, clock }: BehavedFlow) => {
    await acted
    clock.advance(15_000)
  }
  const discovers = switched(text).step === 'discovery'
  await expectFailure(text, failedStep, [code], { discovers, ...(isSlow && { meanwhile }) })
})

describe('behaviours that need more than one line', () => {
  it('one-time-link: a preview uses the link up, and nothing comes back', async () => {
    await withBehaviour('one-time-link', { via: 'qr', profile: { redirectUri: null } }, async (flow) => {
      const url = await flow.authorizeUrl
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(405)
      const second = await fetch(url)
      expect([second.status, await second.text()]).toEqual([400, expect.stringContaining('already used')])
      flow.clock.advance(60_000)
      expect((await flow.run).findings.map(({ code }) => code)).toEqual(['callback_timeout'])
    })
  })

  it('one-time-link: two attempts have a link each', async () => {
    const simulator = await startTestSimulator({ behaviours: [switched('one-time-link')] })
    await obtainCode(simulator, { state: 'one' })
    await obtainCode(simulator, { state: 'two' })
    await expect(obtainCode(simulator, { state: 'two' })).rejects.toThrow('There was no code')
    await simulator.close()
  })

  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1', 'access_denied'],
    ['Mozilla/5.0 (Linux; Android 15) Chrome/130', null],
  ])('iphone-refused: %s gets %s', async (userAgent, error) => {
    const simulator = await startTestSimulator({ behaviours: [switched('iphone-refused')] })
    let url = authorizeUrl(simulator)
    while (!url.startsWith(redirectUri)) {
      const response = await fetch(url, { redirect: 'manual', headers: { 'user-agent': userAgent } })
      url = new URL(response.headers.get('location') ?? '', url).href
    }
    expect(new URL(url).searchParams.get('error')).toBe(error)
    await simulator.close()
  })

  it('random-answer: both answers come', async () => {
    const simulator = await startTestSimulator({ behaviours: [switched('random-answer')] })
    const answers = new Set<string>()
    for (let asked = 0; asked < 60; asked++) answers.add(await ask(simulator, 'verify'))
    expect(answers).toEqual(
      new Set(['{"devicePhoneNumberVerified":true}', '{"devicePhoneNumberVerified":false}']),
    )
    await simulator.close()
  })

  it.each([
    ['number-without-plus', '{"devicePhoneNumber":"34600000001"}'],
    ['number-with-spaces', '{"devicePhoneNumber":"+34 600000001"}'],
    ['number-missing', '{}'],
  ])('%s: /device-phone-number answers %s', async (name, answer) => {
    const simulator = await startTestSimulator({ behaviours: [switched(name)] })
    expect(await ask(simulator, 'device-phone-number')).toBe(answer)
    expect(await ask(simulator, 'verify')).toBe('{"devicePhoneNumberVerified":true}')
    await simulator.close()
  })

  it.each([
    ['basic-raw-only', basic('an app', 'a+b c'), 400],
    ['basic-raw-only', basic('an+app', 'a%2Bb+c'), 401],
    ['basic-encoded-only', basic('an app', 'a+b c'), 401],
    ['basic-encoded-only', basic('an+app', 'a%2Bb+c'), 400],
  ])('%s with %s: HTTP %d', async (name, authorization, status) => {
    const simulator = await startTestSimulator({
      behaviours: [switched(name)],
      clients: [{ id: 'an app', secret: 'a+b c' }],
    })
    const form = { grant_type: 'authorization_code', code: 'unknown' }
    expect((await postToken(simulator, form, { authorization })).status).toBe(status)
    await simulator.close()
  })

  it.each([
    ['clock-behind', -600_000],
    ['clock-ahead', 600_000],
  ])('%s: the Date of every answer says so', async (name, offsetMs) => {
    const simulator = await startTestSimulator({ behaviours: [switched(name)] })
    const expected = new Date(simulator.clock.now() + offsetMs).toUTCString()
    for (const url of [authorizeUrl(simulator), simulator.tokenUrl, `${simulator.apiUrl}${apiPath}/verify`]) {
      const { headers } = await fetch(url, { redirect: 'manual' })
      expect(headers.get('date')).toBe(expected)
    }
    await simulator.close()
  })
})

describe('CIBA', () => {
  /** Sends a request to the backchannel, and polls at these times, in seconds from the start. */
  async function poll(name: string, times: readonly number[] = [0]) {
    const simulator = await startTestSimulator({ behaviours: [switched(name)] })
    const client = { client_id: simulator.clientId, client_secret: simulator.clientSecret }
    const post = async (url: string, form: Record<string, string>) => {
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ ...client, ...form }) })
      return { status: response.status, ...((await response.json()) as Record<string, unknown>) }
    }
    const login_hint = `tel:+34600000001`
    const accepted: Record<string, unknown> = await post(simulator.backchannelUrl, {
      scope: scopeOf.v2,
      login_hint,
    })
    const polls: unknown[] = []
    const grant_type = 'urn:openid:params:grant-type:ciba'
    let now = 0
    for (const time of 'auth_req_id' in accepted ? times : []) {
      simulator.clock.advance((time - now) * 1000)
      now = time
      const answer: Record<string, unknown> = await post(simulator.tokenUrl, {
        grant_type,
        auth_req_id: String(accepted['auth_req_id']),
      })
      polls.push(answer['error'] ?? Object.keys(answer).find((member) => member === 'access_token'))
    }
    await simulator.close()
    return { accepted, polls }
  }

  it('ciba-pending: the token comes with the fourth poll', async () => {
    const { polls } = await poll('ciba-pending', [0, 1, 2, 3])
    expect(polls).toEqual([...Array<string>(3).fill('authorization_pending'), 'access_token'])
  })

  it('ciba-pending-for-ever, ciba-expired', async () => {
    expect((await poll('ciba-pending-for-ever', [0, 60])).polls).toEqual(
      Array(2).fill('authorization_pending'),
    )
    expect((await poll('ciba-expired')).polls).toEqual(['expired_token'])
  })

  it('ciba-slow-down: a poll each second is too much, though it was said', async () => {
    const { accepted, polls } = await poll('ciba-slow-down', [0, 1, 30, 60])
    expect(accepted).toMatchObject({ interval: 1 })
    expect(polls).toEqual(['authorization_pending', 'slow_down', 'authorization_pending', 'access_token'])
  })

  it('ciba-slow-down: nv gets through with the interval that it is taught', async () => {
    let simulated: TestSimulator | undefined
    const waitsMs = [1000, 6000, 6000]
    const onEvent: BehaveOptions['onEvent'] = (event, { clock }) => {
      if (event.type !== 'exchange' || event.exchange.step !== 'token') return
      const waitMs = waitsMs.shift() ?? 0
      setImmediate(() => {
        simulated?.clock.advance(waitMs)
        clock.advance(waitMs)
      })
    }
    await withBehaviour('ciba-slow-down', { ...bySim, onEvent }, async (flow) => {
      simulated = flow.simulator
      const { outcome, exchanges } = await flow.run
      expect(outcome).toBe('verified')
      expect(exchanges.filter(({ step }) => step === 'token')).toHaveLength(4)
    })
  })

  it.each([
    ['ciba-interval-missing', 'interval'],
    ['ciba-request-id-missing', 'auth_req_id'],
  ])('%s: there is no %s', async (name, member) => {
    const { accepted } = await poll(name)
    expect(accepted).toMatchObject({ status: 200, expires_in: 120 })
    expect(accepted).not.toHaveProperty(member)
  })

  it.each([
    ['user-unknown', 'unknown_user_id'],
    ['hint-token-expired', 'expired_login_hint_token'],
    ['access-denied@bc-authorize', 'access_denied'],
    ['invalid-client@bc-authorize', 'invalid_client'],
  ])('%s: %s', async (name, error) => {
    expect((await poll(name)).accepted).toMatchObject({ error })
  })
})

describe('an assertion', () => {
  const inASecond = { iat: 1_750_000_001, exp: 1_750_000_200 }

  it.each<[string, Record<string, unknown>, string]>([
    ['assertion-only', {}, 'invalid_grant'],
    ['assertion-audience-endpoint', {}, 'invalid_grant'],
    ['assertion-audience-endpoint', { aud: 'issuer' }, 'invalid_client'],
    ['assertion-audience-issuer', { aud: 'issuer' }, 'invalid_grant'],
    ['assertion-audience-issuer', {}, 'invalid_client'],
    ['expires-in-null', inASecond, 'invalid_grant'],
    ['clock-intolerant', inASecond, 'invalid_client'],
  ])('%s: with %j it is %s', async (name, changes, error) => {
    const simulator = await startTestSimulator({
      behaviours: [switched(name)],
      clients: [{ id: 'signer', keys: [key.jwk] }],
      isStrict: name === 'assertion-audience-issuer',
    })
    const aud = changes['aud'] === 'issuer' ? simulator.baseUrl : simulator.tokenUrl
    const form = {
      grant_type: 'authorization_code',
      code: 'x',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await key.sign(assertionClaims(simulator, { ...changes, aud })),
    }
    const response = await fetch(simulator.tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
    expect(await response.json()).toMatchObject({ error })
    await simulator.close()
  })
})

it('wifi@api lets a token of a SIM through, which Wi-Fi carries too', async () => {
  await withBehaviour('wifi@api', bySim, async (flow) => {
    expect((await flow.run).outcome).toBe('verified')
  })
})

describe('several at once', () => {
  it('each acts at its step, and the log names it there', async () => {
    const simulator = await startTestSimulator({
      behaviours: ['expires-in-3600', 'scope-missing', 'other-sim'].map(switched),
    })
    const code = await obtainCode(simulator)
    const token = await postToken(simulator, { grant_type: 'authorization_code', code })
    const members = (await token.json()) as { access_token: string }
    expect(members).toEqual({ access_token: members.access_token, token_type: 'Bearer', expires_in: 3600 })
    expect(await ask(simulator, 'verify', members.access_token)).toBe('{"devicePhoneNumberVerified":false}')
    expect(simulator.entries.slice(-2).map(({ detail }) => detail)).toEqual([
      'access token (expires-in-3600, scope-missing)',
      'true (other-sim)',
    ])
    await simulator.close()
  })

  it('the first that answers in the place of the endpoint does', async () => {
    const simulator = await startTestSimulator({
      behaviours: ['unauthenticated', 'invalid-argument'].map(switched),
    })
    expect(await ask(simulator, 'verify')).toContain('UNAUTHENTICATED')
    await simulator.close()
  })
})

describe('the keys of the ID token', () => {
  it.each([
    'reset',
    'body-endless',
    'html-page',
    'charset-wrong',
    'status-301',
    'status-404',
    'status-503-empty',
  ])('%s: the answer counts, and a warning says that nobody checked the signature', async (name) => {
    await withBehaviour(`${name}@jwks`, withIdToken, async (flow) => {
      const { outcome, findings } = await flow.run
      expect([outcome, ...findings.map(({ code }) => code)]).toEqual(['verified', 'jwks_unavailable'])
      expect(details(flow)).toContain(name)
    })
  })
})

const named = (lines: ReadonlyArray<readonly [text: string, ...rest: unknown[]]>) =>
  lines.map(([text]) => text.split('@')[0] ?? '')

const special = [
  'one-time-link',
  'iphone-refused',
  'random-answer',
  'number-without-plus',
  'number-with-spaces',
  'number-missing',
  'basic-raw-only',
  'basic-encoded-only',
  'ciba-pending',
  'ciba-pending-for-ever',
  'ciba-expired',
  'ciba-slow-down',
  'ciba-interval-missing',
  'ciba-request-id-missing',
  'user-unknown',
]

test('every behaviour has its line', () => {
  const proven = new Set([...named(failing), ...named(answered), ...named(anywhere), ...special])
  const certificates = Object.keys(behaviours).filter((name) => behaviours[name]?.certificate)
  expect([...proven, ...certificates].sort()).toEqual(Object.keys(behaviours).sort())
})

/** Asks the API with a token that is good for everything, and gives the text of the answer. */
async function ask(simulator: TestSimulator, operation: string, token = mockAccessToken): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ phoneNumber: '+34600000001' })
  const response = await fetch(
    `${simulator.apiUrl}${apiPath}/${operation}`,
    operation === 'verify' ? { method: 'POST', headers, body } : { headers },
  )
  return response.text()
}
