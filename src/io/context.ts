// Makes the Context of a process: every port, of which the heavy ones load their libraries when they are used.
import { homedir } from 'node:os'
import type { Context, Send } from '../context.ts'
import type { RunStore } from '../run/run-store.ts'
import type { Store } from '../settings/store.ts'
import { createClock } from './clock.ts'
import { createFiles } from './files.ts'
import { network } from './network.ts'
import type { Interruption } from './interruption.ts'
import { createPrompt } from './prompt.ts'
import { createRandom } from './random.ts'
import type { Job } from './stoppable-terminal.ts'
import { createInput, createOutput, startSpinner } from './terminal.ts'

declare const NV_VERSION: string

/** What a Context takes of a process: that of Node has all of it. */
export interface ProcessLike extends Job {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly version: string
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  cwd(): string
}

export interface ContextOptions {
  /** Aborts, with a Cancelled, when the command is to end; by default it never does. */
  signal?: AbortSignal
  /** Hands the signals for this process to somebody else; by default nobody listens to them. */
  divert?: Interruption['divert']
}

/** Makes the Context of a process. Listens to nothing, and opens nothing before a port is used. */
export function createContext(
  process: ProcessLike,
  { signal = new AbortController().signal, divert = () => () => {} }: ContextOptions = {},
): Context {
  const { env, platform, stdin, stdout, stderr } = process
  let store: Promise<Store> | undefined
  const openStore = async () => {
    const { createStore } = await import('./store.ts')
    return createStore({ env, platform, homeDirectory: homedir(), signal })
  }
  let send: Promise<Send> | undefined
  const loadSend = async () => (await import('./send.ts')).createSend(env)
  let runs: Promise<RunStore> | undefined
  const openRuns = async () => {
    const { createRunStore } = await import('./run-store.ts')
    return createRunStore({ env, platform, homeDirectory: homedir() })
  }
  return {
    tool: describeTool(process),
    out: createOutput(stdout, env, platform),
    err: createOutput(stderr, env, platform),
    input: createInput(stdin),
    env,
    clock: createClock(),
    signal,
    random: createRandom(),
    send: async (...options) => (await (send ??= loadSend()))(...options),
    openSocket: async (...options) => (await import('./web-socket.ts')).openSocket(...options),
    listen: async (...options) => (await import('./listener.ts')).listen(...options),
    certify: async (...options) => (await import('./certificates.ts')).certify(...options),
    network,
    open: async (url) => (await import('./browser.ts')).openInBrowser(url, { env, platform }),
    run: async (...options) => (await import('./run.ts')).createRun(env)(...options),
    start: async (...options) => (await import('./start.ts')).createStart(env)(...options),
    attach: async (...options) => (await import('./attach.ts')).createAttach(env, divert)(...options),
    prompt: createPrompt({ input: stdin, output: stderr }, process),
    files: createFiles(currentFolder(process), { signal }),
    openStore: () => (store ??= openStore()),
    openRuns: () => (runs ??= openRuns()),
    openPhoneChanges: async () => {
      const { createPhoneChanges } = await import('./phone-changes.ts')
      return createPhoneChanges({ env, platform, homeDirectory: homedir() })
    },
    spinner: (text, until) => startSpinner(text, until, stderr),
  }
}

/** Says which nv runs where; the build writes its version in. */
export function describeTool({
  version,
  platform,
  arch,
}: Pick<ProcessLike, 'version' | 'platform' | 'arch'>): Context['tool'] {
  return {
    name: 'nv-cli',
    version: typeof NV_VERSION === 'string' ? NV_VERSION : '0.0.0-source',
    node: version,
    platform: `${platform} ${arch}`,
  }
}

/** Gives the working folder; the root when it was removed meanwhile. */
function currentFolder({ cwd }: Pick<ProcessLike, 'cwd'>): string {
  try {
    return cwd()
  } catch {
    return '/'
  }
}
