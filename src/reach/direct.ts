// The way without a phone: nv follows the redirects itself, up to the first one to our redirect_uri.
import type { CookieJar } from 'tough-cookie'
import { FlowError } from '../errors.ts'
import { isRedirectTo } from '../oauth/authorize-url.ts'
import { isLoopback } from '../wire/addresses.ts'
import { readBody, stringIn } from '../wire/body.ts'
import type { Way, WayTools } from './way.ts'

const maxHops = 20
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Follows the chain. The redirect_uri itself is never requested, so that any registered one serves. */
export const direct: Way = {
  listens: 'never',
  bring: async (authorizeUrl, tools) => {
    const visit = createVisitor(tools)
    let url = new URL(authorizeUrl)
    const state = url.searchParams.get('state')
    for (let hops = 1; hops <= maxHops; hops++) {
      const next = await visit(url).catch((error: unknown) => {
        const { redirectUri } = tools
        throw error instanceof FlowError && isStrayResponse(url, state, redirectUri)
          ? new FlowError(
              'response_elsewhere',
              { target: url.origin + url.pathname, redirectUri },
              { cause: error },
            )
          : error
      })
      if (isRedirectTo(tools.redirectUri, next)) {
        return {
          detail: `followed ${hops} redirect${hops === 1 ? '' : 's'} to the redirect_uri`,
          callback: next.searchParams,
        }
      }
      const unfollowed = whyUnfollowed(next)
      if (unfollowed !== null) {
        throw new FlowError('redirect_elsewhere', {
          host: url.host,
          target: unfollowed,
          redirectUri: tools.redirectUri,
        })
      }
      url = next
    }
    throw new FlowError('too_many_redirects', { hops: maxHops, host: url.host })
  },
}

/**
 * Tells whether an address that could not be visited was meant to be the redirect_uri: it has our state with a code or
 * an error, as inner hops can have too, and it is of this machine or has the redirect_uri's path.
 */
function isStrayResponse(url: URL, state: string | null, redirectUri: string): boolean {
  const { searchParams, hostname, pathname } = url
  const isResponse =
    searchParams.get('state') === state && (searchParams.has('code') || searchParams.has('error'))
  const registered = new URL(redirectUri)
  const isOwn = isLoopback(hostname) && !isLoopback(registered.hostname)
  return isResponse && (isOwn || pathname === registered.pathname)
}

/** Names what a redirect points to when it can't be followed; null when it can. */
function whyUnfollowed({ protocol, host, username, password }: URL): string | null {
  if (protocol !== 'https:' && protocol !== 'http:') return `${protocol}…`
  return username || password ? `${host} with a user name in the address` : null
}

/** Makes a function that requests a hop and gives the address it redirects to. Cookies are kept between hops. */
function createVisitor(tools: WayTools): (url: URL) => Promise<URL> {
  let jar: CookieJar | undefined
  let isFirstHop = true
  return async (url) => {
    const cookie = await jar?.getCookieString(url.href)
    const answer = await tools.get(url.href, { accept: 'text/html,*/*;q=0.8', ...(cookie ? { cookie } : {}) })
    for (const setCookie of answer.headers.getSetCookie()) {
      jar ??= new (await import('tough-cookie')).CookieJar(undefined, { looseMode: true })
      await jar.setCookie(setCookie, url.href, { ignoreError: true })
    }
    const location = readLocation(answer.headers)
    if (!redirectStatuses.has(answer.status) || location === null) throw endOfChain(url, answer, isFirstHop)
    isFirstHop = false
    if (!URL.canParse(location, url.href)) {
      throw new FlowError('redirect_elsewhere', {
        host: url.host,
        target: location,
        redirectUri: tools.redirectUri,
      })
    }
    return new URL(location, url)
  }
}

/** Reads the Location as browsers do, which take bytes above ASCII for UTF-8 where they are. */
function readLocation(headers: Headers): string | null {
  const location = headers.get('location')
  if (location === null) return null
  const decoded = Buffer.from(location, 'latin1').toString('utf8')
  return decoded.includes('\uFFFD') ? location : decoded
}

function endOfChain(
  url: URL,
  answer: { status: number; headers: Headers; text: string },
  isFirstHop: boolean,
): FlowError {
  const body = readBody(answer.text)
  const object = body.kind === 'object' ? body.object : {}
  return new FlowError(answer.status >= 400 ? 'authorize_refused' : 'authorize_page', {
    host: url.host,
    isFirstHop,
    status: answer.status,
    error: stringIn(object, 'error') ?? stringIn(object, 'code'),
    message: stringIn(object, 'error_description') ?? stringIn(object, 'message'),
    retryAfter: answer.headers.get('retry-after'),
    found: body.kind === 'object' ? 'a JSON object' : body.found,
  })
}
