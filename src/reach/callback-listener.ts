// Hears the authorization response at the redirect_uri, and gives the phone a page with the result.
import type { Context, IncomingRequest, OutgoingResponse } from '../context.ts'
import { SetupError } from '../errors.ts'
import { isBlockedPort } from '../wire/addresses.ts'
import { isLoopback } from '../wire/addresses.ts'
import { type Page, renderPage } from './pages.ts'
import { formatListen, type ListenAddress } from '../settings/rules.ts'

export interface CallbackListener {
  /** The redirect_uri that was asked for, or the default one with the port that was free. */
  readonly redirectUri: string
  /** The address it listens on, where the redirect_uri does not say so. */
  readonly heardOn: string | null
  /** Resolves with the first parameters that carry our state. */
  readonly callback: Promise<URLSearchParams>
  /**
   * Gives the result to the phone that brought the callback, and waits a moment for the phone to fetch it;
   * not when the user has interrupted.
   */
  deliver(page: Page): Promise<void>
  close(): Promise<void>
}

export interface CallbackListenerOptions {
  address: ListenAddress
  /** Null: http://<address>:<port>/callback. */
  redirectUri: string | null
  state: string
  /** Called for each request that has the path of the callback but not our state. */
  onForeignState(): void
}

/** How long a finished run waits for the phone to fetch the result's page. */
const fetchResultMs = 1500

/**
 * Starts to listen; the callback is heard from then on. Throws a SetupError when the address can't be had, or
 * when no browser would open the redirect_uri.
 */
export async function openCallbackListener(
  ports: Pick<Context, 'listen' | 'clock' | 'random' | 'signal'>,
  options: CallbackListenerOptions,
): Promise<CallbackListener> {
  const { address, state } = options
  const port = options.redirectUri === null ? address.port : Number(new URL(options.redirectUri).port)
  if (isBlockedPort(port)) throw blockedPort(port)
  const received = createDeferred<URLSearchParams>()
  const result = createDeferred<Page>()
  const resultShown = createDeferred<void>()
  const resultKey = Buffer.from(ports.random(16)).toString('base64url')
  let isReceived = false
  let expected = { path: '', hosts: new Set<string>() }

  const listener = await ports.listen(address.host, address.port, answer)
  const redirectUri =
    options.redirectUri ??
    `http://${formatListen({ host: reachableHost(address.host), port: listener.port })}/callback`
  expected = {
    path: new URL(redirectUri).pathname,
    hosts: expectedHosts(redirectUri, address, listener.port),
  }

  const heardOn = formatListen({ host: address.host, port: listener.port })
  return {
    redirectUri,
    heardOn: heardOn === new URL(redirectUri).host ? null : heardOn,
    callback: received.promise,
    deliver: async (page) => {
      result.resolve(page)
      if (!isReceived) return
      const over = new AbortController()
      const timer = ports.clock
        .sleep(fetchResultMs, AbortSignal.any([over.signal, ports.signal]))
        .catch(() => {})
      await Promise.race([resultShown.promise, timer])
      over.abort()
    },
    close: async () => {
      result.resolve({
        tone: 'neutral',
        title: 'Stopped',
        text: 'The check was stopped before it had a result.',
      })
      await listener.close()
    },
  }

  async function answer(request: IncomingRequest): Promise<OutgoingResponse> {
    const refusal = refuse(request, expected)
    if (refusal) return refusal
    const parameters = new URLSearchParams(queryOf(request.target))
    if (parameters.get('result') === resultKey) {
      const page = await result.promise
      resultShown.resolve()
      return respond(200, page)
    }
    const states = parameters.getAll('state')
    if (states.length !== 1 || states[0] !== state) {
      if (['state', 'code', 'error'].some((name) => parameters.has(name))) options.onForeignState()
      return respond(400, {
        tone: 'neutral',
        title: 'Nothing to see here',
        text: 'This link belongs to no check that is under way.',
      })
    }
    if (isReceived) {
      return respond(409, {
        tone: 'neutral',
        title: 'Already used',
        text: 'This link was used before. Each one works once.',
      })
    }
    isReceived = true
    received.resolve(parameters)
    return { status: 303, headers: { ...privateHeaders, location: `?result=${resultKey}` } }
  }
}

function blockedPort(port: number): SetupError {
  return new SetupError({
    code: 'port_blocked',
    title: `Browsers refuse to open port ${port}`,
    cause:
      'It is on the list of blocked ports (https://fetch.spec.whatwg.org/#port-blocking), so that the phone could not bring the callback.',
    fix: 'Register a redirect_uri with another port, or paste the address the phone ended on (--via paste).',
  })
}

/** Headers that keep the callback's URL from being stored or passed on. */
const privateHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Refuses everything that is not a plain GET of the callback's path under a host we expect. */
function refuse(
  request: IncomingRequest,
  expected: { path: string; hosts: Set<string> },
): Promise<OutgoingResponse> | null {
  const hosts = valuesOf(request, 'host')
  const origins = valuesOf(request, 'origin')
  const refusal = (status: number) =>
    respond(status, { tone: 'neutral', title: 'Not found', text: 'There is nothing at this address.' })
  if (hosts.length !== 1 || !expected.hosts.has(String(hosts[0]).toLowerCase())) return refusal(421)
  if (!request.target.startsWith('/') || request.target.startsWith('//')) return refusal(400)
  if (origins.some((origin) => !URL.canParse(origin) || !expected.hosts.has(new URL(origin).host)))
    return refusal(403)
  if (request.target.split('?', 1)[0] !== expected.path) return refusal(404)
  if (request.method !== 'GET') return refusal(405)
  const isPrefetch = ['sec-purpose', 'purpose', 'x-moz'].some((name) =>
    valuesOf(request, name).some((value) => /prefetch|prerender|preview/i.test(value)),
  )
  return isPrefetch ? refusal(503) : null
}

async function respond(status: number, page: Page): Promise<OutgoingResponse> {
  const { html, contentSecurityPolicy } = await renderPage(page)
  return {
    status,
    headers: {
      ...privateHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      connection: 'close',
    },
    body: html,
  }
}

/** The Host values under which the callback may arrive: the redirect_uri's own, and those of the listening address. */
function expectedHosts(redirectUri: string, address: ListenAddress, port: number): Set<string> {
  const isHere = isLoopback(address.host) || isWildcard(address.host)
  const names = [address.host, ...(isHere ? ['127.0.0.1', 'localhost', '::1'] : [])]
  return new Set([
    new URL(redirectUri).host,
    ...names.map((name) => formatListen({ host: name.toLowerCase(), port })),
  ])
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function reachableHost(host: string): string {
  return isWildcard(host) ? '127.0.0.1' : host
}

function valuesOf(request: IncomingRequest, name: string): string[] {
  return request.headers.filter(([header]) => header === name).map(([, value]) => value)
}

function queryOf(target: string): string {
  const start = target.indexOf('?')
  return start === -1 ? '' : target.slice(start + 1)
}

function createDeferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
