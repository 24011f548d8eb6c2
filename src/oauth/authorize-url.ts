// Builds the authorize URL.
import { createHash } from 'node:crypto'

export interface AuthorizeParameters {
  authorizeUrl: string
  clientId: string
  redirectUri: string
  scope: string
  state: string
  nonce?: string | undefined
  codeVerifier?: string | undefined
  loginHint?: string | undefined
  prompt?: string | undefined
}

/**
 * Builds the authorize URL with every value percent-encoded: a space is `%20`, `#` is `%23`, `+` is `%2B`.
 * Parameters that the authorize URL already has are kept.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.3
 */
export function buildAuthorizeUrl(parameters: AuthorizeParameters): string {
  return withQuery(parameters.authorizeUrl, authorizationRequest(parameters))
}

/** Gives the parameters of the authorization request by name; those without a value are left out. */
export function authorizationRequest(parameters: AuthorizeParameters): Record<string, string> {
  const { codeVerifier } = parameters
  const request: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: parameters.clientId,
    scope: parameters.scope,
    redirect_uri: parameters.redirectUri,
    state: parameters.state,
    nonce: parameters.nonce,
    login_hint: parameters.loginHint,
    prompt: parameters.prompt,
    code_challenge: codeVerifier && createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: codeVerifier && 'S256',
  }
  return Object.fromEntries(
    Object.entries(request).flatMap(([name, value]): Array<[string, string]> =>
      value ? [[name, value]] : [],
    ),
  )
}

/** Adds parameters to the query of a URL; what is there stays to the byte, unless no URL can hold it. */
export function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const url = /^[!-~]*$/.test(address) ? address : new URL(address).href
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return url + (url.includes('?') ? '&' : '?') + pairs.join('&')
}
