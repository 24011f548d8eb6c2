// The single file works where there is no Node. NV_TEST_EXECUTABLE names one that `npm run build:executable` made.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untilGone } from '../support/gone.ts'

const executable = process.env['NV_TEST_EXECUTABLE'] ?? ''

interface Result {
  exitCode: number
  stdout: string
  stderr: string
}

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'nv-executable-'))
})

afterAll(() => rm(home, { recursive: true, force: true }))

/** Runs it with a home and nothing else: no path on which a Node could be found. */
function nv(args: readonly string[], input = '', variables: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      executable,
      [...args],
      { encoding: 'utf8', cwd: home, env: { HOME: home, ...variables } },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error)
        else resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr })
      },
    )
    child.stdin?.end(input)
  })
}

describe.skipIf(!executable)(`the executable ${executable || '(NV_TEST_EXECUTABLE names none)'}`, () => {
  test('says its version, and no more', async () => {
    const manifest = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    expect(await nv(['--version'])).toEqual({ exitCode: 0, stdout: `nv ${version}\n`, stderr: '' })
  })

  test.each([
    { args: ['verify', '+34600000001'], exitCode: 0, stdout: /^verified\b/ },
    { args: ['verify', '+34600000002'], exitCode: 1, stdout: /^mismatch\b/ },
    { args: ['number'], exitCode: 0, stdout: /^\+34600000001\b/ },
    { args: ['verify'], exitCode: 2, stdout: /^$/ },
    { args: ['check'], exitCode: 0, stdout: /^8 passed\b/m },
  ])('nv $args --profile simulator ends with $exitCode', async ({ args, exitCode, stdout }) => {
    const result = await nv([...args, '--profile', 'simulator'])
    expect(result).toMatchObject({ exitCode, stdout: expect.stringMatching(stdout) as string })
  })

  test('starts a tunnel, and ends it', async () => {
    const log = '{"lvl":"info","msg":"started tunnel","url":"https://abc.ngrok-free.app"}'
    await writeFile(
      join(home, 'ngrok'),
      `#!/bin/sh\necho '${log}'\necho $$ >'${home}/pid'\nexec /bin/sleep 60\n`,
    )
    await chmod(join(home, 'ngrok'), 0o755)
    const args = ['verify', '+34600000001', '--profile', 'sandbox-mock', '--via', 'qr', '--timeout', '3s']
    const { exitCode, stderr } = await nv([...args, '--tunnel', 'ngrok'], '', { PATH: home })
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('https://abc.ngrok-free.app') as string,
    })
    await untilGone(Number(await readFile(join(home, 'pid'), 'utf8')))
  })

  test('writes every report', async () => {
    for (const name of ['run.html', 'run.md', 'run.har', 'run.json', 'run.sh']) {
      const { exitCode } = await nv(['verify', '+34600000001', '--profile', 'simulator', '--report', name])
      expect({ name, exitCode }).toEqual({ name, exitCode: 0 })
      expect((await readFile(join(home, name), 'utf8')).length).toBeGreaterThan(200)
    }
  })

  test('keeps a secret in the private file, as it brings no keychain', async () => {
    const flags = [
      '--preset',
      'sandbox',
      '--client-id',
      'my-app',
      '--redirect-uri',
      'https://app.example/callback',
    ]
    const added = await nv(['profile', 'add', 'acme', ...flags, '--client-secret-stdin'], 'a-secret-of-mine')
    expect(added).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('secrets.json (mode 0600)') as string,
    })
    expect(await readFile(join(home, '.config/nv/secrets.json'), 'utf8')).toContain('a-secret-of-mine')
  })
})
