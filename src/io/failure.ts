// Names what went wrong with a request.

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
    if ('code' in cause && typeof cause.code === 'string') {
      const message = describeTls(cause.message) ?? describeCoding(cause.code) ?? cause.message
      return new NetworkError(cause.code, message, { cause: error })
    }
  }
  const message = error instanceof Error ? rootMessage(error) : String(error)
  // The ports of https://fetch.spec.whatwg.org/#port-blocking have no code of their own.
  return new NetworkError(message === 'bad port' ? 'bad_port' : 'unknown', message, { cause: error })
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

/** Says what OpenSSL means; null when the text is not from OpenSSL. */
function describeTls(message: string): string | null {
  const alert = /SSL alert number (\d+)/.exec(message)?.[1]
  if (alert !== undefined)
    return `The server ended the TLS handshake with the alert "${alerts[Number(alert)] ?? alert}"`
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1]
  return reason === undefined ? null : `The TLS handshake failed: ${reason}`
}

/** Says that a body could not be decoded: the codes of zlib and Brotli say little. */
function describeCoding(code: string): string | null {
  return /^(?:Z_|ERR__ERROR_|ERR_BROTLI)/.test(code)
    ? 'The body is not encoded as its Content-Encoding says'
    : null
}

function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}
