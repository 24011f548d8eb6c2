// Leads a fresh tab of Chrome through the chain of redirects, up to the redirect_uri, which is never requested.
import type { Protocol } from 'devtools-protocol/types/protocol.js'
import { SetupError } from '../../errors.ts'
import { isRedirectTo } from '../../oauth/redirect-uri.ts'
import { startChain } from '../stranger.ts'
import type { WayTools } from '../way.ts'
import { openInTime, prepare, tabIdle, watchTabs } from './open-tab.ts'
import type { Devtools, DevtoolsEvent } from './protocol.ts'
import { readFailure } from './failure.ts'
import { postedIn, unsent, watchHops } from './hops.ts'

/** How a journey through the tab ended. */
export type Ending =
  /** The tab was about to go to the redirect_uri. */
  | { kind: 'redirect'; method: string; url: URL; posted: URLSearchParams | null; userAgent: string | null }
  /** It got no further: an error, an error page, a server that is not to be asked, or no time left. */
  | { kind: 'stuck' }

/** After this many documents, a tab is in a loop. */
const maxHops = 50

/** An error page that goes on by itself does so at once. */
const errorPageMs = 2_000

/** A page that is shown for this long waits for its user. */
const pageMs = 1_500

type Paused = Protocol.Fetch.RequestPausedEvent

/**
 * Opens a tab, navigates it to the URL, and follows it until it ends; the tab is closed at the end of the run. `onTab`
 * is told of one that would stay if nv were killed. Rejects with a SetupError when Chrome is lost, and with the reason
 * of the machine's signal.
 */
export async function goThrough(
  authorizeUrl: string,
  devtools: Devtools,
  tools: WayTools,
  onTab: (targetId: string) => Promise<void>,
): Promise<Ending> {
  const { machine, signal, redirectUri, state, elapsedMs, watch } = tools
  const hops = watchHops(elapsedMs, watch)
  const { targetId, sessionId, isOwn, close } = await openInTime(devtools, tools)
  tools.atEnd(close)
  if (!isOwn) await onTab(targetId)
  /** The tab, and those that its pages have opened. */
  const family = new Set([targetId])
  const chain = startChain(authorizeUrl, redirectUri, state)
  const over = new AbortController()
  let documents = 0
  /** Ends what was started for the previous page. */
  let page = new AbortController()

  try {
    return await new Promise<Ending>((resolve, reject) => {
      const stuck = () => resolve({ kind: 'stuck' })
      const onAbort = () => {
        if (machine.signal.aborted) reject(machine.signal.reason as Error)
        else if (documents === 0) reject(tabIdle())
        else stuck()
      }
      signal.addEventListener('abort', onAbort, { once: true, signal: over.signal })
      if (signal.aborted) onAbort()
      devtools.lost.catch(reject)
      devtools.onEvent((event) => {
        if (!over.signal.aborted) handle(event, resolve, stuck).catch(reject)
      })
      navigate(stuck).catch(reject)
    })
  } finally {
    over.abort()
    page.abort()
    hops.flush('net::ERR_TIMED_OUT')
    // Once nobody watches, nothing would stop what their pages still request.
    const closed = [...family].map((id) => devtools.send('Target.closeTarget', { targetId: id }))
    void Promise.allSettled(closed).then(() => watchTabs(devtools, false))
  }

  async function navigate(stuck: () => void): Promise<void> {
    await prepare(devtools, redirectUri, sessionId)
    await watchTabs(devtools, true)
    const navigated: { errorText?: unknown } | undefined = await devtools.send(
      'Page.navigate',
      { url: authorizeUrl },
      sessionId,
    )
    const errorText = navigated?.errorText
    if (typeof errorText !== 'string' || errorText === 'net::ERR_ABORTED' || documents > 0) return
    // A browser that is kept from a host, by a policy for instance, says no more than this.
    const request = { method: 'GET', url: authorizeUrl, headers: [], body: null }
    watch(unsent(request, readFailure(errorText)), elapsedMs())
    stuck()
  }

  async function handle(
    event: DevtoolsEvent,
    resolve: (ending: Ending) => void,
    stuck: () => void,
  ): Promise<void> {
    const session = event.sessionId
    switch (event.method) {
      case 'Target.attachedToTarget':
        return welcome(event.params, session)
      case 'Target.targetDestroyed':
      case 'Target.targetCrashed':
        if (family.delete(event.params.targetId) && family.size === 0) throw tabGone()
        return
      case 'Fetch.requestPaused':
        return decide(event.params, session, resolve, stuck)
      case 'Network.requestWillBeSent': {
        const { requestId, redirectResponse, type, request, frameId } = event.params
        if (redirectResponse !== undefined) hops.redirected(requestId, redirectResponse)
        // The address of an app is not fetched: this is all that is seen of it.
        const url = urlOf(request)
        if (
          type === 'Document' &&
          family.has(frameId ?? '') &&
          !isOfWeb(url) &&
          isRedirectTo(redirectUri, url)
        )
          resolve({ kind: 'redirect', method: 'GET', url, posted: null, userAgent: agentOf(request) })
        return
      }
      case 'Network.requestWillBeSentExtraInfo':
        return hops.sentHeaders(event.params.requestId, event.params.headers)
      case 'Network.responseReceivedExtraInfo':
        return hops.receivedHeaders(event.params.requestId, event.params.headers)
      case 'Network.responseReceived':
        if (event.params.type === 'Document') hops.received(event.params.requestId, event.params.response)
        return
      case 'Network.loadingFinished':
        return finish(event.params.requestId, stuck)
      case 'Network.loadingFailed': {
        const { requestId, errorText, type } = event.params
        const isHop = hops.urlOf(requestId) !== null
        hops.failed(requestId, errorText)
        if (isHop && type === 'Document' && errorText !== 'net::ERR_ABORTED') stuck()
        return
      }
      default:
    }
  }

  /** Has a frame, or a tab that our pages opened, ask before it requests anything; leaves the tabs of others alone. */
  async function welcome(
    { sessionId: own, targetInfo }: Protocol.Target.AttachedToTargetEvent,
    parent: string | undefined,
  ): Promise<void> {
    const isOurs = parent !== undefined || family.has(targetInfo.openerId ?? '')
    if (parent === undefined && isOurs) family.add(targetInfo.targetId)
    if (isOurs) await prepare(devtools, redirectUri, own).catch(() => {})
    await devtools.send('Runtime.runIfWaitingForDebugger', undefined, own).catch(() => {})
    if (!isOurs) await devtools.send('Target.detachFromTarget', { sessionId: own }).catch(() => {})
  }

  /** Lets a request go, or stops it before it leaves. */
  async function decide(
    paused: Paused,
    session: string | undefined,
    resolve: (ending: Ending) => void,
    stuck: () => void,
  ): Promise<void> {
    const { request, frameId, resourceType } = paused
    const url = urlOf(request)
    const isDocument = resourceType === 'Document' && family.has(frameId)
    const isResponse = paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined
    const stop = () =>
      devtools
        .send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Aborted' }, session)
        .catch(() => {})
    if (isResponse) {
      if (isDocument) hops.response(paused, await readPage(paused, session))
      const next = locationOf(paused)
      // Android hands the address of an app over before anything else is told of it.
      if (next !== null && !isOfWeb(next) && isRedirectTo(redirectUri, next)) {
        await stop()
        return resolve({
          kind: 'redirect',
          method: 'GET',
          url: next,
          posted: null,
          userAgent: agentOf(request),
        })
      }
    } else if (isRedirectTo(redirectUri, url)) {
      await stop()
      if (resourceType !== 'Document') return
      const posted = postedIn(request)
      const { method } = request
      return resolve({
        kind: 'redirect',
        method,
        url,
        posted: posted === null ? null : new URLSearchParams(posted),
        userAgent: agentOf(request),
      })
    } else if (isDocument) {
      if (++documents > maxHops || chain.isStranger(url)) {
        await stop()
        return stuck()
      }
      page.abort()
      page = new AbortController()
      chain.visit(url)
      hops.request(paused)
    }
    await devtools.send('Fetch.continueRequest', { requestId: paused.requestId }, session).catch(() => {})
  }

  /** Reads the page of a response before it is shown: one that goes on at once is gone too soon. */
  async function readPage(
    { requestId, responseStatusCode: status = 0 }: Paused,
    session: string | undefined,
  ): Promise<string | null> {
    if (status < 200 || (status >= 300 && status < 400)) return null
    try {
      const { body, base64Encoded } = await devtools.send('Fetch.getResponseBody', { requestId }, session)
      return base64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body
    } catch {
      return null
    }
  }

  /** Waits for what follows a complete page; one that reports an error and stays is the end. */
  async function finish(requestId: string, stuck: () => void): Promise<void> {
    const status = hops.statusOf(requestId)
    if (status === null) return
    const { signal: left } = page
    const { host } = new URL(hops.urlOf(requestId) ?? authorizeUrl)
    hops.finished(requestId)
    const isError = status >= 400
    try {
      await machine.clock.sleep(isError ? errorPageMs : pageMs, AbortSignal.any([left, over.signal]))
    } catch {
      return
    }
    if (isError) stuck()
    else tools.waiting(() => `Waiting for the phone, which shows a page of ${host}: answer it there`)
  }
}

/** What is no URL leads nowhere. */
function urlOf({ url, urlFragment = '' }: Protocol.Network.Request): URL {
  return new URL(URL.canParse(url + urlFragment) ? url + urlFragment : 'about:invalid')
}

function agentOf({ headers }: Protocol.Network.Request): string | null {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? null
}

function isOfWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

function locationOf({ request, responseStatusCode: status = 0, responseHeaders = [] }: Paused): URL | null {
  const location = responseHeaders.find(({ name }) => name.toLowerCase() === 'location')?.value
  if (location === undefined || status < 300 || status > 399 || !URL.canParse(location, request.url))
    return null
  return new URL(location, request.url)
}

function tabGone(): SetupError {
  return new SetupError({
    code: 'tab_closed',
    title: 'The tab was closed before the chain reached the redirect_uri',
    cause: 'Somebody closed it on the phone, or Chrome did to free memory.',
    fix: 'Try again, and leave the tab open.',
  })
}
