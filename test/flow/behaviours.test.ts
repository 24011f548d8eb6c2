// One line, one behaviour of the simulator: what nv makes of it. Every behaviour there is has its line.
import { exportPKCS8 } from 'jose'
import { describe, expect, it, test } from 'vitest'
import { mockAccessToken } from '../../src/simulator/api/api.ts'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { assertionClaims, createClientKey } from '../support/client-keys.ts'
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
  authorizeUrl,
  basic,
  obtainCode,
  postToken,
  redirectUri,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const apiPath = '/number-verification/v2'
const hashed: BehaveOptions = { isHashed: true }
const withLoginHint: BehaveOptions = { profile: { loginHint: 'tel' } }
const inV0: BehaveOptions = {
  profile: { apiVersion: 'v0', apiPath: 'number-verification/v0', scope: scopeOf.v0 },
}
const withIssuer: BehaveOptions = { profile: { issuer: 'https://issuer.example' } }

const discovering: BehaveOptions = { discovers: true }
const withIdToken: BehaveOptions = { discovers: true, profile: { scope: `openid ${scopeOf.v2}` } }
const withDpop: BehaveOptions = { profile: { usesDpop: true } }

const bySim: BehaveOptions = {
  discovers: true,
  operatorToken: { value: 'simulator-operator-token-1', grants: ['ciba'] },
}
const forNumber: BehaveOptions = { command: 'number', profile: { scope: shareScopeOf.v2 } }

const key = await createClientKey('ES256')
/** A client that signs its assertion, for the endpoint that it is sent to. */
const signing: BehaveOptions = {
  clients: [{ id: 'signer', keys: [key.jwk] }],
  profile: {
    clientId: 'signer',
    clientSecret: '',
    authMethod: 'private_key_jwt',
    key: await exportPKCS8(key.privateKey),
    keyId: key.kid,
  },
}
const named = (lines: ReadonlyArray<readonly [text: string, ...rest: unknown[]]>) =>
  lines.map(([text]) => text.split('@')[0] ?? '')

const failing: ReadonlyArray<
  [behaviour: string, failedStep: string, codes: string[], options?: BehaveOptions]
> = [
  ['error-page', 'authorize', ['authorize_refused']],
  ['error-page@operator', 'authorize', ['authorize_refused']],
  ['blank-page', 'authorize', ['authorize_page']],
  ['blank-page@operator', 'authorize', ['authorize_page']],
  ['redirect-circle', 'authorize', ['too_many_redirects']],
  ['redirect-circle@operator', 'authorize', ['too_many_redirects']],
  ['plus-as-space', 'callback', ['login_hint_refused'], withLoginHint],
  ['plus-as-space@api', 'api', ['invalid_argument']],
  ['scope-cut', 'authorize', ['parameters_lost'], inV0],
  ['scope-encoded-twice', 'callback', ['invalid_scope']],
  ['https-forced', 'authorize', ['tls_failed']],
  ['https-forced@operator', 'authorize', ['tls_failed']],
  ['hop-refused', 'authorize', ['connection_refused']],
  ['hop-refused@operator', 'authorize', ['connection_refused']],
  ['hop-unresolvable', 'authorize', ['host_not_found']],
  ['hop-unresolvable@operator', 'authorize', ['host_not_found']],
  ['cookie-lost', 'authorize', ['authorize_refused']],

  ['redirect-to-localhost', 'authorize', ['response_elsewhere']],
  ['state-missing', 'callback', ['state_missing']],
  ['state-different', 'callback', ['state_differs']],
  ['state-doubled', 'callback', ['state_doubled']],
  ['state-different-error', 'callback', ['state_differs']],
  ['code-missing', 'callback', ['no_code']],
  ['code-doubled', 'callback', ['doubled_parameter']],
  ['code-in-fragment', 'callback', ['response_in_fragment']],
  ['iss-different', 'callback', ['issuer_differs'], withIssuer],
  ['iss-doubled', 'callback', ['doubled_parameter']],

  ['access-denied', 'callback', ['access_denied']],
  ['access-denied@token', 'token', ['access_denied']],
  ['consent-required', 'callback', ['consent_required']],
  ['consent-required@token', 'token', ['consent_required']],
  ['login-required', 'callback', ['login_required']],
  ['interaction-required', 'callback', ['interaction_required']],
  ['invalid-scope', 'callback', ['invalid_scope']],
  ['invalid-scope@token', 'token', ['invalid_scope']],
  ['unauthorized-client', 'callback', ['unauthorized_client']],
  ['unauthorized-client@token', 'token', ['unauthorized_client']],
  ['server-error', 'callback', ['server_failing']],
  ['server-error@token', 'token', ['server_failing']],
  ['temporarily-unavailable', 'callback', ['server_failing']],
  ['temporarily-unavailable@token', 'token', ['server_failing']],
  ['invalid-request', 'callback', ['authorization_error']],
  ['invalid-request@token', 'token', ['token_error']],
  ['unsupported-grant-type', 'token', ['unsupported_grant_type']],
  ['invalid-client', 'token', ['invalid_client']],
  ['code-used-before', 'token', ['invalid_grant']],
  ['code-expired', 'token', ['invalid_grant']],
  ['redirect-uri-differs', 'token', ['invalid_grant']],
  ['verifier-differs', 'token', ['invalid_grant']],

  ['basic-only', 'token', ['invalid_client'], { profile: { authMethod: 'client_secret_post' } }],
  ['secret-in-body-only', 'token', ['invalid_client']],
  ['assertion-only', 'token', ['invalid_client']],
  ['assertion-audience-issuer', 'token', ['invalid_client'], signing],
  ['assertion-audience-endpoint', 'token', ['invalid_client']],
  ['assertion-used-before', 'token', ['invalid_client'], signing],
  ['clock-behind', 'token', ['invalid_client'], signing],
  ['clock-ahead', 'token', ['invalid_client'], signing],

  ['token-expired', 'api', ['unauthenticated']],
  ['token-used-before', 'api', ['unauthenticated']],
  ['scope-reduced', 'api', ['permission_denied', 'scope_differs']],
  ['access-token-empty', 'token', ['token_unreadable']],
  ['access-token-line-break', 'token', ['token_unreadable']],
  ['access-token-missing', 'token', ['token_unreadable']],
  ['id-token-nonce', 'token', ['nonce_differs'], withIdToken],

  ['iss-missing', 'callback', ['issuer_missing'], discovering],
  ['iss-different', 'callback', ['issuer_differs'], discovering],
  ['discovery-missing', 'authorize', ['discovery_failed'], discovering],

  ['issuer-different', 'authorize', ['discovered_issuer_foreign'], discovering],
  ['endpoint-missing', 'authorize', ['discovery_endpoint'], discovering],
  ['endpoint-plain', 'authorize', ['discovery_endpoint'], discovering],
  ['endpoint-refused', 'token', ['connection_refused'], discovering],
  ['endpoint-unresolvable', 'token', ['host_not_found'], discovering],

  ['user-unknown', 'authorize', ['unknown_user_id'], bySim],
  ['hint-token-expired', 'authorize', ['expired_login_hint_token'], bySim],
  ['ciba-request-id-missing', 'authorize', ['backchannel_unreadable'], bySim],
  ['ciba-expired', 'token', ['expired_token'], bySim],
  ['access-denied@bc-authorize', 'authorize', ['access_denied'], bySim],
  ['access-denied@token', 'token', ['access_denied'], bySim],
  ['invalid-client@bc-authorize', 'authorize', ['invalid_client'], bySim],
  ['secret-in-body-only@bc-authorize', 'authorize', ['invalid_client'], bySim],
  ['reset@bc-authorize', 'authorize', ['connection_lost'], bySim],
  ['html-page@bc-authorize', 'authorize', ['backchannel_unreadable'], bySim],
  ['status-307@bc-authorize', 'authorize', ['backchannel_redirected'], bySim],
  ['status-403@bc-authorize', 'authorize', ['backchannel_unreadable'], bySim],
  ['status-503@bc-authorize', 'authorize', ['server_failing'], bySim],
  ['forbidden', 'token', ['unauthorized_client']],

  ['wifi', 'callback', ['access_denied']],
  ['wifi@api', 'api', ['user_not_authenticated_by_mobile_network']],
  ['not-by-mobile-network', 'api', ['user_not_authenticated_by_mobile_network']],
  ['not-by-supported-method', 'api', ['user_not_authenticated_by_supported_method']],
  ['sim-token-invalid', 'api', ['invalid_ts43_token']],
  ['token-context-invalid', 'api', ['invalid_token_context']],
  ['token-context-invalid-bare', 'api', ['invalid_token_context']],
  ['permission-denied', 'api', ['permission_denied']],
  ['unauthenticated', 'api', ['unauthenticated']],
  ['authentication-required', 'api', ['unauthenticated']],
  ['invalid-argument', 'api', ['invalid_argument']],
  ['error-shape-oauth', 'api', ['unauthenticated']],
  ['error-shape-gateway', 'api', ['api_forbidden']],
  ['hash-refused', 'api', ['invalid_argument'], hashed],
  ['plain-refused', 'api', ['invalid_argument']],
  ['internal', 'api', ['api_error']],
  ['unavailable', 'api', ['api_error']],
  ['timeout', 'api', ['api_error']],
  ['number-without-plus', 'api', ['api_unreadable'], forNumber],
  ['number-with-spaces', 'api', ['api_unreadable'], forNumber],
  ['number-missing', 'api', ['api_unreadable'], forNumber],
  ['verdict-string', 'api', ['api_unreadable']],
  ['verdict-number', 'api', ['api_unreadable']],
  ['verdict-null', 'api', ['api_unreadable']],
  ['verdict-missing', 'api', ['api_unreadable']],
  ['verdict-doubled', 'api', ['api_unreadable']],
]

test.each(failing)('%s: the step %s fails with %j', async (text, failedStep, codes, options) => {
  await expectFailure(text, failedStep, codes, options)
})

const answered: ReadonlyArray<
  [behaviour: string, outcome: 'verified' | 'mismatch', codes: string[], options?: BehaveOptions]
> = [
  ['hash-without-plus', 'mismatch', ['mismatch_explained'], hashed],
  ['hash-upper-case', 'mismatch', ['mismatch_explained'], hashed],
  ['other-sim', 'mismatch', ['mismatch_explained']],
  ['clock-behind', 'verified', []],
  ['clock-ahead', 'verified', []],
  ['clock-intolerant', 'verified', []],
  ['token-type-missing', 'verified', ['token_type_missing']],
  ['token-type-dpop', 'verified', ['token_response_irregular']],
  ['expires-in-3600', 'verified', ['token_lives_long']],
  ['expires-in-string', 'verified', ['expires_in_unusable']],
  ['expires-in-null', 'verified', ['expires_in_unusable']],
  ['expires-in-missing', 'verified', []],
  ['refresh-token', 'verified', ['refresh_token_given']],
  ['scope-different', 'verified', ['scope_differs']],
  ['scope-missing', 'verified', []],
  ['access-token-doubled', 'verified', ['token_response_irregular']],
  ['status-201', 'verified', ['token_response_irregular']],
  ['issuer-slash', 'verified', ['discovered_issuer_differs'], discovering],
  ['keys-missing', 'verified', ['id_token_signature'], withIdToken],
  ['id-token-missing', 'verified', ['id_token_missing'], withIdToken],
  ['id-token-issuer', 'verified', ['id_token_issuer'], withIdToken],
  ['id-token-audience', 'verified', ['id_token_audience'], withIdToken],
  ['id-token-expired', 'verified', ['id_token_expired'], withIdToken],
  ['id-token-hash', 'verified', ['id_token_access_token'], withIdToken],
  ['id-token-signature', 'verified', ['id_token_signature'], withIdToken],
  ['id-token-unsigned', 'verified', ['id_token_signature'], withIdToken],
  ['dpop-nonce', 'verified', [], withDpop],
  ['dpop-ignored', 'verified', ['dpop_not_used'], withDpop],
  ['byte-order-mark@bc-authorize', 'verified', [], bySim],
  ['byte-order-mark', 'verified', []],
  ['byte-order-mark@api', 'verified', []],
  ['content-type-wrong', 'verified', []],
  ['content-type-wrong@api', 'verified', []],
]

test.each(answered)('%s: %s, with %j', async (text, outcome, codes, options = {}) => {
  await withBehaviour(text, options, async (flow) => {
    const run = await flow.run
    expect(run).toMatchObject({ outcome, failedStep: null, exitCode: outcome === 'verified' ? 0 : 1 })
    expect(run.findings.map(({ code }) => code)).toEqual(codes)
    expectSameDiagnosis(run)
    expect(details(flow)).toContain(text.split('@')[0])
  })
})

type Anywhere = readonly [behaviour: string, atHop: string, atToken: string, atApi: string]

/** A status, with a page and without a body. */
const status = (status: number, ...codes: [atHop: string, atToken: string, atApi: string]): Anywhere[] => [
  [`status-${status}`, ...codes],
  [`status-${status}-empty`, ...codes],
]

/** What every endpoint can be made to do: the finding at a hop of the phone, at the token endpoint, at the API. */
const anywhere: readonly Anywhere[] = [
  ['hang', 'request_timeout', 'request_timeout', 'request_timeout'],
  ['body-slow', 'request_timeout', 'request_timeout', 'request_timeout'],
  ['reset', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['reset-in-body', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['body-cut', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['body-endless', 'response_too_large', 'response_too_large', 'response_too_large'],
  ['gzip-bomb', 'response_too_large', 'response_too_large', 'response_too_large'],
  ['gzip-broken', 'body_damaged', 'body_damaged', 'body_damaged'],
  ['html-page', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['not-json', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['json-of-another-shape', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['body-empty', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['status-301', 'host_not_found', 'token_redirected', 'api_redirected'],
  ['status-307', 'host_not_found', 'token_redirected', 'api_redirected'],
  ...[400, 405, 421].flatMap((code) => status(code, 'authorize_refused', 'token_unreadable', 'api_error')),
  ...status(401, 'authorize_refused', 'invalid_client', 'unauthenticated'),
  ...status(403, 'authorize_refused', 'token_unreadable', 'api_forbidden'),
  ...status(407, 'proxy_credentials', 'proxy_credentials', 'proxy_credentials'),
  ...status(404, 'authorize_refused', 'token_unreadable', 'api_not_found'),
  ...[429, 500, 502, 503, 504].flatMap((code) =>
    status(code, 'server_failing', 'server_failing', 'api_error'),
  ),
  ['retry-after-429', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-seconds', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-date', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-nonsense', 'server_failing', 'server_failing', 'api_error'],
  ['charset-wrong', '', 'token_unreadable', 'api_unreadable'],
]

/** Those that nv ends by its own time limit. */
const slow = ['hang', 'body-slow']

const places = anywhere.flatMap(([name, atHop, atToken, atApi]) => [
  [`${name}@discovery`, 'authorize', atDiscovery(atHop)] as const,
  ...(atHop === ''
    ? []
    : ['authorize', 'operator', 'callback'].map((step) => [`${name}@${step}`, 'authorize', atHop] as const)),
  [`${name}@token`, 'token', atToken] as const,
  [`${name}@api`, 'api', atApi] as const,
])

/** What is wrong with an answer in itself is named as at any hop; what it holds is no discovery document. */
function atDiscovery(atHop: string): string {
  const isOfTheAnswer = !/^(authorize|host)_/.test(atHop) && atHop !== ''
  return isOfTheAnswer ? atHop : 'discovery_failed'
}

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
      expect([second.status, await second.text()]).toEqual([400, expect.stringContaining('used up')])
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
