// Providers that give the authorize URL by an API: coverage is told before the phone is touched, and no URL is trusted.
import { exportPKCS8 } from 'jose'
import { describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { judgeAuthUrl, readEnablement } from '../../src/oauth/enablement.ts'
import type { Run } from '../../src/run/run.ts'
import { details, expectSameDiagnosis, withBehaviour, type BehaveOptions } from '../support/behave.ts'
import { createClientKey } from '../support/client-keys.ts'
import { createTestContext } from '../support/context.ts'
import { json, redirect, runFlow, withGateway } from '../support/gateway.ts'
import { redirectUri, startTestSimulator } from '../support/simulator.ts'

const phoneNumber = '+34600000001'
const key = await createClientKey('RS256')
const scope = 'openid dpv:FraudPreventionAndDetection#number-verification-verify-read'
const application = {
  clientId: 'my-application',
  clientSecret: '',
  authMethod: 'application_jwt' as const,
  key: await exportPKCS8(key.privateKey),
  keyAlgorithm: 'RS256' as const,
  apiVersion: 'v0',
  apiPath: 'number-verification/v0',
  scope,
  redirectUri,
}

describe('against the simulator', () => {
  async function verify(changes: object = {}, redirectUris = [redirectUri]) {
    const clients = [{ id: 'my-application', keys: [key.jwk] }]
    const simulator = await startTestSimulator({ clients, redirectUris })
    const enablementUrl = `${simulator.baseUrl}/v0.1/network-enablement`
    const flow = await runFlow(simulator, { profile: { ...application, enablementUrl, ...changes } })
    await simulator.close()
    return { ...flow, simulator }
  }

  it('asks for the URL with the JWT of the application, opens it, and verifies', async () => {
    const { result, err } = await verify()
    expect(result).toMatchObject({ outcome: 'verified', findings: [], failedStep: null })
    const [asked, first] = result.exchanges
    expect([asked?.kind, asked?.sentBy, asked?.step]).toEqual(['enablement', 'nv', 'authorize'])
    expect(first?.sentBy).toBe('phone')
    expect(JSON.parse(asked?.request.body?.text ?? '')).toMatchObject({
      scopes: ['dpv:FraudPreventionAndDetection#number-verification-verify-read'],
    })
    expect(err()).toContain('covers the number and gave the authorize URL')
    expect(result.profile).toMatchObject({ usesPkce: false, enablementUrl: asked?.request.url })
    const token = result.exchanges.find(({ kind }) => kind === 'token')
    expect(token?.request.body?.text).not.toContain('code_verifier')
    expectSameDiagnosis(result)
  })

  it('shows neither number, state nor JWT in what is recorded', async () => {
    const { result } = await verify({}, [redirectUri])
    const recorded = JSON.stringify(result.exchanges)
    expect(recorded).not.toContain(phoneNumber.slice(1))
    expect(recorded).not.toMatch(/eyJ[\w-]+\.eyJ/)
    expect(recorded).not.toMatch(/state(=|%3D|\\?":\\?")[\w-]{20}/)
  })

  it('is left alone where nv builds the URL itself', async () => {
    const { result } = await verify({ enablementUrl: null })
    expect(result.outcome).toBe('verified')
    expect(result.exchanges.map(({ kind }) => kind)).not.toContain('enablement')
    expect(result.profile.enablementUrl).toBeNull()
  })

  it('says that the client was not accepted', async () => {
    const other = await createClientKey('RS256')
    const { result } = await verify({ key: await exportPKCS8(other.privateKey) })
    expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'authorize' })
    expect(result.findings[0]).toMatchObject({ code: 'enablement_unauthorized', evidence: [1] })
    expect(result.findings[0]?.cause).toContain('The JWT of the application is refused')
    expect(result.exchanges).toHaveLength(1)
  })

  it('passes on what it says of a request that it does not take', async () => {
    const { result } = await verify({}, [])
    expect(result.findings[0]?.code).toBe('enablement_refused')
    expect(result.findings[0]?.cause).toContain('No redirect_uri is registered')
  })

  it('refuses a URL that leads to another redirect_uri, and names it', async () => {
    const { result } = await verify({ redirectUri: 'https://app.example/other' })
    expect(result.findings[0]?.code).toBe('auth_url_refused')
    expect(result.findings[0]?.cause).toContain(`It redirects to ${redirectUri}`)
    expect(result.exchanges).toHaveLength(1)
  })
})

const behaving: BehaveOptions = {
  clients: [{ id: 'my-application', keys: [key.jwk] }],
  redirectUris: [redirectUri],
  enables: true,
  profile: application,
}

describe('what it can do, none of which reaches the phone', () => {
  test.each([
    ['operator-not-covered', 'number_not_covered'],
    ['number-not-allowed', 'number_not_allowed'],
    ['auth-url-missing', 'enablement_unreadable'],
    ['auth-url-script', 'auth_url_refused'],
    ['auth-url-plain', 'auth_url_refused'],
    ['auth-url-state-different', 'auth_url_refused'],
    ['auth-url-redirect-different', 'auth_url_refused'],
    ['html-page@enablement', 'enablement_unreadable'],
    ['status-403@enablement', 'enablement_refused'],
    ['status-401@enablement', 'enablement_unauthorized'],
    ['status-307@enablement', 'enablement_unreadable'],
    ['reset@enablement', 'connection_lost'],
    ['body-cut@enablement', 'connection_lost'],
    ['gzip-bomb@enablement', 'response_too_large'],
  ])('%s: %s', async (text, code) => {
    await withBehaviour(text, behaving, async (flow) => {
      const run = await flow.run
      expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize', exitCode: 3 })
      expect(run.findings[0]?.code).toBe(code)
      expect(run.exchanges.map(({ kind }) => kind)).toEqual(['enablement'])
      expect(details(flow)).toContain(text.split('@')[0])
      expect(flow.events.map(({ type }) => type)).not.toContain('authorize-url')
      expectSameDiagnosis(run)
    })
  })

  it('auth-url-state-missing: is opened with a warning, and the callback without a state is not taken', async () => {
    await withBehaviour('auth-url-state-missing', behaving, async (flow) => {
      const run = await flow.run
      expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'callback' })
      expect(run.findings.map(({ code }) => code)).toEqual(['state_missing', 'auth_url_without_state'])
    })
  })
})

describe('a URL that a server gives', () => {
  const asked = {
    enablementUrl: 'https://provider.example/enable',
    state: 'ours',
    clientId: 'my-app',
    redirectUri: 'https://app.example/cb?x=1',
    scope: 'openid dpv:A#verify',
  }
  const good = `https://idp.example/auth?client_id=my-app&state=ours&redirect_uri=${encodeURIComponent(asked.redirectUri)}`

  test.each([
    [good, null],
    ['https://idp.example/auth', null],
    ['https://idp.example/auth?request_uri=urn:x', null],
    ['javascript:alert(1)', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['data:text/html,x', 'not_https'],
    ['intent://x#Intent;end', 'not_https'],
    ['http://idp.example/auth?state=ours', 'not_https'],
    ['http://127.0.0.1:4010/auth?state=ours', 'not_https'],
    [`https://idp.example/auth?x=${'x'.repeat(16 * 1024)}`, 'too_long'],
    ['--version', 'not_a_url'],
    ['', 'not_a_url'],
    ['idp.example/auth', 'not_a_url'],
    ['https://idp.example/$(id)"', 'not_a_url'],
    ["https://idp.example/'x'", 'not_a_url'],
    ['https://idp.example/`id`', 'not_a_url'],
    ['https://idp.example/\u001b[2J', 'not_a_url'],
    ['https://idp.example/a\nb', 'not_a_url'],
    ['https://idp.example/\u202e', 'not_a_url'],
    ['https://user:pass@idp.example/auth', 'user_name'],
    [good.replace('state=ours', 'state=theirs'), 'other_state'],
    [`${good}&state=theirs`, 'other_state'],
    [`${good}&state=ours`, 'other_state'],
    [good.replace('my-app', 'other-app'), 'other_client'],
    [good.replace('app.example', 'evil.example'), 'other_redirect_uri'],
    [`${good}&redirect_uri=https://evil.example`, 'other_redirect_uri'],
  ])('%j: %s', (url, flaw) => {
    expect(judgeAuthUrl(url, asked, 'dpv:A#verify')).toBe(flaw)
  })

  test.each([
    ['dpv:B#read', good, 'other_scope'],
    ['', good, 'other_scope'],
    ['dpv:B#read', `${good}&scope=openid+dpv:B%23read`, 'other_scope'],
    // What it is called by matters less than what it asks for.
    ['verify', `${good}&scope=openid+dpv:A%23verify`, null],
    ['dpv:A#verify', `${good}&scope=openid+verify`, null],
    ['dpv:A%23verify', good, null],
    ['openid dpv:A#verify', good, null],
  ])('given for the scope %j, %s: %s', (scope, url, flaw) => {
    expect(judgeAuthUrl(url, asked, scope)).toBe(flaw)
  })

  it('for another scope is not opened, and both are named', async () => {
    const answer = () => json({ scopes: { 'dpv:B#share-read': { auth_url: 'https://idp.example/auth' } } })
    await withGateway({ '/enable': answer }, async (gateway) => {
      const profile = { ...application, enablementUrl: `${gateway.origin}/enable` }
      const { result } = await runFlow(gateway.urls, { profile })
      const [first] = result.findings
      expect(first?.code).toBe('auth_url_refused')
      expect(first?.cause).toContain('names dpv:B#share-read in place of dpv:FraudPrevention')
      expect(result.exchanges).toHaveLength(1)
      expectSameDiagnosis(result)
    })
  })

  it('may be plain http where the server itself is on this machine', () => {
    const local = { ...asked, enablementUrl: 'http://127.0.0.1:4010/enable' }
    expect(judgeAuthUrl('http://127.0.0.1:4010/auth?state=ours', local, 'dpv:A#verify')).toBeNull()
    expect(judgeAuthUrl('http://idp.example/auth?state=ours', local, 'dpv:A#verify')).toBe('not_https')
  })

  it('never reaches the opener where it is refused', async () => {
    const answer = (url: string) => () => json({ scopes: { [scope.split(' ')[1] ?? '']: { auth_url: url } } })
    for (const url of [
      'javascript:alert(1)',
      '--version',
      'https://idp.example/$(id)"',
      `https://a.example/${'x'.repeat(2e5)}`,
    ]) {
      const opened: string[] = []
      const { result } = await withGateway({ '/enable': answer(url) }, (gateway) =>
        runFlow(gateway.urls, {
          via: 'browser',
          open: (target) => opened.push(target) > 0,
          profile: { ...application, redirectUri: null, enablementUrl: `${gateway.origin}/enable` },
        }),
      )
      expect(result.findings[0]?.code).toBe('auth_url_refused')
      expect(opened).toEqual([])
    }
  })
})

test.each([
  [
    '{"scopes":{"a":{"auth_url":"https://x.example"}}}',
    { kind: 'url', url: 'https://x.example', scope: 'a' },
  ],
  [
    '{"scopes":{"b":{"auth_url":"https://b.example"},"a":{"auth_url":"https://a.example"}}}',
    { kind: 'url', url: 'https://a.example', scope: 'a' },
  ],
  [
    '{"scopes":{"a":{"error":{"title":"Forbidden","detail":"d","error_type":"T"}}}}',
    { kind: 'refused', title: 'Forbidden', detail: 'd', type: 'T' },
  ],
  [
    '{"scopes":{"a":{"error":"Network not supported"}}}',
    { kind: 'refused', title: 'Network not supported', detail: null, type: null },
  ],
  [
    '{"scopes":{"a":{"error":{"code":17,"message":"Operator not onboarded"}}}}',
    { kind: 'refused', title: null, detail: 'Operator not onboarded', type: null },
  ],
  ['{"scopes":{"a":{"auth_url":7}}}', { kind: 'unreadable' }],
  ['{"scopes":[]}', { kind: 'unreadable' }],
  [
    '{"scopes":{"__proto__":{"auth_url":"https://x.example"}}}',
    { kind: 'url', url: 'https://x.example', scope: '__proto__' },
  ],
  ['[]', { kind: 'unreadable' }],
  ['not JSON', { kind: 'unreadable' }],
])('reads %s', (text, enablement) => {
  expect(readEnablement(text, 'openid a')).toEqual(enablement)
})

test('a redirect is not followed with the JWT of the application', async () => {
  await withGateway({ '/enable': () => redirect('/elsewhere', 307) }, async (gateway) => {
    const profile = { ...application, enablementUrl: `${gateway.origin}/enable` }
    const { result } = await runFlow(gateway.urls, { profile })
    expect(gateway.count('/elsewhere')).toBe(0)
    expect(result.findings[0]?.code).toBe('enablement_unreadable')
    expect(result.findings[0]?.cause).toContain('/elsewhere, and nv does not send the request there')
  })
})

test.each([
  [500, { title: 'Internal Server Error' }, 'server_failing', 'Internal Server Error'],
  [503, { detail: 'The network service is not available right now' }, 'server_failing', 'right now'],
  [429, { detail: 'Please wait, then retry your request' }, 'server_failing', 'Please wait'],
  [404, { message: 'no Route matched with those values' }, 'enablement_unreadable', 'no Route matched'],
  [404, { detail: 'Mobile operator not supported' }, 'number_not_covered', 'not supported'],
  [422, { detail: 'phone_number is not a valid E.164 number' }, 'enablement_refused', 'not a valid'],
])('HTTP %d with %j: %s', async (status, body, code, says) => {
  await withGateway({ '/enable': () => json(body, status) }, async (gateway) => {
    const profile = { ...application, enablementUrl: `${gateway.origin}/enable` }
    const { result } = await runFlow(gateway.urls, { profile })
    expect(result.findings[0]?.code).toBe(code)
    expect(result.findings[0]?.cause).toContain(says)
  })
})

test('a page in place of an answer is named as one', async () => {
  const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Sign in</title>' }
  await withGateway({ '/enable': () => page }, async (gateway) => {
    const profile = { ...application, enablementUrl: `${gateway.origin}/enable` }
    const { result } = await runFlow(gateway.urls, { profile })
    expect(result.findings[0]?.title).toContain('returned an HTML page, not an authorize URL')
  })
})

test("a repository's file alone has no secret sent to an enablement endpoint of its own", async () => {
  await withGateway({}, async (gateway) => {
    const enablementUrl = `${gateway.origin}/enable`
    const content = { preset: 'sandbox', enablementUrl, clientId: 'theirs', redirectUri }
    const { context, out } = createTestContext({
      env: { NV_CLIENT_SECRET: 'canary-secret' },
      files: { '/nowhere/nv.config.json': JSON.stringify(content) },
    })
    expect(await runProgram(context, ['verify', phoneNumber, '--via', 'direct', '--json'])).toBe(2)
    const run = JSON.parse(out()) as Run
    expect(run.findings[0]).toMatchObject({ code: 'destination_not_confirmed' })
    expect(run.findings[0]?.title).toContain(gateway.host)
    expect(gateway.requests).toEqual([])
  })
})
