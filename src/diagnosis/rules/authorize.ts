// The chain of redirects that did not reach the redirect_uri.
import { describeDifference } from '../../oauth/redirect-uri.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { readBody } from '../../wire/body.ts'
import { headerOf, type ResponseMessage, textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { readErrorParameters } from '../../oauth/error-parameters.ts'
import { type Meaning, meaningOf } from '../meaning.ts'
import { type Page, readPage } from '../page.ts'
import { chainOf, hostAsked, locationOf, placeOf, type Rule, stoppedFor } from '../recorded.ts'
import { readRefusal } from '../refusal.ts'
import { appAt } from '../app-link.ts'
import { explainAppLimit } from './app.ts'
import { explainTransport, isWatched } from './network.ts'
import { explainMeaning } from './meant.ts'
import { explainOAuthError } from './oauth-error.ts'
import { isAboutPath, missedParameter, refusedIn } from './refusing.ts'

/** As many redirects are followed. */
const maxHops = 20

export const explainRedirect: Rule = (recording) => {
  if (stoppedFor(recording, 'redirect') === null) return []
  const chain = chainOf(recording)
  const last = chain.at(-1)
  if (last === undefined) return []
  const stray = explainStray(recording, last)
  if (stray !== null) return [stray]
  const ofApp = explainAppLimit(recording, chain)
  if (ofApp !== null) return [ofApp]
  // An error that was on its way to a page counts, whether or not the page could be reached.
  const told = [
    explainErrorOnTheWay(recording, chain),
    explainStore(recording, chain) ?? explainTransport(recording, last),
  ].filter((found) => found !== null)
  if (told.length > 0) return told
  const explained =
    explainLocation(recording, last, chain.length) ?? explainEnd(recording, last, chain.length === 1)
  return explained === null ? [] : [explained]
}

/** Explains a response that went, or was about to go, to an address that is not quite the redirect_uri. */
function explainStray(recording: Recording, last: Exchange): Finding | null {
  const { redirectUri } = recording.target
  if (redirectUri === null || !URL.canParse(redirectUri)) return null
  const location = locationOf(last)
  // A redirect that broke off was not followed, wherever it leads.
  if (location !== null && last.failure !== null) return null
  const isFailed = last.failure !== null && (last.hop ?? 1) > 1
  const address = location ?? (isFailed ? last.request.url : null)
  if (address === null || !URL.canParse(address)) return null
  const [url, registered] = [new URL(address), new URL(redirectUri)]
  const { searchParams } = url
  const isResponse =
    (searchParams.has('code') || searchParams.has('error') || /[#&](code|error)=/.test(url.hash)) &&
    (searchParams.has('state') || url.hash !== '')
  const visited = chainOf(recording).flatMap(({ request }) =>
    URL.canParse(request.url) ? [new URL(request.url)] : [],
  )
  const isVisited = visited.some(({ href, hostname }) => href !== url.href && hostname === url.hostname)
  const isOwn = isLoopback(url.hostname) && !isLoopback(registered.hostname) && !isVisited
  const isNear = url.host === registered.host || (url.pathname === registered.pathname && !isVisited)
  const isAtOrigin = location !== null && url.origin === registered.origin
  const isRefused = recording.arrivals.some(
    ({ via, verdict }) => via === 'direct' && verdict.startsWith('wrong_'),
  )
  if (!(isResponse && (isOwn || isNear || isRefused)) && !isAtOrigin) return null
  return finding('response_elsewhere', placeOf(last), {
    target: url.origin === 'null' ? `${url.protocol}…` : url.origin + url.pathname,
    redirectUri,
    difference: describeDifference(redirectUri, address),
  })
}

/** Explains a redirect that was not followed. */
function explainLocation({ target }: Recording, last: Exchange, hops: number): Finding | null {
  const location = locationOf(last)
  if (location === null) return null
  const host = hostAsked(last)
  const redirectUri = target.redirectUri ?? ''
  const unfollowed = whyUnfollowed(location)
  if (unfollowed !== null)
    return finding('redirect_elsewhere', placeOf(last), {
      host,
      target: unfollowed,
      isAddress: URL.canParse(location),
      app: appAt(location),
      redirectUri,
    })
  return hops >= maxHops
    ? finding('too_many_redirects', placeOf(last), { hops: maxHops, host })
    : finding('redirect_elsewhere', placeOf(last), {
        host,
        target: new URL(location).origin,
        isAddress: true,
        app: appAt(location),
        redirectUri,
      })
}

/** Explains a redirect to an app store, whether or not this machine could reach it. */
function explainStore({ target }: Recording, chain: readonly Exchange[]): Finding | null {
  const [previous, last] = chain.slice(-2)
  const app = last === undefined ? null : appAt(last.request.url)
  if (previous === undefined || last === undefined || app === null) return null
  return finding('redirect_elsewhere', placeOf(last), {
    host: hostAsked(previous),
    target: hostAsked(last),
    isAddress: true,
    app,
    redirectUri: target.redirectUri ?? '',
  })
}

/** Names what a redirect points to when it can't be followed; null when it can. */
function whyUnfollowed(location: string): string | null {
  if (!URL.canParse(location)) return location.slice(0, 200)
  const { protocol, host, username, password } = new URL(location)
  if (protocol !== 'https:' && protocol !== 'http:') return `${protocol}…`
  return username || password ? `${host} with a user name in the address` : null
}

/** Explains an end by the error that a hop before it sent on in its redirect. */
function explainErrorOnTheWay(recording: Recording, chain: readonly Exchange[]): Finding | null {
  for (const exchange of chain.toReversed()) {
    const location = locationOf(exchange)
    const told =
      location !== null && URL.canParse(location) ? readErrorParameters(new URL(location).searchParams) : null
    if (told === null || (told.error === null && told.description === null)) continue
    const { error, description } = told
    const refused = {
      host: hostAsked(exchange),
      status: null,
      sent: error?.slice(0, 100) ?? null,
      says: description?.slice(0, 300) ?? null,
      retryAfter: null,
      reference: null,
    }
    const place = placeOf(exchange)
    return (
      explainOAuthError(recording, { place, refused, endpoint: 'authorize', exchange: null }) ??
      finding('authorization_error', place, {
        ...refused,
        missed: missedParameter(recording, refused.says),
        isOnTheWay: true,
      })
    )
  }
  return null
}

/** Explains an answer other than a redirect: a refusal, or a page. */
function explainEnd(recording: Recording, last: Exchange, isFirstHop: boolean): Finding | null {
  const { response } = last
  if (response === null) return null
  const { status } = response
  const refusal = readRefusal(response)
  const refused = refusedIn(last, refusal)
  const page = readPage(response)
  const isRefused = status >= 400 || (status === 200 && page === null && refusal.code !== null)
  const told = page === null ? null : explainPageText(recording, last, page)
  if (told !== null) return told
  if (!isRefused) {
    const body = readBody(textOf(response))
    const found = body.kind === 'object' ? 'a JSON object' : body.found
    return finding('authorize_page', placeOf(last), {
      host: hostAsked(last),
      status,
      found,
      page,
      holds: heldBy(body),
      refresh: refreshOf(response),
      isOnPhone: isWatched(recording, last),
    })
  }
  const isFailing = status >= 500 || status === 429
  const explained =
    page === null || isFailing
      ? explainOAuthError(recording, { place: placeOf(last), refused, endpoint: 'authorize', exchange: last })
      : null
  const redirectUri = recording.target.redirectUri ?? ''
  const missed = page === null && !isFailing ? missedParameter(recording, refused.says) : null
  if (missed?.isSent) return finding('parameters_lost', placeOf(last), { ...refused, isCut: true })
  return (
    explained ??
    finding('authorize_refused', placeOf(last), {
      ...refused,
      isFirstHop,
      page,
      redirectUri,
      challenge: status === 401 && refusal.challenge?.scheme ? refusal.challenge : null,
      isAboutPath: isAboutPath(page === null ? refused.says : page.text),
    })
  )
}

/** Gives where a Refresh header leads, without its parameters; null: there is none. */
export function refreshOf(response: ResponseMessage): string | null {
  const [, url] = /url\s*=\s*['"]?([^'"?#\s]+)/i.exec(headerOf(response, 'refresh') ?? '') ?? []
  return url?.slice(0, 120) ?? null
}

/** What an error page of a gateway may be about; each is said in a sentence of its own. */
const ofErrorPages: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'redirect-uri',
  'client',
  'scope',
  'suspended',
  'not-subscribed',
  'not-allowed-line',
  'mobile-network',
  'roaming',
  'line-barred',
  'address',
  'pushed-request',
  'request-object',
  'pkce',
  'login-hint',
])

/** A page with more text is a website, not an error. */
const maxErrorText = 1200

/** Explains an error page by the sentence that says what it is about; null when none does. */
function explainPageText(recording: Recording, last: Exchange, page: Page): Finding | null {
  const status = last.response?.status ?? 0
  const isError = status >= 400 && status < 500 && status !== 404 && status !== 429
  const canTell = page.kind === 'error' && (isError || status === 200)
  if (!canTell || page.text.length > maxErrorText) return null
  const sentences = [page.title ?? '', ...page.text.split(/(?<=[.!?])\s+/)]
  for (const sentence of sentences) {
    const meaning = meaningOf(sentence)
    if (!ofErrorPages.has(meaning)) continue
    // A sentence that names both leaves it open which one is wrong.
    if (/client.?id/i.test(sentence) && /redirect.?ur[il]/i.test(sentence)) return null
    const refused = {
      ...refusedIn(last, {
        status,
        code: null,
        message: sentence,
        detail: null,
        reference: null,
        retryAfter: null,
        challenge: null,
        kind: 'page',
      }),
      sent: null,
    }
    return explainMeaning(
      recording,
      { place: placeOf(last), refused, endpoint: 'authorize', exchange: last },
      meaning,
    )
  }
  return null
}

/** Says what of the response a JSON body holds that belongs in a redirect; null: nothing. */
function heldBy(body: ReturnType<typeof readBody>): string | null {
  if (body.kind !== 'object') return null
  if (['code', 'authorizationCode', 'authorization_code'].some((name) => Object.hasOwn(body.object, name)))
    return 'the code'
  const address = Object.values(body.object).find(
    (value) => typeof value === 'string' && /^https?:\/\//.test(value),
  )
  return address === undefined ? null : 'an address to continue to'
}
