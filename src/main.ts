// The composition root: makes the Context from this process, runs the program, and sets the exit code.
import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { runProgram } from './cli/program.ts'
import type { Context } from './context.ts'
import type { Store } from './profile/store.ts'
import { Cancelled, exitCodes } from './errors.ts'
import { createFiles } from './io/files.ts'
import { createFetch } from './io/http.ts'
import { createPrompt } from './io/prompt.ts'
import { createInput, createOutput, startSpinner } from './io/terminal.ts'

declare const NV_VERSION: string

const { env, platform, stdin, stdout, stderr } = process
let store: Promise<Store> | undefined
const interruption = new AbortController()

const context: Context = {
  tool: {
    name: 'nv-cli',
    version: NV_VERSION,
    node: process.version,
    platform: `${platform} ${process.arch}`,
  },
  out: createOutput(stdout),
  err: createOutput(stderr),
  input: createInput(stdin),
  env,
  clock: {
    now: () => Date.now(),
    sleep: async (durationMs, signal) => {
      try {
        await delay(durationMs, undefined, signal ? { signal } : {})
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
  },
  signal: interruption.signal,
  random: (byteCount) => randomBytes(byteCount),
  fetch: createFetch(env),
  listen: async (...options) => (await import('./io/listener.ts')).listen(...options),
  open: async (url) => (await import('./io/browser.ts')).openInBrowser(url, { env, platform }),
  prompt: createPrompt({ input: stdin, output: stderr }),
  files: createFiles(process.cwd()),
  openStore: () =>
    (store ??= import('./io/store.ts').then(({ createStore }) =>
      createStore({ env, platform, homeDirectory: homedir() }),
    )),
  spinner: (text, signal) => startSpinner(text, signal, stderr),
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted)
    interruption.abort(new Cancelled())
  })
}

const exitCode = await runProgram(context, process.argv.slice(2))
await Promise.all([flush(stdout), flush(stderr)])
process.exit(exitCode)

/** Waits until what was written has left this process; pipes are written later than they are told to on some platforms. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
