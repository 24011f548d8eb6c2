// A profile command that is killed at any of its writes, and commands at once: the old or the new state, whole.
import { describe, expect, it } from 'vitest'
import { addProfile, changeProfile, removeProfile, renameProfile } from '../../src/cli/profile/shelf.ts'
import type { Context } from '../../src/context.ts'
import { SetupError } from '../../src/errors.ts'
import { listProfiles } from '../../src/settings/record.ts'
import type { Store } from '../../src/settings/store.ts'
import { createTestContext, createTestStore } from '../support/context.ts'
import { readSecrets } from '../../src/target/secrets.ts'

/** A store that tells which entries of secrets it has. */
interface Shelf {
  store: Store
  entries: Set<string>
}

function createShelf(): Shelf {
  const store = createTestStore()
  const entries = new Set<string>()
  const { write, remove } = store.secrets
  store.secrets.write = (name, secrets) => {
    entries.add(name)
    return write(name, secrets)
  }
  store.secrets.remove = (name) => {
    entries.delete(name)
    return remove(name)
  }
  return { store, entries }
}

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
async function look({ store }: Shelf): Promise<Record<string, string>> {
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

async function createFilledShelf(): Promise<Shelf> {
  const shelf = createShelf()
  await addProfile(contextOf(shelf.store), 'acme', client(1), secret(1))
  await addProfile(contextOf(shelf.store), 'beta', client(2), secret(2))
  return shelf
}

describe.each(Object.entries(commands))('%s', (_, { run, after }) => {
  it('leaves no entry that no profile has', async () => {
    const shelf = await createFilledShelf()
    await run(contextOf(shelf.store))
    expect(await look(shelf)).toEqual(after)
    expect(shelf.entries.size).toBe(Object.keys(after).length)
    expect(JSON.stringify(await shelf.store.profiles.read())).not.toContain('spareEntries')
  })

  it('killed at any write leaves the old or the new state, and what is left behind goes with a later command', async () => {
    const seen = new Set<string>()
    let isWhole = false
    for (let writes = 0; !isWhole && writes < 20; writes++) {
      const shelf = await createFilledShelf()
      isWhole = await run(contextOf(killAfter(writes, shelf.store))).then(
        () => true,
        () => false,
      )
      const state = await look(shelf)
      expect([before, after]).toContainEqual(state)
      seen.add(JSON.stringify(state))

      const { context, clock } = createTestContext({ store: shelf.store })
      clock.advance(11 * 60_000)
      await addProfile(context, 'later', client(9), secret(9))
      expect(await look(shelf)).toEqual({ ...state, later: 'id-9 secret-9' })
      expect(shelf.entries.size).toBe(Object.keys(state).length + 1)
      expect(JSON.stringify(await shelf.store.profiles.read())).not.toContain('spareEntries')
    }
    expect([...seen].sort()).toEqual([JSON.stringify(before), JSON.stringify(after)].sort())
  })

  it('killed at any write can be given again', async () => {
    for (let writes = 0; writes < 6; writes++) {
      const shelf = await createFilledShelf()
      await run(contextOf(killAfter(writes, shelf.store))).catch(() => {})
      if (JSON.stringify(await look(shelf)) === JSON.stringify(before)) await run(contextOf(shelf.store))
      expect(await look(shelf)).toEqual(after)
    }
  })
})

describe('at once', () => {
  it('several add of one name: one is saved, with its own secret, and nothing of the others is left', async () => {
    const shelf = createShelf()
    const numbers = [1, 2, 3, 4, 5]
    const results = await Promise.allSettled(
      numbers.map((number) => addProfile(contextOf(shelf.store), 'acme', client(number), secret(number))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = results.findIndex(({ status }) => status === 'fulfilled') + 1
    expect(await look(shelf)).toEqual({ acme: `id-${winner} secret-${winner}` })
    expect(shelf.entries.size).toBe(1)
    expect(JSON.stringify(await shelf.store.profiles.read())).not.toContain('spareEntries')
  })

  it('several edit of one profile: id and secret are those of one of them', async () => {
    const shelf = await createFilledShelf()
    await Promise.all(
      [3, 4, 5, 6].map((number) =>
        changeProfile(
          contextOf(shelf.store),
          'acme',
          (settings) => ({ ...settings, ...client(number) }),
          secret(number),
        ),
      ),
    )
    const { acme } = await look(shelf)
    expect(acme).toMatch(/^id-([3-6]) secret-\1$/)
    expect(shelf.entries.size).toBe(2)
  })

  it('edits of different secrets and settings of one profile lose nothing', async () => {
    const shelf = await createFilledShelf()
    const change = (settings: object, secrets: Record<string, string>) =>
      changeProfile(contextOf(shelf.store), 'acme', (current) => ({ ...current, ...settings }), secrets)
    await Promise.all([
      change({ scope: 'a' }, { 'header:x-a': 'a' }),
      change({ prompt: 'b' }, { 'header:x-b': 'b' }),
      change({ pkce: 'off' }, {}),
    ])
    const record = listProfiles(await shelf.store.profiles.read()).get('acme')
    expect(record?.settings).toEqual({ ...client(1), scope: 'a', prompt: 'b', pkce: 'off' })
    expect(await readSecrets(shelf.store, 'acme', record?.secretEntry ?? null)).toEqual({
      ...secret(1),
      'header:x-a': 'a',
      'header:x-b': 'b',
    })
  })

  it('remove during an edit: the profile is gone, and so are both secrets', async () => {
    const shelf = await createFilledShelf()
    const results = await Promise.allSettled([
      changeProfile(contextOf(shelf.store), 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3)),
      removeProfile(contextOf(shelf.store), 'acme'),
    ])
    expect(results[1]?.status).toBe('fulfilled')
    expect(await look(shelf)).toEqual({ beta: 'id-2 secret-2' })
    expect(shelf.entries.size).toBe(1)
  })

  it('rename during an edit: the new name has a whole profile', async () => {
    const shelf = await createFilledShelf()
    await Promise.allSettled([
      changeProfile(contextOf(shelf.store), 'acme', (settings) => ({ ...settings, ...client(3) }), secret(3)),
      renameProfile(contextOf(shelf.store), 'acme', 'new'),
    ])
    expect(['id-1 secret-1', 'id-3 secret-3']).toContain((await look(shelf))['new'])
  })

  it('an entry of a command that is still at work is left alone', async () => {
    const shelf = await createFilledShelf()
    await addProfile(contextOf(killAfter(2, shelf.store)), 'slow', client(3), secret(3)).catch(() => {})
    expect(shelf.entries.size).toBe(3)
    await addProfile(contextOf(shelf.store), 'later', client(4), secret(4))
    expect(shelf.entries.size).toBe(4)
    expect(Object.keys(await look(shelf))).toEqual(['acme', 'beta', 'later'])
  })
})

it('a secret that can not be stored leaves no profile', async () => {
  const shelf = createShelf()
  const problem = { code: 'store_not_writable', title: 'The disk is full', cause: '', fix: '' }
  shelf.store.secrets.write = () => Promise.reject(new SetupError(problem))
  await expect(addProfile(contextOf(shelf.store), 'acme', client(1), secret(1))).rejects.toThrow(
    'The disk is full',
  )
  expect(await look(shelf)).toEqual({})
})

it('an entry that can not be removed now does not stop the next command', async () => {
  const shelf = await createFilledShelf()
  await removeProfile(contextOf(killAfter(1, shelf.store)), 'acme').catch(() => {})
  const { write } = shelf.store.secrets
  const problem = { code: 'keychain_unavailable', title: 'The keychain is locked', cause: '', fix: '' }
  shelf.store.secrets.write = (name, secrets) =>
    Object.keys(secrets).length === 0 ? Promise.reject(new SetupError(problem)) : write(name, secrets)
  const { context, clock } = createTestContext({ store: shelf.store })
  clock.advance(11 * 60_000)
  await renameProfile(context, 'beta', 'gamma')
  expect(await look(shelf)).toEqual({ gamma: 'id-2 secret-2' })
})

it('a problem with the secrets of a profile names the profile, and not the entry', async () => {
  const store = createTestStore()
  store.secrets.read = (entry) =>
    Promise.reject(
      new SetupError({
        code: 'keychain_damaged',
        title: `Of ${entry}`,
        cause: `x ${entry}.`,
        fix: `nv profile edit ${entry}`,
      }),
    )
  await expect(readSecrets(store, 'acme', 'old#1-2')).rejects.toMatchObject({
    problem: { code: 'keychain_damaged', title: 'Of acme', cause: 'x acme.', fix: 'nv profile edit acme' },
  })
})
