// Hears the authorization response at the redirect_uri, and gives the phone a page with the result.
import type { Context, IncomingRequest, OutgoingResponse, TlsIdentity } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { formatListen, type ListenAddress } from '../../settings/rules.ts'
import type { Arrival, Observation } from '../../run/recording.ts'
import { isBlockedPort, isWildcard, portOf } from '../../wire/addresses.ts'
import { type Arrive, nothing, refuseState } from '../arrival.ts'
import { createDeferred, type Deferred } from '../deferred.ts'
import type { Expected, Inlet } from '../inlet.ts'
import { privateHeaders } from '../../pages/frame.ts'
import { type Page, renderPage } from '../pages/message.ts'
import { refusalPage, stopped, unknownLink, usedLink } from '../pages/refused.ts'
import { type Accepted, acceptedHosts, hostsOf } from './accepted.ts'
import { describeRequest, readParameters, refuseAddress, refuseRequest } from './request.ts'
import { createStartLink, type Start } from './start-link.ts'

export interface CallbackListener extends Inlet {
  /** The redirect_uri that was asked for, or the default one with the port that was free. */
  readonly redirectUri: string
  /** The address it listens on, `<host>:<port>`. */
  readonly listeningOn: string
  /** The same, where the redirect_uri does not say so; else null. */
  readonly heardOn: string | null
  /** The actual port. */
  readonly port: number
  /** Expects the phone under a base too, and gives the short link there, which leads to what is offered. */
  reachAt(base: string): string
  /** Expects requests under further values of Host, and the callback at another redirect_uri; null: where it was. */
  expectAlso(hosts: readonly string[], redirectUri: string | null): void
  /** Says where the short link leads. */
  offer(start: Start): void
  /** Tells whether anything has asked for the short link. */
  isAsked(): boolean
  readonly leadsHere: boolean
  /** Answers nv's own request under a state, which is no callback; tells whether it has arrived. */
  expectOwn(state: string): () => boolean
}

export interface CallbackListenerOptions {
  address: ListenAddress
  /** Null: http://<address>:<port>/callback. */
  redirectUri: string | null
  /** Its certificate; without TLS it is left out. */
  identity?: TlsIdentity | undefined
  /** Whether the redirect_uri leads here; otherwise there is only the short link. By default it does. */
  leadsHere?: boolean
  /** Told of everything that reaches the port, but for the phone that fetches its result. */
  arrive: Arrive
  /** Told of what says something of the phone or of this machine, and is no callback. */
  observe?(observation: Observation): void
}

/** How long a finished run waits for the phone to fetch the result's page. */
const fetchResultMs = 1500

/** Enough that nobody guesses the link while it exists, and few enough that its QR code fits on a terminal. */
const startKeyBytes = 6

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
  const { address, arrive, leadsHere = true } = options
  const port =
    options.redirectUri === null || !leadsHere ? address.port : portOf(new URL(options.redirectUri))
  if (isBlockedPort(port)) throw blockedPort(port)
  const hearings = new Map<string, Hearing>()
  const own = new Map<string, { hasArrived: boolean }>()
  const left = new Set<string | null>()
  const isOurs = (state: string) => hearings.has(state) || own.has(state)
  let accepted: Accepted = { path: '', hosts: new Set<string>() }

  const scheme = options.identity === undefined ? 'http' : 'https'
  const listener = await ports.listen(address.host, address.port, answer, options.identity, {
    onTls: (from) =>
      arrive({ via: 'listener', from, what: { ...nothing, kind: 'tls' }, verdict: 'tls_on_plain_port' }),
  })
  const listeningOn = formatListen({ host: address.host, port: listener.port })
  const redirectUri =
    options.redirectUri ??
    `${scheme}://${formatListen({ host: reachableHost(address.host), port: listener.port })}/callback`
  const hosts = acceptedHosts(leadsHere ? redirectUri : null, address, listener.port)
  accepted = { path: leadsHere ? new URL(redirectUri).pathname : '', hosts }
  const randomKey = (bytes: number) => Buffer.from(ports.random(bytes)).toString('base64url')
  const startKey = randomKey(startKeyBytes)
  const start = createStartLink({
    key: startKey,
    arrive,
    isOver: (state) => hearings.get(state)?.isReceived ?? false,
    receive: (state, parameters) => {
      const hearing = hearings.get(state)
      if (!hearing || hearing.isReceived) return null
      hearing.isReceived = true
      hearing.receive(parameters)
      return hearing.resultKey
    },
    answerUsed: () => respond(409, usedLink),
    onLeave: (network) => {
      if (left.has(network)) return
      left.add(network)
      options.observe?.({ code: 'phone_left', step: 'authorize', exchange: null, facts: { network } })
    },
  })

  return {
    redirectUri,
    listeningOn,
    heardOn: !leadsHere || listeningOn === new URL(redirectUri).host ? null : listeningOn,
    port: listener.port,
    reachAt: (base) => {
      for (const host of hostsOf(new URL(base))) hosts.add(host)
      return `${base}/s/${startKey}`
    },
    expectAlso: (further, other) => {
      for (const host of further) hosts.add(host)
      if (other !== null) accepted.path = new URL(other).pathname
    },
    offer: (offered) => start.offer(offered),
    isAsked: () => start.isAsked(),
    leadsHere,
    expect: (state) => {
      const received = createDeferred<URLSearchParams>()
      const hearing: Hearing = {
        receive: received.resolve,
        isReceived: false,
        resultKey: randomKey(16),
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
      for (const { result } of hearings.values()) result.resolve(stopped)
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

  /** Only the phone of the callback was told the key. */
  function resultOf({ method }: IncomingRequest, parameters: URLSearchParams): Hearing | undefined {
    const key = method === 'GET' ? parameters.get('result') : null
    return key === null ? undefined : [...hearings.values()].find(({ resultKey }) => resultKey === key)
  }

  async function answer(request: IncomingRequest): Promise<OutgoingResponse> {
    const parameters = readParameters(request)
    const what = describeRequest(request, parameters, isOurs)
    const conclude = (verdict: Arrival['verdict']) =>
      arrive({ via: 'listener', from: request.remoteAddress, what, verdict })
    const shown = refuseAddress(request, accepted) === null ? resultOf(request, parameters) : undefined
    if (shown) {
      const page = await shown.result.promise
      shown.resultShown.resolve()
      return respond(200, page)
    }
    const started = refuseAddress(request, accepted) === null ? start.answer(request, accepted.hosts) : null
    if (started) return started
    const refusal = refuseRequest(request, accepted)
    if (refusal) {
      conclude(refusal.code)
      return respond(refusal.status, refusalPage(refusal.code, what.state === 'ours'))
    }
    const state = what.state === 'ours' ? (parameters.get('state') ?? '') : ''
    const ownRequest = own.get(state)
    if (ownRequest) {
      if (!ownRequest.hasArrived)
        options.observe?.({
          code: 'own_request_arrived',
          step: 'callback',
          exchange: null,
          facts: { forwardedFor: what.forwardedFor },
        })
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

function blockedPort(port: number): SetupError {
  return new SetupError({
    code: 'port_blocked',
    title: `Browsers refuse to open port ${port}`,
    cause:
      'It is on the list of blocked ports (https://fetch.spec.whatwg.org/#port-blocking), so the phone could not bring the callback.',
    fix: 'Register a redirect_uri with another port, or paste the address the phone ended on (--via paste).',
  })
}

function respond(status: number, page: Page): OutgoingResponse {
  const { html, headers } = renderPage(page)
  return { status, headers: { ...headers, connection: 'close' }, body: html }
}

function reachableHost(host: string): string {
  return isWildcard(host) ? '127.0.0.1' : host
}
