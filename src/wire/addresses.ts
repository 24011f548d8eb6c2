// Hosts, IP addresses and ports: what they mean to whoever sends to them or listens on them.
import { holdsControls } from './escape.ts'

/** Tells whether a host name, as a URL holds it, always means this machine. */
export function isLoopback(hostname: string): boolean {
  const host = withoutBrackets(hostname.toLowerCase())
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^127(\.\d{1,3}){1,3}$/.test(host)
  )
}

/** Tells whether a host to listen on stands for every address of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || withoutBrackets(host) === '::'
}

/** Gives the port of an http(s) URL, also where it is left out. */
export function portOf({ protocol, port }: Pick<URL, 'protocol' | 'port'>): number {
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

/** Gives the host of a URL as those write it who listen or connect: an IPv6 address without its brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/**
 * Tells whether a host is only known, or only reachable, inside some network.
 * @see https://www.rfc-editor.org/rfc/rfc6890
 * @see https://www.rfc-editor.org/rfc/rfc6762#appendix-G
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  if (isLoopback(host)) return false
  if (
    /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(
      host,
    )
  )
    return true
  if (/^(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(host)) return true
  return (
    !/[.:]/.test(host) ||
    /\.(internal|intranet|intra|local|lan|corp|private|home|localdomain|home\.arpa)$/.test(host)
  )
}

const blockedPorts: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/**
 * Tells whether browsers and fetch refuse a port, so that a server there is out of their reach.
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
export function isBlockedPort(port: number): boolean {
  return blockedPorts.has(port)
}

const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const ipv4Pattern = new RegExp(`^${byte}(?:\\.${byte}){3}$`)

/**
 * Spells an address in the canonical way, without a zone; an IPv4 address inside an IPv6 one counts as itself.
 * Null when it is none.
 * @see https://www.rfc-editor.org/rfc/rfc5952#section-4
 */
export function normalizeAddress(text: string): string | null {
  const address = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (ipv4Pattern.test(address)) return address
  const [withoutZone = ''] = address.split('%')
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(withoutZone) || !URL.canParse(`http://[${withoutZone}]/`))
    return null
  const canonical = new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  return mapped ? [mapped[1], mapped[2]].flatMap(toBytes).join('.') : canonical
}

function toBytes(group: string | undefined): number[] {
  const value = Number.parseInt(group ?? '0', 16)
  return [value >> 8, value & 0xff]
}

/** Gives where a program on this machine hears what is sent to a URL of that scheme; null when it leads elsewhere. */
export function listenerOf(
  url: string,
  scheme: 'http' | 'https' = 'http',
): { host: string; port: number } | null {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== `${scheme}:` || !isLoopback(hostname)) return null
  const host = hostname.endsWith('.localhost') ? 'localhost' : withoutBrackets(hostname)
  return { host, port: port === '' ? { http: 80, https: 443 }[scheme] : Number(port) }
}

/** Tells whether a listener at one address receives what is sent to another address of this machine. */
export function isHeardAt(
  sentTo: { host: string; port: number },
  { host, port }: { host: string; port: number },
): boolean {
  const isSameFamily =
    host === sentTo.host ||
    host === 'localhost' ||
    host === '::' ||
    (host === '0.0.0.0' && sentTo.host !== '::1')
  return sentTo.port === port && (isSameFamily || (sentTo.host === 'localhost' && isLoopback(host)))
}

/** Many servers and proxies take no more, and no QR code. */
const maxUrlLength = 4000

/** Says which rule an endpoint's URL breaks; null when it will do. */
export function endpointRule(value: string): string | null {
  if (value.length > maxUrlLength) return `must not be longer than ${maxUrlLength} characters`
  if (!URL.canParse(value)) return 'must be an absolute URL, as in https://gateway.example/authorize'
  // The parser of URLs drops some of them, and the text is what is shown.
  if (holdsControls(value) || value.includes(' ')) return 'must not hold spaces or control characters'
  if (/^https?:\/\/https?(:\/\/|\/\/|:\/)/i.test(value)) return 'must not have its scheme twice'
  if (/[{}]/.test(value)) return 'must not hold a placeholder in braces'
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'must be an https URL (plain http is for this machine only, since it would show credentials)'
  }
  if (url.username || url.password) return 'must not hold a user name or a password'
  return value.includes('#') ? 'must not hold a fragment (#…)' : null
}
