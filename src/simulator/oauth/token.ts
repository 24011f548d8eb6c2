// The token endpoint: authenticates the client, hands the request to its grant, and answers with the access token.
import { grantTypes } from '../../oauth/grants.ts'
import { authorizationCodeGrant } from './authorization-code.ts'
import { cibaGrant } from './backchannel.ts'
import { authenticateClient, identifyPublicClient, replyClientProblem } from './client-authentication.ts'
import { readProof, replyProofProblem, useProof } from './dpop.ts'
import { readForm } from './form.ts'
import type { Gateway } from '../gateway.ts'
import type { Grant, IssuedToken, TokenRequest } from './grant.ts'
import { signIdToken } from './id-token.ts'
import { jwtBearerGrant } from './jwt-bearer.ts'
import type { Call, Parameters } from '../request.ts'
import { replyJson, replyOAuthError, type Reply } from '../response.ts'

/** The grants by their grant_type. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  [grantTypes['authorization-code'], authorizationCodeGrant],
  [grantTypes.ciba, cibaGrant],
  [grantTypes['jwt-bearer'], jwtBearerGrant],
])

/**
 * Answers a token request. One that fails leaves code and auth_req_id as they were, so that it can be put right and
 * sent again.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export async function answerToken(call: Call, gateway: Gateway): Promise<Reply> {
  const form = readForm(call, gateway)
  if ('error' in form) return replyOAuthError(400, form)
  const broken = [...form.broken]
  const reply = await answerForm(form.parameters, broken, call, gateway)
  return { ...reply, broken }
}

async function answerForm(
  parameters: Parameters,
  broken: string[],
  call: Call,
  gateway: Gateway,
): Promise<Reply> {
  const grantType = parameters.get('grant_type')
  const grant = grantType === undefined ? undefined : grants.get(grantType)
  const authenticated = await authenticateClient(call, parameters, gateway)
  const client = authenticated ?? (grant?.isClientOptional ? null : identifyPublicClient(parameters, gateway))
  if (client && 'error' in client) return replyClientProblem(call, parameters, client)
  broken.push(...(client?.broken ?? []))
  if (!grant) {
    return grantType === undefined
      ? replyOAuthError(400, { error: 'invalid_request', description: 'grant_type is missing.' })
      : replyOAuthError(400, { error: 'unsupported_grant_type', description: explainGrantTypes() })
  }
  const proof = await readProof(call, gateway)
  if (proof && 'error' in proof) return replyProofProblem(400, proof, gateway)
  const replayed = proof && useProof(proof, call, gateway)
  if (replayed) return replyProofProblem(400, replayed, gateway)
  const request: TokenRequest = { call, form: parameters, client, dpopJkt: proof?.jkt, gateway, broken }
  const issued = await grant.exchange(request)
  return 'error' in issued ? replyOAuthError(400, issued) : replyToken(request, issued)
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
async function replyToken({ call, gateway, dpopJkt }: TokenRequest, issued: IssuedToken): Promise<Reply> {
  const { accessToken, scope, clientId, subject, nonce } = issued
  const hasIdToken = scope.split(' ').includes('openid')
  const reply = replyJson(
    200,
    {
      access_token: accessToken,
      token_type: dpopJkt === undefined ? 'Bearer' : 'DPoP',
      expires_in: call.rules.accessTokenLifetimeMs / 1000,
      scope,
      ...(hasIdToken
        ? { id_token: await signIdToken(call, gateway, { clientId, subject, accessToken, nonce }) }
        : {}),
    },
    'access token',
  )
  reply.headers['pragma'] = 'no-cache'
  return reply
}

function explainGrantTypes(): string {
  return `grant_type must be one of ${[...grants.keys()].join(', ')}.`
}
