// Says why a chain of redirects did not reach the redirect_uri, from what its hops answered.
import { Cancelled, FlowError } from '../errors.ts'
import { maxHops } from '../reach/ways/direct.ts'
import { readBody, stringIn } from '../wire/body.ts'
import { headerOf, type Sent, textOf } from '../wire/exchange.ts'
import type { Send } from './exchange.ts'

/** A hop, with what its request failed with. */
export interface Hop {
  sent: Sent
  error: unknown
}

/** Sends the request of a hop and remembers it. */
export async function follow(
  send: Send,
  hops: Hop[],
  url: string,
  headers: Record<string, string>,
): Promise<Sent> {
  const request = { method: 'GET', url, headers: Object.entries(headers), body: null }
  const timings = { resolvedMs: null, connectedMs: null, securedMs: null, firstByteMs: null, endedMs: 0 }
  const sent: Sent = { request, response: null, failure: null, timings, connection: null }
  const hop: Hop = { sent, error: null }
  hops.push(hop)
  try {
    const answer = await send('authorize', { method: 'GET', url, headers, isFromPhone: true })
    const body = { text: answer.text, byteLength: Buffer.byteLength(answer.text), isCut: false }
    sent.response = { status: answer.status, headers: [...answer.headers], body }
  } catch (error) {
    if (!(error instanceof FlowError)) throw error
    hop.error = error
    sent.failure = { code: error.code, phase: 'connect', message: '' }
  }
  return sent
}

/** Gives the error that explains the end of the chain. */
export function whyNoRedirect(hops: readonly Hop[], redirectUri: string): Error {
  const last = hops.at(-1)
  if (!last) return new Cancelled()
  if (last.error instanceof FlowError) return last.error
  const { request, response } = last.sent
  const { host } = new URL(request.url)
  const location =
    response && response.status >= 300 && response.status < 400 ? headerOf(response, 'location') : null
  if (location === null) return endOfChain(host, response, hops.length === 1)
  if (!URL.canParse(location, request.url)) {
    return new FlowError('redirect_elsewhere', { host, target: location, redirectUri })
  }
  const target = new URL(location, request.url)
  const isOfWeb = target.protocol === 'https:' || target.protocol === 'http:'
  if (isOfWeb && !target.username) {
    return hops.length === maxHops
      ? new FlowError('too_many_redirects', { hops: maxHops, host: target.host })
      : new FlowError('response_elsewhere', { target: target.origin + target.pathname, redirectUri })
  }
  const unfollowed = isOfWeb ? `${target.host} with a user name in the address` : `${target.protocol}…`
  return new FlowError('redirect_elsewhere', { host, target: unfollowed, redirectUri })
}

function endOfChain(host: string, response: Sent['response'], isFirstHop: boolean): FlowError {
  const body = readBody(textOf(response))
  const object = body.kind === 'object' ? body.object : {}
  const status = response?.status ?? 0
  return new FlowError(status >= 400 ? 'authorize_refused' : 'authorize_page', {
    host,
    isFirstHop,
    status,
    error: stringIn(object, 'error') ?? stringIn(object, 'code'),
    message: stringIn(object, 'error_description') ?? stringIn(object, 'message'),
    retryAfter: response && headerOf(response, 'retry-after'),
    found: body.kind === 'object' ? 'a JSON object' : body.found,
  })
}
