// A connection that costs the load generator so little that the servers are the ones that are measured.
import { connect } from 'node:net'

/** Servers end a connection that rests for 5 seconds. */
const maxRestMs = 3000

/**
 * Makes a client of one origin that sends one request after the other, over one connection as long as it is in use.
 * The server has to name the length of its answers.
 */
export function createConnection(origin) {
  let connection = null
  let usedAt = 0
  return {
    send: async (...request) => {
      if (connection && performance.now() - usedAt > maxRestMs) connection.close()
      if (!connection?.isOpen()) connection = open(origin)
      const answer = await connection.send(...request)
      usedAt = performance.now()
      return answer
    },
    close: () => connection?.close(),
  }
}

function open(origin) {
  const { hostname, port, host } = new URL(origin)
  const socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1')
  let received = ''
  let waiting = null
  socket.on('data', (text) => {
    received += text
    const answer = readAnswer(received)
    if (answer === null) return
    received = ''
    waiting.resolve(answer)
  })
  const fail = (error) => waiting?.reject(error ?? new Error(`${origin} closed the connection`))
  socket.on('error', fail)
  socket.on('close', () => fail())
  return {
    isOpen: () => !socket.destroyed,
    send: (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        const sent = body === null ? headers : { ...headers, 'content-length': Buffer.byteLength(body) }
        const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`)
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}\r\n${body ?? ''}`)
      }),
    close: () => {
      waiting = null
      socket.destroy()
    },
  }
}

/** Reads what a flow needs of an answer; null as long as it is not whole. */
function readAnswer(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = text.slice(0, end + 2)
  const length = /^content-length: *(\d+)\r$/im.exec(head)?.[1]
  if (length === undefined) throw new Error(`An answer without its length: ${head}`)
  if (text.length < end + 4 + Number(length)) return null
  return {
    status: Number(head.slice(9, 12)),
    headers: {
      location: /^location: *(.*)\r$/im.exec(head)?.[1],
      cookies: [...head.matchAll(/^set-cookie: *(.*)\r$/gim)].map(([, value]) => value),
    },
    text: text.slice(end + 4),
  }
}
