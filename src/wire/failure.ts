// What the codes of failed requests mean, and a few words for each.

/** What kept a request from a complete response. */
export type FailureKind =
  | 'host_not_found'
  | 'connection_refused'
  | 'connection_lost'
  | 'request_timeout'
  | 'network_unreachable'
  | 'certificate_expired'
  | 'certificate_wrong_host'
  | 'certificate_untrusted'
  | 'certificate_wanted'
  | 'tls_failed'
  | 'body_damaged'
  | 'port_blocked'
  | 'response_too_large'
  | 'no_common_family'

const kinds: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  EAI_NODATA: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  UND_ERR_SOCKET: 'connection_lost',
  timeout: 'request_timeout',
  ETIMEDOUT: 'request_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'request_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'request_timeout',
  UND_ERR_BODY_TIMEOUT: 'request_timeout',
  ENETUNREACH: 'network_unreachable',
  EHOSTUNREACH: 'network_unreachable',
  ENETDOWN: 'network_unreachable',
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_wrong_host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate_untrusted',
  CERT_UNTRUSTED: 'certificate_untrusted',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'certificate_wanted',
  EPROTO: 'tls_failed',
  bad_port: 'port_blocked',
  too_large: 'response_too_large',
  no_common_family: 'no_common_family',
}

/** Codes of which there are many. */
const families: ReadonlyArray<readonly [RegExp, FailureKind]> = [
  [/^ERR_SSL_/, 'tls_failed'],
  [/^(?:Z_|ERR__ERROR_|ERR_BROTLI)/, 'body_damaged'],
]

const shortly: Readonly<Partial<Record<FailureKind, string>>> = {
  host_not_found: 'its name does not resolve',
  connection_refused: 'the connection was refused',
  connection_lost: 'the connection was closed',
  request_timeout: 'it took too long',
  network_unreachable: 'there is no route to it',
  certificate_expired: 'its certificate is not valid today',
  certificate_wrong_host: 'its certificate is for another host',
  certificate_untrusted: 'its certificate is not trusted',
  certificate_wanted: 'it requires a client certificate',
  tls_failed: 'the TLS handshake failed',
  body_damaged: 'its body is not encoded as its Content-Encoding says',
  port_blocked: 'its port is blocked',
}

/** Tells what a code means; null when it is not known. */
export function kindOfFailure(code: string): FailureKind | null {
  if (Object.hasOwn(kinds, code)) return kinds[code] ?? null
  return families.find(([pattern]) => pattern.test(code))?.[1] ?? null
}

/**
 * Says in a few words why no response came, as the end of a sentence about the host; null if nv has no words for it.
 */
export function describeFailureCode(code: string | undefined): string | null {
  const kind = code === undefined ? null : kindOfFailure(code)
  return (kind && shortly[kind]) ?? null
}
