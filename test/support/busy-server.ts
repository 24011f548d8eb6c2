// A server that is too busy to take another connection until it is told to.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

export interface BusyServer {
  port: number
  /** Has it take connections again; those that were tried meanwhile are tried again by the system. */
  relieve(): void
  close(): Promise<void>
}

/** Stands still from the moment it listens, so that the system's short queue is all that takes connections. */
const program = `
const { createServer } = require('node:http')
const { parentPort, workerData } = require('node:worker_threads')
const server = createServer((request, response) => response.end('{}'))
server.listen(0, '127.0.0.1', 1, () => {
  parentPort.postMessage(server.address().port)
  Atomics.wait(workerData, 0, 0)
})
`

/** Starts a server on 127.0.0.1 whose handshakes are not answered. */
export async function startBusyServer(): Promise<BusyServer> {
  const state = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(program, { eval: true, workerData: state })
  const [port] = (await once(worker, 'message')) as [number]
  const fillers = Array.from({ length: 4 }, () => fill(port))
  await Promise.any(fillers.map((filler) => once(filler, 'connect')))
  const leave = () => fillers.forEach((filler) => filler.destroy())
  const relieve = () => {
    leave()
    Atomics.store(state, 0, 1)
    Atomics.notify(state, 0)
  }
  return {
    port,
    relieve,
    close: async () => {
      relieve()
      await worker.terminate()
    },
  }
}

function fill(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  return socket
}
