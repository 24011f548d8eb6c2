// What people bring, what it is recognised as, and what is found in it.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { describeUnknown } from '../../../src/inspect/unknown.ts'
import type { Kind } from '../../../src/inspect/inspection.ts'
import { codesOf, inspectText, makeJwt, nowSeconds } from '../../support/inspect.ts'

const challenge = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256'
const uri = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb'
const scope = 'scope=dpv%3AFraudPreventionAndDetection%20number-verification%3Averify'
const state = 'state=Zk3u9vRr0aPq12345678'
const good = `https://gw.example/authorize?response_type=code&client_id=my-app&${scope}&${uri}&${state}&${challenge}`
const without = (part: string) => good.replace(`&${part}`, '')
const assertion = {
  iss: 'my-app',
  sub: 'my-app',
  aud: 'https://gw.example/token',
  jti: 'x',
  iat: nowSeconds - 10,
  exp: nowSeconds + 200,
}
const basic = (pair: string) => Buffer.from(pair).toString('base64')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject) =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString()
const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey

const things: ReadonlyArray<readonly [text: string, kind: Kind | null, codes: readonly string[]]> = [
  // Authorize URLs.
  [good, 'authorize-url', []],
  [`"${good}"`, 'authorize-url', []],
  [good.replaceAll('&', '&amp;'), 'authorize-url', []],
  [without(state), 'authorize-url', ['request_without_state']],
  [without(challenge), 'authorize-url', ['pkce_missing']],
  [good.replace('S256', 'plain'), 'authorize-url', ['pkce_plain']],
  [good.replace('E9Melhoa2', 'E9'), 'authorize-url', ['pkce_malformed']],
  [without('client_id=my-app'), 'authorize-url', ['parameter_missing']],
  [without(uri), 'authorize-url', ['parameter_missing']],
  [without(scope), 'authorize-url', ['parameter_missing']],
  [good.replace('response_type=code', 'response_type=token'), 'authorize-url', ['response_type_wrong']],
  [good.replace('https:', 'http:'), 'authorize-url', ['plain_http']],
  [`${good}&prompt=none`, 'authorize-url', []],
  [`${good}&prompt=consent`, 'authorize-url', ['prompt_interactive']],
  [`${good}&login_hint=tel%3A%2B34600000001`, 'authorize-url', []],
  [`${good}&login_hint=%2B34600000001`, 'authorize-url', []],
  [`${good}&login_hint=tel:+34600000001`, 'authorize-url', ['plus_is_space']],
  [`${good}&login_hint=34600000001`, 'authorize-url', ['login_hint_odd']],
  [`${good}&login_hint=ipport%3A10.0.0.1%3A4000`, 'authorize-url', []],
  [good.replace(state, 'state=%2B34600000001'), 'authorize-url', ['state_guessable']],
  [good.replace(state, 'state=1'), 'authorize-url', ['state_guessable']],
  [
    good.replace(scope, 'scope=dpv%253AFraudPreventionAndDetection'),
    'authorize-url',
    ['parameter_encoded_twice'],
  ],
  [
    good.replace(uri, 'redirect_uri=https%253A%252F%252Fapp.example%252Fcb'),
    'authorize-url',
    ['parameter_encoded_twice'],
  ],
  [good.replace(uri, `${uri}%23top`), 'authorize-url', ['redirect_uri_fragment']],
  [good.replace(uri, 'redirect_uri=http%3A%2F%2Fapp.example%2Fcb'), 'authorize-url', ['redirect_uri_plain']],
  [good.replace(uri, 'redirect_uri=http%3A%2F%2Flocalhost%3A3000'), 'authorize-url', []],
  [good.replace(uri, 'redirect_uri=app.example'), 'authorize-url', ['redirect_uri_invalid']],
  [good.replace(scope, 'scope=number-verification%3Averify'), 'authorize-url', ['scope_no_purpose']],
  [good.replace(scope, 'scope=dpv%3AA%20dpv%3AB'), 'authorize-url', ['scope_two_purposes']],
  [`${good}&${scope}`, 'authorize-url', ['parameter_doubled']],
  [
    `https://gw.example/authorize?response_type=code&client_id=a&${uri}&${state}&${challenge}&scope=dpv:FraudPreventionAndDetection#number-verification-verify-read`,
    'authorize-url',
    ['parameter_cut'],
  ],
  [
    `https://gw.example/authorize?client_id=my-app&request=${makeJwt({ alg: 'ES256' }, { response_type: 'code', redirect_uri: 'https://app.example/cb', scope: 'dpv:A x', state: 'Zk3u9vRr0aPq', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' })}`,
    'authorize-url',
    [],
  ],
  [
    'https://gw.example/authorize?client_id=my-app&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax',
    'authorize-url',
    [],
  ],
  [
    'https://gw.example/authorize?clientId=a&redirectUrl=https%3A%2F%2Fapp.example%2Fcb&state=abcdefgh12',
    'authorize-url',
    [],
  ],
  // Callback URLs.
  ['https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq', 'callback-url', []],
  ['?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq', 'callback-url', []],
  ['myapp://cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq', 'callback-url', []],
  ['https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA', 'callback-url', ['state_missing']],
  ['https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&state=x', 'callback-url', ['response_in_fragment']],
  ['https://app.example/cb?code=a1&code=b2&state=x', 'callback-url', ['doubled_parameter']],
  ['https://app.example/cb?error=access_denied&state=x', 'callback-url', ['access_denied']],
  ['https://app.example/cb?error=consent_required&state=x', 'callback-url', ['consent_required']],
  [
    'https://app.example/cb?error=invalid_scope&error_description=no&state=x',
    'callback-url',
    ['invalid_scope'],
  ],
  ['https://app.example/cb?error=server_error&state=x', 'callback-url', ['server_failing']],
  // Endpoints.
  ['https://gw.example/apigateway/token', 'endpoint-url', []],
  ['https://gw.example/number-verification/v2/verify', 'endpoint-url', []],
  ['https://gw.example/number-verification/v1/v1/verify', 'endpoint-url', ['api_address_odd']],
  ['https://gw.example/.well-known/openid-configuration', 'endpoint-url', []],
  // Answers.
  ['{"access_token":"a-token-of-theirs","token_type":"Bearer","expires_in":300}', 'token-response', []],
  [
    '{"access_token":"a-token-of-theirs","expires_in":"3600","refresh_token":"r"}',
    'token-response',
    ['token_type_missing', 'expires_in_unusable', 'refresh_token_given'],
  ],
  ['access_token=a-token-of-theirs&token_type=bearer', 'token-response', ['token_form_encoded']],
  ['{"access_token":""}', 'token-response', ['token_unreadable']],
  [
    '{"auth_req_id":"1c266114-a1be-4252-8ad1-04986c5b9ac1","expires_in":120,"interval":2}',
    'backchannel-response',
    [],
  ],
  ['{"devicePhoneNumberVerified":true}', 'api-answer', []],
  ['{"devicePhoneNumberVerified":"true"}', 'api-answer', ['answer_unusable']],
  ['{"devicePhoneNumberVerified":false}', 'api-answer', []],
  ['{"devicePhoneNumber":"+34600000001"}', 'api-answer', []],
  ['{"phoneNumber":"+34600000001"}', 'api-request', []],
  ['{"phoneNumber":"34 600"}', 'api-request', ['phone_number_malformed']],
  ['{"hashedPhoneNumber":"abc"}', 'api-request', ['hash_malformed']],
  [
    `{"phoneNumber":"+34600000001","hashedPhoneNumber":"${'a'.repeat(64)}"}`,
    'api-request',
    ['number_fields_wrong'],
  ],
  [`grant_type=authorization_code&code=abc12345&${uri}`, 'token-request', []],
  ['grant_type=authorization_code', 'token-request', ['parameter_missing', 'parameter_missing']],
  ['login_hint=tel%3A%2B34600000001&scope=openid', 'backchannel-request', []],
  ['{"data":{"devicePhoneNumberVerified":true}}', 'api-answer', ['api_unreadable']],
  ['{"device_phone_number_verified":"match"}', 'api-answer', ['api_unreadable']],
  ['{"data":{"access_token":"abc-def-123456789"}}', 'token-response', ['token_unreadable']],
  // JWTs.
  [makeJwt({ alg: 'ES256', kid: 'k' }, assertion), 'jwt', []],
  [`Bearer ${makeJwt({ alg: 'ES256' }, assertion)}`, 'jwt', []],
  [makeJwt({ alg: 'none' }, assertion, ''), 'jwt', ['jwt_unsigned']],
  [
    makeJwt({ alg: 'ES256' }, { ...assertion, exp: nowSeconds - 60, iat: nowSeconds - 90 }),
    'jwt',
    ['jwt_expired'],
  ],
  [makeJwt({ alg: 'ES256' }, { ...assertion, iat: nowSeconds + 60 }), 'jwt', ['jwt_from_future']],
  [makeJwt({ alg: 'ES256' }, { ...assertion, exp: nowSeconds + 3600 }), 'jwt', ['jwt_lives_long']],
  [makeJwt({ alg: 'ES256' }, { ...assertion, jti: undefined }), 'jwt', ['jwt_claim_missing']],
  // Errors, in the shapes of the field.
  ['?error=access_denied&error_description=nope', 'error', ['access_denied']],
  [
    '{"code":"900901","message":"Invalid Credentials","description":"Access failure"}',
    'error',
    ['unauthenticated'],
  ],
  ['{"error":"invalid_grant","error_description":"code expired"}', 'error', ['invalid_grant']],
  ['error=invalid_client&error_description=no', 'error', ['invalid_client']],
  [
    '{"status":401,"code":"UNAUTHENTICATED","message":"Request not authenticated."}',
    'error',
    ['unauthenticated'],
  ],
  ['{"status":403,"code":"PERMISSION_DENIED","message":"No."}', 'error', ['permission_denied']],
  [
    '{"status":403,"code":"NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT","message":"No."}',
    'error',
    ['invalid_token_context'],
  ],
  ['{"status":400,"code":"INVALID_ARGUMENT","message":"No."}', 'error', ['invalid_argument']],
  [
    '{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}',
    'error',
    ['api_key_refused'],
  ],
  [
    '{"httpCode":"429","httpMessage":"Too Many Requests","moreInformation":"Rate limit exceeded"}',
    'error',
    ['quota_exceeded'],
  ],
  [
    '{"type":"about:blank","title":"Forbidden","status":403,"detail":"Not subscribed to this API"}',
    'error',
    ['not_subscribed'],
  ],
  [
    '{"detail":[{"loc":["body","phoneNumber"],"msg":"field required","type":"value_error.missing"}]}',
    'error',
    ['api_error'],
  ],
  ['{"message":"Unauthorized"}', 'error', ['unauthenticated']],
  ['<error><code>900901</code><message>Invalid Credentials</message></error>', 'error', ['unauthenticated']],
  [
    '<!doctype html><title>Turn off your Wi-Fi</title><p>Switch off Wi-Fi and try again.',
    'error',
    ['authorize_refused'],
  ],
  [
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="expired"\r\n\r\n',
    'error',
    ['unauthenticated'],
  ],
  ['upstream connect error or disconnect/reset before headers', 'error', ['api_error']],
  [
    'HTTP/2 302\nlocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq\n\n',
    'callback-url',
    [],
  ],
  ['HTTP/1.1 200 OK\ncontent-type: application/json\n\n{"devicePhoneNumberVerified":true}', 'api-answer', []],
  // curl.
  [
    `curl -u my-app:a-secret https://gw.example/token -d 'grant_type=authorization_code&code=abc12345&${uri}'`,
    'curl',
    [],
  ],
  [
    `curl -X POST https://gw.example/token \\\n  -H 'Authorization: Basic ${basic('my-app:a-secret')}' \\\n  --data-urlencode 'grant_type=authorization_code' --data-urlencode code=abc12345 --data-urlencode 'redirect_uri=https://app.example/cb'`,
    'curl',
    [],
  ],
  [
    `curl https://gw.example/token -d 'grant_type=authorization_code&code=abc12345&${uri}'`,
    'curl',
    ['client_unauthenticated'],
  ],
  [
    `curl https://gw.example/token -H 'Authorization: Basic ${basic('my-app:a-secret\n')}' -d 'grant_type=authorization_code&code=abc12345&${uri}'`,
    'curl',
    ['basic_line_break'],
  ],
  [
    `curl https://gw.example/token -H 'Authorization: Basic my-app:secret' -d 'grant_type=authorization_code&code=abc12345&${uri}'`,
    'curl',
    ['basic_malformed'],
  ],
  [
    `curl -u a:b https://gw.example/token -d 'grant_type=authorization_code&code=abc12345&client_secret=b&${uri}'`,
    'curl',
    ['client_authenticated_twice'],
  ],
  [
    `curl -u a:b https://gw.example/token -H 'content-type: application/json' -d '{"grant_type":"authorization_code"}'`,
    'curl',
    ['content_type_wrong'],
  ],
  [
    `curl -k -u a:b https://gw.example/token -d 'grant_type=authorization_code&code=abc12345&${uri}'`,
    'curl',
    ['certificate_unchecked'],
  ],
  ['curl -u a:b https://gw.example/token -d grant_type=client_credentials&scope=x', 'curl', ['command_cut']],
  [
    `curl -G https://gw.example/authorize -d response_type=code -d client_id=a -d '${scope}' -d '${uri}' -d '${state}' -d '${challenge}'`,
    'curl',
    [],
  ],
  [`curl "${good}"`, 'curl', []],
  [
    `curl https://gw.example/number-verification/v2/verify --json '{"phoneNumber":"+34600000001"}' -H 'Authorization: Bearer abcdef123456'`,
    'curl',
    [],
  ],
  [
    `curl https://gw.example/number-verification/v2/verify --json '{"phoneNumber":"+34600000001"}'`,
    'curl',
    ['authorization_missing'],
  ],
  [
    `curl https://gw.example/number-verification/v2/verify -H 'Authorization: Bearer abcdef123456'`,
    'curl',
    ['request_method_wrong'],
  ],
  // Keys, certificates, documents.
  [pem(ec.privateKey), 'key', []],
  [pem(ec.publicKey), 'key', []],
  [pem(ec.privateKey).replaceAll('\n', '\\n'), 'key', []],
  [ec.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'), 'key', []],
  [JSON.stringify(ec.publicKey.export({ format: 'jwk' })), 'key', []],
  [small.export({ format: 'pem', type: 'spki' }).toString(), 'key', ['key_too_small']],
  ['-----BEGIN PRIVATE KEY-----\nMIIEvQ', 'key', ['key_unusable']],
  [JSON.stringify({ keys: [ec.publicKey.export({ format: 'jwk' })] }), 'key-set', []],
  [JSON.stringify({ keys: [ec.privateKey.export({ format: 'jwk' })] }), 'key-set', ['key_private']],
  ['{"keys":[]}', 'key-set', ['key_set_empty']],
  [
    JSON.stringify({
      issuer: 'https://gw.example',
      authorization_endpoint: 'https://gw.example/authorize',
      token_endpoint: 'https://gw.example/token',
      jwks_uri: 'https://gw.example/jwks',
    }),
    'discovery-document',
    [],
  ],
  [
    JSON.stringify({
      authorization_endpoint: 'http://gw.example/authorize',
      token_endpoint: 'https://gw.example/token',
      code_challenge_methods_supported: ['plain'],
      grant_types_supported: ['client_credentials'],
    }),
    'discovery-document',
    ['discovery_endpoint', 'document_lacks', 'document_lacks', 'document_offers_no', 'document_offers_no'],
  ],
  ['operatortoken:abcdef-123456', 'operator-token', []],
  ['"operatortoken:abcdef-123456"', 'operator-token', []],
  ['{"temporaryToken":"abcdef-123456"}', 'operator-token', []],
  // Nothing.
  ['', null, []],
  ['hello', null, []],
  ['{}', null, []],
  ['[]', null, []],
  ['{"log":{"entries":[]}}', null, []],
  ['https://example.com/', null, []],
  ['invalid_grant', null, []],
  ['ya29.a0AfH6SMBx1234567890', null, []],
]

test.each(things)('%s', async (text, kind, codes) => {
  const inspection = await inspectText(text)
  expect(inspection?.kind ?? null).toBe(kind)
  expect(codesOf(inspection)).toEqual(codes)
})

describe('a corrected URL', () => {
  const offered: ReadonlyArray<readonly [wrong: string, right: string]> = [
    [`${good}&login_hint=tel:+34600000001`, `${good}&login_hint=tel%3A%2B34*******01`],
    [good.replace('%3AFraud', '%253AFraud'), good],
    [`${good}&prompt=login`, good],
    [
      `${without(scope)}&scope=dpv:A#number-verification-verify-read`,
      `${without(scope)}&scope=dpv%3AA%23number-verification-verify-read`,
    ],
  ]
  test.each(offered)('%s', async (wrong, right) => {
    const { corrected } = (await inspectText(wrong)) ?? {}
    expect(corrected).toBe(right)
  })

  test('is not offered where nothing can be put right', async () => {
    expect((await inspectText(good))?.corrected).toBeNull()
    expect((await inspectText(without(state)))?.corrected).toBeNull()
  })
})

test.each([
  ['invalid_grant', /nv explain/],
  ['+34 600 000 001', /phone number/],
  ['ya29.a0AfH6SMBx1234567890', /opaque token/],
  ['{"a":1}', /"a"/],
  ['{"a":', /cut or damaged/],
  ['https://example.com/', /web address/],
  ['{"log":{"entries":[]}}', /HAR, but has no/],
])('what is not recognised is said to look like something: %s', (text, words) => {
  expect(describeUnknown(text)).toMatch(words)
})
