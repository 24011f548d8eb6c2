// Where the callback is listened for: this machine alone, both loopback addresses, or a clear refusal.
import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'
import type { Listener } from '../../src/context.ts'
import { accepts } from '../support/broken-server.ts'
import { bringCallback, type Gateway, runFlow, startGateway, startWaitingFlow } from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'
import { startProgram } from '../support/process.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

const notFound = () => ({ status: 404 })
const hasIpv6 = await listen('::1', 0, notFound).then(
  async (listener) => (await listener.close(), true),
  () => false,
)
const otherAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  .map(({ address }) => address)

describe('without --listen', () => {
  it.each(['http://127.0.0.1:PORT/callback', 'http://localhost:PORT/callback', null])(
    'and with the redirect_uri %s nobody on another machine can connect',
    async (registered) => {
      const redirectUri = registered?.replace('PORT', String(await freePort())) ?? null
      const flow = await startWaitingFlow(gateway.urls, { profile: { redirectUri } })
      for (const address of otherAddresses) expect(await accepts(flow.port, address)).toBe(false)
      expect(await accepts(flow.port)).toBe(true)
      await bringCallback(flow)
      expect(await flow.run).toMatchObject({ outcome: 'verified', findings: [] })
    },
  )

  it('a redirect_uri elsewhere is not listened for', async () => {
    const { result, err } = await runFlow(gateway.urls, {
      via: 'qr',
      profile: { redirectUri: 'http://192.0.2.1:8080/callback' },
    })
    expect(result).toMatchObject({ exitCode: 2, failedStep: 'prepare', exchanges: [] })
    expect(err()).toContain('--listen')
  })
})

it('with --listen on every address, a warning says who can reach it', async () => {
  const flow = await startWaitingFlow(gateway.urls, { profile: { listen: { host: '0.0.0.0', port: 0 } } })
  expect(flow.err()).toContain('listens on 0.0.0.0: others on that network can reach it')
  await bringCallback(flow)
  expect((await flow.run).findings.map(({ code }) => code)).toEqual(['listening_beyond_this_machine'])
})

describe('localhost', () => {
  it.skipIf(!hasIpv6)('is heard on IPv4 and on IPv6', async () => {
    const listener = await listen('localhost', 0, notFound)
    expect(listener.addresses).toEqual(['127.0.0.1', '::1'])
    expect(await accepts(listener.port, '127.0.0.1')).toBe(true)
    expect(await accepts(listener.port, '::1')).toBe(true)
    await listener.close()
    expect(await accepts(listener.port, '127.0.0.1')).toBe(false)
    expect(await accepts(listener.port, '::1')).toBe(false)
  })

  it.skipIf(!hasIpv6)('on any free port means one that is free on both', async () => {
    const listeners: Listener[] = []
    for (let i = 0; i < 50; i++) listeners.push(await listen('localhost', 0, notFound))
    expect(new Set(listeners.map(({ port }) => port)).size).toBe(50)
    await Promise.all(listeners.map((listener) => listener.close()))
  })
})

describe('a port that is taken ends the run with exit 4, before anything is sent', () => {
  it.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])(
    'on %s, for a registered localhost',
    async (address) => {
      const taken = await listen(address, 0, notFound)
      const { result, err } = await runFlow(gateway.urls, {
        via: 'qr',
        profile: { redirectUri: `http://localhost:${taken.port}/callback` },
      })
      expect(result).toMatchObject({
        exitCode: 4,
        failedStep: 'prepare',
        outcome: 'undetermined',
        exchanges: [],
      })
      expect(result.findings[0]?.code).toBe('port_in_use')
      expect(err()).toContain(String(taken.port))
      expect(err()).toMatch(/^ {2}Do /m)
      await taken.close()
      // Nothing of the attempt is left listening.
      const again = await listen('localhost', taken.port, notFound)
      await again.close()
    },
  )

  it.each([
    ['a port in use', '127.0.0.1', null, 'port_in_use'],
    ['an address of no interface', '192.0.2.1', 0, 'address_not_local'],
    ['a name that does not resolve', 'nowhere.invalid', 0, 'address_not_local'],
  ])('with --listen: %s', async (_what, host, port, code) => {
    const taken = await listen('127.0.0.1', 0, notFound)
    const { result } = await runFlow(gateway.urls, {
      via: 'qr',
      profile: { redirectUri: null, listen: { host, port: port ?? taken.port } },
    })
    expect(result).toMatchObject({ exitCode: 4, failedStep: 'prepare', exchanges: [] })
    expect(result.findings.find(({ severity }) => severity === 'error')?.code).toBe(code)
    await taken.close()
  })
})

it.each([
  [{ redirectUri: 'http://localhost:6000/callback' }],
  [{ redirectUri: 'http://127.0.0.1:10080/callback' }],
  [{ redirectUri: null, listen: { host: '127.0.0.1', port: 6667 } }],
])('a port that no browser opens ends the run with exit 4: %j', async (profile) => {
  const { result, err } = await runFlow(gateway.urls, { via: 'qr', profile })
  expect(result).toMatchObject({ exitCode: 4, failedStep: 'prepare', exchanges: [] })
  expect(result.findings.find(({ severity }) => severity === 'error')?.code).toBe('port_blocked')
  expect(err()).toMatch(/^ {2}Do /m)
})

describe.skipIf(!existsSync('/proc/net/tcp'))('a port that another program holds', () => {
  it.each(['qr', 'paste', 'browser'] as const)('is said to be of that program, by %s', async (via) => {
    const holder = startProgram(process.execPath, [
      '-e',
      "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })",
    ])
    const [port = ''] = await holder.untilStdout(/\d+/)
    const redirectUri = `http://127.0.0.1:${port}/callback`
    const { result } = await runFlow(gateway.urls, {
      via,
      canPaste: via === 'paste',
      profile: { redirectUri },
    })
    holder.process.kill()
    await holder.finished
    expect(result).toMatchObject({ exitCode: 4, exchanges: [], findings: [{ code: 'port_in_use' }] })
    expect(result.findings[0]?.cause).toMatch(
      new RegExp(`^\\w+ \\(process ${holder.process.pid}\\) listens on 127\\.0\\.0\\.1:${port}\\.`),
    )
  })
})
