// CIBA: asks the gateway to identify the line in the background, and polls for the access token.
import {
  buildBackchannelRequest,
  checkBackchannelResponse,
  readBackchannelAnswer,
} from '../oauth/backchannel.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { readTokenAnswer } from '../oauth/token.ts'
import { describeTimeLeft, OutOfTime } from './deadline.ts'
import type { AccessToken, Flow, Gateway } from './journey.ts'
import type { Reply } from './send.ts'
import { type Attempted, isStop } from './stop.ts'
import { readToken, sendTokenRequest } from './token-request.ts'

/** A pending authentication at the gateway. */
export interface PendingAuthentication {
  authReqId: string
  intervalMs: number
  /** By the clock's `elapsed`; infinite when the gateway did not say. */
  expiresAt: number
}

/** Asks for an authentication by a login_hint. */
export async function requestAuthentication(
  { context, recorder, send }: Flow,
  gateway: Gateway,
  loginHint: string,
): Promise<Attempted<PendingAuthentication>> {
  const { backchannelUrl, scope, clientId, authMethod } = gateway
  const authenticate = createClientAuthentication({ ...gateway, method: authMethod }, context)
  const request = await buildBackchannelRequest({ backchannelUrl, scope, loginHint, authenticate })
  const sentAt = context.clock.elapsed()
  const { answer: response, exchange } = await send({ ...request, step: 'authorize', kind: 'backchannel' })
  const answer = response && readBackchannelAnswer(response.status, response.text)
  if (response === null || answer?.kind !== 'acknowledged') return { lacks: 'token' }
  const { authReqId, intervalSeconds, expiresInSeconds } = answer
  recorder.redactor.conceal(authReqId)
  const { status, headers, text } = response
  const message = await checkBackchannelResponse(new Response(text, { status, headers }), clientId)
  if (message !== null)
    recorder.observe({ code: 'strict_objection', step: 'authorize', exchange, facts: { message } })
  return {
    value: {
      authReqId,
      intervalMs: intervalSeconds * 1000,
      expiresAt: expiresInSeconds === null ? Number.POSITIVE_INFINITY : sentAt + expiresInSeconds * 1000,
    },
    detail: `${new URL(backchannelUrl).host} accepted the SIM token`,
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
  flow: Flow,
  gateway: Gateway,
  { authReqId, intervalMs: firstIntervalMs, expiresAt }: PendingAuthentication,
): Promise<Attempted<AccessToken>> {
  const { context, recorder, deadline } = flow
  const { clock } = context
  const { host } = new URL(gateway.tokenUrl)
  const parameters = { grant_type: grantTypes.ciba, auth_req_id: authReqId }
  let intervalMs = firstIntervalMs
  let isWaiting = false
  try {
    for (;;) {
      const reply = await sendTokenRequest(flow, gateway, parameters)
      const token = await readToken(flow, gateway, parameters, reply)
      if (!isStop(token)) return token
      const reason = reasonToWait(reply)
      if (reason === null) return token
      if (reason !== 'pending') intervalMs += slowDownMs
      if (clock.elapsed() + intervalMs >= expiresAt) return token
      if (!isWaiting) recorder.emit({ type: 'waiting', describe: describeWait })
      isWaiting = true
      await clock.sleep(intervalMs, deadline.signal)
    }
  } catch (error) {
    if (error instanceof OutOfTime) return { lacks: 'token' }
    throw error
  } finally {
    if (isWaiting) recorder.emit({ type: 'waiting-ended' })
  }

  function describeWait(): string {
    const left = describeTimeLeft(clock, Math.min(expiresAt, deadline.endsAt))
    return `Waiting until ${host} has identified the line (${left})`
  }
}

const passingFailures = new Set([
  'timeout',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/**
 * Says why the next request may come later; null when there is none to be sent. Without an answer the authentication
 * is what it was: a code would be used up now, an auth_req_id is not.
 */
function reasonToWait({ answer, sent: { failure } }: Reply): 'pending' | 'slow-down' | 'no-answer' | null {
  if (failure !== null) return passingFailures.has(failure.code) ? 'no-answer' : null
  if (answer === null) return null
  const { status, text } = answer
  const read = readTokenAnswer(status, text)
  if (read.kind === 'error' && read.error === 'authorization_pending') return 'pending'
  if (read.kind === 'error' && read.error === 'slow_down') return 'slow-down'
  return status >= 500 || status === 429 ? 'no-answer' : null
}
