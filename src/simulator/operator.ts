// The operator's authorization server: an origin of its own that recognises the line and hands out a code for it.
import { e164Pattern } from '../camara/phone-number.ts'
import { createCookie, endCookie, hasCookie, writeCookie } from './cookie.ts'
import { defaultLine } from './lines.ts'
import { readParameters, type Call } from './request.ts'
import { addParameters, replyOAuthError, replyRedirect, type Reply } from './response.ts'
import { createStore, lifetimesMs, type Journey, type StatePorts, type Subject } from './state.ts'

/** The aggregator's client_id at the operator. */
export const aggregatorClientId = 'simulator-aggregator'

interface OperatorRequest {
  redirectUri: string
  state: string
  line: string
}

export interface Operator {
  authorize: (call: Call) => Reply
  identify: (call: Call) => Reply
  /** Exchanges a code for whom was recognised, once; undefined when there is no such code. */
  redeem: (code: string) => Subject | undefined
}

/**
 * Creates the operator. A real one recognises the line by the address that the request comes from; this one takes
 * the aggregator's word for it.
 */
export function createOperator(
  ports: StatePorts,
  aggregatorCallback: (hostname: string) => string,
): Operator {
  const journeys = createStore<Journey<OperatorRequest>>(ports, lifetimesMs.journey)
  const codes = createStore<Subject>(ports, lifetimesMs.code)

  const authorize = (call: Call): Reply => {
    const request = readRequest(call, aggregatorCallback(call.hostname))
    if (!request) return refuse('The aggregator is unknown here, or its request is incomplete.')
    const cookie = createCookie(ports, 'nv_operator')
    const reply = replyRedirect(
      `identify?journey=${journeys.put({ request, cookie })}`,
      '→ operator, identify',
    )
    reply.headers['set-cookie'] = writeCookie(cookie, '/identify')
    return reply
  }

  const identify = (call: Call): Reply => {
    const key = readParameters(new URLSearchParams(call.query)).get('journey') ?? ''
    const journey = journeys.find(key)
    if (!journey) return refuse('This authorization is unknown, over or expired.')
    const { request, cookie } = journey
    if (!hasCookie(call, cookie)) return refuse("The operator's cookie did not come back.")
    journeys.take(key)
    const { redirectUri, state, line } = request
    const reply = replyRedirect(
      addParameters(redirectUri, { code: codes.put({ line, identifiedBy: 'network' }), state }),
      '→ gateway, operator code',
    )
    reply.headers['set-cookie'] = endCookie(cookie, '/identify')
    return reply
  }

  return { authorize, identify, redeem: codes.take }
}

function readRequest(call: Call, expectedRedirectUri: string): OperatorRequest | null {
  const parameters = readParameters(new URLSearchParams(call.query))
  const redirectUri = parameters.get('redirect_uri')
  const state = parameters.get('state')
  const line = parameters.get('login_hint')?.replace(/^tel:/, '') ?? defaultLine
  const isKnown = parameters.get('client_id') === aggregatorClientId && redirectUri === expectedRedirectUri
  if (!isKnown || parameters.hasDoubles || parameters.get('response_type') !== 'code') return null
  return state && e164Pattern.test(line) ? { redirectUri, state, line } : null
}

function refuse(description: string): Reply {
  return replyOAuthError(400, { error: 'invalid_request', description })
}
