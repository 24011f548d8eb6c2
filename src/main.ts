// The composition root: makes the Context from this process, runs the program, and sets the exit code.
import { homedir } from 'node:os'
import { runProgram } from './cli/program.ts'
import type { Context } from './context.ts'
import { Cancelled, type ExitCode, exitCodes } from './errors.ts'
import { sleep } from './io/clock.ts'
import { createFiles } from './io/files.ts'
import { network } from './io/network.ts'
import { createPrompt } from './io/prompt.ts'
import { createRandom } from './io/random.ts'
import { createSend } from './io/send.ts'
import { createInput, createOutput, startSpinner } from './io/terminal.ts'
import type { Store } from './profile/store.ts'

declare const NV_VERSION: string

const args = process.argv.slice(2)

// Colour is decided by NO_COLOR alone, so that no library has to be told of the flag.
if (args.includes('--no-color')) process.env['NO_COLOR'] = '1'

// Whatever nobody foresaw must not end with the exit code of a mismatch, which is that of Node.
process.on('uncaughtException', crash)
process.on('unhandledRejection', crash)

await main()

async function main(): Promise<never> {
  const exitCode = await runProgram(createContext(), args)
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  process.exit(exitCode)
}

function createContext(): Context {
  const { env, platform, stdin, stdout, stderr } = process
  let store: Promise<Store> | undefined
  const openStore = async () => {
    const { createStore } = await import('./io/store.ts')
    return createStore({ env, platform, homeDirectory: homedir() })
  }
  return {
    tool: {
      name: 'nv-cli',
      version: NV_VERSION,
      node: process.version,
      platform: `${platform} ${process.arch}`,
    },
    out: createOutput(stdout, (error) =>
      giveUp(exitCodes.setup, `stdout can't be written: ${error.message}`),
    ),
    err: createOutput(stderr, () => giveUp(exitCodes.setup)),
    input: createInput(stdin),
    env,
    clock: { now: () => Date.now(), sleep },
    signal: interruption(),
    random: createRandom(),
    send: createSend(env),
    listen: async (...options) => (await import('./io/listener.ts')).listen(...options),
    certify: async (...options) => (await import('./io/certificates.ts')).certify(...options),
    network,
    open: async (url) => (await import('./io/browser.ts')).openInBrowser(url, { env, platform }),
    prompt: createPrompt({ input: stdin, output: stderr }),
    files: createFiles(currentFolder()),
    openStore: () => (store ??= openStore()),
    spinner: (text, signal) => startSpinner(text, signal, stderr),
  }
}

/** Gives a signal that aborts with the first interruption; a second one ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted)
      controller.abort(new Cancelled())
    })
  }
  return controller.signal
}

/** Gives the working folder; the root when it was removed meanwhile. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

function crash(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  giveUp(
    exitCodes.bug,
    `This is a bug in nv. Please report it with these lines:\nnv ${NV_VERSION}, Node ${process.version}\n${stack}`,
  )
}

/** Ends the process at once, with a last word where it can still be written. */
function giveUp(exitCode: ExitCode, lastWord?: string): void {
  if (lastWord !== undefined) process.stderr.write(`${lastWord}\n`, () => process.exit(exitCode))
  else process.exit(exitCode)
}

/** Waits until what was written has left this process; on some platforms a pipe is written later. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
