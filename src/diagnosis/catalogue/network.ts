// Requests that got no complete response.
import type { Certificate } from '../../wire/exchange.ts'
import { askOperator, type Words } from './words.ts'

/** Where a request went that failed. */
export interface Unreached {
  host: string
  /** Null: the host was configured; otherwise the hop of the chain, and who redirected there. */
  sentFrom: { hop: number; host: string } | null
  /** Whether the phone itself sent it, and not this machine. */
  isOnPhone: boolean
  /** Whether the host is only known, or only reachable, inside some network. */
  isPrivate: boolean
  /** Whether the host is the machine itself that asks. */
  isLoopback: boolean
  /** The flag of the URL, and what gave it its value. */
  source: string
}

/** What was closed before a byte of a response came: a plain connection, or one with TLS; null: neither, or it tells nothing. */
export type Closed = 'plain' | 'secured' | null

const hints: Readonly<Record<NonNullable<Closed>, string>> = {
  plain: 'A server that expects https does so too.',
  secured: 'A server that wants a client certificate (mutual TLS) does so too.',
}

/** What an alert is about, as far as it tells. */
const alertWords: Readonly<Record<string, { means: string; fix: string }>> = {
  protocol_version: {
    means: 'It accepts no version of TLS that nv offers (1.2 and 1.3).',
    fix: 'Ask the provider for an endpoint with TLS 1.2 or 1.3.',
  },
  unrecognized_name: {
    means: 'It does not know the host name.',
    fix: 'Check the host name of the URL.',
  },
  certificate_required: {
    means: 'It requires a client certificate (mutual TLS), which nv does not support.',
    fix: 'Ask the provider for an endpoint without mutual TLS.',
  },
}

interface Handshake {
  /** The alert by which the server ended it; null: it sent none. */
  alert: string | null
  /** Whether another protocol than TLS answered. */
  isOther: boolean
  /** Why this side ended it, in the words of the TLS library; null: it gave no reason. */
  reason: string | null
}

function explainHandshake({ host, source, alert, isOther, reason }: Unreached & Handshake): Words {
  if (alert !== null)
    return {
      title: `${host} ended the TLS handshake (${alert})`,
      cause:
        alertWords[alert]?.means ??
        'It speaks TLS but refused this connection: because of the host name, the ciphers, a client certificate that it wants, or a fault of its own.',
      fix:
        alertWords[alert]?.fix ??
        'Check the host name of the URL, and whether the gateway wants a client certificate.',
    }
  if (isOther)
    return {
      title: `${host} does not speak TLS on that port`,
      cause: 'What answered is plain http or another protocol.',
      fix: `Check the scheme and the port of the URL (${source}).`,
    }
  return {
    title: `The TLS handshake with ${host} failed${reason === null ? '' : ` (${reason})`}`,
    cause: `${reason === null ? 'The two share no TLS version or cipher, or' : 'What the server sent was not acceptable. It may offer an old version of TLS, a short key or a weak cipher, or'} something other than a TLS server answered.`,
    fix: `Ask whoever runs the server for TLS 1.2 or 1.3 with a current key. Check the port of the URL (${source}) too.`,
  }
}

/** Says who named a host that nobody configured. */
const whoSentUs = ({ sentFrom }: Unreached) =>
  sentFrom === null ? '' : `${sentFrom.host} redirected there (hop ${sentFrom.hop}). `

const isOperators = ({ isPrivate, isLoopback, isOnPhone }: Unreached) =>
  isLoopback
    ? ' That address is whatever machine follows the redirect, so the gateway redirects to the wrong one.'
    : isOnPhone
      ? ' The phone sent the request: over Wi-Fi, a VPN or a private DNS server it may not reach hosts of its operator.'
      : isPrivate
        ? ' The host is private to a network, likely the mobile one; with --via direct this machine plays the phone.'
        : ' With --via direct this machine plays the phone; the host may only be reachable from the mobile network.'
const isElsewhere = ({ isPrivate, sentFrom }: Unreached) =>
  isPrivate && sentFrom === null ? ' The host is private to some network: you may need a VPN.' : ''
const onPhone =
  'On the phone, turn Wi-Fi and VPN off, set Private DNS to automatic, and check its mobile data. Then try again.'
const placeOf = ({ isOnPhone }: Pick<Unreached, 'isOnPhone'>) => (isOnPhone ? 'the phone' : 'this machine')
const phoneOr = (facts: Unreached, fix: string) =>
  facts.isOnPhone
    ? onPhone
    : facts.sentFrom === null
      ? fix
      : `Try a real phone with --via qr, or ${askOperator}.`

export const network = {
  host_not_found: (facts: Unreached): Words => ({
    title: `The host ${facts.host} can't be found`,
    cause:
      facts.sentFrom === null
        ? `Its name does not resolve: the URL has a typo, ${placeOf(facts)} has no network, or its DNS server does not know the name.${isElsewhere(facts)}`
        : `${whoSentUs(facts)}Its name does not resolve ${facts.isOnPhone ? 'on the phone' : 'here'}.${isOperators(facts)}`,
    fix: phoneOr(facts, `Check the URL (${facts.source}) and the network of this machine.`),
  }),
  connection_refused: (facts: Unreached & { isSimulator: boolean }): Words => ({
    title: `${facts.host} refused the connection`,
    cause: `${whoSentUs(facts)}Nothing listens on that port, or a firewall rejected it.${facts.sentFrom === null ? isElsewhere(facts) : isOperators(facts)}`,
    fix:
      facts.isSimulator && facts.sentFrom === null
        ? `Check the port (${facts.source}), and that \`nv simulate\` still runs.`
        : phoneOr(facts, `Check the host and the port of the URL (${facts.source}).`),
  }),
  connection_lost: (facts: Unreached & { status: number | null; closed: Closed }): Words => ({
    title: `${facts.host} closed the connection before its response was complete`,
    cause: `${whoSentUs(facts)}${facts.status === null ? '' : `The response had started, with HTTP ${facts.status}. `}The server or something in between (a proxy, a load balancer) closed it.${facts.closed === null ? '' : ` ${hints[facts.closed]}`}`,
    fix: `Try again. If it keeps happening, ${askOperator}.`,
  }),
  request_timeout: (facts: Unreached & { seconds: number | null }): Words => ({
    title: `${facts.host} did not answer completely ${facts.seconds === null ? 'in time' : `within ${facts.seconds} s`}`,
    cause: `${whoSentUs(facts)}The server is slow or down, or a firewall drops the packets.${facts.isPrivate ? ' Its address is private to some network.' : ''}`,
    fix: phoneOr(facts, 'Check that a proxy or firewall does not block this machine, then try again.'),
  }),
  network_unreachable: (facts: Unreached): Words => ({
    title: `There is no route to ${facts.host}`,
    cause: `${whoSentUs(facts)}${facts.isOnPhone ? 'The phone' : 'This machine'} has no network, or no route that leads there.${facts.isPrivate ? ' Its address is private to some network.' : ''}`,
    fix: phoneOr(facts, 'Check the network, VPN and proxy of this machine.'),
  }),
  no_common_family: (facts: Unreached & { message: string }): Words => ({
    title: `${facts.host} can't be reached from the chosen address`,
    cause: `${facts.message}: an IPv4 address reaches only IPv4, an IPv6 address only IPv6.`,
    fix: 'Choose an address of the other family with --local-address, or an interface with both.',
  }),
  certificate_expired: ({ host, certificate, isOnPhone }: CertificateFacts): Words => ({
    title: `The certificate of ${host} is not valid today`,
    cause: `${certificate === null ? 'It has expired or is not valid yet' : `It is valid from ${certificate.validFrom} to ${certificate.validTo}`}, or the clock of ${placeOf({ isOnPhone })} is wrong.`,
    fix: `Check the clock of ${placeOf({ isOnPhone })}. If it is right, the server needs a new certificate: report it to the provider.`,
  }),
  certificate_wrong_host: ({ host, certificate }: CertificateFacts): Words => ({
    title: `The certificate of ${host} is for another host`,
    cause: `${certificate === null ? '' : `It is for ${certificate.subject}. `}The URL names the wrong host, or a proxy answered instead of it.`,
    fix: 'Check the URL.',
  }),
  certificate_untrusted: ({ host, certificate, isSimulator, isOnPhone }: CertificateFacts): Words => ({
    title: `The certificate of ${host} is not trusted`,
    cause: `${certificate === null ? '' : `It was issued by ${certificate.root ?? certificate.issuer}. `}It is self-signed, or signed by an authority that ${isOnPhone ? 'the phone' : 'nv'} does not know, such as a company's proxy.`,
    fix: isOnPhone
      ? "Report it to the provider. For a server of your own, install its authority's certificate on the phone."
      : `Give that authority's certificate with --ca <file.pem> or NV_CA${isSimulator ? '; `nv simulate --tls` prints the line for its own' : ''}.`,
  }),
  certificate_wanted: ({ host, says }: { host: string; says: string | null }): Words => ({
    title: `${host} requires a client certificate`,
    cause: `${says === null ? '' : `The server says: "${says}" `}It uses mutual TLS, which nv does not support.`,
    fix: 'Ask the provider for an endpoint without mutual TLS.',
  }),
  tls_failed: (facts: Unreached & Handshake): Words => {
    const { title, cause, fix } = explainHandshake(facts)
    return { title, cause: whoSentUs(facts) + cause, fix: phoneOr(facts, fix) }
  },
  https_wanted: ({ host, source }: { host: string; source: string }): Words => ({
    title: `${host} expects https on that port`,
    cause: 'The URL says http, and the server says that it got plain HTTP where it expects TLS.',
    fix: `Write https:// in the URL (${source}).`,
  }),
  proxy_failed: ({ host, message }: { host: string; message: string }): Words => ({
    title: `The request to ${host} did not get through the proxy`,
    cause: `${message}.`,
    fix: 'Check HTTPS_PROXY or --proxy. List hosts that need no proxy in NO_PROXY.',
  }),
  proxy_credentials: ({ host, isTunnel }: { host: string; isTunnel: boolean }): Words => ({
    title: `A proxy in front of ${host} requires credentials (HTTP 407)`,
    cause: isTunnel
      ? 'The proxy of this machine opened no tunnel, so the request did not reach the gateway.'
      : 'The request did not reach the gateway, or a proxy on the gateway side answered.',
    fix: 'Set them in HTTPS_PROXY=http://user:password@proxy:port, or exclude the host with NO_PROXY.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8',
  }),
  port_blocked: ({ host, source }: { host: string; source: string }): Words => ({
    title: `Nothing can be sent to ${host}: the port is blocked`,
    cause: 'Browsers and HTTP clients refuse ports of other protocols, such as mail.',
    fix: `Check the port of the URL (${source}). If it is right, have the gateway listen on another one.`,
    reference: 'https://fetch.spec.whatwg.org/#port-blocking',
  }),
  response_too_large: ({ host }: { host: string }): Words => ({
    title: `The response from ${host} is too large`,
    cause: 'It sent more than 1 MiB instead of a few hundred bytes, so this is likely not the endpoint.',
    fix: 'Check the URL.',
  }),
  body_damaged: ({ host }: { host: string }): Words => ({
    title: `The response from ${host} can't be decompressed`,
    cause:
      'Its body is not compressed as its Content-Encoding says. A proxy that changes bodies can cause that.',
    fix: `Try again from another network. If it keeps happening, ${askOperator}.`,
  }),
  network_error: ({
    host,
    error,
    says,
    isOnPhone,
    isPlain,
  }: {
    host: string
    error: string
    /** What the browser of a phone, or nv's client, said of it; null: nothing that a user can read. */
    says: string | null
    isOnPhone: boolean
    /** Whether it was sent without TLS. */
    isPlain: boolean
  }): Words => ({
    title: `The request to ${host} failed`,
    cause:
      says !== null
        ? `${says}.`
        : (networkErrors[error] ??
          (error.startsWith('HPE_') ? notHttp(isPlain) : null) ??
          `The connection failed${/^E[A-Z0-9]+$/.test(error) ? ` with ${error}` : ''}.`),
    fix: `Check the URL and the network of ${placeOf({ isOnPhone })}, then try again.`,
  }),
}

interface CertificateFacts {
  host: string
  certificate: Certificate | null
  isSimulator: boolean
  isOnPhone: boolean
}

/** Says what it may mean that a parser of HTTP gave up. */
function notHttp(isPlain: boolean): string {
  return `The response is not valid HTTP. Another kind of server may listen there${isPlain ? ' (one for https, say)' : ''}, or something damaged the response.`
}

/** What the codes of a parser mean, as far as a user can do something about it. */
const networkErrors: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: 'The headers of its response are too large, so this is likely not the endpoint.',
  HPE_HEADER_OVERFLOW: 'The headers of its response are too large, so this is likely not the endpoint.',
}
