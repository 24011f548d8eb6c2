// Runs nv in this process, with files, sockets and streams as real as those of one of its own, in a tenth of the time.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { runProgram } from '../../src/cli/program.ts'
import { createContext, type ProcessLike } from '../../src/io/context.ts'
import type { Finished, ProgramOptions } from './process.ts'
import { expectOwnSchema } from './schema.ts'

/** Makes what a Context takes of a process, and tells what is written to its streams. */
export function createProcess({ env = {}, cwd = '/' }: ProgramOptions = {}): {
  host: ProcessLike
  written: { stdout: string; stderr: string }
} {
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
    env: { NV_CONFIG_DIR: '/nonexistent/nv', NV_STATE_DIR: join(tmpdir(), 'nv-test-runs'), ...env },
    cwd: () => cwd,
    kill: nothing,
    on: nothing,
    removeListener: nothing,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  }
  return { host, written }
}

/** Runs nv to its end, with that text as stdin. What it doesn't foresee rejects. */
export async function runHere(
  args: readonly string[],
  { input = '', ...options }: ProgramOptions & { input?: string } = {},
): Promise<Finished> {
  const { host, written } = createProcess(options)
  ;(host.stdin as unknown as PassThrough).end(input)
  const exitCode = await runProgram(createContext(host), args)
  expectOwnSchema(written.stdout)
  return { exitCode, signal: null, ...written }
}
