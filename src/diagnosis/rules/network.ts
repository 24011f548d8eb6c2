// Requests that got no complete response, or one from something in between.
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import type { Closed, Unreached } from '../catalogue/network.ts'
import { finding } from '../finding.ts'
import { botCheck, readPage } from '../page.ts'
import { isLoopback, isPrivateHost } from '../../wire/addresses.ts'
import { kindOfFailure } from '../../wire/failure.ts'
import { textOf } from '../../wire/exchange.ts'
import { chainOf, hostAsked, hostOf, isSimulator, locationOf, placeOf, sourceOf } from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'

/** Explains an exchange that was cut short, or answered by a proxy, a firewall or the network; null when it was not. */
export function explainTransport(recording: Recording, exchange: Exchange): Finding | null {
  return explainFailure(recording, exchange) ?? explainBetween(recording, exchange)
}

function explainFailure(recording: Recording, exchange: Exchange): Finding | null {
  const { failure, connection, timings, response } = exchange
  if (failure === null) return null
  const host = hostAsked(exchange)
  const place = placeOf(exchange)
  const { code: error, message } = failure
  if (error === 'PROXY_407') return finding('proxy_credentials', place, { host, isTunnel: true })
  if (failure.phase === 'proxy' || error.startsWith('PROXY_'))
    return finding('proxy_failed', place, { host, message: message.replace(/\.$/, '') })
  const isOnPhone = isWatched(recording, exchange)
  const unreached: Unreached = {
    host,
    sentFrom: whoSentUs(recording, exchange),
    isOnPhone,
    isPrivate: URL.canParse(exchange.request.url) && isPrivateHost(new URL(exchange.request.url).hostname),
    isLoopback: isHere(exchange.request.url) && !isHere(chainOf(recording)[0]?.request.url ?? ''),
    source: sourceOf(recording, exchange.kind),
  }
  const certificate = connection?.certificate ?? null
  const simulated = isSimulator(recording, exchange)
  const code = kindOfFailure(error)
  switch (code) {
    case 'host_not_found':
    case 'network_unreachable':
      return finding(code, place, unreached)
    case 'tls_failed':
      return finding(code, place, { ...unreached, ...readHandshake(error, message) })
    case 'connection_refused':
      return finding(code, place, { ...unreached, isSimulator: simulated })
    case 'connection_lost':
      return finding(code, place, {
        ...unreached,
        status: response?.status ?? null,
        closed: howClosed(exchange),
      })
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
      return finding('network_error', place, {
        host,
        error,
        says: isOnPhone || error === 'bad_response' ? message : null,
        isOnPhone,
        isPlain: exchange.request.url.startsWith('http:'),
      })
  }
}

/** Tells whether a URL leads to whatever machine follows it. */
function isHere(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
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

/** Says what a connection was closed in the middle of, as far as that tells why. */
function howClosed({ request, connection, response, timings }: Exchange): Closed {
  if (response !== null || timings.connectedMs === null) return null
  if (request.url.startsWith('http:')) return 'plain'
  return timings.securedMs === null || connection === null ? null : 'secured'
}

/** What servers say that expect TLS on a port. */
const wantsTls =
  /plain http request was sent to https port|speaking plain http to an ssl-enabled|sent an http request to an https server|this combination of host and port requires tls/i

/** Explains an answer that came from something other than the server; null when nothing says so. */
function explainBetween(recording: Recording, exchange: Exchange): Finding | null {
  const { response } = exchange
  if (response === null) return null
  const host = hostAsked(exchange)
  const place = placeOf(exchange)
  const { status } = response
  if (status === 407) return finding('proxy_credentials', place, { host, isTunnel: false })
  if (status === 400 && exchange.request.url.startsWith('http:') && wantsTls.test(textOf(response)))
    return finding('https_wanted', place, { host, source: sourceOf(recording, exchange.kind) })
  const page = readPage(response)
  if (page === null && status >= 400 && botCheck.test(textOf(response)))
    return finding('firewall_page', place, { host, page: null, status })
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

/** Gives the login page of a network that a program was redirected to; null if it doesn't look like one. */
function portalOf(exchange: Exchange): string | null {
  const location = exchange.sentBy === 'nv' ? locationOf(exchange) : null
  if (location === null || !URL.canParse(location)) return null
  const { origin, pathname, host } = new URL(location)
  return host !== hostAsked(exchange) && portalSigns.test(location) ? origin + pathname : null
}

/** Reads how a handshake failed out of what TLS says of it. */
function readHandshake(code: string, message: string) {
  return {
    alert: /alert "([^"]+)"/.exec(message)?.[1] ?? null,
    // What answered isn't TLS: its first bytes make no record.
    isOther: /wrong.version.number|packet.length.too.long|http.request|unknown.protocol/i.test(
      `${code} ${message}`,
    ),
    reason: /handshake failed: (.+)/.exec(message)?.[1] ?? null,
  }
}
