// Replaces a file whole: under another name first, then moved into place.
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { newOwnerName } from './file-lock.ts'
import { removePrepared } from './private-folder.ts'

/**
 * Replaces the file whole, with mode 0600 from its birth: until the rename the old one is there, after it the new one.
 * Throws what the system does when that can't be done; then the old one stays. A file that must outlive a loss of power
 * is durable; waiting for the disk costs tens of milliseconds.
 */
export function replaceFile(path: string, content: string | Uint8Array, isDurable = true): void {
  const temporary = `${path}.${newOwnerName()}.tmp`
  try {
    createFile(temporary, content, isDurable)
    moveInto(path, temporary)
    if (isDurable) syncFolder(dirname(path))
  } catch (error) {
    removePrepared(temporary)
    throw error
  }
}

/** Makes and removes a file beside the path. Throws what the system does when that can't be done. */
export function tryFolderOf(path: string): void {
  const temporary = `${path}.${newOwnerName()}.tmp`
  try {
    createFile(temporary, '', false)
  } finally {
    removePrepared(temporary)
  }
}

function createFile(path: string, content: string | Uint8Array, isDurable: boolean): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  useFile(openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600), (file) => {
    fchmodSync(file, 0o600)
    writeFileSync(file, content)
    if (isDurable) fsyncSync(file)
  })
}

/** Over a network a file may be moved and the answer lost; then the second try of the system reports an error. */
function moveInto(path: string, temporary: string): void {
  const { ino } = lstatSync(temporary)
  try {
    renameSync(temporary, path)
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.ino !== ino) throw error
  }
}

function syncFolder(path: string): void {
  try {
    useFile(openSync(path, constants.O_RDONLY), fsyncSync)
  } catch {
    // Windows can't open a folder and some file systems can't sync one; the new file is in place already.
  }
}

/** Closes a file after its use. */
export function useFile<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file)
  } finally {
    closeSync(file)
  }
}
