// A profile command that is killed at any of its writes, and commands at once: the old or the new state, whole.
import { describe, expect, it } from 'vitest'
import {
  addProfile,
  changeProfile,
  readSecrets,
  removeProfile,
  renameProfile,
} from '../../src/cli/profile/shelf.ts'
import type { Context } from '../../src/context.ts'
import { SetupError } from '../../src/errors.ts'
import { listProfiles } from '../../src/profile/record.ts'
import type { Store } from '../../src/profile/store.ts'
import { createTestContext, createTestStore } from '../support/context.ts'

/** Makes a store that does so many writes of another one, and from then on nothing: the process is gone. */
function killAfter(writes: number, { profiles, secrets, ...rest }: Store): Store {
  let left = writes
  const count = <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) => {
    return (...args: Args): Promise<Result> =>
      left-- > 0 ? write(...args) : Promise.reject(new Error('killed'))
  }
  return {
    ...rest,
    profiles: { ...profiles, update: count(profiles.update) },
    secrets: { ...secrets, write: count(secrets.write), remove: count(secrets.remove) },
  }
}

const contextOf = (store: Store): Context => createTestContext({ store }).context

/** Lists each profile with its client id and its secret; a secret here is that of the client id of the same number. */
async function look(store: Store): Promise<Record<string, string>> {
  const profiles = listProfiles(await store.profiles.read())
  const seen: Record<string, string> = {}
  for (const [name, { settings, secretEntry }] of profiles) {
    const { clientSecret } = await readSecrets(store, name, secretEntry)
    seen[name] = `${String(settings['clientId'])} ${clientSecret}`
  }
  return Object.fromEntries(Object.entries(seen).sort(([one], [other]) => one.localeCompare(other)))
}

const client = (number: number) => ({ clientId: `id-${number}` })
const secret = (number: number) => ({ clientSecret: `secret-${number}` })

const commands: Record<
  string,
  { run: (context: Context) => Promise<unknown>; after: Record<string, string> }
> = {
  add: {
    run: (context) => addProfile(context, 'new', client(3), secret(3)),
    after: { acme: 'id-1 secret-1', beta: 'id-2 secret-2', new: 'id-3 secret-3' },
  },
  edit: {
    run: (context) =>
      changeProfile(context, 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3)),
    after: { acme: 'id-3 secret-3', beta: 'id-2 secret-2' },
  },
  rename: {
    run: (context) => renameProfile(context, 'acme', 'new'),
    after: { beta: 'id-2 secret-2', new: 'id-1 secret-1' },
  },
  remove: {
    run: (context) => removeProfile(context, 'acme'),
    after: { beta: 'id-2 secret-2' },
  },
}
const before = { acme: 'id-1 secret-1', beta: 'id-2 secret-2' }

async function createFilledStore(): Promise<Store> {
  const store = createTestStore()
  await addProfile(contextOf(store), 'acme', client(1), secret(1))
  await addProfile(contextOf(store), 'beta', client(2), secret(2))
  return store
}

describe.each(Object.entries(commands))('%s', (_, { run, after }) => {
  it('leaves no entry that no profile has', async () => {
    const store = await createFilledStore()
    await run(contextOf(store))
    expect(await look(store)).toEqual(after)
    expect(await store.secrets.list()).toHaveLength(Object.keys(after).length)
  })

  it('killed at any write leaves the old or the new state, and what is left behind goes with a later command', async () => {
    const seen = new Set<string>()
    let isWhole = false
    for (let writes = 0; !isWhole && writes < 20; writes++) {
      const store = await createFilledStore()
      isWhole = await run(contextOf(killAfter(writes, store))).then(
        () => true,
        () => false,
      )
      const state = await look(store)
      expect([before, after]).toContainEqual(state)
      seen.add(JSON.stringify(state))

      const { context, clock } = createTestContext({ store })
      clock.advance(11 * 60_000)
      await addProfile(context, 'later', client(9), secret(9))
      expect(await look(store)).toEqual({ ...state, later: 'id-9 secret-9' })
      expect(await store.secrets.list()).toHaveLength(Object.keys(state).length + 1)
    }
    expect([...seen].sort()).toEqual([JSON.stringify(before), JSON.stringify(after)].sort())
  })

  it('killed at any write can be given again', async () => {
    for (let writes = 0; writes < 6; writes++) {
      const store = await createFilledStore()
      await run(contextOf(killAfter(writes, store))).catch(() => {})
      if (JSON.stringify(await look(store)) === JSON.stringify(before)) await run(contextOf(store))
      expect(await look(store)).toEqual(after)
    }
  })
})

describe('at once', () => {
  it('several add of one name: one is saved, with its own secret, and nothing of the others is left', async () => {
    const store = createTestStore()
    const numbers = [1, 2, 3, 4, 5]
    const results = await Promise.allSettled(
      numbers.map((number) => addProfile(contextOf(store), 'acme', client(number), secret(number))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = results.findIndex(({ status }) => status === 'fulfilled') + 1
    expect(await look(store)).toEqual({ acme: `id-${winner} secret-${winner}` })
    expect(await store.secrets.list()).toHaveLength(1)
  })

  it('several edit of one profile: id and secret are those of one of them', async () => {
    const store = await createFilledStore()
    await Promise.all(
      [3, 4, 5, 6].map((number) =>
        changeProfile(
          contextOf(store),
          'acme',
          (settings) => ({ ...settings, ...client(number) }),
          secret(number),
        ),
      ),
    )
    const { acme } = await look(store)
    expect(acme).toMatch(/^id-([3-6]) secret-\1$/)
    expect(await store.secrets.list()).toHaveLength(2)
  })

  it('edits of different secrets and settings of one profile lose nothing', async () => {
    const store = await createFilledStore()
    const change = (settings: object, secrets: Record<string, string>) =>
      changeProfile(contextOf(store), 'acme', (current) => ({ ...current, ...settings }), secrets)
    await Promise.all([
      change({ scope: 'a' }, { 'header:x-a': 'a' }),
      change({ prompt: 'b' }, { 'header:x-b': 'b' }),
      change({ pkce: 'off' }, {}),
    ])
    const record = listProfiles(await store.profiles.read()).get('acme')
    expect(record?.settings).toEqual({ ...client(1), scope: 'a', prompt: 'b', pkce: 'off' })
    expect(await readSecrets(store, 'acme', record?.secretEntry ?? null)).toEqual({
      ...secret(1),
      'header:x-a': 'a',
      'header:x-b': 'b',
    })
  })

  it('remove during an edit: the profile is gone, and so are both secrets', async () => {
    const store = await createFilledStore()
    const results = await Promise.allSettled([
      changeProfile(contextOf(store), 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3)),
      removeProfile(contextOf(store), 'acme'),
    ])
    expect(results[1]?.status).toBe('fulfilled')
    expect(await look(store)).toEqual({ beta: 'id-2 secret-2' })
    expect(await store.secrets.list()).toHaveLength(1)
  })

  it('rename during an edit: the new name has a whole profile', async () => {
    const store = await createFilledStore()
    await Promise.allSettled([
      changeProfile(contextOf(store), 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3)),
      renameProfile(contextOf(store), 'acme', 'new'),
    ])
    expect(['id-1 secret-1', 'id-3 secret-3']).toContain((await look(store))['new'])
  })

  it('an entry of a command that is still at work is left alone', async () => {
    const store = await createFilledStore()
    await addProfile(contextOf(killAfter(1, store)), 'slow', client(3), secret(3)).catch(() => {})
    expect(await store.secrets.list()).toHaveLength(3)
    await addProfile(contextOf(store), 'later', client(4), secret(4))
    expect(await store.secrets.list()).toHaveLength(4)
    expect(Object.keys(await look(store))).toEqual(['acme', 'beta', 'later'])
  })
})

it('a secret that can not be stored leaves no profile', async () => {
  const store = createTestStore()
  const problem = { code: 'store_not_writable', title: 'The disk is full', cause: '', fix: '' }
  store.secrets.write = () => Promise.reject(new SetupError(problem))
  await expect(addProfile(contextOf(store), 'acme', client(1), secret(1))).rejects.toThrow('The disk is full')
  expect(await look(store)).toEqual({})
})

const locked = { code: 'keychain_unavailable', title: 'The keychain is locked', cause: '', fix: '' }

it('an entry that can not be removed now does not stop the next command, and goes with one after it', async () => {
  const store = await createFilledStore()
  const { remove } = store.secrets
  await removeProfile(contextOf(killAfter(1, store)), 'acme').catch(() => {})
  store.secrets.remove = () => Promise.reject(new SetupError(locked))
  const { context, clock } = createTestContext({ store })
  clock.advance(11 * 60_000)
  await renameProfile(context, 'beta', 'gamma')
  expect(await look(store)).toEqual({ gamma: 'id-2 secret-2' })
  expect(await store.secrets.list()).toHaveLength(2)
  store.secrets.remove = remove
  await renameProfile(context, 'gamma', 'beta')
  expect(await store.secrets.list()).toHaveLength(1)
})

describe('a clean-up that fails after the change took effect', () => {
  it.each(['list', 'locate', 'remove'] as const)(
    'in %s: the change is told as done, with what is left',
    async (call) => {
      const store = await createFilledStore()
      const update = store.profiles.update
      store.profiles.update = async (change) => {
        await update(change)
        Object.assign(store.secrets, { [call]: () => Promise.reject(new SetupError(locked)) })
      }
      const { context, err } = createTestContext({ store })
      await changeProfile(context, 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3))
      expect(await look(store)).toEqual({ acme: 'id-3 secret-3', beta: 'id-2 secret-2' })
      if (call !== 'list')
        expect(err()).toMatch(/^The previous secrets are still in .*, since the keychain is locked/)
    },
  )

  it('of a profile that was removed: tells where its secrets stay', async () => {
    const store = await createFilledStore()
    store.secrets.remove = () => Promise.reject(new SetupError(locked))
    expect(await removeProfile(contextOf(store), 'acme')).toMatchObject({
      place: '/nowhere/secrets.json (mode 0600)',
      reason: 'the keychain is locked',
    })
    expect(await look(store)).toEqual({ beta: 'id-2 secret-2' })
  })
})

it('a write that reports an error although it took effect does not cost the secret', async () => {
  const store = await createFilledStore()
  const { update } = store.profiles
  store.profiles.update = async (change) => {
    await update(change)
    throw new SetupError(locked)
  }
  await expect(addProfile(contextOf(store), 'new', client(3), secret(3))).rejects.toThrow(
    'The keychain is locked',
  )
  expect(await look(store)).toEqual({ acme: 'id-1 secret-1', beta: 'id-2 secret-2', new: 'id-3 secret-3' })
})

it('an entry that two profiles have stays for the other one', async () => {
  const store = await createFilledStore()
  await store.profiles.update((current) => ({
    ...current,
    profiles: { ...current.profiles, copy: { ...current.profiles['acme'] } },
  }))
  await removeProfile(contextOf(store), 'acme')
  expect(await look(store)).toEqual({ beta: 'id-2 secret-2', copy: 'id-1 secret-1' })
})

it('an entry whose name is none of ours is left alone', async () => {
  const store = await createFilledStore()
  await store.secrets.write('acme', secret(1))
  const { context, clock } = createTestContext({ store })
  clock.advance(11 * 60_000)
  await renameProfile(context, 'beta', 'gamma')
  expect(await store.secrets.list()).toContain('acme')
})
