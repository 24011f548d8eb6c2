// CIBA: asks the gateway to identify the line in the background, and polls for the access token.
import { FlowError } from '../errors.ts'
import {
  buildBackchannelRequest,
  checkBackchannelResponse,
  readBackchannelAnswer,
} from '../oauth/backchannel.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { describeRefusal } from './client-facts.ts'
import { describeTimeLeft, OutOfTime } from './deadline.ts'
import { refuseRedirect } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { AccessToken, Journey } from './journey.ts'
import { requestToken } from './token-request.ts'

/** An authentication that is under way at the gateway. */
export interface PendingAuthentication {
  authReqId: string
  intervalMs: number
  /** Epoch milliseconds; infinite when the gateway did not say. */
  expiresAt: number
}

/** Asks for an authentication by a login_hint. Throws a FlowError when the gateway does not take it up. */
export async function requestAuthentication(
  { context, recorder, send }: Journey,
  gateway: Gateway,
  loginHint: string,
): Promise<{ value: PendingAuthentication; detail: string }> {
  const { backchannelUrl, scope, clientId, authMethod } = gateway
  const { host } = new URL(backchannelUrl)
  const authenticate = createClientAuthentication({ ...gateway, method: authMethod }, context)
  const request = await buildBackchannelRequest({ backchannelUrl, scope, loginHint, authenticate })
  const sentAt = context.clock.now()
  const response = await send('authorize', request)
  const { status, headers, text } = response
  refuseRedirect('backchannel_redirected', host, status, headers)
  const answer = readBackchannelAnswer(status, text)
  if (answer.kind !== 'acknowledged') {
    const { kind, ...said } = answer
    const facts = describeRefusal(gateway, backchannelUrl, response, context.clock.now())
    throw new FlowError(`backchannel_${kind}`, { ...said, grantType: grantTypes.ciba, scope, ...facts })
  }
  const { authReqId, intervalSeconds, expiresInSeconds } = answer
  recorder.redactor.conceal(authReqId)
  const objection = await checkBackchannelResponse(new Response(text, { status, headers }), clientId)
  if (objection) recorder.warn('authorize', 'backchannel_response_irregular', { host, message: objection })
  return {
    value: {
      authReqId,
      intervalMs: intervalSeconds * 1000,
      expiresAt: expiresInSeconds === null ? Number.POSITIVE_INFINITY : sentAt + expiresInSeconds * 1000,
    },
    detail: `${host} took up the token of the SIM`,
  }
}

/** What slow_down adds to the interval, and a time-out, after which a client has to be gentler too. */
const slowDownMs = 5000

/**
 * Polls the token endpoint until the authentication has an end, in time or not. The first request goes out at once,
 * since the interval is the time between two of them, and a SIM is identified without anybody being asked.
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.10.1
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.11
 */
export async function pollForToken(
  journey: Journey,
  gateway: Gateway,
  { authReqId, intervalMs: firstIntervalMs, expiresAt }: PendingAuthentication,
): Promise<{ value: AccessToken; detail: string }> {
  const { context, recorder, deadline } = journey
  const { clock } = context
  const { host } = new URL(gateway.tokenUrl)
  const startedAt = clock.now()
  const secondsSince = () => Math.round((clock.now() - startedAt) / 1000)
  const parameters = { grant_type: grantTypes.ciba, auth_req_id: authReqId }
  let intervalMs = firstIntervalMs
  let isWaiting = false
  let isSlowedDown = false
  let lastFailure: unknown = null
  try {
    for (;;) {
      try {
        return await requestToken(journey, gateway, parameters)
      } catch (error) {
        const reason = reasonToWait(error)
        if (reason === null) throw error
        if (reason !== 'pending') intervalMs += slowDownMs
        isSlowedDown ||= reason === 'slow-down'
        lastFailure = reason === 'no-answer' ? error : null
      }
      if (clock.now() + intervalMs >= expiresAt)
        throw new FlowError('expired_token', { host, seconds: secondsSince(), isTold: false, isSlowedDown })
      if (!isWaiting) recorder.emit({ type: 'waiting', describe: () => describeWait(host) })
      isWaiting = true
      await clock.sleep(intervalMs, deadline.signal)
    }
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error
    if (lastFailure !== null) throw lastFailure
    throw new FlowError(
      'backchannel_timeout',
      { host, seconds: secondsSince(), isSlowedDown },
      { cause: error },
    )
  } finally {
    if (isWaiting) recorder.emit({ type: 'waiting-ended' })
  }

  function describeWait(host: string): string {
    const left = describeTimeLeft(clock, Math.min(expiresAt, deadline.endsAt))
    return `Waiting until ${host} has identified the line (${left})`
  }
}

/** Says why the next request may come later; null when there is none to be sent. */
function reasonToWait(error: unknown): 'pending' | 'slow-down' | 'no-answer' | null {
  if (!(error instanceof FlowError)) return null
  // Without an answer the authentication is what it was: a code would be used up now, an auth_req_id is not.
  if (error.code === 'request_timeout' || error.code === 'connection_lost') return 'no-answer'
  const status = Number(error.args['status'])
  if (['token_error', 'token_unreadable'].includes(error.code) && (status >= 500 || status === 429))
    return 'no-answer'
  if (error.code !== 'token_error') return null
  if (error.args['error'] === 'authorization_pending') return 'pending'
  return error.args['error'] === 'slow_down' ? 'slow-down' : null
}
