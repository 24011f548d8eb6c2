// Running a program: its arguments as they are, its environment cut down, its end within the time limit.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRun } from '../../../src/io/run.ts'
import { promptly } from '../../support/promptly.ts'
import { makeFolder } from '../../support/store-harness.ts'

const env = { PATH: process.env['PATH'], NV_CLIENT_SECRET: 'canary' }
const signal = new AbortController().signal
const run = createRun(env)

function makeProgram(body: string): string {
  const program = join(makeFolder(), 'program')
  writeFileSync(program, `#!/bin/sh\n${body}\n`)
  chmodSync(program, 0o755)
  return program
}

describe.skipIf(process.platform === 'win32')('running a program', () => {
  test('hands over each argument as it is, and nothing that may be a secret', async () => {
    const program = makeProgram(`printf '%s\\n' "$@"; env; echo problem >&2; exit 3`)
    const finished = await run(program, ['$(id)', "a b'; c"], { signal, timeoutMs: 10_000 })
    expect(finished).toMatchObject({ exitCode: 3, stderr: 'problem\n' })
    expect(finished?.stdout).toContain("$(id)\na b'; c\n")
    expect(finished?.stdout).not.toContain('canary')
  })

  test('gives null when there is no such program', async () => {
    expect(await run('/nowhere/adb', [], { signal, timeoutMs: 10_000 })).toBeNull()
    expect(await run(makeFolder(), [], { signal, timeoutMs: 10_000 })).toBeNull()
  })

  test('ends one that takes too long, with what it has printed', async () => {
    const program = makeProgram('echo begun; exec sleep 60')
    const finished = await run(program, [], { signal, timeoutMs: 500 })
    expect(finished).toEqual({ exitCode: null, stdout: 'begun\n', stderr: '' })
  })

  test('does not wait for a server that the program left behind with its streams', async () => {
    const program = makeProgram('echo devices; sleep 20 & exit 0')
    const finished = await promptly(10_000, run(program, [], { signal, timeoutMs: 15_000 }))
    expect(finished).toMatchObject({ exitCode: 0, stdout: 'devices\n' })
  })

  test('ends with the reason of the signal', async () => {
    const aborting = new AbortController()
    const running = run(makeProgram('exec sleep 60'), [], { signal: aborting.signal, timeoutMs: 60_000 })
    aborting.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  })
})
