// What stands where a file should be: a pipe that nobody writes to, a device, a file of 3 GB. Nothing of it holds nv up.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runNv, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { makeFolder } from '../support/store-harness.ts'

const odd: Readonly<Record<string, (path: string) => void>> = {
  'a pipe': (path) => void execFileSync('mkfifo', ['-m', '600', path]),
  'a device that never ends': (path) => symlinkSync('/dev/zero', path),
  'a file of 3 GB': (path) => {
    const file = openSync(path, 'w', 0o600)
    ftruncateSync(file, 3 * 2 ** 30)
    closeSync(file)
  },
}

const gateway = {
  NV_AUTHORIZE_URL: 'http://127.0.0.1:9/authorize',
  NV_BACKCHANNEL_URL: 'http://127.0.0.1:9/bc',
  NV_TOKEN_URL: 'http://127.0.0.1:9/token',
  NV_API_URL: 'http://127.0.0.1:9/api',
  NV_CLIENT_ID: 'id',
  NV_CLIENT_SECRET: 'a-secret',
}
const verify = ['verify', '+34600000001', '--via', 'direct', '--timeout', '10s']

/** Where a file may be odd: its name in a new folder, the command, and its variables. */
const places: Readonly<Record<string, [name: string, args: string[], env?: Record<string, string>]>> = {
  'nv.config.json': ['nv.config.json', verify],
  'nv.config.json of a profile command': ['nv.config.json', ['profile', 'list']],
  'the key': ['k', [...verify, '--key', 'k', '--auth-method', 'private_key_jwt'], gateway],
  'the certificates': ['c', [...verify, '--ca', 'c'], gateway],
  'the operator token': ['t', ['verify', '+34600000001', '--operator-token', 't'], gateway],
  'the profiles': ['profiles.json', ['profile', 'show', 'acme'], { NV_CONFIG_DIR: '.' }],
  'the profiles of a run': ['profiles.json', [...verify, '--profile', 'acme'], { NV_CONFIG_DIR: '.' }],
  'the hosts and secrets': [
    'secrets.json',
    ['profile', 'add', 'acme', '--preset', 'sandbox', '--client-id', 'x', '--client-secret-stdin'],
    { NV_CONFIG_DIR: '.', NV_SECRET_STORE: 'file' },
  ],
  'what is imported': ['i', ['profile', 'import', 'i']],
  'the lines of the simulator': ['l', ['simulate', '--port', '0', '--mode', 'network', '--lines', 'l']],
  'a key of a client': ['k', ['simulate', '--port', '0', '--client-key', 'x:k']],
}

describe.skipIf(process.platform === 'win32').each(Object.entries(places))(
  '%s',
  (_place, [name, args, env = {}]) => {
    it.each(Object.entries(odd))('that is %s is refused at once', async (_what, make) => {
      const cwd = makeFolder()
      make(join(cwd, name))
      const { exitCode, stderr, stdout } = await promptly(5000, runNv(args, { cwd, env, input: 'a-secret' }))
      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 4, stdout: '' })
      expect(stderr).toMatch(/not a (regular )?file|larger than|symbolic link/)
      expect(stderr).not.toMatch(/^\s+at /m)
    })
  },
)

it.skipIf(process.platform === 'win32')('the browser gets no variable that holds a secret', async () => {
  const cwd = makeFolder()
  const log = join(cwd, 'log')
  writeFileSync(join(cwd, 'browser'), `#!/bin/sh\nenv > '${log}.part'\nmv '${log}.part' '${log}'\n`, {
    mode: 0o755,
  })
  const env = {
    ...gateway,
    BROWSER: join(cwd, 'browser'),
    ACME_SECRET: 'canary-acme',
    RAPID_KEY: 'canary-key',
    NV_CLIENT_SECRET: 'canary-secret',
  }
  const nv = startNv(['verify', '+34600000001', '--via', 'browser'], { cwd, env })
  await expect.poll(() => existsSync(log)).toBe(true)
  nv.process.kill('SIGINT')
  await nv.finished
  expect(readFileSync(log, 'utf8')).not.toMatch(/canary|^NV_/m)
})
