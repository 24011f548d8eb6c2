// Raw servers on loopback that fail in the ways HTTP servers do not.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface BrokenServer {
  origin: string
  /** With the port, as findings name it. */
  host: string
  port: number
  /** The requests that came in whole, as text. */
  requests: string[]
  /** Resolves with the connection of the first whole request. */
  reached: Promise<Socket>
  /** Has a function handle connections before anything is read from them. */
  onConnection(handle: (socket: Socket) => void): void
  close(): Promise<void>
}

export interface BrokenServerOptions {
  /** PEM; makes it an https server. */
  tls?: { key: string; cert: string }
  /** The name that its URL has in place of 127.0.0.1. */
  hostname?: string
}

/** Starts a server that reads a request to its end and then leaves the connection to the fault. */
export async function startBrokenServer(
  fault: (socket: Socket) => void,
  { tls, hostname = '127.0.0.1' }: BrokenServerOptions = {},
): Promise<BrokenServer> {
  const sockets = new Set<Socket>()
  const requests: string[] = []
  let arrive: (socket: Socket) => void = () => {}
  const reached = new Promise<Socket>((resolve) => (arrive = resolve))
  const serve = (socket: Socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      requests.push(text)
      text = ''
      arrive(socket)
      fault(socket)
    })
  }
  const server = tls ? createTlsServer(tls, serve) : createServer(serve)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = `${hostname}:${port}`
  return {
    origin: `${tls ? 'https' : 'http'}://${host}`,
    host,
    port,
    requests,
    reached,
    onConnection: (handle) => void server.prependListener('connection', handle),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0)
  return text.length >= end + 4 + length
}

/** Joins a status line, headers and a body to the bytes of a response. */
export function rawResponse(
  statusLine: string,
  headers: readonly string[],
  body: string | Buffer = '',
): Buffer {
  const head = [`HTTP/1.1 ${statusLine}`, ...headers, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}

/** Tells whether something accepts connections at an address. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Sends bytes as they are and resolves with all that comes back until the server ends the connection. */
export function sendBytes(port: number, bytes: string | Buffer, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(bytes))
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}
