// The way without a phone: nv follows the redirects itself, up to the first one to our redirect_uri.
import type { CookieJar } from 'tough-cookie'
import { FlowError } from '../errors.ts'
import { isRedirectTo } from '../oauth/authorize-url.ts'
import { readBody, stringIn } from '../run/body.ts'
import type { Way, WayTools } from './way.ts'

const maxHops = 20
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Follows the chain. The redirect_uri itself is never requested, so that any registered one serves. */
export const direct: Way = {
  listens: 'never',
  bring: async (authorizeUrl, tools) => {
    const visit = createVisitor(tools)
    let url = new URL(authorizeUrl)
    for (let hops = 1; hops <= maxHops; hops++) {
      const next = await visit(url)
      if (isRedirectTo(tools.redirectUri, next)) {
        return {
          detail: `followed ${hops} redirect${hops === 1 ? '' : 's'} to the redirect_uri`,
          callback: next.searchParams,
        }
      }
      if (next.protocol !== 'https:' && next.protocol !== 'http:') {
        throw new FlowError('redirect_elsewhere', {
          host: url.host,
          target: `${next.protocol}…`,
          redirectUri: tools.redirectUri,
        })
      }
      url = next
    }
    throw new FlowError('too_many_redirects', { hops: maxHops, host: url.host })
  },
}

/** Makes a function that requests a hop and gives the address it redirects to. Cookies are kept between hops. */
function createVisitor(tools: WayTools): (url: URL) => Promise<URL> {
  let jar: CookieJar | undefined
  return async (url) => {
    const cookie = await jar?.getCookieString(url.href)
    const answer = await tools.get(url.href, { accept: 'text/html,*/*;q=0.8', ...(cookie ? { cookie } : {}) })
    for (const setCookie of answer.headers.getSetCookie()) {
      jar ??= new (await import('tough-cookie')).CookieJar(undefined, { looseMode: true })
      await jar.setCookie(setCookie, url.href, { ignoreError: true })
    }
    const location = answer.headers.get('location')
    if (!redirectStatuses.has(answer.status) || location === null) throw endOfChain(url, answer)
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

function endOfChain(url: URL, answer: { status: number; text: string }): FlowError {
  const body = readBody(answer.text)
  const object = body.kind === 'object' ? body.object : {}
  return new FlowError(answer.status >= 400 ? 'authorize_refused' : 'authorize_page', {
    host: url.host,
    status: answer.status,
    error: stringIn(object, 'error') ?? stringIn(object, 'code'),
    message: stringIn(object, 'error_description') ?? stringIn(object, 'message'),
    found: body.kind === 'object' ? 'a JSON object' : body.found,
  })
}
