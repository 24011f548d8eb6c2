// nv on a terminal of its own, by way of Python's pty module.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { startProgram } from './process.ts'

const root = join(import.meta.dirname, '../..')

/** Python 3.9 or newer, where there are terminals at all. */
export const hasTerminals =
  process.platform !== 'win32' &&
  spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0

if (!hasTerminals) process.stderr.write('Without Python 3.9 no test runs nv on a terminal.\n')

export interface Ended {
  exitCode: number | null
  signal: string | null
}

export interface Stopped {
  stopped: string
  /** Whether the terminal echoes what is typed, and hands it on in lines. */
  echo: boolean
  lines: boolean
}

export interface TerminalProgram {
  type(text: string): void
  signal(signal: NodeJS.Signals): void
  /** Closes the terminal, as a window that is closed does. */
  close(): void
  /** What was shown so far, without what only moves and colours. */
  shown(): string
  /** Resolves once what was shown from there on matches. */
  untilShown(pattern: RegExp, from?: number): Promise<void>
  /** Resolves with the next stop. */
  stopped(): Promise<Stopped>
  readonly ended: Promise<Ended>
}

/** Starts nv on a new terminal of 120 columns. */
export async function startOnTerminal(
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd?: string },
): Promise<TerminalProgram> {
  const script = join(import.meta.dirname, 'terminal.py')
  const nv = [process.execPath, join(root, 'bin/nv.js'), ...args]
  const program = startProgram('python3', [script, ...nv], {
    env: { TERM: 'xterm', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const child = program.process
  const facts = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => JSON.parse(String((await facts.next()).value)) as T
  const { pid } = await next<{ pid: number }>()
  const shown = () => stripVTControlCharacters(program.written.stdout)
  const ended = program.finished.then(
    ({ stderr }) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Ended,
  )
  return {
    type: (text) => void child.stdin.write(text),
    signal: (signal) => void process.kill(pid, signal),
    close: () => void child.stdin.end(),
    shown,
    untilShown: async (pattern, from = 0) => {
      while (!pattern.test(shown().slice(from))) {
        const end = ended.then((end) =>
          Promise.reject(new Error(`It ended: ${JSON.stringify(end)} ${shown()}`)),
        )
        await Promise.race([once(child.stdout, 'data'), end])
      }
    },
    stopped: next,
    ended,
  }
}
