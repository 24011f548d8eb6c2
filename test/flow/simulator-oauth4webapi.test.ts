// oauth4webapi, a client that nobody here wrote, runs the whole code flow against the simulator.
import * as oauth from 'oauth4webapi'
import { CookieJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  basic,
  followChain,
  redirectUri,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const insecure = { [oauth.allowInsecureRequests]: true }
const secret = 'with:colon %41+&_'
let simulator: TestSimulator
let server: oauth.AuthorizationServer

beforeAll(async () => {
  simulator = await startTestSimulator({ clients: [{ id: 'my app', secret }] })
  server = {
    issuer: simulator.baseUrl,
    authorization_endpoint: simulator.authorizeUrl,
    token_endpoint: simulator.tokenUrl,
  }
})

afterAll(() => simulator.close())

const rawBasic =
  (clientSecret: string): oauth.ClientAuth =>
  (_server, client, _body, headers) =>
    headers.set('authorization', basic(client.client_id, clientSecret))

/** Runs the flow up to the strictly processed token response. */
async function runFlow(client: oauth.Client, authentication: oauth.ClientAuth, challenge?: 'S256') {
  const state = oauth.generateRandomState()
  const verifier = oauth.generateRandomCodeVerifier()
  const pkce = challenge && {
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: challenge,
  }
  const url = authorizeUrl(simulator, { client_id: client.client_id, state, ...pkce })
  const { last } = await followChain(url, { jar: new CookieJar() })
  if (!(last instanceof URL)) throw new Error('The chain did not end at the app')
  const parameters = oauth.validateAuthResponse(server, client, last, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    parameters,
    redirectUri,
    challenge ? verifier : oauth.nopkce,
    insecure,
  )
  return oauth.processAuthorizationCodeResponse(server, client, response)
}

describe.each([
  {
    what: 'the mock client, percent-encoded Basic',
    id: 'mock_sandbox_app_id',
    authentication: oauth.ClientSecretBasic('mock_sandbox_app_secret'),
  },
  {
    what: 'the mock client, raw Basic',
    id: 'mock_sandbox_app_id',
    authentication: rawBasic('mock_sandbox_app_secret'),
  },
  {
    what: 'reserved characters, percent-encoded Basic',
    id: 'my app',
    authentication: oauth.ClientSecretBasic(secret),
  },
  { what: 'reserved characters, raw Basic', id: 'my app', authentication: rawBasic(secret) },
])('the code flow with $what', ({ id, authentication }) => {
  it.each([['S256'], [undefined]] as const)('ends in a strict token response, PKCE %s', async (challenge) => {
    const tokens = await runFlow({ client_id: id }, authentication, challenge)
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300 })
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(tokens).not.toHaveProperty('id_token')
  })
})

describe('the protected resource', () => {
  const verify = (token: string) =>
    oauth.protectedResourceRequest(
      token,
      'POST',
      new URL(`${simulator.apiUrl}/number-verification/v2/verify`),
      new Headers({ 'content-type': 'application/json' }),
      JSON.stringify({ phoneNumber: '+34600000001' }),
      insecure,
    )

  it('answers once for a token, and challenges the second call', async () => {
    const tokens = await runFlow(
      { client_id: simulator.clientId },
      oauth.ClientSecretBasic(simulator.clientSecret),
      'S256',
    )
    expect(await (await verify(tokens.access_token)).json()).toEqual({ devicePhoneNumberVerified: true })
    const error = await verify(tokens.access_token).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
    expect((error as oauth.WWWAuthenticateChallengeError).cause).toEqual([
      expect.objectContaining({ scheme: 'bearer', parameters: { error: 'invalid_token' } }),
    ])
  })
})

describe('an error', () => {
  it('of the authorization endpoint is read as one', async () => {
    const { last } = await followChain(authorizeUrl(simulator, { scope: 'number-verification:verify' }))
    expect(() =>
      oauth.validateAuthResponse(server, { client_id: simulator.clientId }, last as URL, 'some-state'),
    ).toThrow(expect.objectContaining({ error: 'invalid_scope' }) as Error)
  })

  it('of client authentication is read as a challenge', async () => {
    await expect(
      runFlow({ client_id: simulator.clientId }, oauth.ClientSecretBasic('wrong')),
    ).rejects.toMatchObject({
      cause: [expect.objectContaining({ scheme: 'basic' })],
    })
  })

  it('of the grant is read as one', async () => {
    const client = { client_id: simulator.clientId }
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.ClientSecretBasic(simulator.clientSecret),
      'authorization_code',
      new URLSearchParams({ code: 'bogus' }),
      insecure,
    )
    await expect(oauth.processGenericTokenEndpointResponse(server, client, response)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    })
  })
})
