// The desktop's keychain, asked by a process of its own: the library connects in a blocking call, and a
// service that never answers would hang nv itself, its time-outs and its exit included.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment } from './child-environment.ts'

/** Each call rejects with a KeychainError that says why, and never with a secret. */
export interface Keychain {
  /** What the user calls it: `the login keychain`. */
  readonly place: string
  /** Resolves when it is there and answers. */
  probe(): Promise<void>
  read(account: string): Promise<string | null>
  write(account: string, password: string): Promise<void>
  remove(account: string): Promise<void>
}

/** There is no keychain, or it doesn't answer, or refused; the message is a clause that completes "since …". */
export class KeychainError extends Error {
  override name = 'KeychainError'
}

export interface KeychainOptions {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  /** Ends a question that is under way. */
  signal?: AbortSignal | undefined
  /** How long it may take to say that it is there. */
  answerWithinMs?: number
  /** How long one request may take after that: the user may be asked to unlock it. */
  finishWithinMs?: number
}

interface Request {
  action: 'probe' | 'read' | 'write' | 'remove'
  account?: string
  password?: string
}

type Answer = { value: string | null } | { error: string }

const places: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'the login keychain',
  win32: 'the Windows Credential Manager',
}

// Looking up an account that nobody has tells whether the keychain answers, and asks for no unlocking.
const askingProgram = `
const { readFileSync, writeSync } = require('node:fs')
const answer = (value) => writeSync(1, JSON.stringify(value) + '\\n')
const ask = async () => {
  const { action, account, password } = JSON.parse(readFileSync(0, 'utf8'))
  const { AsyncEntry } = require(process.argv[1])
  const entryOf = (name) => new AsyncEntry('nv', name, { linux: { store: 'secret-service' } })
  await entryOf('nv keychain probe').getPassword()
  answer({ value: null })
  if (action === 'read') answer({ value: await entryOf(account).getPassword() })
  if (action === 'write') answer({ value: await entryOf(account).setPassword(password) ?? null })
  if (action === 'remove') answer({ value: await entryOf(account).deleteCredential() ? '' : null })
}
ask().catch((error) => answer({ error: String(error.message) }))
`

/** Makes the keychain of this platform. Touches nothing until it is asked. */
export function createKeychain(options: KeychainOptions): Keychain {
  return {
    place: places[options.platform] ?? 'the Secret Service keychain',
    async probe() {
      await ask(options, { action: 'probe' })
    },
    read: (account) => ask(options, { action: 'read', account }),
    async write(account, password) {
      await ask(options, { action: 'write', account, password })
    },
    async remove(account) {
      await ask(options, { action: 'remove', account })
    },
  }
}

async function ask(options: KeychainOptions, request: Request): Promise<string | null> {
  const { env, platform, answerWithinMs = 3_000, finishWithinMs = 60_000, signal } = options
  if (platform === 'linux' && !env['DBUS_SESSION_BUS_ADDRESS']) {
    throw new KeychainError('there is no system keychain in this session')
  }
  signal?.throwIfAborted()
  const child = startAsking(env)
  const stop = (): void => void child.kill('SIGKILL')
  process.once('exit', stop)
  signal?.addEventListener('abort', stop)
  try {
    child.stdin.end(JSON.stringify(request))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const first = await nextAnswer(lines, answerWithinMs)
    if (request.action === 'probe') return first
    return await nextAnswer(lines, finishWithinMs)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    process.removeListener('exit', stop)
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

function startAsking(env: KeychainOptions['env']): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(process.execPath, ['-e', askingProgram, findLibrary()], {
    env: childEnvironment(env),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  // A process that can't start, or ends early, is noticed by the end of its output.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  return child
}

function findLibrary(): string {
  try {
    return createRequire(import.meta.url).resolve('@napi-rs/keyring')
  } catch {
    throw new KeychainError(
      "the keychain can't be used: the optional package @napi-rs/keyring is not installed",
    )
  }
}

async function nextAnswer(lines: AsyncIterator<string>, withinMs: number): Promise<string | null> {
  const timer = new AbortController()
  const late = sleep(withinMs, null, { signal: timer.signal })
  try {
    const line = await Promise.race([lines.next(), late])
    if (line === null) throw new KeychainError(`the keychain did not answer within ${withinMs / 1000} s`)
    if (line.done) throw new KeychainError("the keychain can't be asked: the process that asks it ended")
    const answer: Answer = JSON.parse(line.value)
    if ('error' in answer) throw new KeychainError(`the keychain refused: ${printable(answer.error)}`)
    return answer.value
  } finally {
    late.catch(() => {})
    timer.abort()
  }
}

/** Cuts a message of the system to one short line that is safe on a terminal. */
function printable(message: string): string {
  return message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200)
}
