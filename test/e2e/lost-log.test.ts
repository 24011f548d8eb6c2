// A log that can't be written: nv ends, and says why where it still can.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { isRoot, nobody } from '../support/store-harness.ts'
import { runShell } from '../support/process.ts'

const program = join(import.meta.dirname, '../../bin/nv.js')

/** Starts the simulator with a stderr on a device that is full, and asks it for something. */
async function simulateWithoutLog(): Promise<{ exitCode: unknown; lines: string[] }> {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [program, 'simulate', '--port', '0'], {
    stdio: ['ignore', 'pipe', full],
  })
  closeSync(full)
  const closed = once(child, 'close')
  const lines: string[] = []
  let isAsked = false
  if (child.stdout === null) throw new Error('There is no pipe to its stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const base = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (base === undefined || isAsked) continue
    isAsked = true
    await fetch(`${base}/x`).catch(() => {})
  }
  const [exitCode] = (await closed) as unknown[]
  return { exitCode, lines }
}

describe.skipIf(!existsSync('/dev/full'))('nv simulate with a log that is full', () => {
  it('says so on stdout, exit 4', async () => {
    const { exitCode, lines } = await simulateWithoutLog()
    expect(exitCode).toBe(4)
    expect(lines.at(-1)).toBe("nv stopped: it can't write to stderr (ENOSPC)")
  })

  it('says so on stderr with --json, whose log goes to stdout', async () => {
    const { exitCode, stderr } = await runShell('"$NODE" "$NV" simulate --port 0 --json >/dev/full')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: "nv can't write its result to stdout (ENOSPC).\n",
    })
  })
})

it.skipIf(process.platform === 'win32')(
  'nv simulate --tls works under umask 0777, and leaves nothing',
  async () => {
    const become = isRoot ? `setpriv --reuid=${nobody} --regid=${nobody} --clear-groups ` : ''
    const folder = '$(mktemp -d)'
    const line = `F=${folder}; chmod 777 $F; umask 777; TMPDIR=$F ${become}"$NODE" "$NV" simulate --port 0 --tls --timeout 50ms; E=$?; ls -A $F; rmdir $F; exit $E`
    const { exitCode, stdout, stderr } = await runShell(line)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^The simulator listens at .*\n[^]*nv verify \+34600000001 --via direct\n$/)
  },
)
