// Reads the files that a user names.
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Files } from '../context.ts'
import { SetupError } from '../errors.ts'

/** Makes the files of a working folder. */
export function createFiles(workingFolder: string, uid = process.geteuid?.()): Files {
  return {
    workingFolder,
    read: (path) => read(workingFolder, path),
    readTrusted: (path) =>
      read(workingFolder, path, (stats) => {
        // Windows has neither owners nor modes of this kind.
        const stranger = uid === undefined ? null : strangerIn(stats, uid)
        if (stranger !== null) throw untrusted(path, stranger)
      }),
  }
}

async function read(folder: string, path: string, check?: (stats: Stats) => void): Promise<string | null> {
  try {
    const file = await open(resolve(folder, path))
    try {
      check?.(await file.stat())
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (error instanceof SetupError) throw error
    throw new SetupError(
      {
        code: 'file_not_readable',
        title: `The file ${path} can't be read`,
        cause: code === 'EISDIR' ? 'It is a folder.' : `The system says ${code}.`,
        fix: 'Check the path and its permissions.',
      },
      { cause: error },
    )
  }
}

/** Says who else than the user and root can change a file; null: nobody. */
function strangerIn({ uid: owner, mode }: Stats, uid: number): string | null {
  if (owner !== uid && owner !== 0) return `It belongs to another user (${owner}).`
  return (mode & 0o002) === 0 ? null : 'Every user of this machine can write to it.'
}

function untrusted(path: string, cause: string): SetupError {
  return new SetupError({
    code: 'file_not_trusted',
    title: `Not used, for safety: ${path}`,
    cause: `${cause} It decides where your credentials go.`,
    fix: 'Take it over with chown and chmod o-w, remove it, or work in another folder.',
  })
}
