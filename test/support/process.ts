// Runs bin/nv.js and other programs as processes of their own, with nothing of this machine's environment.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectOwnSchema } from './schema.ts'

/** Where the runs of tests are saved that say nothing of it; it holds as many as nv keeps. */
const runs = join(tmpdir(), `nv-test-runs-${process.getuid?.() ?? 0}`)
const program = join(import.meta.dirname, '../../bin/nv.js')

export interface Finished {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunningProgram {
  readonly process: ChildProcessWithoutNullStreams
  /** What it has written so far. */
  readonly written: { readonly stdout: string; readonly stderr: string }
  /** Resolves with the match once stderr holds it; rejects when the process ends first. */
  untilStderr(pattern: RegExp): Promise<RegExpExecArray>
  untilStdout(pattern: RegExp): Promise<RegExpExecArray>
  readonly finished: Promise<Finished>
}

export interface ProgramOptions {
  env?: Record<string, string>
  cwd?: string
}

/** Starts nv. Its stdin stays open until someone ends it. */
export function startNv(
  args: readonly string[],
  { env = {}, ...options }: ProgramOptions = {},
): RunningProgram {
  return startProgram(process.execPath, [program, ...args], {
    ...options,
    env: { NV_CONFIG_DIR: '/nonexistent/nv', ...env },
  })
}

/** Starts a program. Its stdin stays open until someone ends it. */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = {}, cwd }: ProgramOptions = {},
): RunningProgram {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NV_STATE_DIR: runs, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const { written, finished } = collect(child)
  const until = (name: 'stdout' | 'stderr') => (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(written[name])
        if (match) resolve(match)
      }
      child[name].on('data', look)
      void finished.then((result) =>
        reject(new Error(`The program ended before ${pattern}: ${JSON.stringify(result)}`)),
      )
      look()
    })
  return { process: child, written, untilStderr: until('stderr'), untilStdout: until('stdout'), finished }
}

/** Gathers what a process writes, and how it ends. */
function collect(child: ChildProcessWithoutNullStreams) {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  const finished = once(child, 'close').then(([exitCode, signal]: unknown[]) => {
    expectOwnSchema(written.stdout)
    return { exitCode: exitCode as number | null, signal: signal as NodeJS.Signals | null, ...written }
  })
  return { written, finished }
}

/** Runs nv to its end, with that text as stdin. */
export function runNv(
  args: readonly string[],
  { input = '', ...options }: ProgramOptions & { input?: string } = {},
): Promise<Finished> {
  const running = startNv(args, options)
  running.process.stdin.on('error', () => {})
  running.process.stdin.end(input)
  return running.finished
}

/** Runs a line of bash that finds Node in $NODE and nv in $NV. */
export async function runShell(line: string): Promise<Finished> {
  const child = spawn('bash', ['-c', line], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      NV_STATE_DIR: runs,
      NODE: process.execPath,
      NV: program,
    },
  })
  return collect(child).finished
}
