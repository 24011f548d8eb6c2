// Names a failure of Chrome's network as nv names its own.
import type { Failure, FailurePhase } from '../../wire/exchange.ts'

/** By what Chrome calls it, without `net::ERR_`. The codes are those of Node. */
const known: Readonly<Record<string, readonly [code: string, phase: FailurePhase]>> = {
  NAME_NOT_RESOLVED: ['ENOTFOUND', 'resolve'],
  NAME_RESOLUTION_FAILED: ['EAI_AGAIN', 'resolve'],
  DNS_TIMED_OUT: ['EAI_AGAIN', 'resolve'],
  INTERNET_DISCONNECTED: ['ENETDOWN', 'connect'],
  NETWORK_CHANGED: ['ECONNABORTED', 'connect'],
  ADDRESS_UNREACHABLE: ['EHOSTUNREACH', 'connect'],
  NETWORK_ACCESS_DENIED: ['ENETUNREACH', 'connect'],
  CONNECTION_REFUSED: ['ECONNREFUSED', 'connect'],
  CONNECTION_FAILED: ['ECONNREFUSED', 'connect'],
  CONNECTION_TIMED_OUT: ['ETIMEDOUT', 'connect'],
  UNSAFE_PORT: ['bad_port', 'connect'],
  TIMED_OUT: ['timeout', 'headers'],
  CONNECTION_RESET: ['ECONNRESET', 'headers'],
  CONNECTION_ABORTED: ['ECONNABORTED', 'headers'],
  CONNECTION_CLOSED: ['UND_ERR_SOCKET', 'headers'],
  SOCKET_NOT_CONNECTED: ['UND_ERR_SOCKET', 'headers'],
  EMPTY_RESPONSE: ['UND_ERR_SOCKET', 'headers'],
  INVALID_HTTP_RESPONSE: ['bad_response', 'headers'],
  INCOMPLETE_CHUNKED_ENCODING: ['UND_ERR_SOCKET', 'body'],
  CONTENT_LENGTH_MISMATCH: ['UND_ERR_SOCKET', 'body'],
  CONTENT_DECODING_FAILED: ['Z_DATA_ERROR', 'body'],
  CERT_DATE_INVALID: ['CERT_HAS_EXPIRED', 'tls'],
  CERT_COMMON_NAME_INVALID: ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  CERT_AUTHORITY_INVALID: ['CERT_UNTRUSTED', 'tls'],
  SSL_CLIENT_AUTH_CERT_NEEDED: ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls'],
  ABORTED: ['interrupted', 'headers'],
}

/** Reads what Chrome says of a request that failed, as in `net::ERR_NAME_NOT_RESOLVED`. */
export function readFailure(errorText: string): Failure {
  const name = errorText.replace(/^net::ERR_/, '')
  const [code, phase] = known[name] ?? familyOf(name)
  return { code, phase, message: `The browser says ${errorText.replace(/^net::/, '').slice(0, 100)}` }
}

function familyOf(name: string): readonly [code: string, phase: FailurePhase] {
  if (name.startsWith('CERT_')) return ['CERT_UNTRUSTED', 'tls']
  if (name.startsWith('SSL_') || name === 'BAD_SSL_CLIENT_AUTH_CERT') return ['EPROTO', 'tls']
  if (/PROXY|^TUNNEL_/.test(name)) return ['PROXY_FAILED', 'proxy']
  if (name.startsWith('HTTP2_') || name.startsWith('QUIC_')) return ['UND_ERR_SOCKET', 'headers']
  return ['unknown', 'headers']
}
