// The token request and its response, read strictly for the record and leniently for the flow.
import * as oauth from 'oauth4webapi'
import { readBody, stringIn } from '../run/body.ts'
import type { ClientAuthentication } from './client-authentication.ts'

export interface TokenRequest {
  method: 'POST'
  url: string
  headers: Record<string, string>
  body: string
}

/**
 * Builds a token request with client authentication; parameters that are undefined are left out.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export async function buildTokenRequest(options: {
  tokenUrl: string
  parameters: Readonly<Record<string, string | undefined>>
  authenticate: ClientAuthentication
}): Promise<TokenRequest> {
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(options.parameters))
    if (value !== undefined) body.set(name, value)
  await options.authenticate({ url: options.tokenUrl, headers, body })
  return { method: 'POST', url: options.tokenUrl, headers, body: body.toString() }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12 */
const visibleAscii = /^[\x20-\x7e]+$/

/** What a token response holds for one who is not strict. */
export type TokenAnswer =
  | { kind: 'token'; accessToken: string; scope: string | null; secrets: string[] }
  | { kind: 'error'; error: string; description: string | null }
  | { kind: 'unreadable'; found: string }

/**
 * Reads a token response leniently: an access token in a 2xx JSON object is enough.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5
 */
export function readTokenAnswer(status: number, text: string): TokenAnswer {
  const body = readBody(text)
  if (body.kind !== 'object') return { kind: 'unreadable', found: body.found }
  const accessToken = stringIn(body.object, 'access_token')
  if (status >= 200 && status < 300 && accessToken) {
    if (!visibleAscii.test(accessToken)) {
      return { kind: 'unreadable', found: 'an access_token with characters that no header can carry' }
    }
    const secrets = ['access_token', 'id_token', 'refresh_token'].flatMap(
      (name) => stringIn(body.object, name) ?? [],
    )
    return { kind: 'token', accessToken, scope: stringIn(body.object, 'scope'), secrets }
  }
  const error = stringIn(body.object, 'error')
  if (error) return { kind: 'error', error, description: stringIn(body.object, 'error_description') }
  const message = stringIn(body.object, 'message') ?? stringIn(body.object, 'code')
  return { kind: 'unreadable', found: message ?? 'a JSON object with neither access_token nor error' }
}

/** What a strict client objects to in a response that carries an access token; null when nothing. */
export interface StrictVerdict {
  message: string
  /** The ID token answers another authorization request: its code was injected. */
  isNonceMismatch: boolean
}

/**
 * Has a strict client process a token response.
 * The ID token's issuer is taken as given when the configuration has none.
 * @see https://github.com/panva/oauth4webapi
 */
export async function checkTokenResponse(
  response: Response,
  expected: { clientId: string; issuer: string | null; nonce: string | undefined },
): Promise<StrictVerdict | null> {
  const text = await response.clone().text()
  const claims = idTokenClaims(text)
  const issuer =
    expected.issuer ?? (typeof claims?.['iss'] === 'string' ? claims['iss'] : 'https://unknown.invalid')
  try {
    const nonce = claims && expected.nonce !== undefined ? { expectedNonce: expected.nonce } : {}
    await oauth.processAuthorizationCodeResponse(
      { issuer },
      { client_id: expected.clientId },
      response,
      nonce,
    )
    return checkTokenType(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      message,
      isNonceMismatch: claims !== null && claims['nonce'] !== expected.nonce && /nonce/.test(message),
    }
  }
}

/** nv sends the token as a bearer token; one of another type needs more than that. */
function checkTokenType(text: string): StrictVerdict | null {
  const body = readBody(text)
  const type = body.kind === 'object' ? (stringIn(body.object, 'token_type') ?? '') : ''
  if (type.toLowerCase() === 'bearer') return null
  return { message: `the token_type is ${type}, and nv sends a Bearer token`, isNonceMismatch: false }
}

function idTokenClaims(text: string): Record<string, unknown> | null {
  const body = readBody(text)
  const idToken = body.kind === 'object' ? stringIn(body.object, 'id_token') : null
  if (!idToken) return null
  const claims = readBody(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return claims.kind === 'object' ? claims.object : {}
}
