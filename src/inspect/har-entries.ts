// The entries of a HAR as requests and responses.
import { type Failure, type RequestMessage, type ResponseMessage } from '../wire/exchange.ts'
import { messageOf } from './seen.ts'
import { isObject } from '../wire/body.ts'

export interface Entry {
  startedAtMs: number
  durationMs: number
  request: RequestMessage
  response: ResponseMessage | null
  failure: Failure | null
  /** Whether the browser went there, and not a script or an image. */
  isNavigation: boolean
}

const maxEntries = 5000
const maxBody = 64 * 1024

type Json = Readonly<Record<string, unknown>>

/** Lists the entries of a parsed HAR, in order; null if it isn't one. Malformed entries are left out. */
export function entriesOf(har: Json): Entry[] | null {
  const log = objectIn(har, 'log')
  const entries = log?.['entries']
  if (!Array.isArray(entries)) return null
  return entries.slice(0, maxEntries).flatMap((entry) => {
    const read = isObject(entry) ? readEntry(entry) : null
    return read === null ? [] : [read]
  })
}

function objectIn(object: Json, name: string): Json | null {
  const member = object[name]
  return isObject(member) ? member : null
}

function textIn(object: Json | null, name: string): string {
  const member = object?.[name]
  return typeof member === 'string' ? member : ''
}

function numberIn(object: Json | null, name: string): number {
  const member = object?.[name]
  return typeof member === 'number' && Number.isFinite(member) ? member : 0
}

function readEntry(entry: Json): Entry | null {
  const request = objectIn(entry, 'request')
  const url = textIn(request, 'url')
  if (request === null || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null
  const response = objectIn(entry, 'response')
  const status = numberIn(response, 'status')
  const error = textIn(response, '_error') || textIn(response, '_failureText') || textIn(entry, '_error')
  const startedAtMs = Date.parse(textIn(entry, 'startedDateTime'))
  const headers = headersIn(request)
  const accepts = headers.find(([name]) => name === 'accept')?.[1] ?? ''
  const target = headers.find(([name]) => name === 'sec-fetch-dest')?.[1]
  return {
    startedAtMs: Number.isNaN(startedAtMs) ? 0 : startedAtMs,
    durationMs: Math.max(0, numberIn(entry, 'time')),
    request: {
      method: textIn(request, 'method').toUpperCase() || 'GET',
      url,
      ...messageOf(headers, bodyIn(request)),
    },
    response: status >= 100 ? { status, ...messageOf(responseHeaders(response), contentIn(response)) } : null,
    failure: status >= 100 ? null : failureOf(error),
    isNavigation:
      textIn(entry, '_resourceType') === 'document' ||
      target === 'document' ||
      (target === undefined && accepts.includes('text/html')),
  }
}

function headersIn(message: Json | null): Array<[string, string]> {
  const headers = message?.['headers']
  if (!Array.isArray(headers)) return []
  return headers
    .slice(0, 200)
    .flatMap((header): Array<[string, string]> =>
      isObject(header) ? [[textIn(header, 'name').toLowerCase(), textIn(header, 'value')]] : [],
    )
}

/** Some programs give the target of a redirect beside the headers alone. */
function responseHeaders(response: Json | null): Array<[string, string]> {
  const headers = headersIn(response)
  const target = textIn(response, 'redirectURL')
  return target === '' || headers.some(([name]) => name === 'location')
    ? headers
    : [...headers, ['location', target]]
}

function bodyIn(request: Json): string | null {
  const data = objectIn(request, 'postData')
  if (data === null) return null
  const text = textIn(data, 'text')
  if (text !== '') return text.slice(0, maxBody)
  const parameters = data['params']
  if (!Array.isArray(parameters)) return null
  const pairs = parameters
    .slice(0, 100)
    .flatMap((one): Array<[string, string]> =>
      isObject(one) ? [[textIn(one, 'name'), textIn(one, 'value')]] : [],
    )
  return new URLSearchParams(pairs).toString()
}

function contentIn(response: Json | null): string | null {
  const content = response === null ? null : objectIn(response, 'content')
  const text = textIn(content, 'text')
  if (text === '') return null
  return textIn(content, 'encoding') === 'base64'
    ? Buffer.from(text.slice(0, 2 * maxBody), 'base64')
        .toString()
        .slice(0, maxBody)
    : text.slice(0, maxBody)
}

/** What browsers call the failures of a network. */
const failures: ReadonlyArray<readonly [RegExp, Pick<Failure, 'code' | 'phase'>]> = [
  [/NAME_NOT_RESOLVED|DNS|UNKNOWN_HOST/i, { code: 'ENOTFOUND', phase: 'resolve' }],
  [/CONNECTION_REFUSED/i, { code: 'ECONNREFUSED', phase: 'connect' }],
  [/TIMED?_?OUT/i, { code: 'timeout', phase: 'connect' }],
  [
    /ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED|NETWORK_(CHANGED|ACCESS)/i,
    { code: 'ENETUNREACH', phase: 'connect' },
  ],
  [/CERT_DATE/i, { code: 'CERT_HAS_EXPIRED', phase: 'tls' }],
  [/CERT_COMMON_NAME/i, { code: 'ERR_TLS_CERT_ALTNAME_INVALID', phase: 'tls' }],
  [/CERT_AUTHORITY/i, { code: 'SELF_SIGNED_CERT_IN_CHAIN', phase: 'tls' }],
  [/SSL|TLS|CERT/i, { code: 'ERR_SSL_PROTOCOL', phase: 'tls' }],
  [/CONNECTION_(RESET|CLOSED|ABORTED)|EMPTY_RESPONSE/i, { code: 'ECONNRESET', phase: 'headers' }],
  [/PROXY|TUNNEL/i, { code: 'PROXY', phase: 'proxy' }],
  [/UNSAFE_PORT/i, { code: 'bad_port', phase: 'connect' }],
]

function failureOf(error: string): Failure {
  const known = failures.find(([pattern]) => pattern.test(error))?.[1] ?? {
    code: 'unknown',
    phase: 'connect' as const,
  }
  return { ...known, message: error.slice(0, 200) || 'the browser recorded no answer' }
}
