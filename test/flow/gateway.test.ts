// What only the gateway knows: its endpoints, its issuer, and credentials that it hands out.
import { describe, expect, test } from 'vitest'
import type { OutgoingResponse, RequestHandler } from '../../src/context.ts'
import { discovery, oauthWellKnown, runDiscovered, wellKnown } from '../support/discovery.ts'
import { secrets } from '../support/flow.ts'
import {
  appRedirectUri,
  bringCallback,
  canary,
  type Gateway,
  grantCode,
  json,
  redirect,
  runFlow,
  startWaitingFlow,
  withGateway,
} from '../support/gateway.ts'

type Handlers = Parameters<typeof withGateway>[0]

const codesOf = (run: { findings: ReadonlyArray<{ code: string }> }) => run.findings.map(({ code }) => code)

describe('discovery', () => {
  test('gives the endpoints, and the run says which', () =>
    withGateway({ [wellKnown]: discovery() }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result).toMatchObject({ outcome: 'verified', findings: [] })
      expect(result.profile).toMatchObject({
        authorizeUrl: `${gateway.origin}/authorize`,
        tokenUrl: `${gateway.origin}/token`,
      })
      expect(gateway.count(wellKnown)).toBe(1)
    }))

  test('is not asked where the profile has both endpoints', () =>
    withGateway({ [wellKnown]: discovery() }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { profile: { issuer: gateway.origin } })
      expect(result.outcome).toBe('verified')
      expect(gateway.count(wellKnown)).toBe(0)
    }))

  test('gives only the endpoint that the profile leaves open', () =>
    withGateway(
      {
        [wellKnown]: discovery({ authorization_endpoint: null }),
        '/own': (request) => grantCode(request),
      },
      async (gateway) => {
        const { result } = await runDiscovered(gateway, { authorizeUrl: `${gateway.origin}/own` })
        expect(result.outcome).toBe('verified')
        expect(gateway.count('authorize')).toBe(0)
      },
    ))

  test.each<[string, OutgoingResponse, number]>([
    ['404', { status: 404, body: 'Not Found' }, 2],
    ['HTML with 200', { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' }, 2],
    ['an array', json([]), 2],
    ['nothing', { status: 200, body: '' }, 2],
    ['a redirect', redirect('https://other.example/'), 2],
  ])('that is %s stops the flow before anything else is sent', (_, answer, requests) =>
    withGateway({ [wellKnown]: () => answer, [oauthWellKnown]: () => answer }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'authorize' })
      expect(result.findings[0]).toMatchObject({
        code: 'discovery_failed',
        cause: expect.stringContaining(`${gateway.origin}${wellKnown}`) as string,
        fix: expect.stringContaining('--issuer') as string,
      })
      expect(gateway.requests).toHaveLength(requests)
    }),
  )

  test('with another issuer on another origin stops the flow before anything else is sent', () =>
    withGateway({ [wellKnown]: discovery({ issuer: 'https://other.example' }) }, async (gateway) => {
      const { result, opened } = await runDiscovered(gateway)
      expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'authorize' })
      expect(result.findings).toMatchObject([{ code: 'discovered_issuer_foreign', severity: 'error' }])
      expect(gateway.requests).toHaveLength(1)
      expect(opened).toEqual([])
    }))

  test.each<[string, Record<string, unknown>, string]>([
    ['plain http to another host', { token_endpoint: 'http://other.example/token' }, 'token_endpoint'],
    ['plain http to another host', { authorization_endpoint: 'http://10.0.0.1/a' }, 'authorization_endpoint'],
    ['javascript:', { authorization_endpoint: 'javascript:alert(1)' }, 'authorization_endpoint'],
    ['file:', { token_endpoint: 'file:///etc/passwd' }, 'token_endpoint'],
    ['a fragment', { authorization_endpoint: 'https://other.example/#x' }, 'authorization_endpoint'],
    ['a password', { token_endpoint: 'https://a:b@other.example/' }, 'token_endpoint'],
    ['no URL', { token_endpoint: '/token' }, 'token_endpoint'],
    ['nothing', { authorization_endpoint: null }, 'authorization_endpoint'],
  ])('with %s as an endpoint is refused, and no credential is sent', (_, changes, name) =>
    withGateway({ [wellKnown]: discovery(changes) }, async (gateway) => {
      const { result, opened } = await runDiscovered(gateway)
      expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'authorize' })
      expect(result.findings[0]).toMatchObject({
        code: 'discovery_endpoint',
        title: expect.stringContaining(name) as string,
      })
      expect(gateway.requests).toHaveLength(1)
      expect(opened).toEqual([])
    }),
  )

  test('shows no text of the document that could steer a terminal', () =>
    withGateway(
      { [wellKnown]: discovery({ token_endpoint: 'x:\u001b]52;c;cm0gLXJmIH4=\u0007', issuer: '\u001b[2J' }) },
      async (gateway) => {
        const { out, err } = await runDiscovered(gateway)
        // oxlint-disable-next-line no-control-regex
        expect(out() + err()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
      },
    ))
})

describe('the issuer in the callback', () => {
  const withIss = (...values: string[]): RequestHandler => {
    return (request) => {
      const answer = grantCode(request)
      const target = new URL(String(answer.headers?.['location']))
      for (const value of values) target.searchParams.append('iss', value)
      return redirect(target.href)
    }
  }

  /** Runs the flow with a gateway whose callbacks carry those issuers; `ours` stands for its own. */
  const runWithIss = (
    isRequired: boolean,
    values: readonly string[],
    work: (run: Awaited<ReturnType<typeof runFlow>>, gateway: Gateway) => void,
  ) => {
    const handlers: Handlers = {
      [wellKnown]: discovery({ authorization_response_iss_parameter_supported: isRequired }),
    }
    return withGateway(handlers, async (outer) => {
      const issuers = values.map((value) => (value === 'ours' ? outer.origin : value))
      await withGateway({ authorize: withIss(...issuers) }, async (inner) => {
        const authorizeUrl = `${inner.origin}/authorize`
        work(await runDiscovered(outer, { authorizeUrl }), outer)
      })
    })
  }

  test.each<[string, boolean, string[]]>([
    ['that is ours', true, ['ours']],
    ['that is ours, though not announced', false, ['ours']],
    ['that is absent, and not announced', false, []],
  ])('%s is taken', (_, isRequired, values) =>
    runWithIss(isRequired, values, ({ result }) => expect(result.outcome).toBe('verified')),
  )

  test.each<[string, boolean, string[], string]>([
    ['of another', true, ['https://evil.example'], 'issuer_differs'],
    ['of another, though not announced', false, ['https://evil.example'], 'issuer_differs'],
    ['that is absent, though announced', true, [], 'issuer_missing'],
    ['twice', true, ['ours', 'ours'], 'doubled_parameter'],
    ['twice, the first one ours', true, ['ours', 'https://evil.example'], 'doubled_parameter'],
  ])('%s ends the flow, and the code goes nowhere', (_, isRequired, values, code) =>
    runWithIss(isRequired, values, ({ result }, gateway) => {
      expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'callback' })
      expect(codesOf(result)[0]).toBe(code)
      expect(gateway.count('token')).toBe(0)
    }),
  )

  test('is checked in what the listener gets, too', () =>
    withGateway({}, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls, { profile: { issuer: 'https://operator.example' } })
      flow.callbackTarget += '&iss=https%3A%2F%2Fevil.example'
      await bringCallback(flow)
      const run = await flow.run
      expect(codesOf(run)[0]).toBe('issuer_differs')
      expect(gateway.count('token')).toBe(0)
    }))
})

describe('credentials that the gateway hands out', () => {
  const credentialsPath = '/credentials'
  const given = { client_id: 'handed-out', client_secret: 'canary-handed-out-Zx9' }
  const run = (gateway: Gateway) =>
    runFlow(gateway.urls, {
      profile: {
        credentialsUrl: `${gateway.origin}${credentialsPath}`,
        clientId: '',
        clientSecret: '',
        authMethod: 'client_secret_post',
        headers: { 'x-rapidapi-key': secrets.clientSecret },
        secretValues: [secrets.clientSecret],
      },
      print: { verbose: true },
    })

  test('are used for the flow, and shown nowhere', () =>
    withGateway({ [credentialsPath]: () => json(given) }, async (gateway) => {
      const { result, out, err } = await run(gateway)
      expect(result.outcome).toBe('verified')
      const [authorizeRequest] = gateway.requests.filter(({ path }) => path === '/authorize')
      expect(authorizeRequest?.query.get('client_id')).toBe('handed-out')
      const [tokenRequest] = gateway.requests.filter(({ path }) => path === '/token')
      expect(Object.fromEntries(new URLSearchParams(tokenRequest?.body))).toMatchObject(given)
      const shown = out() + err() + JSON.stringify(result)
      for (const secret of [given.client_secret, secrets.clientSecret, canary.accessToken])
        expect(shown).not.toContain(secret)
      expect(result.profile).toMatchObject({ clientId: 'handed-out' })
    }))

  test.each<[string, OutgoingResponse]>([
    ['401', json({ message: 'Invalid API key' }, 401)],
    ['403', json(given, 403)],
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['no secret', json({ client_id: 'x' })],
    ['a secret that is no text', json({ client_id: 'x', client_secret: 7 })],
    ['a redirect', redirect('https://other.example/')],
  ])('that are %s stop the flow', (_, answer) =>
    withGateway({ [credentialsPath]: () => answer }, async (gateway) => {
      const { result, out, err } = await run(gateway)
      expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize' })
      expect(result.findings[0]).toMatchObject({
        code: 'credentials_not_given',
        fix: expect.stringContaining('API key') as string,
      })
      expect(gateway.requests).toHaveLength(1)
      expect(out() + err()).not.toContain(given.client_secret)
    }),
  )
})

describe('headers of the profile', () => {
  test('go with what nv sends, replace its own, and not with what the phone sends', () =>
    withGateway({ [wellKnown]: discovery() }, async (gateway) => {
      const headers = { 'x-customer': 'acme', 'x-correlator': 'mine', authorization: 'Bearer theirs' }
      const { result } = await runDiscovered(gateway, { headers })
      expect(result.outcome).toBe('verified')
      for (const { path, headers: sent } of gateway.requests) {
        const values = (name: string) => sent.filter(([other]) => other === name).map(([, value]) => value)
        const isFromPhone = path === '/authorize'
        expect({ path, customer: values('x-customer') }).toEqual({
          path,
          customer: isFromPhone ? [] : ['acme'],
        })
        expect(values('x-correlator')).toEqual(isFromPhone ? [] : ['mine'])
        expect(values('authorization').length).toBeLessThanOrEqual(1)
      }
    }))
})

test('/token gets the redirect_uri again only where the profile says so', async () => {
  for (const repeatsRedirectUri of [true, false]) {
    await withGateway({}, async (gateway) => {
      await runFlow(gateway.urls, { profile: { repeatsRedirectUri } })
      const body = new URLSearchParams(gateway.requests.find(({ path }) => path === '/token')?.body)
      expect(body.get('redirect_uri')).toBe(repeatsRedirectUri ? appRedirectUri : null)
    })
  }
})
