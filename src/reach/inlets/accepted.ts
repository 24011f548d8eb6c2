// Where the listener expects the callback: at which path, and under which Host.
import { formatListen, type ListenAddress } from '../../settings/rules.ts'
import { isLoopback, isWildcard, portOf } from '../../wire/addresses.ts'

/** Where the callback may arrive. */
export interface Accepted {
  path: string
  /** Values of Host, in lower case. */
  hosts: ReadonlySet<string>
}

/**
 * Gives the Host values under which the callback may arrive: the redirect_uri's own, with its default port or without, and
 * those of the listening address.
 */
export function acceptedHosts(redirectUri: string | null, address: ListenAddress, port: number): Set<string> {
  const isHere = isLoopback(address.host) || isWildcard(address.host)
  const names = [address.host, ...(isHere ? ['127.0.0.1', 'localhost', '::1'] : [])]
  return new Set([
    ...(redirectUri === null ? [] : hostsOf(new URL(redirectUri))),
    ...names.map((name) => formatListen({ host: name.toLowerCase(), port })),
  ])
}

/** Gives how a browser may name the host of a URL: with its default port or without. */
export function hostsOf(url: URL): string[] {
  return [url.host, `${url.hostname}:${portOf(url)}`]
}
