// A lock between processes: a folder that holds one file, named after the process that holds the lock.
//
// The folder is prepared under another name and renamed into place, which fails while the lock's folder has a
// file in it: so a lock is never there without its owner's name. An owner that died is removed by that name,
// which is unique: of two processes that remove it, neither can remove the lock that the other took meanwhile.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupError } from '../errors.ts'
import { shellQuote } from '../wire/escape.ts'
import { errorCode } from './error-code.ts'
import { makePrivateFolder, removePrepared } from './private-folder.ts'
import { fileProblem, refusal } from './store-problem.ts'

const ownerPattern = /^(?<host>[0-9a-f]{8})-(?<pid>\d+)-(?<start>\d+)-[0-9a-f]{16}$/

export interface LockOptions {
  waitMs?: number
  /** Ends the wait; work that was begun is finished. */
  signal?: AbortSignal | undefined
}

/**
 * Does the work while no other process, and nothing else in this one, holds the lock of that path.
 * Takes over from a process that died. Throws a SetupError when the lock isn't free within `waitMs`, and the reason
 * of the signal when that aborts first.
 */
export async function withLock<T>(
  path: string,
  work: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const owner = newOwnerName()
  await acquire(path, owner, options)
  try {
    return await work()
  } finally {
    release(path, owner)
  }
}

/** Makes a name that tells this process from every other, and this call from every other of this process. */
export function newOwnerName(): string {
  return `${thisHost()}-${process.pid}-${startOf(process.pid) ?? 0}-${randomBytes(8).toString('hex')}`
}

/**
 * Tells whether the process behind an owner's name still runs; `unknown` for another machine or container.
 * Where the system doesn't tell when a process started, a new process with an old id counts as alive.
 */
export function ownerState(owner: string): 'alive' | 'gone' | 'unknown' {
  const { host, pid, start } = ownerPattern.exec(owner)?.groups ?? {}
  if (host !== thisHost()) return 'unknown'
  if (!isRunning(Number(pid))) return 'gone'
  const startNow = startOf(Number(pid))
  return startNow === null || start === '0' || String(startNow) === start ? 'alive' : 'gone'
}

async function acquire(path: string, owner: string, { waitMs = 10_000, signal }: LockOptions): Promise<void> {
  const prepared = `${path}.${owner}.tmp`
  const deadline = performance.now() + waitMs
  try {
    makePrivateFolder(prepared)
    writeFileSync(join(prepared, owner), '', { mode: 0o600, flag: 'wx' })
    while (!tryTake(prepared, path, owner)) {
      if (removeGone(path)) continue
      if (performance.now() > deadline) throw lockedProblem(path, waitMs)
      signal?.throwIfAborted()
      await sleep(3 + Math.random() * 22)
    }
  } catch (error) {
    removePrepared(prepared)
    signal?.throwIfAborted()
    throw fileProblem(error, 'write', path)
  }
}

function tryTake(prepared: string, path: string, owner: string): boolean {
  try {
    renameSync(prepared, path)
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    // Windows has no code of its own for a folder that exists already.
    if (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES')) return false
    // Over a network the folder may be moved and the answer lost.
    if (existsSync(join(path, owner))) return true
    if (code !== 'ENOTDIR') throw error
    throw refusal(path, 'It should be a temporary folder of nv.', 'Remove it.')
  }
}

/** Removes the owners that died, by name; true when the lock may be free now. */
function removeGone(path: string): boolean {
  const owners = ownersOf(path)
  const gone = owners.filter((owner) => ownerState(owner) === 'gone')
  for (const owner of gone) rmSync(join(path, owner), { force: true })
  if (gone.length < owners.length) return false
  // On Windows an empty folder is in the way of the rename; elsewhere it is replaced.
  removeIfEmpty(path)
  return gone.length > 0
}

function release(path: string, owner: string): void {
  try {
    unlinkSync(join(path, owner))
  } catch {
    // It was removed by hand, or can't be removed: then it is stale once this process has ended.
  }
  removeIfEmpty(path)
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // Another process took the lock, or removed the folder first.
  }
}

function ownersOf(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function lockedProblem(path: string, waitMs: number): SetupError {
  const owner = ownersOf(path).find((name) => ownerPattern.test(name)) ?? ''
  const pid = ownerPattern.exec(owner)?.groups?.['pid']
  const elsewhere = ownerState(owner) === 'unknown' ? ', on another machine or in another container' : ''
  return new SetupError({
    code: 'store_locked',
    title: `Another nv holds the lock: ${path}`,
    cause: `It was not free within ${waitMs / 1000} s${pid ? `; process ${pid}${elsewhere} holds it` : ''}.`,
    fix: `Wait until the other nv has ended. If none runs, remove the lock: rm -r ${shellQuote(path)}`,
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return statusOf(pid)?.[0] !== 'Z'
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** When the process started, in ticks since the machine did; null where the system doesn't tell. */
function startOf(pid: number): number | null {
  return Number(statusOf(pid)?.[19]) || null
}

/** The fields of Linux's /proc/PID/stat from the third, the state, on. */
function statusOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

let host: string | undefined

/** Names the machine, and in a container the container, in which a process id means something. */
function thisHost(): string {
  host ??= createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8)
  return host
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
