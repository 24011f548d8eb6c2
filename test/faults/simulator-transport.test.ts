// What the faults of the simulator look like on the wire, and that none of them outlives its connection.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'
import type { Listener, OutgoingResponse } from '../../src/context.ts'
import { switched } from '../support/behave.ts'
import { createTestClock } from '../support/context.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

interface Received {
  text: string
  bytes: Buffer
  /** How the connection ended: in order, or with the code of an error. */
  ending: string
}

const request = 'POST /apigateway/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n'

let simulator: TestSimulator | undefined

afterEach(async () => {
  await simulator?.close()
  simulator = undefined
})

async function misbehave(name: string): Promise<{ socket: Socket; received: Promise<Received> }> {
  simulator = await startTestSimulator({ behaviours: [switched(name)] })
  return send(Number(new URL(simulator.baseUrl).port), request)
}

function send(port: number, text: string): { socket: Socket; received: Promise<Received> } {
  const socket = connect(port, '127.0.0.1', () => socket.write(text))
  const received = new Promise<Received>((resolve) => {
    const parts: Buffer[] = []
    let ending = 'in order'
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code ?? error.message))
    socket.on('close', () => {
      const bytes = Buffer.concat(parts)
      resolve({ bytes, text: bytes.toString('latin1'), ending })
    })
  })
  return { socket, received }
}

const bodyOf = ({ text }: Received) => text.slice(text.indexOf('\r\n\r\n') + 4)

describe('on the wire', () => {
  it('reset: not a byte, and a reset', async () => {
    const { received } = await misbehave('reset')
    expect(await received).toMatchObject({ text: '', ending: 'ECONNRESET' })
  })

  // Node's own client takes a reset after a few bytes for an end, so that the reset itself can't be seen here.
  it('reset-in-body: a body of 500 bytes is promised, and the connection ends after 13', async () => {
    const { received } = await misbehave('reset-in-body')
    expect((await received).text).toMatch(/content-length: 500\r\n[^]*\r\n\r\n\{"simulated":$/)
  })

  it('body-cut: 18 of 500 bytes, and the connection ends in order', async () => {
    const { received } = await misbehave('body-cut')
    const answer = await received
    expect(answer.ending).toBe('in order')
    expect(answer.text).toContain('content-length: 500\r\n')
    expect(bodyOf(answer)).toBe('{"simulated":true}')
  })

  it('body-slow: a byte comes with each second', async () => {
    const { socket } = await misbehave('body-slow')
    const head = await next(socket)
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*content-length: 500\r\n[^]*\r\n\r\n/)
    for (let second = 0; second < 3; second++) {
      simulator?.clock.advance(1000)
      expect(await next(socket)).toBe(' ')
    }
    socket.destroy()
  })

  it('gzip-bomb: a mebibyte that unpacks to a thousand times as much', async () => {
    const { socket, received } = await misbehave('gzip-bomb')
    let text = ''
    while (!text.includes('\r\n\r\n') || text.length < 4096) text += await next(socket)
    expect(text).toContain('content-encoding: gzip\r\n')
    const [, size = '', ...parts] = text.slice(text.indexOf('\r\n\r\n') + 4).split(/^([0-9a-f]+)\r\n/)
    const member = Buffer.from(parts.join(''), 'latin1').subarray(0, Number.parseInt(size, 16))
    expect(gunzipSync(member)).toHaveLength(1024 * 1024)
    socket.destroy()
    await received
  })

  it('charset-wrong: UTF-16', async () => {
    const { socket } = await misbehave('charset-wrong')
    expect(await next(socket)).toContain('{\0"\0e\0r\0r\0o\0r\0"\0')
    socket.destroy()
  })

  it('byte-order-mark: three bytes before the body', async () => {
    const { socket } = await misbehave('byte-order-mark')
    expect(await next(socket)).toContain('\r\n\r\n\u00ef\u00bb\u00bf{"error":')
    socket.destroy()
  })
})

describe('the end of the simulator ends', () => {
  it.each(['hang', 'body-slow', 'body-endless'])('%s', async (name) => {
    const { socket, received } = await misbehave(name)
    if (name === 'hang') await acted()
    else await next(socket)
    await simulator?.close()
    expect((await received).ending).toMatch(/in order|ECONNRESET/)
  })
})

describe('a listener', () => {
  let listener: Listener | undefined

  afterEach(() => listener?.close())

  /** Answers with a body of endless parts; `ended` resolves when its reader is gone. */
  const endless = (sleepMs: number) => {
    const clock = createTestClock()
    let hasStarted = false
    let end: (reason: string) => void = () => {}
    const ended = new Promise<string>((resolve) => (end = resolve))
    const response: OutgoingResponse = {
      status: 200,
      body: async function* (gone) {
        hasStarted = true
        try {
          for (;;) {
            yield Buffer.from('part')
            if (sleepMs > 0) await clock.sleep(sleepMs, gone)
          }
        } finally {
          end(gone.aborted ? 'the reader is gone' : 'something else')
        }
      },
    }
    return { response, ended, hasStarted: () => hasStarted }
  }

  it.each([0, 1000])('stops a body whose reader is gone, with %d ms between its parts', async (sleepMs) => {
    const { response, ended } = endless(sleepMs)
    listener = await listen('127.0.0.1', 0, () => response)
    const { socket } = send(listener.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await next(socket)
    socket.destroy()
    expect(await ended).toBe('the reader is gone')
  })

  it('keeps no body going whose reader was gone before the answer was there', async () => {
    const { response, ended, hasStarted } = endless(0)
    let answer: (response: OutgoingResponse) => void = () => {}
    let arrive: () => void = () => {}
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    listener = await listen('127.0.0.1', 0, () => {
      arrive()
      return new Promise((resolve) => (answer = resolve))
    })
    const { received } = send(listener.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await arrived
    await listener.close()
    await received
    answer(response)
    await new Promise((resolve) => setImmediate(resolve))
    if (hasStarted()) expect(await ended).toBe('the reader is gone')
  })

  it('answers a HEAD with the headers alone, whatever the body', async () => {
    const { response } = endless(0)
    listener = await listen('127.0.0.1', 0, () => response)
    const { received } = send(listener.port, 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect((await received).text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/)
  })

  it('goes on to answer others while one is kept waiting', async () => {
    listener = await listen('127.0.0.1', 0, ({ target }) =>
      target === '/wait' ? { status: 200, ending: 'silence' } : { status: 204 },
    )
    const waiting = send(listener.port, 'GET /wait HTTP/1.1\r\nHost: x\r\n\r\n')
    const other = send(listener.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect((await other.received).text).toMatch(/^HTTP\/1\.1 204 /)
    waiting.socket.destroy()
    expect((await waiting.received).text).toBe('')
  })

  it('ends a connection whose body breaks', async () => {
    listener = await listen('127.0.0.1', 0, () => ({
      status: 200,
      body: async function* () {
        yield Buffer.from('part')
        await Promise.reject(new Error('broken'))
      },
    }))
    const { received } = send(listener.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect((await received).text).toMatch(/part\r\n$/)
  })
})

async function next(socket: Socket): Promise<string> {
  const [part] = (await once(socket, 'data')) as [Buffer | string]
  return typeof part === 'string' ? part : part.toString('latin1')
}

/** Waits until the simulator has logged the request that it will not answer. */
async function acted(): Promise<void> {
  while (simulator?.entries.length === 0) await new Promise((resolve) => setImmediate(resolve))
}
