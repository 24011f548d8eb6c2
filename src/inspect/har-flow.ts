// Finds the flow among the entries of a HAR: the chain of the browser, and the requests of the backend.
import { isRedirectTo } from '../oauth/redirect-uri.ts'
import type { StepName } from '../run/recording.ts'
import { type ExchangeKind, headerOf, textOf } from '../wire/exchange.ts'
import type { Entry } from './har-entries.ts'

export interface Flow {
  chain: Entry[]
  others: Array<{ entry: Entry; kind: ExchangeKind; step: StepName }>
  /** The parameters of the authorization request. */
  asked: URLSearchParams
  redirectUri: string | null
  callback: URL | null
}

/** Finds the last attempt in a HAR. */
export function findFlow(entries: readonly Entry[]): Flow | null {
  const start = findStart(entries)
  const first = entries[start]
  const asked = first === undefined ? new URLSearchParams() : new URL(first.request.url).searchParams
  const given = asked.get('redirect_uri')
  const redirectUri = given !== null && URL.canParse(given) ? given : null
  const { chain, callback } =
    first === undefined ? { chain: [], callback: null } : followChain(entries, start, redirectUri)
  const others = entries.flatMap((entry, index) => {
    const role = chain.includes(entry) || index < start ? null : roleOf(entry)
    return role === null ? [] : [{ entry, ...role }]
  })
  return chain.length === 0 && !others.some(({ kind }) => kind !== 'keys' && kind !== 'discovery')
    ? null
    : { chain, others, asked, redirectUri, callback }
}

/** The last authorization request that no redirect led to; -1: there is none. */
function findStart(entries: readonly Entry[]): number {
  const led = new Set(entries.flatMap((entry) => locationOf(entry) ?? []))
  return entries.findLastIndex(({ request }) => {
    const { searchParams: query } = new URL(request.url)
    const isRequest = query.has('response_type') || query.has('request') || query.has('request_uri')
    return isRequest && query.has('client_id') && !led.has(request.url)
  })
}

function locationOf({ request, response }: Entry): string | null {
  const location =
    response === null || response.status < 300 || response.status > 399
      ? null
      : headerOf(response, 'location')
  return location !== null && URL.canParse(location, request.url) ? new URL(location, request.url).href : null
}

const maxChain = 60

/** Follows the browser from one request to the next, over redirects and pages, to the redirect_uri. */
function followChain(
  entries: readonly Entry[],
  start: number,
  redirectUri: string | null,
): { chain: Entry[]; callback: URL | null } {
  const chain: Entry[] = []
  const isCallback = (url: string) => redirectUri !== null && isRedirectTo(redirectUri, new URL(url))
  let index = start
  while (chain.length < maxChain) {
    const entry = entries[index]
    if (entry === undefined) break
    if (chain.length > 0 && isCallback(entry.request.url))
      return { chain, callback: new URL(entry.request.url) }
    chain.push(entry)
    const location = locationOf(entry)
    if (location !== null && isCallback(location)) return { chain, callback: new URL(location) }
    const from = index + 1
    const next = entries.findIndex(
      ({ request, isNavigation }, at) =>
        at >= from && (location === null ? isNavigation : withoutHash(request.url) === withoutHash(location)),
    )
    if (next < 0) break
    index = next
  }
  return { chain, callback: null }
}

function withoutHash(url: string): string {
  return url.split('#', 1)[0] ?? ''
}

function roleOf({ request }: Entry): { kind: ExchangeKind; step: StepName } | null {
  const { pathname } = new URL(request.url)
  if (request.method === 'OPTIONS') return null
  if (pathname.includes('/.well-known/'))
    return /jwks/.test(pathname) ? { kind: 'keys', step: 'token' } : { kind: 'discovery', step: 'authorize' }
  if (/\/(jwks|certs)(\.json)?$/.test(pathname)) return { kind: 'keys', step: 'token' }
  if (request.method === 'POST' && /(^|&)grant_type=/.test(textOf(request)))
    return { kind: 'token', step: 'token' }
  if (/\/bc-authorize\/?$/.test(pathname)) return { kind: 'backchannel', step: 'authorize' }
  const isApi =
    /\/(verify|device-phone-number)\/?$/.test(pathname) &&
    (pathname.includes('number-verification') ||
      /honeNumber"/.test(textOf(request)) ||
      request.method === 'GET')
  return isApi ? { kind: 'api', step: 'api' } : null
}
