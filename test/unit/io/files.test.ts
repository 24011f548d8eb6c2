// Which files are trusted with where credentials go, and what a temporary one is like.
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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
