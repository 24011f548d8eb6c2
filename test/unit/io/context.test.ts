// A Context of a process that isn't this one: for programs that bring their own streams and signal.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { Cancelled } from '../../../src/errors.ts'
import { createContext, type ProcessLike } from '../../../src/io/context.ts'

function createProcess() {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') =>
    new PassThrough().setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    }) as unknown as NodeJS.WriteStream
  const { platform, arch, version, pid } = process
  const nothing = () => true
  const host: ProcessLike = {
    platform,
    arch,
    version,
    pid,
    env: { NV_CONFIG_DIR: '/nowhere', NV_STATE_DIR: join(tmpdir(), 'nv-test-runs') },
    cwd: () => '/',
    kill: nothing,
    on: nothing,
    removeListener: nothing,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  }
  return { host, written }
}

it('runs the program with its streams, and listens to nothing of this process', async () => {
  const before = process.eventNames()
  const { host, written } = createProcess()
  expect(await runProgram(createContext(host), ['verify', '+34600000001', '-p', 'simulator', '--json'])).toBe(
    0,
  )
  expect(JSON.parse(written.stdout)).toMatchObject({ outcome: 'verified', tool: { node: process.version } })
  expect(written.stderr).toContain('authorize')
  expect(process.eventNames()).toEqual(before)
})

it('ends with the signal that it is given', async () => {
  const { host, written } = createProcess()
  const over = new AbortController()
  const running = runProgram(createContext(host, { signal: over.signal }), [
    'simulate',
    '--port',
    '0',
    '--json',
  ])
  host.stdout.once('data', () => over.abort(new Cancelled('SIGTERM')))
  expect(await running).toBe(143)
  expect(written.stderr).toContain('Interrupted')
})

it('works from the root where the working folder is gone', () => {
  const { host } = createProcess()
  const cwd = () => {
    throw new Error('ENOENT')
  }
  expect(createContext({ ...host, cwd }).files.workingFolder).toBe('/')
})
