// What the gateway says of itself, under each name of this machine.
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSigningKey } from '../../src/simulator/oauth/keys.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({ host: 'localhost' })
})

afterAll(() => simulator.close())

describe.each(['localhost', '127.0.0.1'])('under %s', (host) => {
  it.each(['oidc', 'oauth2'] as const)('oauth4webapi finds it by %s', async (algorithm) => {
    const issuer = new URL(simulator.baseUrl.replace('localhost', host))
    const options = { algorithm, [oauth.allowInsecureRequests]: true }
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const urls = [
      server.authorization_endpoint,
      server.token_endpoint,
      server.backchannel_authentication_endpoint,
      server.jwks_uri,
    ]
    expect(urls).toEqual(
      ['authorize', 'token', 'bc-authorize', 'jwks'].map((name) => `${issuer.href}/${name}`),
    )
    expect(server).toMatchObject({
      backchannel_token_delivery_modes_supported: ['poll'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'none',
      ],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
      code_challenge_methods_supported: ['S256', 'plain'],
      grant_types_supported: [
        'authorization_code',
        'urn:openid:params:grant-type:ciba',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })
})

describe('the keys', () => {
  it('are public, and stay', async () => {
    const read = async () => (await fetch(`${simulator.baseUrl}/jwks`)).json()
    const keys: unknown = await read()
    expect(keys).toEqual({
      keys: [
        {
          kty: 'RSA',
          use: 'sig',
          alg: 'RS256',
          e: 'AQAB',
          n: expect.any(String) as string,
          kid: expect.any(String) as string,
        },
      ],
    })
    expect(await read()).toEqual(keys)
  })

  it('are made once, however many ask at first', async () => {
    const fresh = await startTestSimulator({ signingKey: createSigningKey() })
    const read = async () => (await fetch(`${fresh.baseUrl}/jwks`)).text()
    expect(new Set(await Promise.all([read(), read(), read()])).size).toBe(1)
    await fresh.close()
  })
})
