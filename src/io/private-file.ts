// Files that only their owner may read: checked before use, and replaced whole.
import {
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './error-code.ts'
import { ownerState } from './file-lock.ts'
import { makePrivateFolder } from './private-folder.ts'
import { replaceFile, useFile } from './replace-file.ts'
import { configVariable, fileProblem, refusal } from './store-problem.ts'

export interface PrivateFolder {
  readonly path: string
  /** The user named the folder: it may hold other things, and then its mode is left alone. */
  readonly isChosen: boolean
  /** The user that everything must belong to; null where files have no such owner. */
  readonly uid: number | null
  /** The variable that names another folder; NV_CONFIG_DIR where nothing is said. */
  readonly variable?: string
  /** Ends the wait for a lock. */
  readonly signal?: AbortSignal | undefined
  warn(text: string): void
}

/** What nv writes there is far smaller; what is larger was put there by another. */
const maxBytes = 1024 * 1024

const leftoverPattern =
  /^(?:profiles|secrets|hosts|phone-[0-9a-f-]+|\d{8}T\d{9}Z-[0-9a-f]+)\.json(?:\.lock)?\.(?<owner>[0-9a-f-]+)\.tmp$/
const dayMs = 24 * 60 * 60 * 1000

/**
 * Tells whether the file is there, after checking it and its folder: a symbolic link, another owner or
 * another kind of file is refused with a SetupError, a loose mode is repaired with a warning.
 * Only the file and its own folder are checked, so that `~/.config` may be a link.
 */
export function checkPrivateFile(folder: PrivateFolder, path: string): boolean {
  return usePrivateFile(folder, path, () => true) ?? false
}

/** Reads the file after checking it as `checkPrivateFile` does; null when it isn't there. */
export function readPrivateFile(folder: PrivateFolder, path: string): string | null {
  return usePrivateFile(folder, path, (file) => readFileSync(file, 'utf8'))
}

/** Makes the folder with mode 0700, or checks the one that is there. */
export function preparePrivateFolder(folder: PrivateFolder): void {
  try {
    makePrivateFolder(folder.path)
    checkFolder(folder)
  } catch (error) {
    throw fileProblem(error, 'write', folder.path, folder.variable)
  }
}

/**
 * Replaces the file whole, with mode 0600 from its birth: until the rename the old one is there, after it the
 * new one. Expects the folder prepared. Throws a SetupError when that can't be done; then the old one stays.
 */
export function writePrivateFile(folder: PrivateFolder, path: string, text: string, isDurable = true): void {
  try {
    replaceFile(path, text, isDurable)
  } catch (error) {
    throw fileProblem(error, 'write', path, folder.variable)
  }
}

/** Removes what processes that were killed left behind; of another machine's only what is a day old. */
export function removeLeftovers(folder: PrivateFolder): void {
  try {
    const leftovers = readdirSync(folder.path).filter((name) => isLeftover(folder, name))
    for (const name of leftovers) rmSync(join(folder.path, name), { recursive: true, force: true })
  } catch {
    // They do no harm: a later write tries again.
  }
}

function isLeftover(folder: PrivateFolder, name: string): boolean {
  const owner = leftoverPattern.exec(name)?.groups?.['owner']
  if (owner === undefined) return false
  const state = ownerState(owner)
  if (state !== 'unknown') return state === 'gone'
  const stats = lstatSync(join(folder.path, name), { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > dayMs
}

function usePrivateFile<T>(folder: PrivateFolder, path: string, use: (file: number) => T): T | null {
  try {
    if (!checkFolder(folder)) return null
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return null
    refuseStrange(folder, path, stats, stats.isFile(), 'file')
    // O_NONBLOCK: opening a pipe that took the file's place doesn't wait for a writer.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    return useFile(openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), (file) => {
      const opened = fstatSync(file)
      refuseStrange(folder, path, opened, opened.isFile(), 'file')
      if (opened.size > maxBytes) throw refusal(path, 'It is larger than 1 MiB.', lookFix)
      mendMode(folder, path, file, 0o600)
      return use(file)
    })
  } catch (error) {
    throw fileProblem(error, 'read', path, folder.variable)
  }
}

/** True when the folder is there and fit for use. */
function checkFolder(folder: PrivateFolder): boolean {
  const stats = lstatSync(folder.path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  refuseStrange(folder, folder.path, stats, stats.isDirectory(), 'folder')
  if (folder.uid === null || (stats.mode & 0o077) === 0) return true
  if (folder.isChosen && !holdsOnlyOurs(folder)) {
    folder.warn(
      `${folder.path} is open to other users of this machine (mode ${octal(stats.mode)}). It also holds files that are not nv's, so nv did not change its mode.`,
    )
    return true
  }
  const { O_RDONLY, O_NOFOLLOW, O_DIRECTORY } = constants
  useFile(openSync(folder.path, O_RDONLY | O_NOFOLLOW | O_DIRECTORY), (file) =>
    mendMode(folder, folder.path, file, 0o700),
  )
  return true
}

const lookFix = 'Check what it is, then move it away.'

function refuseStrange(
  { uid, variable = configVariable }: PrivateFolder,
  path: string,
  stats: Stats,
  isRightKind: boolean,
  kind: 'file' | 'folder',
): void {
  const fix = kind === 'file' ? lookFix : `Name the folder to use in ${variable}, or move this one away.`
  if (stats.isSymbolicLink()) throw refusal(path, 'It is a symbolic link.', fix)
  if (!isRightKind) throw refusal(path, `It is not a ${kind}.`, fix)
  if (uid !== null && stats.uid !== uid) {
    throw refusal(path, `It belongs to user ${stats.uid}, and nv runs as user ${uid}.`, fix)
  }
}

function mendMode(folder: PrivateFolder, path: string, file: number, mode: number): void {
  const found = fstatSync(file).mode
  if (folder.uid === null || (found & 0o077) === 0) return
  const wasOpen = `${path} was open to other users of this machine (mode ${octal(found)})`
  try {
    fchmodSync(file, mode)
    folder.warn(`${wasOpen}. Its mode is ${octal(mode)} now.`)
  } catch (error) {
    folder.warn(`${wasOpen}, and its mode can't be changed (${errorCode(error)}).`)
  }
}

function holdsOnlyOurs(folder: PrivateFolder): boolean {
  return readdirSync(folder.path).every((name) => /^(?:(?:profiles|secrets|hosts)\.json|runs$)/.test(name))
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
