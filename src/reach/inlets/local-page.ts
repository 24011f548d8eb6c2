// Serves the page for whoever sits at the terminal, on this machine alone, and takes the address that is pasted there.
import type { Context, IncomingRequest, OutgoingResponse } from '../../context.ts'
import { privateHeaders } from '../../pages/frame.ts'
import { isLoopback } from '../../wire/addresses.ts'
import type { Arrive } from '../arrival.ts'
import { createDeferred } from '../deferred.ts'
import { type LocalView, renderLive, renderLocalPage, stateOf } from '../pages/local.ts'
import { explainRefusal, judgePasted } from './pasted.ts'
import { readPastedForm } from './pasted-form.ts'
import { isNavigation, pathOf, valueOf } from './request.ts'

export interface LocalPage {
  /** Unguessable. */
  readonly url: string
  /** Resolves with the parameters of the callback that was pasted. */
  readonly callback: Promise<URLSearchParams>
  /** Shows something else from now on. */
  update(view: LocalView): void
  /** Says where the page's own link leads, whose address is not written on it. */
  offer(authorizeUrl: string): void
  /** Stops listening, once those who watch have seen the last view. */
  close(): Promise<void>
}

export interface LocalPageOptions {
  /** Tells what a pasted address is compared with; null as long as nothing is waited for. */
  expected(): { redirectUri: string; state: string } | null
  arrive: Arrive
}

/** How long the end waits for a page that is open to ask for what is new; in milliseconds. */
const lastLookMs = 500

/** Starts to serve the page. Throws a SetupError when no port of this machine can be had. */
export async function openLocalPage(
  ports: Pick<Context, 'listen' | 'random' | 'clock'>,
  { expected, arrive }: LocalPageOptions,
  first: LocalView,
): Promise<LocalPage> {
  const key = Buffer.from(ports.random(16)).toString('base64url')
  let view = first
  let version = 1
  let authorizeUrl: string | null = null
  let isTaken = false
  /** Whether the browser that pasted the address is on its way back to the page. */
  let isReturning = false
  /** When a page was last shown something after which it will ask again; null: none was. */
  let shownAt: number | null = null
  const seen = createDeferred<void>()
  const watchers = new Set<() => void>()
  const callback = createDeferred<URLSearchParams>()

  const changed = () => {
    version++
    for (const wake of watchers) wake()
    watchers.clear()
  }
  const newerThan = async (since: number) => {
    if (since === version) await new Promise<void>((resolve) => watchers.add(resolve))
  }
  const page = (problem: string | null, status = 200) => {
    const { html, headers } = renderLocalPage(view, version, key, problem)
    return { status, headers: { ...headers, ...ownHeaders }, body: html }
  }

  async function show(query: URLSearchParams): Promise<OutgoingResponse> {
    if (query.has('since')) await newerThan(Number(query.get('since')))
    else isReturning = false
    shownAt = ports.clock.elapsed()
    // What the page that is being left still asks for is shown to nobody.
    if (stateOf(view) === 'over' && !isReturning) seen.resolve()
    if (query.get('part') !== 'live') return page(null)
    return {
      status: 200,
      headers: {
        ...privateHeaders,
        ...ownHeaders,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'",
        'x-version': String(version),
        'x-look': stateOf(view),
      },
      body: renderLive(view),
    }
  }

  function take(request: IncomingRequest): OutgoingResponse {
    const asked = expected()
    if (asked === null || isTaken) return page('nv already has the response, or is not waiting for one.', 409)
    const form = readPastedForm(request)
    if ('problem' in form) return page(form.problem, form.status)
    const judged = judgePasted(form.pasted, asked.redirectUri, asked.state)
    arrive({ via: 'paste', from: null, what: judged.what, verdict: judged.verdict })
    if (judged.parameters === null) return page(explainRefusal(judged, asked.redirectUri), 422)
    isTaken = true
    isReturning = true
    callback.resolve(judged.parameters)
    return { status: 303, headers: { ...privateHeaders, ...ownHeaders, location: key } }
  }

  const listener = await ports.listen('127.0.0.1', 0, async (request) => {
    if (!isForThisPage(request, `/${key}`)) return { status: 404, headers: { ...privateHeaders } }
    if (request.method === 'POST')
      return isOwnForm(request) ? take(request) : page('That form was sent by another site.', 403)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return { status: 405, headers: { allow: 'GET, HEAD, POST' } }
    const query = new URLSearchParams(request.target.split('?')[1] ?? '')
    if (!query.has('open')) return request.method === 'HEAD' ? page(null) : show(query)
    if (authorizeUrl === null || !isNavigation(request)) return page(null)
    return {
      status: 303,
      headers: { ...privateHeaders, 'content-security-policy': "default-src 'none'", location: authorizeUrl },
    }
  })

  return {
    url: `http://127.0.0.1:${listener.port}/${key}`,
    callback: callback.promise,
    update: (next) => {
      view = next
      changed()
    },
    offer: (url) => {
      authorizeUrl = url
    },
    close: async () => {
      // A page that is open has asked for what is new and gets it now, or is about to ask.
      const isAsked = watchers.size > 0 || isReturning
      if (shownAt !== null && (isAsked || ports.clock.elapsed() - shownAt < lastLookMs)) await lastLook()
      changed()
      await listener.close()
    },
  }

  async function lastLook(): Promise<void> {
    if (stateOf(view) !== 'over') return
    const over = new AbortController()
    await Promise.race([seen.promise, ports.clock.sleep(lastLookMs, over.signal).catch(() => {})])
    over.abort()
  }
}

/** Beside those of every page: no other origin reads it, embeds it, or shares a process with it. */
const ownHeaders = {
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/**
 * Tells whether a request comes from this machine, by one of its own names, for this path, and not from the page of
 * another site. The port of Host may be another one: it is when ssh forwards it.
 */
function isForThisPage(request: IncomingRequest, path: string): boolean {
  const named = request.headers.filter(([name]) => name === 'host').map(([, value]) => value)
  const [host = ''] = named
  const site = valueOf(request, 'sec-fetch-site')
  return (
    isLoopback(request.remoteAddress) &&
    named.length === 1 &&
    URL.canParse(`http://${host}`) &&
    isLoopback(new URL(`http://${host}`).hostname) &&
    pathOf(request) === path &&
    (site === null || site === 'none' || site === 'same-origin')
  )
}

/** Tells whether a form comes from this very page. */
function isOwnForm(request: IncomingRequest): boolean {
  const origin = valueOf(request, 'origin')
  return origin === null || origin === `http://${valueOf(request, 'host')?.toLowerCase()}`
}
