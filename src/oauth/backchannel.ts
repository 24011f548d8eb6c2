// CIBA: the backchannel authentication request, and what its answer says about the polling that follows.
import * as oauth from 'oauth4webapi'
import { readBody, stringIn } from '../wire/body.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { buildTokenRequest, type TokenRequest } from './token.ts'

/**
 * Builds the authentication request: a form with client authentication, whose audience is this endpoint.
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.7.1
 */
export function buildBackchannelRequest(options: {
  backchannelUrl: string
  scope: string
  loginHint: string
  authenticate: ClientAuthentication
}): Promise<TokenRequest> {
  const { backchannelUrl, scope, loginHint, authenticate } = options
  return buildTokenRequest({
    tokenUrl: backchannelUrl,
    parameters: { scope, login_hint: loginHint },
    authenticate,
  })
}

/** What a response of the backchannel authentication endpoint holds when it is read leniently. */
export type BackchannelAnswer =
  | {
      kind: 'acknowledged'
      authReqId: string
      /** Null: it does not say. */
      expiresInSeconds: number | null
      intervalSeconds: number
    }
  | { kind: 'error'; error: string; description: string | null }
  | { kind: 'unreadable'; found: string }

/** The interval where the answer names none. */
const defaultIntervalSeconds = 5

/**
 * Reads an answer leniently: an auth_req_id in a 2xx JSON object is enough, and numbers may be strings.
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.7.3
 */
export function readBackchannelAnswer(status: number, text: string): BackchannelAnswer {
  const body = readBody(text)
  if (body.kind !== 'object') return { kind: 'unreadable', found: body.found }
  const { object } = body
  const authReqId = stringIn(object, 'auth_req_id')
  if (status >= 200 && status < 300 && authReqId) {
    return {
      kind: 'acknowledged',
      authReqId,
      expiresInSeconds: secondsIn(object, 'expires_in'),
      intervalSeconds: Math.max(1, secondsIn(object, 'interval') ?? defaultIntervalSeconds),
    }
  }
  const error = stringIn(object, 'error')
  if (error) return { kind: 'error', error, description: stringIn(object, 'error_description') }
  const message = stringIn(object, 'message') ?? stringIn(object, 'code')
  return { kind: 'unreadable', found: message ?? 'a JSON object with neither auth_req_id nor error' }
}

/** A day: what a server says beyond it is taken for a mistake. */
const maxSeconds = 86_400

function secondsIn(object: Record<string, unknown>, name: string): number | null {
  const member = Object.hasOwn(object, name) ? object[name] : undefined
  const isNumber = typeof member === 'number' || (typeof member === 'string' && /^\d+$/.test(member))
  const seconds = isNumber ? Number(member) : Number.NaN
  return seconds > 0 && seconds <= maxSeconds ? seconds : null
}

/** Has a strict client process an answer that carries an auth_req_id; gives its objection, or null. */
export async function checkBackchannelResponse(response: Response, clientId: string): Promise<string | null> {
  try {
    await oauth.processBackchannelAuthenticationResponse(
      { issuer: 'https://unknown.invalid' },
      { client_id: clientId },
      response,
    )
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
