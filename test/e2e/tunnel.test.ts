// `nv verify --tunnel`: real processes, with programs that behave as those of tunnels do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import {
  fakeHosts,
  type FakeMode,
  type FakeName,
  type FakeTunnels,
  installFakeTunnels,
} from '../support/fake-tunnels.ts'
import { isRunning, untilGone } from '../support/gone.ts'
import { expectFree } from '../support/ports.ts'
import { type RunningProgram, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { createPublicPhone } from '../support/public-phone.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { createRunningClock } from '../support/context.ts'
import { clientVariables } from '../support/variables.ts'

const options = {
  cloudflared: 'cloudflared',
  ngrok: 'ngrok',
  tailscale: 'tailscale',
  devtunnel: 'devtunnel',
  ssh: 'ssh:localhost.run',
} as const
const names = Object.keys(options) as FakeName[]

let simulator: TestSimulator
const installed: FakeTunnels[] = []
beforeAll(async () => {
  simulator = await startTestSimulator({}, createRunningClock())
})
afterAll(() => simulator.close())
afterEach(async () => {
  await Promise.all(installed.splice(0).map((fakes) => fakes.close()))
})

async function install(modes: Partial<Record<FakeName, FakeMode>>): Promise<FakeTunnels> {
  const fakes = await installFakeTunnels(modes)
  installed.push(fakes)
  return fakes
}

function start(
  fakes: FakeTunnels,
  name: FakeName,
  args: string[] = [],
  env: Record<string, string> = {},
): RunningProgram {
  return startNv(['verify', '+34600000001', '--tunnel', options[name], '--json', ...args], {
    env: {
      ...fakes.env,
      ...clientVariables(simulator),
      ...env,
    },
  })
}

const untilLink = async (nv: RunningProgram) => (await nv.untilStderr(/^https?:\/\/\S+\/s\/\S+$/m))[0]
const runOf = async (nv: RunningProgram) => JSON.parse((await nv.finished).stdout) as Run
const codes = ({ findings }: Run) => findings.map(({ code }) => code)

describe.skipIf(process.platform === 'win32').each(names)('--tunnel %s', (name) => {
  it('leads a phone from the short link to the result, and is gone at the end', async () => {
    const fakes = await install({ [name]: {} })
    const nv = start(fakes, name)
    const link = await untilLink(nv)
    const { pid, args } = await fakes.untilStarted(name)
    const port =
      /(\d+)$/.exec(
        name === 'ssh'
          ? (args[args.indexOf('-R') + 1] ?? '')
          : (args.find((arg) => /\d{4,}$/.test(arg)) ?? ''),
      )?.[1] ?? ''
    const base = `https://${fakeHosts[name].replace('PORT', port)}`
    expect(link.startsWith(`${base}/s/`)).toBe(true)
    const phone = createPublicPhone(fakes)
    expect((await phone.open(link)).text).toContain('+34*******01')
    const end = await phone.open(`${link}?go`)
    expect(end.text).toContain('Verified')
    const run = await runOf(nv)
    expect(run).toMatchObject({
      outcome: 'verified',
      exitCode: 0,
      profile: { redirectUri: `${base}/callback` },
    })
    expect(run.arrivals).toContainEqual(
      expect.objectContaining({
        verdict: 'taken',
        what: expect.objectContaining({ forwardedFor: '203.0.113.7' }) as unknown,
      }),
    )
    expect(codes(run)).not.toContain('redirect_uri_not_here')
    expect(isRunning(pid)).toBe(false)
    await expectFree(Number(port))
  })

  // One that keeps the name it was asked under, and one that does not.
  if (name !== 'cloudflared' && name !== 'devtunnel') return
  it('for a redirect_uri that leads elsewhere carries short link, start page and paste', async () => {
    const fakes = await install({ [name]: {} })
    const nv = start(fakes, name, ['--redirect-uri', 'https://app.example/callback'])
    const link = await untilLink(nv)
    expect(nv.written.stderr).toContain(
      'The redirect_uri https://app.example/callback does not go through it.',
    )
    const phone = createPublicPhone(fakes)
    const page = await phone.open(link)
    expect(page.status).toBe(200)
    // What the phone's browser ends on: nothing is there.
    const failed = await phone.open(`${link}?go`).then(
      () => '',
      (error: Error) => error.message,
    )
    const [, address = ''] = /can't open (\S+):/.exec(failed) ?? []
    expect(address).toMatch(/^https:\/\/app\.example\/callback\?/)
    expect((await phone.submit(link, { address })).text).toContain('Verified')
    expect(await runOf(nv)).toMatchObject({
      outcome: 'verified',
      profile: { redirectUri: 'https://app.example/callback' },
    })
  })
})

describe.skipIf(process.platform === 'win32')('what to register', () => {
  it.each([
    ['tailscale', /Register exactly this redirect_uri:\s+https:\/\/laptop\.tail1a2b3\.ts\.net\/callback/],
    ['ngrok', /Register exactly this redirect_uri:[^]*may have another name next time/],
    ['cloudflared', /That name changes with each start/],
  ] as const)('%s', async (name, words) => {
    const nv = start(await install({ [name]: {} }), name)
    await untilLink(nv)
    expect(nv.written.stderr).toMatch(words)
    nv.process.kill('SIGINT')
    expect((await nv.finished).exitCode).toBe(130)
  })

  it('a redirect_uri under the name of the tunnel is heard', async () => {
    const fakes = await install({ tailscale: {} })
    const nv = start(fakes, 'tailscale', ['--redirect-uri', `https://${fakeHosts.tailscale}/oauth/cb`])
    const link = await untilLink(nv)
    expect(nv.written.stderr).toContain('goes through it too.')
    expect((await createPublicPhone(fakes).open(`${link}?go`)).text).toContain('Verified')
    expect((await runOf(nv)).exitCode).toBe(0)
  })
})

describe.skipIf(process.platform === 'win32')('a tunnel that ends in the middle', () => {
  it('ends the wait where nobody can paste: exit 4, with its last word', async () => {
    const fakes = await install({ cloudflared: {} })
    const nv = start(fakes, 'cloudflared')
    await untilLink(nv)
    await nv.untilStderr(/Waiting for the phone/)
    fakes.crash('cloudflared')
    const run = await runOf(nv)
    expect(run.exitCode).toBe(4)
    expect(run.findings[0]).toMatchObject({
      code: 'tunnel_lost',
      title: 'cloudflared ended (exit code 1), so the phone no longer reaches nv',
    })
    expect(run.findings[0]?.cause).toContain('Connection terminated')
  })

  it('is a warning where the address can be pasted, and nv goes on', async () => {
    const fakes = await install({ cloudflared: {} })
    const nv = start(fakes, 'cloudflared', [
      '--via',
      'paste',
      '--redirect-uri',
      'https://app.example/callback',
    ])
    const link = await untilLink(nv)
    const failed = await createPublicPhone(fakes)
      .open(`${link}?go`)
      .then(
        () => '',
        (error: Error) => error.message,
      )
    fakes.crash('cloudflared')
    await nv.untilStderr(/cloudflared ended \(exit code 1\)/)
    nv.process.stdin.write(`${/can't open (\S+):/.exec(failed)?.[1]}\n`)
    const run = await runOf(nv)
    expect(run).toMatchObject({ outcome: 'verified', exitCode: 0 })
    expect(codes(run)).toContain('tunnel_lost')
  })
})

describe.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
  'after %s',
  (signal) => {
    it('nothing is left of a stubborn tunnel that led here', async () => {
      const fakes = await install({ ngrok: { isStubborn: true } })
      const nv = start(fakes, 'ngrok')
      await untilLink(nv)
      const { pid } = await fakes.untilStarted('ngrok')
      nv.process.kill(signal)
      await promptly(1500, nv.finished)
      await untilGone(pid)
    })

    it('nothing is left of one that was about to', async () => {
      const fakes = await install({ cloudflared: { says: ['connecting'], exitCode: null } })
      const nv = start(fakes, 'cloudflared')
      const { pid } = await fakes.untilStarted('cloudflared')
      nv.process.kill(signal)
      await nv.finished
      await untilGone(pid)
    })
  },
)

describe.skipIf(process.platform === 'win32')('before the phone is sent anywhere', () => {
  const ngrokPage = {
    status: 200,
    headers: { 'content-type': 'text/html', 'ngrok-error-code': 'ERR_NGROK_6024' },
    body: '<!doctype html><title>ngrok</title><p>You are about to visit: x. ERR_NGROK_6024',
  }
  it.each([
    [
      'ngrok',
      { ...ngrokPage, status: 502, headers: { 'ngrok-error-code': 'ERR_NGROK_8012' } },
      /ngrok answered \(HTTP 502\): the tunnel is up, but can't connect to the port/,
    ],
    [
      'cloudflared',
      { status: 502, body: 'Bad gateway', headers: { server: 'cloudflare' } },
      /Cloudflare answered \(HTTP 502\): the tunnel is up, but/,
    ],
    [
      'devtunnel',
      { status: 302, headers: { location: 'https://tunnels.example/auth/login' }, body: '' },
      /Dev tunnels answered \(HTTP 302\): it wants visitors to sign in first/,
    ],
    [
      'tailscale',
      { status: 200, body: 'Welcome to another service' },
      /Another server answered \(HTTP 200\), and nothing arrived here/,
    ],
    ['ngrok', ngrokPage, /its warning page answered, and nothing else arrived here/],
  ] as const)('what answers in place of nv is named: %s %j', async (name, answers, words) => {
    const nv = start(await install({ [name]: { answers } }), name, ['--timeout', '50s'])
    await untilLink(nv)
    nv.process.kill('SIGINT')
    const run = await runOf(nv)
    const missed = run.findings.find(({ code }) => code === 'redirect_uri_not_here')
    expect(missed?.cause).toMatch(words)
    expect(missed?.fix).not.toContain('--listen')
  })
})
