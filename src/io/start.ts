// Starts a program that goes on beside nv, and sees to it that it ends with nv, however nv ends.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { execPath, kill, platform } from 'node:process'
import { isSea } from 'node:sea'
import type { Readable, Writable } from 'node:stream'
import type { StartedProgram, StartProgram } from '../context.ts'
import { childEnvironment } from './child-environment.ts'
import { guard, guardArgument, notStartedMark } from './guard.ts'

type Guard = ChildProcessByStdio<Writable, Readable, Readable>

/** A longer line is handed over in pieces. */
const maxLine = 4096

/** How long a stopped program has until its whole group is killed: less than nv itself has after a signal. */
const graceMs = 700

const lastLinesMs = 250

/** Makes the function that starts programs, for a process with that environment. */
export function createStart(env: Readonly<Record<string, string | undefined>>): StartProgram {
  return (program, args, { onLine, variables = [] }) => {
    const own = Object.fromEntries(variables.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
    const child = spawn(execPath, [...(isSea() ? [guardArgument] : ['-e', guard]), program, ...args], {
      env: { ...childEnvironment(env), ...own },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: what the program starts can be ended with it, and no Ctrl-C reaches it before nv.
      detached: platform !== 'win32',
      windowsHide: true,
    })
    child.stdin.on('error', () => {})
    let notStarted: string | null = null
    readLines(child.stdout, onLine)
    readLines(child.stderr, (line) => {
      if (line.startsWith(notStartedMark)) notStarted = line.slice(notStartedMark.length)
      else onLine(line)
    })
    const ended: StartedProgram['ended'] = new Promise((resolve) => {
      child.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) =>
        resolve({ exitCode: null, notStarted: code }),
      )
      child.once('exit', (exitCode) => {
        killGroup(child)
        const end = () => resolve({ exitCode: notStarted === null ? exitCode : null, notStarted })
        // Its last lines; a program that left the group may keep the streams open for ever.
        child.once('close', end)
        setTimeout(end, lastLinesMs).unref()
      })
    })
    return Promise.resolve({
      ended,
      stop: async () => {
        child.stdin.end()
        const timer = setTimeout(() => killGroup(child), graceMs)
        await ended
        clearTimeout(timer)
      },
    })
  }
}

/** Ends what is left of the group: the guard, the program, and what that has started. */
function killGroup({ pid }: Guard): void {
  if (pid === undefined || platform === 'win32') return
  try {
    kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left.
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  const flush = () => {
    if (rest.trim() !== '') onLine(rest)
    rest = ''
  }
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      for (let at = 0; at < line.length; at += maxLine) onLine(line.slice(at, at + maxLine))
    }
    if (rest.length >= maxLine) flush()
  })
  stream.once('end', flush).on('error', () => {})
}
