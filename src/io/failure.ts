// Says what went wrong with a request.
import { describeFailureCode } from '../wire/failure.ts'
import { errorCode } from './error-code.ts'

/** A request got no complete HTTP response. */
export class NetworkError extends Error {
  override name = 'NetworkError'
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What undici says of a response that it can do nothing with, under a code that says that the connection was lost. */
const complaints: ReadonlyMap<string, string> = new Map([
  ['bad response', 'The server sent "100 Continue", which nothing had asked for'],
  ['bad upgrade', 'The server switched to another protocol, which nothing had asked for'],
])

/** Finds the code that Node or undici gave, however deep fetch wrapped it. */
export function networkError(error: unknown): NetworkError {
  for (let cause: unknown = error; cause instanceof Error; cause = firstOf(cause)) {
    const refusal = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1]
    if (refusal)
      return new NetworkError(`PROXY_${refusal}`, `The proxy refused the tunnel: HTTP ${refusal}`, {
        cause: error,
      })
    if (cause instanceof NetworkError) return cause
    const complaint = complaints.get(cause.message)
    if (complaint) return new NetworkError('bad_response', complaint, { cause: error })
    const code = codeOf(cause)
    if (code !== '') return new NetworkError(code, describe(cause, code), { cause: error })
  }
  const message = error instanceof Error ? rootMessage(error) : String(error)
  // The ports of https://fetch.spec.whatwg.org/#port-blocking have no code of their own.
  const code = message === 'bad port' ? 'bad_port' : 'unknown'
  return new NetworkError(code, describeFailureCode(code) ?? message, { cause: error })
}

/** The parser of undici 7, which Node 24 brings, names its errors and leaves the code out. */
function codeOf(error: Error): string {
  return errorCode(error) || (error.name === 'HTTPParserError' ? 'HPE_UNKNOWN' : '')
}

/** Says it in words of nv, and at which address it happened where Node tells. */
function describe(error: Error & { address?: unknown; port?: unknown }, code: string): string {
  const words =
    describeTls(error.message) ??
    describeParsing(code) ??
    describeFailureCode(code) ??
    `it failed with ${code}`
  const { address, port } = error
  if (typeof address !== 'string') return words
  const host = address.includes(':') ? `[${address}]` : address
  return `${words} (${typeof port === 'number' ? `${host}:${port}` : host})`
}

/** @see https://www.rfc-editor.org/rfc/rfc8446#section-6 */
const alerts: Readonly<Record<number, string>> = {
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
}

/** Translates an error of OpenSSL; null if the text is not from OpenSSL. */
function describeTls(message: string): string | null {
  const alert = /SSL alert number (\d+)/.exec(message)?.[1]
  if (alert !== undefined)
    return `The server ended the TLS handshake with the alert "${alerts[Number(alert)] ?? alert}"`
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1]
  return reason === undefined ? null : `The TLS handshake failed: ${reason}`
}

/** Translates an error of the HTTP parser; null if the code is another one. */
function describeParsing(code: string): string | null {
  if (/^(?:UND_ERR_HEADERS|HPE_HEADER)_OVERFLOW$/.test(code))
    return 'the headers of its response are too large'
  return code.startsWith('HPE_') ? 'its response is not valid HTTP' : null
}

function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}
