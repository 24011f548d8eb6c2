// Which program a URL is handed to, with what, and what counts as handed over.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandsOf, openInBrowser } from '../../../src/io/browser.ts'
import { childEnvironment } from '../../../src/io/child-environment.ts'
import { makeFolder } from '../../support/store-harness.ts'

const url = 'https://a.example/authorize?a=1&b=$(id)%3B%20x'

describe('$BROWSER', () => {
  it.each([
    ['firefox', [['firefox', url]]],
    [
      'firefox --new-window',
      [
        ['firefox', '--new-window', url],
        ['firefox --new-window', url],
      ],
    ],
    ['firefox -url %s --private', [['firefox', '-url', url, '--private']]],
    ['open-it --to=%s', [['open-it', `--to=${url}`]]],
    ['100%% %cx', [['100%', ':x', url]]],
    ['"/opt/My Browser/run" -n &', [['/opt/My Browser/run', '-n', url]]],
    [
      'a::b %s',
      [
        ['a', url],
        ['b', url],
      ],
    ],
  ])('%s', (value, commands) => {
    expect(commandsOf(value, url, 'linux')).toEqual(commands)
  })

  it('is separated by semicolons on Windows, where paths have colons', () => {
    expect(commandsOf('C:\\x.exe;y', url, 'win32')).toEqual([
      ['C:\\x.exe', url],
      ['y', url],
    ])
  })
})

describe.skipIf(process.platform === 'win32')('opening', () => {
  /** A program that notes its arguments and its environment, and ends with that code. */
  function makeBrowser(exitCode = 0) {
    const folder = makeFolder()
    const program = join(folder, 'browser')
    const notes = join(folder, 'notes')
    writeFileSync(program, `#!/bin/sh\n{ printf '%s\\n' "$#" "$@"; env; } >${notes}\nexit ${exitCode}\n`)
    chmodSync(program, 0o755)
    return { program, notes: () => (existsSync(notes) ? readFileSync(notes, 'utf8').split('\n') : null) }
  }
  const open = (target: string, env: Record<string, string>) =>
    openInBrowser(target, { env: { PATH: process.env['PATH'], ...env }, platform: 'linux' })

  it('gives the program the URL as one argument, and nothing of what may be secret', async () => {
    const { program, notes } = makeBrowser()
    const secrets = { NV_CLIENT_SECRET: 'canary', ACME_API_KEY: 'canary', NODE_OPTIONS: '--no-warnings' }
    expect(await open(url, { BROWSER: program, DISPLAY: ':7', ...secrets })).toBe(true)
    expect(notes()?.slice(0, 2)).toEqual(['1', url])
    expect(notes()).toContain('DISPLAY=:7')
    expect(notes()?.join('\n')).not.toMatch(/canary|NV_|NODE_OPTIONS/)
  })

  it('uses it in a remote session and without a display: somebody chose it', async () => {
    const { program, notes } = makeBrowser()
    expect(await open(url, { BROWSER: program, SSH_CONNECTION: '1 2 3 4' })).toBe(true)
    expect(notes()).not.toBeNull()
  })

  it('takes the next program when one is missing or fails at once', async () => {
    const { program, notes } = makeBrowser()
    const failing = makeBrowser(3)
    expect(await open(url, { BROWSER: `/nowhere/x:${failing.program}:${program}` })).toBe(true)
    expect([failing.notes(), notes()]).not.toContain(null)
  })

  it.each([
    ['of a program that is missing', { BROWSER: '/nowhere/x' }],
    ['of a program that fails at once', { BROWSER: 'false' }],
    ['in a remote session', { SSH_TTY: '/dev/pts/1', DISPLAY: ':0' }],
    ['without a display', {}],
    ['of a desktop without any opener', { DISPLAY: ':0', PATH: '/nowhere' }],
  ])('is false %s', async (_why, env: Record<string, string>) => {
    const before = { ...process.env }
    expect(await open(url, env)).toBe(false)
    expect(process.env).toEqual(before)
  })

  it('is false where no program can take so long a URL', async () => {
    expect(await open(`https://a.example/${'x'.repeat(200_000)}`, { BROWSER: 'true' })).toBe(false)
  })

  it.each(['javascript:alert(1)', 'file:///etc/passwd', '--flag', 'https://user:pw@a.example/', 'x'])(
    'is false for %s, and starts nothing',
    async (target) => {
      const { program, notes } = makeBrowser()
      expect(await open(target, { BROWSER: program })).toBe(false)
      expect(notes()).toBeNull()
    },
  )
})

it('a child gets its desktop, its language and the proxy, and no variable that nobody knows', () => {
  const needed = {
    PATH: '/bin',
    HOME: '/h',
    LC_ALL: 'C',
    XDG_RUNTIME_DIR: '/run',
    DBUS_SESSION_BUS_ADDRESS: 'unix:x',
    ANDROID_ADB_SERVER_PORT: '5038',
    https_proxy: 'http://p',
    NO_PROXY: 'x',
    VSCODE_IPC_HOOK_CLI: '/s',
    SystemRoot: 'C:\\W',
  }
  const others = {
    NV_CLIENT_SECRET: 's',
    NV_HEADERS: 's',
    AWS_SECRET_ACCESS_KEY: 's',
    MY_SECRET: 's',
    PATHS: 's',
    ANDROID_KEYSTORE_PASSWORD: 's',
  }
  expect(childEnvironment({ ...needed, ...others })).toEqual(needed)
})
