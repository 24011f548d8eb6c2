// openid-client 6, a client that nobody here wrote, speaks everything of the simulator that it can speak.
import * as client from 'openid-client'
import { CookieJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mockLine } from '../../src/wire/simulated.ts'
import { algorithms, createClientKey, type Algorithm, type ClientKey } from '../support/client-keys.ts'
import { createRunningClock } from '../support/context.ts'
import {
  bend,
  followChain,
  redirectUri,
  scopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const scope = `openid ${scopeOf.v2}`
const secret = 'with:colon %41+&_'
let simulator: TestSimulator
let keys: Record<Algorithm, ClientKey>

beforeAll(async () => {
  const made = await Promise.all(
    algorithms.map(async (algorithm) => [algorithm, await createClientKey(algorithm)] as const),
  )
  keys = Object.fromEntries(made) as Record<Algorithm, ClientKey>
  simulator = await startTestSimulator(
    {
      clients: [
        { id: 'signing app', keys: made.map(([, { jwk }]) => jwk) },
        { id: 'my app', secret },
        { id: 'public app' },
      ],
    },
    createRunningClock(),
  )
})

afterAll(() => simulator.close())

interface Setup {
  id?: string
  authentication?: client.ClientAuth
  discovery?: 'oidc' | 'oauth2'
  at?: TestSimulator
}

function discover({ id = 'my app', authentication, discovery = 'oidc', at = simulator }: Setup = {}) {
  const issuer = new URL(at.baseUrl)
  const method = authentication ?? client.ClientSecretPost(secret)
  return client.discovery(issuer, id, undefined, method, {
    algorithm: discovery,
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  })
}

function signing(algorithm: Algorithm): Setup {
  const { privateKey: key, kid } = keys[algorithm]
  return { id: 'signing app', authentication: client.PrivateKeyJwt({ key, kid }) }
}

interface FlowOptions {
  jarKey?: ClientKey
  dpop?: client.DPoPHandle
  parameters?: Record<string, string>
}

/** Runs the code flow with PKCE, state, nonce and iss, all checked by the client. */
async function runFlow(config: client.Configuration, { jarKey, dpop, parameters = {} }: FlowOptions = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  }
  const request = {
    redirect_uri: redirectUri,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  }
  const url = jarKey
    ? await client.buildAuthorizationUrlWithJAR(config, request, { key: jarKey.privateKey, kid: jarKey.kid })
    : client.buildAuthorizationUrl(config, request)
  const { last } = await followChain(url.href, { jar: new CookieJar() })
  if (!(last instanceof URL)) throw new Error(`The chain did not end at the app: ${await last.text()}`)
  return client.authorizationCodeGrant(config, last, checks, undefined, dpop && { DPoP: dpop })
}

async function callVerify(config: client.Configuration, accessToken: string, dpop?: client.DPoPHandle) {
  const response = await client.fetchProtectedResource(
    config,
    accessToken,
    new URL(`${config.serverMetadata().issuer}/number-verification/v2/verify`),
    'POST',
    JSON.stringify({ phoneNumber: mockLine }),
    new Headers({ 'content-type': 'application/json' }),
    dpop && { DPoP: dpop },
  )
  return response.json()
}

describe.each(algorithms)('private_key_jwt with %s', (algorithm) => {
  it.each(['oidc', 'oauth2'] as const)(
    'runs the code flow with an ID token, discovered by %s',
    async (discovery) => {
      const config = await discover({ ...signing(algorithm), discovery })
      const tokens = await runFlow(config)
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300, scope })
      expect(tokens).not.toHaveProperty('refresh_token')
      expect(tokens.claims()).toMatchObject({ iss: simulator.baseUrl, aud: 'signing app' })
      expect(JSON.stringify(tokens.claims())).not.toContain(mockLine.slice(1))
      expect(await callVerify(config, tokens.access_token)).toEqual({ devicePhoneNumberVerified: true })
    },
  )

  it('runs it with a signed request object', async () => {
    const config = await discover(signing(algorithm))
    const tokens = await runFlow(config, { jarKey: keys[algorithm] })
    expect(await callVerify(config, tokens.access_token)).toEqual({ devicePhoneNumberVerified: true })
  })
})

describe('the other ways to authenticate', () => {
  it.each<[string, () => Setup]>([
    ['client_secret_basic', () => ({ authentication: client.ClientSecretBasic(secret) })],
    ['client_secret_post', () => ({ authentication: client.ClientSecretPost(secret) })],
    ['none', () => ({ id: 'public app', authentication: client.None() })],
  ])('%s', async (_what, setup) => {
    const config = await discover(setup())
    const tokens = await runFlow(config)
    expect(await callVerify(config, tokens.access_token)).toEqual({ devicePhoneNumberVerified: true })
  })
})

describe('the subject of the ID token', () => {
  it('stays for one client, and is another for another', async () => {
    const [mine, signed] = [await discover(), await discover(signing('ES256'))]
    const subjects = [
      (await runFlow(mine)).claims()?.sub,
      (await runFlow(mine)).claims()?.sub,
      (await runFlow(signed)).claims()?.sub,
    ]
    expect(subjects[0]).toBe(subjects[1])
    expect(subjects[0]).not.toBe(subjects[2])
  })
})

describe.each(['RS256', 'PS256', 'ES256', 'Ed25519'])('DPoP with %s', (algorithm) => {
  it('binds the token of the code flow, and the code by dpop_jkt', async () => {
    const config = await discover(signing('ES256'))
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair(algorithm))
    const parameters = { dpop_jkt: await dpop.calculateThumbprint() }
    const tokens = await runFlow(config, { dpop, parameters })
    expect(tokens.token_type).toBe('dpop')
    expect(await callVerify(config, tokens.access_token, dpop)).toEqual({ devicePhoneNumberVerified: true })
  })
})

describe('a gateway that wants more', () => {
  it('gives DPoP nonces, and the token endpoint and the API take no proof without one', async () => {
    const clients = [{ id: 'my app', secret }]
    const options = { clients, behaviours: bend({ requiresDpopNonce: true }) }
    const at = await startTestSimulator(options, createRunningClock())
    const config = await discover({ at })
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const tokens = await runFlow(config, { dpop })
    expect(at.entries.filter(({ detail }) => detail?.startsWith('use_dpop_nonce'))).toHaveLength(1)
    expect(await callVerify(config, tokens.access_token, dpop)).toEqual({ devicePhoneNumberVerified: true })
    await at.close()
  })

  it('lets a CIBA client wait', async () => {
    const clients = [{ id: 'my app', secret }]
    const options = { clients, behaviours: bend({ cibaPendingPolls: 1, cibaIntervalSeconds: 0.1 }) }
    const at = await startTestSimulator(options, createRunningClock())
    const config = await discover({ at })
    const accepted = await client.initiateBackchannelAuthentication(config, {
      scope,
      login_hint: `tel:${mockLine}`,
    })
    const tokens = await client.pollBackchannelAuthenticationGrant(config, accepted)
    expect(at.entries.some(({ detail }) => detail?.startsWith('authorization_pending'))).toBe(true)
    expect(tokens.access_token).toMatch(/^[\w-]{43}$/)
    await at.close()
  })
})

describe('CIBA', () => {
  // Each waits for the interval of a second.
  it.concurrent.each<[string, () => Setup]>([
    ['client_secret_post', () => ({})],
    ['private_key_jwt', () => signing('PS256')],
  ])('brings a token to a client that polls, authenticated by %s', async (_what, setup) => {
    const config = await discover(setup())
    const hint = { scope, login_hint: 'operatortoken:simulator-operator-token-1', binding_message: 'W4SCT' }
    const accepted = await client.initiateBackchannelAuthentication(config, hint)
    expect(accepted).toMatchObject({ expires_in: 120, interval: 1 })
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const tokens = await client.pollBackchannelAuthenticationGrant(config, accepted, undefined, {
      DPoP: dpop,
    })
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(tokens.claims()).toMatchObject({ iss: simulator.baseUrl })
    expect(await callVerify(config, tokens.access_token, dpop)).toEqual({ devicePhoneNumberVerified: true })
  })

  it('tells an error as one', async () => {
    const config = await discover()
    const asked = client.initiateBackchannelAuthentication(config, { scope, login_hint: 'email:a@b.example' })
    await expect(asked).rejects.toMatchObject({ error: 'invalid_request' })
  })
})

describe('JWT bearer', () => {
  it('brings a token for the assertion of an operator token', async () => {
    const config = await discover(signing('EdDSA'))
    const now = Math.floor(Date.now() / 1000)
    const assertion = await keys.EdDSA.sign({
      iss: 'signing app',
      sub: 'operatortoken:simulator-operator-token-1',
      aud: simulator.tokenUrl,
      iat: now,
      exp: now + 300,
      jti: client.randomState(),
      scope,
    })
    const tokens = await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:jwt-bearer', {
      assertion,
    })
    expect(tokens).toMatchObject({ expires_in: 300, scope })
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(await callVerify(config, tokens.access_token)).toEqual({ devicePhoneNumberVerified: true })
  })
})
