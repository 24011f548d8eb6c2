// Which files are trusted with where credentials go.
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
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
  expect(await createFiles(folder, 1234).readTrusted('a')).toBe('text')
  chownSync(join(folder, 'a'), 4321, 4321)
  expect((await problemOf(createFiles(folder, 1234).readTrusted('a'))).code).toBe('file_not_trusted')
  expect(await createFiles(folder, 4321).readTrusted('a')).toBe('text')
  expect(await createFiles(folder, 1234).read('a')).toBe('text')
})

it('a file that is not there is null', async () => {
  expect(await createFiles(makeFolder()).readTrusted('nv.config.json')).toBeNull()
})
