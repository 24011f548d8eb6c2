// Hears the authorization response at the redirect_uri, and gives the phone a page with the result.
import type { Context, IncomingRequest, OutgoingResponse } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { formatListen, type ListenAddress } from '../../settings/rules.ts'
import type { Arrival, RefusalCode } from '../../run/recording.ts'
import { isBlockedPort, isLoopback } from '../../wire/addresses.ts'
import { type Arrive, nothing, refuseState } from '../arrival.ts'
import type { Expected, Inlet } from '../inlet.ts'
import { type Page, renderPage } from '../pages.ts'
import { type Accepted, describeRequest, readParameters, refuseRequest } from './request.ts'

export interface CallbackListener extends Inlet {
  /** The redirect_uri that was asked for, or the default one with the port that was free. */
  readonly redirectUri: string
  /** The address it listens on, `<host>:<port>`. */
  readonly listeningOn: string
  /** The same, where the redirect_uri does not say so; else null. */
  readonly heardOn: string | null
  /** Answers nv's own request under a state, which is no callback; tells whether it has arrived. */
  expectOwn(state: string): () => boolean
}

export interface CallbackListenerOptions {
  address: ListenAddress
  /** Null: http://<address>:<port>/callback. */
  redirectUri: string | null
  /** Told of everything that reaches the port, but for the phone that fetches its result. */
  arrive: Arrive
}

/** How long a finished run waits for the phone to fetch the result's page. */
const fetchResultMs = 1500

interface Hearing {
  receive(parameters: URLSearchParams): void
  isReceived: boolean
  /** In the address of the page with the result, which only the phone of the callback is told. */
  resultKey: string
  result: Deferred<Page>
  resultShown: Deferred<void>
}

/**
 * Starts to listen. Throws a SetupError when the address can't be had, or when no browser would open the
 * redirect_uri.
 */
export async function openCallbackListener(
  ports: Pick<Context, 'listen' | 'clock' | 'random' | 'signal'>,
  options: CallbackListenerOptions,
): Promise<CallbackListener> {
  const { address, arrive } = options
  const port = options.redirectUri === null ? address.port : portOf(new URL(options.redirectUri))
  if (isBlockedPort(port)) throw blockedPort(port)
  const hearings = new Map<string, Hearing>()
  const own = new Map<string, { hasArrived: boolean }>()
  const isOurs = (state: string) => hearings.has(state) || own.has(state)
  let accepted: Accepted = { path: '', hosts: new Set<string>() }

  const listener = await ports.listen(address.host, address.port, answer, undefined, {
    onTls: (from) =>
      arrive({ via: 'listener', from, what: { ...nothing, kind: 'tls' }, verdict: 'tls_on_plain_port' }),
  })
  const listeningOn = formatListen({ host: address.host, port: listener.port })
  const redirectUri =
    options.redirectUri ??
    `http://${formatListen({ host: reachableHost(address.host), port: listener.port })}/callback`
  accepted = {
    path: new URL(redirectUri).pathname,
    hosts: acceptedHosts(redirectUri, address, listener.port),
  }

  return {
    redirectUri,
    listeningOn,
    heardOn: listeningOn === new URL(redirectUri).host ? null : listeningOn,
    expect: (state) => {
      const received = createDeferred<URLSearchParams>()
      const hearing: Hearing = {
        receive: received.resolve,
        isReceived: false,
        resultKey: Buffer.from(ports.random(16)).toString('base64url'),
        result: createDeferred(),
        resultShown: createDeferred(),
      }
      hearings.set(state, hearing)
      return { callback: received.promise, answer: (page) => deliver(hearing, page) } satisfies Expected
    },
    expectOwn: (state) => {
      const request = { hasArrived: false }
      own.set(state, request)
      return () => request.hasArrived
    },
    close: async () => {
      for (const { result } of hearings.values()) {
        result.resolve({
          tone: 'neutral',
          title: 'Stopped',
          text: 'The check was stopped before it had a result.',
        })
      }
      await listener.close()
    },
  }

  async function deliver({ result, resultShown, isReceived }: Hearing, page: Page): Promise<void> {
    result.resolve(page)
    if (!isReceived) return
    const over = new AbortController()
    const timer = ports.clock
      .sleep(fetchResultMs, AbortSignal.any([over.signal, ports.signal]))
      .catch(() => {})
    await Promise.race([resultShown.promise, timer])
    over.abort()
  }

  async function answer(request: IncomingRequest): Promise<OutgoingResponse> {
    const parameters = readParameters(request)
    const what = describeRequest(request, parameters, isOurs)
    const conclude = (verdict: Arrival['verdict']) =>
      arrive({ via: 'listener', from: request.remoteAddress, what, verdict })
    const refusal = refuseRequest(request, accepted)
    if (refusal) {
      conclude(refusal.code)
      return respond(refusal.status, refusalPage(refusal.code, what.state === 'ours'))
    }
    const key = parameters.get('result')
    const shown = key === null ? undefined : [...hearings.values()].find(({ resultKey }) => resultKey === key)
    if (shown) {
      const page = await shown.result.promise
      shown.resultShown.resolve()
      return respond(200, page)
    }
    const state = what.state === 'ours' ? (parameters.get('state') ?? '') : ''
    const ownRequest = own.get(state)
    if (ownRequest) {
      ownRequest.hasArrived = true
      return respond(200, unknownLink)
    }
    const hearing = hearings.get(state)
    if (!hearing) {
      const isResponse = ['state', 'code', 'error'].some((name) => parameters.has(name))
      conclude(isResponse ? (refuseState(what.state) ?? 'state_differs') : 'no_parameters')
      return respond(400, unknownLink)
    }
    conclude(hearing.isReceived ? 'already_taken' : 'taken')
    if (hearing.isReceived) return respond(409, usedLink)
    hearing.isReceived = true
    hearing.receive(parameters)
    return {
      status: 303,
      headers: {
        ...privateHeaders,
        'content-security-policy': "default-src 'none'",
        location: `?result=${hearing.resultKey}`,
      },
    }
  }
}

const unknownLink: Page = {
  tone: 'neutral',
  title: 'Nothing to see here',
  text: 'This link has expired or was already used.',
}

const usedLink: Page = {
  tone: 'neutral',
  title: 'Already used',
  text: 'This link was already used. Each link works once.',
}

/** What the phone of the callback is told when the gateway sent it here in a way that is not accepted. */
const refusalTexts: Partial<Record<RefusalCode, string>> = {
  wrong_host: 'The response arrived under another host name than the one that was registered.',
  wrong_path: 'The response arrived at another path than the one that was registered.',
  wrong_method: 'The gateway sent its response as a form (POST). nv accepts it in the address only.',
}

/** Says what happened to one who has our state; to anyone else there is nothing here. */
function refusalPage(code: RefusalCode, hasOurState: boolean): Page {
  const text = hasOurState ? refusalTexts[code] : undefined
  return text === undefined
    ? { tone: 'neutral', title: 'Not found', text: 'There is nothing at this address.' }
    : { tone: 'bad', title: 'Not accepted', text: `${text} The terminal says more.` }
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

/**
 * The Host values under which the callback may arrive: the redirect_uri's own, with its default port or without, and
 * those of the listening address.
 */
function acceptedHosts(redirectUri: string, address: ListenAddress, port: number): Set<string> {
  const registered = new URL(redirectUri)
  const isHere = isLoopback(address.host) || isWildcard(address.host)
  const names = [address.host, ...(isHere ? ['127.0.0.1', 'localhost', '::1'] : [])]
  return new Set([
    registered.host,
    `${registered.hostname}:${portOf(registered)}`,
    ...names.map((name) => formatListen({ host: name.toLowerCase(), port })),
  ])
}

function portOf({ protocol, port }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function reachableHost(host: string): string {
  return isWildcard(host) ? '127.0.0.1' : host
}

interface Deferred<T> {
  promise: Promise<T>
  resolve(value: T): void
}

function createDeferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
