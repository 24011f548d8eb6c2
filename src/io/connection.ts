// Tells which connection carries a request, which fetch keeps to itself.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Connection } from '../context.ts'

let expecting: ((connection: Connection) => void) | undefined
let isSubscribed = false

/**
 * Calls back with the connection whose headers are sent next. Both undici that Node brings and the package publish
 * it, in the same turn in which they tell a request's handler that it starts.
 * @see https://github.com/nodejs/undici/blob/v7.30.2/docs/docs/api/DiagnosticsChannel.md#undiciclientsendheaders
 */
export function expectConnection(onConnection: (connection: Connection) => void): void {
  expecting = onConnection
  if (isSubscribed) return
  isSubscribed = true
  subscribe('undici:client:sendHeaders', (message) => {
    const tell = expecting
    expecting = undefined
    tell?.(describe((message as { socket: Socket }).socket))
  })
}

function describe({ localAddress = '', remoteAddress = '', remotePort = 0 }: Socket): Connection {
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress
  return { localAddress, remoteAddress: `${host}:${remotePort}` }
}
