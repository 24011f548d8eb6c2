// `nv doctor` as a process: programs on a PATH of its own, files with loose modes, and what leaves the machine.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Check } from '../../src/flow/doctor/check.ts'
import { startNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'

/** Makes a folder with programs, by name, that a shell runs. */
function makePrograms(programs: Record<string, string>): string {
  const folder = makeFolder()
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

async function doctor(env: Record<string, string>, args: readonly string[] = []) {
  const running = startNv(['doctor', '--json', ...args], { env })
  running.process.stdin.end()
  const { exitCode, stdout, stderr } = await running.finished
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  return { exitCode, stdout, stderr, of: (name: string) => checks.filter((check) => check.name === name) }
}

describe.skipIf(process.platform === 'win32')('nv doctor', () => {
  test('runs adb with its arguments and nothing secret, and runs no tunnel', async () => {
    const notes = join(makeFolder(), 'notes')
    const path = makePrograms({
      adb: `echo "$@" >${notes}; env >>${notes}\nprintf 'List of devices attached\\n1A2B device model:Pixel_7\\n'`,
      cloudflared: `echo started >>${notes}`,
    })
    const { of, stderr } = await doctor({ PATH: path, NV_CLIENT_SECRET: 'canary' })
    expect(of('adb')).toMatchObject([{ status: 'ok', detail: 'Pixel 7 is ready' }])
    expect(of('tunnels')[0]?.detail).toBe('On PATH: cloudflared; not ngrok, tailscale, devtunnel, ssh')
    const noted = readFileSync(notes, 'utf8')
    expect(noted).toMatch(/^devices -l\n/)
    expect(noted).not.toMatch(/canary|started/)
    expect(stderr).toBe('')
  })

  test('says who could read the files before nv tightened them', async () => {
    const folder = join(makeFolder(), 'nv')
    mkdirSync(folder, { mode: 0o700 })
    const profiles = join(folder, 'profiles.json')
    const secrets = join(folder, 'secrets.json')
    writeFileSync(profiles, '{"default":null,"profiles":{}}')
    writeFileSync(secrets, '{"secrets":{},"inKeychain":[]}')
    chmodSync(profiles, 0o644)
    chmodSync(secrets, 0o644)
    const { exitCode, of } = await doctor({ NV_CONFIG_DIR: folder })
    expect(exitCode).toBe(1)
    expect(of('profiles.json')).toMatchObject([
      { status: 'note', detail: `${profiles} has mode 0644; nv has just made it 0600` },
    ])
    expect(of('secrets.json')).toMatchObject([{ status: 'problem', detail: `${secrets} has mode 0644` }])
    expect(statSync(profiles).mode & 0o777).toBe(0o600)
  })

  test('shows no password of a proxy', async () => {
    const { exitCode, stdout } = await doctor({ HTTPS_PROXY: 'socks5://me:canary@proxy.example:1080' })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('socks5://proxy.example:1080')
    expect(stdout).not.toContain('canary')
  })

  test('ends at once when it is interrupted while adb hangs', async () => {
    const asked = join(makeFolder(), 'asked')
    const path = makePrograms({ adb: `echo >${asked}; exec /bin/sleep 60` })
    const running = startNv(['doctor'], { env: { PATH: path } })
    running.process.stdin.end()
    await expect.poll(() => existsSync(asked), { timeout: 60_000 }).toBe(true)
    running.process.kill('SIGINT')
    const { exitCode } = await running.finished
    expect(exitCode).toBe(130)
  })
})
