// What a token response and an ID token bring beside the access token: this answer, these codes, and the flow goes on.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { IncomingRequest, OutgoingResponse } from '../../src/context.ts'
import type { Target } from '../../src/target/target.ts'
import type { Run } from '../../src/run/run.ts'
import { discovery, runDiscovered, wellKnown } from '../support/discovery.ts'
import { canary, type Gateway, grantCode, json, queryOf, runFlow, withGateway } from '../support/gateway.ts'

const codesOf = ({ findings }: Run) => findings.map(({ code }) => code)
const good = { access_token: canary.accessToken, token_type: 'Bearer', expires_in: 300 }
const openid = { scope: 'openid dpv:FraudPreventionAndDetection number-verification:verify' }

test.each<[string, object, Partial<Target>, string[]]>([
  ['a life of an hour', { expires_in: 3600 }, {}, ['token_lives_long']],
  ['a life of no number', { expires_in: '300' }, {}, ['expires_in_unusable']],
  ['a refresh token', { refresh_token: 'a-refresh-token' }, {}, ['refresh_token_given']],
  ['another scope', { scope: 'number-verification:verify' }, {}, ['scope_differs']],
  ['no token_type', { token_type: undefined }, {}, ['token_type_missing']],
  ['a scope that is no text', { scope: 7 }, {}, ['token_response_irregular']],
  ['no ID token', {}, openid, ['id_token_missing']],
  ['an ID token that is none', { id_token: 'opaque' }, openid, ['id_token_unreadable']],
  ['no DPoP', {}, { usesDpop: true }, ['dpop_not_used']],
])('%s', async (_, changes, profile, codes) => {
  await withGateway({ token: () => json({ ...good, ...changes }) }, async ({ urls }) => {
    const { result } = await runFlow(urls, { profile })
    expect(result.outcome).toBe('verified')
    expect(codesOf(result)).toEqual(codes)
  })
})

test('two access tokens under one name are noted: clients differ in which they take', async () => {
  const body = `{"access_token":"another","token_type":"Bearer","access_token":"${canary.accessToken}"}`
  await withGateway({ token: () => ({ ...json({}), body }) }, async ({ urls }) => {
    const { result } = await runFlow(urls, {})
    expect(result.outcome).toBe('verified')
    expect(result.findings).toMatchObject([
      { code: 'token_response_irregular', cause: 'It has access_token more than once.' },
    ])
  })
})

test('a 403 shows what was granted against what was asked for', async () => {
  const token = () => json({ ...good, scope: 'something:else' })
  const verify = () => json({ status: 403, code: 'PERMISSION_DENIED', message: 'no' }, 403)
  await withGateway({ token, verify }, async ({ urls }) => {
    const { result } = await runFlow(urls, {})
    expect(result.findings[0]).toMatchObject({
      code: 'permission_denied',
      cause: expect.stringMatching(/number-verification:verify, and got something:else/) as string,
    })
  })
})

describe('the ID token', () => {
  const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const published = { keys: [ours.publicKey.export({ format: 'jwk' })] }
  const nowSeconds = 1_750_000_000

  interface Bent {
    claims?: object
    key?: KeyObject
    jwks?: (request: IncomingRequest) => OutgoingResponse
    profile?: Partial<Target>
    /** Whether the endpoints are configured beside the issuer. */
    hasEndpoints?: boolean
  }

  /** Runs the flow against a gateway whose ID token is right but for what is bent. */
  function runBent(
    {
      claims = {},
      key = ours.privateKey,
      jwks = () => json(published),
      profile = {},
      hasEndpoints = false,
    }: Bent,
    work: (run: Run, gateway: Gateway) => void,
  ): Promise<void> {
    let nonce = ''
    let origin = ''
    const authorize = (request: IncomingRequest) => {
      nonce = queryOf(request).get('nonce') ?? ''
      return grantCode(request)
    }
    const token = async () => {
      const all = { iss: origin, sub: 'x', aud: 'test-client', iat: nowSeconds, exp: nowSeconds + 300, nonce }
      const jwt = new SignJWT({ ...all, ...claims }).setProtectedHeader({ alg: 'ES256' })
      return json({ ...good, id_token: await jwt.sign(key) })
    }
    return withGateway({ '/jwks': jwks }, (keys) =>
      withGateway(
        { authorize, token, [wellKnown]: discovery({ jwks_uri: `${keys.origin}/jwks` }) },
        async (gateway) => {
          ;({ origin } = gateway)
          const headers = { 'x-customer': 'acme' }
          const endpoints = hasEndpoints ? gateway.urls : {}
          const { result } = await runDiscovered(gateway, { ...openid, headers, ...endpoints, ...profile })
          work(result, keys)
        },
      ),
    )
  }

  test('that is right brings no finding; its keys are fetched, and their host gets no header of ours', () =>
    runBent({}, (run, keys) => {
      expect(run).toMatchObject({ outcome: 'verified', findings: [] })
      expect(run.exchanges.map(({ step, request }) => [step, request.url])).toContainEqual([
        'token',
        `${keys.origin}/jwks`,
      ])
      const names = keys.requests.flatMap(({ headers }) => headers.map(([name]) => name))
      expect(names).not.toContain('x-customer')
      expect(names).not.toContain('x-correlator')
    }))

  test.each<[string, Bent, string[]]>([
    ['a signature of another key', { key: theirs.privateKey }, ['id_token_signature']],
    [
      'a signature of another key, where the endpoints are configured too',
      { key: theirs.privateKey, hasEndpoints: true },
      ['id_token_signature'],
    ],
    ['another issuer', { claims: { iss: 'https://other.example' } }, ['id_token_issuer']],
    ['another audience', { claims: { aud: 'x' } }, ['id_token_audience']],
    ['a past exp', { claims: { exp: nowSeconds - 3600 } }, ['id_token_expired']],
    ['the hash of another access token', { claims: { at_hash: 'x' } }, ['id_token_access_token']],
    ['no subject', { claims: { sub: undefined } }, ['id_token_incomplete']],
    ['keys that are not there', { jwks: () => ({ status: 404 }) }, ['jwks_unavailable']],
    ['keys that are a page', { jwks: () => ({ status: 200, body: '<html>' }) }, ['jwks_unavailable']],
    [
      'keys behind a broken connection',
      { jwks: () => ({ status: 200, ending: 'reset' }) },
      ['jwks_unavailable'],
    ],
  ])('%s is a warning, and the flow goes on', (_, bent, codes) =>
    runBent(bent, (run) => {
      expect(run.outcome).toBe('verified')
      expect(codesOf(run)).toEqual(codes)
      expect(run.findings[0]?.severity).toBe('warning')
    }),
  )

  test.each<[string, object]>([
    ['another nonce', { nonce: 'x' }],
    ['no nonce', { nonce: undefined }],
  ])('%s ends the flow, with PKCE too: a server may ignore it', async (_, claims) => {
    for (const usesPkce of [true, false])
      await runBent({ claims, profile: { usesPkce } }, (run) => {
        expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'token', exitCode: 3 })
        expect(run.findings[0]).toMatchObject({ code: 'nonce_differs', severity: 'error' })
        expect(run.exchanges.some(({ step }) => step === 'api')).toBe(false)
      })
  })
})

describe('DPoP', () => {
  const nonce = { 'dpop-nonce': 'a-nonce' }
  const bound = { ...good, token_type: 'DPoP' }
  const header = ({ headers }: IncomingRequest, name: string) =>
    headers.find(([known]) => known === name)?.[1] ?? null
  const claimsOf = (request: IncomingRequest) =>
    JSON.parse(
      Buffer.from((header(request, 'dpop') ?? '').split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>
  const askOnce = (refusal: OutgoingResponse, answer: OutgoingResponse) => (request: IncomingRequest) =>
    claimsOf(request)['nonce'] === 'a-nonce' ? answer : refusal
  const refusal = json({ error: 'use_dpop_nonce' }, 400, nonce)
  const challenge = json({ code: 'UNAUTHENTICATED' }, 401, {
    ...nonce,
    'www-authenticate': 'DPoP error="use_dpop_nonce"',
  })
  const usesDpop = { profile: { usesDpop: true } }

  test('the bound token goes under its own scheme, with a proof', () =>
    withGateway({ token: () => json(bound) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, usesDpop)
      expect(result).toMatchObject({ outcome: 'verified', findings: [] })
      const [, token, verify] = gateway.requests
      if (!token || !verify) throw new Error('A request is missing')
      expect(claimsOf(token)).toMatchObject({ htm: 'POST', htu: `${gateway.origin}/token` })
      expect(header(verify, 'authorization')).toBe(`DPoP ${canary.accessToken}`)
      expect(claimsOf(verify)).toMatchObject({
        htu: gateway.origin + verify.path,
        ath: expect.any(String) as string,
      })
    }))

  test('a nonce is taken once at each server, and each request is recorded', () =>
    withGateway(
      {
        token: askOnce(refusal, json(bound)),
        verify: askOnce(challenge, json({ devicePhoneNumberVerified: true })),
      },
      async (tokens) =>
        withGateway(
          { verify: askOnce(challenge, json({ devicePhoneNumberVerified: true })) },
          async (api) => {
            const { result } = await runFlow({ ...tokens.urls, apiUrl: api.origin }, usesDpop)
            expect(result).toMatchObject({ outcome: 'verified', findings: [] })
            expect(result.exchanges.slice(1).map(({ step, response }) => [step, response?.status])).toEqual([
              ['token', 400],
              ['token', 200],
              ['api', 401],
              ['api', 200],
            ])
          },
        ),
    ))

  test.each<[string, Parameters<typeof withGateway>[0], string, number]>([
    ['token endpoint', { token: () => refusal }, 'token', 2],
    ['API', { token: () => json(bound), verify: () => challenge }, 'api', 2],
  ])('a second nonce of the %s is a failure, and nothing is sent a third time', (_, handlers, step, count) =>
    withGateway(handlers, async (gateway) => {
      const { result } = await runFlow(gateway.urls, usesDpop)
      expect(result).toMatchObject({ outcome: 'undetermined', failedStep: step })
      expect(codesOf(result)[0]).toBe('dpop_nonce_again')
      expect(gateway.count(step === 'api' ? 'verify' : 'token')).toBe(count)
    }),
  )

  test.each<[string, Parameters<typeof withGateway>[0], Partial<Target>, string]>([
    ['a nonce, and DPoP is off', { token: () => refusal }, {}, 'use_dpop_nonce'],
    [
      'a nonce that it does not give',
      { token: () => json({ error: 'use_dpop_nonce' }, 400) },
      { usesDpop: true },
      'use_dpop_nonce',
    ],
    ['a proof', { token: () => json({ error: 'invalid_dpop_proof' }, 400) }, {}, 'invalid_dpop_proof'],
  ])('a token endpoint that wants %s is explained, and asked once', (_, handlers, profile, code) =>
    withGateway(handlers, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { profile })
      expect(codesOf(result)).toEqual([code])
      expect(result.findings[0]?.fix).toContain('--dpop on')
      expect(gateway.count('token')).toBe(1)
    }),
  )
})

describe('invalid_client names what may be wrong with the method that was used', () => {
  const key = String(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  )
  const nowMs = 1_750_000_000_000
  const dateAt = (offsetSeconds: number) => ({ date: new Date(nowMs + offsetSeconds * 1000).toUTCString() })

  test.each<[string, Partial<Target>, number, RegExp, RegExp | null]>([
    ['a secret', {}, 0, /client_secret_basic/, /reserved|raw|kid/],
    ['reserved characters', { clientSecret: 'a+b c' }, 0, /were sent encoded.*client_secret_basic_raw/, null],
    [
      'reserved characters as they are',
      { clientSecret: 'a+b c', authMethod: 'client_secret_basic_raw' },
      0,
      /were sent as they are.*client_secret_basic\)/,
      null,
    ],
    [
      'a secret in the body',
      { clientSecret: 'a+b c', authMethod: 'client_secret_post' },
      0,
      /post/,
      /reserved/,
    ],
    ['no authentication', { authMethod: 'none' }, 0, /and got none.*--auth-method/, /secret/],
    [
      'a key',
      { authMethod: 'private_key_jwt', key, keyId: 'key-1' },
      20,
      /under the kid key-1; .* with ES256 and for http:.*\/token\./,
      /clock/,
    ],
    ['a key without kid', { authMethod: 'private_key_jwt', key }, 0, /under no kid/, null],
    ['a server that is slow', { authMethod: 'private_key_jwt', key }, -95, /95 s behind .* future/, null],
    ['a server that is fast', { authMethod: 'private_key_jwt', key }, 600, /600 s ahead of .* expired/, null],
  ])('%s', async (_, profile, offsetSeconds, words, others) => {
    const token = () => json({ error: 'invalid_client' }, 401, dateAt(offsetSeconds))
    await withGateway({ token }, async ({ urls }) => {
      const { result } = await runFlow(urls, { profile })
      const [finding] = result.findings
      const text = `${finding?.cause} ${finding?.fix}`
      expect(finding?.code).toBe('invalid_client')
      expect(text).toMatch(words)
      if (others) expect(text).not.toMatch(others)
    })
  })
})
