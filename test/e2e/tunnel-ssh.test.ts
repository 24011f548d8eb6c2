// `--tunnel ssh:<host>` with a real ssh and a real sshd on loopback.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { createRunningClock } from '../support/context.ts'
import { isRunning, untilGone } from '../support/gone.ts'
import { expectFree, freePort } from '../support/ports.ts'
import { type RunningProgram, startNv, startProgram } from '../support/process.ts'
import { createPublicPhone } from '../support/public-phone.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

const find = (name: string) =>
  ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/sbin', '/bin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
const sshd = find('sshd')
const ssh = find('ssh')
const keygen = find('ssh-keygen')
const canRun = process.platform === 'linux' && sshd !== undefined && ssh !== undefined && keygen !== undefined
if (!canRun) process.stderr.write('No OpenSSH server here: the tests of --tunnel ssh are skipped.\n')

let simulator: TestSimulator
let folder = ''
let port = 0
let server: RunningProgram

/** Starts sshd with keys of its own, and puts a ssh before the real one that reads nothing of this user's. */
beforeAll(async () => {
  if (!canRun) return
  simulator = await startTestSimulator({}, createRunningClock())
  folder = mkdtempSync(join(tmpdir(), 'nv-sshd-'))
  port = await freePort()
  for (const name of ['host', 'user', 'stranger'])
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  writeFileSync(join(folder, 'authorized_keys'), read('user.pub'), { mode: 0o600 })
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${read('host.pub')}`)
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `PidFile ${folder}/sshd.pid`,
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'GatewayPorts clientspecified',
    ].join('\n'),
  )
  for (const key of ['user', 'stranger']) {
    const bin = join(folder, `bin-${key}`)
    mkdirSync(bin)
    writeFileSync(
      join(folder, `ssh_config-${key}`),
      [
        `IdentityFile ${folder}/${key}`,
        'IdentitiesOnly yes',
        'IdentityAgent none',
        `UserKnownHostsFile ${folder}/known_hosts`,
        'GlobalKnownHostsFile /dev/null',
        `User ${userInfo().username}`,
      ].join('\n'),
    )
    writeFileSync(
      join(bin, 'ssh'),
      `#!/bin/sh\necho $$ > ${folder}/ssh.pid\nexec ${ssh} -F ${folder}/ssh_config-${key} "$@"\n`,
    )
    chmodSync(join(bin, 'ssh'), 0o755)
  }
  // Where sshd separates privileges, as root, it wants this folder.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true })
  server = await startServer()
})
afterAll(async () => {
  if (!canRun) return
  server.process.kill('SIGTERM')
  await server.finished
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

async function startServer(): Promise<RunningProgram> {
  const started = startProgram(sshd ?? '', ['-D', '-e', '-f', join(folder, 'sshd_config')])
  await started.untilStderr(/Server listening on 127\.0\.0\.1/)
  return started
}

function start(args: string[] = [], key = 'user', remote = ''): RunningProgram {
  return startNv(
    ['verify', '+34600000001', '--tunnel', `ssh:127.0.0.1:${port}${remote}`, '--json', ...args],
    {
      env: {
        PATH: `${folder}/bin-${key}:/usr/bin:/bin`,
        ...clientVariables(simulator),
      },
    },
  )
}

const untilLink = async (nv: RunningProgram) => (await nv.untilStderr(/^http:\/\/\S+\/s\/\S+$/m))[0]
const runOf = async (nv: RunningProgram) => JSON.parse((await nv.finished).stdout) as Run
const sshPid = () => Number(readFileSync(join(folder, 'ssh.pid'), 'utf8'))
const phone = createPublicPhone({ env: {}, ca: '' })

describe.skipIf(!canRun)('--tunnel ssh:<host>', () => {
  it('leads a port that the host allocates here, and is gone at the end', async () => {
    const nv = start()
    const link = await untilLink(nv)
    const { origin } = new URL(link)
    expect(Number(new URL(link).port)).not.toBe(port)
    expect((await phone.open(`${link}?go`)).text).toContain('Verified')
    const run = await runOf(nv)
    expect(run).toMatchObject({ outcome: 'verified', profile: { redirectUri: `${origin}/callback` } })
    await untilGone(sshPid())
    await expectFree(Number(new URL(link).port))
  })

  it('opens the port that is named, under an address that stays', async () => {
    const remote = await freePort()
    const nv = start([], 'user', `/${remote}`)
    expect((await untilLink(nv)).startsWith(`http://127.0.0.1:${remote}/s/`)).toBe(true)
    expect(nv.written.stderr).toMatch(
      new RegExp(`Register exactly this redirect_uri:\\s+http://127\\.0\\.0\\.1:${remote}/callback`),
    )
    nv.process.kill('SIGINT')
    await nv.finished
  })

  it('says so where the host refuses the port: exit 4', async () => {
    const taken = createServer().listen(0, '::')
    await once(taken, 'listening')
    const run = await runOf(start([], 'user', `/${(taken.address() as AddressInfo).port}`))
    taken.close()
    expect(run).toMatchObject({ exitCode: 4, findings: [{ code: 'tunnel_failed' }] })
    expect(run.findings[0]?.cause).toContain('remote port forwarding failed')
    expect(run.findings[0]?.fix).toMatch(/^Name another port/)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    const nv = start()
    const link = await untilLink(nv)
    const pid = sshPid()
    expect(isRunning(pid)).toBe(true)
    nv.process.kill(signal)
    await nv.finished
    await untilGone(pid)
    await expect.poll(() => phone.open(link).then(String, () => 'gone')).toBe('gone')
  })

  it('that ends in the middle is said so: exit 4', async () => {
    const nv = start()
    await untilLink(nv)
    await nv.untilStderr(/Waiting for the phone/)
    // The processes of the session; the server itself goes on.
    for (const pid of descendantsOf(server.process.pid ?? 0)) process.kill(pid, 'SIGKILL')
    const run = await runOf(nv)
    expect(run.exitCode).toBe(4)
    expect(run.findings[0]).toMatchObject({ code: 'tunnel_lost' })
  })

  it('asks for no password where the key is unknown: exit 4, and what to do', async () => {
    const nv = start([], 'stranger')
    const run = await runOf(nv)
    expect(run).toMatchObject({ exitCode: 4, findings: [{ code: 'tunnel_failed' }] })
    expect(run.findings[0]?.cause).toContain('Permission denied')
    expect(run.findings[0]?.fix).toContain('ssh agent')
  })

  it('trusts no host key that is unknown', async () => {
    writeFileSync(join(folder, 'known_hosts'), '')
    const run = await runOf(start())
    writeFileSync(
      join(folder, 'known_hosts'),
      `[127.0.0.1]:${port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`,
    )
    expect(run.exitCode).toBe(4)
    expect(run.findings[0]?.fix).toBe('Connect once by hand with ssh, and check the key of the host.')
  })
})

/** The processes that have come of one, as /proc tells. */
function descendantsOf(parent: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Array<[pid: number, parent: number]> => {
      try {
        const [, rest = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')
        return [[Number(name), Number(rest.split(' ')[1])]]
      } catch {
        return []
      }
    })
  const children = parents.filter(([, of]) => of === parent).map(([pid]) => pid)
  return children.flatMap((pid) => [pid, ...descendantsOf(pid)])
}
