// Takes the requests of a connection one at a time, and forgets them with it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The latest answer of each connection. */
const latest = new WeakMap<Socket, ServerResponse>()
/** The connections whose client did not wait for an answer: they end with it. */
const crowded = new WeakSet<Socket>()

/**
 * Tells whether a request comes after the answer to the one before, on a connection that goes on. One that does not
 * is dropped, as a server may: who sends requests ahead has to send those again that got no answer.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
export function isInTurn({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const before = latest.get(socket)
  // An answer that is still on its way listens for the end, beside those of Node.
  if (before === undefined) socket.setMaxListeners(0)
  if (before === undefined || (before.writableEnded && before.shouldKeepAlive)) {
    latest.set(socket, response)
    return true
  }
  before.shouldKeepAlive = false
  crowded.add(socket)
  stopReading(socket)
  return false
}

/** Ends a connection, once what was written has left, when its client sent more than it had answers to. */
export function endIfCrowded(socket: Socket): void {
  if (crowded.has(socket)) socket.destroySoon()
}

/**
 * Reads nothing more of a connection. One piece that was read may hold a thousand requests, so the parser is stopped
 * in the middle of it too, where Node lets us: it spares their making, and is not needed otherwise.
 */
function stopReading(socket: Socket & { parser?: { pause?(): void } | null }): void {
  socket.pause()
  socket.parser?.pause?.()
}

/** Resolves when the work is done or its connection is gone, so that nothing is kept for a client that left. */
export function settleWith(socket: Socket, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('close', settle)
      resolve()
    }
    socket.once('close', settle)
    if (socket.closed) settle()
    void work.then(settle)
  })
}
