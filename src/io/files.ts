// Reads the files that a user names, and writes those of a run.
import { errorCode } from './error-code.ts'
import { constants, type Stats } from 'node:fs'
import { access, chmod, type FileHandle, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FileFacts, Files, TemporaryFile } from '../context.ts'
import { SetupError, UsageError } from '../errors.ts'
import { decodeText } from '../wire/text.ts'

/** Nothing that is read whole is near as large. */
const usualMaxBytes = 1024 * 1024

export interface FilesOptions {
  /** Ends a read that takes too long, as on a file system that doesn't answer. */
  signal?: AbortSignal
  /** The user that trusted files may belong to, beside root; by default the one this process runs as. */
  uid?: number | undefined
}

/** Makes the files of a working folder. */
export function createFiles(
  workingFolder: string,
  { signal, uid = process.geteuid?.() }: FilesOptions = {},
): Files {
  const readBytes = (path: string, maxBytes = usualMaxBytes, check?: Check) =>
    untilAborted(read(workingFolder, path, maxBytes, check), signal)
  const readBounded = async (...args: Parameters<typeof readBytes>) => {
    const bytes = await readBytes(...args)
    return bytes === null ? null : (decodeText(bytes) ?? bytes.toString('utf8'))
  }
  return {
    workingFolder,
    readBytes: (path, maxBytes) => readBytes(path, maxBytes),
    read: (path, maxBytes) => readBounded(path, maxBytes),
    readTrusted: (path, maxBytes) =>
      readBounded(path, maxBytes, (stats) => {
        // Windows has neither owners nor modes of this kind.
        const stranger = uid === undefined ? null : strangerIn(stats, uid)
        if (stranger !== null) throw untrusted(path, stranger)
      }),
    look: (path) => untilAborted(look(resolve(workingFolder, path), uid), signal),
    writeTemporary,
    checkWritable: async (path) => (await import('./output-file.ts')).checkWritable(workingFolder, path),
    append: async (path, text) => (await import('./output-file.ts')).appendOutput(workingFolder, path, text),
    write: async (path, content) =>
      (await import('./output-file.ts')).writeOutput(workingFolder, path, content),
  }
}

async function look(path: string, uid: number | undefined): Promise<FileFacts | null> {
  try {
    const stats = await stat(path)
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    return {
      kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
      mode: uid === undefined ? null : stats.mode & 0o7777,
      owner: uid === undefined ? null : ownerOf(stats, uid),
      isExecutable,
    }
  } catch {
    return null
  }
}

function ownerOf({ uid: owner }: Stats, uid: number): FileFacts['owner'] {
  if (owner === uid) return 'user'
  return owner === 0 ? 'root' : 'other'
}

type Check = (stats: Stats) => void

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  signal.throwIfAborted()
  const over = new AbortController()
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    over.abort()
    work.catch(() => {})
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
    // Under a umask of 0777 neither would be of use to its owner.
    await chmod(folder, 0o700)
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o644, flag: 'wx' })
    await chmod(path, 0o644)
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

async function read(
  folder: string,
  path: string,
  maxBytes: number,
  check: Check | undefined,
): Promise<Buffer | null> {
  try {
    const absolute = resolve(folder, path)
    // Looked at first: opening some devices does something. Opened without blocking, in case it became a pipe since.
    refuseStrange(path, await stat(absolute), maxBytes)
    const file = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stats = await file.stat()
      refuseStrange(path, stats, maxBytes)
      check?.(stats)
      return await readAtMost(file, path, maxBytes)
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (error instanceof SetupError || error instanceof UsageError) throw error
    throw unreadable(path, `The system says ${code}.`, 'Check the path and its permissions.', error)
  }
}

/** Reads to the end, whatever size the system gave: that of a file in /proc is 0, and one may grow meanwhile. */
async function readAtMost(file: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let size = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024))
    if (bytesRead === 0) return Buffer.concat(chunks)
    size += bytesRead
    if (size > maxBytes) throw tooLarge(path, maxBytes)
    chunks.push(buffer.subarray(0, bytesRead))
  }
}

function refuseStrange(path: string, stats: Stats, maxBytes: number): void {
  if (stats.isDirectory()) throw folder(path)
  if (!stats.isFile()) {
    throw unreadable(
      path,
      `It is ${kindOf(stats)}, not a regular file.`,
      'Name a regular file, or move this one away.',
    )
  }
  if (stats.size > maxBytes) throw tooLarge(path, maxBytes)
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

function folder(path: string): UsageError {
  return new UsageError({
    code: 'file_is_folder',
    title: `${path} is a folder`,
    cause: 'nv needs a file here.',
    fix: 'Name the file in it.',
  })
}

function tooLarge(path: string, maxBytes: number): SetupError {
  const limit = `${maxBytes / (1024 * 1024)} MiB`
  return unreadable(
    path,
    `It is larger than ${limit}, the most that nv reads of it.`,
    'Name another file, or move this one away.',
  )
}

function unreadable(path: string, cause: string, fix: string, error?: unknown): SetupError {
  const title = `The file ${path} can't be read`
  return new SetupError({ code: 'file_not_readable', title, cause, fix }, { cause: error })
}

/** Says who besides the user and root can change a file; null if nobody can. */
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
