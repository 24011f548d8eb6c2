// `nv simulate --tls` and who talks to it, as real processes.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import type { RunningSimulator } from '../../src/simulator/simulator.ts'
import { runNv, type RunningProgram, startNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'
import { clientVariables } from '../support/variables.ts'

type Announced = RunningSimulator & { caFile: string }

function verify(simulator: Omit<RunningSimulator, 'close'>, env: Record<string, string>) {
  return runNv(['verify', '+34600000001', '--via', 'direct', '--json'], {
    env: {
      ...clientVariables(simulator),
      NV_REDIRECT_URI: 'https://app.example/callback',
      ...env,
    },
  }).then(({ exitCode, stdout }) => ({ exitCode, run: JSON.parse(stdout) as Run }))
}

describe('nv simulate --tls', () => {
  let process: RunningProgram
  let simulator: Announced

  beforeEach(async () => {
    process = startNv(['simulate', '--tls', '--port', '0', '--json'])
    simulator = JSON.parse((await process.untilStdout(/^.+\n/))[0]) as Announced
  })
  afterEach(async () => {
    process.process.kill('SIGTERM')
    await process.finished
  })

  it('is https alone, and nv with NV_CA is content with it', async () => {
    const urls = Object.entries(simulator).filter(([name]) => name.endsWith('Url'))
    expect(urls.length).toBeGreaterThan(4)
    expect(urls.filter(([, url]) => url !== null && !String(url).startsWith('https://'))).toEqual([])
    const { exitCode, run } = await verify(simulator, { NV_CA: simulator.caFile })
    expect(exitCode).toBe(0)
    expect(run).toMatchObject({ outcome: 'verified', findings: [] })
    expect(run.exchanges.filter(({ request }) => !request.url.startsWith('https://'))).toEqual([])
  })

  it('is content for a program of Node with NODE_EXTRA_CA_CERTS', async () => {
    const { exitCode } = await verify(simulator, { NODE_EXTRA_CA_CERTS: simulator.caFile })
    expect(exitCode).toBe(0)
  })

  it('is not trusted otherwise, and the finding says what to set', async () => {
    const { exitCode, run } = await verify(simulator, {})
    expect(exitCode).toBe(3)
    expect(run.findings[0]).toMatchObject({ code: 'certificate_untrusted', step: 'authorize' })
    expect(run.findings[0]?.fix).toContain('--ca <file.pem> or NV_CA')
  })

  it('is reached from an address that was chosen, with the authority of --ca', async () => {
    const { exitCode, stdout } = await runNv(
      ['verify', '+34600000001', '--local-address', '127.0.0.1', '--json', '--ca', simulator.caFile],
      {
        env: {
          ...clientVariables(simulator),
        },
      },
    )
    expect(exitCode).toBe(0)
    expect((JSON.parse(stdout) as Run).exchanges[0]?.connection?.localAddress).toBe('127.0.0.1')
  })

  it('is content for curl that trusts its authority', async (context) => {
    const run = promisify(execFile)
    const hasCurl = await run('curl', ['--version']).then(
      () => true,
      () => false,
    )
    if (!hasCurl) context.skip('curl is not installed')
    const asked = [
      '--cacert',
      simulator.caFile,
      '-H',
      'Authorization: Bearer mock_sandbox_access_token',
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"phoneNumber":"+34600000001"}',
    ]
    const { stdout } = await run('curl', [...asked, `${simulator.apiUrl}/number-verification/v2/verify`])
    expect(stdout).toBe('{"devicePhoneNumberVerified":true}')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing behind after %s', async (signal, exitCode) => {
    const { caFile } = simulator
    expect(readFileSync(caFile, 'utf8')).not.toContain('PRIVATE')
    expect(statSync(caFile).mode & 0o777).toBe(0o644)
    expect(statSync(dirname(caFile)).mode & 0o777).toBe(0o700)
    process.process.kill(signal)
    expect(await process.finished).toMatchObject({ exitCode })
    expect(existsSync(dirname(caFile))).toBe(false)
  })
})

it('a port that is taken leaves no file behind', async () => {
  const first = startNv(['simulate', '--port', '0', '--json'])
  const { baseUrl } = JSON.parse((await first.untilStdout(/^.+\n/))[0]) as Announced
  const folder = makeFolder()
  const { exitCode } = await runNv(['simulate', '--tls', '--port', new URL(baseUrl).port], {
    env: { TMPDIR: folder },
  })
  expect(exitCode).toBe(4)
  expect(readdirSync(folder)).toEqual([])
  first.process.kill('SIGTERM')
  await first.finished
})

it.each([
  ['certificate-expired', 'certificate_expired'],
  ['certificate-wrong-host', 'certificate_wrong_host'],
])('--behave %s: exit 3, %s', async (behaviour, code) => {
  const running = startNv(['simulate', '--tls', '--behave', behaviour, '--port', '0', '--json'])
  const simulator = JSON.parse((await running.untilStdout(/^.+\n/))[0]) as Announced
  const { exitCode, run } = await verify(simulator, { NV_CA: simulator.caFile })
  expect(exitCode).toBe(3)
  expect(run.findings.map((finding) => finding.code)).toEqual([code])
  running.process.kill('SIGTERM')
  expect((await running.finished).stderr).not.toContain('/authorize')
})
