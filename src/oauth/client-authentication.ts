// Client authentication: how a request to the token endpoint proves who sends it.
import { type JwtSources, signJwt } from './signed-jwt.ts'
import { type ConfiguredKey, type KeyAlgorithm, readSigningKey, type SigningKey } from './signing-key.ts'

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

/** Methods that need a private key in place of a secret. */
export const keyMethods: readonly AuthMethod[] = ['private_key_jwt', 'application_jwt']

export interface ClientCredentials extends ConfiguredKey {
  method: AuthMethod
  clientId: string
  /** Empty for methods that need none. */
  clientSecret: string
  /** Whom an assertion is for: the `endpoint` that gets it, the `issuer`, or a value. */
  assertionAudience: string
  issuer: string | null
}

/** Chooses the client authentication. Throws an error that names the rule when the key can't be used. */
export function createClientAuthentication(
  credentials: ClientCredentials,
  sources: JwtSources,
): ClientAuthentication {
  const { method, clientId, clientSecret } = credentials
  const methods: Record<AuthMethod, () => ClientAuthentication> = {
    client_secret_basic: () => basic(`${formEncode(clientId)}:${formEncode(clientSecret)}`),
    client_secret_basic_raw: () => basic(`${clientId}:${clientSecret}`),
    client_secret_post: () => inBody({ client_id: clientId, client_secret: clientSecret }),
    private_key_jwt: () => privateKeyJwt(credentials, readSigningKey(credentials), sources),
    application_jwt: () => applicationJwt(clientId, readSigningKey(credentials), sources),
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
 * Authenticates with a signed assertion. CAMARA has the full URL of the endpoint as its audience; servers that take
 * the issuer only exist.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 */
function privateKeyJwt(
  { clientId, assertionAudience, issuer }: ClientCredentials,
  key: SigningKey,
  sources: JwtSources,
): ClientAuthentication {
  const audienceAt = (url: string): string => {
    if (assertionAudience === 'endpoint') return url
    if (assertionAudience !== 'issuer') return assertionAudience
    if (issuer === null) throw new Error('the audience of assertions is the issuer, and no issuer is known')
    return issuer
  }
  return async ({ url, body }) => {
    const claims = { iss: clientId, sub: clientId, aud: audienceAt(url) }
    body.set('client_id', clientId)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', await signJwt(key, claims, sources))
  }
}

/**
 * Authenticates with a bearer JWT that names the application, as Vonage has it.
 * @see https://developer.vonage.com/en/getting-started/concepts/authentication#json-web-tokens
 */
function applicationJwt(applicationId: string, key: SigningKey, sources: JwtSources): ClientAuthentication {
  requireApplicationKey(key.algorithm)
  return async ({ headers }) => {
    headers['authorization'] = `Bearer ${await signJwt(key, { application_id: applicationId }, sources)}`
  }
}

/** Throws an error that names both when a key signs otherwise than an application's JWT is signed. */
export function requireApplicationKey(algorithm: KeyAlgorithm): void {
  if (algorithm !== 'RS256')
    throw new Error(`it signs with ${algorithm}, and application_jwt takes RS256 only, of an RSA key`)
}
