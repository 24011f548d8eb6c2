// Client authentication: what each method adds to a token request, and which keys it takes.
import { constants, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type AuthMethod,
  authMethods,
  type ClientCredentials,
  createClientAuthentication,
  formEncode,
} from '../../../src/oauth/client-authentication.ts'
import type { KeyAlgorithm } from '../../../src/oauth/signing-key.ts'

const nowSeconds = 1_750_000_000
/** A clock that is not that of the machine. */
const sources = {
  clock: { now: () => nowSeconds * 1000 + 999 },
  random: (count: number) => randomBytes(count),
}
const tokenUrl = 'https://gateway.example/apigateway/token?tenant=1'

interface Authenticated {
  headers: Record<string, string>
  body: URLSearchParams
}

/** Authenticates an empty token request. */
async function authenticate(
  credentials: Partial<ClientCredentials> & { method: AuthMethod },
): Promise<Authenticated> {
  const request = { url: tokenUrl, headers: {}, body: new URLSearchParams() }
  const client = { clientId: 'my-app', clientSecret: '', key: '', keyId: null, keyAlgorithm: null }
  const given = { ...client, assertionAudience: 'endpoint', issuer: null }
  const add = createClientAuthentication({ ...given, ...credentials }, sources)
  await add(request)
  return request
}

const decodeBasic = ({ headers }: Authenticated) =>
  Buffer.from(headers['authorization']?.replace('Basic ', '') ?? '', 'base64').toString('utf8')

describe('client_secret_basic', () => {
  it.each<[string, string, string]>([
    ['mock_sandbox_app_id', 'mock_sandbox_app_secret', 'mock_sandbox_app_id:mock_sandbox_app_secret'],
    ['a-b_c.d*e', 'A-Z_0.9*', 'a-b_c.d*e:A-Z_0.9*'],
    ['id:with', 'se:cret', 'id%3Awith:se%3Acret'],
    ['a b', 'c+d/e=f', 'a+b:c%2Bd%2Fe%3Df'],
    ['100%', "~!'()", '100%25:%7E%21%27%28%29'],
    ['ü', '€', '%C3%BC:%E2%82%AC'],
  ])('%s and %s: %s', async (clientId, clientSecret, expected) => {
    const request = await authenticate({ method: 'client_secret_basic', clientId, clientSecret })
    expect(decodeBasic(request)).toBe(expected)
    expect([...request.body]).toEqual([])
  })

  it('agrees with what the samples send, where nothing is reserved', async () => {
    const request = await authenticate({
      method: 'client_secret_basic',
      clientId: 'mock_sandbox_app_id',
      clientSecret: 'mock_sandbox_app_secret',
    })
    expect(request.headers['authorization']).toBe(
      `Basic ${btoa('mock_sandbox_app_id:mock_sandbox_app_secret')}`,
    )
  })

  it('form-encodes as the WHATWG does', () => {
    expect(formEncode('a b&c=d')).toBe('a+b%26c%3Dd')
  })
})

it('client_secret_basic_raw encodes nothing', async () => {
  const request = await authenticate({
    method: 'client_secret_basic_raw',
    clientId: 'a b',
    clientSecret: 'c+d/e=%ü',
  })
  expect(decodeBasic(request)).toBe('a b:c+d/e=%ü')
})

it('client_secret_post puts id and secret into the body', async () => {
  const { headers, body } = await authenticate({ method: 'client_secret_post', clientSecret: 'a&b=c ü' })
  expect(Object.fromEntries(body)).toEqual({ client_id: 'my-app', client_secret: 'a&b=c ü' })
  expect(headers).toEqual({})
})

it('none puts the id alone into the body', async () => {
  const { headers, body } = await authenticate({ method: 'none', clientSecret: 'unused' })
  expect(Object.fromEntries(body)).toEqual({ client_id: 'my-app' })
  expect(headers).toEqual({})
})

interface Jwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  signedText: string
  signature: Buffer
}

function readJwt(text: string): Jwt {
  const [header = '', payload = '', signature = ''] = text.split('.')
  const decode = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  return {
    header: decode(header),
    claims: decode(payload),
    signedText: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

function isSigned({ header, signedText, signature }: Jwt, key: KeyObject): boolean {
  const data = Buffer.from(signedText)
  if (header['alg'] === 'ES256') return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  if (header['alg'] === 'PS256') return verify('sha256', data, { key, padding, saltLength: 32 }, signature)
  return verify(header['alg'] === 'RS256' ? 'sha256' : null, data, key, signature)
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')

type Pair = { publicKey: KeyObject; privateKey: KeyObject }
const pem = ({ privateKey }: Pair, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  String(privateKey.export({ type, format: 'pem' }))
const jwk = ({ privateKey }: Pair, more = {}) =>
  JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...more })

describe('private_key_jwt', () => {
  const audienceOf = async (assertionAudience: string, issuer: string | null = null) => {
    const { body } = await authenticate({
      method: 'private_key_jwt',
      key: jwk(p256),
      assertionAudience,
      issuer,
    })
    return readJwt(body.get('client_assertion') ?? '').claims['aud']
  }

  it('is made out to the endpoint, to the issuer, or to a value', async () => {
    expect(await audienceOf('endpoint', 'https://issuer.example')).toBe(tokenUrl)
    expect(await audienceOf('issuer', 'https://issuer.example')).toBe('https://issuer.example')
    expect(await audienceOf('https://other.example/token')).toBe('https://other.example/token')
    await expect(audienceOf('issuer')).rejects.toThrow('no issuer is known')
  })

  it.each<[string, Pair, string, string, string | undefined]>([
    ['RSA as PKCS #8', rsa, pem(rsa, 'pkcs8'), 'RS256', undefined],
    ['RSA as PKCS #1', rsa, pem(rsa, 'pkcs1'), 'RS256', undefined],
    ['RSA as a JWK with a kid', rsa, jwk(rsa, { kid: 'key-1' }), 'RS256', 'key-1'],
    ['P-256 as PKCS #8', p256, pem(p256, 'pkcs8'), 'ES256', undefined],
    ['P-256 as SEC 1', p256, pem(p256, 'sec1'), 'ES256', undefined],
    ['P-256 as a JWK with a kid', p256, jwk(p256, { kid: 'key-2' }), 'ES256', 'key-2'],
    ['Ed25519 as PKCS #8', ed25519, pem(ed25519, 'pkcs8'), 'EdDSA', undefined],
    ['Ed25519 as a JWK', ed25519, jwk(ed25519), 'EdDSA', undefined],
    ['a JWK that names PS256', rsa, jwk(rsa, { alg: 'PS256' }), 'PS256', undefined],
    ['a JWK that names Ed25519', ed25519, jwk(ed25519, { alg: 'Ed25519' }), 'EdDSA', undefined],
    ['a JWK whose kid is no text', rsa, jwk(rsa, { kid: 7 }), 'RS256', undefined],
    [
      'PEM with CRLF, a BOM and lines around it',
      rsa,
      `\uFEFF\r\n${pem(rsa, 'pkcs8').replaceAll('\n', '\r\n')}\r\n`,
      'RS256',
      undefined,
    ],
    ['a JWK with lines around it', p256, `\n${jwk(p256)}\n`, 'ES256', undefined],
  ])('%s: signed, and claims as CAMARA has them', async (_, pair, key, algorithm, kid) => {
    const { headers, body } = await authenticate({ method: 'private_key_jwt', key })
    const { client_assertion: assertion = '', ...others } = Object.fromEntries(body)
    const jwt = readJwt(assertion)
    expect(others).toEqual({
      client_id: 'my-app',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    expect(headers).toEqual({})
    expect(isSigned(jwt, pair.publicKey)).toBe(true)
    expect(jwt.header).toEqual({ alg: algorithm, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
    const { iat, exp, jti, ...claims } = jwt.claims
    expect(claims).toEqual({ iss: 'my-app', sub: 'my-app', aud: tokenUrl })
    expect(jti).toMatch(/^[\w-]{32}$/)
    expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(300)
  })

  it.each([-60, -1, 0, 1, 120])('survives a server whose clock is %d s off', async (skewSeconds) => {
    const { body } = await authenticate({ method: 'private_key_jwt', key: jwk(p256) })
    const { iat, exp } = readJwt(body.get('client_assertion') ?? '').claims
    expect(Number(iat)).toBeLessThanOrEqual(nowSeconds + skewSeconds)
    expect(Number(exp)).toBeGreaterThan(nowSeconds + skewSeconds)
    expect(Number(exp) - (nowSeconds + skewSeconds)).toBeLessThanOrEqual(300)
  })

  it.each<[string, string, KeyAlgorithm | null, string | null, object]>([
    ['the algorithm that was asked for', jwk(rsa), 'PS256', null, { alg: 'PS256' }],
    ['the kid that was asked for', pem(p256, 'sec1'), null, 'mine', { alg: 'ES256', kid: 'mine' }],
    [
      'the kid that was asked for, over that of the JWK',
      jwk(rsa, { kid: 'x' }),
      null,
      'mine',
      { kid: 'mine' },
    ],
    ['an algorithm that says what the JWK says', jwk(rsa, { alg: 'PS256' }), 'PS256', null, { alg: 'PS256' }],
  ])('takes %s', async (_, key, keyAlgorithm, keyId, header) => {
    const { body } = await authenticate({ method: 'private_key_jwt', key, keyAlgorithm, keyId })
    const jwt = readJwt(body.get('client_assertion') ?? '')
    expect(jwt.header).toMatchObject(header)
    expect([rsa, p256].some(({ publicKey }) => isSigned(jwt, publicKey))).toBe(true)
  })

  it.each<[string, string, KeyAlgorithm | null, RegExp]>([
    ['another algorithm than its JWK names', jwk(rsa, { alg: 'RS256' }), 'PS256', /RS256.*PS256/],
    ['ES256 and an RSA key', pem(rsa, 'pkcs8'), 'ES256', /RS256.*ES256/],
    ['RS256 and a P-256 key', pem(p256, 'pkcs8'), 'RS256', /ES256.*RS256/],
    ['EdDSA and a P-256 key', jwk(p256), 'EdDSA', /ES256.*EdDSA/],
    ['a JWK for another algorithm', jwk(rsa, { alg: 'RS512' }), null, /RS256.*RS512/],
  ])('refuses %s, and names both', async (_, key, keyAlgorithm, names) => {
    await expect(authenticate({ method: 'private_key_jwt', key, keyAlgorithm })).rejects.toThrow(names)
  })

  it('has a new jti in each request', async () => {
    const jtis = new Set<unknown>()
    for (let count = 0; count < 20; count++) {
      const { body } = await authenticate({ method: 'private_key_jwt', key: jwk(p256) })
      jtis.add(readJwt(body.get('client_assertion') ?? '').claims['jti'])
    }
    expect(jtis.size).toBe(20)
  })
})

describe('application_jwt', () => {
  it('is a bearer JWT that names the application', async () => {
    const { headers, body } = await authenticate({ method: 'application_jwt', key: pem(rsa, 'pkcs8') })
    const jwt = readJwt(headers['authorization']?.replace('Bearer ', '') ?? '')
    expect(isSigned(jwt, rsa.publicKey)).toBe(true)
    expect(jwt.header).toEqual({ alg: 'RS256', typ: 'JWT' })
    expect(jwt.claims).toMatchObject({ application_id: 'my-app', jti: expect.any(String) as string })
    expect(Number(jwt.claims['exp']) - Number(jwt.claims['iat'])).toBeLessThanOrEqual(300)
    expect(Number(jwt.claims['iat'])).toBeLessThan(nowSeconds)
    expect([...body]).toEqual([])
  })

  it('has a new jti each time', async () => {
    const one = await authenticate({ method: 'application_jwt', key: jwk(rsa) })
    const other = await authenticate({ method: 'application_jwt', key: jwk(rsa) })
    expect(one.headers).not.toEqual(other.headers)
  })

  it('takes an RSA key only', async () => {
    await expect(authenticate({ method: 'application_jwt', key: pem(p256, 'pkcs8') })).rejects.toThrow(
      'it signs with ES256, and application_jwt takes RS256 only, of an RSA key',
    )
    const keyAlgorithm = 'PS256'
    await expect(authenticate({ method: 'application_jwt', key: jwk(rsa), keyAlgorithm })).rejects.toThrow(
      'it signs with PS256',
    )
  })
})

describe('a key that can not be used is refused with the reason, and not quoted', () => {
  const canary = 'canary-key-Zx9'
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const x25519 = generateKeyPairSync('x25519')
  const rsaPss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  const encrypted = (type: 'pkcs8' | 'pkcs1') =>
    String(rsa.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }))
  const publicPem = (type: 'spki' | 'pkcs1') => String(rsa.publicKey.export({ type, format: 'pem' }))
  it.each<[string, string, string]>([
    ['a public key', publicPem('spki'), 'it is a public key'],
    ['a public key as PKCS #1', publicPem('pkcs1'), 'it is a public key'],
    [
      'a public JWK',
      JSON.stringify(rsa.publicKey.export({ format: 'jwk' })),
      'it is a public JWK, without the member d',
    ],
    [
      'a certificate',
      `-----BEGIN CERTIFICATE-----\n${canary}\n-----END CERTIFICATE-----`,
      'it is a certificate',
    ],
    ['an encrypted key', encrypted('pkcs8'), 'it is protected by a passphrase'],
    ['an encrypted key as PKCS #1', encrypted('pkcs1'), 'it is protected by a passphrase'],
    [
      'an OpenSSH key',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n-----END OPENSSH PRIVATE KEY-----`,
      'it is in the format of OpenSSH',
    ],
    ['P-384', pem(p384, 'pkcs8'), 'it is a key of another kind (secp384r1)'],
    ['P-384 as a JWK', jwk(p384), 'it is a key of another kind (secp384r1)'],
    ['secp256k1', pem(secp256k1, 'pkcs8'), 'it is a key of another kind (secp256k1)'],
    ['X25519', pem(x25519, 'pkcs8'), 'it is a key of another kind (x25519)'],
    ['RSA-PSS', pem(rsaPss, 'pkcs8'), 'it is a key of another kind (rsa-pss)'],
    ['RSA of 1024 bits', pem(shortRsa, 'pkcs8'), 'it has 1024 bits, and RS256 needs 2048'],
    ['garbage', canary, 'it is neither PEM nor JWK'],
    [
      'garbage between the lines of PEM',
      `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
      'it looks like a PEM key, but it is damaged',
    ],
    ['nothing', ' \n', 'the file is empty'],
    ['broken JSON', `{"kty":"RSA","d":"${canary}`, 'it starts like JSON, but is not valid JSON'],
    [
      'JSON with the key after its end',
      `{"kty":"RSA"} ${canary}`,
      'it starts like JSON, but is not valid JSON',
    ],
    ['a JWK of numbers', `{"kty":"RSA","d":123456789,"n":"${canary}"}`, 'it is not a valid JWK'],
    ['a JWK of an unknown kind', `{"kty":"${canary}","d":"${canary}"}`, 'it is not a valid JWK'],
  ])('%s: %s', async (_, key, reason) => {
    const error = await authenticate({ method: 'private_key_jwt', key }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    const { message, stack, cause } = error as Error
    expect(message).toContain(reason)
    expect(`${message}${stack}${String(cause)}`).not.toContain(canary)
    for (const line of key.split('\n').filter((text) => text.length > 40 && !text.startsWith('-----')))
      expect(`${message}${stack}`).not.toContain(line.slice(0, 30))
  })
})

it('every method is one that settings can name', () => {
  expect(authMethods).toEqual([
    'client_secret_basic',
    'client_secret_basic_raw',
    'client_secret_post',
    'private_key_jwt',
    'application_jwt',
    'none',
  ])
})
