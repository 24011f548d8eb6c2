// Tells under which address the phone reaches nv's listener, and whether the gateway's redirect brings it back there.
import { formatListen, type ListenAddress } from '../settings/rules.ts'
import { isLoopback, isWildcard } from '../wire/addresses.ts'

/** Where the listener is, and what leads to it. */
export interface Meeting {
  /** The way the URL goes to the phone, as `--via` names it. */
  via: string
  redirectUri: string
  /**
   * Whether the redirect_uri leads to the listener: it is the listener's own address, or something forwards it there.
   * False once nv asked for it and nothing arrived.
   */
  leadsHere: boolean
  /** The address that nv listens on, with the actual port. */
  listening: ListenAddress
  /** Whether the listener speaks TLS. */
  isTls: boolean
  /** Of a tunnel that forwards everything to the listener; null: there is none. */
  tunnelUrl: string | null
}

/** The ways by which the link is opened on this machine, or by nv itself: no phone has to find its way here. */
const withoutLink: ReadonlySet<string> = new Set(['direct', 'browser'])

/** Gives the URL, without a slash at its end, under which the phone reaches the listener; null when it can't. */
export function findPhoneBase(meeting: Meeting): string | null {
  const { via, redirectUri, leadsHere, listening, isTls, tunnelUrl } = meeting
  const scheme = isTls ? 'https' : 'http'
  if (withoutLink.has(via)) return null
  // `adb reverse` leads a port of the phone here: that of the redirect_uri, if it is one of the phone itself.
  if (via === 'adb')
    return leadsHere && !isOfOtherMachine(redirectUri)
      ? new URL(redirectUri).origin
      : `${scheme}://127.0.0.1:${listening.port}`
  if (tunnelUrl !== null) return withoutSlash(new URL(tunnelUrl))
  if (leadsHere && isOfOtherMachine(redirectUri)) return new URL(redirectUri).origin
  if (isLoopback(listening.host) || isWildcard(listening.host)) return null
  return `${scheme}://${formatListen(listening)}`
}

/** Where the phone's browser is when the gateway has redirected it. */
export type Landing =
  /** At nv. */
  | 'here'
  /** At an address that means the phone itself: its browser shows an error. */
  | 'itself'
  /** At another server, or in an app. */
  | 'elsewhere'

/** Tells where the redirect_uri brings the phone. */
export function findLanding({ via, redirectUri, leadsHere }: Meeting): Landing {
  const isOnPhone = URL.canParse(redirectUri) && isLoopback(new URL(redirectUri).hostname)
  if (!isOnPhone) return leadsHere ? 'here' : 'elsewhere'
  return leadsHere && (via === 'adb' || withoutLink.has(via)) ? 'here' : 'itself'
}

function isOfOtherMachine(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && !isLoopback(hostname) && !isWildcard(hostname)
}

function withoutSlash({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, '')
}
