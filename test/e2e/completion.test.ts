// Completion in real shells: what Tab puts on the line, with hostile names among those that could stand there.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runNv, startProgram } from '../support/process.ts'
import { hasTerminals } from '../support/terminal.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'nv-completion-'))
const config = join(folder, 'config')
const trap = join(folder, 'trap')
const env = {
  PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
  HOME: folder,
  ZDOTDIR: folder,
  XDG_CONFIG_HOME: folder,
  XDG_DATA_HOME: folder,
  NV_CONFIG_DIR: config,
  NV_STATE_DIR: join(folder, 'state'),
  NV_SECRET_STORE: 'file',
  TERM: 'xterm',
}

/** Names that only somebody who writes the file by hand could have. */
const hostile = [
  `$(touch ${trap})`,
  `\`touch ${trap}\``,
  `';touch ${trap};'`,
  'acme-\u001b[31m',
  'acme-\ntouch',
]

beforeAll(() => {
  for (const name of ['bin', 'config']) mkdirSync(join(folder, name), { mode: 0o700 })
  const script = join(folder, 'bin/nv')
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin/nv.js')}' "$@"\n`)
  chmodSync(script, 0o755)
  const profiles = Object.fromEntries(
    ['acme-production', ...hostile].map((name) => [name, { clientId: 'x' }]),
  )
  writeFileSync(join(config, 'profiles.json'), JSON.stringify({ default: null, profiles }), { mode: 0o600 })
  writeFileSync(join(folder, 'a file.html'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
for (const shell of ['zsh', 'fish'])
  if (!has(shell)) process.stderr.write(`Without ${shell} its completion is not tested.\n`)

describe('nv complete', () => {
  const complete = async (...words: string[]) => {
    const { exitCode, stdout, stderr } = await runNv(['complete', '--', ...words], { env })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('  ', 1)[0])
  }

  it.each<[string[], string[]]>([
    [['ver'], ['verify']],
    [['verify', '--via', 'd'], ['direct']],
    [['verify', '--via=d'], ['--via=direct']],
    [['verify', '--timeout', ''], []],
    // PowerShell's empty word.
    [
      ['completion', '""'],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['verify', '--prof'], ['--profile']],
    [['verify', '-p', 'acme'], ['acme-production']],
    [['-p', 'simu'], ['simulator']],
    [['profile', 'ren'], ['rename']],
    [['profile', 'use', 'acme'], ['acme-production']],
    [['profile', 'add', '--preset', 'vona'], ['vonage']],
    [['profile', 'edit', 'acme', '--unset', 'clientI'], ['clientId']],
    [['explain', 'invalid_gran'], ['invalid_grant']],
    [['simulate', '--behave', 'refresh'], ['refresh-token']],
    [['simulate', '--behave', 'wifi@c'], ['wifi@callback']],
    [['simulate', '--', 'x'], [':files']],
    [['report', 'la'], ['last']],
    [['report', '--output', ''], [':files']],
    [['report', '--format', 'ht'], ['html']],
    [['help', 'profile', 'ad'], ['add']],
    [['help', 'env'], ['environment']],
    [['schema', 'simulator-'], ['simulator-request']],
    [['completion', 'f'], ['fish']],
    [['nonsense', ''], []],
    [['verify', '--nonsense', ''], []],
  ])('nv %j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected)
  })

  it('touches nothing, and is silent about what is broken', async () => {
    const place = join(folder, 'broken')
    mkdirSync(place, { mode: 0o700 })
    writeFileSync(join(place, 'profiles.json'), '{', { mode: 0o600 })
    const broken = { ...env, NV_CONFIG_DIR: place, NV_STATE_DIR: join(folder, 'no-state') }
    const { stdout, stderr } = await runNv(['complete', '--', 'check', 'simu'], { env: broken })
    expect({ stdout, stderr }).toEqual({ stdout: 'simulator  the simulator inside nv\n', stderr: '' })
    await runNv(['complete', '--', 'runs', 'show', ''], { env: broken })
    expect(existsSync(join(folder, 'no-state'))).toBe(false)
  })
})

/** Types into a shell on a terminal, until what it shows matches. */
async function typeInto(shell: readonly string[], lines: readonly string[], end: RegExp): Promise<void> {
  const script = join(import.meta.dirname, '../support/terminal.py')
  const running = startProgram('python3', [script, ...shell], { env, cwd: folder })
  try {
    for (const line of lines) {
      running.process.stdin.write(line)
      if (line.endsWith('\n')) await running.untilStdout(/ready0/)
    }
    await running.untilStdout(end)
  } finally {
    running.process.stdin.end()
    await running.finished
  }
}

describe.skipIf(!hasTerminals)('on a terminal', () => {
  const shells: ReadonlyArray<readonly [name: string, command: readonly string[], setup: string]> = [
    ['bash', ['bash', '--norc', '--noprofile', '-i'], 'eval "$(nv completion bash)"'],
    ['zsh', ['zsh', '-f', '-i'], 'source <(nv completion zsh)'],
    ['fish', ['fish', '--no-config', '-i'], 'nv completion fish | source'],
  ]
  describe.each(shells.filter(([name]) => has(name)))('%s', (name, command, setup) => {
    const ready = `${setup}; echo rea''dy0\n`
    it.each<[typed: string, shown: RegExp]>([
      ['nv verify --profi', /nv verify --profile/],
      ['nv verify --via=dire', /nv verify --via=direct/],
      ['nv profile use acm', /nv profile use acme-production/],
      ['nv simulate --behave wifi@ca', /callback/],
      ['nv explain invalid_gran', /nv explain invalid_grant/],
      ['nv report --output a', /\\ file\.html/],
    ])('%s', async (typed, shown) => {
      await typeInto(command, [ready, `${typed}\t`], shown)
    })

    it('runs nothing that a name holds', async () => {
      // Tab lists the names that could stand there, or goes through them; what is on the line then is run.
      await typeInto(command, [ready, 'nv profile use \t\t'], /sandbox-mock/)
      if (name !== 'bash')
        await typeInto(command, [ready, 'nv profile use \t\t\t\t\t\t', ' \r\r'], /error {2}|default is now/)
      expect(existsSync(trap)).toBe(false)
    })
  })

  it('bash gets each name quoted', () => {
    const script = `source <(nv completion bash)
      COMP_WORDS=(nv profile use '') COMP_CWORD=3 COMP_LINE='nv profile use ' COMP_POINT=15
      _nv
      for reply in "\${COMPREPLY[@]}"; do eval "printf '%s\\n' $reply"; done`
    const { stdout } = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' })
    expect(stdout.trim().split('\n')).toEqual([
      'acme-production',
      ...hostile.slice(0, 3),
      'simulator',
      'sandbox-mock',
    ])
    expect(existsSync(trap)).toBe(false)
  })
})
