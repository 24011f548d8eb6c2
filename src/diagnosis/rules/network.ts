// Requests that got no complete response, or one from something in between.
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import type { Unreached } from '../catalogue/network.ts'
import { finding } from '../finding.ts'
import { readPage } from '../page.ts'
import { isPrivateHost } from '../../wire/addresses.ts'
import { chainOf, hostAsked, hostOf, isSimulator, locationOf, placeOf, sourceOf } from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'

type FailureCode =
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

const codes: Readonly<Record<string, FailureCode>> = {
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
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'tls_failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls_failed',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls_failed',
  EPROTO: 'tls_failed',
  Z_DATA_ERROR: 'body_damaged',
  Z_BUF_ERROR: 'body_damaged',
  bad_port: 'port_blocked',
  too_large: 'response_too_large',
  no_common_family: 'no_common_family',
}

const shortly: Readonly<Partial<Record<FailureCode, string>>> = {
  host_not_found: 'its name does not resolve',
  connection_refused: 'the connection was refused',
  connection_lost: 'the connection was closed',
  request_timeout: 'it took too long',
  network_unreachable: 'there is no route to it',
  certificate_expired: 'its certificate is not valid today',
  certificate_wrong_host: 'its certificate is for another host',
  certificate_untrusted: 'its certificate is not trusted',
  tls_failed: 'it does not speak TLS on that port',
}

/** Says in a few words why no response came, for a sentence of another finding; null where nv has no words for it. */
export function describeFailureCode(code: string | undefined): string | null {
  const known = code === undefined || !Object.hasOwn(codes, code) ? undefined : codes[code]
  return (known && shortly[known]) ?? null
}

/** Explains an exchange that was cut short, or answered by a proxy, a firewall or the network; null when it was not. */
export function explainTransport(recording: Recording, exchange: Exchange): Finding | null {
  return explainFailure(recording, exchange) ?? explainBetween(exchange)
}

function explainFailure(recording: Recording, exchange: Exchange): Finding | null {
  const { failure, connection, timings, response } = exchange
  if (failure === null) return null
  const host = hostAsked(exchange)
  const place = placeOf(exchange)
  const { code: error, message } = failure
  if (failure.phase === 'proxy' || error.startsWith('PROXY_'))
    return finding('proxy_failed', place, { host, message: message.replace(/\.$/, '') })
  const code = codes[error] ?? familyOf(error)
  const isOnPhone = isWatched(recording, exchange)
  const unreached: Unreached = {
    host,
    sentFrom: whoSentUs(recording, exchange),
    isOnPhone,
    isPrivate: URL.canParse(exchange.request.url) && isPrivateHost(new URL(exchange.request.url).hostname),
    source: sourceOf(recording, exchange.kind),
  }
  const certificate = connection?.certificate ?? null
  const simulated = isSimulator(recording, exchange)
  switch (code) {
    case 'host_not_found':
    case 'network_unreachable':
      return finding(code, place, unreached)
    case 'tls_failed':
      return finding(code, place, { ...unreached, alert: /alert "([^"]+)"/.exec(message)?.[1] ?? null })
    case 'connection_refused':
      return finding(code, place, { ...unreached, isSimulator: simulated })
    case 'connection_lost':
      return finding(code, place, { ...unreached, status: response?.status ?? null })
    case 'request_timeout':
      return finding(code, place, { ...unreached, seconds: Math.round(timings.endedMs / 1000) || null })
    case 'no_common_family':
      return finding(code, place, { ...unreached, message: message.replace(/\.$/, '') })
    case 'certificate_expired':
    case 'certificate_wrong_host':
    case 'certificate_untrusted':
      return finding(code, place, { host, certificate, isSimulator: simulated, isOnPhone })
    case 'certificate_wanted':
      return finding(code, place, { host, says: null })
    case 'port_blocked':
      return finding(code, place, { host, source: unreached.source })
    case 'response_too_large':
    case 'body_damaged':
      return finding(code, place, { host })
    default:
      return finding('network_error', place, { host, error, says: isOnPhone ? message : null, isOnPhone })
  }
}

/** Finds what a code means that is one of many; null when it is not known. */
function familyOf(error: string): FailureCode | null {
  if (error.startsWith('ERR_SSL_')) return 'tls_failed'
  return error.startsWith('ERR__ERROR_') || error.startsWith('ERR_BROTLI') ? 'body_damaged' : null
}

/** Tells whether a real phone sent a request, and nv only watched. */
export function isWatched({ request }: Recording, { sentBy }: Exchange): boolean {
  return request.via === 'chrome' && sentBy === 'phone'
}

/** Names the hop that sent the phone to a host that nobody configured; null when it was configured. */
function whoSentUs(recording: Recording, exchange: Exchange): Unreached['sentFrom'] {
  const chain = chainOf(recording)
  const index = chain.indexOf(exchange)
  const previous = chain[index - 1]
  const first = chain[0]
  if (previous === undefined || first === undefined) return null
  return hostAsked(exchange) === hostAsked(first)
    ? null
    : { hop: exchange.hop ?? index + 1, host: hostOf(previous.request.url) }
}

/** Explains an answer that came from something other than the server; null when nothing says so. */
function explainBetween(exchange: Exchange): Finding | null {
  const { response } = exchange
  if (response === null) return null
  const host = hostAsked(exchange)
  const place = placeOf(exchange)
  const { status } = response
  if (status === 407) return finding('proxy_credentials', place, { host })
  const page = readPage(response)
  if (status === 511) return finding('captive_portal', place, { host, page, status })
  const portal = portalOf(exchange)
  if (portal !== null) return finding('captive_portal', place, { host, page, status, location: portal })
  if (page?.kind === 'proxy') return finding('proxy_page', place, { host, page, status })
  if (page?.kind === 'firewall') return finding('firewall_page', place, { host, page, status })
  if (page?.kind === 'client-certificate')
    return finding('certificate_wanted', place, { host, says: wordsOf(readRefusal(response)) })
  return null
}

/** What the login pages of hotels, trains and offices have in their addresses. */
const portalSigns =
  /hotspot|captive|wi-?fi|wlan|\/guest\/|[?&](client_?mac|ap_?mac|switch_url|base_grant_url|mac|uamip|orig_url)=|cmd=login/i

/** Gives the login page of a network that a program was redirected to; null when it looks like none. */
function portalOf(exchange: Exchange): string | null {
  const location = exchange.sentBy === 'nv' ? locationOf(exchange) : null
  if (location === null || !URL.canParse(location)) return null
  const { origin, pathname, host } = new URL(location)
  return host !== hostAsked(exchange) && portalSigns.test(location) ? origin + pathname : null
}
