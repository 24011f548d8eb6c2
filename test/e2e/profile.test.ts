// `nv profile` as a user runs it: real processes, a folder of its own, no terminal.
import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { rounds, roundsTimeoutMs } from '../support/rounds.ts'
import { type Finished, runNv, type RunningProgram, startNv } from '../support/process.ts'

const canary = 'canary-secret-Zx9'

interface Home {
  /** Of NV_CONFIG_DIR. */
  folder: string
  /** The working folder. */
  cwd: string
  nv(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Finished>
  start(args: readonly string[]): RunningProgram
}

/** Makes a home that is removed when the test ends. */
function createHome(): Home {
  const cwd = mkdtempSync(join(tmpdir(), 'nv-profile-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  const folder = join(cwd, 'config')
  const base = { NV_CONFIG_DIR: folder, NV_SECRET_STORE: 'file' }
  return {
    folder,
    cwd,
    nv: (args, { env = {}, ...options } = {}) => runNv(args, { ...options, cwd, env: { ...base, ...env } }),
    start: (args) => startNv(args, { cwd, env: base }),
  }
}

const add = (name: string, number: number | string = name) =>
  `profile add ${name} --preset sandbox --client-id id-${number} --client-secret-stdin`.split(' ')

interface File {
  profiles: Record<string, { clientId: string; secretEntry?: string; preset?: string }>
}
interface SecretFile {
  secrets: Record<string, { clientSecret: string }>
}

/** Reads the files as they are: each profile with its client id and secret, and the entries that no profile has. */
function look({ folder }: Home): { profiles: Record<string, string>; strays: string[] } {
  const read = (name: string): unknown =>
    existsSync(join(folder, name)) ? JSON.parse(readFileSync(join(folder, name), 'utf8')) : {}
  const { profiles = {} } = read('profiles.json') as Partial<File>
  const { secrets = {} } = read('secrets.json') as Partial<SecretFile>
  const visible = Object.entries(profiles).filter(([, { preset }]) => preset !== undefined)
  const used = new Set(visible.map(([, { secretEntry }]) => secretEntry))
  return {
    profiles: Object.fromEntries(
      visible.map(([name, { clientId, secretEntry = '' }]) => [
        name,
        `${clientId} ${secrets[secretEntry]?.clientSecret}`,
      ]),
    ),
    strays: Object.keys(secrets).filter((entry) => !used.has(entry)),
  }
}

/** Lists all files beneath a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('a profile for a simulator in another process', () => {
  let simulator: RunningProgram
  let urls: { authorizeUrl: string; tokenUrl: string; apiUrl: string }

  beforeAll(async () => {
    const port = String(await freePort())
    simulator = startNv(['simulate', '--port', port, '--json', '--client', `my-app:${canary}`])
    const [line] = await simulator.untilStdout(/^\{.*\}$/m)
    urls = JSON.parse(line) as typeof urls
  })

  afterAll(async () => {
    simulator.process.kill('SIGTERM')
    await simulator.finished
  })

  test('is added, listed, used, exported, imported and removed', async () => {
    const { nv, cwd, folder } = createHome()
    const seen: string[] = []
    const run = async (args: readonly string[], options?: Parameters<typeof nv>[1]) => {
      const result = await nv(args, options)
      seen.push(result.stdout, result.stderr)
      return result
    }
    const flags = Object.entries({
      '--authorize-url': urls.authorizeUrl,
      '--token-url': urls.tokenUrl,
      '--api-url': urls.apiUrl,
      '--client-id': 'my-app',
      '--redirect-uri': 'https://app.example/callback',
    }).flat()
    const added = await run(
      ['profile', 'add', 'mine', '--preset', 'generic', ...flags, '--client-secret-stdin'],
      {
        input: `${canary}\n`,
      },
    )
    expect(added).toMatchObject({
      exitCode: 0,
      stdout: `Saved profile mine, the default from now on. Its secret is in ${folder}/secrets.json (mode 0600).\n`,
    })
    const listed = await run(['profile', 'list'])
    expect(listed.stdout).toMatch(/^\* mine +generic +my-app +https:\/\/app\.example\/callback$/m)
    expect(listed.stdout).toContain(`Secrets are kept in ${folder}/secrets.json (mode 0600).`)

    for (const args of [['-p', 'mine'], []])
      expect(await run(['verify', '+34600000001', ...args, '--via', 'direct'])).toMatchObject({
        exitCode: 0,
        stdout: "verified  this phone's number is +34600000001 (simulated)\n",
      })
    expect(await run(['verify', '+34600000002', '-p', 'mine', '--via', 'direct', '--verbose'])).toMatchObject(
      { exitCode: 1 },
    )
    const env = { NV_CLIENT_SECRET: 'wrong' }
    const named = await run(['verify', '+34600000001', '-p', 'mine', '--via', 'direct', '--quiet'], { env })
    expect(named).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('NV_CLIENT_SECRET is ignored: profile mine decides') as string,
    })
    const wrong = await nv(['verify', '+34600000001', '--via', 'direct', '--json'], { env })
    expect(wrong.exitCode).toBe(3)
    expect((JSON.parse(wrong.stdout) as { findings: Array<{ code: string }> }).findings[0]?.code).toBe(
      'invalid_client',
    )

    const exported = await run(['profile', 'export', 'mine'])
    writeFileSync(join(cwd, 'mine.json'), exported.stdout)
    const imported = await run(['profile', 'import', 'mine.json', '--name', 'copy'])
    expect(imported).toMatchObject({ exitCode: 0, stdout: 'Saved profile copy.\n' })
    expect(imported.stderr).toContain('Still missing: --client-secret-stdin')
    const incomplete = await run(['verify', '+34600000001', '-p', 'copy'])
    expect(incomplete).toMatchObject({ exitCode: 2, stdout: '' })
    expect(incomplete.stderr).toContain('nv profile edit copy')
    await run(['profile', 'edit', 'copy', '--client-secret-env', 'MY_SECRET'])
    const used = await run(['verify', '+34600000001', '-p', 'copy', '--via', 'direct'], {
      env: { MY_SECRET: canary },
    })
    expect(used.exitCode).toBe(0)

    for (const name of ['mine', 'copy'])
      expect((await run(['profile', 'remove', name, '--yes'])).exitCode).toBe(0)
    expect(look({ folder } as Home)).toEqual({ profiles: {}, strays: [] })
    expect(seen.join('')).not.toContain(canary)
    for (const path of filesIn(cwd)) expect(readFileSync(path, 'utf8')).not.toContain(canary)
  })
})

test('several at once lose nothing, and each has its own secret', async () => {
  const home = createHome()
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
  const results = await Promise.all(
    numbers.map((number) => home.nv(add(`p${number}`, number), { input: `secret-${number}` })),
  )
  expect(results.map(({ exitCode }) => exitCode)).toEqual(numbers.map(() => 0))
  expect(results.filter(({ stdout }) => stdout.includes('the default'))).toHaveLength(1)
  const expected = Object.fromEntries(
    numbers.map((number) => [`p${number}`, `id-${number} secret-${number}`]),
  )
  expect(look(home)).toEqual({ profiles: expected, strays: [] })

  const changes = numbers.map((number) =>
    number % 2 === 0
      ? home.nv(['profile', 'rename', `p${number}`, `q${number}`])
      : home.nv(['profile', 'edit', `p${number}`, '--client-id', `id-1${number}`, '--client-secret-stdin'], {
          input: `secret-1${number}`,
        }),
  )
  expect((await Promise.all(changes)).map(({ exitCode }) => exitCode)).toEqual(numbers.map(() => 0))
  const changed = numbers.map((number) =>
    number % 2 === 0
      ? [`q${number}`, `id-${number} secret-${number}`]
      : [`p${number}`, `id-1${number} secret-1${number}`],
  )
  expect(look(home)).toEqual({ profiles: Object.fromEntries(changed), strays: [] })
})

test('several for one name: one wins, whole', async () => {
  const home = createHome()
  const results = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((number) => home.nv(add('acme', number), { input: `secret-${number}` })),
  )
  expect(results.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1)
  expect(results.filter(({ exitCode }) => exitCode === 2)).toHaveLength(5)
  const { profiles, strays } = look(home)
  expect(profiles['acme']).toMatch(/^id-(\d) secret-\1$/)
  expect(strays).toEqual([])
})

test(
  'killed at any moment: the next command works, and no profile has the secret of another',
  async () => {
    const home = createHome()
    await home.nv(add('keep', 0), { input: 'secret-0' })
    await home.nv(add('acme', 1), { input: 'secret-1' })
    // Measured, so that the moments lie over the whole of a command on any machine.
    const startedAt = performance.now()
    await home.nv(['profile', 'edit', 'acme', '--client-id', 'id-1', '--client-secret-stdin'], {
      input: 'secret-1',
    })
    const durationMs = performance.now() - startedAt
    let name = 'acme'
    let current = `id-1 secret-1`
    for (let round = 2; round < 2 + rounds; round++) {
      const next = name === 'acme' ? 'beta' : 'acme'
      const [args, profiles] = (
        [
          [
            ['profile', 'edit', name, '--client-id', `id-${round}`, '--client-secret-stdin'],
            { [name]: `id-${round} secret-${round}` },
          ],
          [['profile', 'rename', name, next], { [next]: current }],
          [add('new', round), { [name]: current, new: `id-${round} secret-${round}` }],
        ] as const
      )[round % 3] ?? [[], {}]
      const running = home.start(args)
      running.process.stdin.on('error', () => {})
      running.process.stdin.end(`secret-${round}`)
      const timer = setTimeout(() => running.process.kill('SIGKILL'), durationMs * (0.4 + (round % 7) / 10))
      await running.finished
      clearTimeout(timer)

      const listed = await home.nv(['profile', 'list', '--json'])
      expect({ exitCode: listed.exitCode, stderr: listed.stderr }).toEqual({ exitCode: 0, stderr: '' })
      const keep = { keep: 'id-0 secret-0' }
      expect([
        { ...keep, [name]: current },
        { ...keep, ...profiles },
      ]).toContainEqual(look(home).profiles)
      if ('new' in look(home).profiles) await home.nv(['profile', 'remove', 'new', '--yes'])
      name = 'beta' in look(home).profiles ? 'beta' : 'acme'
      current = look(home).profiles[name] ?? ''
      const checked = await home.nv(['profile', 'use', name])
      expect(checked.exitCode).toBe(0)
    }
  },
  roundsTimeoutMs,
)

describe('what others of the machine can see', () => {
  test('the folder is 0700 and the files are 0600, whatever the umask', async () => {
    const { folder, cwd } = createHome()
    const nv = join(import.meta.dirname, '../../bin/nv.js')
    const script = `umask 000; printf %s ${canary} | "${process.execPath}" "${nv}" ${add('acme').join(' ')}`
    await promisify(execFile)('sh', ['-c', script], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, NV_CONFIG_DIR: folder, NV_SECRET_STORE: 'file' },
    })
    const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)
    expect(modeOf(folder)).toBe('700')
    expect(filesIn(folder).map(modeOf)).toEqual(filesIn(folder).map(() => '600'))
    expect(
      filesIn(folder)
        .map((path) => path.slice(folder.length + 1))
        .toSorted(),
    ).toEqual(['profiles.json', 'secrets.json'])
    expect(readFileSync(join(folder, 'profiles.json'), 'utf8')).not.toContain(canary)
  })

  test.skipIf(!existsSync('/proc/self/cmdline'))('no argument of any process has the secret', async () => {
    const home = createHome()
    const running = home.start(add('acme'))
    const seen: string[] = []
    running.process.stdin.write(canary.slice(0, 5))
    // A process that was only just made may not have its arguments yet.
    for (let cmdline = ''; cmdline === ''; await setImmediate()) {
      cmdline = readFileSync(`/proc/${running.process.pid}/cmdline`, 'utf8')
      seen.push(cmdline)
    }
    running.process.stdin.end(canary.slice(5))
    const { stdout, stderr, exitCode } = await running.finished
    expect(exitCode).toBe(0)
    expect(seen.at(-1)).toContain('--client-secret-stdin')
    expect(seen.join('') + stdout + stderr).not.toContain(canary)
    expect(look(home).profiles['acme']).toBe(`id-acme ${canary}`)
  })

  test('a secret as an argument is refused before anything is written', async () => {
    const home = createHome()
    const { exitCode, stdout, stderr } = await home.nv([
      ...add('acme').slice(0, -1),
      '--client-secret',
      canary,
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).not.toContain(canary)
    expect(existsSync(home.folder)).toBe(false)
  })

  test('a command that only reads makes no folder', async () => {
    const home = createHome()
    for (const args of [['list'], ['show', 'simulator'], ['export', 'sandbox-mock'], ['show', 'gone']])
      await home.nv(['profile', ...args])
    expect(existsSync(home.folder)).toBe(false)
  })
})

describe('damaged profiles', () => {
  const damaged = `{"default": "acme", "profiles": {"acme": {"clientId": "${canary}"`

  test('are named with exit 4, kept as they are, and do not stop the simulator', async () => {
    const home = createHome()
    await home.nv(add('acme'), { input: 'secret' })
    const path = join(home.folder, 'profiles.json')
    writeFileSync(path, damaged)
    const commands = [
      ['list'],
      ['show', 'acme'],
      ['use', 'acme'],
      ['export', 'acme'],
      ['rename', 'acme', 'b'],
    ]
    for (const args of [
      ...commands,
      ['edit', 'acme', '--pkce', 'off'],
      ['remove', 'acme', '--yes'],
      add('other').slice(1),
    ]) {
      const { exitCode, stdout, stderr } = await home.nv(['profile', ...args], { input: 'x' })
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 4, stdout: '' })
      expect(stderr).toContain(`The file is damaged: ${path}`)
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`mv ${path} ${path}.damaged`)
      expect(stderr).not.toContain(canary)
      expect(stderr).not.toMatch(/^\s+at /m)
    }
    expect(readFileSync(path, 'utf8')).toBe(damaged)
    expect((await home.nv(['verify', '+34600000001'])).exitCode).toBe(4)
    expect(await home.nv(['verify', '+34600000001', '--profile', 'simulator'])).toMatchObject({
      exitCode: 0,
      stdout: "verified  this phone's number is +34600000001 (simulated)\n",
    })
  })

  test('a setting that can not be: its profile and its name, and the others work', async () => {
    const home = createHome()
    await home.nv(add('acme'), { input: 'secret' })
    await home.nv(add('beta'), { input: 'secret' })
    const path = join(home.folder, 'profiles.json')
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('"clientId": "id-acme"', '"tokenUrl": "http://g.example"'),
    )
    chmodSync(path, 0o600)
    const broken = await home.nv(['profile', 'show', 'acme'])
    expect(broken.exitCode).toBe(2)
    expect(broken.stderr.replaceAll(/\s+/g, ' ')).toContain('tokenUrl of profile acme must be an https URL')
    expect((await home.nv(['profile', 'show', 'beta'])).exitCode).toBe(0)
    expect((await home.nv(['profile', 'list'])).exitCode).toBe(0)
  })
})

test('a project file above the working folder is used, and one with a secret is refused', async () => {
  const { nv, cwd } = createHome()
  writeFileSync(join(cwd, 'nv.config.json'), '{"preset": "sandbox", "clientId": "team-app"}')
  const shown = await nv(['profile', 'show', '--json'], { env: { NV_CLIENT_SECRET: 's' } })
  expect(shown.stderr).toBe(
    'Using nv.config.json\nThe secret in NV_CLIENT_SECRET goes to sandbox.opengateway.telefonica.com, as nv.config.json says\n',
  )
  expect(JSON.parse(shown.stdout)).toMatchObject({
    settings: { clientId: { value: 'team-app', from: 'nv.config.json' } },
  })
  writeFileSync(join(cwd, 'nv.config.json'), `{"clientSecret": "${canary}"}`)
  const refused = await nv(['profile', 'show'])
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('clientSecret is a secret')
  expect(refused.stderr).not.toContain(canary)
})
