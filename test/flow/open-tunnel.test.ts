import { afterEach, describe, expect, it } from 'vitest'
import { SetupError } from '../../src/errors.ts'
import { createFiles } from '../../src/io/files.ts'
import { createStart } from '../../src/io/start.ts'
import { openTunnel } from '../../src/reach/open-tunnel.ts'
import { readTunnel } from '../../src/reach/tunnels.ts'
import { createRunningClock } from '../support/context.ts'
import {
  type FakeMode,
  fakeHosts,
  type FakeName,
  installFakeTunnels,
  type FakeTunnels,
} from '../support/fake-tunnels.ts'
import { isRunning, untilGone } from '../support/gone.ts'

const installed: FakeTunnels[] = []
afterEach(async () => {
  await Promise.all(installed.splice(0).map((fakes) => fakes.close()))
})

const choices = {
  cloudflared: 'cloudflared',
  ngrok: 'ngrok',
  tailscale: 'tailscale',
  devtunnel: 'devtunnel',
  ssh: 'ssh:localhost.run',
} as const
const names = Object.keys(choices) as FakeName[]

async function install(modes: Partial<Record<FakeName, FakeMode>>) {
  const fakes = await installFakeTunnels(modes)
  installed.push(fakes)
  return fakes
}

function open(fakes: FakeTunnels, name: FakeName, signal = new AbortController().signal) {
  const env = { PATH: fakes.folder, NGROK_AUTHTOKEN: 'own', NV_CLIENT_SECRET: 'secret' }
  const tool = { name: 'nv', version: '0', node: 'v20', platform: `${process.platform} x64` }
  const ports = {
    env,
    tool,
    signal,
    clock: createRunningClock(),
    files: createFiles('/'),
    start: createStart(env),
  }
  return openTunnel(ports, readTunnel(choices[name]), {
    local: { host: '127.0.0.1', port: 8080 },
    redirectUri: null,
    timeLeftMs: 60_000,
  })
}

const problemOf = (opening: Promise<unknown>) =>
  opening.then(
    () => null,
    (error: unknown) => {
      expect(error).toBeInstanceOf(SetupError)
      return (error as SetupError).problem
    },
  )

describe.skipIf(process.platform === 'win32').each(names)('%s', (name) => {
  it('is started, read and stopped', async () => {
    const fakes = await install({ [name]: {} })
    const tunnel = await open(fakes, name)
    expect(tunnel.url).toBe(`https://${fakeHosts[name].replace('PORT', '8080')}`)
    const { pid, variables } = await fakes.untilStarted(name)
    expect(variables).not.toContain('NV_CLIENT_SECRET')
    expect(variables.includes('NGROK_AUTHTOKEN')).toBe(name === 'ngrok')
    expect(isRunning(pid)).toBe(true)
    await tunnel.close()
    expect(isRunning(pid)).toBe(false)
    // What was stopped is not lost.
    expect(await Promise.race([tunnel.lost, Promise.resolve('nothing')])).toBe('nothing')
  })

  it('is missed where it crashes in the middle, with its last word', async () => {
    const fakes = await install({ [name]: {} })
    const tunnel = await open(fakes, name)
    fakes.crash(name)
    expect(await tunnel.lost).toEqual({
      program: name,
      exitCode: 1,
      isRenamed: false,
      says: '2026-01-05T10:05:00Z ERR Connection terminated error="stream 1 canceled by remote"',
    })
    await tunnel.close()
  })

  it('is not installed', async () => {
    const problem = await problemOf(open(await install({}), name))
    expect(problem).toMatchObject({ code: 'tunnel_missing', title: `${name} is not on PATH` })
    expect(problem?.fix).toMatch(/^Install /)
  })

  it('is stopped by Ctrl-C while it has no address, and is gone', async () => {
    const fakes = await install({ [name]: { says: ['connecting'], exitCode: null, isStubborn: true } })
    const interruption = new AbortController()
    const opening = open(fakes, name, interruption.signal)
    opening.catch(() => {})
    const { pid } = await fakes.untilStarted(name)
    interruption.abort(new Error('Ctrl-C'))
    await expect(opening).rejects.toThrow('Ctrl-C')
    await untilGone(pid)
  })
})

it.skipIf(process.platform === 'win32')('a tunnel that goes on under another name is lost', async () => {
  const fakes = await install({ ssh: {} })
  const tunnel = await open(fakes, 'ssh')
  fakes.rename()
  expect(await tunnel.lost).toMatchObject({ program: 'ssh', exitCode: null, isRenamed: true })
  await tunnel.close()
})

describe.skipIf(process.platform === 'win32')('a program that fails', () => {
  it.each([
    [
      'ngrok',
      [
        'ERROR:  authentication failed: Usage of ngrok requires a verified account and authtoken.',
        'ERROR:  ERR_NGROK_4018',
      ],
      'Sign in first: ngrok config add-authtoken <token>',
    ],
    [
      'ngrok',
      ['{"err":"the endpoint is already online. ERR_NGROK_334","lvl":"crit","msg":"command failed"}'],
      'Stop the other ngrok of this account, then try again.',
    ],
    [
      'devtunnel',
      ['Unauthorized tunnel creation access. Run devtunnel user login.'],
      'Sign in first: devtunnel user login',
    ],
    [
      'ssh',
      ['me@localhost.run: Permission denied (publickey).'],
      'nv asks for no password: load a key that the host takes into your ssh agent.',
    ],
    [
      'ssh',
      ['Host key verification failed.'],
      'Connect once by hand with ssh, and check the key of the host.',
    ],
    [
      'cloudflared',
      ['failed to request quick Tunnel: 500 Internal Server Error'],
      'Try again in a minute, or take another one: --tunnel ssh:localhost.run',
    ],
    [
      'tailscale',
      ['Access denied: serve config denied'],
      'Let your user change it: sudo tailscale set --operator=$USER',
    ],
  ] as const)('%s: %j', async (name, says, fix) => {
    const problem = await problemOf(open(await install({ [name]: { says } }), name))
    expect(problem).toMatchObject({ code: 'tunnel_failed', fix })
  })

  it('is quoted in its own words, without the log around them', async () => {
    const says = ['{"err":"the endpoint is already online","lvl":"crit","msg":"command failed"}']
    const problem = await problemOf(open(await install({ ngrok: { says } }), 'ngrok'))
    expect(problem?.title).toBe('ngrok ended before it had an address (exit code 1)')
    expect(problem?.cause).toBe('It says: "the endpoint is already online"')
  })

  it('waits for a setting of the user: nv does not, and says where it is', async () => {
    const says = [
      'Funnel is not enabled on your tailnet.',
      'To enable, visit:',
      '',
      '\t https://login.tailscale.com/f/funnel?node=n1',
    ]
    const fakes = await install({ tailscale: { says, exitCode: null } })
    const problem = await problemOf(open(fakes, 'tailscale'))
    expect(problem?.fix).toBe('Enable Funnel for your tailnet: https://login.tailscale.com/f/funnel?node=n1')
    await untilGone((await fakes.untilStarted('tailscale')).pid)
  })

  it('writes to a terminal what should confuse it, and none of that is quoted', async () => {
    const says = [
      '\u001b]52;c;aWQ=\u0007\u001b[2J\u202eERR \u001b]8;;https://evil.example\u001b\\failed\r\u0000<script>',
    ]
    const problem = await problemOf(open(await install({ cloudflared: { says } }), 'cloudflared'))
    expect(JSON.stringify(problem)).not.toMatch(/\\u001b|\\u202e|\\u0000|\\u0007|aWQ=/)
  })

  it('floods its streams, which harms nobody', async () => {
    const says = Array.from({ length: 5000 }, (_, at) => `line ${at} ${'x'.repeat(200)}`)
    const problem = await problemOf(open(await install({ cloudflared: { says } }), 'cloudflared'))
    expect(problem?.cause.length).toBeLessThan(400)
  })
})
