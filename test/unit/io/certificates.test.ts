// Certificates made on the spot: whom they name, how long they last, who signed them.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { CertificateFlaw } from '../../../src/context.ts'
import { certify } from '../../../src/io/certificates.ts'
import { network } from '../../../src/io/network.ts'

const now = Date.UTC(2026, 5, 1)
const dayMs = 24 * 60 * 60 * 1000

async function make(host: string, flaw: CertificateFlaw | null = null) {
  const { identity, ca } = await certify(host, now, flaw)
  return { identity, ca, server: new X509Certificate(identity.cert), authority: new X509Certificate(ca) }
}

const loopback = ['localhost', '127.0.0.1', '::1']
const isFor = (server: X509Certificate, host: string) =>
  Boolean(/^[\d.]+$|:/.test(host) ? server.checkIP(host) : server.checkHost(host))

describe('the server', () => {
  it.each([
    ['127.0.0.1', loopback],
    ['127.0.0.2', [...loopback, '127.0.0.2']],
    ['gateway.example', [...loopback, 'gateway.example']],
    ['2001:db8::7', [...loopback, '2001:db8::7']],
  ])('on %s is named so, and as loopback', async (host, names) => {
    const { server } = await make(host)
    expect(names.filter((name) => !isFor(server, name))).toEqual([])
    expect(isFor(server, 'other.example')).toBe(false)
    expect(isFor(server, '192.0.2.200')).toBe(false)
  })

  it.each(['0.0.0.0', '::'])('on every address (%s) has all that this machine has', async (host) => {
    const { server } = await make(host)
    const addresses = network.interfaces().flatMap((known) => known.addresses)
    const names = [...loopback, hostname(), ...addresses.filter((address) => !address.includes('%'))]
    expect(names.filter((name) => !isFor(server, name))).toEqual([])
  })

  it('is valid from the day before for a month', async () => {
    const { server, authority } = await make('localhost')
    for (const certificate of [server, authority]) {
      expect(Date.parse(certificate.validFrom)).toBe(now - dayMs)
      expect(Date.parse(certificate.validTo)).toBe(now + 30 * dayMs)
    }
  })

  it('serves TLS and signs nothing', async () => {
    const { server } = await make('localhost')
    expect(server.ca).toBe(false)
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })
})

describe('the authority', () => {
  it('signed the server, is an authority, and is another each time', async () => {
    const [first, second] = await Promise.all([make('localhost'), make('localhost')])
    expect(first.server.verify(first.authority.publicKey)).toBe(true)
    expect(first.server.checkIssued(first.authority)).toBe(true)
    expect(first.authority.ca).toBe(true)
    expect(first.server.checkIssued(second.authority)).toBe(false)
    expect(first.server.serialNumber).not.toBe(second.server.serialNumber)
  })

  it('comes without its key', async () => {
    const { ca, identity, authority } = await make('localhost')
    expect(ca).not.toContain('PRIVATE')
    expect(identity.key.match(/BEGIN \w* ?PRIVATE KEY/g)).toHaveLength(1)
    expect(authority.checkPrivateKey(createPrivateKey(identity.key))).toBe(false)
  })
})

describe('with a flaw', () => {
  it('expired: it ended yesterday', async () => {
    const { server, authority } = await make('localhost', 'expired')
    expect(Date.parse(server.validTo)).toBe(now - dayMs)
    expect(Date.parse(authority.validTo)).toBeGreaterThan(now)
    expect(server.verify(authority.publicKey)).toBe(true)
  })

  it('wrong-host: it is for another host alone', async () => {
    const { server } = await make('gateway.example', 'wrong-host')
    expect([...loopback, 'gateway.example'].filter((name) => isFor(server, name))).toEqual([])
    expect(server.subjectAltName).toBe('DNS:another-host.invalid')
  })
})
