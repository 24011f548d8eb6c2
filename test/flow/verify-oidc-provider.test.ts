// Our flow against oidc-provider, a server that nobody here wrote.
import { afterEach, expect, test } from 'vitest'
import type { Profile } from '../../src/profile/resolve.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { type OidcGateway, oidcClient, startOidcGateway } from '../support/oidc-provider.ts'

const redirectUri = 'http://127.0.0.1:4999/callback'
let gateway: OidcGateway | undefined

afterEach(() => gateway?.close())

async function profileOf(changes: Partial<Profile> = {}, configuration = {}): Promise<Profile> {
  gateway = await startOidcGateway(redirectUri, configuration)
  return testProfile(gateway, { ...oidcClient, redirectUri, ...changes })
}

const openidScope = 'openid dpv:FraudPreventionAndDetection number-verification:verify'

test.each([
  ['+34600000001', 'verified'],
  ['+34600000002', 'mismatch'],
])(
  'the flow passes, with PKCE and a secret of reserved characters: %s is %s',
  async (phoneNumber, outcome) => {
    const { run } = await runVerify({ profile: await profileOf(), phoneNumber })
    expect(run).toMatchObject({ outcome, failedStep: null, findings: [] })
  },
)

test('an ID token with our nonce passes the strict client too', async () => {
  const { run } = await runVerify({ profile: await profileOf({ scope: openidScope }) })
  expect(run).toMatchObject({ outcome: 'verified', findings: [] })
})

test('endpoints and issuer are discovered, and the issuer of the callback is checked', async () => {
  const profile = await profileOf({ scope: openidScope })
  const { run } = await runVerify({
    profile: { ...profile, authorizeUrl: '', tokenUrl: '', issuer: gateway?.issuer ?? null },
  })
  expect(run).toMatchObject({
    outcome: 'verified',
    findings: [],
    profile: { authorizeUrl: gateway?.authorizeUrl, tokenUrl: gateway?.tokenUrl },
  })
})

test('a wrong secret is invalid_client at the token endpoint', async () => {
  const { run } = await runVerify({ profile: await profileOf({ clientSecret: 'wrong-secret' }) })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'token', exitCode: 3 })
  expect(run.findings[0]?.code).toBe('invalid_client')
})

test('a redirect_uri that is not registered ends at the gateway, and is named', async () => {
  const { run } = await runVerify({
    profile: await profileOf({ redirectUri: 'http://127.0.0.1:4999/other' }),
  })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize' })
  expect(run.findings[0]?.code).toBe('authorize_refused')
})

test('an error that comes back under our state is explained', async () => {
  const { run } = await runVerify({ profile: await profileOf({ prompt: 'none' }) })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'callback' })
  expect(run.findings[0]?.code).toBe('login_required')
})

test('an unknown scope token does not stop the flow before the API answers', async () => {
  const { run } = await runVerify({ profile: await profileOf({ scope: `${openidScope} something:else` }) })
  expect(run.outcome).toBe('verified')
})
