// The profiles' file: where it is, what is in it, who may read it, and what is refused.
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newOwnerName } from '../../../src/io/file-lock.ts'
import { findStoreFolder } from '../../../src/io/store-folder.ts'
import { createStore } from '../../../src/io/store.ts'
import type { Store, StoredProfile } from '../../../src/settings/store.ts'
import {
  isRoot,
  makeFolder,
  modeOf,
  nobody,
  problemOf,
  storeIn,
  useStoreProcess,
} from '../../support/store-harness.ts'

const start = useStoreProcess()

function add(store: Store, name: string, profile: StoredProfile): Promise<void> {
  return store.profiles.update((current) => ({
    ...current,
    profiles: { ...current.profiles, [name]: profile },
  }))
}

describe('the folder', () => {
  test.each([
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/nv'],
    ['linux', {}, '/home/u/.config/nv'],
    ['linux', { XDG_CONFIG_HOME: '' }, '/home/u/.config/nv'],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/u/.config/nv'],
    ['linux', { NV_CONFIG_DIR: '' }, '/home/u/.config/nv'],
    ['linux', { NV_CONFIG_DIR: '/c/', XDG_CONFIG_HOME: '/x' }, '/c'],
    ['linux', { NV_CONFIG_DIR: 'here' }, resolve('here')],
    ['darwin', { XDG_CONFIG_HOME: '/x' }, '/home/u/Library/Preferences/nv'],
    ['win32', { APPDATA: 'C:\\Users\\u\\AppData\\Roaming' }, 'C:\\Users\\u\\AppData\\Roaming\\nv\\Config'],
  ] as const)('on %s with %o is %s', (platform, env, path) => {
    expect(findStoreFolder({ platform, env, homeDirectory: '/home/u' }).path).toBe(path)
  })

  test.each([
    ['linux', {}],
    ['linux', { XDG_CONFIG_HOME: 'relative' }],
    ['darwin', {}],
    ['win32', {}],
  ] as const)('on %s with %o and no home is refused', (platform, env) => {
    expect(() => findStoreFolder({ platform, env, homeDirectory: '' })).toThrow(
      'no folder to keep profiles in',
    )
  })

  test('needs no home where it is named', () => {
    const env = { XDG_CONFIG_HOME: '/x' }
    expect(findStoreFolder({ platform: 'linux', env, homeDirectory: '' }).path).toBe('/x/nv')
  })

  test('is not made by making the store, nor by reading', async () => {
    const folder = join(makeFolder(), 'a', 'nv')
    const store = storeIn(folder)
    expect(await store.profiles.read()).toEqual({ default: null, profiles: {} })
    expect(await store.secrets.read('acme')).toEqual({})
    expect(await store.secrets.describe()).toEqual({
      kind: 'file',
      place: `${join(folder, 'secrets.json')} (mode 0600)`,
    })
    await store.secrets.remove('acme')
    expect(readdirSync(join(folder, '..', '..'))).toEqual([])
  })

  test('below XDG_CONFIG_HOME is made, and `.config` may be a link', async () => {
    const home = makeFolder()
    mkdirSync(join(home, 'dotfiles'))
    symlinkSync('dotfiles', join(home, '.config'))
    await add(createStore({ env: {}, platform: 'linux', homeDirectory: home }), 'acme', {})
    expect(readdirSync(join(home, 'dotfiles', 'nv'))).toEqual(['profiles.json'])
    expect(modeOf(join(home, 'dotfiles', 'nv'))).toBe('700')
    expect(modeOf(join(home, 'dotfiles', 'nv', 'profiles.json'))).toBe('600')
  })
})

describe('the content', () => {
  test('comes back, with unknown keys at both levels', async () => {
    const store = storeIn(makeFolder())
    await add(store, 'acme', { preset: 'camara' })
    const file = JSON.parse(readFileSync(store.profiles.path, 'utf8'))
    writeFileSync(store.profiles.path, JSON.stringify({ ...file, later: [1] }))
    await store.profiles.update((current) => ({
      default: 'acme',
      profiles: { acme: { ...current.profiles['acme'], new: { a: 1 } } },
    }))
    expect(await store.profiles.read()).toEqual({
      default: 'acme',
      profiles: { acme: { preset: 'camara', new: { a: 1 } } },
    })
    expect(JSON.parse(readFileSync(store.profiles.path, 'utf8'))).toHaveProperty('later', [1])
  })

  test.each(['a.b.c', '__proto__', 'constructor', 'prototype', '__internal__', 'toString', 'ñ 例', ''])(
    'keeps a profile named %j, and pollutes nothing',
    async (name) => {
      const store = storeIn(makeFolder())
      await add(store, 'acme', {})
      await store.profiles.update((current) => {
        current.profiles[name] = { polluted: 'yes' }
        return current
      })
      const { profiles } = await store.profiles.read()
      expect(Object.keys(profiles).sort()).toEqual(['acme', name].sort())
      expect(profiles[name]).toEqual({ polluted: 'yes' })
      expect({}).not.toHaveProperty('polluted')
      await store.secrets.write(name, { [name]: 'yes' })
      expect(Object.entries(await store.secrets.read(name))).toEqual([[name, 'yes']])
    },
  )

  test('of an earlier version loses its lists of spare entries with the next write', async () => {
    const store = storeIn(makeFolder())
    const profiles = {
      acme: { preset: 'camara', secretEntry: 'acme#2-b', spareEntries: ['acme#1-a'] },
      gone: { spareEntries: ['gone#1-a'] },
      empty: {},
    }
    writeFileSync(store.profiles.path, JSON.stringify({ default: null, profiles }), { mode: 0o600 })
    const kept = { acme: { preset: 'camara', secretEntry: 'acme#2-b' }, empty: {} }
    expect((await store.profiles.read()).profiles).toEqual(kept)
    await store.profiles.update((current) => current)
    expect(JSON.parse(readFileSync(store.profiles.path, 'utf8'))).toEqual({ default: null, profiles: kept })
  })

  test('is not written when the change throws', async () => {
    const store = storeIn(makeFolder())
    await add(store, 'acme', {})
    const before = readFileSync(store.profiles.path, 'utf8')
    const update = store.profiles.update(() => {
      throw new Error('mine')
    })
    await expect(update).rejects.toThrow('mine')
    expect(readFileSync(store.profiles.path, 'utf8')).toBe(before)
    expect(readdirSync(join(store.profiles.path, '..'))).toEqual(['profiles.json'])
  })

  test('is read by conf, without its signal handlers', async () => {
    const { answer } = await start({ action: 'listSignalsHeard', folder: makeFolder() }).ended
    expect(answer.result).toEqual([])
  })
})

const damages: Array<[what: string, text: string]> = [
  ['empty', ''],
  ['cut off', '{"default": null, "profiles": {"acme": {"clientId": "canary'],
  ['no JSON', 'canary'],
  ['null', 'null'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['of the wrong shape', '{"profiles": {"acme": "canary"}, "secrets": {"acme": "canary"}}'],
  ['of the wrong default', '{"default": 1, "profiles": {}, "secrets": {}, "inKeychain": [1]}'],
]

describe('a damaged file', () => {
  test.each(damages)('that is %s is named and kept: the profiles', async (_, text) => {
    const store = storeIn(makeFolder())
    const path = store.profiles.path
    writeFileSync(path, text, { mode: 0o600 })
    for (const attempt of [store.profiles.read(), add(store, 'new', {})]) {
      const problem = await problemOf(attempt)
      expect(problem).toMatchObject({ code: 'store_damaged', title: `The file is damaged: ${path}` })
      expect(problem.fix).toContain(`mv ${path} ${path}.damaged`)
      expect(problem.fix).toContain('then the next profile command also removes the secrets')
      expect(JSON.stringify(problem)).not.toContain('canary')
    }
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(readdirSync(join(path, '..'))).toEqual(['profiles.json'])
  })

  test.each(damages)('that is %s is named and kept: the secrets', async (_, text) => {
    const folder = makeFolder()
    const { secrets } = storeIn(folder)
    const path = join(folder, 'secrets.json')
    writeFileSync(path, text, { mode: 0o600 })
    for (const attempt of [
      secrets.list(),
      secrets.read('acme'),
      secrets.write('acme', { a: 'b' }),
      secrets.locate('acme'),
      secrets.remove('acme'),
    ]) {
      const error = await attempt.then(
        () => null,
        (reason: unknown) => reason as Error,
      )
      expect(error).toMatchObject({
        problem: { code: 'store_damaged', title: `The file is damaged: ${path}` },
      })
      expect(`${JSON.stringify(error)} ${error?.stack} ${String(error?.cause)}`).not.toContain('canary')
    }
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

const files = ['profiles.json', 'secrets.json'] as const
const contents = { 'profiles.json': '{"profiles": {}}', 'secrets.json': '{"secrets": {}, "inKeychain": []}' }

/** Reads and writes the one file of the store. */
const uses = {
  'profiles.json': (store: Store) => [() => store.profiles.read(), () => add(store, 'acme', {})],
  'secrets.json': (store: Store) => [
    () => store.secrets.read('acme'),
    () => store.secrets.write('acme', { clientSecret: 'canary' }),
  ],
}

describe.each(files)('%s', (name) => {
  test('that is open to others is mended, with one warning', async () => {
    const folder = makeFolder()
    const path = join(folder, name)
    writeFileSync(path, contents[name])
    chmodSync(path, 0o644)
    chmodSync(folder, 0o777)
    const store = storeIn(folder)
    for (const use of uses[name](store)) await use()
    expect([modeOf(folder), modeOf(path)]).toEqual(['700', '600'])
    expect(store.warnings()).toEqual([
      `${folder} was open to other users of this machine (mode 0777). Its mode is 0700 now.`,
      `${path} was open to other users of this machine (mode 0644). Its mode is 0600 now.`,
    ])
    expect(store.warnings()).toEqual([])
  })

  test.each([
    ['link', (path: string) => symlinkSync(join(makeFolder(), 'elsewhere'), path), 'It is a symbolic link.'],
    ['link to a file', linkToFile, 'It is a symbolic link.'],
    ['folder', (path: string) => mkdirSync(path, { mode: 0o700 }), 'It is not a file.'],
  ])('that is a %s is refused', async (_, plant, cause) => {
    const folder = makeFolder()
    plant(join(folder, name))
    for (const use of uses[name](storeIn(folder))) {
      expect(await problemOf(use())).toMatchObject({ code: 'store_refused', cause })
    }
    expect(readdirSync(folder)).toEqual([name])
  })

  test('below a link to the folder is refused', async () => {
    const folder = join(makeFolder(), 'nv')
    symlinkSync(makeFolder(), folder)
    for (const use of uses[name](storeIn(`${folder}/`))) {
      expect(await problemOf(use())).toMatchObject({ code: 'store_refused', cause: 'It is a symbolic link.' })
    }
  })

  test('of another owner, or in a folder of one, is refused', async () => {
    const folder = makeFolder()
    const uid = statSync(folder).uid
    for (const use of uses[name](storeIn(folder, { uid: uid + 1 }))) {
      expect((await problemOf(use())).cause).toBe(
        `It belongs to user ${uid}, and nv runs as user ${uid + 1}.`,
      )
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test.skipIf(!isRoot)('of another owner is refused: really (needs root)', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, name), contents[name])
    chownSync(join(folder, name), nobody, nobody)
    for (const use of uses[name](storeIn(folder))) {
      expect((await problemOf(use())).cause).toBe(`It belongs to user ${nobody}, and nv runs as user 0.`)
    }
    expect(modeOf(join(folder, name))).toBe('644')
  })
})

function linkToFile(path: string): void {
  const target = join(makeFolder(), 'elsewhere')
  writeFileSync(target, '{"profiles": {}, "secrets": {}, "inKeychain": []}', { mode: 0o600 })
  symlinkSync(target, path)
}

test('a chosen folder that holds other things keeps its mode', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'package.json'), '{}')
  const store = storeIn(folder)
  await add(store, 'acme', {})
  expect(modeOf(folder)).toBe('755')
  expect(modeOf(store.profiles.path)).toBe('600')
  expect(store.warnings()).toEqual([expect.stringContaining('nv did not change its mode')])
})

test('what killed processes left behind is removed by the next write, and nothing else', async () => {
  const folder = makeFolder()
  // No process of Linux, macOS or Windows has this id.
  const gone = newOwnerName().replace(/^(\w+)-\d+/, '$1-999999999')
  const ours = ['profiles.json', 'profiles.json.lock', 'secrets.json', 'secrets.json.lock']
  for (const name of ours) writeFileSync(join(folder, `${name}.${gone}.tmp`), 'canary')
  const others = ['notes.tmp', 'profiles.json.bak', 'profiles.json.damaged']
  for (const name of others) writeFileSync(join(folder, name), '')
  await add(storeIn(folder), 'acme', {})
  expect(readdirSync(folder).sort()).toEqual([...others, 'profiles.json'].sort())
})
