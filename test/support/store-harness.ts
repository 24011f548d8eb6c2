// Folders, stores and other processes for the tests of the stores.
import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { Problem } from '../../src/errors.ts'
import { createStore } from '../../src/io/store.ts'
import type { StoreOptions } from '../../src/io/store.ts'
import type { Store } from '../../src/settings/store.ts'
import type { ProfileCommandName } from './profile-commands.ts'

export interface StoreTask {
  action:
    | 'addProfiles'
    | 'addSecrets'
    | 'rewriteForever'
    | 'saveRuns'
    | 'lockAndDie'
    | 'addOne'
    | 'secretRoundTrip'
    | 'readProfiles'
    | 'readSecrets'
    | 'describe'
    | 'listSignalsHeard'
    | 'profileCommand'
  folder: string
  prefix?: string
  count?: number
  umask?: number
  uid?: number
  secretStore?: string
  command?: ProfileCommandName
  /** The file-system call at which the process is killed, counted from 0. */
  killAt?: number
}

export const isRoot = process.getuid?.() === 0
/** The user `nobody`, to whom modes apply. */
export const nobody = 65534

// With both variables set, as vitest does, newer versions of Node print a warning.
const { NO_COLOR: _, ...quietEnvironment } = process.env

/** Makes a folder that other users can pass through; it is removed when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nv-store-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Makes a store whose folder was chosen with NV_CONFIG_DIR. */
export function storeIn(folder: string, options: Partial<StoreOptions> = {}): Store {
  const { env, ...rest } = options
  return createStore({
    env: { NV_SECRET_STORE: 'file', ...env, NV_CONFIG_DIR: folder },
    platform: process.platform,
    homeDirectory: '/nonexistent',
    ...rest,
  })
}

/** Tells the problem of the error that a promise rejects with. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise
  } catch (error) {
    return (error as { problem: Problem }).problem
  }
  throw new Error('It was expected to fail, and did not')
}

/** Tells the permission bits of a file or folder. */
export function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o7777).toString(8)
}

export interface StoreProcess {
  child: ChildProcessByStdio<null, Readable, Readable>
  /** What it ended with: the signal that killed it, or what it printed last. */
  ended: Promise<{ signal: string | null; answer: StoreAnswer }>
}

export interface StoreAnswer {
  result?: unknown
  warnings?: string[]
  problem?: Problem
  /** What it printed on stderr. */
  errors: string
}

/** Bundles the process of the tests before them; inside the project, so that it finds the packages. */
export function useStoreProcess(): (task: StoreTask, through?: string[]) => StoreProcess {
  const parent = join(import.meta.dirname, '..', '..', 'node_modules', '.cache')
  let folder = ''
  beforeAll(async () => {
    mkdirSync(parent, { recursive: true })
    folder = mkdtempSync(join(parent, 'nv-store-process-'))
    await build({
      entryPoints: [join(import.meta.dirname, 'store-process.ts')],
      outfile: join(folder, 'store-process.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: { js: "import{createRequire as cr}from'node:module';const require=cr(import.meta.url);" },
      external: ['@napi-rs/keyring'],
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (task, through = []) => {
    const command = [...through, process.execPath, join(folder, 'store-process.mjs'), JSON.stringify(task)]
    return follow(
      spawn(command[0] ?? '', command.slice(1), { env: quietEnvironment, stdio: ['ignore', 'pipe', 'pipe'] }),
    )
  }
}

function follow(child: StoreProcess['child']): StoreProcess {
  return { child, ended: readEnd(child) }
}

async function readEnd(
  child: StoreProcess['child'],
): Promise<{ signal: string | null; answer: StoreAnswer }> {
  const closed = once(child, 'close')
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  const answer: StoreAnswer = output.includes('{') ? JSON.parse(output.slice(output.indexOf('{'))) : {}
  return { signal: child.signalCode, answer: { ...answer, errors } }
}
