// Changes to the stored profiles and their secrets, so that a command that is killed leaves the old or the new state.
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import { builtInProfiles } from '../../settings/presets.ts'
import { listProfiles, type ProfileRecord, readRecord, writeRecord } from '../../settings/record.ts'
import { type Settings } from '../../settings/settings.ts'
import type { SecretPlace, Secrets, Store, StoredProfiles } from '../../settings/store.ts'
import { describePlace } from './announce.ts'
import { secretHeaderKey } from '../../settings/secret.ts'
import { readSecrets } from '../../target/secrets.ts'

/*
 * Secrets go into an entry with a name of its own, which the profile lists as spare before it is written. One write
 * of the profiles' file then points the profile to it and makes the entry before it a spare one, which is removed
 * last. So there is no moment at which a profile has another one's secrets, and none that nobody could find.
 */

/** After this a spare entry belongs to nobody who is still at work. */
const spareEntryLifetimeMs = 10 * 60_000

/** Saves a new profile; the first one becomes the default, if it can be used. Throws a UsageError when the name is taken. */
export async function addProfile(
  context: Context,
  name: string,
  settings: Settings,
  secrets: Secrets,
  isUsable = true,
): Promise<{ place: SecretPlace | null; isDefault: boolean }> {
  const store = await context.openStore()
  const refuse = (current: StoredProfiles) => refuseTaken(current, name)
  const { entry, place } = await stageSecrets(context, store, name, secrets, refuse)
  let isDefault = false
  await commit(store, name, entry, (current) => {
    refuse(current)
    isDefault = isUsable && current.default === null && listProfiles(current).size === 0
    const { spareEntries } = recordOf(current, name)
    const added = {
      settings: { ...settings },
      secretEntry: entry,
      spareEntries: without(spareEntries, entry),
    }
    return { ...withRecord(current, name, added), default: isDefault ? name : current.default }
  })
  await sweep(context, store)
  return { place, isDefault }
}

/** Changes a profile. Settings that the change leaves undefined are taken out; secrets that are empty, too. */
export async function changeProfile(
  context: Context,
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
    // What is all replaced is not read: the keychain that has it may be out of reach.
    const isReplaced = secretNames(settings).every((secret) => Object.hasOwn(secretChange, secret))
    const earlier = isReplaced ? {} : await readSecrets(store, name, before)
    const secrets = mergeSecrets(earlier, secretChange)
    const { entry, place } = await stageSecrets(context, store, name, secrets, (current) =>
      requireStored(current, name),
    )
    let isCurrent = false
    await commit(store, name, entry, (current) => {
      const record = requireStored(current, name)
      isCurrent = record.secretEntry === before
      if (!isCurrent) return current
      const spareEntries = [...without(record.spareEntries, entry), ...listed(before)]
      return withRecord(current, name, {
        settings: change(record.settings),
        secretEntry: entry,
        spareEntries,
      })
    })
    // Another command changed the secrets meanwhile: what it wrote is to be merged in, too.
    const left = await discard(store, name, listed(isCurrent ? before : entry))
    if (left)
      context.err.write(`The secrets before are still in ${describePlace(left)}; nv no longer uses them.\n`)
    if (!isCurrent) continue
    await sweep(context, store)
    return place
  }
}

/**
 * Removes a profile, and then its secrets; tells where there are still some, null: nowhere. Throws a SetupError, with
 * nothing removed, when what is stored can't be read.
 */
export async function removeProfile(context: Context, name: string): Promise<SecretPlace | null> {
  const store = await context.openStore()
  const { secretEntry: known } = requireStored(await store.profiles.read(), name)
  const place = known === null ? null : await store.secrets.locate(known)
  let entries: readonly string[] = []
  await store.profiles.update((current) => {
    const { secretEntry, spareEntries } = requireStored(current, name)
    entries = [...spareEntries, ...listed(secretEntry)]
    return {
      ...withRecord(current, name, { settings: {}, secretEntry: null, spareEntries: entries }),
      default: current.default === name ? null : current.default,
    }
  })
  try {
    const left = await discard(store, name, entries)
    await sweep(context, store)
    return left
  } catch (error) {
    // The entries are still listed as spare, so that a later command removes them.
    if (!(error instanceof SetupError)) throw error
    return place && { ...place, reason: error.problem.title }
  }
}

/** Renames a profile; its secrets stay where they are. */
export async function renameProfile(context: Context, from: string, to: string): Promise<void> {
  const store = await context.openStore()
  await store.profiles.update((current) => {
    const record = requireStored(current, from)
    refuseTaken(current, to, from)
    const spareEntries = [...record.spareEntries, ...(from === to ? [] : recordOf(current, to).spareEntries)]
    const { [from]: _renamed, ...profiles } = current.profiles
    return {
      ...withRecord({ ...current, profiles }, to, { ...record, spareEntries }),
      default: current.default === from ? to : current.default,
    }
  })
  await sweep(context, store)
}

/** Makes a profile the default, a built-in one included. */
export async function useProfile(context: Context, name: string): Promise<void> {
  const store = await context.openStore()
  await store.profiles.update((current) => {
    if (!builtInProfiles.includes(name)) requireStored(current, name)
    return { ...current, default: name }
  })
}

/** Gives a stored profile. Throws a UsageError that lists the names there are. */
export function requireStored(stored: StoredProfiles, name: string): ProfileRecord {
  const profiles = listProfiles(stored)
  const record = profiles.get(name)
  if (record) return record
  const names = [...profiles.keys()]
  throw new UsageError({
    code: 'unknown_profile',
    title: `There is no profile ${JSON.stringify(name)} of yours`,
    cause: names.length > 0 ? `Yours are ${names.join(', ')}.` : 'You have none yet.',
    fix: builtInProfiles.includes(name)
      ? `${name} is built in: it can be used and shown, not changed. Make one of your own with:\nnv profile add`
      : 'See them with: nv profile list',
  })
}

/** Throws a UsageError when a profile has that name, or one that differs in upper and lower case only. */
export function refuseTaken(stored: StoredProfiles, name: string, except?: string): void {
  const taken = [...listProfiles(stored).keys()].find(
    (other) => other !== except && other.toLowerCase() === name.toLowerCase(),
  )
  if (taken !== undefined) throw nameTaken(taken)
}

/** Writes secrets to an entry that the profile lists as spare. Throws what `check` throws, with nothing written. */
async function stageSecrets(
  { clock, random }: Context,
  store: Store,
  name: string,
  secrets: Secrets,
  check: (current: StoredProfiles) => unknown,
): Promise<{ entry: string | null; place: SecretPlace | null }> {
  if (Object.keys(secrets).length === 0) return { entry: null, place: null }
  const entry = `${name}#${clock.now().toString(36)}-${Buffer.from(random(6)).toString('hex')}`
  await store.profiles.update((current) => {
    check(current)
    const record = recordOf(current, name)
    return withRecord(current, name, { ...record, spareEntries: [...record.spareEntries, entry] })
  })
  return { entry, place: await store.secrets.write(entry, secrets) }
}

/** Lets a change take effect; when it is refused, the staged secrets are removed. */
async function commit(
  store: Store,
  name: string,
  entry: string | null,
  change: (current: StoredProfiles) => StoredProfiles,
): Promise<void> {
  try {
    await store.profiles.update(change)
  } catch (error) {
    // What can't be removed now is still listed as spare.
    await discard(store, name, listed(entry)).catch(() => {})
    throw error
  }
}

/** Removes entries and then takes them off the profile's list; tells where one stays that nobody uses any more. */
async function discard(store: Store, name: string, entries: readonly string[]): Promise<SecretPlace | null> {
  if (entries.length === 0) return null
  let left: SecretPlace | null = null
  for (const entry of entries) left = (await store.secrets.remove(entry)) ?? left
  await store.profiles.update((current) => {
    if (!Object.hasOwn(current.profiles, name)) return current
    const record = recordOf(current, name)
    const spareEntries = record.spareEntries.filter((entry) => !entries.includes(entry))
    return withRecord(current, name, { ...record, spareEntries })
  })
  return left
}

/** Removes the entries that killed commands left. Leaves for the next time what can't be removed now. */
async function sweep({ clock }: Context, store: Store): Promise<void> {
  const { profiles } = await store.profiles.read()
  for (const [name, stored] of Object.entries(profiles)) {
    const { spareEntries } = readRecord(stored)
    const left = spareEntries.filter((entry) => clock.now() - timeOf(entry) > spareEntryLifetimeMs)
    await discard(store, name, left).catch((error: unknown) => {
      if (!(error instanceof SetupError)) throw error
    })
  }
}

/** Tells when an entry was made; NaN for one that is none of ours. */
function timeOf(entry: string): number {
  return Number.parseInt(/#([0-9a-z]+)-/.exec(entry)?.[1] ?? '', 36)
}

function recordOf({ profiles }: StoredProfiles, name: string): ProfileRecord {
  return readRecord((Object.hasOwn(profiles, name) ? profiles[name] : undefined) ?? {})
}

/** Puts a record in its place; one that says nothing any more is taken out. */
function withRecord(current: StoredProfiles, name: string, record: ProfileRecord): StoredProfiles {
  const { [name]: _replaced, ...others } = current.profiles
  const stored = writeRecord(record)
  const isEmpty = Object.keys(stored).length === 0
  return { ...current, profiles: isEmpty ? others : { ...current.profiles, [name]: stored } }
}

/** Names the secrets that a profile may have in the store. */
function secretNames({ secretHeaders }: ProfileRecord['settings']): string[] {
  const headers = Array.isArray(secretHeaders) ? secretHeaders.map(String) : []
  return ['clientSecret', ...headers.map(secretHeaderKey)]
}

function mergeSecrets(secrets: Secrets, change: Secrets): Secrets {
  return Object.fromEntries(Object.entries({ ...secrets, ...change }).filter(([, value]) => value !== ''))
}

function listed(entry: string | null): readonly string[] {
  return entry === null ? [] : [entry]
}

function without(entries: readonly string[], entry: string | null): readonly string[] {
  return entries.filter((other) => other !== entry)
}

function nameTaken(name: string): UsageError {
  return new UsageError({
    code: 'profile_exists',
    title: `There is a profile ${JSON.stringify(name)} already`,
    cause: 'Two profiles must not be mixed up, so nothing was changed.',
    fix: `Choose another name, or change it with:\nnv profile edit ${name}`,
  })
}
