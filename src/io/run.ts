// Runs a program to its end, and reads what it prints.
import { spawn } from 'node:child_process'
import type { RunCommand } from '../context.ts'
import { childEnvironment } from './child-environment.ts'

const maxBytes = 1024 * 1024

/** A program that left another one behind may have given it its streams: they need not end with it. */
const graceMs = 250

/** Makes the function that runs programs, for a process with that environment. */
export function createRun(env: Readonly<Record<string, string | undefined>>): RunCommand {
  return (program, args, { signal, timeoutMs }) => {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const child = startOrNull(() =>
        spawn(program, args, {
          env: childEnvironment(env),
          stdio: ['ignore', 'pipe', 'pipe'],
          windowsHide: true,
        }),
      )
      if (child === null) return resolve(null)
      const printed = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          printed[name] += text.slice(0, maxBytes - printed[name].length)
        })
      }
      const kill = () => child.kill('SIGKILL')
      const timer = setTimeout(kill, timeoutMs)
      let grace: NodeJS.Timeout | undefined
      const settle = (exitCode: number | null) => {
        clearTimeout(timer)
        clearTimeout(grace)
        signal.removeEventListener('abort', kill)
        child.stdout.destroy()
        child.stderr.destroy()
        if (signal.aborted) reject(signal.reason as Error)
        else resolve({ exitCode, ...printed })
      }
      signal.addEventListener('abort', kill, { once: true })
      child.once('error', () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', kill)
        resolve(null)
      })
      child.once('close', settle)
      child.once('exit', (exitCode) => {
        grace = setTimeout(settle, graceMs, exitCode)
      })
    })
  }
}

/** Starts a program; gives null where it is refused at once, as Windows refuses a script without a shell. */
export function startOrNull<Child>(start: () => Child): Child | null {
  try {
    return start()
  } catch {
    return null
  }
}
