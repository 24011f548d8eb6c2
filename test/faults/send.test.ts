// What is known about a request afterwards, however it ended: how far it got, when, over which connection.
import dns, { type LookupAddress } from 'node:dns'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CertificateFlaw, OutgoingRequest, SendOptions } from '../../src/context.ts'
import { Cancelled } from '../../src/errors.ts'
import { certify } from '../../src/io/certificates.ts'
import { createSend } from '../../src/io/send.ts'
import { headersOf, type Sent } from '../../src/wire/exchange.ts'
import { type BrokenServer, rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { startBusyServer } from '../support/busy-server.ts'
import { freePort } from '../support/ports.ts'

const open: Array<{ close(): Promise<void> }> = []

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(...args: Parameters<typeof startBrokenServer>): Promise<BrokenServer> {
  const server = await startBrokenServer(...args)
  open.push(server)
  return server
}

const send = createSend({})
const patience = () => ({ signal: AbortSignal.timeout(50_000) })

function get(url: string, options: Partial<SendOptions> = {}, sender = send): Promise<Sent> {
  return sender({ method: 'GET', url, headers: {} }, { ...patience(), ...options })
}

/** Lets undici take note that a connection is free again. */
const becomeIdle = () => new Promise((resolve) => setImmediate(resolve))

const answer = rawResponse('200 OK', ['content-length: 2'], '{}')
const answering = (bytes: Buffer) => (socket: Socket) => void socket.end(bytes)

/** Has a name lead to some addresses; null: the answer never comes. */
function resolveTo(addresses: LookupAddress[] | null): void {
  const stub = (_host: string, _options: unknown, callback: (...args: unknown[]) => void) => {
    if (addresses) process.nextTick(() => callback(null, addresses))
  }
  vi.spyOn(dns, 'lookup').mockImplementation(stub as never)
}

describe('a request that is answered', () => {
  it('is given as it was sent, and its response as it came', async () => {
    const headers = ['Set-Cookie: a=1', 'X-Odd: \xe9', 'set-cookie: b=2', 'Content-Length: 6']
    const server = await serve(answering(rawResponse('200 Fine', headers, '\uFEFFa\u00fc')))
    const request: OutgoingRequest = {
      method: 'POST',
      url: `${server.origin}/token?x=1`,
      headers: { 'User-Agent': 'nv/1', 'Content-Type': 'text/plain' },
      body: 'größe',
    }
    const { request: sent, response, failure } = await send(request, patience())
    expect(failure).toBeNull()
    expect(sent).toMatchObject({
      method: 'POST',
      url: request.url,
      body: { text: 'größe', byteLength: 7, isCut: false },
    })
    const raw = server.requests[0]?.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? []
    expect(sent.headers.map(([name, value]) => `${name}: ${value}`).toSorted()).toEqual(
      raw.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase())).toSorted(),
    )
    expect(sent.headers).toContainEqual(['user-agent', 'nv/1'])
    expect(response).toEqual({
      status: 200,
      headers: [
        ['set-cookie', 'a=1'],
        ['x-odd', '\xe9'],
        ['set-cookie', 'b=2'],
        ['content-length', '6'],
      ],
      body: { text: 'aü', byteLength: 6, isCut: false },
    })
    expect(response && headersOf(response, 'set-cookie')).toEqual(['a=1', 'b=2'])
  })

  it('has moments that follow each other, and the connection that carried it', async () => {
    const server = await serve(answering(answer), { hostname: 'localhost' })
    const { timings, connection } = await get(server.origin)
    const { resolvedMs, connectedMs, securedMs, firstByteMs, endedMs } = timings
    const moments = [0, resolvedMs, connectedMs, firstByteMs, endedMs].map(Number)
    expect(moments).toEqual(moments.toSorted((one, other) => one - other))
    expect([resolvedMs, connectedMs, firstByteMs]).not.toContain(null)
    expect(securedMs).toBeNull()
    expect(connection).toEqual({
      localAddress: '127.0.0.1',
      remoteAddress: `127.0.0.1:${server.port}`,
      protocol: 'http/1.1',
      proxy: null,
      certificate: null,
    })
  })

  it('over a connection that was open already has no moments of its making', async () => {
    const server = await serve((socket) => void socket.write(answer))
    const first = await get(server.origin)
    await becomeIdle()
    const second = await get(server.origin)
    expect(first.timings.connectedMs).toEqual(expect.any(Number))
    expect(second.timings).toMatchObject({ resolvedMs: null, connectedMs: null, securedMs: null })
    expect(second.timings.firstByteMs).toEqual(expect.any(Number))
    expect(second.connection).toEqual(first.connection)
  })

  it('beside another one knows its own connection', async () => {
    const [one, other] = [await serve(answering(answer)), await serve(answering(answer))]
    const sent = await Promise.all([one, other, one].map(({ origin }) => get(origin)))
    const remotes = sent.map(({ connection }) => connection?.remoteAddress)
    expect(remotes).toEqual([one.host, other.host, one.host])
  })

  it('without a body says so', async () => {
    const server = await serve(answering(rawResponse('204 No Content', [])))
    expect((await get(server.origin)).response).toEqual({ status: 204, headers: [], body: null })
  })

  it.each([407, 421, 600, 999])('with %d is given with its body, and was sent once', async (status) => {
    const server = await serve(answering(rawResponse(`${status} Odd`, ['content-length: 2'], '{}')))
    const { response, failure } = await get(server.origin)
    expect(response).toMatchObject({ status, body: { text: '{}' } })
    expect(failure).toBeNull()
    expect(server.requests).toHaveLength(1)
  })

  it('is answered after the early hints that came before', async () => {
    const hints = rawResponse('103 Early Hints', ['link: </x>'])
    const server = await serve(answering(Buffer.concat([hints, answer])))
    expect((await get(server.origin)).response).toMatchObject({ status: 200, body: { text: '{}' } })
  })
})

describe('a request that fails', () => {
  it('in finding the host', async () => {
    const { failure, connection, response } = await get('http://gateway.invalid/')
    expect(failure).toMatchObject({ phase: 'resolve' })
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(failure?.code)
    expect(failure?.message).toBe('its name does not resolve')
    expect([connection, response]).toEqual([null, null])
  })

  it('in connecting', async () => {
    const port = await freePort()
    const { failure, timings } = await get(`http://127.0.0.1:${port}/`)
    const message = `the connection was refused (127.0.0.1:${port})`
    expect(failure).toEqual({ code: 'ECONNREFUSED', phase: 'connect', message })
    expect(timings).toMatchObject({ connectedMs: null, firstByteMs: null })
  })

  it('at a port that is blocked', async () => {
    const { failure } = await get('http://127.0.0.1:6000/')
    expect(failure).toEqual({ code: 'bad_port', phase: 'connect', message: 'its port is blocked' })
  })

  it.each<[string, (socket: Socket) => void, string]>([
    ['a reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['an end', (socket) => socket.end(), 'UND_ERR_SOCKET'],
    ['bytes that are not HTTP', (socket) => socket.end('hello\r\n\r\n'), 'HPE_INVALID_CONSTANT'],
    ['a Continue', answering(Buffer.concat([rawResponse('100 Continue', []), answer])), 'bad_response'],
    ['status 000', answering(rawResponse('000 No', ['content-length: 0'])), 'bad_response'],
    ['status 099', answering(rawResponse('099 No', ['content-length: 0'])), 'bad_response'],
  ])('by %s before the headers', async (_what, fault, code) => {
    const { failure, response, connection } = await get((await serve(fault)).origin)
    expect(failure).toMatchObject({ phase: 'headers' })
    expect([code, 'UND_ERR_SOCKET']).toContain(failure?.code)
    if (code === 'bad_response') expect(failure?.code).toBe(code)
    expect(failure?.message).not.toMatch(/assert|expression|^bad |Error|socket|ECONN/)
    expect(response).toBeNull()
    expect(connection).not.toBeNull()
  })

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['ended', (socket) => socket.end()],
  ])('because every connection is %s at once: it is tried once, and ends at once', async (_what, fault) => {
    const server = await serve(() => {})
    let connections = 0
    server.onConnection((socket) => {
      connections += 1
      fault(socket)
    })
    for (const method of ['GET', 'POST']) {
      const request = { method, url: server.origin, headers: {}, ...(method === 'POST' ? { body: 'x' } : {}) }
      const { failure, timings } = await send(request, patience())
      expect(failure).not.toBeNull()
      expect(timings.endedMs).toBeLessThan(10_000)
    }
    expect(connections).toBe(2)
  })

  it.each<[string, (socket: Socket, bytes: Buffer) => void]>([
    ['ends', (socket, bytes) => socket.end(bytes)],
    ['is reset', (socket, bytes) => socket.write(bytes, () => socket.resetAndDestroy())],
  ])('in a body that %s: what came of the response stands beside the failure', async (_what, fault) => {
    // The character at the end came by half.
    const bytes = Buffer.concat([
      rawResponse('503 Busy', ['retry-after: 7', 'content-length: 20'], '{"a":1'),
      Buffer.from([0xc3]),
    ])
    const { response, failure } = await get((await serve((socket) => fault(socket, bytes))).origin)
    expect(failure).toMatchObject({ phase: 'body' })
    expect(response).toEqual({
      status: 503,
      headers: [
        ['retry-after', '7'],
        ['content-length', '20'],
      ],
      body: { text: '{"a":1', byteLength: 7, isCut: true },
    })
  })

  it('by a body without end: its beginning is kept', async () => {
    const chunk = 'x'.repeat(64 * 1024)
    const write = (socket: Socket) => {
      while (socket.writable && socket.write(chunk));
      if (socket.writable) socket.once('drain', () => write(socket))
    }
    const server = await serve((socket) => {
      socket.write(rawResponse('200 OK', []))
      write(socket)
    })
    const { response, failure } = await get(server.origin)
    expect(failure).toMatchObject({ code: 'too_large', phase: 'body' })
    expect(response?.body).toMatchObject({ byteLength: 1024 * 1024, isCut: true })
    expect(response?.body?.text).toMatch(/^x+$/)
  })

  it.each(['gzip', 'br'])('by a body that is not the %s it says it is', async (encoding) => {
    const headers = [`content-encoding: ${encoding}`, 'content-length: 2']
    const { response, failure } = await get(
      (await serve(answering(rawResponse('200 OK', headers, '{}')))).origin,
    )
    expect(failure).toMatchObject({ phase: 'body' })
    expect(response).toMatchObject({ status: 200, body: { isCut: true } })
  })

  it.each(['http://user:password@127.0.0.1/', 'ftp://127.0.0.1/', 'http://[/'])(
    'because fetch refuses %s is no bug of ours',
    async (url) => {
      expect(await get(url)).toMatchObject({ failure: { phase: 'connect' }, response: null })
    },
  )

  it('because a header can not be sent is no bug of ours', async () => {
    const { origin } = await serve(answering(answer))
    const sent = await send({ method: 'GET', url: origin, headers: { authorization: 'a\nb' } }, patience())
    expect(sent).toMatchObject({ failure: { code: 'unknown' }, response: null })
  })
})

describe('a request whose signal aborts', () => {
  const reasons = [
    ['timeout', new Error('No answer in 15 s')],
    ['interrupted', new Cancelled()],
  ] as const

  it.each(reasons)('says %s, and that it waited for the headers', async (code, reason) => {
    const server = await serve(() => {})
    const ended = new AbortController()
    const sent = get(server.origin, { signal: ended.signal })
    await server.reached
    ended.abort(reason)
    expect((await sent).failure).toEqual({ code, phase: 'headers', message: reason.message })
  })

  it('in the body gives what came', async () => {
    const ended = new AbortController()
    const server = await serve((socket) => {
      socket.write(rawResponse('200 OK', ['content-length: 20'], 'part'))
      socket.write('', () => setImmediate(() => setImmediate(() => ended.abort(new Error('late')))))
    })
    const { failure, response } = await get(server.origin, { signal: ended.signal })
    expect(failure).toMatchObject({ code: 'timeout', phase: 'body' })
    expect(response).toMatchObject({ status: 200, body: { isCut: true } })
  })

  it('before anything was done', async () => {
    const { failure } = await get('http://127.0.0.1/', { signal: AbortSignal.abort(new Cancelled()) })
    expect(failure).toMatchObject({ code: 'interrupted', phase: 'connect' })
  })

  it('while the name is looked up', async () => {
    resolveTo(null)
    const { failure } = await get('http://gateway.test/', { signal: AbortSignal.timeout(1) })
    expect(failure).toMatchObject({ code: 'timeout', phase: 'resolve' })
  })

  it('in the handshake of TLS, whose connection is ended', async () => {
    const server = await serve(() => {})
    const ended = new AbortController()
    const closed = new Promise((resolve) => {
      server.onConnection((socket) => {
        socket.once('data', () => ended.abort(new Cancelled()))
        socket.once('close', resolve)
      })
    })
    const { failure, connection } = await get(server.origin.replace('http:', 'https:'), {
      signal: ended.signal,
    })
    expect(failure).toMatchObject({ code: 'interrupted', phase: 'tls' })
    expect(connection).toMatchObject({ remoteAddress: server.host, certificate: null })
    await closed
  })

  it('at a proxy', async () => {
    const proxy = await serve(() => {})
    const ended = new AbortController()
    const sent = get('https://gateway.test/', { signal: ended.signal, proxy: proxy.origin })
    await proxy.reached
    ended.abort(new Error('late'))
    expect((await sent).failure).toMatchObject({ code: 'timeout', phase: 'proxy' })
  })
})

describe('over TLS', () => {
  const identities = new Map<CertificateFlaw | null, Awaited<ReturnType<typeof certify>>>()
  beforeAll(async () => {
    for (const flaw of [null, 'expired', 'wrong-host'] as const)
      identities.set(flaw, await certify('localhost', Date.now(), flaw))
  })
  const identityOf = (flaw: CertificateFlaw | null) => {
    const made = identities.get(flaw)
    if (!made) throw new Error('It was not made')
    return made
  }
  const serveTls = (flaw: CertificateFlaw | null) =>
    serve(answering(answer), { tls: identityOf(flaw).identity, hostname: 'localhost' })

  it('the certificate and the moment of the handshake are known', async () => {
    const { origin } = await serveTls(null)
    const { failure, timings, connection } = await get(origin, { ca: identityOf(null).ca })
    expect(failure).toBeNull()
    expect(Number(timings.securedMs)).toBeGreaterThanOrEqual(Number(timings.connectedMs))
    expect(Number(timings.firstByteMs)).toBeGreaterThanOrEqual(Number(timings.securedMs))
    const certificate = connection?.certificate
    expect(certificate?.subject).toMatch(/\S/)
    expect(certificate?.root).toBe(certificate?.issuer)
    expect(Date.parse(certificate?.validFrom ?? '')).toBeLessThan(Date.now())
    expect(Date.parse(certificate?.validTo ?? '')).toBeGreaterThan(Date.now())
    expect(certificate?.validTo).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it.each([
    [null, false, /SELF_SIGNED|UNABLE_TO/],
    ['expired', true, /CERT_HAS_EXPIRED/],
    ['wrong-host', true, /ERR_TLS_CERT_ALTNAME_INVALID/],
  ] as const)('one that is refused is known too: %s, trusted: %s', async (flaw, isTrusted, code) => {
    const server = await serveTls(flaw)
    const { failure, connection, response, timings } = await get(
      server.origin,
      isTrusted ? { ca: identityOf(flaw).ca } : {},
    )
    expect(failure).toMatchObject({ code: expect.stringMatching(code) as string, phase: 'tls' })
    expect(connection?.certificate?.issuer).toMatch(/\S/)
    expect(connection?.remoteAddress).toBe(`127.0.0.1:${server.port}`)
    expect(timings.securedMs).toBeNull()
    expect(response).toBeNull()
    expect(server.requests).toEqual([])
  })

  it.each<[string, string]>([
    ['plain http', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['an alert', '\u0015\u0003\u0001\u0000\u0002\u0002\u0028'],
    ['nothing', ''],
  ])('a server that answers with %s fails in its handshake', async (_what, bytes) => {
    const server = await serve(() => {})
    server.onConnection((socket) => socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))))
    const { failure, timings } = await get(server.origin.replace('http:', 'https:'))
    expect(failure).toMatchObject({ phase: 'tls' })
    expect(timings.endedMs).toBeLessThan(10_000)
  })

  /** Starts a proxy that brings everything to one port of this machine. */
  async function startProxy(port: number) {
    let tunnels = 0
    const server = createServer()
    server.on('connect', (_request, socket) => {
      tunnels += 1
      const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      target.pipe(socket).pipe(target)
      for (const end of [target, socket]) end.on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push({
      close: async () => {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      },
    })
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    return { host, url: `http://${host}`, tunnels: () => tunnels }
  }

  it.each([
    ['refused because nobody trusts it', undefined, null],
    ['refused as that of another host', 'wrong-host', 'wrong-host'],
    ['refused as that of another host, too', null, null],
  ] as const)('behind a proxy a certificate is known: %s', async (_what, trusted, flaw) => {
    const server = await serveTls(flaw)
    const proxy = await startProxy(server.port)
    const ca = trusted === undefined ? undefined : identityOf(trusted).ca
    const { failure, connection } = await get('https://gateway.test/', { proxy: proxy.url, ca })
    expect(failure).toMatchObject({ phase: 'tls' })
    expect(connection).toMatchObject({ proxy: proxy.host, remoteAddress: proxy.host })
    expect(connection?.certificate?.issuer).toMatch(/\S/)
    expect(proxy.tunnels()).toBe(1)
  })

  it('behind a proxy a request has its moments', async () => {
    const { identity, ca } = await certify('gateway.test', Date.now(), null)
    const server = await serve((socket) => void socket.write(answer), { tls: identity })
    const proxy = await startProxy(server.port)
    const sender = createSend({ HTTPS_PROXY: proxy.url })
    const first = await get('https://gateway.test/', { ca }, sender)
    await becomeIdle()
    const second = await get('https://gateway.test/', { ca }, sender)
    expect(first).toMatchObject({ failure: null, response: { status: 200 } })
    expect(first.timings.securedMs).toEqual(expect.any(Number))
    expect(first.connection).toMatchObject({ proxy: proxy.host, certificate: expect.any(Object) as object })
    expect(first.request.headers.map(([name]) => name)).not.toContain('proxy-connection')
    expect(second.timings.securedMs).toBeNull()
    expect(second.connection).toEqual(first.connection)
  })
})

describe('a host with several addresses', () => {
  const isLinux = process.platform === 'linux'
  const onLinux = isLinux ? it : it.skip

  onLinux.each([
    ['as the system routes it', undefined],
    ['from a chosen address', ['127.0.0.1']],
  ])('is not given up while one answers slowly: %s', async (_what, localAddresses) => {
    const busy = await startBusyServer()
    open.push(busy)
    resolveTo([
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ])
    // The second address is tried when the first has had Node's quarter of a second, and refuses.
    const relieve = (message: unknown) => {
      const { socket } = message as { socket: Socket }
      socket.once('error', () => busy.relieve())
    }
    subscribe('net.client.socket', relieve)
    const { failure, response, connection } = await get(`http://slow.test:${busy.port}/`, { localAddresses })
    unsubscribe('net.client.socket', relieve)
    expect(failure).toBeNull()
    expect(response).toMatchObject({ status: 200, body: { text: '{}' } })
    expect(connection?.remoteAddress).toBe(`127.0.0.1:${busy.port}`)
  })

  it('is reached by the one that answers', async () => {
    const { port } = await serve(answering(answer))
    resolveTo([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ])
    const { connection } = await get(`http://gateway.test:${port}/`)
    expect(connection?.remoteAddress).toBe(`127.0.0.1:${port}`)
  })

  it('that is reached by none says what its own address answered, not what this machine lacks', async () => {
    const port = await freePort()
    resolveTo([
      { address: '100::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ])
    const { failure } = await get(`http://gateway.test:${port}/`)
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'connect' })
  })

  it('has none of the family that is sent from', async () => {
    resolveTo([{ address: '127.0.0.1', family: 4 }])
    const { failure } = await get('http://gateway.test/', { localAddresses: ['::1'] })
    expect(failure).toMatchObject({ code: 'no_common_family', phase: 'connect' })
  })
})
