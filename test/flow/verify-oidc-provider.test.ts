// Our flow against oidc-provider, a server that nobody here wrote.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { KeyAlgorithm } from '../../src/oauth/signing-key.ts'
import { withoutFingerprints } from '../../src/run/redaction/placeholder.ts'
import type { Target } from '../../src/target/target.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { type OidcGateway, oidcClient, startOidcGateway } from '../support/oidc-provider.ts'

const redirectUri = 'http://127.0.0.1:4999/callback'
let gateway: OidcGateway | undefined

afterEach(() => gateway?.close())

async function profileOf(changes: Partial<Target> = {}, configuration = {}, client = {}): Promise<Target> {
  gateway = await startOidcGateway(redirectUri, configuration, client)
  return testProfile(gateway, { ...oidcClient, redirectUri, ...changes })
}

const openidScope = 'openid dpv:FraudPreventionAndDetection number-verification:verify'

test.each([
  ['+34600000001', 'verified'],
  ['+34600000002', 'mismatch'],
])(
  'the flow passes, with PKCE and a secret of reserved characters: %s is %s',
  async (phoneNumber, outcome) => {
    const { run } = await runVerify({ target: await profileOf(), phoneNumber })
    expect(run).toMatchObject({ outcome, failedStep: null })
    expect(run.findings.map(({ code }) => code)).toEqual(outcome === 'verified' ? [] : ['mismatch_explained'])
  },
)

test('an ID token with our nonce passes the strict client too', async () => {
  const { run } = await runVerify({ target: await profileOf({ scope: openidScope }) })
  expect(run).toMatchObject({ outcome: 'verified', findings: [] })
})

test('endpoints and issuer are discovered, and the issuer of the callback is checked', async () => {
  const profile = await profileOf({ scope: openidScope })
  const { run } = await runVerify({
    target: { ...profile, authorizeUrl: '', tokenUrl: '', issuer: gateway?.issuer ?? null },
  })
  expect(run).toMatchObject({
    outcome: 'verified',
    findings: [],
    profile: { authorizeUrl: gateway?.authorizeUrl, tokenUrl: gateway?.tokenUrl },
  })
})

test('a wrong secret is invalid_client at the token endpoint', async () => {
  const { run } = await runVerify({ target: await profileOf({ clientSecret: 'wrong-secret' }) })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'token', exitCode: 3 })
  expect(run.findings[0]?.code).toBe('invalid_client')
})

test('a redirect_uri that is not registered ends at the gateway, and is named', async () => {
  const { run } = await runVerify({
    target: await profileOf({ redirectUri: 'http://127.0.0.1:4999/other' }),
  })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize' })
  expect(run.findings[0]?.code).toBe('redirect_uri_refused')
})

test('an error that comes back under our state is explained', async () => {
  const { run } = await runVerify({ target: await profileOf({ prompt: 'none' }) })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'callback' })
  expect(run.findings[0]?.code).toBe('login_required')
})

test('an unknown scope token does not stop the flow before the API answers', async () => {
  const { run } = await runVerify({ target: await profileOf({ scope: `${openidScope} something:else` }) })
  expect(run.outcome).toBe('verified')
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keyPairs: Record<KeyAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }> = {
  RS256: rsa,
  PS256: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}

describe.each(Object.entries(keyPairs) as Array<[KeyAlgorithm, (typeof keyPairs)[KeyAlgorithm]]>)(
  'with a key that signs with %s',
  (keyAlgorithm, { publicKey, privateKey }) => {
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: keyAlgorithm }
    const client = { jwks: { keys: [jwk] }, client_secret: undefined }
    const withKey = {
      authMethod: 'private_key_jwt',
      clientSecret: '',
      key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      keyId: 'key-1',
      keyAlgorithm,
      scope: openidScope,
    } as const
    const assertionClient = {
      ...client,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: keyAlgorithm,
    }

    /** Runs the flow knowing only the issuer, by the clock of the provider. */
    const runDiscovered = (profile: Target, startMs = Date.now()) =>
      runVerify(
        { target: { ...profile, authorizeUrl: '', tokenUrl: '', issuer: gateway?.issuer ?? null } },
        { startMs },
      )

    test('private_key_jwt passes, and the ID token is validated with the keys of the issuer', async () => {
      const { run } = await runDiscovered(await profileOf(withKey, {}, assertionClient))
      expect(run).toMatchObject({ outcome: 'verified', findings: [] })
      expect(run.exchanges.map(({ request }) => request.url)).toContain(`${gateway?.issuer}/jwks`)
    })

    test.each([-50, 100])('an assertion of a clock that is %d s off passes too', async (seconds) => {
      const profile = await profileOf(withKey, {}, assertionClient)
      const { run } = await runDiscovered(profile, Date.now() + seconds * 1000)
      expect(run.outcome).toBe('verified')
    })

    test('a signed request object passes, and nothing else is in the URL', async () => {
      const features = { devInteractions: { enabled: false }, requestObjects: { enabled: true } }
      const signedOnly = {
        ...assertionClient,
        request_object_signing_alg: keyAlgorithm,
        require_signed_request_object: true,
      }
      const profile = await profileOf({ ...withKey, usesRequestObject: true }, { features }, signedOnly)
      const { run } = await runDiscovered(profile)
      expect(run).toMatchObject({ outcome: 'verified', findings: [] })
      const authorize = run.exchanges.find(({ request }) =>
        request.url.startsWith(`${gateway?.authorizeUrl}?`),
      )
      expect(withoutFingerprints(authorize?.request.url ?? '')).toBe(
        `${gateway?.authorizeUrl}?client_id=test-client&request=[redacted]`,
      )
    })
  },
)

describe('DPoP', () => {
  const bound = { dpop_bound_access_tokens: true }
  const startMs = Date.now()

  test('passes, with the nonce of the API', async () => {
    const { run } = await runVerify({ target: await profileOf({ usesDpop: true }, {}, bound) }, { startMs })
    expect(run).toMatchObject({ outcome: 'verified', findings: [] })
    expect(run.exchanges.slice(-2)).toMatchObject([
      { step: 'api', response: { status: 401 } },
      { step: 'api', response: { status: 200 } },
    ])
  })

  test('passes, with the nonces of the provider too', async () => {
    const dPoP = { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true }
    const features = { devInteractions: { enabled: false }, dPoP }
    const profile = await profileOf({ usesDpop: true }, { features }, bound)
    const { run } = await runVerify({ target: profile }, { startMs })
    expect(run).toMatchObject({ outcome: 'verified', findings: [] })
    const tokenRequests = run.exchanges.filter(({ step }) => step === 'token')
    expect(tokenRequests.map(({ response }) => response?.status)).toEqual([400, 200])
  })
})
