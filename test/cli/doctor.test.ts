// `nv doctor`: what is printed of a machine, and when it is a problem.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Context, FileFacts } from '../../src/context.ts'
import type { Check } from '../../src/flow/doctor/check.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const interfaces = [
  { name: 'lo', addresses: ['127.0.0.1', '::1'] },
  { name: 'wlan0', addresses: ['192.168.1.5', 'fe80::5%wlan0'] },
]
const network = { interfaces: () => interfaces, isLocal: () => Promise.resolve(true) }
const file: FileFacts = { kind: 'file', mode: 0o600, owner: 'user', isExecutable: false }
const folder: FileFacts = { kind: 'folder', mode: 0o700, owner: 'user', isExecutable: true }
const program: FileFacts = { ...file, mode: 0o755, isExecutable: true }
const privateFiles = {
  '/nowhere': folder,
  '/nowhere/profiles.json': file,
  '/nowhere/secrets.json': file,
}

type Options = TestContextOptions & { args?: string[]; change?: (context: Context) => Partial<Context> }

/** Runs the command on a Linux desktop where everything is well, but for the options. */
async function doctor({ args = [], env = {}, change, ...options }: Options = {}) {
  const test = createTestContext({
    env: { DISPLAY: ':0', TERM: 'xterm-256color', LANG: 'en_US.UTF-8', PATH: '/bin', ...env },
    isTerminal: true,
    network,
    looks: { ...privateFiles, '/bin/ssh': program },
    ...options,
  })
  const linux: Context = { ...test.context, tool: { ...test.context.tool, platform: 'linux x64' } }
  const context = { ...linux, ...change?.(linux) }
  const exitCode = await runProgram(context, ['doctor', '--no-color', ...args])
  return { exitCode, out: test.out(), err: test.err() }
}

/** Gives the checks by name, as JSON has them. */
async function checks(options: Options = {}): Promise<{ exitCode: number; of(name: string): Check[] }> {
  const { exitCode, out } = await doctor({ ...options, args: ['--json', ...(options.args ?? [])] })
  const report = JSON.parse(out) as { checks: Check[] }
  return { exitCode, of: (name) => report.checks.filter((check) => check.name === name) }
}

/** A store with one profile, the default one. */
function storeWith(settings: Record<string, unknown>) {
  const store = createTestStore()
  void store.profiles.update(() => ({ default: 'acme', profiles: { acme: settings } }))
  return store
}

const gateway = {
  authorizeUrl: 'https://id.acme.example/authorize',
  tokenUrl: 'https://id.acme.example/token',
  apiUrl: 'https://api.acme.example',
  clientId: 'app',
  clientSecretEnv: 'ACME_SECRET',
}

test('a desktop where all is well', async () => {
  const { exitCode, out, err } = await doctor({
    store: storeWith(gateway),
    env: { ACME_SECRET: 'canary' },
    columns: 90,
    rows: 60,
  })
  expect([exitCode, err]).toEqual([0, ''])
  expect(out).toMatchInlineSnapshot(`
    "Program
      ✔ node            Node v20.19.0. nv needs 20.19 or newer.
      ✔ nv              nv 0.0.0-test on linux x64. Name it in bug reports.

    Terminal
      ✔ terminal        stderr is a terminal (xterm-256color) with 90 columns and 60 rows. nv
                        shows progress there and can ask questions.
      ✔ color           stderr is not coloured: --no-color was given. A QR code has the
                        terminal's own colours, and scans best on a dark background.
      ✔ locale          LANG is en_US.UTF-8. QR codes are drawn correctly.
      ✔ qr              A QR code of acme's authorize URL, with its link, takes 69 columns and
                        44 rows. It fits (90 × 60).

    Session
      ✔ ssh             This session is not over SSH. A browser on this machine reaches nv on
                        127.0.0.1.
      ✔ wsl             This is not WSL. No port has to be forwarded from Windows.
      ✔ container       No sign of a container. The addresses below are this machine's own.
      ✔ browser         There is a display. --via browser opens the desktop's default browser.

    Network
      ✔ proxy           No proxy is set. Requests go directly to the gateway.
      ✔ ca              No extra authorities are set. nv only trusts those that come with
                        Node.
      ✔ clock           The clock says 2025-06-15T15:06:40Z. If that is minutes off, gateways
                        refuse signed requests.
      ✔ loopback        lo 127.0.0.1, ::1: this machine itself. nv listens there by default. A
                        phone only reaches it through adb reverse or a tunnel.
      ✔ private-network wlan0 192.168.1.5: a private network. A phone on its Wi-Fi may reach
                        nv there. The operator only recognises a line on mobile data, with
                        Wi-Fi off.

    Ways to a phone
      ✔ via-qr          Ready. nv can show a QR code and a link for a phone on mobile data.
      ✔ via-browser     Ready. nv can open the link in this machine's browser.
      ! via-adb         Not ready: it needs adb (Android platform-tools) on PATH. nv can't
                        open the link on an Android phone on a USB cable.
      ! via-chrome      Not ready: it needs adb (Android platform-tools) on PATH; or
                        --devtools <url>. nv can't follow the redirects in Chrome on an
                        Android phone, which shows every hop.
      ✔ via-direct      Ready. nv can follow the redirects from this machine, without a phone.
      ✔ via-paste       Ready. nv can show a link, and take the address that the phone ended
                        on.
      ✔ adb             adb is not on PATH. nv can't open the link on a phone on a USB cable.
      ✔ tunnels         On PATH: ssh; not cloudflared, ngrok, tailscale, devtunnel. A public
                        address for this machine: --tunnel ssh:<host>.

    Files
      ✔ config-folder   /nowhere has mode 0700. Only you can read what is in it.
      ✔ profiles.json   /nowhere/profiles.json has mode 0600. Only you can read your client
                        ids and addresses.
      ✔ secrets.json    /nowhere/secrets.json has mode 0600. Only you can read your secrets.
      ✔ keychain        No keychain is used. Secrets are kept in /nowhere/secrets.json (mode
                        0600).

    Configuration
      ✔ profile         acme is the default. nv would send requests to id.acme.example,
                        api.acme.example.
      ✔ variables       No NV_ variable is set. The environment changes no setting.
      ✔ project         No nv.config.json in this folder or above it. No project changes a
                        setting.

    No problem found.
    "
  `)
  expect(out.split('\n').filter((line) => line.length > 90)).toEqual([])
})

test('--json prints one object', async () => {
  const { exitCode, out } = await doctor({ args: ['--json'] })
  const report = JSON.parse(out) as { checks: unknown[] }
  expect(report).toMatchObject({ schema: 'nv.doctor/1', tool: { name: 'nv-cli' }, exitCode })
  for (const check of report.checks) {
    expect(Object.keys(check as object)).toEqual(['name', 'status', 'detail', 'consequence', 'fix'])
  }
})

test('--quiet prints the problems alone', async () => {
  const { exitCode, out } = await doctor({ args: ['--quiet'], env: { BROWSER: 'nobrowser' } })
  expect(exitCode).toBe(1)
  expect(out).toMatchInlineSnapshot(`
    "Session
      ✖ browser BROWSER names nobrowser, which is not a program on PATH. --via
                browser only shows the link.
                Fix: Correct BROWSER, or unset it.

    One problem found: browser
    "
  `)
})

test('no profile is no problem, one that lacks something is', async () => {
  const none = await checks()
  expect([none.exitCode, none.of('profile')[0]?.status]).toEqual([0, 'note'])
  const { exitCode, of } = await checks({ store: storeWith({ ...gateway, clientId: undefined }) })
  expect(exitCode).toBe(1)
  expect(of('profile')).toMatchObject([
    { status: 'problem', detail: expect.stringContaining('lacks clientId (NV_CLIENT_ID)') },
  ])
})

test('a name that no profile has is a usage error', async () => {
  const { exitCode, err } = await doctor({ args: ['--profile', 'typo'] })
  expect(exitCode).toBe(2)
  expect(err).toContain('typo')
})

describe('the terminal', () => {
  test.each<[string, Options, string]>([
    ['dumb', { env: { TERM: 'dumb' } }, 'TERM is dumb'],
    ['NO_COLOR', { env: { NO_COLOR: '1' } }, 'NO_COLOR is set'],
    ['a pipe', { isTerminal: false }, 'it is not a terminal'],
    ['a terminal', {}, 'it is a terminal'],
  ])('%s decides the colour', async (_name, options, why) => {
    const test = createTestContext({
      env: { TERM: 'xterm', ...options.env },
      isTerminal: options.isTerminal ?? true,
      network,
    })
    await runProgram(test.context, ['doctor', '--json'])
    expect(test.out()).toContain(`coloured: ${why}`)
  })

  test('is measured against the QR code of the profile', async () => {
    const store = storeWith(gateway)
    const small = await checks({ store, args: ['-p', 'acme'], env: { ACME_SECRET: 'x' } })
    expect(small.of('qr')).toMatchObject([{ status: 'note', consequence: "It doesn't fit (80 × 24)" }])
    const large = await checks({ store, columns: 120, rows: 70, env: { ACME_SECRET: 'x' } })
    expect(large.of('qr')).toMatchObject([{ status: 'ok' }])
    const simulator = await checks({ args: ['-p', 'simulator'] })
    expect(simulator.of('qr')[0]?.detail).toBe('This gateway takes any device')
  })

  test('may have no UTF-8', async () => {
    expect((await checks({ env: { LANG: 'C' } })).of('locale')).toMatchObject([{ status: 'note' }])
  })
})

test.each<[string, Options, string, Check['status']]>([
  ['SSH', { env: { SSH_TTY: '/dev/pts/0' } }, 'ssh', 'note'],
  ['WSL', { env: { WSL_DISTRO_NAME: 'Ubuntu' } }, 'wsl', 'note'],
  ['WSL', { files: { '/proc/version': 'Linux version 5.15 Microsoft' } }, 'wsl', 'note'],
  ['a container', { looks: { ...privateFiles, '/.dockerenv': file } }, 'container', 'note'],
  ['a container', { files: { '/proc/1/cgroup': '0::/kubepods/x' } }, 'container', 'note'],
  ['no display', { env: { DISPLAY: '' } }, 'browser', 'note'],
  ['a browser', { env: { BROWSER: '/bin/ssh %s' } }, 'browser', 'ok'],
  ['no tunnel', { looks: privateFiles }, 'tunnels', 'note'],
])('%s is recognised', async (_name, options, name, status) => {
  const { exitCode, of } = await checks(options)
  expect([exitCode, of(name)[0]?.status]).toEqual([0, status])
})

describe('the clock', () => {
  test('of a machine that was never set is a problem', async () => {
    expect((await checks({ startMs: 1_000_000 })).of('clock')).toMatchObject([{ status: 'problem' }])
  })

  let server: Server
  afterEach(() => void server?.close())

  async function serve(date: Date | null) {
    const requests: string[] = []
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim())
      response.sendDate = false
      response.writeHead(404, date === null ? {} : { date: date.toUTCString() }).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    return { requests, settings: { ...gateway, tokenUrl: `${url}/token`, authorizeUrl: `${url}/authorize` } }
  }
  const startMs = 1_750_000_000_000

  test.each<[string, Date | null, Check['status']]>([
    ['the same', new Date(startMs), 'ok'],
    ['ten seconds away', new Date(startMs + 10_000), 'note'],
    ['five minutes away', new Date(startMs - 300_000), 'problem'],
    ['untold', null, 'note'],
  ])('with --online, that of the gateway is %s', async (_name, date, status) => {
    const { requests, settings } = await serve(date)
    const options = { store: storeWith(settings), env: { ACME_SECRET: 'canary' } }
    expect((await checks({ ...options, args: ['--online'] })).of('clock-online')).toMatchObject([{ status }])
    expect(requests).toEqual(['HEAD /'])
  })

  test('nothing is sent without --online', async () => {
    const { requests, settings } = await serve(new Date(startMs))
    const { of } = await checks({ store: storeWith(settings), env: { ACME_SECRET: 'canary' } })
    expect([of('clock-online'), requests]).toEqual([[], []])
  })
})

describe('authorities', () => {
  const of = async (name: string, options: Options) => (await checks(options)).of(name)[0]
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

  test.each<[string, Record<string, string>, string]>([
    ['no file', {}, 'does not exist'],
    ['DER', { '/ca.cer': '0\uFFFD\u0003' }, 'it is DER'],
    ['another text', { '/ca.cer': 'hello' }, 'holds no PEM certificate'],
    ['a certificate that is cut', { '/ca.cer': pem }, "1 of 1 certificates can't be read"],
  ])('a file with %s is a problem', async (_name, files, detail) => {
    expect(await of('ca', { env: { NV_CA: '/ca.cer' }, files })).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining(detail),
    })
    expect(await of('node-ca', { env: { NODE_EXTRA_CA_CERTS: '/ca.cer' }, files })).toMatchObject({
      status: 'problem',
    })
  })

  test('says that nv checks certificates also where Node was told not to', async () => {
    expect(await of('node-tls', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })).toMatchObject({
      status: 'note',
      consequence: 'nv checks certificates all the same; other Node programs do not',
    })
  })
})

describe('stored files', () => {
  test.each<[string, Record<string, FileFacts>, string, Check['status']]>([
    [
      'secrets that others can read',
      { '/nowhere/secrets.json': { ...file, mode: 0o644 } },
      'secrets.json',
      'problem',
    ],
    [
      'profiles that others can read',
      { '/nowhere/profiles.json': { ...file, mode: 0o644 } },
      'profiles.json',
      'note',
    ],
    [
      'profiles that others can write',
      { '/nowhere/profiles.json': { ...file, mode: 0o622 } },
      'profiles.json',
      'problem',
    ],
    ['a folder that others can list', { '/nowhere': { ...folder, mode: 0o755 } }, 'config-folder', 'note'],
    [
      'a folder that others can write',
      { '/nowhere': { ...folder, mode: 0o777 } },
      'config-folder',
      'problem',
    ],
    ["another user's", { '/nowhere': { ...folder, owner: 'other' } }, 'config-folder', 'problem'],
    ['a folder in place of a file', { '/nowhere/secrets.json': folder }, 'secrets.json', 'problem'],
  ])('%s', async (_name, looks, name, status) => {
    const { of } = await checks({ looks: { ...privateFiles, ...looks } })
    expect(of(name)).toMatchObject([{ status }])
  })

  test('a damaged file is a problem, and not the end', async () => {
    const store = createTestStore()
    const { SetupError } = await import('../../src/errors.ts')
    const damaged = new SetupError({
      code: 'x',
      title: 'The file is damaged',
      cause: 'It ends early.',
      fix: 'y',
    })
    store.profiles.read = () => Promise.reject(damaged)
    const { exitCode, of } = await checks({ store })
    expect(exitCode).toBe(1)
    expect(of('profile')).toMatchObject([{ status: 'problem', fix: 'y' }])
  })
})

describe('variables', () => {
  test('are named, and no value is shown', async () => {
    const env = { NV_CLIENT_SECRET: 'canary', NV_SCOPEE: 'canary', ACME_SECRET: 'canary' }
    const { out } = await doctor({ store: storeWith(gateway), env, columns: 200 })
    expect(out).toContain('NV_CLIENT_SECRET is set. It overrides profile acme.')
    expect(out).toContain('NV_SCOPEE is set, which nv does not know')
    expect(out).not.toContain('canary')
  })

  test('that say where things are kept are known, each for what it places', async () => {
    const env = { NV_CONFIG_DIR: '/c', NV_STATE_DIR: '/s' }
    const { out } = await doctor({ store: storeWith(gateway), env, columns: 200 })
    expect(out).toContain('NV_CONFIG_DIR is set. Profiles and secrets are kept where it says.')
    expect(out).toContain('NV_STATE_DIR is set. Runs are kept where it says.')
    expect(out).not.toContain('which nv does not know')
  })
  test.each(['NV_STATE_DIR', 'NV_CONFIG_DIR', 'NV_SECRET_STORE', 'NV_GRANT', 'NV_TIMEOUT', 'NV_PROFILE'])(
    'that nv reads without a setting are known: %s',
    async (name) => {
      const { of } = await checks({ store: storeWith(gateway), env: { [name]: 'acme', ACME_SECRET: 'x' } })
      expect(of('variables')).toMatchObject([{ detail: `${name} is set` }])
    },
  )

  test('that a named profile does not let in are said to be ignored', async () => {
    const env = { NV_TOKEN_URL: 'https://other.example/token', ACME_SECRET: 'x' }
    const { of } = await checks({ store: storeWith(gateway), env, args: ['-p', 'acme'] })
    expect(of('variables')).toMatchObject([{ detail: 'NV_TOKEN_URL is set, and ignored' }])
  })

  test('that are wrong are a problem', async () => {
    const { exitCode, of } = await checks({ env: { NV_TOKEN_URL: 'nonsense' } })
    expect(exitCode).toBe(1)
    expect(of('profile')).toMatchObject([
      { status: 'problem', detail: expect.stringContaining('NV_TOKEN_URL') },
    ])
  })
})

test("the project's file is named; one that can't be used is a problem, said once", async () => {
  const good = await checks({ files: { '/nowhere/nv.config.json': '{"profile":"simulator"}' } })
  expect(good.of('project')[0]?.detail).toBe('nv.config.json is in effect')
  expect(good.of('profile')[0]?.detail).toBe('simulator is named by the project')
  const { exitCode, of } = await checks({ files: { '/nowhere/nv.config.json': '{' } })
  expect([exitCode, of('profile'), of('project')[0]?.status]).toEqual([1, [], 'problem'])
})

test('hostile names steer no terminal', async () => {
  const stdout = 'List of devices attached\nabc device model:\u001b[31mPixel\u0007\n'
  const { out } = await doctor({
    looks: { ...privateFiles, '/bin/adb': program },
    run: () => Promise.resolve({ exitCode: 0, stdout, stderr: '' }),
  })
  expect(out).toContain('Pixel')
  // eslint-disable-next-line no-control-regex
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})
