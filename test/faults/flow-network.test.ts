// Connections that fail at each hop: the run ends soon, names the host, and asks for a token once.
import { gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { type BrokenServer, rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { expectExplained, hops, type Hop, urlsWith } from '../support/faults.ts'
import { type Gateway, startFlow, startGateway, type StartedFlow } from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

const ok = 'HTTP/1.1 200 OK\r\n'
const json = 'content-type: application/json'
/** A megabyte that becomes a gigabyte: a thousand gzip members of a mebibyte of zeros each. */
const member = gzipSync(Buffer.alloc(1024 * 1024))
const bomb = Buffer.concat(Array.from({ length: 1024 }, () => member))

async function runAgainst(hop: Hop, server: BrokenServer, meanwhile?: (flow: StartedFlow) => Promise<void>) {
  const flow = startFlow(urlsWith(gateway, hop, server.origin))
  await meanwhile?.(flow)
  const result = await flow.run
  expect(server.requests).toHaveLength(1)
  return { flow, result }
}

/** Writes for as long as somebody reads. */
function writeForever(socket: Socket, chunk: string): void {
  while (socket.writable && socket.write(chunk));
  if (socket.writable) socket.once('drain', () => writeForever(socket, chunk))
}

describe.each(hops)('at the %s endpoint', (hop) => {
  const expectFailure = (result: Run, flow: StartedFlow, host: string, code: string) => {
    expectExplained(result, flow, { hop, host })
    expect(result.findings[0]?.code).toBe(code)
  }

  it('a refused connection', async () => {
    const host = `127.0.0.1:${await freePort()}`
    const flow = startFlow(urlsWith(gateway, hop, `http://${host}`))
    expectFailure(await flow.run, flow, host, 'connection_refused')
  })

  it('a name that does not resolve', async () => {
    const flow = startFlow(urlsWith(gateway, hop, 'https://gateway.invalid'))
    expectFailure(await flow.run, flow, 'gateway.invalid', 'host_not_found')
  })

  it.each<[string, (socket: Socket) => void, string]>([
    ['a reset before the headers', (socket) => socket.resetAndDestroy(), 'connection_lost'],
    ['an end before the headers', (socket) => socket.end(), 'connection_lost'],
    ['an end inside the headers', (socket) => socket.end(`${ok}content-ty`), 'connection_lost'],
    [
      'a body shorter than its content-length',
      (socket) =>
        socket.end(
          rawResponse('200 OK', [json, 'content-length: 500'], '{"devicePhoneNumberVerified":true}'),
        ),
      'connection_lost',
    ],
    [
      'chunks without an end',
      (socket) =>
        socket.end(
          rawResponse(
            '200 OK',
            [json, 'transfer-encoding: chunked'],
            '22\r\n{"devicePhoneNumberVerified":true}\r\n',
          ),
        ),
      'connection_lost',
    ],
    [
      'a reset inside the body',
      (socket) => {
        const bytes = rawResponse('200 OK', [json, 'content-length: 500'], '{"devicePhone')
        socket.write(bytes, () => socket.resetAndDestroy())
      },
      'connection_lost',
    ],
    [
      'an endless body',
      (socket) => {
        socket.write(rawResponse('200 OK', [json]))
        writeForever(socket, ' '.repeat(64 * 1024))
      },
      'response_too_large',
    ],
    [
      'a content-length of a terabyte',
      (socket) => {
        socket.write(rawResponse('200 OK', [json, `content-length: ${2 ** 40}`]))
        writeForever(socket, ' '.repeat(64 * 1024))
      },
      'response_too_large',
    ],
    [
      'a megabyte of gzip that becomes a gigabyte',
      (socket) => {
        const headers = [json, 'content-encoding: gzip', `content-length: ${bomb.length}`]
        socket.end(rawResponse('200 OK', headers, bomb))
      },
      'response_too_large',
    ],
    [
      'gzip that is none',
      (socket) =>
        socket.end(rawResponse('200 OK', [json, 'content-encoding: gzip', 'content-length: 4'], 'true')),
      'body_damaged',
    ],
    [
      'endless headers',
      (socket) => writeForever(socket, `${ok}${`x: ${'y'.repeat(9000)}\r\n`.repeat(4)}`),
      'network_error',
    ],
    [
      'bytes that are not HTTP',
      (socket) => socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n'),
      'network_error',
    ],
  ])('%s', async (_what, fault, code) => {
    const server = await startBrokenServer(fault)
    const { flow, result } = await runAgainst(hop, server)
    expectFailure(result, flow, server.host, code)
    await server.close()
  })

  it('silence: given up after 15 s', async () => {
    const server = await startBrokenServer(() => {})
    const { flow, result } = await runAgainst(hop, server, async ({ clock }) => {
      await server.reached
      clock.advance(14_999)
      clock.advance(1)
    })
    expectFailure(result, flow, server.host, 'request_timeout')
    expect(result.findings[0]?.title).toContain('within 15 s')
    expect(result.durationMs).toBe(15_000)
    await server.close()
  })

  it('one byte a second: given up after 15 s', async () => {
    const server = await startBrokenServer((socket) => {
      socket.write(rawResponse('200 OK', [json, 'content-length: 500']))
    })
    const { flow, result } = await runAgainst(hop, server, async ({ clock }) => {
      const socket = await server.reached
      for (let second = 0; second < 15; second++) {
        await new Promise<void>((resolve) => socket.write(' ', () => resolve()))
        clock.advance(1000)
      }
    })
    expectFailure(result, flow, server.host, 'request_timeout')
    await server.close()
  })

  it('silence when the run has less time left: given up then, and the time named is the time it had', async () => {
    const server = await startBrokenServer(() => {})
    const flow = startFlow(urlsWith(gateway, hop, server.origin), { timeoutMs: 8000 })
    await server.reached
    flow.clock.advance(8000)
    const result = await flow.run
    expectFailure(result, flow, server.host, 'request_timeout')
    expect(result.findings[0]?.title).toContain('within 8 s')
    await server.close()
  })
})

it('a request at the end of a long wait is said to have had the time it had, not the whole', async () => {
  const server = await startBrokenServer(() => {})
  const flow = startFlow(urlsWith(gateway, 'token', server.origin), {
    via: 'qr',
    timeoutMs: 60_000,
    profile: { redirectUri: null },
  })
  const shown = await flow.authorizeUrl
  flow.clock.advance(55_000)
  const phone = fetch(shown)
  await server.reached
  flow.clock.advance(5000)
  const result = await flow.run
  expect(result.findings[0]).toMatchObject({ code: 'request_timeout', step: 'token' })
  expect(result.findings[0]?.title).toContain('within 5 s')
  expect(await (await phone).text()).toContain('Could not tell')
  await server.close()
})
