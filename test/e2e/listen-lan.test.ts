// `--listen lan` between two machines: network namespaces, of which one is the phone that shares its hotspot.
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import type { Run } from '../../src/run/run.ts'
import { CookieJar } from 'tough-cookie'
import type { RunningSimulator } from '../../src/simulator/simulator.ts'
import { type RunningProgram, startProgram } from '../support/process.ts'
import { clientVariables } from '../support/variables.ts'

const tag = process.pid.toString(36)
const laptop = `nvl${tag}`
const phone = `nvp${tag}`
const program = join(import.meta.dirname, '../../bin/nv.js')
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe', encoding: 'utf8' })

const canRun = prepare()
if (!canRun)
  process.stderr.write('No network namespaces here (they need root and ip): --listen lan is not tried.\n')

/** Two machines and a link between them, with the addresses of an iPhone's hotspot. */
function prepare(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    ip('netns', 'add', laptop)
    ip('netns', 'add', phone)
    ip('-n', laptop, 'link', 'add', 'wlan0', 'type', 'veth', 'peer', 'name', 'ap0', 'netns', phone)
    ip('-n', laptop, 'addr', 'add', '172.20.10.2/28', 'dev', 'wlan0')
    ip('-n', phone, 'addr', 'add', '172.20.10.1/28', 'dev', 'ap0')
    for (const [name, link] of [
      [laptop, 'lo'],
      [laptop, 'wlan0'],
      [phone, 'lo'],
      [phone, 'ap0'],
    ] as const)
      ip('-n', name, 'link', 'set', link, 'up')
    return true
  } catch {
    remove()
    return false
  }
}

function remove(): void {
  for (const name of [laptop, phone]) {
    try {
      ip('netns', 'del', name)
    } catch {
      // It was not made.
    }
  }
}

const startOn = (machine: string, args: string[], env: Record<string, string> = {}): RunningProgram =>
  startProgram('ip', ['netns', 'exec', machine, process.execPath, ...args], { env })

interface Seen {
  status: number
  location: string | null
  cookies: string[]
  text: string
}

/** Opens a URL on one of the machines, without following redirects; an error is its code. */
async function openOn(
  machine: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<Seen | string> {
  const script = `const { get } = require('node:http')
const request = get(${JSON.stringify(url)}, { headers: ${JSON.stringify(headers)}, timeout: 3000 }, (response) => {
  let text = ''
  response.on('data', (part) => (text += part)).on('end', () => console.log(JSON.stringify({ status: response.statusCode, location: response.headers.location ?? null, cookies: response.headers['set-cookie'] ?? [], text })))
})
request.on('timeout', () => request.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })))
request.on('error', (error) => console.log(JSON.stringify(error.code)))`
  const { stdout } = await startOn(machine, ['-e', script]).finished
  return JSON.parse(stdout) as Seen | string
}

const seen = async (opening: Promise<Seen | string>): Promise<Seen> => {
  const found = await opening
  if (typeof found === 'string') throw new Error(found)
  return found
}

let gateway: RunningProgram
let simulator: RunningSimulator
beforeAll(async () => {
  if (!canRun) return
  gateway = startOn(laptop, [program, 'simulate', '--port', '0', '--json'])
  simulator = JSON.parse((await gateway.untilStdout(/^.+\n/))[0]) as RunningSimulator
})
afterAll(async () => {
  if (!canRun) return
  gateway.process.kill('SIGTERM')
  await gateway.finished
  remove()
})

function verify(args: string[]): RunningProgram {
  return startOn(laptop, [program, 'verify', '+34600000001', '--via', 'qr', '--json', ...args], {
    NV_CONFIG_DIR: '/nonexistent/nv',
    ...clientVariables(simulator),
  })
}

/** Goes through the gateway, which only the laptop reaches here, up to the redirect that the phone follows. */
async function throughGateway(authorizeUrl: string): Promise<string> {
  const jar = new CookieJar()
  let url = authorizeUrl
  while (!url.startsWith('http://172.20.10.2')) {
    const { location, cookies, text } = await seen(
      openOn(laptop, url, { cookie: await jar.getCookieString(url) }),
    )
    for (const cookie of cookies) await jar.setCookie(cookie, url)
    if (location === null) throw new Error(`The chain ends at ${url}: ${text}`)
    url = new URL(location, url).href
  }
  return url
}

describe.skipIf(!canRun)('--listen lan', () => {
  it('is reached from the phone whose hotspot it is, from the short link to the result', async () => {
    const nv = verify(['--listen', 'lan'])
    const [link] = await nv.untilStderr(/^http:\/\/172\.20\.10\.2:8080\/s\/\S+$/m)
    const told = nv.written.stderr.replace(/\s+/g, ' ')
    expect(told).toContain("lan is wlan0, 172.20.10.2: the range of an iPhone's hotspot.")
    expect(told).toContain('Register exactly this redirect_uri: http://172.20.10.2:8080/callback')
    expect(told).toContain('others on that network can reach it')
    expect((await seen(openOn(phone, link))).text).toContain('+34*******01')
    const { location } = await seen(openOn(phone, `${link}?go`))
    const callback = await throughGateway(location ?? '')
    const { status, location: result } = await seen(openOn(phone, callback))
    expect(status).toBe(303)
    expect((await seen(openOn(phone, new URL(result ?? '', callback).href))).text).toContain('Verified')
    const run = JSON.parse((await nv.finished).stdout) as Run
    expect(run).toMatchObject({
      outcome: 'verified',
      profile: { redirectUri: 'http://172.20.10.2:8080/callback' },
    })
    expect(run.arrivals).toContainEqual(expect.objectContaining({ verdict: 'taken', from: '172.20.10.1' }))
  })

  it('answers under its own names only (threats 2: DNS rebinding), and goes on', async () => {
    const nv = verify(['--listen', 'lan:9000'])
    const [link] = await nv.untilStderr(/^http:\/\/172\.20\.10\.2:9000\/s\/\S+$/m)
    for (const host of [
      'evil.example',
      'evil.example:9000',
      '127.0.0.1:9000',
      '172.20.10.1:9000',
      'localhost:9000',
    ])
      expect(await openOn(phone, link, { host })).not.toMatchObject({ status: 200 })
    expect(await openOn(phone, link.replace(/\/s\/.*/, '/callback?code=x&state=y'))).toMatchObject({
      status: 400,
    })
    expect((await seen(openOn(phone, link))).status).toBe(200)
    nv.process.kill('SIGINT')
    await nv.finished
  })

  it('without it only this machine reaches nv (threat 1)', async () => {
    const nv = verify([])
    const [, port = ''] = await nv.untilStderr(/127\.0\.0\.1(?::|%3A)(\d+)(?:\/|%2F)callback/)
    expect(await openOn(phone, `http://172.20.10.2:${port}/callback`)).toBe('ECONNREFUSED')
    expect(await openOn(laptop, `http://127.0.0.1:${port}/callback`)).toMatchObject({ status: 400 })
    nv.process.kill('SIGINT')
    await nv.finished
  })

  it('says that the port is taken, and how to name another (threat 12)', async () => {
    const holder = startOn(laptop, [
      '-e',
      "require('node:net').createServer().listen(8080, () => console.log('listening'))",
    ])
    await holder.untilStdout(/listening/)
    const { exitCode, stdout } = await verify(['--listen', 'lan']).finished
    holder.process.kill('SIGKILL')
    await holder.finished
    expect(exitCode).toBe(4)
    expect((JSON.parse(stdout) as Run).findings[0]).toMatchObject({ code: 'port_in_use' })
  })
})
