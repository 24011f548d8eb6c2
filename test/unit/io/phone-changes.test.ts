// What is to be put back on phones: it outlives the process, and only that of processes that are gone is given.
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPhoneChanges } from '../../../src/io/phone-changes.ts'
import { newOwnerName } from '../../../src/io/file-lock.ts'
import { makeFolder } from '../../support/store-harness.ts'

const change = { serial: '1A2B', phone: 'Pixel 7', change: 'wifi-off' } as const

function open() {
  const state = makeFolder()
  const store = createPhoneChanges({
    env: { NV_STATE_DIR: state },
    platform: process.platform,
    homeDirectory: '/nonexistent',
  })
  return { store, folder: join(state, 'phones') }
}

/** The name of a process that is gone: its number is larger than any. */
const gone = () => newOwnerName().replace(/-\d+-\d+-/, '-4194999-1-')

describe.skipIf(process.platform === 'win32')('what is to be put back', () => {
  test('nothing is made before something is changed', async () => {
    const { store, folder } = open()
    expect(await store.abandoned()).toEqual([])
    expect(() => statSync(folder)).toThrow('ENOENT')
  })

  test('is for its owner alone to read, and its own process does not give it', async () => {
    const { store, folder } = open()
    const added = await store.add(change)
    const [name = ''] = readdirSync(folder)
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600])
    expect(await store.abandoned()).toEqual([])
    await store.forget(added)
    await store.forget(added)
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a process that is gone is given, as often as it is not forgotten', async () => {
    const { store, folder } = open()
    await store.forget(await store.add(change))
    const id = gone()
    writeFileSync(join(folder, `phone-${id}.json`), JSON.stringify({ id: 'other', ...change }), {
      mode: 0o600,
    })
    expect(await store.abandoned()).toEqual([{ id, ...change }])
    await store.forget({ id, ...change })
    expect(await store.abandoned()).toEqual([])
  })

  test.each(['', '{', 'null', '[]', '{"serial":1}', '{"serial":"a","phone":"b","change":"reboot"}'])(
    'what is damaged tells nothing: %s',
    async (text) => {
      const { store, folder } = open()
      mkdirSync(folder, { mode: 0o700 })
      writeFileSync(join(folder, `phone-${gone()}.json`), text, { mode: 0o600 })
      writeFileSync(join(folder, 'phone-nonsense.json'), text, { mode: 0o600 })
      expect(await store.abandoned()).toEqual([])
    },
  )

  test('a planted link is refused', async () => {
    const { store, folder } = open()
    mkdirSync(folder, { mode: 0o700 })
    symlinkSync('/etc/hostname', join(folder, `phone-${gone()}.json`))
    await expect(store.abandoned()).rejects.toMatchObject({ name: 'SetupError' })
  })

  test.skipIf(process.getuid?.() === 0)(
    'a folder that takes nothing is refused before anything is changed',
    async () => {
      const { store, folder } = open()
      mkdirSync(folder, { mode: 0o500 })
      await expect(store.add(change)).rejects.toMatchObject({ name: 'SetupError' })
      chmodSync(folder, 0o700)
    },
  )
})
