// A Context with buffers for streams, a clock that a test moves, and real HTTP on loopback.
import { randomBytes } from 'node:crypto'
import type {
  Clock,
  Context,
  FileFacts,
  Network,
  Output,
  Prompt,
  RunCommand,
  StartProgram,
} from '../../src/context.ts'
import type { Run } from '../../src/run/run.ts'
import type { PhoneChange, PhoneChanges } from '../../src/run/phone-changes.ts'
import type { RunStore } from '../../src/run/run-store.ts'
import type { Secrets, Store, StoredProfiles } from '../../src/settings/store.ts'
import { certify } from '../../src/io/certificates.ts'
import { createClock } from '../../src/io/clock.ts'
import { createFiles } from '../../src/io/files.ts'
import { listen } from '../../src/io/listener.ts'
import { network } from '../../src/io/network.ts'
import { createSend } from '../../src/io/send.ts'
import { createStart } from '../../src/io/start.ts'
import { openSocket } from '../../src/io/web-socket.ts'
import { decodeText } from '../../src/wire/text.ts'
import { expectOwnSchema } from './schema.ts'

export interface TestClock extends Clock {
  /** Moves the time, and wakes those whose time has come. */
  advance(durationMs: number): void
  /** Sets the clock forward, or back, while no time passes. */
  jump(durationMs: number): void
}

/** Makes a clock that stands still until it is moved. */
export function createTestClock(startMs = 1_750_000_000_000): TestClock {
  let nowMs = startMs
  let elapsedMs = 0
  const sleepers = new Set<{ wakeAt: number; wake: () => void }>()
  return {
    now: () => nowMs,
    elapsed: () => elapsedMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { wakeAt: elapsedMs + durationMs, wake: resolve }
        sleepers.add(sleeper)
        const stop = () => {
          sleepers.delete(sleeper)
          reject(signal?.reason as Error)
        }
        if (signal?.aborted) stop()
        else signal?.addEventListener('abort', stop, { once: true })
      }),
    advance: (durationMs) => {
      nowMs += durationMs
      elapsedMs += durationMs
      for (const sleeper of sleepers) {
        if (sleeper.wakeAt > elapsedMs) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
    jump: (durationMs) => {
      nowMs += durationMs
    },
  }
}

/** Makes a clock that runs, for clients that look at the true time. */
export function createRunningClock(): TestClock {
  return { ...createClock(), advance: () => {}, jump: () => {} }
}

export interface TestContext {
  context: Context
  clock: TestClock
  /** What was written to stdout. */
  out(): string
  /** What was written to stderr. */
  err(): string
  /** The URLs that were handed to the browser. */
  opened: string[]
  interrupt(reason: Error): void
}

export interface TestContextOptions {
  env?: Record<string, string>
  /** Whether stdin, stdout and stderr are terminals. */
  isTerminal?: boolean
  columns?: number
  rows?: number
  /** What stdin holds. */
  lines?: AsyncIterable<string> | Iterable<string>
  prompt?: Partial<Prompt>
  /** Whether there is a browser; what it does with the URL. */
  open?: (url: string) => boolean
  random?: (byteCount: number) => Uint8Array
  /** Files by path, as text or as bytes. */
  files?: Record<string, string | Uint8Array>
  /** What files are, by path; there are no others. */
  looks?: Record<string, FileFacts>
  /** Runs programs; by default none is installed. */
  run?: RunCommand
  /** Starts programs; by default really. */
  start?: StartProgram
  store?: Store
  runs?: RunStore
  phoneChanges?: PhoneChanges
  network?: Network
  /** Where the clock stands, in epoch milliseconds. */
  startMs?: number
}

/** Makes a store in memory. */
export function createTestStore(): Store {
  let stored: StoredProfiles = { default: null, profiles: {} }
  const secrets = new Map<string, Secrets>()
  const hosts: string[] = []
  const place = { kind: 'file', place: '/nowhere/secrets.json (mode 0600)' } as const
  return {
    hosts: {
      read: () => Promise.resolve([...hosts]),
      add: (host) => {
        hosts.push(host)
        return Promise.resolve()
      },
    },
    profiles: {
      path: '/nowhere/profiles.json',
      read: () => Promise.resolve(structuredClone(stored)),
      update: (change) => {
        stored = change(structuredClone(stored))
        return Promise.resolve()
      },
    },
    secrets: {
      describe: () => Promise.resolve(place),
      list: () => Promise.resolve([...secrets.keys()]),
      read: (name) => Promise.resolve({ ...secrets.get(name) }),
      locate: (name) => Promise.resolve(secrets.has(name) ? place : null),
      remove: (name) => {
        secrets.delete(name)
        return Promise.resolve(null)
      },
      write: (name, values) => {
        secrets.set(name, values)
        return Promise.resolve(place)
      },
    },
    warnings: () => [],
  }
}

/** Makes a store of runs in memory. */
export function createTestRuns(): RunStore {
  const runs = new Map<string, Run>()
  return {
    folder: '/nowhere/runs',
    save: async (run) => void runs.set(run.id, structuredClone(run)),
    names: async () => [...runs.values()].map(({ id, startedAt }) => ({ id, startedAt })).toReversed(),
    read: async ({ id }) => runs.get(id) ?? null,
    remove: async ({ id }) => runs.delete(id),
    warnings: () => [],
  }
}

/** Makes what is to be put back on phones, in memory: of processes that are gone, what is given. */
export function createTestPhoneChanges(left: PhoneChange[] = []): PhoneChanges {
  let abandoned = left
  return {
    add: (change) => Promise.resolve({ id: 'own', ...change }),
    abandoned: () => Promise.resolve(abandoned),
    forget: ({ id }) => {
      abandoned = abandoned.filter((change) => change.id !== id)
      return Promise.resolve()
    },
  }
}

/** Makes a Context of which nothing reaches the machine but sockets on loopback. */
export function createTestContext(options: TestContextOptions = {}): TestContext {
  const { env = {}, isTerminal = false, columns = 80, rows = 24, lines = [] } = options
  const written = { out: '', err: '' }
  const opened: string[] = []
  const clock = createTestClock(options.startMs)
  const store = options.store ?? createTestStore()
  const runs = options.runs ?? createTestRuns()
  const interruption = new AbortController()
  const output = (name: 'out' | 'err'): Output => ({
    write: (text) => {
      written[name] += text
    },
    isTerminal,
    columns,
    rows,
  })
  const unexpected = () => Promise.reject(new Error('Nothing was to be asked'))
  const readBytes = (path: string) => {
    const file = options.files?.[path]
    return Promise.resolve(file === undefined ? null : Buffer.from(file as string))
  }
  const readFile = async (path: string) => {
    const bytes = await readBytes(path)
    return bytes && (decodeText(bytes) ?? bytes.toString('utf8'))
  }
  const context: Context = {
    tool: { name: 'nv-cli', version: '0.0.0-test', node: 'v20.19.0', platform: 'test' },
    out: output('out'),
    err: output('err'),
    input: {
      isTerminal,
      lines: async function* () {
        yield* lines
      },
      text: async () => {
        const read: string[] = []
        for await (const line of lines) read.push(line)
        return read.join('\n')
      },
    },
    env,
    clock,
    signal: interruption.signal,
    random: options.random ?? ((byteCount) => randomBytes(byteCount)),
    send: createSend(env),
    openSocket,
    listen,
    certify,
    network: options.network ?? network,
    open: (url) => {
      opened.push(url)
      return Promise.resolve(options.open?.(url) ?? true)
    },
    run: options.run ?? (() => Promise.resolve(null)),
    start: options.start ?? createStart(options.env ?? {}),
    attach: () => Promise.resolve(null),
    prompt: {
      text: unexpected,
      secret: unexpected,
      choice: unexpected,
      confirm: unexpected,
      paste: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        }),
      ...options.prompt,
    },
    files: {
      ...createFiles('/nowhere'),
      read: readFile,
      readBytes,
      readTrusted: readFile,
      look: (path) => Promise.resolve(options.looks?.[path] ?? null),
    },
    openStore: () => Promise.resolve(store),
    openRuns: () => Promise.resolve(runs),
    openPhoneChanges: () => Promise.resolve(options.phoneChanges ?? createTestPhoneChanges()),
    spinner: () => Promise.resolve({ update: () => {} }),
  }
  return {
    context,
    clock,
    out: () => {
      expectOwnSchema(written.out)
      return written.out
    },
    err: () => written.err,
    opened,
    interrupt: (reason) => interruption.abort(reason),
  }
}
