// Nothing that is secret is printed, in whatever it was brought; a signature is judged by the keys that were given.
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { codesOf, inspectText, makeJwt } from '../../support/inspect.ts'

const canary = 'canary-9f8e7d6c5b4a'
const secretJwt = makeJwt({ alg: 'ES256' }, { iss: 'a', sub: 'b', aud: 'c' }, 'Y2FuYXJ5LXNpZ25hdHVyZQ')
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = key.privateKey.export({ format: 'jwk' })

test.each([
  `https://app.example/cb?code=${canary}&state=some-state-1234`,
  `https://app.example/cb#code=${canary}&state=some-state-1234`,
  `https://gw.example/authorize?response_type=code&client_id=a&scope=dpv%253Aa&id_token_hint=${canary}`,
  `https://gw.example/authorize?client_id=a&response_type=code&login_hint=operatortoken:${canary}&prompt=login`,
  `{"access_token":"${canary}","token_type":"Bearer","id_token":"${secretJwt}"}`,
  `{"access_token":"x","refresh_token":"${canary}"}`,
  `access_token=${canary}&token_type=bearer`,
  `{"error":"invalid_grant","error_description":"the token ${secretJwt} is unknown"}`,
  `grant_type=authorization_code&code=${canary}&client_secret=${canary}&code_verifier=${canary}`,
  `curl -u 'my-app:${canary}' https://gw.example/token -d 'grant_type=authorization_code&code=${canary}-2'`,
  `curl https://gw.example/token -d 'grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=${secretJwt}'`,
  `curl https://gw.example/number-verification/v2/verify -H 'Authorization: Bearer ${canary}' --json '{"phoneNumber":"+34611222333"}'`,
  `curl 'https://u:${canary}@gw.example/verify' -b 'session=${canary}'`,
  `operatortoken:${canary}`,
  secretJwt,
  makeJwt({ alg: 'ES256' }, { iss: 'a', sub: `operatortoken:${canary}`, phone_number: '+34611222333' }),
  `{"phoneNumber":"+34611222333"}`,
  `{"devicePhoneNumber":"+34611222333"}`,
  `https://gw.example/authorize?response_type=code&client_id=a&login_hint=tel:+34611222333&state=%2B34611222333`,
  JSON.stringify(jwk),
  key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  `HTTP/1.1 401 Unauthorized\nset-cookie: s=${canary}\n\n{"error":"invalid_token","error_description":"${secretJwt}"}`,
])('%.100s', async (text) => {
  const shown = JSON.stringify(await inspectText(text))
  const pem = /-----\n(.{30})/.exec(text)?.[1] ?? canary
  for (const secret of [canary, 'Y2FuYXJ5LXNpZ25hdHVyZQ', '611222333', '34611222333', String(jwk.d), pem])
    expect(shown).not.toContain(secret)
})

describe('a signature', () => {
  const input = makeJwt({ alg: 'ES256', kid: 'k' }, { iss: 'a', sub: 'b', aud: 'c', iat: 1, exp: 2e9 })
    .split('.')
    .slice(0, 2)
    .join('.')
  const jwt = `${input}.${sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const signatureOf = async (keys: string[]) => {
    const inspection = await inspectText(jwt, { keys })
    return inspection?.facts.find(({ name }) => name === 'signature')
  }

  test.each([
    [
      'a JWKS',
      JSON.stringify({ keys: [other.export({ format: 'jwk' }), key.publicKey.export({ format: 'jwk' })] }),
    ],
    ['a JWK', JSON.stringify(jwk)],
    ['PEM', key.publicKey.export({ format: 'pem', type: 'spki' }).toString()],
    ['a private key in PEM', key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
  ])('is good by the right key as %s', async (_, text) => {
    expect((await signatureOf([text]))?.value).toBe('ES256, good')
  })

  test('is wrong by another key, and unknown without one', async () => {
    const pem = other.export({ format: 'pem', type: 'spki' }).toString()
    expect(codesOf(await inspectText(jwt, { keys: [pem] }))).toContain('jwt_signature_wrong')
    expect((await signatureOf([]))?.meaning).toMatch(/not checked/)
  })
})
