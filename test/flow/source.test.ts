// --interface and --local-address: what the gateway sees is the address that the phone's requests were bound to.
import { lookup } from 'node:dns/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Network, RequestHandler } from '../../src/context.ts'
import { listen } from '../../src/io/listener.ts'
import { network } from '../../src/io/network.ts'
import { findInterface, type Source, takeAddress } from '../../src/reach/source.ts'
import type { Exchange } from '../../src/run/recording.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { createTestContext } from '../support/context.ts'
import { type Gateway, grantCode, redirect, runFlow, startGateway, withGateway } from '../support/gateway.ts'

const cookiesOf = (response: Exchange['response'] | undefined) =>
  (response?.headers ?? []).flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []))

const from = (...addresses: string[]): Source => ({ name: addresses.join(' or '), addresses })

const hasSecondLoopback = (await network.isLocal('127.0.0.2')) && (await network.isLocal('127.0.0.3'))
const isLocalhostIpv6 = (await lookup('localhost', { all: true })).some(({ family }) => family === 6)
const hasIpv6 = await network.isLocal('::1')
const named = network.interfaces().filter(({ addresses }) => !addresses.includes('127.0.0.1'))
const outside = named.flatMap(({ addresses }) => addresses).filter((address) => !address.includes('%'))
const outsideIpv4 = outside.find((address) => !address.includes(':'))
const outsideIpv6 = outside.find((address) => address.includes(':'))

const bound = hasSecondLoopback ? describe : describe.skip
bound(`bound${hasSecondLoopback ? '' : ' (skipped: 127.0.0.2 is no address of this machine)'}`, () => {
  let gateway: Gateway
  beforeAll(async () => {
    const authorize: RequestHandler = (request) => {
      if (request.target.endsWith('&hop=1&hop=2')) return grantCode(request)
      const next = request.target.endsWith('&hop=1') ? 2 : 1
      const headers = { 'set-cookie': [`hop${next}=secret-value; Path=/`] }
      return redirect(`${request.target}&hop=${next}`, 302, headers)
    }
    gateway = await startGateway({ authorize })
  })
  afterAll(() => gateway.close())

  it.each(['127.0.0.2', '127.0.0.3'])(
    'every hop of the phone comes from %s, nothing else does',
    async (address) => {
      const seen = gateway.requests.length
      const { result } = await runFlow(gateway.urls, { source: from(address) })
      expect(result).toMatchObject({ outcome: 'verified', findings: [] })
      const addresses = gateway.requests.slice(seen).map(({ path, remoteAddress }) => [path, remoteAddress])
      expect(addresses).toEqual([
        ...Array.from({ length: 3 }, () => ['/authorize', address]),
        ['/token', '127.0.0.1'],
        ['/number-verification/v2/verify', '127.0.0.1'],
      ])
      expect(result.steps[0]?.detail).toBe(`followed 3 redirects to the redirect_uri from ${address}`)
    },
  )

  it('each hop is recorded with its number, its addresses and its cookies without their values', async () => {
    const { result, err } = await runFlow(gateway.urls, {
      source: from('127.0.0.2'),
      print: { verbose: true },
    })
    const to = gateway.host
    const hops = result.exchanges.map(({ hop, connection, response }) => [
      hop,
      connection?.localAddress,
      connection?.remoteAddress,
      cookiesOf(response).length,
    ])
    expect(hops).toEqual([
      [1, '127.0.0.2', to, 1],
      [2, '127.0.0.2', to, 1],
      [3, '127.0.0.2', to, 0],
      [null, '127.0.0.1', to, 0],
      [null, '127.0.0.1', to, 0],
    ])
    expect(cookiesOf(result.exchanges[1]?.response)).toEqual([
      expect.stringMatching(/^hop2=\[redacted:[0-9a-f]{6}\]/),
    ])
    expect(err()).toMatch(
      /→ hop 2 GET http:[^←]*← 302 in \d+ ms, from 127\.0\.0\.2 to 127\.0\.0\.1:\d+, sets hop2: redirects to /,
    )
    expect(JSON.stringify(result) + err()).not.toContain('secret-value')
  })

  it('a cookie without a name is recorded without its value', async () => {
    const authorize: RequestHandler = (request) => ({
      ...grantCode(request),
      headers: {
        ...grantCode(request).headers,
        'set-cookie': ['secret-value; Path=/', ' a = secret-value', ''],
      },
    })
    const { result } = await withGateway({ authorize }, ({ urls }) => runFlow(urls))
    expect(cookiesOf(result.exchanges[0]?.response)).toHaveLength(3)
    expect(JSON.stringify(result)).not.toContain('secret-value')
  })

  it('two runs at the same time keep to their addresses', async () => {
    const seen = gateway.requests.length
    const runs = ['127.0.0.2', '127.0.0.3'].map((address) => runFlow(gateway.urls, { source: from(address) }))
    await Promise.all(runs)
    const hops = gateway.requests.slice(seen).filter(({ path }) => path === '/authorize')
    const addresses = hops.map(({ remoteAddress }) => remoteAddress)
    expect(addresses.toSorted()).toEqual([...Array(3).fill('127.0.0.2'), ...Array(3).fill('127.0.0.3')])
  })

  it('a name that has both families is reached by the one that the address has', async () => {
    const addresses: string[] = []
    const listener = await listen('localhost', 0, (request) => {
      addresses.push(request.remoteAddress)
      return grantCode(request)
    })
    const urls = { ...gateway.urls, authorizeUrl: `http://localhost:${listener.port}/authorize` }
    await runFlow(urls, { source: from('127.0.0.2') })
    if (isLocalhostIpv6) await runFlow(urls, { source: from('::1') })
    expect(addresses).toEqual(isLocalhostIpv6 ? ['127.0.0.2', '::1'] : ['127.0.0.2'])
    await listener.close()
  })

  it('an address of the other family than the host has: says so, and sends nothing', async () => {
    const { result } = await runFlow(gateway.urls, { source: from('::1') })
    expect(result).toMatchObject({ exitCode: 3, failedStep: 'authorize' })
    expect(result.findings[0]?.code).toBe('no_common_family')
  })

  it('an address that went away while the run was on its way: this machine is at fault', async () => {
    const { result } = await runFlow(gateway.urls, { source: from('192.0.2.99') })
    expect(result).toMatchObject({ exitCode: 4, failedStep: 'authorize' })
    expect(result.findings[0]).toMatchObject({ code: 'address_not_local' })
  })

  it(`a proxy is passed by${outsideIpv4 ? '' : ' (not shown: there is no address but loopback)'}`, async () => {
    if (outsideIpv4 === undefined) return
    const listener = await listen(outsideIpv4, 0, (request) => grantCode(request))
    const authorizeUrl = `http://${outsideIpv4}:${listener.port}/authorize`
    const options = { profile: { proxy: 'http://127.0.0.1:9' } }
    const unbound = await runFlow({ ...gateway.urls, authorizeUrl }, options)
    expect(unbound.result.findings.map(({ code }) => code)).toEqual(['proxy_failed'])
    const { result } = await runFlow(
      { ...gateway.urls, authorizeUrl },
      { ...options, source: from(outsideIpv4) },
    )
    expect(result).toMatchObject({ outcome: 'verified', findings: [{ code: 'proxy_passed_by' }] })
    await listener.close()
  })

  it('a proxy is no matter where the gateway is on this machine', async () => {
    const profile = { proxy: 'http://127.0.0.1:9' }
    const { result } = await runFlow(gateway.urls, { profile, source: from('127.0.0.2') })
    expect(result).toMatchObject({ outcome: 'verified', findings: [] })
  })
})

const six = hasIpv6 && outsideIpv6 !== undefined
const whyNot = six ? '' : ' (skipped: there is no IPv6 address beside ::1)'
describe.skipIf(!six)(`bound to an IPv6 address${whyNot}`, () => {
  it('the gateway sees that address', async () => {
    const addresses: string[] = []
    const listener = await listen('::1', 0, (request) => {
      addresses.push(request.remoteAddress)
      return grantCode(request)
    })
    await withGateway({}, async ({ urls }) => {
      const authorizeUrl = `http://[::1]:${listener.port}/authorize`
      const run = await runFlow({ ...urls, authorizeUrl }, { source: from(outsideIpv6 ?? '') })
      expect(run.result.exchanges[0]).toMatchObject({
        connection: { localAddress: outsideIpv6, remoteAddress: `[::1]:${listener.port}` },
      })
      // An interface with both families takes the one that the host has.
      await runFlow({ ...urls, authorizeUrl }, { source: from('127.0.0.1', outsideIpv6 ?? '') })
    })
    expect(addresses).toEqual([outsideIpv6, outsideIpv6])
    await listener.close()
  })
})

const canMakeCertificates = await hasOpenssl()
describe.skipIf(!canMakeCertificates || !hasSecondLoopback)(
  `bound, over TLS${canMakeCertificates ? '' : ' (skipped: there is no openssl command)'}`,
  () => {
    let certificates: Certificates
    beforeAll(async () => {
      certificates = await makeCertificates()
    })

    it.each([
      ['good', true, 'verified'],
      ['good', false, 'certificate_untrusted'],
      ['wrongHost', true, 'certificate_wrong_host'],
    ] as const)('%s, its authority trusted %s: %s', async (name, isTrusted, expected) => {
      const addresses: string[] = []
      const handler: RequestHandler = (request) => {
        addresses.push(request.remoteAddress)
        return grantCode(request)
      }
      const listener = await listen('localhost', 0, handler, certificates.servers[name])
      await withGateway({}, async ({ urls }) => {
        const { result } = await runFlow(
          { ...urls, authorizeUrl: `https://localhost:${listener.port}/authorize` },
          { source: from('127.0.0.2'), profile: { ca: isTrusted ? certificates.ca : null } },
        )
        expect([result.findings[0]?.code ?? result.outcome, addresses]).toEqual([
          expected,
          expected === 'verified' ? ['127.0.0.2'] : [],
        ])
      })
      await listener.close()
    })
  },
)

describe('the choice', () => {
  const pretend = (interfaces: Record<string, string[]>): Network => ({
    interfaces: () => Object.entries(interfaces).map(([name, addresses]) => ({ name, addresses })),
    isLocal: network.isLocal,
  })
  const { context } = createTestContext({
    network: pretend({
      lo: ['127.0.0.1', '::1'],
      wwan0: ['fe80::1%wwan0', '192.0.2.7', '2001:db8::7', '2001:db8::8'],
      wwan1: ['fe80::2%wwan1'],
    }),
  })

  it('takes the first address of each family of an interface, and none that is link-local', () => {
    expect(findInterface(context, 'wwan0')).toEqual({
      name: 'wwan0',
      addresses: ['192.0.2.7', '2001:db8::7'],
    })
  })

  it.each([
    ['wwan7', 'interface_unknown'],
    ['wwan1', 'interface_without_address'],
  ])('%s: %s, with the interfaces there are', (name, code) => {
    const thrown = () => findInterface(context, name)
    expect(thrown).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code }) as unknown }))
    expect(thrown).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          fix: expect.stringContaining('wwan0  fe80::1%wwan0, 192.0.2.7') as unknown,
        }) as unknown,
      }),
    )
  })

  it('refuses an address that is none of this machine', async () => {
    await expect(takeAddress(context, '192.0.2.99')).rejects.toMatchObject({
      problem: { code: 'address_not_local' },
    })
    await expect(takeAddress(context, '127.0.0.1')).resolves.toEqual(from('127.0.0.1'))
  })
})
