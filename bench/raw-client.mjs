// Sends bytes as they are, as clients do that follow no rules.
import { connect } from 'node:net'

/** How long an answer is waited for: servers end such a connection after 3 seconds. */
const limitMs = 20_000

/**
 * Sends bytes on a connection of their own; gives what came back until it ended, or `null` when it did not end. With
 * `reset` it is ended as soon as they are sent.
 */
export function exchange({ host, port }, bytes, ending = 'read') {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true })
    const chunks = []
    const limit = setTimeout(() => {
      socket.destroy()
      resolve(null)
    }, limitMs)
    socket.on('connect', () => {
      if (ending === 'reset') socket.write(bytes, () => socket.resetAndDestroy())
      else socket.write(bytes)
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // A server that keeps the connection has answered all the same.
      if (isWhole(chunks)) socket.end()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(limit)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
}

function isWhole(chunks) {
  const text = Buffer.concat(chunks).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = Number(/^content-length: *(\d+)\r$/im.exec(text.slice(0, end + 2))?.[1] ?? 0)
  return text.length >= end + 4 + length
}

/** Keeps that many clients connected that send a byte a second; gives how many connected in all, and ends them. */
export function startSlowClients(addresses, bytes, count) {
  let isOver = false
  let connectedCount = 0
  const sockets = new Set()
  const timers = new Set()
  const start = (index) => {
    if (isOver) return
    const socket = connect(addresses[index % addresses.length])
    sockets.add(socket)
    let sent = 0
    const timer = setInterval(() => socket.writable && socket.write(bytes[sent++ % bytes.length]), 1000)
    timers.add(timer)
    socket.on('connect', () => connectedCount++)
    socket.on('data', () => {})
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      timers.delete(timer)
      sockets.delete(socket)
      setTimeout(() => start(index), 100)
    })
  }
  for (let index = 0; index < count; index++) start(index)
  return () => {
    isOver = true
    for (const timer of timers) clearInterval(timer)
    for (const socket of sockets) socket.destroy()
    return connectedCount
  }
}

/** Does work that many times, so many at once. */
export async function repeat(count, parallelCount, work) {
  let started = 0
  const run = async () => {
    while (started < count) await work(started++)
  }
  await Promise.all(Array.from({ length: parallelCount }, run))
}
