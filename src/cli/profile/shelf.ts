// Changes to the stored profiles and their secrets, so that a command that is killed leaves the old or the new state.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { builtInProfiles } from '../../settings/presets.ts'
import { listProfiles, type ProfileRecord, writeRecord } from '../../settings/record.ts'
import { secretHeaderKey } from '../../settings/secret.ts'
import type { Settings } from '../../settings/settings.ts'
import type { SecretPlace, Secrets, StoredProfiles } from '../../settings/store.ts'
import { readSecrets } from '../../target/secrets.ts'
import { escapeText } from '../../wire/escape.ts'
import { suggest } from '../../wire/similar.ts'
import { describePlace } from './announce.ts'
import { commitWithSecrets, type Dated, release, sweep } from './secret-entries.ts'

/** What the changes need of a Context. */
export type ShelfContext = Pick<Context, 'random' | 'err' | 'openStore'> & Dated

/** Saves a new profile; the first one becomes the default, if it can be used. Throws a UsageError when the name is taken. */
export async function addProfile(
  context: ShelfContext,
  name: string,
  settings: Settings,
  secrets: Secrets,
  isUsable = true,
): Promise<{ place: SecretPlace | null; isDefault: boolean }> {
  const store = await context.openStore()
  refuseTaken(await store.profiles.read(), name)
  let isDefault = false
  const { place } = await commitWithSecrets(context, store, name, secrets, (current, secretEntry) => {
    refuseTaken(current, name)
    isDefault = isUsable && current.default === null && listProfiles(current).size === 0
    const added = withRecord(current, name, { settings: { ...settings }, secretEntry })
    return isDefault ? { ...added, default: name } : added
  })
  await sweep(context, store)
  return { place, isDefault }
}

/** Changes a profile. Settings that the change leaves undefined are taken out; secrets that are empty, too. */
export async function changeProfile(
  context: ShelfContext,
  name: string,
  change: (settings: ProfileRecord['settings']) => Record<string, unknown>,
  secretChange: Secrets,
): Promise<SecretPlace | null> {
  const store = await context.openStore()
  if (Object.keys(secretChange).length === 0) {
    await store.profiles.update((current) => {
      const record = requireStored(current, name)
      return withRecord(current, name, { ...record, settings: change(record.settings) })
    })
    return null
  }
  for (;;) {
    const { settings, secretEntry: before } = requireStored(await store.profiles.read(), name)
    // What is replaced as a whole is not read: its keychain may be out of reach.
    const isReplaced = secretNames(settings).every((secret) => Object.hasOwn(secretChange, secret))
    const earlier = isReplaced ? {} : await readSecrets(store, name, before)
    const secrets = mergeSecrets(earlier, secretChange)
    let isCurrent = false
    const { entry, place } = await commitWithSecrets(
      context,
      store,
      name,
      secrets,
      (current, secretEntry) => {
        const record = requireStored(current, name)
        isCurrent = record.secretEntry === before
        return isCurrent
          ? withRecord(current, name, { settings: change(record.settings), secretEntry })
          : current
      },
    )
    const left = await release(store, isCurrent ? before : entry)
    // Another command changed the secrets meanwhile: what it wrote is to be merged in, too.
    if (!isCurrent) continue
    if (left)
      context.err.write(
        `The previous secrets are still in ${escapeText(describePlace(left), 1000)}; nv no longer uses them.\n`,
      )
    await sweep(context, store)
    return place
  }
}

/**
 * Removes a profile, then its secrets; tells where some are left, or null. Throws a SetupError, with
 * nothing removed, when what is stored can't be read.
 */
export async function removeProfile(context: ShelfContext, name: string): Promise<SecretPlace | null> {
  const store = await context.openStore()
  const { secretEntry: known } = requireStored(await store.profiles.read(), name)
  if (known !== null) await store.secrets.locate(known)
  let entry: string | null = null
  await store.profiles.update((current) => {
    entry = requireStored(current, name).secretEntry
    return {
      profiles: without(current.profiles, name),
      default: current.default === name ? null : current.default,
    }
  })
  const left = await release(store, entry)
  await sweep(context, store)
  return left
}

/** Renames a profile; its secrets stay where they are. */
export async function renameProfile(context: ShelfContext, from: string, to: string): Promise<void> {
  const store = await context.openStore()
  await store.profiles.update((current) => {
    const record = requireStored(current, from)
    refuseTaken(current, to, from)
    const renamed = { ...current, profiles: without(current.profiles, from) }
    return {
      ...withRecord(renamed, to, record),
      default: current.default === from ? to : current.default,
    }
  })
  await sweep(context, store)
}

/** Makes a profile the default, a built-in one included. */
export async function useProfile(context: ShelfContext, name: string): Promise<void> {
  const store = await context.openStore()
  await store.profiles.update((current) => {
    if (!builtInProfiles.includes(name)) requireStored(current, name)
    return { ...current, default: name }
  })
}

/** Gives a stored profile. Throws a UsageError that lists the existing names. */
export function requireStored(stored: StoredProfiles, name: string): ProfileRecord {
  const profiles = listProfiles(stored)
  const record = profiles.get(name)
  if (record) return record
  const names = [...profiles.keys()]
  const near = suggest(name, names)
  throw new UsageError({
    code: 'unknown_profile',
    title: `You have no profile ${JSON.stringify(name)}`,
    cause: names.length > 0 ? `Yours are ${names.join(', ')}.` : 'You have none yet.',
    fix: builtInProfiles.includes(name)
      ? `${name} is built in: it can be used and shown, not changed. Make one of your own with:\nnv profile add`
      : `${near === null ? 'See them' : `${near}; see them all`} with: nv profile list`,
  })
}

/** Throws a UsageError when a profile has that name, or one that differs in upper and lower case only. */
export function refuseTaken(stored: StoredProfiles, name: string, except?: string): void {
  const taken = findTaken(stored, name, except)
  if (taken !== undefined) throw nameTaken(taken)
}

/** Finds the profile that has a name, in whatever case; undefined when it is free. */
export function findTaken(stored: StoredProfiles, name: string, except?: string): string | undefined {
  return [...listProfiles(stored).keys()].find(
    (other) => other !== except && other.toLowerCase() === name.toLowerCase(),
  )
}

function withRecord(current: StoredProfiles, name: string, record: ProfileRecord): StoredProfiles {
  return { ...current, profiles: { ...current.profiles, [name]: writeRecord(record) } }
}

function without(profiles: StoredProfiles['profiles'], name: string): StoredProfiles['profiles'] {
  const { [name]: _removed, ...others } = profiles
  return others
}

/** Names the secrets that a profile may have in the store. */
function secretNames({ secretHeaders }: ProfileRecord['settings']): string[] {
  const headers = Array.isArray(secretHeaders) ? secretHeaders.map(String) : []
  return ['clientSecret', ...headers.map(secretHeaderKey)]
}

function mergeSecrets(secrets: Secrets, change: Secrets): Secrets {
  return Object.fromEntries(Object.entries({ ...secrets, ...change }).filter(([, value]) => value !== ''))
}

function nameTaken(name: string): UsageError {
  return new UsageError({
    code: 'profile_exists',
    title: `A profile ${JSON.stringify(name)} already exists`,
    cause: 'nv does not overwrite it, so nothing changed.',
    fix: `Choose another name, or change it with:\nnv profile edit ${name}`,
  })
}
