// What is said of a tunnel's program that behaves as none of the known ones do: no more than was seen.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SetupError } from '../../src/errors.ts'
import { createFiles } from '../../src/io/files.ts'
import { createStart } from '../../src/io/start.ts'
import { openTunnel } from '../../src/reach/open-tunnel.ts'
import { readTunnel } from '../../src/reach/tunnels.ts'
import { createRunningClock } from '../support/context.ts'
import { makeFolder } from '../support/store-harness.ts'

/** Opens a tunnel whose program is that text, and gives the problem that it ends with. */
async function problemOf(program: string, text: string, timeLeftMs = 20_000) {
  const folder = makeFolder()
  const path = join(folder, program)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  const ports = {
    env: { PATH: folder },
    tool: { name: 'nv', version: '0', node: 'v20', platform: `${process.platform} x64` },
    signal: new AbortController().signal,
    clock: createRunningClock(),
    files: createFiles('/'),
    start: createStart({ PATH: folder }),
  }
  const asked = { local: { host: '127.0.0.1', port: 8080 }, redirectUri: null, timeLeftMs }
  const error: unknown = await openTunnel(ports, readTunnel(program), asked).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return (error as SetupError).problem
}

const script = (body: string) => `#!${process.execPath}\n${body}\n`

describe.skipIf(process.platform === 'win32')('the program of a tunnel', () => {
  it('ends after it printed its address: the address is named', async () => {
    const problem = await problemOf(
      'cloudflared',
      script("console.error('INF |  https://four-words-here-now.trycloudflare.com  |')"),
    )
    expect(problem.title).toBe(
      'cloudflared ended before https://four-words-here-now.trycloudflare.com was up (exit code 0)',
    )
  })

  it('is killed: no exit code is made up', async () => {
    const problem = await problemOf('cloudflared', script("process.kill(process.pid, 'SIGKILL')"))
    expect(problem.title).toBe('cloudflared ended before it had an address')
    expect(problem.cause).toBe('It said nothing.')
  })

  it('can not be started: the system says so, and not the program', async () => {
    const problem = await problemOf('cloudflared', '#!/nonexistent/interpreter\n')
    expect(problem.title).toBe("cloudflared is installed, but this machine can't start it")
    expect(problem.cause).toMatch(/^The system reports ENOENT\./)
  })

  it('does not trust the network: nobody is told to wait a minute', async () => {
    const says = 'failed to request quick Tunnel: tls: failed to verify certificate: x509: unknown authority'
    const problem = await problemOf('cloudflared', script(`console.error('${says}'); process.exitCode = 1`))
    expect(problem.cause).toContain('x509')
    expect(problem.fix).not.toContain('minute')
  })

  it('waits for an answer that nobody can give: it is not the network that is blamed', async () => {
    const body = "console.log('Press Y to accept'); setInterval(() => {}, 1e6)"
    const problem = await problemOf('devtunnel', script(body), 1500)
    expect(problem.title).toBe('nv read no public address from devtunnel within 2 s')
    expect(problem.cause).toContain('Press Y to accept')
    expect(problem.fix).not.toContain('network')
  })
})
