// Connects to a host that has several addresses.
import net, { type Socket } from 'node:net'
import { NetworkError } from './failure.ts'

/** How long an address is tried alone before the next one is tried beside it. */
const headStartMs = 250
/** How long each address has: far links and phones that wake need seconds, of which Node gives a quarter of one. */
const addressLimitMs = 10_000

export interface Route {
  address: string
  port: number
  localAddress: string | undefined
}

/**
 * Connects by the first route that leads there. The next is tried as soon as one failed or took a while, and none is
 * given up because of another.
 * @see https://www.rfc-editor.org/rfc/rfc8305#section-5
 */
export function connectByAny(routes: readonly Route[], signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Map<Socket, NodeJS.Timeout>()
    const failures: Error[] = []
    let nextIndex = 0
    let headStart: NodeJS.Timeout | undefined

    const settle = (winner: Socket | null) => {
      clearTimeout(headStart)
      signal?.removeEventListener('abort', abort)
      nextIndex = routes.length
      for (const [socket, limit] of open) {
        clearTimeout(limit)
        if (socket !== winner) socket.destroy()
      }
      open.clear()
    }
    const abort = () => {
      settle(null)
      reject(signal?.reason as Error)
    }
    const fail = (socket: Socket, error: Error) => {
      if (!open.has(socket)) return
      clearTimeout(open.get(socket))
      open.delete(socket)
      socket.destroy()
      failures.push(error)
      if (nextIndex < routes.length) tryNext()
      else if (open.size === 0) {
        settle(null)
        reject(mostTelling(failures))
      }
    }
    const tryNext = () => {
      clearTimeout(headStart)
      const route = routes[nextIndex++]
      if (!route) return
      const { address, port, localAddress } = route
      const socket = net.connect({
        host: address,
        port,
        ...(localAddress === undefined ? {} : { localAddress }),
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
      })
      const late = () => fail(socket, new NetworkError('ETIMEDOUT', `connect ETIMEDOUT ${address}:${port}`))
      open.set(socket, setTimeout(late, addressLimitMs))
      // It stays, so that a connection that breaks before anybody uses it can't end the process.
      socket.on('error', (error) => fail(socket, error))
      socket.once('connect', () => {
        if (!open.has(socket)) return
        settle(socket)
        resolve(socket)
      })
      if (nextIndex < routes.length) headStart = setTimeout(tryNext, headStartMs)
    }

    if (signal?.aborted) abort()
    else {
      signal?.addEventListener('abort', abort, { once: true })
      tryNext()
    }
  })
}

/** Chooses among the failures of several addresses: that this machine has no IPv6 says nothing about the host. */
function mostTelling(failures: readonly Error[]): Error {
  const isLocal = (error: Error) =>
    'code' in error && ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EINVAL'].includes(String(error.code))
  return failures.find((error) => !isLocal(error)) ?? failures[0] ?? new Error('There was no address to try')
}
