// What a program says when its request got no answer: Node, browsers, curl, Java, Python, .NET.
import { exchangeOfSeen, diagnoseSeen, messageOf, recordingOfSeen } from './seen.ts'
import { type Given, type Inspection, inspectionOf, type Lint } from './inspection.ts'
import type { FailurePhase } from '../wire/exchange.ts'

const maxLength = 20_000

/** The code of Node for each, and how far the request came. */
const signs: ReadonlyArray<readonly [sign: RegExp, code: string, phase: FailurePhase]> = [
  [
    /getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|ERR_NAME_NOT_RESOLVED|curl: \(6\)|UnknownHostException|NameResolutionError|Name or service not known|No such host is known|nodename nor servname/,
    'ENOTFOUND',
    'resolve',
  ],
  [
    /connect ECONNREFUSED|ERR_CONNECTION_REFUSED|curl: \(7\)|ConnectException: Connection refused|\[Errno (?:111|61)\]|actively refused it/,
    'ECONNREFUSED',
    'connect',
  ],
  [
    /connect ETIMEDOUT|ERR_CONNECTION_TIMED_OUT|curl: \(28\)|ConnectTimeout|SocketTimeoutException|UND_ERR_CONNECT_TIMEOUT/,
    'timeout',
    'connect',
  ],
  [
    /CERT_HAS_EXPIRED|ERR_CERT_DATE_INVALID|certificate has expired|CertificateExpiredException/,
    'CERT_HAS_EXPIRED',
    'tls',
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|ERR_CERT_COMMON_NAME_INVALID|Hostname mismatch|No subject alternative (?:DNS )?name|RemoteCertificateNameMismatch/,
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'tls',
  ],
  [
    /PKIX path building failed|CERTIFICATE_VERIFY_FAILED|ERR_CERT_AUTHORITY_INVALID|curl: \(60\)|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|RemoteCertificateChainErrors/,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'tls',
  ],
  [
    /ERR_SSL_PROTOCOL_ERROR|curl: \(35\)|SSLHandshakeException|SSLV3_ALERT|WRONG_VERSION_NUMBER/,
    'EPROTO',
    'tls',
  ],
  [
    /read ECONNRESET|socket hang up|ERR_CONNECTION_(?:RESET|CLOSED)|ERR_EMPTY_RESPONSE|curl: \((?:52|56)\)|Connection reset/,
    'ECONNRESET',
    'headers',
  ],
]

/** Reads the message of a program whose request got no answer; null when the text is none. */
export function readNetworkError(text: string, given: Given): Inspection | null {
  // An answer of a server may quote such a message.
  if (text.length > maxLength || /^\s*(?:[{<[]|HTTP\/)/.test(text)) return null
  const sign = signs.find(([pattern]) => pattern.test(text))
  if (sign === undefined) return null
  const [, code, phase] = sign
  const host = hostIn(text)
  const url = host === null ? 'the server' : `https://${host}/`
  const failure = { code, phase, message: 'the program says so' }
  const request = { method: 'POST', url, ...messageOf([], null) }
  const findings = diagnoseSeen(
    recordingOfSeen({
      exchanges: [exchangeOfSeen(1, 'token', 'token', { request, response: null, failure })],
      end: { kind: 'stopped', step: 'token', lacks: 'token' },
    }),
  )
  const facts = host === null ? [] : [{ name: 'host', value: host, meaning: 'that was asked' }]
  return inspectionOf(
    'error',
    `A request without an answer${host === null ? '' : ` from ${given.redactor.text(host)}`}`,
    facts,
    findings.map((one): Lint => [host === null ? '' : 'host', one]),
  )
}

function hostIn(text: string): string | null {
  const found =
    /\bhost(?:name)?\s*[=:]\s*["']([\w.-]{3,253})["']/i.exec(text) ??
    /\b(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:|resolve host:?)\s+["']?([\w.-]{3,253})/.exec(text) ??
    /https?:\/\/([\w.-]{1,253}(?::\d{1,5})?)/.exec(text) ??
    /\bECONNREFUSED ([\d.]+:\d+)/.exec(text)
  return found?.[1] ?? null
}
