// What is wrong with an ID token: these claims, these codes; signatures by jose, with keys of every kind.
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it, test } from 'vitest'
import { type ExpectedIdToken, readKeySet, reviewIdToken } from '../../../src/oauth/id-token.ts'

const nowSeconds = 1_750_000_000
const issuer = 'https://operator.example'
const accessToken = 'an-access-token'
const clientSecret = 'a-secret-of-thirty-two-bytes-or-more'
const claims = {
  iss: issuer,
  sub: 'a-line',
  aud: 'my-app',
  exp: nowSeconds + 300,
  iat: nowSeconds,
  nonce: 'our-nonce',
}
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')
const publish = (...keys: Array<[KeyObject, object?]>) => ({
  keys: keys.map(([key, more]) => ({ ...key.export({ format: 'jwk' }), ...more })),
})

function sign(changes: object = {}, key: KeyObject | Uint8Array = rsa.privateKey, header: object = {}) {
  return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'RS256', ...header }).sign(key)
}

async function codesOf(idToken: string, changes: Partial<ExpectedIdToken> = {}): Promise<string[]> {
  const nonce = 'our-nonce'
  const expected = { clientId: 'my-app', clientSecret, issuer, nonce, accessToken, nowSeconds, keys: null }
  return (await reviewIdToken(idToken, { ...expected, ...changes })).map(({ code }) => code)
}

const halfHash = (bits: number) => {
  const hash = createHash(`sha${bits}`).update(accessToken).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

it.each<[string, object, string[]]>([
  ['nothing wrong', {}, []],
  ['another nonce', { nonce: 'theirs' }, ['nonce_differs']],
  ['no nonce', { nonce: undefined }, ['nonce_differs']],
  ['another issuer', { iss: 'https://other.example' }, ['id_token_issuer']],
  ['the issuer with a slash more', { iss: `${issuer}/` }, ['id_token_issuer']],
  ['no issuer', { iss: undefined }, ['id_token_issuer', 'id_token_incomplete']],
  ['another audience', { aud: 'your-app' }, ['id_token_audience']],
  ['our audience in a list', { aud: ['my-app'] }, []],
  ['our audience among others', { aud: ['my-app', 'x'], azp: 'my-app' }, []],
  ['our audience among others, and no azp', { aud: ['my-app', 'x'] }, ['id_token_audience']],
  ['another authorized party', { azp: 'your-app' }, ['id_token_audience']],
  ['no audience', { aud: undefined }, ['id_token_audience', 'id_token_incomplete']],
  ['expired within the tolerance', { exp: nowSeconds - 59 }, []],
  ['expired', { exp: nowSeconds - 61 }, ['id_token_expired']],
  ['an exp that is a text', { exp: '2030-01-01' }, ['id_token_expired']],
  ['no exp', { exp: undefined }, ['id_token_expired', 'id_token_incomplete']],
  ['no subject', { sub: undefined }, ['id_token_incomplete']],
  ['the hash of the access token', { at_hash: halfHash(256) }, []],
  ['the hash of another access token', { at_hash: 'x'.repeat(22) }, ['id_token_access_token']],
  [
    'everything at once',
    { iss: 'x', aud: 'x', exp: 1, nonce: 'x', at_hash: 'x', sub: undefined },
    [
      'nonce_differs',
      'id_token_issuer',
      'id_token_audience',
      'id_token_expired',
      'id_token_access_token',
      'id_token_incomplete',
    ],
  ],
])('%s', async (_, changes, codes) => {
  // jose checks the types of registered claims, so that a wrong one is put in by hand.
  const payload = Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url')
  const header = Buffer.from('{"alg":"RS256"}').toString('base64url')
  expect(await codesOf(`${header}.${payload}.c2lnbmF0dXJl`)).toEqual(codes)
})

it.each<[string, object, Partial<ExpectedIdToken>]>([
  ['another issuer, where none is known', { iss: 'https://other.example' }, { issuer: null }],
  ['another nonce, where none was sent', { nonce: 'theirs' }, { nonce: undefined }],
])('%s, is fine', async (_, changes, expected) => {
  expect(await codesOf(await sign(changes), expected)).toEqual([])
})

it('an unsigned one is wrong, also where no keys are known', async () => {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  const header = Buffer.from('{"alg":"none"}').toString('base64url')
  expect(await codesOf(`${header}.${payload}.`, { keys: null })).toEqual(['id_token_signature'])
})

it.each([
  ['empty', ''],
  ['no JWT', 'opaque'],
  ['encrypted', 'a.b.c.d.e'],
  ['two parts', 'e30.e30'],
  ['no JSON', 'e30.bm90IGpzb24.x'],
  ['an array', 'e30.W10.x'],
])('%s is unreadable', async (_, idToken) => {
  expect(await codesOf(idToken)).toEqual(['id_token_unreadable'])
})

describe('the signature', () => {
  const published = publish([rsa.publicKey, { kid: 'rsa' }], [p256.publicKey], [ed25519.publicKey])

  it.each<[string, () => Promise<string>, ExpectedIdToken['keys'], string[]]>([
    ['RS256 with a kid', () => sign({}, rsa.privateKey, { kid: 'rsa' }), published, []],
    ['RS256 without a kid', () => sign(), published, []],
    ['PS256', () => sign({}, rsa.privateKey, { alg: 'PS256' }), published, []],
    ['ES256', () => sign({}, p256.privateKey, { alg: 'ES256' }), published, []],
    ['EdDSA', () => sign({}, ed25519.privateKey, { alg: 'EdDSA' }), published, []],
    ['EdDSA by its newer name', () => sign({}, ed25519.privateKey, { alg: 'Ed25519' }), published, []],
    [
      'one of two keys that could be it',
      () => sign({}, otherRsa.privateKey),
      publish([rsa.publicKey], [otherRsa.publicKey]),
      [],
    ],
    [
      'HS256 with the client secret',
      () => sign({}, Buffer.from(clientSecret), { alg: 'HS256' }),
      published,
      [],
    ],
    [
      'HS256 with another secret',
      () => sign({}, Buffer.from('another'.repeat(5)), { alg: 'HS256' }),
      published,
      ['id_token_signature'],
    ],
    ['a key that is not published', () => sign({}, otherRsa.privateKey), published, ['id_token_signature']],
    [
      'neither of two keys that could be it',
      () => sign({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      publish([rsa.publicKey], [otherRsa.publicKey]),
      ['id_token_signature'],
    ],
    ['an unknown kid', () => sign({}, rsa.privateKey, { kid: 'x' }), published, ['id_token_signature']],
    ['no key at all', () => sign(), { keys: [] }, ['id_token_signature']],
    ['a key that is none', () => sign(), { keys: [{ kty: 'RSA', n: 1, e: 'x' }] }, ['id_token_signature']],
    [
      'no signature',
      () => Promise.resolve(new UnsecuredJWT(claims).encode()),
      published,
      ['id_token_signature'],
    ],
    [
      'an algorithm that nobody knows',
      async () => {
        const [, payload] = (await sign()).split('.')
        return `${Buffer.from('{"alg":["x"]}').toString('base64url')}.${payload}.x`
      },
      published,
      ['id_token_signature'],
    ],
    ['keys that are not known', () => sign({}, otherRsa.privateKey), null, []],
  ])('of %s', async (_, idToken, keys, codes) => {
    expect(await codesOf(await idToken(), { keys })).toEqual(codes)
  })

  test('of claims that were changed is wrong, whatever else is right', async () => {
    const [header, , signature] = (await sign()).split('.')
    const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'another' })).toString('base64url')
    expect(await codesOf(`${header}.${payload}.${signature}`, { keys: published })).toEqual([
      'id_token_signature',
    ])
  })
})

it.each([
  ['EdDSA', 512],
  ['ES256', 256],
  ['PS384', 384],
])('at_hash of %s is half of SHA-%d', async (alg, bits) => {
  const header = Buffer.from(JSON.stringify({ alg })).toString('base64url')
  const payload = Buffer.from(JSON.stringify({ ...claims, at_hash: halfHash(bits) })).toString('base64url')
  expect(await codesOf(`${header}.${payload}.x`)).toEqual([])
})

it.each(['', '[]', '{}', '{"keys":{}}', '{"keys":[1]}', '{"keys":[null]}', '{"keys":[[]]}', '<html>'])(
  '%j is no set of keys',
  (text) => expect(readKeySet(text)).toBeNull(),
)

test('a set of keys is read as it is', () => {
  expect(readKeySet('{"keys":[{"kty":"RSA"},{"kty":"x"}],"more":1}')).toEqual({
    keys: [{ kty: 'RSA' }, { kty: 'x' }],
  })
  expect(readKeySet('{"keys":[{"kty":"RSA"},1]}')).toBeNull()
})

test.each<[string, object, object]>([
  ['a nonce of another', { nonce: 'x' }, { code: 'nonce_differs', facts: { isMissing: false } }],
  ['no nonce', { nonce: undefined }, { code: 'nonce_differs', facts: { isMissing: true } }],
  ['another issuer', { iss: 5 }, { code: 'id_token_issuer', facts: { issuer, found: '5' } }],
  ['no issuer', { iss: undefined }, { code: 'id_token_issuer', facts: { issuer, found: 'nothing' } }],
  ['its end an hour ago', { exp: nowSeconds - 3600 }, { code: 'id_token_expired', facts: { seconds: 3600 } }],
  ['an end that is no time', { exp: 'soon' }, { code: 'id_token_expired', facts: { seconds: null } }],
  [
    'the audience of others',
    { aud: ['a', 'b'], azp: 'a' },
    { code: 'id_token_audience', facts: { clientId: 'my-app', found: 'a, b', authorizedParty: 'a' } },
  ],
  [
    'another party',
    { azp: 'a' },
    { code: 'id_token_audience', facts: { clientId: 'my-app', found: 'my-app', authorizedParty: 'a' } },
  ],
  [
    'no subject',
    { sub: undefined, iat: undefined },
    { code: 'id_token_incomplete', facts: { missing: 'sub, iat' } },
  ],
])('%s is said with what it is', async (_what, changes, note) => {
  const idToken = unsigned({ ...claims, ...changes })
  const expected = { clientId: 'my-app', clientSecret, issuer, accessToken, nowSeconds, keys: null }
  const notes = await reviewIdToken(idToken, { ...expected, nonce: 'our-nonce' })
  expect(notes).toContainEqual(note)
})

test('our client as the authorized party is right', async () => {
  expect(await codesOf(unsigned({ ...claims, azp: 'my-app' }))).toEqual([])
})

/** A token of an algorithm whose signature nobody looks at without keys. */
function unsigned(members: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(members)}.x`
}
