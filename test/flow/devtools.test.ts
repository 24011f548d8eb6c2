// Servers that answer in the place of a browser's DevTools: nothing they say leads nv elsewhere, or brings it down.
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { readHandset } from '../../src/cli/handset-options.ts'
import { findBrowser } from '../../src/reach/devtools/endpoint.ts'
import { connectDevtools } from '../../src/reach/devtools/protocol.ts'
import { createRunningClock, createTestContext } from '../support/context.ts'
import { json, withGateway } from '../support/gateway.ts'

function find(answer: unknown) {
  const { context: machine } = createTestContext()
  return withGateway(
    { '/json/version': () => json(answer as Record<string, unknown>) },
    async ({ origin, host }) => ({
      browser: await findBrowser({ machine, signal: machine.signal }, origin),
      host,
    }),
  )
}

test('the WebSocket is at the host that was asked, whatever the answer says', async () => {
  const { browser, host } = await find({
    Browser: 'Chrome/131',
    webSocketDebuggerUrl: 'ws://evil.example/devtools/browser/1',
  })
  expect(browser).toEqual({ name: 'Chrome/131', socketUrl: `ws://${host}/devtools/browser/1` })
})

test.each([
  ['no WebSocket', { Browser: 'Chrome/131' }],
  ['one that is no URL', { webSocketDebuggerUrl: 'nonsense' }],
  ['one of another kind', { webSocketDebuggerUrl: 'ws://127.0.0.1/admin' }],
  ['a list', ['x']],
])('%s is no browser', async (_name, answer) => {
  expect((await find(answer)).browser).toBeNull()
})

describe('over the WebSocket', () => {
  let server: Server
  let connection: Duplex | undefined

  /** Takes a WebSocket, and says what is given. */
  async function serve(texts: readonly string[]): Promise<string> {
    server = createServer().on('upgrade', (request, socket) => {
      connection = socket
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
      const accept = createHash('sha1').update(key).digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      for (const text of texts) socket.write(Buffer.from([0x81, text.length, ...Buffer.from(text)]))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/devtools/browser/1`
  }

  afterEach(() => {
    connection?.destroy()
    server.close()
  })

  const ports = () => ({ openSocket: createTestContext().context.openSocket, clock: createRunningClock() })
  const { signal } = new AbortController()

  test('what is no message is not heard, and answers that nobody waits for are none', async () => {
    const url = await serve(['nonsense', '[]', 'null', '{"id":99,"result":{}}', '{"method":"X","params":{}}'])
    const devtools = await connectDevtools(ports(), url, signal)
    const heard = new Promise((resolve) => devtools.onEvent(resolve))
    const version = devtools.send('Browser.getVersion', undefined)
    const text = '{"id":1,"error":{"message":"no"}}'
    connection?.write(Buffer.from([0x81, text.length, ...Buffer.from(text)]))
    await expect(version).rejects.toMatchObject({ problem: { code: 'devtools_command_refused' } })
    devtools.close()
    await Promise.race([heard, devtools.lost.catch(() => {})])
  })

  test('a connection that ends fails what waits, and what comes later', async () => {
    const devtools = await connectDevtools(ports(), await serve([]), signal)
    const version = devtools.send('Browser.getVersion', undefined)
    connection?.destroy()
    await expect(version).rejects.toMatchObject({ problem: { code: 'devtools_lost' } })
    await expect(devtools.lost).rejects.toMatchObject({ problem: { code: 'devtools_lost' } })
    await expect(devtools.send('Browser.getVersion', undefined)).rejects.toMatchObject({
      problem: { code: 'devtools_lost' },
    })
  })

  test('a server that takes no WebSocket is told', async () => {
    await withGateway({}, async ({ host }) => {
      await expect(connectDevtools(ports(), `ws://${host}/devtools/browser/1`, signal)).rejects.toMatchObject(
        {
          problem: { code: 'devtools_refused' },
        },
      )
    })
    server = createServer()
  })
})

describe('--devtools', () => {
  test('chooses the way, and keeps the origin alone', () => {
    expect(readHandset({ devtools: 'http://127.0.0.1:9222/json?x#y' }, 'auto')).toEqual({
      via: 'chrome',
      handset: { device: null, turnsWifiOff: false, devtools: 'http://127.0.0.1:9222' },
    })
  })

  test.each<[string, Parameters<typeof readHandset>, string]>([
    ['another way', [{ devtools: 'http://127.0.0.1:9222' }, 'qr'], 'handset_option_unused'],
    ['no URL', [{ devtools: '9222' }, 'chrome'], 'devtools_invalid'],
    ['a WebSocket', [{ devtools: 'ws://127.0.0.1:9222' }, 'chrome'], 'devtools_invalid'],
    ['a password', [{ devtools: 'http://a:b@127.0.0.1:9222' }, 'chrome'], 'devtools_invalid'],
    [
      'a cable as well',
      [{ devtools: 'http://127.0.0.1:9222', wifiOff: true }, 'chrome'],
      'devtools_with_cable',
    ],
  ])('with %s is refused', (_name, given, code) => {
    expect(() => readHandset(...given)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code }) }),
    )
  })

  test('a password in it is not repeated', () => {
    expect(() => readHandset({ devtools: 'http://a:hunter2@127.0.0.1:9222' }, 'chrome')).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          title: 'The value of --devtools is not the address of a browser',
        }),
      }),
    )
  })
})
