// Reads what arrived on the wire: target, host, headers, cookies and parameters. Any input gets an answer.
import type { IncomingRequest } from '../context.ts'
import { defaultRules, type Rules } from './rules.ts'
import { isExpectedHostname, readHostname } from './host.ts'

/** A request whose target and host were checked. */
export interface Call {
  method: string
  path: string
  query: string
  /** The host the client used, ready for a URL. */
  hostname: string
  headers: IncomingRequest['headers']
  body: string
  remoteAddress: string
  rules: Rules
}

/** Why a request is refused before it is routed. */
export interface Refusal {
  status: 400 | 413 | 421
  code: string
  message: string
}

/**
 * Reads a request's target and host. The authority of an absolute-form target replaces the Host header.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function readCall(request: IncomingRequest, boundAddress: string): Call | Refusal {
  const { method, headers, body, remoteAddress } = request
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(request.target)
  const target = absolute ? absolute[2] || '/' : request.target
  if (!/^[/?]/.test(target)) return refuse(400, 'The request target is not a path.')
  const hosts = absolute ? [absolute[1] ?? ''] : headerValues(headers, 'host')
  if (hosts.length !== 1) return refuse(400, 'A request carries exactly one Host header.')
  const hostname = readHostname(hosts[0] ?? '')
  if (hostname === null) return refuse(400, 'The Host header is not a host name.')
  if (!isExpectedHostname(hostname, boundAddress)) {
    return refuse(
      421,
      'The simulator is bound to loopback and answers to 127.0.0.1, localhost and [::1] only.',
    )
  }
  if (request.isTooLarge) return refuse(413, 'The body is larger than 64 KiB.')
  const [path = '', ...query] = target.split('?')
  return {
    method,
    path: path || '/',
    query: query.join('?'),
    hostname,
    headers,
    body,
    remoteAddress,
    rules: defaultRules,
  }
}

/** Lists the values of a header; the name is in lower case. */
export function headerValues(headers: IncomingRequest['headers'], name: string): string[] {
  return headers.filter(([header]) => header === name).map(([, value]) => value)
}

/** Reads the credentials that a request brings under a scheme of Authorization, named in lower case; null when it has none. */
export function credentialsOf({ headers }: Pick<Call, 'headers'>, scheme: string): string | null {
  const [header = ''] = headerValues(headers, 'authorization')
  const [sent = '', ...rest] = header.trim().split(/ +/)
  return sent.toLowerCase() === scheme ? rest.join(' ') : null
}

/** Reads the media type of the body, without its parameters, in lower case; null unless there is exactly one. */
export function mediaType(call: Call): string | null {
  const [value, ...others] = headerValues(call.headers, 'content-type')
  return value === undefined || others.length > 0 ? null : (value.split(';')[0] ?? '').trim().toLowerCase()
}

export interface Parameters {
  /** The value of a parameter; one without a value counts as absent. */
  get: (name: string) => string | undefined
  isDoubled: (name: string) => boolean
  readonly names: readonly string[]
  readonly hasDoubles: boolean
}

/**
 * Reads request parameters, none of which may be sent twice.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.1
 */
export function readParameters(pairs: Iterable<readonly [name: string, value: string]>): Parameters {
  const values = new Map<string, string>()
  const doubled = new Set<string>()
  for (const [name, value] of pairs) {
    if (values.has(name)) doubled.add(name)
    else values.set(name, value)
  }
  return {
    get: (name) => values.get(name) || undefined,
    isDoubled: (name) => doubled.has(name),
    names: [...values.keys()],
    hasDoubles: doubled.size > 0,
  }
}

/** Tells whether a text can be written in UTF-8, and so in a URL: JSON can hold halves of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

/** Reads the parameters of a form that a page sent; of any other body there are none. */
export function readPageForm(call: Call): Parameters {
  const isForm = mediaType(call) === 'application/x-www-form-urlencoded'
  return readParameters(new URLSearchParams(isForm ? call.body : ''))
}

const refusalCodes = { 400: 'INVALID_ARGUMENT', 413: 'CONTENT_TOO_LARGE', 421: 'MISDIRECTED_REQUEST' }

function refuse(status: Refusal['status'], message: string): Refusal {
  return { status, code: refusalCodes[status], message }
}
