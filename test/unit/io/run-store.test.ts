// Saved runs: private files, whole, the newest of them.
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Run } from '../../../src/run/run.ts'
import type { RunStore } from '../../../src/run/run-store.ts'
import { createRunStore } from '../../../src/io/run-store.ts'
import { findStateFolder } from '../../../src/io/store-folder.ts'
import { createRun } from '../../support/run.ts'
import { makeFolder, modeOf, problemOf } from '../../support/store-harness.ts'

function storeIn(folder: string, kept?: number): RunStore {
  return createRunStore({
    env: { NV_STATE_DIR: folder },
    platform: process.platform,
    homeDirectory: '/nonexistent',
    ...(kept === undefined ? {} : { kept }),
  })
}

/** Makes a run that started so many seconds after the others. */
const runAt = (second: number, changes: Partial<Run> = {}): Run =>
  createRun({
    id: second.toString(16).padStart(12, '0'),
    startedAt: new Date(1_750_000_000_000 + 1000 * second).toISOString(),
    ...changes,
  })

test('a run that is saved is read again as it was, from a private file', async () => {
  const folder = makeFolder()
  const store = storeIn(folder)
  const run = runAt(1)
  await store.save(run)
  const [name] = await store.names()
  expect(name).toEqual({ id: run.id, startedAt: run.startedAt })
  expect(name && (await store.read(name))).toEqual(run)
  const [file = ''] = readdirSync(join(folder, 'runs'))
  expect(modeOf(join(folder, 'runs'))).toBe('700')
  expect(modeOf(join(folder, 'runs', file))).toBe('600')
})

test('the newest stay, and are named first', async () => {
  const store = storeIn(makeFolder(), 3)
  for (const second of [3, 1, 4, 2, 5]) await store.save(runAt(second))
  expect((await store.names()).map(({ id }) => Number.parseInt(id, 16))).toEqual([5, 4, 3])
})

test('one that was removed is gone; removing it again does no harm', async () => {
  const store = storeIn(makeFolder())
  const run = runAt(1)
  await store.save(run)
  expect(await store.remove(run)).toBe(true)
  expect(await store.remove(run)).toBe(false)
  expect(await store.read(run)).toBeNull()
  expect(await store.names()).toEqual([])
})

test('where nothing was saved there is nothing, and nothing is made', async () => {
  const folder = makeFolder()
  expect(await storeIn(folder).names()).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

describe('what another put there', () => {
  test('a link in place of the folder is not followed', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'runs'))
    expect(await problemOf(storeIn(folder).save(runAt(1)))).toMatchObject({
      code: 'store_refused',
      fix: expect.stringContaining('NV_STATE_DIR') as string,
    })
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([])
  })

  test('a link in place of a run is replaced by the run', async () => {
    const folder = makeFolder()
    const store = storeIn(folder)
    await store.save(runAt(1))
    const [file = ''] = readdirSync(join(folder, 'runs'))
    writeFileSync(join(folder, 'precious'), 'untouched')
    await store.remove(runAt(1))
    symlinkSync(join(folder, 'precious'), join(folder, 'runs', file))
    await store.save(runAt(1))
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('untouched')
    expect(await store.read(runAt(1))).toEqual(runAt(1))
  })

  test('a folder that others could read is closed to them, and that is said', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'runs'))
    chmodSync(join(folder, 'runs'), 0o755)
    const store = storeIn(folder)
    await store.save(runAt(1))
    expect(modeOf(join(folder, 'runs'))).toBe('700')
    expect(store.warnings()).toEqual([expect.stringContaining('open to other users')])
  })

  test('a file that is no run is reported with its path', async () => {
    const folder = makeFolder()
    const store = storeIn(folder)
    await store.save(runAt(1))
    const [file = ''] = readdirSync(join(folder, 'runs'))
    for (const text of ['{"schema": "nv.run/', '{}']) {
      writeFileSync(join(folder, 'runs', file), text)
      expect(await problemOf(store.read(runAt(1)))).toMatchObject({
        code: 'store_damaged',
        title: expect.stringContaining(file) as string,
      })
    }
  })
})

test('a hundred hops with bodies of 64 KiB stay small, and the cut is said', async () => {
  const text = 'é'.repeat(64 * 1024)
  const [exchange] = createRun().exchanges
  if (!exchange) throw new Error('The run has no exchange')
  const body = { text, byteLength: 5_000_000, isCut: true }
  const exchanges = Array.from({ length: 100 }, (_, index) => ({
    ...exchange,
    id: index + 1,
    response: { status: 200, headers: exchange.request.headers, body },
  }))
  const folder = makeFolder()
  const store = storeIn(folder)
  await store.save(runAt(1, { exchanges }))
  const [file = ''] = readdirSync(join(folder, 'runs'))
  expect(readFileSync(join(folder, 'runs', file)).length).toBeLessThan(1024 * 1024)
  const read = await store.read(runAt(1))
  expect(read?.exchanges).toHaveLength(100)
  for (const { response } of read?.exchanges ?? []) {
    expect(response?.body).toMatchObject({ byteLength: 5_000_000, isCut: true })
    expect(response?.body?.text.length).toBeGreaterThan(200)
  }
})

test.each([
  ['linux', { HOME: '/home/me' }, '/home/me/.local/state/nv'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/state/nv'],
  ['linux', { XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/nv'],
  ['darwin', { XDG_STATE_HOME: '/state' }, '/home/me/Library/Application Support/nv'],
  ['linux', { NV_STATE_DIR: '/elsewhere', XDG_STATE_HOME: '/state' }, '/elsewhere'],
] as const)('on %s with %j they are in %s', (platform, env, folder) => {
  expect(findStateFolder({ env, platform, homeDirectory: '/home/me' })).toBe(folder)
})

test('on Windows they are in the local data of the user', () => {
  const environment = {
    env: { LOCALAPPDATA: 'C:\\Local' },
    platform: 'win32',
    homeDirectory: 'C:\\me',
  } as const
  expect(findStateFolder(environment)).toBe('C:\\Local\\nv\\State')
})
