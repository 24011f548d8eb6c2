// Which place secrets are written to, and that each is found again, from wherever it was written.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KeychainError } from '../../../src/io/keychain-store.ts'
import type { Keychain } from '../../../src/io/keychain-store.ts'
import type { SecretStore } from '../../../src/profile/store.ts'
import { makeFolder, problemOf, storeIn } from '../../support/store-harness.ts'

interface TestKeychain extends Keychain {
  entries: Map<string, string>
  isAway: boolean
  isReadOnly: boolean
  requests: string[]
}

function makeKeychain(): TestKeychain {
  const use = <T>(request: string, result: () => T): Promise<T> => {
    keychain.requests.push(request)
    const isRefused = keychain.isAway || (keychain.isReadOnly && request === 'write')
    return isRefused ? Promise.reject(new KeychainError('the keychain is locked')) : Promise.resolve(result())
  }
  const keychain: TestKeychain = {
    place: 'the test keychain',
    entries: new Map(),
    isAway: false,
    isReadOnly: false,
    requests: [],
    probe: () => use('probe', () => {}),
    read: (account) => use('read', () => keychain.entries.get(account) ?? null),
    write: (account, password) => use('write', () => void keychain.entries.set(account, password)),
    remove: (account) => use('remove', () => void keychain.entries.delete(account)),
  }
  return keychain
}

/** A store with its keychain; each call of `open` is a new command. */
function makeStore(): {
  keychain: TestKeychain
  file: () => string
  open: (wanted?: string) => SecretStore
  folder: string
} {
  const folder = makeFolder()
  const keychain = makeKeychain()
  return {
    folder,
    keychain,
    file: () => readFileSync(join(folder, 'secrets.json'), 'utf8'),
    open: (wanted = '') => storeIn(folder, { env: { NV_SECRET_STORE: wanted }, keychain }).secrets,
  }
}

const first = { clientSecret: 'first-canary' }
const second = { clientSecret: 'second-canary', 'header:x-rapidapi-key': 'third-canary' }

describe('with a keychain', () => {
  test('writes to it, one entry a profile, and nothing of it to the file', async () => {
    const { folder, keychain, file, open } = makeStore()
    expect(await open().describe()).toEqual({ kind: 'keychain', place: 'the test keychain' })
    expect(await open().write('acme', second)).toEqual({ kind: 'keychain', place: 'the test keychain' })
    expect([...keychain.entries]).toEqual([[`acme @ ${folder}`, JSON.stringify(second)]])
    expect(file()).not.toContain('canary')
    expect(await open().read('acme')).toEqual(second)
  })

  test('does not ask it for profiles it has nothing of', async () => {
    const { keychain, open } = makeStore()
    expect(await open().read('acme')).toEqual({})
    await open('file').write('acme', first)
    expect(await open().read('acme')).toEqual(first)
    expect(keychain.requests).toEqual([])
  })

  test('moves secrets out of the file when they are written again', async () => {
    const { file, open } = makeStore()
    await open('file').write('acme', first)
    await open().write('acme', second)
    expect(await open().read('acme')).toEqual(second)
    expect(file()).not.toContain('canary')
  })

  test('removes, and leaves no name behind', async () => {
    const { keychain, file, open } = makeStore()
    await open().write('acme', first)
    await open().remove('acme')
    expect(await open().read('acme')).toEqual({})
    expect(keychain.entries.size).toBe(0)
    expect(file()).not.toContain('acme')
  })

  test('reads nothing where its entry was removed by hand, and names one that was changed', async () => {
    const { folder, keychain, open } = makeStore()
    await open().write('acme', first)
    keychain.entries.set(`acme @ ${folder}`, 'canary')
    const problem = await problemOf(open().read('acme'))
    expect(problem.code).toBe('keychain_damaged')
    expect(JSON.stringify(problem)).not.toContain('canary')
    keychain.entries.clear()
    expect(await open().read('acme')).toEqual({})
  })
})

describe('with a keychain that is away', () => {
  test('writes to the file and says why', async () => {
    const { folder, keychain, open } = makeStore()
    keychain.isAway = true
    const place = {
      kind: 'file',
      place: `${join(folder, 'secrets.json')} (mode 0600)`,
      reason: 'the keychain is locked',
    }
    expect(await open().describe()).toEqual(place)
    expect(await open().write('acme', first)).toEqual(place)
    expect(await open().read('acme')).toEqual(first)
  })

  test('that refuses only the writing, too', async () => {
    const { keychain, open } = makeStore()
    keychain.isReadOnly = true
    expect((await open().write('acme', first)).kind).toBe('file')
    expect(await open().read('acme')).toEqual(first)
  })

  test('says that the secrets are in it, instead of that there are none', async () => {
    const { keychain, open } = makeStore()
    await open().write('acme', first)
    keychain.isAway = true
    expect(await problemOf(open().read('acme'))).toEqual({
      code: 'keychain_unavailable',
      title: "Can't read the secrets of profile acme from the test keychain",
      cause: 'The keychain is locked.',
      fix: expect.stringContaining('NV_SECRET_STORE=file nv profile edit acme --client-secret-stdin'),
    })
  })

  test('names the profile, and not the entry', async () => {
    const { keychain, open } = makeStore()
    await open().write('acme#1-2', first)
    keychain.isAway = true
    const { title, fix } = await problemOf(open().read('acme#1-2', 'acme'))
    expect(title).toBe("Can't read the secrets of profile acme from the test keychain")
    expect(fix).toContain('nv profile edit acme --client-secret-stdin')
  })

  test('never brings back what was replaced meanwhile', async () => {
    const { keychain, open } = makeStore()
    await open().write('acme', first)
    keychain.isAway = true
    await open().write('acme', second)
    keychain.isAway = false
    expect(await open().read('acme')).toEqual(second)
    await open().write('acme', first)
    expect(await open().read('acme')).toEqual(first)
  })

  test('never brings back what was removed meanwhile, and warns of the entry that stays', async () => {
    const { folder, keychain, open, file } = makeStore()
    await open().write('acme', first)
    keychain.isAway = true
    const store = storeIn(folder, { env: { NV_SECRET_STORE: '' }, keychain })
    expect(await store.secrets.remove('acme')).toEqual({
      kind: 'keychain',
      place: 'the test keychain',
      reason: 'the keychain is locked',
    })
    keychain.isAway = false
    expect(await open().read('acme')).toEqual({})
    await open().remove('acme')
    expect(keychain.entries.size).toBe(0)
    expect(file()).not.toContain('acme')
  })
})

test('tells where secrets are, and removes those of the file, without the keychain', async () => {
  const { keychain, open } = makeStore()
  await open('file').write('acme', first)
  await open().write('beta', first)
  keychain.isAway = true
  keychain.requests.length = 0
  expect((await open('keychain').locate('acme'))?.kind).toBe('file')
  expect((await open('keychain').locate('beta'))?.kind).toBe('keychain')
  expect(await open('keychain').remove('acme')).toBeNull()
  expect(await open('keychain').locate('acme')).toBeNull()
  expect(keychain.requests).toEqual([])
})

test('lists the entries of both places, and those that are to be removed, without the keychain', async () => {
  const { keychain, open } = makeStore()
  expect(await open().list()).toEqual([])
  await open('file').write('in file', first)
  await open().write('in keychain', first)
  await open().write('removed', first)
  await open().write('half removed', first)
  await open().remove('removed')
  keychain.isAway = true
  await open().remove('half removed')
  keychain.requests.length = 0
  expect((await open('keychain').list()).sort()).toEqual(['half removed', 'in file', 'in keychain'])
  expect(keychain.requests).toEqual([])
})

describe('NV_SECRET_STORE', () => {
  test('file: leaves the keychain alone', async () => {
    const { keychain, open } = makeStore()
    expect((await open('file').write('acme', first)).kind).toBe('file')
    expect(await open('file').read('acme')).toEqual(first)
    await open('file').remove('acme')
    expect(keychain.requests).toEqual([])
  })

  test('keychain: fails when there is none, and writes no secret elsewhere', async () => {
    const { keychain, open } = makeStore()
    keychain.isReadOnly = true
    expect((await problemOf(open('keychain').write('acme', first))).code).toBe('keychain_unavailable')
    keychain.isAway = true
    expect((await problemOf(open('keychain').describe())).code).toBe('keychain_unavailable')
    keychain.isAway = false
    expect(await open('keychain').read('acme')).toEqual({})
  })

  test('anything else is a usage error', async () => {
    const { open } = makeStore()
    expect((await problemOf(open('Keyring').describe())).code).toBe('invalid_secret_store')
    expect((await problemOf(open('Keyring').write('acme', first))).code).toBe('invalid_secret_store')
  })
})
