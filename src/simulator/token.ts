// The token endpoint: exchanges an authorization code, once, for an access token.
import { createHash } from 'node:crypto'
import { readBody } from '../run/body.ts'
import { authenticateClient } from './client-authentication.ts'
import type { Gateway } from './gateway.ts'
import { mediaType, readParameters, type Call, type Parameters } from './request.ts'
import { replyJson, replyOAuthError, type OAuthProblem, type Reply } from './response.ts'
import { type Code, type CodeChallenge } from './state.ts'

/**
 * Answers a token request. A request that fails leaves the code as it was, so that it can be put right and sent
 * again; a code that comes a second time revokes the token it was exchanged for.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function exchangeCode(call: Call, gateway: Gateway): Reply {
  const clientId = authenticateClient(call, gateway.clients)
  if (clientId === null) return replyInvalidClient()
  const parameters = readTokenParameters(call)
  if ('error' in parameters) return replyOAuthError(400, parameters)
  const problem = findRequestProblem(parameters, clientId)
  if (problem) return replyOAuthError(400, problem)
  const code = gateway.state.codes.find(parameters.get('code') ?? '')
  const invalid = findCodeProblem(code, parameters, clientId, gateway)
  if (!code || invalid) return replyOAuthError(400, invalidGrant(invalid ?? ''))
  return issueToken(call, code, gateway)
}

function issueToken({ rules }: Call, code: Code, { state, ports }: Gateway): Reply {
  const { scope, clientId, subject } = code
  const expiresAtMs = ports.clock.now() + rules.accessTokenLifetimeMs
  const accessToken = state.tokens.put({ scope, clientId, subject, expiresAtMs, isUsed: false })
  code.accessToken = accessToken
  const reply = replyJson(
    200,
    {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: rules.accessTokenLifetimeMs / 1000,
      scope,
    },
    'access token',
  )
  reply.headers['pragma'] = 'no-cache'
  return reply
}

function replyInvalidClient(): Reply {
  const description =
    'The client is unknown, its secret is wrong, or it did not authenticate with HTTP Basic.'
  const reply = replyOAuthError(401, { error: 'invalid_client', description })
  reply.headers['www-authenticate'] = 'Basic realm="nv simulator", charset="UTF-8"'
  return reply
}

/** Reads a form. Telefónica's Node.js sample sends JSON and calls it a form, so that JSON is taken too. */
function readTokenParameters(call: Call): Parameters | OAuthProblem {
  const type = mediaType(call)
  if (type !== 'application/x-www-form-urlencoded' && type !== 'application/json') {
    return invalidRequest('The Content-Type must be application/x-www-form-urlencoded.')
  }
  if (type !== 'application/json' && !call.body.trimStart().startsWith('{')) {
    return readParameters(new URLSearchParams(call.body))
  }
  const body = readBody(call.body)
  if (body.kind !== 'object') return invalidRequest('The body is no JSON object.')
  const pairs = Object.entries(body.object)
  if (!pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    return invalidRequest('Every parameter must be a string.')
  }
  return readParameters(pairs)
}

function findRequestProblem(parameters: Parameters, clientId: string): OAuthProblem | null {
  if (parameters.hasDoubles) return invalidRequest('A parameter was sent twice.')
  if (parameters.get('client_secret') !== undefined) {
    return invalidRequest('The client authenticates twice: leave client_secret out of the body.')
  }
  if (![undefined, clientId].includes(parameters.get('client_id'))) {
    return invalidRequest('The client_id of the body is not that of HTTP Basic.')
  }
  const grantType = parameters.get('grant_type')
  if (grantType === undefined) return invalidRequest('grant_type is missing.')
  if (grantType !== 'authorization_code') {
    return { error: 'unsupported_grant_type', description: 'grant_type must be authorization_code.' }
  }
  return parameters.get('code') === undefined ? invalidRequest('code is missing.') : null
}

function findCodeProblem(
  code: Code | undefined,
  parameters: Parameters,
  clientId: string,
  { state, ports }: Gateway,
): string | null {
  if (!code || code.clientId !== clientId) return 'The code is unknown, or was issued to another client.'
  if (code.accessToken !== undefined) {
    state.tokens.take(code.accessToken)
    return 'The code was used before; the access token issued for it is revoked.'
  }
  if (ports.clock.now() >= code.expiresAtMs) return 'The code has expired.'
  if (![undefined, code.redirectUri].includes(parameters.get('redirect_uri'))) {
    return 'redirect_uri is not that of the authorization request.'
  }
  return findVerifierProblem(code.challenge, parameters.get('code_verifier'))
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
  const derived =
    challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return derived === challenge.value ? null : 'The code_verifier does not fit the code_challenge.'
}

function invalidRequest(description: string): OAuthProblem {
  return { error: 'invalid_request', description }
}

function invalidGrant(description: string): OAuthProblem {
  return { error: 'invalid_grant', description }
}
