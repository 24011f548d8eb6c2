// Floods at a listener: a connection has one request at a time, and what is over is forgotten.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, it } from 'vitest'
import type { IncomingRequest, Listener, OutgoingResponse, RequestHandler } from '../../src/context.ts'
import { listen } from '../../src/io/listener.ts'
import { sendBytes } from '../support/broken-server.ts'
import { promptly } from '../support/promptly.ts'

let listener: Listener
const seen: IncomingRequest[] = []

async function serve(handler: RequestHandler, onTls?: (remoteAddress: string) => void): Promise<void> {
  seen.length = 0
  const remember: RequestHandler = (request) => {
    seen.push(request)
    return handler(request)
  }
  listener = await listen('127.0.0.1', 0, remember, undefined, onTls ? { onTls } : {})
}

afterEach(() => listener.close())

async function open(): Promise<Socket> {
  const socket = connect(listener.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

function createGate(): { passed: Promise<void>; open: () => void } {
  let pass: () => void = () => {}
  const passed = new Promise<void>((resolve) => (pass = resolve))
  return { passed, open: () => pass() }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** How much of the heap is in use once everything that is over is forgotten; in MiB. */
function heapMiB(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const closing: OutgoingResponse = { status: 400, headers: { connection: 'close' }, body: 'no' }

it('serves one request after the other on a connection that is kept', async () => {
  await serve(({ target }) => ({ status: 200, body: target }))
  const socket = await open()
  for (const path of ['/1', '/2', '/3']) {
    socket.write(get(path))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1\\.1 200 [^]*${path}$`))
  }
  socket.destroy()
})

it('answers the first of requests that come at once, and ends the connection', async () => {
  await serve(({ target }) => ({ status: 200, body: target }))
  const text = await sendBytes(listener.port, get('/1') + get('/2') + get('/3'))
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(text).toMatch(/\r\nconnection: close\r\n/i)
  expect(seen.map(({ target }) => target)).toEqual(['/1'])
})

it('handles nothing more after an answer that closes the connection', async () => {
  await serve(() => closing)
  const text = await sendBytes(listener.port, get('/1') + get('/2'))
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(seen).toHaveLength(1)
})

it('a request that comes while the one before is being answered is not handled', async () => {
  const gate = createGate()
  await serve(async ({ target }) => {
    if (target === '/1') await gate.passed
    return { status: 200, body: 'first' }
  })
  const socket = await open()
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.write(get('/1'))
  while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
  socket.write(get('/2') + get('/3'))
  // What another connection gets says that the bytes above have arrived.
  await sendBytes(listener.port, get('/other', 'Connection: close\r\n'))
  gate.open()
  await once(socket, 'close')
  expect(text).toMatch(/first$/)
  expect(seen.map(({ target }) => target).filter((target) => target !== '/other')).toEqual(['/1'])
})

it('an answer is over when its connection is, so that closing waits for none', async () => {
  await serve(() => new Promise<never>(() => {}))
  for (let i = 0; i < 100; i++) {
    const socket = await open()
    socket.write(get(`/${i}`))
    while (seen.length <= i) await new Promise((resolve) => setImmediate(resolve))
    socket.resetAndDestroy()
    await once(socket, 'close')
  }
  await fetchUntilIdle()
  await promptly(200, listener.close())
})

/** Lets the listener see what the system knows already: that connections were reset. */
async function fetchUntilIdle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const socket = await open()
    socket.destroy()
    await once(socket, 'close')
  }
}

it('20 MB of requests that nobody waits for leave nothing behind', async () => {
  await serve(() => closing)
  const flood = Buffer.from(get('/callback?code=x&state=y').repeat(20_000))
  await sendBytes(listener.port, flood)
  seen.length = 0
  const before = heapMiB()
  await Promise.all(Array.from({ length: 20 }, () => sendBytes(listener.port, flood)))
  expect(seen.length).toBeLessThanOrEqual(20)
  expect(await sendBytes(listener.port, get('/'))).toMatch(/^HTTP\/1\.1 400 /)
  expect(heapMiB() - before).toBeLessThan(10)
})

it('1,000 connections that are reset leave nothing behind', async () => {
  await serve(() => closing)
  const resetOne = async () => {
    const socket = await open()
    socket.write(get('/callback?code=x&state=y'), () => socket.resetAndDestroy())
    await once(socket, 'close')
  }
  const resetMany = async (count: number) => {
    for (let i = 0; i < count / 50; i++) await Promise.all(Array.from({ length: 50 }, resetOne))
    await fetchUntilIdle()
    seen.length = 0
  }
  await resetMany(200)
  const before = heapMiB()
  await resetMany(1000)
  expect(heapMiB() - before).toBeLessThan(5)
})

it('tells of a TLS handshake on a port without TLS, and of nothing else', async () => {
  const addresses: string[] = []
  await serve(
    () => ({ status: 204 }),
    (address) => addresses.push(address),
  )
  expect(await sendBytes(listener.port, 'BREW\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await sendBytes(listener.port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
  expect(addresses).toEqual([])
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.on('close', resolve))
  expect(addresses).toEqual(['127.0.0.1'])
})
