// The listener with TLS: what comes that is no TLS, or none that gets anywhere, ends; and who speaks it is served.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { IncomingRequest, Listener, RequestHandler, TlsIdentity } from '../../src/context.ts'
import { certify } from '../../src/io/certificates.ts'
import { listen } from '../../src/io/listener.ts'
import { createSend } from '../../src/io/send.ts'
import { textOf } from '../../src/wire/exchange.ts'
import { accepts } from '../support/broken-server.ts'

let identity: TlsIdentity
let ca: string
let listener: Listener
const seen: IncomingRequest[] = []

beforeAll(async () => {
  ;({ identity, ca } = await certify('localhost', Date.now(), null))
})
beforeEach(async () => {
  seen.length = 0
  await serve((request) => {
    seen.push(request)
    return { status: 200, body: 'hello' }
  })
})
afterEach(() => listener.close())

async function serve(handler: RequestHandler): Promise<void> {
  listener = await listen('127.0.0.1', 0, handler, identity)
}

async function get() {
  const request = { method: 'GET', url: `https://localhost:${listener.port}/x?y`, headers: {} }
  const { response, failure } = await createSend({})(request, { ca, signal: AbortSignal.timeout(5000) })
  return { text: textOf(response), hasFailed: failure !== null }
}

/** Sends bytes without TLS; resolves with what came back once the server has ended the connection. */
async function send(bytes: string): Promise<string> {
  const socket = await open()
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  socket.write(bytes, 'latin1')
  await once(socket, 'close')
  return text
}

async function open(): Promise<Socket> {
  const socket = connect(listener.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

it('serves who trusts the authority', async () => {
  expect(await get()).toEqual({ text: 'hello', hasFailed: false })
  expect(seen).toMatchObject([{ method: 'GET', target: '/x?y', remoteAddress: '127.0.0.1' }])
})

it.each([
  ['plain HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['garbage', '\0\xff\xfe\x80'.repeat(1000)],
  ['a record that is no handshake', '\x17\x03\x03\x00\x05hello'],
  ['a ClientHello with nothing in it', '\x16\x03\x01\x00\x04\x01\x00\x00\x00'],
])('%s on its port: refused, and the next is served', async (_what, bytes) => {
  expect(await send(bytes)).not.toContain('HTTP/1.1 2')
  expect(seen).toEqual([])
  expect(await get()).toEqual({ text: 'hello', hasFailed: false })
})

it('a handshake that stops half-way is ended', async () => {
  const started = '\x16\x03\x01\x02\x00\x01'
  await Promise.all(Array.from({ length: 50 }, () => send(started)))
  expect(await get()).toEqual({ text: 'hello', hasFailed: false })
})

it('a client that trickles after its handshake is ended', async () => {
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', servername: 'localhost', ca })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.write('GET / HTTP/1.1\r\nHost: ')
  await once(socket.resume(), 'close')
  expect(seen).toEqual([])
})

it('closing ends connections before, in and after the handshake, at once', async () => {
  const before = await open()
  const within = await open()
  within.write('\x16\x03\x01\x02\x00\x01', 'latin1')
  const after = connectTls({ port: listener.port, host: '127.0.0.1', servername: 'localhost', ca })
  after.on('error', () => {})
  await once(after, 'secureConnect')
  const closed = [before, within, after].map((socket) => once(socket.resume(), 'close'))
  await listener.close()
  await Promise.all(closed)
  expect(await accepts(listener.port)).toBe(false)
})

it.each(['reset', 'reset-in-body', 'cut'] as const)('an answer can end in %s', async (ending) => {
  await listener.close()
  await serve(() => ({ status: 200, headers: { 'content-length': '100' }, body: 'hello', ending }))
  expect(await get()).toMatchObject({ hasFailed: true })
})
