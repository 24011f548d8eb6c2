// Each preset from `nv profile add` to the verdict, under the real names of its hosts: what goes where.
import { generateKeyPairSync } from 'node:crypto'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const appRedirectUri = 'https://app.example/callback'
const phoneNumber = '+34600000001'
const keyPath = '/nowhere/key.pem'
const key = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
)
const verifyScope = 'dpv:FraudPreventionAndDetection number-verification:verify'
const hashScope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'

interface Sent {
  method: string
  url: URL
  headers: Record<string, string>
  body: string
}

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

/** Answers for those hosts as their gateways do: by what stands at the end of the path. */
function serve(origins: readonly string[], discovered: Record<string, string> = {}): Sent[] {
  const sent: Sent[] = []
  const answers: Array<[ending: RegExp, answer: (url: URL, body: string) => nock.ReplyFnResult]> = [
    [/openid-configuration$/, () => [200, discovered]],
    [/clientcredentials$/, () => [200, { client_id: 'handed-out-id', client_secret: 'handed-out-secret' }]],
    [
      /network-enablement$/,
      (_url, body) => [
        200,
        {
          scopes: {
            [hashScope]: { auth_url: authUrlFor((JSON.parse(body) as { state: string }).state) },
          },
        },
      ],
    ],
    [/\/verify$/, () => [200, { devicePhoneNumberVerified: true }]],
    [/\/token$/, () => [200, { access_token: 'an-access-token', token_type: 'Bearer', expires_in: 300 }]],
    [
      /auth(orize)?$/,
      ({ searchParams }) => [
        302,
        '',
        { location: `${appRedirectUri}?code=a-code&state=${searchParams.get('state')}` },
      ],
    ],
  ]
  for (const origin of origins) {
    const reply = (method: string) =>
      function (this: nock.ReplyFnContext, path: string, body: nock.Body): nock.ReplyFnResult {
        const url = new URL(path, origin)
        const headers = Object.fromEntries(
          Object.entries(this.req.headers).map(([name, value]) => [name.toLowerCase(), value]),
        )
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        sent.push({ method, url, headers, body: text })
        return answers.find(([ending]) => ending.test(url.pathname))?.[1](url, text) ?? [404, '']
      }
    nock(origin).persist().get(/.*/).reply(reply('GET')).post(/.*/).reply(reply('POST'))
  }
  return sent
}

/** The authorize URL that Vonage gives. */
function authUrlFor(state: string): string {
  const query = {
    client_id: 'my-app',
    redirect_uri: appRedirectUri,
    response_type: 'code',
    scope: hashScope,
    state,
  }
  return `https://oidc.idp.vonage.com/oauth2/auth?${new URLSearchParams(query)}`
}

/** Adds a profile by flags and verifies a number with it. */
async function addAndVerify(
  flags: readonly string[],
  options: TestContextOptions & { verifyFlags?: readonly string[] } = {},
): Promise<{ run: Run; notes: string }> {
  const { verifyFlags = [], ...rest } = options
  const store = createTestStore()
  const files = { [keyPath]: key }
  const adding = createTestContext({ files, ...rest, store, lines: ['my-secret'] })
  const addFlags = ['add', 'mine', '--redirect-uri', appRedirectUri, ...flags]
  expect(await runProgram(adding.context, ['profile', ...addFlags]), adding.err()).toBe(0)
  const { context, out, err } = createTestContext({ files, ...rest, store })
  const verifyArgs = ['verify', phoneNumber, '-p', 'mine', '--via', 'direct', '--json', ...verifyFlags]
  expect(await runProgram(context, verifyArgs), err()).toBe(0)
  return { run: JSON.parse(out()) as Run, notes: adding.err() }
}

/** Finds the request to a path. */
function requestTo(sent: readonly Sent[], url: string): Sent {
  const found = sent.filter((request) => `${request.url.origin}${request.url.pathname}` === url)
  expect(found.map((request) => request.url.href)).toHaveLength(1)
  return found[0] as Sent
}

const form = ({ body }: Sent) => Object.fromEntries(new URLSearchParams(body))
const query = ({ url }: Sent) => Object.fromEntries(url.searchParams)
const secretFlags = ['--client-id', 'my-app', '--client-secret-stdin']

test('sandbox: Basic, a tel: hint, PKCE', async () => {
  const base = 'https://sandbox.opengateway.telefonica.com/apigateway'
  const sent = serve(['https://sandbox.opengateway.telefonica.com'])
  const { run } = await addAndVerify(['--preset', 'sandbox', ...secretFlags])
  expect(run.findings).toEqual([])
  expect(query(requestTo(sent, `${base}/authorize`))).toEqual({
    response_type: 'code',
    client_id: 'my-app',
    scope: verifyScope,
    redirect_uri: appRedirectUri,
    state: expect.stringMatching(/^.{43}$/) as string,
    login_hint: `tel:${phoneNumber}`,
    code_challenge: expect.stringMatching(/^.{43}$/) as string,
    code_challenge_method: 'S256',
  })
  const token = requestTo(sent, `${base}/token`)
  expect(token.headers['authorization']).toBe(`Basic ${btoa('my-app:my-secret')}`)
  expect(form(token)).toMatchObject({ grant_type: 'authorization_code', redirect_uri: appRedirectUri })
  const api = requestTo(sent, `${base}/number-verification/v2/verify`)
  expect(JSON.parse(api.body)).toEqual({ phoneNumber })
  expect(api.headers).toMatchObject({
    authorization: 'Bearer an-access-token',
    'x-correlator': expect.any(String) as string,
  })
})

test.each([
  ['v0', hashScope],
  ['v1', verifyScope],
])('sandbox with the API %s asks for %s', async (version, scope) => {
  const base = 'https://sandbox.opengateway.telefonica.com/apigateway'
  const sent = serve(['https://sandbox.opengateway.telefonica.com'])
  await addAndVerify(['--preset', 'sandbox', '--api-version', version, ...secretFlags])
  const authorize = requestTo(sent, `${base}/authorize`)
  expect(query(authorize)['scope']).toBe(scope)
  expect(authorize.url.search).toContain(`scope=${encodeURIComponent(scope)}`)
  requestTo(sent, `${base}/number-verification/${version}/verify`)
})

test('camara: discovery by issuer, private_key_jwt for the token URL', async () => {
  const issuer = 'https://operator.example'
  const sent = serve([issuer], {
    issuer,
    authorization_endpoint: `${issuer}/oidc/authorize`,
    token_endpoint: `${issuer}/oidc/token`,
  })
  const flags = [
    '--preset',
    'camara',
    '--issuer',
    issuer,
    '--api-url',
    `${issuer}/api`,
    '--client-id',
    'my-app',
  ]
  const { run } = await addAndVerify([...flags, '--key', 'key.pem'])
  expect(run.findings).toMatchObject([{ code: 'id_token_missing', severity: 'info' }])
  expect(query(requestTo(sent, `${issuer}/oidc/authorize`))).toMatchObject({
    scope: `openid ${verifyScope}`,
    nonce: expect.stringMatching(/^.{43}$/) as string,
  })
  const { client_assertion: assertion = '', ...others } = form(requestTo(sent, `${issuer}/oidc/token`))
  expect(others).toMatchObject({
    client_id: 'my-app',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    redirect_uri: appRedirectUri,
  })
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as object
  expect(claims).toMatchObject({ iss: 'my-app', sub: 'my-app', aud: `${issuer}/oidc/token` })
  requestTo(sent, `${issuer}/api/number-verification/v2/verify`)
})

const applicationFlags = ['--client-id', 'my-app', '--key', 'key.pem']

test.each(['vonage', 'telekom'])('%s: asks for the authorize URL with an application JWT', async (preset) => {
  const sent = serve(['https://oidc.idp.vonage.com', 'https://api-eu.vonage.com'])
  const { run } = await addAndVerify(['--preset', preset, ...applicationFlags])
  const asked = requestTo(sent, 'https://api-eu.vonage.com/v0.1/network-enablement')
  expect(asked.headers['authorization']).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
  expect(JSON.parse(asked.body)).toEqual({
    phone_number: phoneNumber,
    scopes: [hashScope],
    state: expect.stringMatching(/^.{43}$/) as string,
  })
  const opened = query(requestTo(sent, 'https://oidc.idp.vonage.com/oauth2/auth'))
  expect(opened).toMatchObject({ client_id: 'my-app' })
  expect(opened).not.toHaveProperty('code_challenge')
  expect(form(requestTo(sent, 'https://api-eu.vonage.com/oauth2/token'))).not.toHaveProperty('code_verifier')
  expect(run.findings.map(({ code }) => code)).toEqual(['preset_unconfirmed'])
})

test('vodafone: the code flow at bc-authorize, Basic, a scope with # and a colon, the API where the user says', async () => {
  const base = 'https://eu3.api.vodafone.com'
  const sent = serve([base])
  const { run } = await addAndVerify([
    '--preset',
    'vodafone',
    ...secretFlags,
    '--api-url',
    `${base}/number-verification/v0`,
  ])
  const opened = requestTo(sent, `${base}/openIDConnectCIBA/v1/bc-authorize`)
  expect([opened.method, query(opened)]).toMatchObject([
    'GET',
    { response_type: 'code', scope: 'dpv:FraudPreventionAndDetection#number-verification:verify' },
  ])
  const token = requestTo(sent, `${base}/openIDConnectCIBA/v1/token`)
  expect(token.headers['authorization']).toBe(`Basic ${btoa('my-app:my-secret')}`)
  requestTo(sent, `${base}/number-verification/v0/verify`)
  expect(run.findings.map(({ code }) => code)).toEqual(['preset_unconfirmed'])
})

test('vonage: an application JWT, a bare hint, a path of its own', async () => {
  const sent = serve(['https://oidc.idp.vonage.com', 'https://api-eu.vonage.com'])
  const { run, notes } = await addAndVerify(['--preset', 'vonage', ...applicationFlags], {
    verifyFlags: ['--enablement-url', 'off'],
  })
  expect(query(requestTo(sent, 'https://oidc.idp.vonage.com/oauth2/auth'))).toMatchObject({
    login_hint: phoneNumber,
    scope: `openid ${hashScope}`,
  })
  const token = requestTo(sent, 'https://api-eu.vonage.com/oauth2/token')
  expect(token.headers['authorization']).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
  expect(form(token)).not.toHaveProperty('client_secret')
  requestTo(sent, 'https://api-eu.vonage.com/camara/number-verification/v031/verify')
  expect(run.findings.map(({ code }) => code)).toEqual(['preset_unconfirmed', 'id_token_missing'])
  expect(notes).toContain('Preset vonage is partly unconfirmed')
})

test('orange-playground: Basic, a tel: hint, API v1', async () => {
  const openid = 'https://api.orange.com/openidconnect/playground/v1.0'
  const sent = serve(['https://api.orange.com'])
  await addAndVerify(['--preset', 'orange-playground', ...secretFlags])
  expect(query(requestTo(sent, `${openid}/authorize`))).toMatchObject({
    login_hint: `tel:${phoneNumber}`,
    scope: `openid ${verifyScope}`,
  })
  expect(requestTo(sent, `${openid}/token`).headers['authorization']).toBe(
    `Basic ${btoa('my-app:my-secret')}`,
  )
  requestTo(sent, 'https://api.orange.com/camara/playground/api/number-verification/v1/verify')
})

test('konera: the secret in the body, prompt=none, a correlation header of its own', async () => {
  const base = 'https://api.pxg.konera.com/camara'
  const sent = serve(['https://api.pxg.konera.com'])
  const { run } = await addAndVerify(['--preset', 'konera', ...secretFlags])
  expect(query(requestTo(sent, `${base}/api/auth/v1/authorize`))).toMatchObject({ prompt: 'none' })
  const token = requestTo(sent, `${base}/api/auth/v1/token`)
  expect(form(token)).toMatchObject({
    client_id: 'my-app',
    client_secret: 'my-secret',
    redirect_uri: appRedirectUri,
  })
  expect(token.headers).not.toHaveProperty('authorization')
  const api = requestTo(sent, `${base}/number-verification/v2/verify`)
  for (const { headers } of [token, api]) {
    expect(headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers).not.toHaveProperty('x-correlator')
  }
  expect(run.findings.map(({ code }) => code)).toEqual(['preset_unconfirmed', 'id_token_missing'])
})

describe('nokia-nac', () => {
  const rapid = 'https://network-as-code.p-eu.rapidapi.com'
  const openid = 'https://openid.example'
  const rapidKey = 'canary-rapid-key-Zx9'
  const discovered = {
    issuer: rapid,
    authorization_endpoint: `${openid}/oauth/authorize`,
    token_endpoint: `${openid}/oauth/token`,
  }
  const operator = 'https://operator.example'

  test('the RapidAPI headers go with all that nv sends, and not with the hops of the phone', async () => {
    const sent = serve([rapid, openid, operator], discovered)
    const { run } = await addAndVerify(['--preset', 'nokia-nac', '--header', 'X-RapidAPI-Key: $RAPID_KEY'], {
      env: { RAPID_KEY: rapidKey },
    })
    const expected = {
      [`${rapid}/oauth2/v1/auth/clientcredentials`]: true,
      [`${rapid}/.well-known/openid-configuration`]: true,
      [`${openid}/oauth/authorize`]: false,
      [`${openid}/oauth/token`]: true,
      [`${rapid}/passthrough/camara/v1/number-verification/number-verification/v0/verify`]: true,
    }
    const seen = sent.map(({ url, headers }) => [
      `${url.origin}${url.pathname}`,
      headers['x-rapidapi-key'] === rapidKey &&
        headers['x-rapidapi-host'] === 'network-as-code.nokia.rapidapi.com',
    ])
    expect(Object.fromEntries(seen)).toEqual(expected)
    const authorize = requestTo(sent, `${openid}/oauth/authorize`)
    expect(Object.keys(authorize.headers).filter((name) => name.includes('rapid'))).toEqual([])
    expect(query(authorize)).toMatchObject({
      client_id: 'handed-out-id',
      login_hint: phoneNumber,
      scope: verifyScope,
    })
    expect(run.findings.map(({ code }) => code)).toEqual(['preset_unconfirmed'])
    const token = form(requestTo(sent, `${openid}/oauth/token`))
    expect(token).toMatchObject({ client_id: 'handed-out-id', client_secret: 'handed-out-secret' })
    expect(token).not.toHaveProperty('redirect_uri')
    expect(JSON.stringify(run)).not.toContain(rapidKey)
    expect(JSON.stringify(run)).not.toContain('handed-out-secret')
  })

  test('a host of your own replaces that of the preset, whatever its case', async () => {
    const sent = serve([rapid, openid], discovered)
    const flags = ['--header', 'x-rapidapi-key: $RAPID_KEY', '--header', 'x-rapidapi-host: mine.example']
    await addAndVerify(['--preset', 'nokia-nac', ...flags], { env: { RAPID_KEY: rapidKey } })
    for (const { url, headers } of sent.filter((request) => request.url.origin === rapid))
      expect({ url: url.pathname, host: headers['x-rapidapi-host'] }).toEqual({
        url: url.pathname,
        host: 'mine.example',
      })
  })

  test('credentials of your own are not fetched', async () => {
    const sent = serve([rapid, openid], discovered)
    await addAndVerify(['--preset', 'nokia-nac', '--header', 'X-RapidAPI-Key: $RAPID_KEY', ...secretFlags], {
      env: { RAPID_KEY: rapidKey },
    })
    expect(sent.filter(({ url }) => url.pathname.endsWith('clientcredentials'))).toEqual([])
    expect(form(requestTo(sent, `${openid}/oauth/token`))).toMatchObject({ client_secret: 'my-secret' })
  })
})

test('generic: what the flags say, and a run overrides the profile', async () => {
  const sent = serve(['https://g.example'])
  const urls = ['--authorize-url', 'https://g.example/authorize', '--token-url', 'https://g.example/token']
  await addAndVerify(
    [...urls, '--api-url', 'https://g.example', '--pkce', 'off', '--prompt', 'none', ...secretFlags],
    {
      verifyFlags: [
        '--prompt',
        'login',
        '--login-hint',
        'ipport:198.51.100.7:4242',
        '--scope',
        'dpv:Other x:y',
      ],
    },
  )
  const parameters = query(requestTo(sent, 'https://g.example/authorize'))
  expect(parameters).toMatchObject({
    prompt: 'login',
    login_hint: 'ipport:198.51.100.7:4242',
    scope: 'dpv:Other x:y',
  })
  expect(parameters).not.toHaveProperty('code_challenge')
  expect(form(requestTo(sent, 'https://g.example/token'))).not.toHaveProperty('code_verifier')
})
