// Changes to the stored profiles and their secrets, in an order that leaves no secret behind when interrupted.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { builtInProfiles } from '../../profile/presets.ts'
import type { Settings } from '../../profile/settings.ts'
import type { SecretPlace, Secrets, StoredProfiles } from '../../profile/store.ts'

/** Saves a new profile; the first one becomes the default. Throws a UsageError when the name is taken. */
export async function addProfile(
  context: Context,
  name: string,
  settings: Settings,
  secrets: Secrets,
): Promise<{ place: SecretPlace; isDefault: boolean }> {
  const store = await context.openStore()
  let isDefault = false
  await store.profiles.update((current) => {
    if (Object.hasOwn(current.profiles, name)) throw nameTaken(name)
    isDefault = current.default === null
    return { default: current.default ?? name, profiles: { ...current.profiles, [name]: { ...settings } } }
  })
  return { place: await store.secrets.write(name, secrets), isDefault }
}

/** Changes a profile. Settings that are undefined in the change are taken out; secrets that are empty, too. */
export async function changeProfile(
  context: Context,
  name: string,
  change: Record<string, unknown>,
  secretChange: Secrets,
): Promise<SecretPlace | null> {
  const store = await context.openStore()
  await store.profiles.update((current) => {
    const stored = requireStored(current, name)
    const changed = Object.entries({ ...stored, ...change }).filter(([, value]) => value !== undefined)
    return { ...current, profiles: { ...current.profiles, [name]: Object.fromEntries(changed) } }
  })
  if (Object.keys(secretChange).length === 0) return null
  const secrets = Object.entries({ ...(await store.secrets.read(name)), ...secretChange }).filter(
    ([, value]) => value !== '',
  )
  return store.secrets.write(name, Object.fromEntries(secrets))
}

/** Removes a profile, its secrets first: what is left of an interrupted removal can be seen and removed again. */
export async function removeProfile(context: Context, name: string): Promise<void> {
  const store = await context.openStore()
  requireStored(await store.profiles.read(), name)
  await store.secrets.write(name, {})
  await store.profiles.update((current) => {
    const { [name]: _removed, ...profiles } = current.profiles
    return { default: current.default === name ? null : current.default, profiles }
  })
}

/** Renames a profile. Its secrets are there under both names while the profile changes, so that it is always whole. */
export async function renameProfile(context: Context, from: string, to: string): Promise<void> {
  const store = await context.openStore()
  const before = await store.profiles.read()
  requireStored(before, from)
  if (Object.hasOwn(before.profiles, to)) throw nameTaken(to)
  await store.secrets.write(to, await store.secrets.read(from))
  await store.profiles.update((current) => {
    const stored = requireStored(current, from)
    if (Object.hasOwn(current.profiles, to)) throw nameTaken(to)
    const { [from]: _renamed, ...others } = current.profiles
    return { default: current.default === from ? to : current.default, profiles: { ...others, [to]: stored } }
  })
  await store.secrets.write(from, {})
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
export function requireStored({ profiles }: StoredProfiles, name: string): Record<string, unknown> {
  const stored = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (stored) return stored
  const names = Object.keys(profiles)
  throw new UsageError({
    code: 'unknown_profile',
    title: `There is no profile ${JSON.stringify(name)} of yours`,
    cause: names.length > 0 ? `Yours are ${names.join(', ')}.` : 'You have none yet.',
    fix: builtInProfiles.includes(name)
      ? `${name} is built in: it can be used and shown, not changed. Make one of your own with: nv profile add`
      : 'See them with: nv profile list',
  })
}

function nameTaken(name: string): UsageError {
  return new UsageError({
    code: 'profile_exists',
    title: `There is a profile ${JSON.stringify(name)} already`,
    cause: 'Two profiles must not be mixed up, so nothing was changed.',
    fix: `Choose another name, or change it with: nv profile edit ${name}`,
  })
}
