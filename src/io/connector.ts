// Makes the connections of requests, and notes how far each came.
import dns, { type LookupAddress } from 'node:dns'
import { isIP, isIPv6, type Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import { callbackify } from 'node:util'
import { NetworkError } from './failure.ts'
import { readCertificate } from './peer-certificate.ts'
import { connectByAny, type Route } from './race.ts'
import { currentTrace, describeSocket, handOver, mark, type Trace } from './trace.ts'

const handshakeLimitMs = 10_000

/** Where undici wants to be connected to. */
export interface Target {
  hostname: string
  protocol: string
  port: string
  servername?: string | null
}

/** Connects as undici has its option `connect` do it. */
export type Connector = (
  target: Target,
  callback: (error: Error | null, socket: Socket | null) => void,
) => void

export interface ConnectorOptions {
  trust?: SecureContext | undefined
  /** The addresses to leave from: each reaches hosts of its own family only. */
  localAddresses?: readonly string[] | undefined
}

/** Makes a connector for servers. */
export function createConnector(options: ConnectorOptions): Connector {
  return toConnector(async (target) => {
    const trace = currentTrace()
    const socket = await reach(target, options.localAddresses, trace)
    const isSecure = target.protocol === 'https:'
    return handOver(trace, isSecure ? await secure(socket, target, options.trust, trace) : socket)
  })
}

/** Makes a connector for proxies: what fails on the way there is the proxy's. */
export function createProxyConnector(trust?: SecureContext): Connector {
  return toConnector(async (target) => {
    const trace = currentTrace()
    const socket = await reach(target, undefined, trace)
    return target.protocol === 'https:' ? secure(socket, target, trust, null) : socket
  })
}

/** Makes a connector for servers behind a proxy, out of one that gives a tunnel. */
export function createTunnelConnector(tunnel: Connector, trust: SecureContext | undefined): Connector {
  return toConnector(async (target) => {
    const trace = currentTrace()
    const socket = await openTunnel(tunnel, target)
    const isSecure = target.protocol === 'https:'
    return handOver(trace, isSecure ? await secure(socket, target, trust, trace) : socket)
  })
}

function toConnector(connect: (target: Target) => Promise<Socket>): Connector {
  return callbackify(connect)
}

/** Asks for the bytes alone: what is in them is between us and the server. */
function openTunnel(tunnel: Connector, target: Target): Promise<Socket> {
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  const host = `${isIPv6(target.hostname) ? `[${target.hostname}]` : target.hostname}:${port}`
  return new Promise((resolve, reject) => {
    tunnel({ ...target, protocol: 'http:', host, port } as Target, (error, socket) => {
      if (socket) resolve(socket)
      else reject(error ?? new Error('There is neither a socket nor an error'))
    })
  })
}

/** Opens a connection to a host, whichever of its addresses answers. */
async function reach(
  { hostname, protocol, port }: Target,
  localAddresses: readonly string[] | undefined,
  trace: Trace | null,
): Promise<Socket> {
  const enter = (phase: 'resolve' | 'connect') => {
    if (trace && trace.phase !== 'proxy') trace.phase = phase
  }
  let addresses = [hostname]
  if (isIP(hostname) === 0) {
    enter('resolve')
    addresses = (await resolveHost(hostname, trace?.ended.signal)).map(({ address }) => address)
    mark(trace, 'resolvedMs')
  }
  enter('connect')
  const routes = addresses.flatMap((address): Route[] => {
    const localAddress = localAddresses?.find((local) => isIPv6(local) === isIPv6(address))
    if (localAddresses && localAddress === undefined) return []
    return [{ address, port: Number(port) || (protocol === 'https:' ? 443 : 80), localAddress }]
  })
  if (routes.length === 0)
    throw new NetworkError(
      'no_common_family',
      `No address of ${hostname} can be reached from ${localAddresses?.join() ?? 'here'}`,
    )
  const socket = await connectByAny(routes, trace?.ended.signal)
  mark(trace, 'connectedMs')
  if (trace) trace.connection = describeSocket(socket, trace.proxy)
  return socket
}

/** Looks up a host's addresses as the system does it, in the system's order. */
function resolveHost(hostname: string, signal: AbortSignal | undefined): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason as Error)
    signal?.addEventListener('abort', stop, { once: true })
    dns.lookup(hostname, { all: true }, (error, addresses) => {
      signal?.removeEventListener('abort', stop)
      if (error) reject(error)
      else resolve(addresses)
    })
  })
}

/** Starts TLS on a connection. The certificate is noted before it is judged, so that a refused one is known too. */
async function secure(
  socket: Socket,
  { hostname, servername }: Target,
  trust: SecureContext | undefined,
  trace: Trace | null,
): Promise<TLSSocket> {
  const tls = await import('node:tls')
  if (trace) trace.phase = 'tls'
  const secured = tls.connect({
    socket,
    host: hostname,
    ...(servername ? { servername } : {}),
    ...(trust ? { secureContext: trust } : {}),
    ALPNProtocols: ['http/1.1'],
    // Said, so that NODE_TLS_REJECT_UNAUTHORIZED=0 sends no credentials to whoever answers.
    rejectUnauthorized: true,
  })
  // Node judges it on this event.
  secured.prependOnceListener('secure', () => {
    if (trace?.connection) trace.connection = { ...trace.connection, certificate: readCertificate(secured) }
  })
  await new Promise<void>((resolve, reject) => {
    const signal = trace?.ended.signal
    const give = (error: Error) => {
      secured.destroy()
      reject(error)
    }
    const stop = () => give(signal?.reason as Error)
    const limit = setTimeout(
      () => give(new NetworkError('ETIMEDOUT', `The TLS handshake with ${hostname} took too long`)),
      handshakeLimitMs,
    )
    const settle = () => {
      clearTimeout(limit)
      signal?.removeEventListener('abort', stop)
    }
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    secured.on('error', reject)
    secured.once('close', () => {
      settle()
      reject(new NetworkError('ECONNRESET', `The server ended the TLS handshake`))
    })
    secured.once('secureConnect', () => {
      settle()
      resolve()
    })
  })
  mark(trace, 'securedMs')
  return secured
}
