// Host names of the simulator: which ones a request may carry, and how they are written in a URL.
import { isLoopback } from '../wire/addresses.ts'

const hostPattern = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/

/** Reads the name out of a Host header, in lower case and without its port; null when it is not a plain one. */
export function readHostname(host: string): string | null {
  return hostPattern.exec(host.toLowerCase())?.[1] ?? null
}

/**
 * Tells whether a request may name this host. A server bound to loopback takes the names of loopback only:
 * a web page can make any other name resolve to 127.0.0.1 and then read what the server answers.
 */
export function isExpectedHostname(hostname: string, boundAddress: string): boolean {
  return !isLoopback(boundAddress) || isLoopback(hostname)
}

/** Writes the address a server is bound to as the host of a URL that this machine can open. */
export function toUrlHost(boundAddress: string): string {
  if (boundAddress === '0.0.0.0') return '127.0.0.1'
  if (boundAddress === '::') return '[::1]'
  return boundAddress.includes(':') && !boundAddress.startsWith('[') ? `[${boundAddress}]` : boundAddress
}
