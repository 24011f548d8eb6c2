// Follows one request through the sockets it takes, which fetch keeps to itself.
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Connection, FailurePhase, HeaderList, Sent } from '../wire/exchange.ts'

type Moment = Exclude<keyof Sent['timings'], 'endedMs'>

/** What is known of a request so far. */
export interface Trace {
  readonly signal: AbortSignal
  readonly startedAt: number
  readonly moments: Record<Moment, number | null>
  phase: FailurePhase
  /** The host of the proxy through which it goes. */
  proxy: string | null
  connection: Connection | null
  /** The headers as they were written to the connection; null: they were not. */
  sent: HeaderList | null
  /** What the response began with. */
  head: { status: number; headers: HeaderList } | null
}

const traces = new AsyncLocalStorage<Trace>()
const connections = new WeakMap<Socket, Connection>()
let isSubscribed = false

/** Runs a request; whatever it opens on its way finds its trace. */
export function follow<T>(trace: Trace, request: () => Promise<T>): Promise<T> {
  if (!isSubscribed) subscribe('undici:client:sendHeaders', noteHeaders)
  isSubscribed = true
  return traces.run(trace, request)
}

/** Starts the trace of a request. */
export function startTrace(signal: AbortSignal): Trace {
  return {
    signal,
    startedAt: performance.now(),
    moments: { resolvedMs: null, connectedMs: null, securedMs: null, firstByteMs: null },
    phase: 'connect',
    proxy: null,
    connection: null,
    sent: null,
    head: null,
  }
}

/** Gives the trace of the request for which something is done; null outside of one. */
export function currentTrace(): Trace | null {
  return traces.getStore() ?? null
}

/** Notes when something happened. */
export function mark(trace: Trace | null, moment: Moment): void {
  if (trace) trace.moments[moment] = elapsedMs(trace)
}

/** Gives the time since a request was started, to a tenth of a millisecond. */
export function elapsedMs({ startedAt }: Trace): number {
  return Math.round((performance.now() - startedAt) * 10) / 10
}

/** Remembers whom a connection leads to, for the requests that take it later. */
export function remember(socket: Socket, connection: Connection | null): void {
  if (connection) connections.set(socket, connection)
}

/** Reads the addresses of a connection. */
export function describeSocket(
  { localAddress = '', remoteAddress = '', remotePort = 0 }: Socket,
  proxy: string | null,
): Connection {
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress
  return {
    localAddress,
    remoteAddress: `${host}:${remotePort}`,
    protocol: 'http/1.1',
    proxy,
    certificate: null,
  }
}

/**
 * Notes the connection that a request takes, and the headers that undici writes to it.
 * @see https://github.com/nodejs/undici/blob/v7.30.2/docs/docs/api/DiagnosticsChannel.md#undiciclientsendheaders
 */
function noteHeaders(message: unknown): void {
  const trace = currentTrace()
  const { request, headers, socket } = message as {
    request: { method: string }
    headers: string
    socket: Socket
  }
  // A tunnel is asked for in the name of a request too; its headers hold what the proxy alone should see.
  if (!trace || request.method === 'CONNECT') return
  trace.phase = 'headers'
  trace.connection = connections.get(socket) ?? describeSocket(socket, trace.proxy)
  trace.sent = headers
    .split('\r\n')
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const] : []
    })
}
