import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStart } from '../../../src/io/start.ts'
import { isRunning, untilGone } from '../../support/gone.ts'
import { promptly } from '../../support/promptly.ts'

const isUnix = process.platform !== 'win32'
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nv-start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a program that prints its process id and those of its children, and goes on. */
function script(body: string): string {
  const path = join(folder, 'program')
  writeFileSync(path, `#!${process.execPath}\n${body}`)
  chmodSync(path, 0o755)
  return path
}

interface Lines {
  onLine(line: string): void
  until(pattern: RegExp): Promise<string>
  untilCount(count: number): Promise<void>
  all: string[]
}

function collectLines(): Lines {
  const all: string[] = []
  const waiting: Array<() => void> = []
  const when = <T>(found: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const value = found()
        if (value !== undefined) resolve(value)
      }
      waiting.push(look)
      look()
    })
  return {
    all,
    onLine: (line) => {
      all.push(line)
      for (const look of waiting) look()
    },
    until: (pattern) => when(() => all.find((line) => pattern.test(line))),
    untilCount: async (count) => void (await when(() => (all.length >= count ? true : undefined))),
  }
}

const goesOn = "console.log('pid', process.pid); setInterval(() => {}, 1e6)"
const pidIn = (line: string) => Number(line.split(' ')[1])

describe.skipIf(!isUnix)('a program that goes on beside nv', () => {
  it('is heard line by line, on both streams, whatever ends a line', async () => {
    const path = script("process.stdout.write('one\\r\\ntwo\\rthree'); process.stderr.write('err\\n')")
    const lines = collectLines()
    const { ended } = await createStart({})(path, [], lines)
    expect(await ended).toEqual({ exitCode: 0, notStarted: null })
    expect(lines.all.toSorted()).toEqual(['err', 'one', 'three', 'two'])
  })

  it('gets its arguments as they are, and none of the variables that it was not promised', async () => {
    const path = script(
      'console.log(JSON.stringify([process.argv.slice(2), process.env.NV_CLIENT_SECRET, process.env.NGROK_AUTHTOKEN]))',
    )
    const lines = collectLines()
    const env = { PATH: process.env['PATH'], NV_CLIENT_SECRET: 's3cret', NGROK_AUTHTOKEN: 'its own' }
    const args = ['$(id)', 'a b', "it's", '--flag']
    const { ended } = await createStart(env)(path, args, { ...lines, variables: ['NGROK_AUTHTOKEN'] })
    await ended
    expect(JSON.parse(lines.all[0] ?? '')).toEqual([args, null, 'its own'])
  })

  it('cuts an endless line into pieces', async () => {
    const path = script("process.stdout.write('x'.repeat(100_000))")
    const lines = collectLines()
    await (
      await createStart({})(path, [], lines)
    ).ended
    expect(lines.all.join('')).toHaveLength(100_000)
    expect(Math.max(...lines.all.map((line) => line.length))).toBeLessThanOrEqual(64 * 1024 + 4096)
  })

  it('tells how it ended', async () => {
    const { ended } = await createStart({})(script('process.exit(7)'), [], collectLines())
    expect(await ended).toEqual({ exitCode: 7, notStarted: null })
  })

  it('says that it could not be started', async () => {
    const lines = collectLines()
    const { ended } = await createStart({})(join(folder, 'absent'), [], lines)
    expect(await ended).toEqual({ exitCode: null, notStarted: 'ENOENT' })
    expect(lines.all).toEqual([])
  })

  it('has no exit code when a signal killed it', async () => {
    const { ended } = await createStart({})(
      script("process.kill(process.pid, 'SIGKILL')"),
      [],
      collectLines(),
    )
    expect(await ended).toEqual({ exitCode: null, notStarted: null })
  })

  it('is gone when it was stopped, with what it has started', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(goesOn)}], { stdio: 'inherit' })`
    const lines = collectLines()
    const started = await createStart({})(script(`${child}\n${goesOn}`), [], lines)
    await lines.untilCount(2)
    await started.stop()
    for (const line of lines.all) expect(isRunning(pidIn(line))).toBe(false)
  })

  it('is gone within a second though it does not want to be', async () => {
    const lines = collectLines()
    const body = `for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {}); ${goesOn}`
    const started = await createStart({})(script(body), [], lines)
    const pid = pidIn(await lines.until(/pid/))
    await promptly(2000, started.stop())
    expect(isRunning(pid)).toBe(false)
  })

  it('takes what it has started along when it ends by itself', async () => {
    const child = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(goesOn)}], { stdio: 'inherit' })`
    const lines = collectLines()
    const path = script(`${child}\nsetTimeout(() => process.exit(3), 300)`)
    const { ended } = await createStart({})(path, [], lines)
    expect(await ended).toEqual({ exitCode: 3, notStarted: null })
    for (const line of lines.all) await untilGone(pidIn(line))
  })
})
