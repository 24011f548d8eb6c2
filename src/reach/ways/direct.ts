// The way without a phone: nv follows the redirects itself, up to the first one to our redirect_uri.
import type { CookieJar } from 'tough-cookie'
import { isInFragment, isRedirectTo } from '../../oauth/redirect-uri.ts'
import { headerOf, headersOf, type ResponseMessage, textOf } from '../../wire/exchange.ts'
import { describeResponse, nothing, refuseState } from '../arrival.ts'
import { readPostedForm } from '../../oauth/posted-form.ts'
import { startChain } from '../stranger.ts'
import type { Way, WayTools } from '../way.ts'

/** After so many requests without an end, the chain runs in a circle. */
export const maxHops = 20

/**
 * What the SDKs do that apps follow the chain with: they are no browser, keep cookies, and give up early.
 * @see https://github.com/Vonage/vonage-android-client-library
 */
const ofApp = { maxHops: 10, limitMs: 5000, accept: 'text/html,application/xhtml+xml,application/xml,*/*' }

const redirectStatuses = new Set([301, 302, 303, 307, 308])

/**
 * Follows the chain. Neither the redirect_uri nor what comes near it is ever requested, so that any registered one
 * serves, and no code reaches a server that did not ask for it.
 */
export const direct: Way = {
  summary: 'follow the redirects from this machine, without a phone',
  opener: 'machine',
  listens: 'never',
  probe: () => Promise.resolve(null),
  bring: async (authorizeUrl, tools) => {
    const chain = startChain(authorizeUrl, tools.redirectUri, tools.state)
    const visit = createVisitor(tools)
    let url = new URL(authorizeUrl)
    for (let hops = 1; hops <= (tools.isAsApp ? ofApp.maxHops : maxHops); hops++) {
      chain.visit(url)
      const next = await visit(url)
      if (next !== null && isRedirectTo(tools.redirectUri, next)) {
        return {
          detail: `followed ${hops} redirect${hops === 1 ? '' : 's'} to the redirect_uri`,
          callback: takeResponse(next, tools),
        }
      }
      if (next === null || !canFollow(next) || chain.isStranger(next)) break
      url = next
    }
    return { lacks: 'redirect' }
  },
}

function takeResponse(location: URL, { arrive, state: ours }: WayTools): URLSearchParams {
  const isHidden = isInFragment(location)
  const parameters = isHidden ? new URLSearchParams(location.hash.slice(1)) : location.searchParams
  const response = describeResponse(parameters, (state) => state === ours, isHidden)
  arrive({
    via: 'direct',
    from: null,
    what: { ...nothing, kind: 'address', host: location.host, path: location.pathname, ...response },
    verdict: isHidden ? 'no_parameters' : (refuseState(response.state) ?? 'taken'),
  })
  return location.searchParams
}

/** Tells whether an address is one that a browser would request without a question. */
function canFollow({ protocol, username, password }: URL): boolean {
  return (protocol === 'https:' || protocol === 'http:') && !username && !password
}

/**
 * Makes a function that requests a hop and gives the address it redirects to; null when it gives none. Cookies are
 * kept between hops.
 */
function createVisitor(tools: WayTools): (url: URL) => Promise<URL | null> {
  let jar: CookieJar | undefined
  return async (url) => {
    const cookie = await jar?.getCookieString(url.href)
    const headers = tools.isAsApp ? headersOfApp(tools) : { accept: 'text/html,*/*;q=0.8' }
    const withCookie = { ...headers, ...(cookie ? { cookie } : {}) }
    const limitMs = tools.isAsApp ? ofApp.limitMs : undefined
    const { response, failure } = await tools.get(url.href, withCookie, limitMs)
    if (response === null || failure !== null) return null
    for (const setCookie of headersOf(response, 'set-cookie')) {
      jar ??= new (await import('tough-cookie')).CookieJar(undefined, { looseMode: true })
      await jar.setCookie(setCookie, url.href, { ignoreError: true })
    }
    const location = readLocation(response)
    if (location !== null) return URL.canParse(location, url.href) ? new URL(location, url) : null
    noticeForm(url, response, tools)
    return null
  }
}

/** Gives what an SDK sends: its own name, the system and the model, where a browser names itself Mozilla. */
function headersOfApp({ machine }: WayTools): Record<string, string> {
  const userAgent = `nv-sdk-android/${machine.tool.version}/34 Android/14 Google/Pixel 8`
  return { accept: ofApp.accept, 'user-agent': userAgent }
}

/** Reads the Location of a redirect as browsers do, which take bytes above ASCII for UTF-8 where they are. */
function readLocation(response: ResponseMessage): string | null {
  const location = headerOf(response, 'location')
  if (location === null || !redirectStatuses.has(response.status)) return null
  if (/[^\0-\u00FF]/.test(location)) return location
  const decoded = Buffer.from(location, 'latin1').toString('utf8')
  return decoded.includes('\uFFFD') ? location : decoded
}

/**
 * Records a page that posts the response to the redirect_uri, which ends the chain as a redirect does.
 * @see https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
 */
function noticeForm(
  url: URL,
  response: ResponseMessage,
  { arrive, redirectUri, state: ours }: WayTools,
): void {
  const form = readPostedForm(textOf(response), url.href)
  if (form === null || !isRedirectTo(redirectUri, form.action)) return
  const { host, pathname: path } = form.action
  const what = describeResponse(form.parameters, (state) => state === ours)
  arrive({
    via: 'direct',
    from: null,
    what: { ...nothing, kind: 'address', method: 'POST', host, path, ...what },
    verdict: 'wrong_method',
  })
}
