// Programs that behave as those of tunnels do: they print what the real ones print, and lead a public name here. The
// name resolves nowhere, so a proxy brings whoever asks for it to the program, as DNS would.
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { certify } from '../../src/io/certificates.ts'
import { tunnelTo } from './connect-tunnel.ts'
import { makeFolder } from './store-harness.ts'

export type FakeName = 'cloudflared' | 'ngrok' | 'tailscale' | 'devtunnel' | 'ssh'

/** The public host of each. */
export const fakeHosts: Readonly<Record<FakeName, string>> = {
  cloudflared: 'four-dashed-word-url.trycloudflare.com',
  ngrok: '8e00-35-197-38-167.ngrok-free.app',
  tailscale: 'laptop.tail1a2b3.ts.net',
  devtunnel: 'bskw8blx-PORT.inc1.devtunnels.ms',
  ssh: '8beaa541ba3dc2.lhr.life',
}

/** What each prints: on which stream, and in which words; HOST and PORT stand for its own. */
const prints: Readonly<Record<FakeName, ReadonlyArray<readonly ['out' | 'err', string]>>> = {
  cloudflared: [
    [
      'err',
      '2026-01-05T10:00:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment and try it out. If you intend to use Tunnels in production you should use a pre-created named tunnel by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps',
    ],
    ['err', '2026-01-05T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...'],
    [
      'err',
      '2026-01-05T10:00:02Z INF +--------------------------------------------------------------------------------------------+',
    ],
    [
      'err',
      '2026-01-05T10:00:02Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |',
    ],
    ['err', '2026-01-05T10:00:02Z INF |  https://HOST                                          |'],
    [
      'err',
      '2026-01-05T10:00:02Z INF +--------------------------------------------------------------------------------------------+',
    ],
    ['err', '2026-01-05T10:00:02Z INF Initial protocol quic'],
    [
      'err',
      '2026-01-05T10:00:03Z INF Registered tunnel connection connIndex=0 connection=2a80065c-e07d-4c0d-b94b-6c394f4d2782 event=0 ip=198.51.100.37 location=lax09 protocol=quic',
    ],
  ],
  ngrok: [
    ['out', '{"lvl":"info","msg":"no configuration paths supplied","t":"2026-01-05T10:00:00Z"}'],
    [
      'out',
      '{"addr":"127.0.0.1:4040","allow_hosts":[],"lvl":"info","msg":"starting web service","obj":"web","t":"2026-01-05T10:00:01Z"}',
    ],
    [
      'out',
      '{"lvl":"info","msg":"client session established","obj":"tunnels.session","t":"2026-01-05T10:00:01Z"}',
    ],
    [
      'out',
      '{"addr":"http://127.0.0.1:PORT","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels","t":"2026-01-05T10:00:01Z","url":"https://HOST"}',
    ],
  ],
  tailscale: [
    ['out', 'Available on the internet:'],
    ['out', ''],
    ['out', 'https://HOST/'],
    ['out', '|-- proxy http://127.0.0.1:PORT'],
    ['out', ''],
    ['out', 'Press Ctrl+C to exit.'],
  ],
  devtunnel: [
    ['out', 'Hosting port: PORT'],
    ['out', 'Connect via browser: https://bskw8blx.inc1.devtunnels.ms:PORT, https://HOST'],
    ['out', 'Inspect network activity: https://bskw8blx-PORT-inspect.inc1.devtunnels.ms'],
    ['out', ''],
    ['out', 'Ready to accept connections for tunnel: bskw8blx.inc1'],
  ],
  ssh: [
    [
      'out',
      'Welcome to localhost.run! Follow your favourite reverse tunnel at https://twitter.com/localhost_run.',
    ],
    ['out', 'To set up and manage custom domains go to https://admin.localhost.run/'],
    ['out', 'authenticated as anonymous user'],
    ['out', 'HOST tunneled with tls termination, https://HOST'],
    [
      'out',
      'create an account and add your key for a longer lasting domain name. see https://localhost.run/docs/forever-free/ for more information.',
    ],
  ],
}

/** How a fake differs from a program that works. */
export interface FakeMode {
  /** Prints this alone, and ends with that code; with null it goes on. */
  says?: readonly string[]
  exitCode?: number | null
  /** Answers what is asked of its public name itself. */
  answers?: { status: number; headers?: Record<string, string>; body: string }
  /** Does not want to end. */
  isStubborn?: boolean
}

export interface FakeTunnels {
  /** A folder for PATH, with the programs in it. */
  folder: string
  /** Proxy for everything but this machine, and the authority of the public names. */
  env: Record<string, string>
  proxyUrl: string
  caFile: string
  ca: string
  /** What was started: the arguments, the process id, the variables. */
  started(name: FakeName): Array<{ args: string[]; pid: number; variables: string[] }>
  /** Waits for the first start. */
  untilStarted(name: FakeName): Promise<{ args: string[]; pid: number; variables: string[] }>
  /** Has the program crash, as it does in the middle of a run. */
  crash(name: FakeName): void
  /** Has that of ssh:localhost.run get another name, as it does now and then. */
  rename(): void
  close(): Promise<void>
}

const program = (name: FakeName, mode: FakeMode, tls: { cert: string; key: string }, folder: string) => `
const { appendFileSync, existsSync, writeFileSync } = require('node:fs')
const { createServer } = require('node:https')
const { request } = require('node:http')
const name = ${JSON.stringify(name)}, mode = ${JSON.stringify(mode)}, folder = ${JSON.stringify(folder)}
const args = process.argv.slice(2)
if (mode.isStubborn) for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
appendFileSync(folder + '/' + name + '.started', JSON.stringify({ args, pid: process.pid, variables: Object.keys(process.env) }) + '\\n')
const say = (stream, text) => (stream === 'out' ? process.stdout : process.stderr).write(text + '\\n')
if (mode.says) {
  for (const line of mode.says) say('err', line)
  if (mode.exitCode !== null) process.exitCode = mode.exitCode ?? 1
  else setInterval(() => {}, 1e6)
} else {
  const target = name === 'ssh' ? args[args.indexOf('-R') + 1] : name === 'devtunnel' ? args[args.indexOf('-p') + 1] : args.find((arg) => /^(http:\\/\\/.*:)?\\d+$/.test(arg))
  const port = Number(/(\\d+)$/.exec(target)[1])
  const host = ${JSON.stringify(fakeHosts[name])}.replace('PORT', port)
  const server = createServer(${JSON.stringify(tls)}, (incoming, outgoing) => {
    if (mode.answers) return outgoing.writeHead(mode.answers.status, mode.answers.headers).end(mode.answers.body)
    const headers = { ...incoming.headers, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }
    if (name === 'devtunnel') headers.host = 'localhost:' + port
    const forwarded = request({ host: '127.0.0.1', port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.writeHead(502).end('Bad gateway'))
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(folder + '/' + host, String(server.address().port))
    for (const [stream, text] of ${JSON.stringify(prints[name])}) say(stream, text.replaceAll('HOST', host).replaceAll('PORT', port))
  })
  let isRenamed = false
  setInterval(() => {
    if (!isRenamed && existsSync(folder + '/' + name + '.rename')) {
      isRenamed = true
      say('out', 'other.lhr.life tunneled with tls termination, https://other.lhr.life')
    }
    if (existsSync(folder + '/' + name + '.crash')) {
      say('err', '2026-01-05T10:05:00Z ERR Connection terminated error="stream 1 canceled by remote"')
      process.exit(1)
    }
  }, 20)
}
`

/** Installs the fakes in a folder of their own; one that is not named is not there. */
export async function installFakeTunnels(modes: Partial<Record<FakeName, FakeMode>>): Promise<FakeTunnels> {
  const folder = makeFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const caFile = join(folder, 'ca.pem')
  let ca = ''
  for (const name of Object.keys(modes) as FakeName[]) {
    const wildcard = fakeHosts[name].replace(/^[^.]+/, '*')
    const certificate = await certify(wildcard, Date.now(), null)
    ca += certificate.ca
    const path = join(bin, name)
    writeFileSync(
      path,
      `#!${process.execPath}\n${program(name, modes[name] ?? {}, certificate.identity, folder)}`,
    )
    chmodSync(path, 0o755)
  }
  writeFileSync(caFile, ca)
  const proxy = await startProxy(folder)
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const started = (name: FakeName) => {
    const path = join(folder, `${name}.started`)
    if (!existsSync(path)) return []
    const [, lines = ''] = /^([^]*)\n/.exec(readFileSync(path, 'utf8')) ?? []
    return lines
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { args: string[]; pid: number; variables: string[] })
  }
  return {
    folder: bin,
    proxyUrl,
    caFile,
    ca,
    env: {
      PATH: bin,
      HTTPS_PROXY: proxyUrl,
      HTTP_PROXY: proxyUrl,
      NO_PROXY: '127.0.0.1,localhost',
      NV_CA: caFile,
    },
    started,
    untilStarted: async (name) => {
      for (;;) {
        const [first] = started(name)
        if (first) return first
        await delay(10)
      }
    },
    crash: (name) => writeFileSync(join(folder, `${name}.crash`), ''),
    rename: () => writeFileSync(join(folder, 'ssh.rename'), ''),
    close: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

/** Starts a proxy that knows the public names, and no others. */
async function startProxy(folder: string): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(502).end())
  server.on('connect', (request, socket, head) => {
    const [host = ''] = (request.url ?? '').split(':')
    const path = join(folder, host)
    if (!/^[\w.-]+$/.test(host) || !existsSync(path)) return socket.end('HTTP/1.1 502 No such host\r\n\r\n')
    return tunnelTo(Number(readFileSync(path, 'utf8')), socket, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
