// Many clients that are slow or say nothing keep neither the callback out nor the program from ending.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Cancelled } from '../../src/errors.ts'
import { accepts } from '../support/broken-server.ts'
import { bringCallback, type Gateway, startGateway, startWaitingFlow } from '../support/gateway.ts'
import { promptly } from '../support/promptly.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

/** Connects clients that send some bytes and then keep the connection as it is. */
async function crowd(port: number, count: number, bytes: (index: number) => string): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.resume()
      await once(socket, 'connect')
      if (bytes(index) !== '') socket.write(bytes(index))
      return socket
    }),
  )
}

/** Resolves when a connection is gone, whichever way. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.on('close', () => resolve())
  })
}

const crowds: ReadonlyArray<[string, number, (index: number) => string]> = [
  ['200 clients that send half a request', 200, (i) => `GET /callback?state=${i} HTTP/1.1\r\nHost: 127`],
  [
    '200 clients that send half a body',
    200,
    () => 'POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1',
  ],
  ['50 idle pre-connections', 50, () => ''],
  [
    '20 clients that send 5,000 requests each without waiting for an answer',
    20,
    (i) => `GET /callback?code=x&state=${i} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(5000),
  ],
]

it.each(crowds)(
  '%s: the true callback succeeds, and everything is closed at the end',
  async (_what, count, bytes) => {
    const flow = await startWaitingFlow(gateway.urls)
    const sockets = await crowd(flow.port, count, bytes)
    const closed = Promise.all(sockets.map(closing))
    expect(await (await bringCallback(flow)).text()).toContain('Verified')
    expect((await flow.run).outcome).toBe('verified')
    expect(await accepts(flow.port)).toBe(false)
    await closed
  },
)

it.each(crowds)('%s: an interruption still ends the run within a second', async (_what, count, bytes) => {
  const flow = await startWaitingFlow(gateway.urls)
  const sockets = await crowd(flow.port, count, bytes)
  const closed = Promise.all(sockets.map(closing))
  flow.interrupt(new Cancelled())
  expect((await promptly(1000, flow.run)).exitCode).toBe(130)
  expect(await accepts(flow.port)).toBe(false)
  await closed
})

it('a client that sends a byte now and then is told so and put out', async () => {
  const flow = await startWaitingFlow(gateway.urls)
  const [socket] = await crowd(flow.port, 1, () => 'GET /callback HTTP/1.1\r\n')
  let text = ''
  socket?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  if (socket) await closing(socket)
  expect(text).toMatch(/^HTTP\/1\.1 408 /)
  await bringCallback(flow)
  expect((await flow.run).outcome).toBe('verified')
})
