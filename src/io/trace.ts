// Follows one request through the sockets it takes, which fetch keeps to itself.
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { NetworkError } from './failure.ts'
import type { Connection, FailurePhase, HeaderList, Sent } from '../wire/exchange.ts'

type Moment = Exclude<keyof Sent['timings'], 'endedMs'>

/** What is known of a request so far. */
export interface Trace {
  /** Aborts when there is nothing left to wait for. */
  readonly ended: AbortController
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

/** Runs a request until it ends, its trace does, or the signal aborts; whatever it opens finds its trace. */
export async function follow(trace: Trace, signal: AbortSignal, request: () => Promise<void>): Promise<void> {
  if (!isSubscribed) subscribe('undici:client:sendHeaders', noteHeaders)
  isSubscribed = true
  const { ended } = trace
  const broken = new Promise<never>((_resolve, reject) => {
    ended.signal.addEventListener('abort', () => reject(ended.signal.reason as Error), { once: true })
  })
  // When its connection is gone, nothing else may hold what waits here: a signal that depends on others is collected,
  // with all that only it leads to, unless somebody listens to it.
  const abort = () => ended.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    await Promise.race([broken, traces.run(trace, request)])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Starts the trace of a request. */
export function startTrace(): Trace {
  return {
    ended: new AbortController(),
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

/** Hands a connection to the request it was made for, and remembers where it leads for those that use it later. */
export function handOver(trace: Trace | null, socket: Socket): Socket {
  if (!trace) return socket
  if (trace.connection) connections.set(socket, trace.connection)
  // undici listens only when its parser is loaded. It waits for a connection that ended before, or makes another.
  socket.once('close', () => {
    if (trace.sent === null)
      trace.ended.abort(new NetworkError('ECONNRESET', 'The connection ended before the request was sent'))
  })
  return socket
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
