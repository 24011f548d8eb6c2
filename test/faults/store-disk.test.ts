// What a file system can refuse: the old state stays, the error is clear, and nobody else reads a secret.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRoot, makeFolder, modeOf, nobody, storeIn, useStoreProcess } from '../support/store-harness.ts'

const start = useStoreProcess()
const old = '{"default":null,"profiles":{"old":{}}}'

/** Makes a folder with profiles that the user to whom modes apply owns. */
function makeFolderOfPlainUser(): string {
  const folder = join(makeFolder(), 'nv')
  mkdirSync(folder, { mode: 0o700 })
  onTestFinished(() => chmodSync(folder, 0o700))
  writeFileSync(join(folder, 'profiles.json'), old, { mode: 0o600 })
  if (isRoot) for (const path of [folder, join(folder, 'profiles.json')]) chownSync(path, nobody, nobody)
  return folder
}

const asPlainUser = isRoot ? { uid: nobody } : {}

describe.each([0o000, 0o077, 0o777])('under umask %o', (umask) => {
  test('folder and files are for their owner alone, and the next command works', async () => {
    const folder = join(makeFolderOfPlainUser(), 'a', 'nv')
    for (const action of ['addProfiles', 'addSecrets'] as const) {
      const task = { action, folder, prefix: 'p', count: 2, umask, ...asPlainUser }
      expect((await start(task).ended).answer).toEqual({ warnings: [], errors: '' })
    }
    expect([modeOf(join(folder, '..')), modeOf(folder)]).toEqual(['700', '700'])
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(['600', '600'])
    const { answer } = await start({ action: 'addOne', folder, ...asPlainUser }).ended
    expect(answer).toEqual({ warnings: [], errors: '' })
  })
})

describe('a folder that can not be written', () => {
  test('is named; what is there can still be read', async () => {
    const folder = makeFolderOfPlainUser()
    chmodSync(folder, 0o500)
    for (const action of ['addOne', 'addSecrets'] as const) {
      const { answer } = await start({ action, folder, prefix: 'p', count: 1, ...asPlainUser }).ended
      expect(answer.problem).toMatchObject({
        code: 'store_not_writable',
        title: expect.stringContaining(`Can't write ${folder}`),
        cause: "This user doesn't have permission (EACCES).",
      })
    }
    const { answer } = await start({ action: 'readProfiles', folder, ...asPlainUser }).ended
    expect(answer.result).toEqual({ default: null, profiles: { old: {} } })
    expect(readFileSync(join(folder, 'profiles.json'), 'utf8')).toBe(old)
    expect(readdirSync(folder)).toEqual(['profiles.json'])
  })

  test('and is not there is named too', async () => {
    const parent = makeFolderOfPlainUser()
    chmodSync(parent, 0o500)
    const { answer } = await start({ action: 'addOne', folder: join(parent, 'nv'), ...asPlainUser }).ended
    expect(answer.problem).toMatchObject({
      code: 'store_not_writable',
      title: `Can't write ${join(parent, 'nv')}`,
    })
  })
})

test('a file that can not be read is named', async () => {
  const folder = makeFolderOfPlainUser()
  chmodSync(join(folder, 'profiles.json'), 0o000)
  const { answer } = await start({ action: 'addOne', folder, ...asPlainUser }).ended
  expect(answer.problem).toMatchObject({
    code: 'store_unreadable',
    title: `Can't read ${join(folder, 'profiles.json')}`,
  })
})

test('a folder below a file is named', async () => {
  const file = join(makeFolder(), 'file')
  writeFileSync(file, '')
  const { answer } = await start({ action: 'addOne', folder: join(file, 'nv') }).ended
  expect(answer.problem).toMatchObject({
    code: 'store_not_writable',
    cause: expect.stringContaining('ENOTDIR'),
  })
})

/** Mounts a small file system on a folder; null where this user or machine can't. */
function mountSmall(): string | null {
  if (!isRoot) return null
  const folder = makeFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  return folder
}

describe('a full disk', () => {
  // conf alone reports success here, and leaves half a file.
  test.for(['profiles.json', 'secrets.json'])('keeps the old state of %s', async (name, { skip }) => {
    const folder = mountSmall() ?? skip('needs root and tmpfs')
    const store = storeIn(folder)
    const write = (letter: string, size: number): Promise<unknown> =>
      name === 'profiles.json'
        ? store.profiles.update((now) => ({ ...now, profiles: { acme: { text: letter.repeat(size) } } }))
        : store.secrets.write('acme', { text: letter.repeat(size) })
    await write('a', 30_000)
    const before = readFileSync(join(folder, name), 'utf8')
    await expect(write('b', 40_000)).rejects.toMatchObject({
      problem: { code: 'store_not_writable', cause: 'The disk is full (ENOSPC).' },
    })
    expect(readFileSync(join(folder, name), 'utf8')).toBe(before)
    expect(readdirSync(folder)).toEqual([name])
    await write('c', 10)
  })
})

test('a limit on the size of files keeps the old state', async () => {
  const folder = makeFolder()
  const store = storeIn(folder)
  await store.profiles.update((now) => ({ ...now, profiles: { old: {} } }))
  const before = readFileSync(store.profiles.path, 'utf8')
  const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'bash']
  const { signal, answer } = await start({ action: 'addOne', folder, count: 50_000 }, limited).ended
  expect(signal ?? answer.problem?.cause).toMatch(/^SIGXFSZ$|EFBIG/)
  expect(readFileSync(store.profiles.path, 'utf8')).toBe(before)
  await store.profiles.update((now) => now)
  expect(readdirSync(folder)).toEqual(['profiles.json'])
})
