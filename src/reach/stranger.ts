// Tells which addresses of a chain of redirects nv must not request: a live code would go to somebody else's server.
import { describeDifference, isSameHost } from '../oauth/redirect-uri.ts'
import { isLoopback, portOf } from '../wire/addresses.ts'

export interface Chain {
  /** Remembers that a hop was requested. */
  visit(url: URL): void
  /**
   * Tells whether an address is not to be requested: it is on the redirect_uri's own server, or it carries the
   * response to a server that no hop was on. An aggregator's callback, on a host of the chain, may carry our state
   * and a code of its own.
   */
  isStranger(url: URL): boolean
}

/** Starts a chain of redirects from the authorize URL to the redirect_uri. */
export function startChain(authorizeUrl: string, redirectUri: string, state: string): Chain {
  const start = new URL(authorizeUrl)
  const ours = new URL(redirectUri)
  const origins = new Set<string>()
  const hosts = new Set<string>()
  /** Then the ports tell the gateway from the app, as two programs on one machine. */
  const isHostShared = isSameHost(start.hostname, ours.hostname)

  const isOwn = (url: URL) =>
    isSameHost(url.hostname, ours.hostname) && (!isHostShared || portOf(url) === portOf(ours))
  const isOfChain = (url: URL) =>
    origins.has(url.origin) ||
    (!isSameHost(url.hostname, ours.hostname) && [...hosts].some((host) => isSameSite(host, url.hostname)))

  const carriesResponse = (url: URL) => {
    const { searchParams } = withFragment(url)
    if (!searchParams.has('code') && !searchParams.has('error')) return false
    const difference = describeDifference(redirectUri, url.href)
    return searchParams.getAll('state').includes(state) || (difference !== null && difference !== 'path')
  }

  return {
    visit: (url) => {
      origins.add(url.origin)
      hosts.add(url.hostname)
    },
    isStranger: (url) => {
      // The gateway lives where the app does: there only what all but is the redirect_uri was meant to be it.
      if (isOwn(url) && origins.has(url.origin))
        return carriesResponse(url) && describeDifference(redirectUri, url.href) !== 'path'
      return isOwn(url) || (carriesResponse(url) && !isOfChain(url))
    },
  }
}

function withFragment({ search, hash }: URL): { searchParams: URLSearchParams } {
  return { searchParams: new URLSearchParams(`${search.slice(1).replaceAll('?', '&')}&${hash.slice(1)}`) }
}

/** Tells whether two host names are of one owner, as far as names tell; a machine without a name is its own. */
function isSameSite(one: string, other: string): boolean {
  if (one === other) return !isLoopback(one)
  return !isAddress(one) && !isAddress(other) && siteOf(one) === siteOf(other)
}

function siteOf(hostname: string): string {
  const labels = hostname.split('.')
  const [second = '', top = ''] = labels.slice(-2)
  // As in example.co.uk and example.com.br.
  return labels.slice(top.length === 2 && second.length <= 3 ? -3 : -2).join('.')
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname) || isLoopback(hostname)
}
