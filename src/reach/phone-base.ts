// Tells under which address the phone reaches nv's listener.
import { formatListen, type ListenAddress } from '../settings/rules.ts'
import { isLoopback, isWildcard } from '../wire/addresses.ts'
import type { Opener } from './landing.ts'

/** Where the listener is, and what leads to it. */
export interface Meeting {
  opener: Opener
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

/** Gives the URL, without a slash at its end, under which the phone reaches the listener; null when it can't. */
export function findPhoneBase(meeting: Meeting): string | null {
  const { opener, redirectUri, leadsHere, listening, isTls, tunnelUrl } = meeting
  const scheme = isTls ? 'https' : 'http'
  if (opener === 'machine') return null
  // `adb reverse` leads a port of the phone here: that of the redirect_uri, if it is one of the phone itself.
  if (opener === 'cable')
    return leadsHere && !isOfOtherMachine(redirectUri)
      ? new URL(redirectUri).origin
      : `${scheme}://127.0.0.1:${listening.port}`
  if (tunnelUrl !== null) return withoutSlash(new URL(tunnelUrl))
  if (leadsHere && isOfOtherMachine(redirectUri)) return new URL(redirectUri).origin
  if (isLoopback(listening.host) || isWildcard(listening.host)) return null
  return `${scheme}://${formatListen(listening)}`
}

function isOfOtherMachine(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && !isLoopback(hostname) && !isWildcard(hostname)
}

function withoutSlash({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, '')
}
