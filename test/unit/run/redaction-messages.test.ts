// Redaction of whole messages: what carries a secret loses it, and stays what it is.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRedactor, type Redactor } from '../../../src/run/redaction.ts'

const number = '+34600123456'

function redactorOf(...secrets: string[]): Redactor {
  const redactor = createRedactor()
  for (const value of secrets) redactor.conceal(value)
  redactor.mask(number)
  return redactor
}

describe('a header', () => {
  it.each([
    ['authorization', 'Bearer abc', 'Bearer [redacted]'],
    ['authorization', 'Basic aWQ6bm8=', 'Basic [redacted]'],
    ['authorization', 'Digest username="x", response="y"', 'Digest [redacted]'],
    ['authorization', 'abc', '[redacted]'],
    ['authorization', 'my secret', '[redacted]'],
    ['proxy-authorization', 'DPoP x', 'DPoP [redacted]'],
    ['dpop', 'a.b.c', '[redacted]'],
    ['cookie', 'a=1; b="2=3"; c', 'a=[redacted]; b=[redacted]; [redacted]'],
    [
      'set-cookie',
      'sid=1; Path=/?code=x; HttpOnly; SameSite=Lax',
      'sid=[redacted]; Path=/?code=[redacted]; HttpOnly; SameSite=Lax',
    ],
    ['set-cookie', 'sid=; Max-Age=0', 'sid=; Max-Age=0'],
    ['set-cookie', 'value; Path=/', '[redacted]; Path=/'],
    ['x-rapidapi-key', 'abc', '[redacted]'],
    ['X-API-Key', 'abc', '[redacted]'],
    ['ocp-apim-subscription-key', 'abc', '[redacted]'],
    ['x-amz-security-token', 'abc', '[redacted]'],
    ['location', 'https://h/cb?code=abc&x=1', 'https://h/cb?code=[redacted]&x=1'],
    ['x-msisdn', '34600123456', '34*******56'],
  ])('%s: %s', (name, value, expected) => {
    expect(redactorOf().headers([[name, value]])).toEqual([[name, expected]])
  })

  it.each([
    ['content-type', 'application/json; charset=utf-8'],
    ['www-authenticate', 'Bearer error="invalid_token", error_description="The access token 1 expired"'],
    ['www-authenticate', 'DPoP algs=ES256, authorization_uri="https://h/1"'],
    ['x-correlator', '3f0c1a52-9d6e-4f0e-8a57-123456789012'],
    ['idempotency-key', 'abc-1'],
    ['date', 'Mon, 01 Jan 2026 00:00:00 GMT'],
    ['authorization', 'Bearer'],
  ])('keeps %s: %s', (name, value) => {
    expect(redactorOf().headers([[name, value]])).toEqual([[name, value]])
  })
})

describe('a body in JSON', () => {
  it.each([
    ['{"access_token":"abc","token_type":"Bearer"}', '{"access_token":"[redacted]","token_type":"Bearer"}'],
    ['{ "access_token" :\n\t"a\\"b" , "x" : 1 }', '{ "access_token" :\n\t"[redacted]" , "x" : 1 }'],
    ['{"\\u0061ccess_token":"abc"}', '{"\\u0061ccess_token":"[redacted]"}'],
    ['{"accessToken":"abc\\\\"}', '{"accessToken":"[redacted]"}'],
    ['{"id_token":"a","id_token":"b"}', '{"id_token":"[redacted]","id_token":"[redacted]"}'],
    ['{"refresh_token":["a","b"],"x":["c"]}', '{"refresh_token":["[redacted]","[redacted]"],"x":["c"]}'],
    ['{"auth_req_id":12345,"x":12345}', '{"auth_req_id":0,"x":12345}'],
    ['{"access_token":null,"password":true,"a":{"client_secret":""}}', null],
    ['{"code":"SplxlOBeZQQYbYS6WxSbIA"}', '{"code":"[redacted]"}'],
    ['{"code":"UNAUTHENTICATED","status":401}', null],
    ['{"code":"NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"}', null],
    ['{"code":"SVC0001"}', null],
    ['{"code":"invalidAccessToken"}', null],
    ['{"code":40101}', null],
    ['{"error":"invalid_token","state":"ACTIVE","token_endpoint":"https://h/token"}', null],
    ['{"devicePhoneNumber":"+34611222333"}', '{"devicePhoneNumber":"+34*******33"}'],
    ['{"phone_number": "34611222333"}', '{"phone_number": "34*******33"}'],
    ['{"msisdn":34611222333}', '{"msisdn":0}'],
    ['[34600123456,-34600123456.5]', '[0,0]'],
    [
      '{"x":"{\\"access_token\\":\\"abc\\",\\"y\\":1}"}',
      '{"x":"{\\"access_token\\":\\"[redacted]\\",\\"y\\":1}"}',
    ],
    ['{"url":"https://h/?code=a\\u0026x=1"}', '{"url":"https://h/?code=[redacted]\\u0026x=1"}'],
    ['{"message":"\'token\':\'a","b":"it\'s"}', '{"message":"\'token\':\'[redacted]","b":"it\'s"}'],
  ])('%s', (body, expected) => {
    const result = redactorOf().body(body)
    expect(result).toBe(expected ?? body)
    expect(() => JSON.parse(result)).not.toThrow()
  })

  it('that is cut or damaged loses them too', () => {
    const { body } = redactorOf()
    expect(body('{"access_token" : "abc", x')).toBe('{"access_token" : "[redacted]", x')
    expect(body('{"x":1,"access_token":"abc')).toBe('{"x":1,"access_token":"[redacted]')
    expect(body("{'access_token': 'abc'}")).toBe("{'access_token': '[redacted]'}")
    expect(body('&quot;access_token&quot;:&quot;abc&quot;')).toBe(
      '&quot;access_token&quot;:&quot;[redacted]&quot;',
    )
    expect(body('%7B%22access_token%22%3A%22abc%22%7D')).toBe('%7B%22access_token%22%3A%22[redacted]%22%7D')
  })
})

it.each([
  [
    'grant_type=authorization_code&code=abc&code_verifier=def&client_id=x',
    'grant_type=authorization_code&code=[redacted]&code_verifier=[redacted]&client_id=x',
  ],
  [
    'client_assertion_type=urn%3Ax&client_assertion=abc',
    'client_assertion_type=urn%3Ax&client_assertion=[redacted]',
  ],
  ['<input type="hidden" name="code" value="abc"/>', '<input type="hidden" name="code" value="[redacted]"/>'],
  ['<input value="abc" name="state">', '<input value="[redacted]" name="state">'],
  [
    '<ns:access_token>abc</ns:access_token><code>ls</code>',
    '<ns:access_token>[redacted]</ns:access_token><code>ls</code>',
  ],
  [
    'sent Authorization: Basic aWQ6c2VjcmV0, Basic authentication',
    'sent Authorization: Basic [redacted], Basic authentication',
  ],
  ['sent Bearer abc123def456ghi. Bearer authentication', 'sent Bearer [redacted] Bearer authentication'],
])('a body that is no JSON: %s', (body, expected) => {
  expect(redactorOf().body(body)).toBe(expected)
})

describe('a secret that is an ordinary word', () => {
  const ordinary = ['secret', 'no', 'code', 'true', 'id', 'test-client']

  it.each([
    'The client secret is wrong: no code, so the test client has no id. It is true.',
    '{"secret_code":true,"id":"no-one","code":"secrets","true":["codes"]}',
    'id=x&code_challenge=secretive&no=1',
  ])('leaves words alone: %s', (text) => {
    expect(redactorOf(...ordinary).body(text)).toBe(text)
  })

  it.each([
    [
      '{"a":"secret","b":["no"],"c":{"true":"true"},"d":true}',
      '{"a":"[redacted]","b":["[redacted]"],"c":{"true":"[redacted]"},"d":true}',
    ],
    [
      '{"a":"s\\u0065cret","b":"c2VjcmV0","c":"736563726574"}',
      '{"a":"[redacted]","b":"[redacted]","c":"[redacted]"}',
    ],
    ['https://h/p?a=secret&b=no#c=%63ode', 'https://h/p?a=[redacted]&b=[redacted]#c=[redacted]'],
    ['a=test-client&b=x', 'a=[redacted]&b=x'],
    ['secret', '[redacted]'],
    ['"secret"', '"[redacted]"'],
  ])('is gone where it is a value: %s', (text, expected) => {
    expect(redactorOf(...ordinary).body(text)).toBe(expected)
  })
})

it('a short secret that is no ordinary word is gone where it stands alone, and not as a name', () => {
  const text = 'k9x, k9x. "k9xq":"k9xq" k9xq=1 ak9xq k9xq-1 (k9xq) K9XQ'
  expect(redactorOf('k9xq').text(text)).toBe(
    'k9x, k9x. "k9xq":"[redacted]" k9xq=1 ak9xq k9xq-1 ([redacted]) K9XQ',
  )
})

describe('a secret in other clothes', () => {
  const secret = 'Zk3/q9=Lw&7"pX2vB8é'
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const hex = Buffer.from(secret).toString('hex')
  it.each([
    ['entities', [...secret].map((c) => `&#${c.codePointAt(0)};`).join('')],
    ['entities in hexadecimal', [...secret].map((c) => `&#x${c.codePointAt(0)?.toString(16)};`).join('')],
    ['named entities', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['named entities twice', secret.replaceAll('&', '&amp;amp;').replaceAll('"', '&amp;quot;')],
    ['\\u', [...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
    [
      '\\u in JSON in JSON',
      [...secret].map((c) => `\\\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    ['JSON in JSON', JSON.stringify(JSON.stringify(secret))],
    ['slashes that are escaped', secret.replaceAll('/', '\\/')],
    ['hexadecimal with colons', hex.replace(/(..)(?=.)/g, '$1:')],
    ['hexadecimal with spaces, in capitals', hex.toUpperCase().replace(/(..)(?=.)/g, '$1 ')],
    ['base64 twice', base64(base64(secret))],
    ['base64 twice, in something longer', base64(`x${base64(`xy${secret}`)}`)],
    ['base64 in lines', base64(secret).replace(/(.{8})/g, '$1\r\n')],
    ['reversed', [...secret].toReversed().join('')],
    ['split by white space', [...secret].join(' ')],
    ['split by lines', secret.replace(/(.{5})/g, '$1\n')],
    ['split by nothing to see', [...secret].join('\u200b')],
    ['quoted-printable', secret.replace('=', '=3D').replace('é', '=C3=A9').replace('pX', 'p=\r\nX')],
    ['its first 12 characters', secret.slice(0, 12)],
    ['its beginning, at the end of a text that was cut', `${'x '.repeat(20)}${secret.slice(0, 8)}`],
  ])('is gone: %s', (_what, form) => {
    const result = redactorOf(secret).body(form)
    expect(result).toContain('[redacted]')
    expect(result.replace(/x /g, '').length).toBeLessThan(20)
  })

  it('is gone: each part of a JWT', () => {
    const parts = ['{"alg":"RS256"}', '{"sub":"abc","exp":1}', 'a signature of bytes'].map((part) =>
      Buffer.from(part).toString('base64url'),
    )
    const { text } = redactorOf(parts.join('.'))
    expect(text(`${parts[1]} and ${parts[2]}`)).toBe('[redacted] and [redacted]')
    expect(text(`${parts[0]}.${parts[1]?.slice(0, 14)}`)).toBe('[redacted]')
  })

  it('is gone: a private key, in lines or as a JWK', () => {
    const body = Buffer.from(Array.from({ length: 150 }, (_, i) => (i * 7919) % 256)).toString('base64')
    const pem = `-----BEGIN PRIVATE KEY-----\n${body.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`
    const jwk = { kty: 'EC', crv: 'P-256', x: 'public-value-1234567890', d: 'private-value-1234567890' }
    const { body: redact } = redactorOf(pem, JSON.stringify(jwk))
    expect(redact(JSON.stringify({ pem }))).toBe(
      '{"pem":"-----BEGIN PRIVATE KEY-----\\n[redacted]\\n-----END PRIVATE KEY-----\\n"}',
    )
    expect(redact(JSON.stringify({ keys: [jwk] }))).toContain(
      '"x":"public-value-1234567890","d":"[redacted]"',
    )
    expect(redact('a private key begins')).toBe('a private key begins')
  })
})

it('a secret is gone with the signs at its ends', () => {
  expect(redactorOf('--Zk3q9Lw7pX2v-').text('<--Zk3q9Lw7pX2v-> Zk3q9Lw7pX2v-')).toBe(
    '<[redacted]> [redacted]',
  )
})

it('a secret is not put together from two strings, nor words eaten that it begins with', () => {
  const body = '["q8Zk3vB8","Lw7pX2aa"]'
  expect(redactorOf('q8Zk3vB8","Lw7pX2aa', 'q8Zk3vB8Lw7pX2aa').body(body)).toBe(body)
  expect(redactorOf('client-secret-Zk3q9Lw7pX2').body('a client secret')).toBe('a client secret')
})

it.each([number, number.slice(1)])('a hash of the number is gone: SHA-256 of %s', (text) => {
  const hash = createHash('sha256').update(text).digest()
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    expect(redactorOf().body(`{"x":"${hash.toString(encoding)}"}`)).toMatch(/^\{"x":"\[redacted\]=?"\}$/)
  }
})
