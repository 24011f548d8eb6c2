// Phones and browsers that behave as few do: nv says what they said, and claims no more than it saw.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Context, Finished } from '../../src/context.ts'
import { runJourney } from '../../src/flow/run-journey.ts'
import { verify } from '../../src/flow/verify.ts'
import { createRunningClock, createTestContext } from '../support/context.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { withGateway } from '../support/gateway.ts'
import { promptly } from '../support/promptly.ts'

const looks = { '/bin/adb': { kind: 'file', mode: 0o755, owner: 'root', isExecutable: true } } as const
const env = { PATH: '/bin' }

/** An adb with a phone, that answers the commands that fit as said, and others with nothing. */
function adbThat(answers: ReadonlyArray<readonly [RegExp, Partial<Finished>]>): Context['run'] {
  return (_path, args) => {
    const line = args.join(' ')
    const stdout = /devices/.test(line) ? 'List of devices attached\n1A2B device model:Odd_Phone\n' : ''
    const [, answer = {}] = answers.find(([pattern]) => pattern.test(line)) ?? []
    return Promise.resolve({ exitCode: 0, stdout, stderr: '', ...answer })
  }
}

const withAdb = (answers: ReadonlyArray<readonly [RegExp, Partial<Finished>]>, input: object = {}) =>
  withGateway({}, async ({ urls }) => {
    const given = { target: testProfile(urls), via: 'adb', timeoutMs: 1000, ...input } as const
    return (await runVerify(given, { looks, env, run: adbThat(answers) })).run
  })

describe('a phone on a cable', () => {
  test.each([
    ["error: device '1A2B' not found", /reverse tcp/],
    ['adb: device offline', /shell am/],
    ['error: device unauthorized.', /shell am/],
    ['error: no devices/emulators found', /reverse --list/],
  ])('that is gone in the middle is lost, and refused nothing: %s', async (stderr, command) => {
    const run = await withAdb([[command, { exitCode: 1, stderr }]])
    expect(run.findings[0]).toMatchObject({
      code: 'adb_lost',
      title: 'adb no longer reaches the phone 1A2B',
      cause: `adb says: "${stderr}"`,
    })
  })

  test('that refuses the command for Wi-Fi is quoted', async () => {
    const run = await withAdb(
      [
        [/shell settings get global wifi_on$/, { stdout: '1\n' }],
        [/svc wifi disable/, { exitCode: 127, stderr: '/system/bin/sh: svc: not found' }],
      ],
      { handset: { device: null, turnsWifiOff: true, devtools: null } },
    )
    expect(run.findings[0]).toMatchObject({
      code: 'wifi_stays_on',
      title: 'Odd Phone did not take the command to turn Wi-Fi off',
      cause: 'adb says: "/system/bin/sh: svc: not found"',
    })
  })
})

describe('a browser behind --devtools', () => {
  /** Starts a browser that answers commands so. */
  async function browserThat(answer: (method: string) => object | null) {
    const sockets: Duplex[] = []
    const server = createServer((_request, response) =>
      response.end(
        JSON.stringify({ Browser: 'Chrome/131', webSocketDebuggerUrl: 'ws://127.0.0.1/devtools/browser/1' }),
      ),
    ).on('upgrade', (request, socket: Duplex) => {
      sockets.push(socket.on('error', () => {}))
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
      const accept = createHash('sha1').update(key).digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      readFrames(socket, (text) => {
        const { id, method } = JSON.parse(text) as { id: number; method: string }
        const result = answer(method)
        if (result === null) return
        const body = Buffer.from(JSON.stringify({ id, result }))
        socket.write(Buffer.concat([Buffer.from([0x81, body.length]), body]))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const close = () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
  }

  const tab = (method: string) =>
    method === 'Target.createTarget'
      ? { targetId: 'T' }
      : method === 'Target.attachToTarget'
        ? { sessionId: 'S' }
        : {}

  async function verifyWith(answer: (method: string) => object | null) {
    const { origin, close } = await browserThat(answer)
    try {
      return await withGateway({}, async ({ urls, host }) => {
        const input = {
          target: testProfile(urls),
          phoneNumber: '+34600000001',
          isHashed: false,
          via: 'chrome',
          source: null,
          state: null,
          canPaste: false,
          operatorToken: null,
          timeoutMs: 1500,
          handset: { device: null, turnsWifiOff: false, devtools: origin },
        } as const
        const context = { ...createTestContext().context, clock: createRunningClock() }
        return { run: await runJourney(context, verify, input, () => {}), host }
      })
    } finally {
      close()
    }
  }

  test('that may not go to the host says so, and is quoted', async () => {
    const { run, host } = await verifyWith((method) =>
      method === 'Page.navigate'
        ? { frameId: 'T', errorText: 'net::ERR_BLOCKED_BY_ADMINISTRATOR' }
        : tab(method),
    )
    expect(run.findings[0]).toMatchObject({
      code: 'network_error',
      title: `The request to ${host} failed`,
      cause: 'The browser says ERR_BLOCKED_BY_ADMINISTRATOR.',
    })
    expect(run.exchanges[0]).toMatchObject({ sentBy: 'phone', response: null })
  })

  test('that goes nowhere is said to have asked nothing', async () => {
    const { run } = await verifyWith(tab)
    expect([run.findings[0]?.code, run.exitCode]).toEqual(['tab_idle', 4])
    expect(run.failedStep).toBe('authorize')
  })

  test('that opens no tab takes no longer than the run has', async () => {
    const { run } = await promptly(
      8000,
      verifyWith(() => null),
    )
    expect(run.findings[0]?.code).toBe('tab_idle')
  })
})

/** Reads the short frames that a client sends, each masked. */
function readFrames(socket: Duplex, onText: (text: string) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    for (;;) {
      const short = (rest[1] ?? 0) & 127
      const from = short === 126 ? 4 : 2
      if (rest.length < from + 4) return
      const length = short === 126 ? rest.readUInt16BE(2) : short
      if (rest.length < from + 4 + length) return
      const mask = rest.subarray(from, from + 4)
      const text = Buffer.from(rest.subarray(from + 4, from + 4 + length)).map(
        (byte, index) => byte ^ (mask[index % 4] ?? 0),
      )
      if (((rest[0] ?? 0) & 15) === 1) onText(Buffer.from(text).toString())
      rest = rest.subarray(from + 4 + length)
    }
  })
}
