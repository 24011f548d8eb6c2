// Runs a program instead of nv: on its streams, with its environment and its signals.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Attach } from '../context.ts'
import type { Interruption } from './interruption.ts'
import { startOrNull } from './run.ts'

/** How long a program may take to end after it was asked to. */
const graceMs = 5000

/** Makes the function that runs programs instead of nv, for a process with that environment. */
export function createAttach(
  env: Readonly<Record<string, string | undefined>>,
  divert: Interruption['divert'],
): Attach {
  return (program, args, { variables, signal }) => {
    const child = startOrNull(() => spawn(program, args, { env: { ...env, ...variables }, stdio: 'inherit' }))
    if (child === null) return Promise.resolve(null)
    // A Ctrl-C reaches the whole job by itself: handed on, it would come twice.
    const isOnTerminal = [0, 1, 2].some((file) => isatty(file))
    const restore = divert((sent) => void (sent === 'SIGINT' && isOnTerminal ? null : child.kill(sent)))
    let timer: NodeJS.Timeout | undefined
    const stop = () => {
      child.kill('SIGTERM')
      timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    }
    signal.addEventListener('abort', stop, { once: true })
    return new Promise<{ exitCode: number } | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once('exit', (exitCode, sent) =>
        resolve({ exitCode: exitCode ?? 128 + (sent === null ? 0 : constants.signals[sent]) }),
      )
    }).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      restore()
    })
  }
}
