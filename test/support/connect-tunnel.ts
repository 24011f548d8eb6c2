// What a proxy does with CONNECT once it has chosen where that leads.
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** Connects a client of a proxy with a port of this machine, until either end is gone. */
export function tunnelTo(port: number, socket: Duplex, head: Buffer): void {
  const target = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    target.write(head)
    target.pipe(socket)
    socket.pipe(target)
  })
  for (const end of [target, socket]) {
    end.on('error', () => {})
    end.on('close', () => [target, socket].forEach((other) => other.destroy()))
  }
}
