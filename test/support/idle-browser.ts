// A browser that takes the DevTools protocol and answers it as a test wants, without being one.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Command {
  id: number
  method: string
}

/** Gives the messages of the client that a buffer holds whole, and what is left of it. */
function unframe(buffer: Buffer): { commands: Command[]; rest: Buffer } {
  const commands: Command[] = []
  let rest = buffer
  while (rest.length > 8) {
    const short = (rest[1] ?? 0) & 127
    const [length, start] = short === 126 ? [rest.readUInt16BE(2), 4] : [short, 2]
    if (rest.length < start + 4 + length) break
    const mask = rest.subarray(start, start + 4)
    const text = Buffer.from(
      rest.subarray(start + 4, start + 4 + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
    )
    if (((rest[0] ?? 0) & 15) === 1) commands.push(JSON.parse(text.toString()) as Command)
    rest = rest.subarray(start + 4 + length)
  }
  return { commands, rest }
}

/** Serves a browser that says what it is told to for each command, and gives its address to `use`. */
export async function withBrowser<T>(
  answer: (command: Command) => unknown[],
  use: (origin: string) => Promise<T>,
  onRequest: (path: string) => void = () => {},
): Promise<T> {
  const sockets = new Set<Duplex>()
  const server = createServer((request, response) => {
    onRequest(request.url ?? '')
    response.end(JSON.stringify({ Browser: 'Chrome/1', webSocketDebuggerUrl: 'ws://x/devtools/browser/1' }))
  })
  server.on('upgrade', (request, socket: Duplex) => {
    sockets.add(socket.on('error', () => {}))
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    let buffer: Buffer = Buffer.alloc(0)
    socket.on('data', (part: Buffer) => {
      const { commands, rest } = unframe(Buffer.concat([buffer, part]))
      buffer = rest
      for (const message of commands.flatMap(answer)) {
        const text = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))
        const head =
          text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 255]
        socket.write(Buffer.concat([Buffer.from(head), text]))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
