// Which files are read, which are trusted with where credentials go, and what a temporary one is like.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFiles } from '../../../src/io/files.ts'
import { makeFolder, problemOf } from '../../support/store-harness.ts'

it.skipIf(process.platform === 'win32').each([
  [0o644, null],
  [0o664, null],
  [0o646, 'Every user of this machine can write to it. It decides where your credentials go.'],
])('a file of this user with mode %o: %s', async (mode, cause) => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'a'), 'text')
  chmodSync(join(folder, 'a'), mode)
  const read = createFiles(folder).readTrusted('a')
  if (cause === null) expect(await read).toBe('text')
  else expect((await problemOf(read)).cause).toBe(cause)
})

it.skipIf(process.getuid?.() !== 0)('a file of another user is not read, one of root is', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'a'), 'text')
  expect(await createFiles(folder, { uid: 1234 }).readTrusted('a')).toBe('text')
  chownSync(join(folder, 'a'), 4321, 4321)
  expect((await problemOf(createFiles(folder, { uid: 1234 }).readTrusted('a'))).code).toBe('file_not_trusted')
  expect(await createFiles(folder, { uid: 4321 }).readTrusted('a')).toBe('text')
  expect(await createFiles(folder, { uid: 1234 }).read('a')).toBe('text')
})

it('a file that is not there is null', async () => {
  expect(await createFiles(makeFolder()).readTrusted('nv.config.json')).toBeNull()
})

describe('a temporary file', () => {
  it('can be read by all, in a folder that only this user can enter', async () => {
    const umask = process.umask(0)
    const file = await createFiles('/nowhere').writeTemporary('ca.pem', 'text')
    process.umask(umask)
    expect(readFileSync(file.path, 'utf8')).toBe('text')
    expect(basename(file.path)).toBe('ca.pem')
    if (process.platform !== 'win32') {
      expect(statSync(file.path).mode & 0o777).toBe(0o644)
      expect(statSync(dirname(file.path)).mode & 0o777).toBe(0o700)
    }
    await file.remove()
    expect(existsSync(dirname(file.path))).toBe(false)
    await file.remove()
  })

  it('that can not be written is a problem of this machine', async () => {
    const folder = process.env['TMPDIR']
    process.env['TMPDIR'] = join(makeFolder(), 'missing')
    const problem = await problemOf(createFiles('/nowhere').writeTemporary('ca.pem', 'text'))
    if (folder === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = folder
    expect(problem).toMatchObject({ code: 'file_not_writable', cause: 'The system says ENOENT.' })
  })
})

describe('what a user names is read at once or not at all', () => {
  const read = (path: string, maxBytes?: number) => createFiles(makeFolder()).read(path, maxBytes)

  it.skipIf(process.platform === 'win32')('a pipe is no file, with a writer or without', async () => {
    const path = join(makeFolder(), 'pipe')
    execFileSync('mkfifo', [path])
    for (const files of [createFiles('/'), createFiles('/')]) {
      expect(await problemOf(files.readTrusted(path))).toMatchObject({
        code: 'file_not_readable',
        cause: 'It is a pipe, not a regular file.',
      })
    }
  })

  it.skipIf(!existsSync('/dev/zero')).each(['/dev/zero', '/dev/tty', '/dev/stdin'])(
    'nor is %s',
    async (path) => {
      expect((await problemOf(read(path))).code).toBe('file_not_readable')
    },
  )

  it('nor is a folder', async () => {
    expect((await problemOf(read('.'))).cause).toBe('nv needs a file here.')
  })

  it('a file of 3 GB is refused before it is read', async () => {
    const path = join(makeFolder(), 'large')
    writeFileSync(path, '')
    truncateSync(path, 3 * 2 ** 30)
    expect((await problemOf(read(path))).cause).toBe('It is larger than 1 MiB, the most that nv reads of it.')
  })

  it('more is read where more is expected', async () => {
    const path = join(makeFolder(), 'a')
    writeFileSync(path, 'x'.repeat(2 ** 20 + 1))
    expect((await problemOf(read(path))).code).toBe('file_not_readable')
    expect(await read(path, 2 * 2 ** 20)).toHaveLength(2 ** 20 + 1)
  })

  it.skipIf(!existsSync('/proc/self/status'))(
    'a file whose size the system gives as 0 is read whole',
    async () => {
      expect(await read('/proc/self/status')).toContain('Pid:')
    },
  )

  it('an interruption ends it', async () => {
    const over = new AbortController()
    over.abort(new Error('enough'))
    await expect(createFiles('/', { signal: over.signal }).read('a')).rejects.toThrow('enough')
  })
})
