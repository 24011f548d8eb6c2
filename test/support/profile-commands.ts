// Profile commands that change a store, and what is stored before and after each.
import {
  addProfile,
  changeProfile,
  readSecrets,
  removeProfile,
  renameProfile,
  type ShelfContext,
} from '../../src/cli/profile/shelf.ts'
import { listProfiles } from '../../src/profile/record.ts'
import type { SecretPlace, Store } from '../../src/profile/store.ts'

export interface ProfileCommand {
  /** Gives the place where secrets stay that should be gone; null: nowhere. */
  run(context: ShelfContext): Promise<SecretPlace | null>
  after: string[]
}

/** Stores what `stateBefore` says. */
export async function prepareProfiles(context: ShelfContext): Promise<void> {
  await addProfile(context, 'acme', { clientId: '1' }, { clientSecret: '1' })
}

export const stateBefore = ['acme 1 1']

export const profileCommands = {
  add: {
    run: async (context) => {
      await addProfile(context, 'new', { clientId: '3' }, { clientSecret: '3' })
      return null
    },
    after: ['acme 1 1', 'new 3 3'],
  },
  edit: {
    run: async (context) => {
      const change = { clientId: '3' }
      await changeProfile(context, 'acme', (settings) => ({ ...settings, ...change }), { clientSecret: '3' })
      return null
    },
    after: ['acme 3 3'],
  },
  rename: {
    run: async (context) => {
      await renameProfile(context, 'acme', 'new')
      return null
    },
    after: ['new 1 1'],
  },
  remove: { run: (context) => removeProfile(context, 'acme'), after: [] },
} satisfies Record<string, ProfileCommand>

export type ProfileCommandName = keyof typeof profileCommands

/** Lists each profile with its client id and its secret. */
export async function listState(store: Store): Promise<string[]> {
  const profiles = listProfiles(await store.profiles.read())
  const lines = await Promise.all(
    [...profiles].map(async ([name, { settings, secretEntry }]) => {
      const { clientSecret } = await readSecrets(store, name, secretEntry)
      return `${name} ${String(settings['clientId'])} ${clientSecret}`
    }),
  )
  return lines.sort()
}
