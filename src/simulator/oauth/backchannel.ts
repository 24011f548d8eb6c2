// CIBA: the backchannel authentication endpoint, and the grant that a client polls with.
import { authenticateClient, identifyPublicClient, replyClientProblem } from './client-authentication.ts'
import { readForm } from './form.ts'
import type { Gateway } from '../gateway.ts'
import { invalidGrant, issueAccessToken, type Grant, type IssuedToken, type TokenRequest } from './grant.ts'
import type { Call, Parameters } from '../request.ts'
import { readRequestObject } from './request-object.ts'
import { invalidRequest, type OAuthProblem, type Reply, replyJson, replyOAuthError } from '../response.ts'
import { dropIgnoredScopes, findScopeProblem } from './scope.ts'
import { findHintedSubject, refuseConsent } from './subject.ts'

/** How much longer a client has to wait from a slow_down on. */
const slowDownMs = 5000

/**
 * Answers an authentication request. It is approved at once: the SIM or the network has said whose it is.
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.7
 */
export async function answerBackchannel(call: Call, gateway: Gateway): Promise<Reply> {
  const form = readForm(call, gateway)
  if ('error' in form) return replyOAuthError(400, form)
  const broken = [...form.broken]
  const reply = await answerForm(form.parameters, broken, call, gateway)
  return { ...reply, broken }
}

async function answerForm(sent: Parameters, broken: string[], call: Call, gateway: Gateway): Promise<Reply> {
  const client = (await authenticateClient(call, sent, gateway)) ?? identifyPublicClient(sent, gateway)
  if ('error' in client) return replyClientProblem(call, sent, client)
  broken.push(...(client.broken ?? []))
  if (client.method === 'none') {
    const description = 'A public client may not use CIBA: the client has to authenticate.'
    return replyOAuthError(400, { error: 'unauthorized_client', description })
  }
  const parameters = await unwrapRequest(sent, client.id, call, gateway)
  const accepted = 'error' in parameters ? parameters : readRequest(parameters, client.id, call, gateway)
  if ('error' in accepted) return replyOAuthError(400, accepted)
  const { scope, subject, lifetimeMs } = accepted
  broken.push(...accepted.broken)
  const now = gateway.ports.clock.now()
  const key = gateway.state.backchannelRequests.put({
    scope,
    subject,
    clientId: client.id,
    expiresAtMs: now + lifetimeMs,
    intervalMs: call.rules.cibaIntervalSeconds * 1000,
    pollCount: 0,
    nextPollAtMs: now,
  })
  const body = {
    auth_req_id: key,
    expires_in: Math.floor(lifetimeMs / 1000),
    interval: call.rules.cibaIntervalSeconds,
  }
  return replyJson(200, body, 'auth_req_id')
}

/**
 * Exchanges an auth_req_id, once. A poll that comes sooner after another than the interval makes that longer.
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.11
 */
export const cibaGrant: Grant = { exchange: async (request) => poll(request) }

function poll(request: TokenRequest): IssuedToken | OAuthProblem {
  const { call, form, client, gateway } = request
  const requests = gateway.state.backchannelRequests
  const key = form.get('auth_req_id')
  if (key === undefined) return invalidRequest('auth_req_id is missing.')
  const pending = requests.find(key)
  if (!pending || pending.clientId !== client?.id) {
    return invalidGrant('The auth_req_id is unknown, used, or was issued to another client.')
  }
  const now = gateway.ports.clock.now()
  if (now >= pending.expiresAtMs) {
    return { error: 'expired_token', description: 'The auth_req_id has expired.' }
  }
  const isTooSoon = now < pending.nextPollAtMs
  if (!isTooSoon && pending.pollCount >= call.rules.cibaPendingPolls) {
    requests.take(key)
    return issueAccessToken(request, pending)
  }
  if (isTooSoon && call.rules.isCibaIntervalGrowing) pending.intervalMs += slowDownMs
  if (!isTooSoon) pending.pollCount += 1
  pending.nextPollAtMs = now + pending.intervalMs
  return isTooSoon
    ? { error: 'slow_down', description: 'The poll came too soon: wait 5 s longer from now on.' }
    : { error: 'authorization_pending', description: 'The user has not answered yet.' }
}

/** @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.7.1.1 */
async function unwrapRequest(
  sent: Parameters,
  clientId: string,
  call: Call,
  gateway: Gateway,
): Promise<Parameters | OAuthProblem> {
  if (sent.get('request_uri') !== undefined)
    return invalidRequest('request_uri is not supported: send the request object as request.')
  const jwt = sent.get('request')
  if (jwt === undefined) return sent
  const beside = sent.names.filter((name) => name !== 'request' && !clientParameters.includes(name))
  if (beside.length > 0)
    return invalidRequest('Beside a request object, only client authentication is allowed.')
  const parameters = await readRequestObject(jwt, clientId, call, gateway)
  return typeof parameters === 'string'
    ? invalidRequest(`The request object is refused: ${parameters}.`)
    : [undefined, clientId].includes(parameters.get('client_id'))
      ? parameters
      : invalidRequest('The client_id in the request object is that of another client.')
}

/** The parameters by which a client authenticates. */
const clientParameters = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

function readRequest(parameters: Parameters, clientId: string, { rules }: Call, gateway: Gateway) {
  const { granted: scope, broken } = dropIgnoredScopes(parameters.get('scope') ?? '')
  const scopeProblem = findScopeProblem(scope || undefined)
  if (scopeProblem) return scopeProblem
  const hints = ['login_hint', 'login_hint_token', 'id_token_hint'].filter((name) => parameters.get(name))
  if (hints.length !== 1) return invalidRequest('There must be exactly one hint of the user: a login_hint.')
  const hint = parameters.get('login_hint')
  if (hint === undefined) return invalidRequest('The hint must be a login_hint: no other is supported.')
  const requestedExpiry = parameters.get('requested_expiry') ?? '86400'
  if (!/^[1-9][0-9]{0,8}$/.test(requestedExpiry)) {
    return invalidRequest('requested_expiry must be a number of seconds.')
  }
  const subject = findHintedSubject(hint, gateway)
  if ('error' in subject) return subject
  const refusal = refuseConsent(subject, { clientId, scope }, gateway)
  if (refusal) return refusal
  const lifetimeMs = Math.min(Number(requestedExpiry) * 1000, rules.cibaLifetimeMs)
  return { scope, subject, lifetimeMs, broken }
}
