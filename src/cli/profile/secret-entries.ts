// Secrets that change together with their profile, and what killed commands leave behind.
import type { Context } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { listProfiles } from '../../settings/record.ts'
import type { SecretPlace, Secrets, Store, StoredProfiles } from '../../settings/store.ts'

/*
 * Secrets go into an entry of the secret store with a name of its own. One write of the profiles' file then points the
 * profile to it, so that there is no moment at which a profile has another one's secrets. An entry that no profile
 * references belongs to a command that was killed or is still running: the time in its name tells which.
 */

/** After this long, an entry that no profile references has no running command. */
const stagingTimeMs = 10 * 60_000

/** What tells how old an entry is. */
export interface Dated {
  clock: Pick<Context['clock'], 'now'>
}

/** Writes secrets to an entry of their own, then lets a change take effect; removes the entry when that fails. */
export async function commitWithSecrets(
  { clock, random }: Dated & Pick<Context, 'random'>,
  store: Store,
  name: string,
  secrets: Secrets,
  change: (current: StoredProfiles, secretEntry: string | null) => StoredProfiles,
): Promise<{ entry: string | null; place: SecretPlace | null }> {
  const isEmpty = Object.keys(secrets).length === 0
  const entry = isEmpty ? null : nameEntry(name, clock.now(), random(6))
  try {
    const place = entry === null ? null : await store.secrets.write(entry, secrets)
    await store.profiles.update((current) => change(current, entry))
    return { entry, place }
  } catch (error) {
    await release(store, entry)
    throw error
  }
}

/**
 * Removes an entry that this command made or replaced, unless a profile references it. Tells where it stays, and why:
 * a change that took effect doesn't fail for it, and a later command removes it.
 */
export async function release(store: Store, entry: string | null): Promise<SecretPlace | null> {
  let place: SecretPlace | null = null
  try {
    if (entry === null || referencedIn(await store.profiles.read()).has(entry)) return null
    place = await store.secrets.locate(entry)
    return await store.secrets.remove(entry)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    const { title } = error.problem
    const reason = `${title.charAt(0).toLowerCase()}${title.slice(1)}`
    return { kind: 'file', place: 'the secret store', ...place, reason }
  }
}

/** Removes the entries that killed commands left. Stops at one that can't be removed now: the next command tries it. */
export async function sweep({ clock }: Dated, store: Store): Promise<void> {
  try {
    // Listed before the profiles are read, so that an entry that is referenced in between is not removed.
    const entries = await store.secrets.list()
    const referenced = referencedIn(await store.profiles.read())
    for (const entry of entries) {
      const isOrphan = !referenced.has(entry) && clock.now() - timeOf(entry) > stagingTimeMs
      if (isOrphan && (await store.secrets.remove(entry)) !== null) return
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
  }
}

function referencedIn(stored: StoredProfiles): Set<string | null> {
  return new Set([...listProfiles(stored).values()].map(({ secretEntry }) => secretEntry))
}

/** Names an entry so that no other has its name, and that everyone can tell when it was made. */
function nameEntry(profileName: string, now: number, unique: Uint8Array): string {
  return `${profileName}#${now.toString(36)}-${Buffer.from(unique).toString('hex')}`
}

/** Tells when an entry was made; NaN for one that is not ours. */
function timeOf(entry: string): number {
  return Number.parseInt(/#([0-9a-z]+)-[0-9a-f]+$/.exec(entry)?.[1] ?? '', 36)
}
