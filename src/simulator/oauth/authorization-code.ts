// The grant of the authorization code, which is exchanged once.
import { isPkceValue } from './request-rules.ts'
import { createHash } from 'node:crypto'
import { invalidGrant, issueAccessToken, type Grant, type IssuedToken, type TokenRequest } from './grant.ts'
import type { OAuthProblem } from '../response.ts'
import type { Code, CodeChallenge } from '../state.ts'

/**
 * Exchanges an authorization code. A code that comes a second time revokes the token it was exchanged for.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export const authorizationCodeGrant: Grant = { exchange: async (request) => exchangeCode(request) }

/** Nothing is awaited between the check of a code and its use, so that only one of two requests gets the token. */
function exchangeCode(request: TokenRequest): IssuedToken | OAuthProblem {
  const { form, gateway } = request
  const key = form.get('code')
  if (key === undefined) return { error: 'invalid_request', description: 'code is missing.' }
  const code = gateway.state.codes.find(key)
  if (!code || code.clientId !== request.client?.id) {
    return invalidGrant('The code is unknown, or was issued to another client.')
  }
  if (form.get('redirect_uri') === undefined && !gateway.isStrict)
    request.broken.push('redirect_uri left out')
  const problem = findCodeProblem(code, request)
  if (problem !== null) return invalidGrant(problem)
  const issued = issueAccessToken(request, code)
  code.accessToken = issued.accessToken
  return issued
}

function findCodeProblem(code: Code, { form, client, dpopJkt, gateway }: TokenRequest): string | null {
  const { state, ports, isStrict } = gateway
  if (code.accessToken !== undefined) {
    state.tokens.take(code.accessToken)
    return 'The code was used before; the access token issued for it is revoked.'
  }
  if (ports.clock.now() >= code.expiresAtMs) return 'The code has expired.'
  const redirectUri = form.get('redirect_uri')
  if (redirectUri === undefined && isStrict) {
    return 'redirect_uri is missing: it must be that of the authorization request (RFC 6749, section 4.1.3).'
  }
  if (redirectUri !== undefined && redirectUri !== code.redirectUri) {
    return 'redirect_uri is not that of the authorization request.'
  }
  if (code.dpopJkt !== undefined && code.dpopJkt !== dpopJkt) {
    return 'The code is bound to a key by dpop_jkt: there must be a DPoP proof of that key.'
  }
  if (client?.method === 'none' && code.challenge === undefined) {
    return 'A public client must use PKCE: the authorization request had no code_challenge.'
  }
  return findVerifierProblem(code.challenge, form.get('code_verifier'))
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6 */
function findVerifierProblem(
  challenge: CodeChallenge | undefined,
  verifier: string | undefined,
): string | null {
  if (challenge === undefined) {
    return verifier === undefined
      ? null
      : 'A code_verifier came, but the authorization request had no code_challenge.'
  }
  if (verifier === undefined)
    return 'code_verifier is missing: the authorization request had a code_challenge.'
  if (!isPkceValue(verifier)) {
    return 'code_verifier must have 43 to 128 letters, digits and -._~ only.'
  }
  const derived =
    challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return derived === challenge.value ? null : 'The code_verifier does not fit the code_challenge.'
}
