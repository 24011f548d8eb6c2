// `nv number` and `--operator-token` as a user runs them: real processes, real sockets.
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { runNv, type RunningProgram, startNv } from '../support/process.ts'

/** The token of the line +34600000001 of the simulator. */
const token = 'simulator-operator-token-1'
const verified = "verified  this phone's number is +34600000001 (simulated)\n"
const found = "+34600000001  this phone's number (simulated)\n"

describe('with the simulator inside', () => {
  test('nv number', async () => {
    expect(await runNv(['number', '--profile', 'simulator'])).toMatchObject({ exitCode: 0, stdout: found })
  })

  test('the token from standard input', async () => {
    const args = ['verify', '+34600000001', '--profile', 'simulator', '--operator-token', '-']
    expect(await runNv(args, { input: `${token}\n` })).toMatchObject({ exitCode: 0, stdout: verified })
  })

  test('a mismatch', async () => {
    const args = ['verify', '+34600000002', '--profile', 'simulator', '--operator-token', '-']
    expect(await runNv(args, { input: token })).toMatchObject({ exitCode: 1 })
  })
})

describe('with a gateway in another process', () => {
  let folder: string
  let simulator: RunningProgram
  let env: Record<string, string>
  let issuer: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nv-operator-token-'))
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const files = {
      'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'public.pem': publicKey.export({ type: 'spki', format: 'pem' }),
      'token.txt': `${token}\n`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const client = ['--client-key', 'signer:public.pem']
    simulator = startNv(['simulate', '--mode', 'network', '--port', '0', '--json', '--quiet', ...client], {
      cwd: folder,
    })
    const [line] = await simulator.untilStdout(/\{.*\}/)
    const urls = JSON.parse(line) as Record<string, string>
    issuer = urls['baseUrl'] ?? ''
    env = {
      NV_TOKEN_URL: urls['tokenUrl'] ?? '',
      NV_API_URL: urls['apiUrl'] ?? '',
      NV_CLIENT_ID: 'signer',
      NV_AUTH_METHOD: 'private_key_jwt',
      NV_KEY: 'key.pem',
    }
  })

  afterAll(async () => {
    simulator.process.kill('SIGTERM')
    await simulator.finished
    await rm(folder, { recursive: true })
  })

  const verify = ['verify', '+34600000001', '--operator-token', 'token.txt']

  test('a JWT bearer assertion, where no backchannel endpoint is known', async () => {
    const { exitCode, stdout, stderr } = await runNv([...verify, '--verbose'], { env, cwd: folder })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: verified })
    expect(stderr).not.toContain('/bc-authorize')
  })

  test('CIBA, where the issuer names its endpoint', async () => {
    const { NV_TOKEN_URL: _tokenUrl, ...rest } = env
    const discovering = { ...rest, NV_ISSUER: issuer }
    const { exitCode, stderr } = await runNv([...verify, '--verbose'], { env: discovering, cwd: folder })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/→ POST \S+\/bc-authorize\n[^←]*← 200 in /)
  })

  test('a token that no SIM has could not tell', async () => {
    const { NV_TOKEN_URL: _tokenUrl, ...rest } = env
    const args = ['number', '--operator-token', '-', '--json']
    const options = { env: { ...rest, NV_ISSUER: issuer }, cwd: folder, input: 'unheard-of-token' }
    const { exitCode, stdout, stderr } = await runNv(args, options)
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout) as Run).toMatchObject({
      failedStep: 'authorize',
      findings: [{ code: 'unknown_user_id' }],
    })
    expect(stdout + stderr).not.toContain('unheard-of-token')
  })

  test('a hashed number', async () => {
    expect(await runNv([...verify, '--hashed'], { env, cwd: folder })).toMatchObject({
      exitCode: 0,
      stdout: verified,
    })
  })

  test.skipIf(!existsSync('/proc/self/cmdline'))(
    'the token is in no argument, and in nothing printed',
    async () => {
      const nv = startNv([...verify.slice(0, 2), '--operator-token', '-', '--json', '--verbose'], {
        env,
        cwd: folder,
      })
      const commandLine = readFileSync(`/proc/${nv.process.pid}/cmdline`, 'utf8')
      nv.process.stdin.end(token)
      const { exitCode, stdout, stderr } = await nv.finished
      expect(exitCode).toBe(0)
      expect(commandLine).toContain('--operator-token')
      for (const text of [commandLine, stdout, stderr]) expect(text).not.toContain(token)
      expect(stdout + stderr).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
    },
  )
})
