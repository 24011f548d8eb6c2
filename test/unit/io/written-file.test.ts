// Files that a user names to be written: whole or not at all, and for nobody else to read.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SetupError } from '../../../src/errors.ts'
import { createFiles } from '../../../src/io/files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nv-written-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a file is written whole, with mode 0600, and replaces the one that was there', async () => {
  await writeFile(join(folder, 'nv.xml'), 'old and longer than the new one', { mode: 0o644 })
  await createFiles(folder).write('nv.xml', 'new')
  expect(await readFile(join(folder, 'nv.xml'), 'utf8')).toBe('new')
  expect((await stat(join(folder, 'nv.xml'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['nv.xml'])
})

test.each([
  ['a folder that is not there', 'missing/nv.xml', /folder does not exist/],
  ['a folder in its place', 'folder', /not a regular file/],
  ['a device', '/dev/null', /not a regular file/],
])('%s is refused, and nothing is left behind', async (_name, path, cause) => {
  await mkdir(join(folder, 'folder'))
  const problem = await createFiles(folder)
    .write(path, 'text')
    .catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(SetupError)
  expect((problem as SetupError).problem).toMatchObject({ code: 'file_not_writable' })
  expect((problem as SetupError).problem.cause).toMatch(cause)
  expect(await readdir(folder)).toEqual(['folder'])
})

test('a link is replaced, and what it leads to stays', async () => {
  await writeFile(join(folder, 'other'), 'precious')
  await symlink('other', join(folder, 'nv.xml'))
  await createFiles(folder).write('nv.xml', 'new')
  expect(await readFile(join(folder, 'other'), 'utf8')).toBe('precious')
  expect(await readFile(join(folder, 'nv.xml'), 'utf8')).toBe('new')
})
