// oauth4webapi with everything that is signed: assertion, request object, DPoP proof, ID token; by code and by CIBA.
import * as oauth from 'oauth4webapi'
import { CookieJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { algorithms, createClientKey, type Algorithm, type ClientKey } from '../support/client-keys.ts'
import { createRunningClock } from '../support/context.ts'
import {
  followChain,
  redirectUri,
  scopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const insecure = { [oauth.allowInsecureRequests]: true }
const scope = `openid ${scopeOf.v2}`
const client: oauth.Client = { client_id: 'signer' }
const keys = new Map<Algorithm, ClientKey>()
let simulator: TestSimulator
let server: oauth.AuthorizationServer

beforeAll(async () => {
  for (const algorithm of algorithms) keys.set(algorithm, await createClientKey(algorithm))
  const clients = [{ id: 'signer', keys: [...keys.values()].map(({ jwk }) => jwk) }]
  // The issuer as aud, which oauth4webapi sends unless it is told otherwise, is not for a strict gateway.
  simulator = await startTestSimulator({ clients, isStrict: true }, createRunningClock())
  const issuer = new URL(simulator.baseUrl)
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  server = await oauth.processDiscoveryResponse(issuer, response)
})

afterAll(() => simulator.close())

function privateKeyOf(algorithm: Algorithm): oauth.PrivateKey {
  const { privateKey: key, kid } = keys.get(algorithm) as ClientKey
  return { key, kid }
}

const authenticateAt = (algorithm: Algorithm, endpoint: string) =>
  oauth.PrivateKeyJwt(privateKeyOf(algorithm), {
    [oauth.modifyAssertion]: (_header, payload) => {
      payload['aud'] = endpoint
    },
  })

async function callVerify(accessToken: string, dpop: oauth.DPoPHandle): Promise<unknown> {
  const response = await oauth.protectedResourceRequest(
    accessToken,
    'POST',
    new URL(`${simulator.apiUrl}/number-verification/v2/verify`),
    new Headers({ 'content-type': 'application/json' }),
    JSON.stringify({ phoneNumber: '+34600000001' }),
    { DPoP: dpop, ...insecure },
  )
  return response.json()
}

describe.each(algorithms)('signed with %s', (algorithm) => {
  it('the code flow: request object, PKCE, iss, nonce, DPoP, ID token', async () => {
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
    const verifier = oauth.generateRandomCodeVerifier()
    const parameters = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const key = privateKeyOf(algorithm)
    const request = await oauth.issueRequestObject(server, client, new URLSearchParams(parameters), key)
    const url = `${server.authorization_endpoint}?${new URLSearchParams({ client_id: 'signer', request })}`
    const { last } = await followChain(url, { jar: new CookieJar() })
    const callback = oauth.validateAuthResponse(server, client, last as URL, state)
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticateAt(algorithm, simulator.tokenUrl),
      callback,
      redirectUri,
      verifier,
      { DPoP: dpop, ...insecure },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    await oauth.validateApplicationLevelSignature(server, response, insecure)
    expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: 300, scope })
    expect(await callVerify(tokens.access_token, dpop)).toEqual({ devicePhoneNumberVerified: true })
  })

  it('CIBA: DPoP, ID token', async () => {
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const asked = await oauth.backchannelAuthenticationRequest(
      server,
      client,
      authenticateAt(algorithm, simulator.backchannelUrl),
      new URLSearchParams({ scope, login_hint: 'operatortoken:simulator-operator-token-1' }),
      insecure,
    )
    const accepted = await oauth.processBackchannelAuthenticationResponse(server, client, asked)
    const response = await oauth.backchannelAuthenticationGrantRequest(
      server,
      client,
      authenticateAt(algorithm, simulator.tokenUrl),
      accepted.auth_req_id,
      { DPoP: dpop, ...insecure },
    )
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(server, client, response)
    await oauth.validateApplicationLevelSignature(server, response, insecure)
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ iss: simulator.baseUrl, aud: 'signer' })
    expect(await callVerify(tokens.access_token, dpop)).toEqual({ devicePhoneNumberVerified: true })
  })
})

it('a wrong assertion is told by its rule', async () => {
  const response = await oauth.genericTokenEndpointRequest(
    server,
    client,
    authenticateAt('ES256', 'https://a.example/token'),
    'authorization_code',
    new URLSearchParams({ code: 'x' }),
    insecure,
  )
  await expect(oauth.processGenericTokenEndpointResponse(server, client, response)).rejects.toMatchObject({
    error: 'invalid_client',
    error_description: expect.stringContaining('aud is wrong') as string,
    status: 401,
  })
})
