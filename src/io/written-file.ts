// Writes a file that a user names: whole, or not at all.
import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { SetupError } from '../errors.ts'

/** Writes a file with mode 0600. Until the rename the file that was there stays, and nothing but a regular file is replaced. */
export async function writeWhole(path: string, named: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const found = await stat(path).catch(() => null)
    if (found !== null && !found.isFile()) throw notWritable(named, 'It is not a regular file.')
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    if (error instanceof SetupError) throw error
    throw notWritable(named, describeCause(error), error)
  }
}

function notWritable(path: string, cause: string, error?: unknown): SetupError {
  const title = `The file ${path} can't be written`
  const fix = 'Name another file, in a folder that exists and that you can write to.'
  return new SetupError({ code: 'file_not_writable', title, cause, fix }, { cause: error })
}

function describeCause(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const causes: Readonly<Record<string, string>> = {
    ENOENT: 'Its folder does not exist.',
    ENOTDIR: 'A part of the path is not a folder.',
    EACCES: "This user doesn't have permission.",
    EPERM: "This user doesn't have permission.",
    EROFS: 'The file system is read-only.',
    ENOSPC: 'The disk is full.',
  }
  return causes[code] ?? `The system refused it${code === '' ? '' : ` (${code})`}.`
}
