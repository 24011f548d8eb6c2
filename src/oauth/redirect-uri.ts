// Tells a redirect to our redirect_uri from one that only comes near it, and names what differs.
import { isLoopback } from '../wire/addresses.ts'

/** What differs between a redirect_uri and an address that comes near it. */
export type Difference =
  | 'scheme'
  | 'user name'
  | 'host'
  | 'port'
  | 'encoding'
  | 'slash'
  | 'case'
  | 'path'
  | 'second question mark'
  | 'fragment'
  | 'query'

/**
 * Tells whether a URL is our redirect_uri with the response's parameters added: same scheme, host, port and path,
 * and every query parameter that was registered.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.1
 */
export function isRedirectTo(redirectUri: string, location: URL): boolean {
  const ours = new URL(redirectUri)
  return (
    ours.protocol === location.protocol &&
    ours.host === location.host &&
    ours.pathname === location.pathname &&
    location.username === '' &&
    location.password === '' &&
    hasEveryParameter(ours, location)
  )
}

/**
 * Names the first difference between the redirect_uri and an address on its host, or with its path on another host.
 * Null when it is the redirect_uri with parameters added, when it is nothing like it, and when it is not an absolute
 * address.
 * It looks at no value but those that were registered, so that a redacted address will do.
 */
export function describeDifference(redirectUri: string, location: string): Difference | null {
  if (!URL.canParse(redirectUri) || !URL.canParse(location)) return null
  const ours = new URL(redirectUri)
  const theirs = new URL(location)
  const path = comparePaths(ours.pathname, theirs.pathname)
  if (!isNear(ours, theirs, path)) return null
  if (ours.protocol !== theirs.protocol) return 'scheme'
  if (theirs.username !== '' || theirs.password !== '') return 'user name'
  if (ours.hostname !== theirs.hostname) return 'host'
  if (ours.port !== theirs.port) return 'port'
  if (path !== null) return path
  if (hasSecondQuestionMark(ours, theirs)) return 'second question mark'
  if (isInFragment(theirs)) return 'fragment'
  return hasEveryParameter(ours, theirs) ? null : 'query'
}

/** Names the server of a redirect_uri; that of an app has none, and is named as it is. */
export function nameServer(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri)
  return protocol === 'https:' || protocol === 'http:' ? host : redirectUri
}

/** Tells whether two host names lead to the same server by all that is usual: with `www.` or without, or this machine. */
export function isSameHost(one: string, other: string): boolean {
  return bareHost(one) === bareHost(other) || (isLoopback(one) && isLoopback(other))
}

/** Tells whether an address holds an authorization response behind its #, and none in its query. */
export function isInFragment({ hash, searchParams }: URL): boolean {
  return holdsResponse(new URLSearchParams(hash.slice(1))) && !holdsResponse(searchParams)
}

/** Tells whether there is anything of an authorization response among parameters. */
export function holdsResponse(parameters: URLSearchParams): boolean {
  return ['state', 'code', 'error'].some((name) => parameters.has(name))
}

function isNear(ours: URL, theirs: URL, path: Difference | null): boolean {
  const isOfWeb = ours.protocol === 'http:' || ours.protocol === 'https:'
  // The scheme of an app leads to that app, whatever stands behind it.
  if (!isOfWeb) return ours.protocol === theirs.protocol
  return theirs.hostname !== '' && (isSameHost(ours.hostname, theirs.hostname) || path !== 'path')
}

function comparePaths(ours: string, theirs: string): Difference | null {
  if (ours === theirs) return null
  const [one, other] = [decode(ours), decode(theirs)]
  if (one === other) return 'encoding'
  if (withoutSlashes(one) === withoutSlashes(other)) return 'slash'
  return withoutSlashes(one).toLowerCase() === withoutSlashes(other).toLowerCase() ? 'case' : 'path'
}

function hasEveryParameter(ours: URL, theirs: URL): boolean {
  return [...ours.searchParams].every(([name, value]) => theirs.searchParams.getAll(name).includes(value))
}

/** Tells whether the response was added with a ? of its own to a query that was there. */
function hasSecondQuestionMark(ours: URL, theirs: URL): boolean {
  const second = /\?(?:code|state|error|iss)=/
  return second.test(theirs.search.slice(1)) && !second.test(ours.search.slice(1))
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '')
}

function withoutSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
