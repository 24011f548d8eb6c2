// The building blocks of the catalogue's entries.
import type { Grant } from '../../oauth/grants.ts'
import { capitalize } from '../../wire/text.ts'
import type { Login } from '../challenge.ts'
import type { Finding } from '../../run/finding.ts'

export type Words = Pick<Finding, 'title' | 'cause' | 'fix'> &
  Partial<Pick<Finding, 'severity' | 'reference'>>

export const rfc6749 = 'https://www.rfc-editor.org/rfc/rfc6749'
export const numberVerification = 'https://github.com/camaraproject/NumberVerification'
export const rfc8414 = 'https://www.rfc-editor.org/rfc/rfc8414'
export const rfc9449 = 'https://www.rfc-editor.org/rfc/rfc9449'
export const openidDiscovery = 'https://openid.net/specs/openid-connect-discovery-1_0.html'
export const camaraSecurity =
  'https://github.com/camaraproject/IdentityAndConsentManagement/blob/main/documentation/CAMARA-Security-Interoperability.md'
export const openidConnect = 'https://openid.net/specs/openid-connect-core-1_0.html'
export const ciba =
  'https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html'

/** What a server said when it refused a request. */
export interface Refused {
  host: string
  /** Null: it came in a redirect. */
  status: number | null
  /** The code that the server sent, as it sent it; null: none. */
  sent: string | null
  /** The server's own words; null: none. */
  says: string | null
  retryAfter: string | null
  /** Where the server says that more is written. */
  reference: string | null
}

/** Quotes the server's own words, which come before ours; empty if it said nothing. */
export function quote(says: string | null): string {
  return says === null ? '' : `The server says: "${says}" `
}

/** Adds the HTTP status, when there was one. */
export function withStatus({ status }: { status: number | null }): string {
  return status === null ? '' : ` (HTTP ${status})`
}

/** Begins a title with the code that the server sent; a code that it did not send is never shown. */
export function titled({ sent }: Pick<Refused, 'sent'>, title: string): string {
  return sent === null ? startSentence(title) : `${sent}: ${title}`
}

/** Begins a sentence with a capital letter, unless a host does: names of hosts stay as they are. */
export function startSentence(text: string): string {
  return /^\S*[.:]\S/.test(text) ? text : capitalize(text)
}

/** Names what a server asks for in front of an endpoint. */
export function describeChallenge({ scheme, realm }: Login): string {
  return `a login of its own (${scheme}${realm === null ? '' : `, realm "${realm}"`})`
}

/** Adds how long the server asks to wait: seconds or a date; anything else is left out. */
export function later({ retryAfter }: Pick<Refused, 'retryAfter'>): string {
  const text = retryAfter ?? ''
  if (/^\d{1,6}$/.test(text)) return ` The server asks to wait ${text} s (Retry-After).`
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? ` The server asks to wait until ${text} (Retry-After).`
    : ''
}

/** Says what a status means that is temporary, or that HTTP doesn't have; null for any other. */
export function whyFailing({ status }: Pick<Refused, 'status'>): string | null {
  if (status === 429) return 'It does not accept more requests for now.'
  return (status ?? 0) > 599
    ? 'HTTP defines no such status. Something in front of the server may have refused the request.'
    : null
}

/** How many seconds two clocks may differ before nv mentions it. */
const notableSkewSeconds = 30

/** Tells whether the clock of a server and that of this machine differ notably. */
export function isSkewed(seconds: number | null): seconds is number {
  return seconds !== null && Math.abs(seconds) >= notableSkewSeconds
}

/** Says how far the clock of a server is off by its Date header, and what that does to what was signed here. */
export function describeSkew(host: string, seconds: number | null): string {
  if (!isSkewed(seconds)) return ''
  const direction = seconds < 0 ? 'behind' : 'ahead of'
  const looks = seconds < 0 ? 'issued in the future' : 'expired'
  return `By its Date header the clock of ${host} is ${Math.abs(seconds)} s ${direction} this machine, so signatures from here look ${looks} there. `
}

/** Names the flow that a grant belongs to. */
export function flowOf(grant: Grant): string {
  if (grant === 'ciba') return 'CIBA'
  return grant === 'jwt-bearer' ? 'the JWT bearer grant' : 'the authorization code flow'
}

/** Tells whether a grant takes the token of a SIM, and not the connection of a phone. */
export function isBySim(grant: Grant): boolean {
  return grant !== 'authorization-code'
}

/** Names what a token request exchanges for an access token. */
export function tradedIn(grant: Grant): string {
  if (grant === 'ciba') return 'auth_req_id'
  return grant === 'jwt-bearer' ? 'assertion' : 'code'
}

export const askOperator = 'ask the operator of the gateway, with the time and the correlator of the request'

export const newOperatorToken =
  'Get a new operator token from the phone (it is short-lived and may work only once), and try again.'

export const useMobileData =
  'Use the phone itself on mobile data: Wi-Fi off, VPN and Private Relay off, no tethering, the right SIM for data. Then try again.'

/** Why an operator can't know the line when nv itself follows the redirects. */
export const machinePlays =
  'With --via direct this machine plays the phone, so the operator saw this connection: likely not mobile data of a line that it knows.'

export const useRealPhone =
  "Open the URL on a phone on mobile data (--via qr), or send from a modem's network (--interface). Then try again."
