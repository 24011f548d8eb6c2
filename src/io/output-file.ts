// Writes the files that a user asks for: a report.
import { constants, lstatSync, openSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SetupError } from '../errors.ts'
import { errorCode } from './error-code.ts'
import { replaceFile, tryFolderOf, useFile } from './replace-file.ts'
import { describeRefusal } from './store-problem.ts'

/** Throws a SetupError where the file can't be written; leaves what is there as it is. */
export function checkWritable(folder: string, path: string): void {
  attempt(path, () => {
    const absolute = resolve(folder, path)
    refuseOther(path, absolute)
    tryFolderOf(absolute)
  })
}

/** Writes the file whole or not at all, with mode 0600. Throws a SetupError where it can't be written. */
export function writeOutput(folder: string, path: string, content: string | Uint8Array): void {
  attempt(path, () => {
    const absolute = resolve(folder, path)
    refuseOther(path, absolute)
    replaceFile(absolute, content)
  })
}

/** Adds text to the end of the file. Throws a SetupError where it can't be written. */
export function appendOutput(folder: string, path: string, text: string): void {
  attempt(path, () => {
    const absolute = resolve(folder, path)
    refuseOther(path, absolute)
    const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
    const flags = O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW
    useFile(openSync(absolute, flags, 0o600), (file) => writeFileSync(file, text))
  })
}

/** Refuses to replace anything but a regular file: a link may lead anywhere. */
function refuseOther(path: string, absolute: string): void {
  const stats = lstatSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined || stats.isFile()) return
  const what = stats.isSymbolicLink()
    ? 'a symbolic link'
    : stats.isDirectory()
      ? 'a folder'
      : 'not a regular file'
  throw notWritable(path, `It is ${what}.`)
}

function attempt(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (error instanceof SetupError) throw error
    const code = errorCode(error)
    if (code === '') throw error
    throw notWritable(path, code === 'ENOENT' ? 'Its folder does not exist.' : describeRefusal(code), error)
  }
}

function notWritable(path: string, cause: string, error?: unknown): SetupError {
  const title = `The file ${path} can't be written`
  const fix = 'Name another file.'
  return new SetupError({ code: 'file_not_writable', title, cause, fix }, { cause: error })
}
