// CIBA against oidc-provider, a server that nobody here wrote.
import { generateKeyPairSync } from 'node:crypto'
import { errors } from 'oidc-provider'
import { afterEach, expect, test } from 'vitest'
import { grantTypes } from '../../src/oauth/grants.ts'
import type { Target } from '../../src/target/target.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { type OidcGateway, oidcClient, startOidcGateway } from '../support/oidc-provider.ts'

const operatorToken = 'operator-token-of-the-line'
let gateway: OidcGateway | undefined

afterEach(() => gateway?.close())

interface CibaContext {
  oidc: { provider: Provider; params: { scope: string } }
}
interface Provider {
  Grant: new (properties: { accountId: string; clientId: string }) => {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }
  backchannelResult(request: unknown, result: unknown): Promise<void>
}

/** Starts the provider with CIBA; an authentication ends at once, with an approval or that error. */
async function startGateway(client: object = {}, ending: 'approved' | Error = 'approved') {
  const ciba = {
    enabled: true,
    deliveryModes: ['poll'],
    processLoginHint: (_context: unknown, hint: string) =>
      Promise.resolve(hint === `operatortoken:${operatorToken}` ? 'line' : undefined),
    verifyUserCode: () => Promise.resolve(),
    validateBindingMessage: () => Promise.resolve(),
    validateRequestContext: () => Promise.resolve(),
    triggerAuthenticationDevice: async ({ oidc }: CibaContext, request: unknown) => {
      const { provider, params } = oidc
      const grant = new provider.Grant({ accountId: 'line', clientId: oidcClient.clientId })
      grant.addOIDCScope(params.scope)
      await grant.save()
      await provider.backchannelResult(request, ending === 'approved' ? grant : ending)
    },
  }
  gateway = await startOidcGateway(
    'http://127.0.0.1:4999/callback',
    { features: { devInteractions: { enabled: false }, ciba } },
    {
      grant_types: [grantTypes.ciba],
      response_types: [],
      redirect_uris: [],
      backchannel_token_delivery_mode: 'poll',
      ...client,
    },
  )
  return gateway
}

/** Runs the flow; the provider looks at the true time, so that the clock of the flow starts there. */
function runBySim(
  issuer: string,
  changes: Partial<Target>,
  value = operatorToken,
  phoneNumber = '+34600000001',
) {
  const profile = testProfile(
    { authorizeUrl: '', tokenUrl: '', apiUrl: issuer },
    {
      ...oidcClient,
      issuer,
      scope: 'openid dpv:FraudPreventionAndDetection number-verification:verify',
      ...changes,
    },
  )
  return runVerify(
    { target: profile, phoneNumber, operatorToken: { value, grants: ['ciba', 'jwt-bearer'] } },
    { startMs: Date.now() },
  )
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signing = {
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] },
  client_secret: undefined,
}
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

test.each<[string, object, Partial<Target>]>([
  ['client_secret_basic', {}, {}],
  ['private_key_jwt', signing, { authMethod: 'private_key_jwt', key, keyId: 'one', clientSecret: '' }],
])(
  'the flow passes with %s, endpoints discovered and the ID token checked',
  async (_method, client, profile) => {
    const { issuer } = await startGateway(client)
    const verified = await runBySim(issuer, profile)
    expect(verified.run).toMatchObject({ outcome: 'verified', failedStep: null, findings: [] })
    expect(verified.run.steps.map(({ status }) => status)).toEqual(['ok', 'skipped', 'ok', 'ok'])
    const other = await runBySim(issuer, profile, operatorToken, '+34600000002')
    expect(other.run).toMatchObject({ outcome: 'mismatch', findings: [{ code: 'mismatch_explained' }] })
  },
)

test('a token of a SIM that it does not know is unknown_user_id', async () => {
  const { issuer } = await startGateway()
  const { run } = await runBySim(issuer, {}, 'of-nobody')
  expect(run).toMatchObject({ failedStep: 'authorize', findings: [{ code: 'unknown_user_id' }] })
})

test('a wrong secret is invalid_client before any authentication', async () => {
  const { issuer } = await startGateway()
  const { run } = await runBySim(issuer, { clientSecret: 'wrong-secret' })
  expect(run).toMatchObject({ failedStep: 'authorize', findings: [{ code: 'invalid_client' }] })
})

test('a scope without openid is named as what it wants', async () => {
  const { issuer } = await startGateway()
  const { run } = await runBySim(issuer, {
    scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
  })
  expect(run).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize' })
  expect(JSON.stringify(run.findings[0])).toContain('openid')
})

test('a refusal while it polls is access_denied', async () => {
  const { issuer } = await startGateway({}, new errors.AccessDenied('the user said no'))
  const { run } = await runBySim(issuer, {})
  expect(run).toMatchObject({ failedStep: 'token', findings: [{ code: 'access_denied' }] })
})
