// Client authentication: how a request to the token endpoint proves who sends it.
import { createPrivateKey, type JsonWebKey, type KeyObject, sign, type webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'

/** A token request that client authentication adds to. */
export interface UnauthenticatedRequest {
  url: string
  headers: Record<string, string>
  body: URLSearchParams
}

export type ClientAuthentication = (request: UnauthenticatedRequest) => void | Promise<void>

export const authMethods = [
  'client_secret_basic',
  'client_secret_basic_raw',
  'client_secret_post',
  'private_key_jwt',
  'application_jwt',
  'none',
] as const
export type AuthMethod = (typeof authMethods)[number]

/** The algorithms that assertions, request objects and DPoP proofs are signed with. */
export const keyAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

/** Methods that need a private key in place of a secret. */
export const keyMethods: readonly AuthMethod[] = ['private_key_jwt', 'application_jwt']

export interface ClientCredentials {
  method: AuthMethod
  clientId: string
  /** Empty for methods that need none. */
  clientSecret: string
  /** A private key as PEM (PKCS #8, SEC 1, PKCS #1) or JWK; empty for methods that need none. */
  key: string
}

/** What an assertion is valid for; CAMARA allows 300 s at most. In seconds. */
const assertionLifetimeSeconds = 60

/** Chooses the client authentication. Throws an error that names the rule when the key can't be used. */
export async function createClientAuthentication(
  credentials: ClientCredentials,
): Promise<ClientAuthentication> {
  const { method, clientId, clientSecret, key } = credentials
  const methods: Record<AuthMethod, () => ClientAuthentication | Promise<ClientAuthentication>> = {
    client_secret_basic: () => basic(`${formEncode(clientId)}:${formEncode(clientSecret)}`),
    client_secret_basic_raw: () => basic(`${clientId}:${clientSecret}`),
    client_secret_post: () => inBody({ client_id: clientId, client_secret: clientSecret }),
    private_key_jwt: () => privateKeyJwt(clientId, readKey(key)),
    application_jwt: () => applicationJwt(clientId, readKey(key)),
    none: () => inBody({ client_id: clientId }),
  }
  return methods[method]()
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function inBody(parameters: Record<string, string>): ClientAuthentication {
  return ({ body }) => {
    for (const [name, value] of Object.entries(parameters)) body.set(name, value)
  }
}

/**
 * Authenticates with HTTP Basic. Id and secret are form-encoded first as the WHATWG does, which leaves letters,
 * digits and `*-._` alone, so that it agrees with servers that don't decode; the raw form is for the others.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function basic(credentials: string): ClientAuthentication {
  return ({ headers }) => {
    headers['authorization'] = `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
  }
}

/** Encodes one value as `application/x-www-form-urlencoded` of the WHATWG URL standard does. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}

/**
 * Authenticates with a signed assertion whose audience is the full URL of the token endpoint, as CAMARA has it.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 */
async function privateKeyJwt(clientId: string, { object, kid }: PrivateKey): Promise<ClientAuthentication> {
  const key = await toCryptoKey(object)
  return async ({ url, headers, body }) => {
    const authenticate = oauth.PrivateKeyJwt(kid === undefined ? key : { key, kid }, {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload['aud'] = url
        payload['exp'] = Number(payload['iat']) + assertionLifetimeSeconds
      },
    })
    await authenticate({ issuer: new URL(url).origin }, { client_id: clientId }, body, new Headers(headers))
  }
}

/**
 * Authenticates with a bearer JWT (RS256) that names the application, as Vonage has it.
 * @see https://developer.vonage.com/en/getting-started/concepts/authentication#json-web-tokens
 */
function applicationJwt(applicationId: string, { object }: PrivateKey): ClientAuthentication {
  if (object.asymmetricKeyType !== 'rsa')
    throw new Error('it is no RSA key, and application_jwt is signed with one')
  requireLength(object)
  return ({ headers }) => {
    const issuedAt = Math.floor(Date.now() / 1000)
    const claims = {
      application_id: applicationId,
      iat: issuedAt,
      exp: issuedAt + assertionLifetimeSeconds,
      jti: oauth.generateRandomState(),
    }
    const [header, payload] = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part), 'utf8').toString('base64url'),
    )
    const signature = sign('sha256', Buffer.from(`${header}.${payload}`), object).toString('base64url')
    headers['authorization'] = `Bearer ${header}.${payload}.${signature}`
  }
}

interface PrivateKey {
  object: KeyObject
  /** Of a JWK that names itself. */
  kid: string | undefined
}

/** Reads a private key. Throws an error that says what is wrong with it, and never quotes it. */
function readKey(text: string): PrivateKey {
  const key = text.replace(/^\uFEFF/, '').trim()
  const jwk = key.startsWith('{') ? parseJwk(key) : null
  try {
    return jwk === null
      ? { object: createPrivateKey(key), kid: undefined }
      : {
          object: createPrivateKey({ key: jwk, format: 'jwk' }),
          kid: typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined,
        }
  } catch {
    // The error of Node is not handed on: of a JWK it may quote a member.
    throw new Error(whyUnreadable(key, jwk))
  }
}

function whyUnreadable(key: string, jwk: JsonWebKey | null): string {
  if (jwk !== null)
    return jwk.d === undefined ? 'it is a public JWK, without the member d' : 'it is no valid JWK'
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(key)) return 'it is a public key'
  if (key.includes('-----BEGIN CERTIFICATE-----')) return 'it is a certificate, which holds a public key only'
  if (/-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED/.test(key)) return 'it is protected by a passphrase'
  if (key.includes('-----BEGIN OPENSSH '))
    return 'it is in the format of OpenSSH: ssh-keygen -p -m PEM converts it'
  return key === '' ? 'the file is empty' : 'it is neither PEM nor JWK'
}

function parseJwk(text: string): JsonWebKey {
  try {
    return JSON.parse(text) as JsonWebKey
  } catch {
    throw new Error('it starts like a JWK, and is no JSON')
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
function requireLength({ asymmetricKeyDetails }: KeyObject): void {
  const bits = asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY
  if (bits < 2048) throw new Error(`it has ${bits} bits, and RS256 needs 2048`)
}

/** Makes the key that the library signs with. Throws an error that says which keys will do. */
function toCryptoKey(object: KeyObject): Promise<webcrypto.CryptoKey> {
  const algorithm = {
    rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    ec: { name: 'ECDSA', namedCurve: 'P-256' },
    ed25519: { name: 'Ed25519' },
  }[String(object.asymmetricKeyType)]
  const curve = object.asymmetricKeyDetails?.namedCurve
  if (!algorithm || (curve !== undefined && curve !== 'prime256v1')) {
    throw new Error(`it is a key of another kind (${curve ?? object.asymmetricKeyType})`)
  }
  requireLength(object)
  return crypto.subtle.importKey('pkcs8', object.export({ format: 'der', type: 'pkcs8' }), algorithm, false, [
    'sign',
  ])
}
