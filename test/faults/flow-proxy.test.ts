// The proxy of the environment: never for this machine, always for the rest, and its own faults are told apart.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSend } from '../../src/io/send.ts'
import type { Failure } from '../../src/wire/exchange.ts'
import { tunnelTo } from '../support/connect-tunnel.ts'
import { expectExplained } from '../support/faults.ts'
import { runFlow, startGateway, withGateway } from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

interface Proxy {
  url: string
  /** What it was asked for, with the credentials it was shown. */
  asked: string[]
}

/** Starts a proxy that brings everything to one port of this machine, whatever the name. */
async function startProxy(port: number, refuse?: number): Promise<Proxy> {
  const asked: string[] = []
  const note = (what: string, authorization = '') => asked.push(`${what} ${authorization}`.trim())
  const forward: RequestListener = (request, response) => {
    note(`${request.method} ${request.url}`, request.headers['proxy-authorization'])
    if (refuse) return response.writeHead(refuse).end()
    return response.end('{}')
  }
  const server = createServer(forward)
  server.on('connect', (request, socket, head) => {
    note(`CONNECT ${request.url}`, request.headers['proxy-authorization'])
    if (refuse) return socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`)
    return tunnelTo(port, socket, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const sendWith = (env: Record<string, string>, url: string) =>
  createSend(env)({ method: 'GET', url, headers: {} }, { signal: new AbortController().signal })

async function failureOf(env: Record<string, string>, url: string): Promise<Failure> {
  const { failure, response } = await sendWith(env, url)
  if (!failure || response) throw new Error('It did not fail as it should')
  return failure
}

describe('a proxy that is dead', () => {
  it.each(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])(
    'in %s does not disturb a gateway on this machine',
    async (name) => {
      const dead = `http://127.0.0.1:${await freePort()}`
      await withGateway({}, async (gateway) => {
        const { result } = await runFlow(gateway.urls, { env: { [name]: dead } })
        expect(result).toMatchObject({ outcome: 'verified', findings: [] })
        const localhost = gateway.urls.tokenUrl.replace('127.0.0.1', 'localhost')
        expect(
          (await runFlow({ ...gateway.urls, tokenUrl: localhost }, { env: { [name]: dead } })).result.outcome,
        ).toBe('verified')
      })
    },
  )

  it.each(['http://gateway.test/x', 'https://gateway.test/x'])(
    'fails a request to %s, and is named',
    async (url) => {
      const host = `127.0.0.1:${await freePort()}`
      const dead = `http://user:canary-password@${host}`
      const error = await failureOf({ HTTP_PROXY: dead, HTTPS_PROXY: dead }, url)
      expect(error).toMatchObject({ code: 'PROXY_ECONNREFUSED', phase: 'proxy' })
      expect(error.message).toContain(`The proxy ${host} could not be used`)
      expect(error.message).not.toContain('canary-password')
    },
  )

  it.each([
    ['without a scheme', (host: string) => host, 'nothing listens on that port'],
    ['for SOCKS', (host: string) => `socks5://${host}`, 'as a socks5 proxy'],
  ])('%s is named, too', async (_, write, what) => {
    const host = `127.0.0.1:${await freePort()}`
    for (const name of ['HTTPS_PROXY', 'ALL_PROXY']) {
      const error = await failureOf({ [name]: write(host) }, 'https://gateway.test/x')
      expect(error.phase).toBe('proxy')
      expect(error.message).toContain(host)
      expect(error.message).toContain(what)
    }
  })

  it('that NO_PROXY leaves out is not asked, even where it could not be', async () => {
    const env = { HTTPS_PROXY: 'socks5://127.0.0.1:1', NO_PROXY: 'gateway.invalid' }
    expect((await failureOf(env, 'https://gateway.invalid/x')).code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/)
  })

  it('is named in the finding of a run', async () => {
    const dead = `http://127.0.0.1:${await freePort()}`
    await withGateway({}, async ({ urls }) => {
      const flow = await runFlow(
        { ...urls, tokenUrl: 'https://gateway.test/token' },
        { env: { HTTPS_PROXY: dead } },
      )
      expectExplained(flow.result, flow, { hop: 'token', host: 'gateway.test' })
      expect(flow.result.findings[0]?.cause).toContain(`The proxy ${dead.slice(7)}`)
    })
  })
})

describe('a proxy that lives', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('in %s is asked for http to elsewhere', async (name) => {
    const gateway = await startGateway({ '/x': () => ({ status: 200, body: 'through' }) })
    const proxy = await startProxy(Number(new URL(gateway.origin).port))
    await sendWith({ [name]: proxy.url }, 'http://gateway.test/x')
    expect(proxy.asked).toHaveLength(1)
    expect(proxy.asked[0]).toMatch(/^(CONNECT gateway\.test:80|GET http:\/\/gateway\.test\/x)$/)
    await gateway.close()
  })

  it('that leads to what is not HTTP: the code says so, whichever undici parsed it', async () => {
    const ssh = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
    })
    ssh.listen(0, '127.0.0.1')
    await once(ssh, 'listening')
    const proxy = await startProxy((ssh.address() as AddressInfo).port)
    const failure = await failureOf({ HTTP_PROXY: proxy.url }, 'http://gateway.test/x')
    expect(failure).toMatchObject({ message: 'its response is not valid HTTP' })
    expect(failure.code).toMatch(/^HPE_/)
    ssh.close()
  })

  it('is shown the credentials of its URL', async () => {
    const proxy = await startProxy(0)
    const url = proxy.url.replace('://', '://user:p%40ss@')
    await sendWith({ HTTP_PROXY: url }, 'http://gateway.test/x')
    expect(proxy.asked[0]).toContain(`Basic ${Buffer.from('user:p@ss').toString('base64')}`)
  })

  it.each(['gateway.test', '.test', '*', 'other.test,gateway.test', 'gateway.test:80'])(
    'is not asked for a name in NO_PROXY=%s',
    async (noProxy) => {
      const proxy = await startProxy(0)
      const env = { HTTP_PROXY: proxy.url, NO_PROXY: noProxy }
      expect(await failureOf(env, 'http://gateway.test/x')).toMatchObject({ phase: 'resolve' })
      expect(proxy.asked).toEqual([])
    },
  )

  it.each([
    { ALL_PROXY: 'http', https_proxy: '' },
    { HTTP_PROXY: 'http', https_proxy: '' },
  ])('is not asked for https where https_proxy is empty, beside %j', async (names) => {
    const proxy = await startProxy(0)
    const env = Object.fromEntries(Object.entries(names).map(([name, use]) => [name, use && proxy.url]))
    expect(await failureOf(env, 'https://gateway.invalid/x')).toMatchObject({ phase: 'resolve' })
    expect(proxy.asked).toEqual([])
  })

  it('is not asked for an address in a range of NO_PROXY', async () => {
    const proxy = await startProxy(0)
    const env = { ALL_PROXY: proxy.url, NO_PROXY: '192.0.2.0/24' }
    const ended = new AbortController()
    const sent = createSend(env)(
      { method: 'GET', url: 'https://192.0.2.200:1/x', headers: {} },
      { signal: ended.signal },
    )
    ended.abort(new Error('enough'))
    expect((await sent).failure?.phase).not.toBe('proxy')
    expect(proxy.asked).toEqual([])
  })

  it('of one environment is not that of another', async () => {
    const [first, second] = [await startProxy(0), await startProxy(0)]
    await sendWith({ HTTP_PROXY: first.url }, 'http://gateway.test/1')
    await sendWith({ HTTP_PROXY: second.url }, 'http://gateway.test/2')
    expect([first.asked.length, second.asked.length]).toEqual([1, 1])
  })
})

describe('a proxy that refuses', () => {
  it.each([403, 407, 502])(
    'with %d fails the request, names its status, and hides its password',
    async (status) => {
      const proxy = await startProxy(0, status)
      const url = proxy.url.replace('://', '://user:canary-password@')
      const error = await failureOf({ HTTPS_PROXY: url }, 'https://gateway.test/x')
      expect(error.code).toBe(`PROXY_${status}`)
      expect(error.message).not.toContain('canary-password')
      expect(proxy.asked).toHaveLength(1)
    },
  )

  it('by ending the connection is asked once, and not again and again', async () => {
    const proxy = await startProxy(await freePort())
    const error = await failureOf({ HTTPS_PROXY: proxy.url }, 'https://gateway.test/x')
    expect(error.code).toMatch(/^PROXY_/)
    expect(proxy.asked).toEqual(['CONNECT gateway.test:443'])
  })
})

it.each(['proxy.example:3128', 'not a url', 'ftp://127.0.0.1:1', 'socks4://127.0.0.1:1'])(
  'a proxy URL that can not be used, %s, fails the request and no more',
  async (url) => {
    const failure = await failureOf({ HTTPS_PROXY: url }, 'https://gateway.test/x')
    expect(failure).toMatchObject({ phase: 'proxy' })
  },
)
