// TLS that can't be trusted, at each hop: nothing is sent, and the finding says what is wrong with it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSend } from '../../src/io/send.ts'
import { type BrokenServer, rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { expectExplained, hops, type Hop, urlsWith } from '../support/faults.ts'
import { type Gateway, type FlowOptions, runFlow, startGateway } from '../support/gateway.ts'

let gateway: Gateway
let certificates: Certificates

const canMakeCertificates = await hasOpenssl()
const named = canMakeCertificates ? describe : describe.skip

beforeAll(async () => {
  gateway = await startGateway()
  if (canMakeCertificates) certificates = await makeCertificates()
})

afterAll(() => gateway.close())

async function findingOf(hop: Hop, server: BrokenServer, options: FlowOptions = {}) {
  const flow = await runFlow(urlsWith(gateway, hop, server.origin), options)
  expectExplained(flow.result, flow, { hop, host: server.host })
  await server.close()
  const [first] = flow.result.findings
  if (first === undefined) throw new Error('nothing was found')
  return first
}

async function runAgainst(hop: Hop, server: BrokenServer, options: FlowOptions = {}) {
  return (await findingOf(hop, server, options)).code
}

const answer = rawResponse('200 OK', ['content-length: 2'], '{}')

named(`with certificates${canMakeCertificates ? '' : ' (skipped: there is no openssl command)'}`, () => {
  describe.each(hops)('at the %s endpoint', (hop) => {
    it.each([
      ['expired', true, 'certificate_expired'],
      ['notYetValid', true, 'certificate_expired'],
      ['wrongHost', true, 'certificate_wrong_host'],
      ['good', false, 'certificate_untrusted'],
      ['selfSigned', false, 'certificate_untrusted'],
      ['selfSigned', true, 'certificate_untrusted'],
    ] as const)('%s, its authority trusted: %s', async (name, isTrusted, code) => {
      const server = await startBrokenServer((socket) => socket.end(answer), {
        tls: certificates.servers[name],
      })
      const options = isTrusted ? { profile: { ca: certificates.ca } } : {}
      expect(await runAgainst(hop, server, options)).toBe(code)
      expect(server.requests).toEqual([])
    })

    it('one that is good and trusted: the request is sent', async () => {
      const server = await startBrokenServer((socket) => socket.end(answer), {
        tls: certificates.servers.good,
      })
      const code = await runAgainst(hop, server, { profile: { ca: certificates.ca } })
      expect(code).not.toMatch(/certificate|network/)
      expect(server.requests).toHaveLength(1)
    })
  })
})

named('an authority of its own for a profile', () => {
  it('is trusted beside those of NODE_EXTRA_CA_CERTS, not in their place', async () => {
    const server = await startBrokenServer((socket) => socket.end(answer), { tls: certificates.servers.good })
    const folder = await mkdtemp(join(tmpdir(), 'nv-authorities-'))
    const file = join(folder, 'extra.pem')
    await writeFile(file, certificates.ca)
    const options = { signal: new AbortController().signal, ca: certificates.servers.selfSigned.cert }
    const request = { method: 'GET', url: server.origin, headers: {} }
    const without = await createSend({})(request, options)
    expect(without).toMatchObject({ response: null, failure: { phase: 'tls' } })
    const sent = await createSend({ NODE_EXTRA_CA_CERTS: file })(request, options)
    expect(sent).toMatchObject({ response: { status: 200 }, failure: null })
    await rm(folder, { recursive: true })
    await server.close()
  })
})

describe.each(hops)('at the %s endpoint, https to a server', (hop) => {
  it.each<[string, string, RegExp]>([
    [
      'that speaks plain http',
      'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n',
      /does not speak TLS on that port/,
    ],
    ['that speaks SSH', 'SSH-2.0-OpenSSH_9.9\r\n', /does not speak TLS on that port/],
    ['that ends the handshake', '', /closed the connection/],
    [
      'that answers with an alert',
      '\u0015\u0003\u0001\u0000\u0002\u0002\u0028',
      /ended the TLS handshake \(handshake_failure\)/,
    ],
    [
      'that speaks TLS 1.0 alone',
      serverHello([3, 1]),
      /^The TLS handshake with \S+ failed \(unsupported protocol\)/,
    ],
  ])('%s', async (_what, bytes, title) => {
    const server = await startBrokenServer(() => {})
    const origin = server.origin.replace('http:', 'https:')
    server.onConnection((socket) => socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))))
    const { title: told } = await findingOf(hop, { ...server, origin })
    expect(told).toMatch(title)
  })
})

/** Makes the answer of a server that chose that version, with a cipher that every version knows. */
function serverHello(version: readonly [number, number]): string {
  const body = [...version, ...Array.from({ length: 32 }, (_, at) => at), 0, 0x00, 0x2f, 0]
  const message = [2, 0, 0, body.length, ...body]
  return String.fromCharCode(0x16, ...version, 0, message.length, ...message)
}
