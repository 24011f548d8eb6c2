// The authorize URL, plain and as a signed request object.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { buildAuthorizeUrl } from '../../../src/oauth/authorize-url.ts'
import { buildSignedAuthorizeUrl } from '../../../src/oauth/request-object.ts'
import { readSigningKey } from '../../../src/oauth/signing-key.ts'

const nowMs = 1_750_000_000_500
const sources = { clock: { now: () => nowMs }, random: (count: number) => randomBytes(count) }
const parameters = {
  authorizeUrl: 'https://operator.example/authorize?tenant=1',
  clientId: 'my app',
  redirectUri: 'https://app.example/callback',
  scope: 'openid dpv:FraudPreventionAndDetection#x',
  state: 'a-state',
  nonce: 'a-nonce',
  codeVerifier: 'a-verifier-of-forty-three-characters-or-more',
  loginHint: 'tel:+34600000001',
  prompt: undefined,
}
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = readSigningKey({
  key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  keyId: 'key-1',
  keyAlgorithm: null,
})

test.each([
  ['the issuer', 'https://operator.example', [parameters.authorizeUrl, 'https://operator.example']],
  ['no issuer', null, parameters.authorizeUrl],
])('everything is inside, and the audience fits where %s is known', async (_, issuer, audience) => {
  const { url, requestObject } = await buildSignedAuthorizeUrl(parameters, key, issuer, sources)
  const { searchParams } = new URL(url)
  expect(Object.fromEntries(searchParams)).toEqual({
    tenant: '1',
    client_id: 'my app',
    request: requestObject,
  })
  const { payload, protectedHeader } = await jwtVerify(requestObject, publicKey, {
    currentDate: new Date(nowMs),
  })
  const plain = Object.fromEntries(new URL(buildAuthorizeUrl(parameters)).searchParams)
  const { tenant, ...expected } = plain
  expect(tenant).toBe('1')
  const { iat, exp, jti, ...claims } = payload
  expect(claims).toEqual({ ...expected, iss: 'my app', aud: audience })
  expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(300)
  expect(jti).toMatch(/^[\w-]{32}$/)
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid: 'key-1' })
})

test('each has a jti of its own', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(() => buildSignedAuthorizeUrl(parameters, key, null, sources)),
  )
  expect(one?.requestObject).not.toBe(other?.requestObject)
})
