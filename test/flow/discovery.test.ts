// What discovery finds is shown, and compared with what is configured.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Target } from '../../src/target/target.ts'
import { discovery, oauthWellKnown, runDiscovered, wellKnown } from '../support/discovery.ts'
import { json, redirect, withGateway } from '../support/gateway.ts'

const codesOf = (run: { findings: ReadonlyArray<{ code: string }> }) => run.findings.map(({ code }) => code)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const key = String(rsa.export({ type: 'pkcs8', format: 'pem' }))
const scope = 'dpv:FraudPreventionAndDetection number-verification:verify'

describe('what it found', () => {
  const backchannel = (origin: string) => ({ backchannel_authentication_endpoint: `${origin}/bc-authorize` })

  test('is shown on one line, unless quiet', async () => {
    for (const quiet of [false, true]) {
      await withGateway({}, (inner) =>
        withGateway({ [wellKnown]: discovery(backchannel(inner.origin)) }, async (gateway) => {
          const { err, result } = await runDiscovered(gateway, {}, { print: { quiet } })
          const { origin } = gateway
          const line = `Discovered at ${origin}: authorize ${origin}/authorize, token ${origin}/token, backchannel ${inner.origin}/bc-authorize\n`
          expect(result.outcome).toBe('verified')
          expect(err().includes(line)).toBe(!quiet)
        }),
      )
    }
  })

  test.each([
    ['404', { status: 404 }],
    ['a page in place of JSON', { status: 200, body: '<html>' }],
  ])('is the document of OAuth where that of OpenID Connect is %s', (_, answer) =>
    withGateway({ [wellKnown]: () => answer, [oauthWellKnown]: discovery() }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result).toMatchObject({ outcome: 'verified', findings: [] })
      expect(result.exchanges.slice(0, 2).map(({ request }) => request.url)).toEqual([
        gateway.origin + wellKnown,
        gateway.origin + oauthWellKnown,
      ])
    }),
  )

  test('is not asked for twice where the first answer is an error', () =>
    withGateway({ [wellKnown]: () => json({}, 503), [oauthWellKnown]: discovery() }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(codesOf(result)).toEqual(['server_failing'])
      expect(gateway.count(oauthWellKnown)).toBe(0)
    }))

  test('has to be of the issuer that was asked, to the byte', () =>
    withGateway({ [wellKnown]: discovery() }, async (gateway) => {
      const { result } = await runDiscovered(gateway, { issuer: `${gateway.origin}/` })
      expect(result.outcome).toBe('verified')
      expect(result.findings).toMatchObject([
        {
          code: 'discovered_issuer_differs',
          severity: 'warning',
          cause: expect.stringContaining(
            `${gateway.origin}, but the setting is ${gateway.origin}/`,
          ) as string,
        },
      ])
    }))

  test.each([
    ['jwks_uri', 'http://keys.example/jwks'],
    ['backchannel_authentication_endpoint', 'javascript:alert(1)'],
  ])('is left out where %s is %s', (name, url) =>
    withGateway({ [wellKnown]: discovery({ [name]: url }) }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result.outcome).toBe('verified')
      expect(codesOf(result)).toEqual(['discovery_endpoint_ignored'])
    }),
  )
})

/** The finding for a document and a profile; the flow goes on in any case. */
test.each<[code: string, document: Record<string, unknown>, profile: Partial<Target>, words: RegExp]>([
  [
    'auth_method_not_offered',
    { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
    {},
    /client_secret_basic.*lists private_key_jwt.*--auth-method/,
  ],
  [
    'key_algorithm_not_offered',
    { token_endpoint_auth_signing_alg_values_supported: ['ES256'] },
    { authMethod: 'private_key_jwt', key },
    /RS256.*lists ES256.*--key-algorithm/,
  ],
  ['grant_type_not_offered', { grant_types_supported: ['x'] }, {}, /authorization_code.*lists x/],
  [
    'scope_not_offered',
    { scopes_supported: ['openid'] },
    { scope },
    /number-verification:verify.*lists openid/,
  ],
  ['pkce_not_offered', { code_challenge_methods_supported: ['plain'] }, {}, /S256.*lists plain.*--pkce off/],
  [
    'request_object_not_offered',
    { request_parameter_supported: false },
    { usesRequestObject: true, key },
    /off/,
  ],
  ['request_object_required', { require_signed_request_object: true }, {}, /--request-object on/],
  [
    'request_object_algorithm_not_offered',
    { request_object_signing_alg_values_supported: ['ES256'] },
    { usesRequestObject: true, key },
    /RS256.*lists ES256/,
  ],
  [
    'dpop_not_offered',
    { dpop_signing_alg_values_supported: ['RS256'] },
    { usesDpop: true },
    /ES256.*lists RS256/,
  ],
])('%s', (code, document, profile, words) => {
  // Without a redirect_uri outside of a request object the gateway of the tests has nowhere to redirect to.
  const isSigned = profile.usesRequestObject === true
  return withGateway({ [wellKnown]: discovery(document) }, async (gateway) => {
    const { result } = await runDiscovered(gateway, profile)
    const finding = result.findings.find((found) => found.code === code)
    expect(finding).toMatchObject({ severity: 'warning', step: 'authorize' })
    expect(`${finding?.title} ${finding?.cause} ${finding?.fix}`).toMatch(words)
    if (!isSigned) expect(result.outcome).toBe('verified')
  })
})

describe('where the document is', () => {
  const moved = '/.well-known/openid-configuration/'

  test('behind a redirect on its own host: it is followed, with a note', () =>
    withGateway({ [wellKnown]: () => redirect(moved, 301), [moved]: discovery() }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result.outcome).toBe('verified')
      expect(result.findings).toMatchObject([{ code: 'discovery_moved', severity: 'info' }])
      expect(result.findings[0]?.cause).toContain(gateway.origin + moved)
    }))

  test('in a circle: the run ends', () =>
    withGateway(
      { [wellKnown]: () => redirect(moved), [moved]: () => redirect(wellKnown) },
      async (gateway) => {
        const { result } = await runDiscovered(gateway)
        expect(codesOf(result)).toEqual(['discovery_failed'])
        expect(gateway.count(wellKnown) + gateway.count(moved)).toBe(4)
      },
    ))

  test('behind a redirect to another host: it is named, and nothing is sent there', () =>
    withGateway({}, (other) =>
      withGateway(
        { [wellKnown]: () => redirect(`http://localhost:${new URL(other.origin).port}${wellKnown}`) },
        async (gateway) => {
          const { result } = await runDiscovered(gateway)
          expect(codesOf(result)).toEqual(['discovery_failed'])
          expect(result.findings[0]?.cause).toMatch(/redirects to http:\/\/localhost:.*another host/)
          expect(other.requests).toEqual([])
        },
      ),
    ))

  test.each([wellKnown, oauthWellKnown, `${wellKnown}/`])(
    'given as the issuer itself: %s is cut, with a note',
    (path) =>
      withGateway({ [wellKnown]: discovery() }, async (gateway) => {
        const { result } = await runDiscovered(gateway, { issuer: gateway.origin + path })
        expect(result).toMatchObject({ outcome: 'verified', findings: [{ code: 'issuer_cut' }] })
        expect(gateway.count(wellKnown)).toBe(1)
      }),
  )

  test.each<[string, Parameters<typeof json>, code: string, words: RegExp]>([
    [
      'an API gateway that wants a key',
      [{ message: 'No API key found in request' }, 401],
      'api_key_refused',
      /No API key/,
    ],
    ['an API gateway without a word', [{}, 403], 'discovery_failed', /refused .*openid-configuration/],
  ])('refused by %s: that is said, and not that there is none', (_, answer, code, words) =>
    withGateway({ [wellKnown]: () => json(...answer) }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(codesOf(result)).toEqual([code])
      expect(`${result.findings[0]?.title} ${result.findings[0]?.cause}`).toMatch(words)
    }),
  )

  test('a page in its place is called one, though the other address has nothing', () =>
    withGateway(
      { [wellKnown]: () => ({ status: 200, body: '<!doctype html><title>Acme portal</title>' }) },
      async (gateway) => {
        const { result } = await runDiscovered(gateway)
        expect(codesOf(result)).toEqual(['discovery_failed'])
        expect(result.findings[0]?.cause).toContain('an HTML page titled "Acme portal"')
      },
    ))

  test('without an issuer in it: a warning, and the run goes on', () =>
    withGateway({ [wellKnown]: discovery({ issuer: null }) }, async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result).toMatchObject({
        outcome: 'verified',
        findings: [{ code: 'discovery_irregular', severity: 'warning', cause: 'It has no issuer.' }],
      })
    }))
})
