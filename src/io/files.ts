// Reads the files that a user names, and writes those of a run.
import type { Stats } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Files, TemporaryFile } from '../context.ts'
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
    writeTemporary,
  }
}

/** The folder is new, with a random name and mode 0700: nobody else can have put a link into it. */
async function writeTemporary(name: string, text: string): Promise<TemporaryFile> {
  let folder: string | undefined
  const remove = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    folder = await mkdtemp(join(tmpdir(), 'nv-'))
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o644, flag: 'wx' })
    return { path, remove }
  } catch (error) {
    await remove()
    throw new SetupError(
      {
        code: 'file_not_writable',
        title: `No file can be written in ${tmpdir()}`,
        cause: `The system says ${errorCode(error)}.`,
        fix: 'Check its permissions and the space left, or name another folder in TMPDIR.',
      },
      { cause: error },
    )
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
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
    const code = errorCode(error)
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
