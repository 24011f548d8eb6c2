// A Context of a process that isn't this one: for programs that bring their own streams and signal.
import { expect, it } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { Cancelled } from '../../../src/errors.ts'
import { createContext } from '../../../src/io/context.ts'
import { createProcess } from '../../support/run-here.ts'

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
