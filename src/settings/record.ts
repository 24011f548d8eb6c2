// A profile as its file holds it: the settings, and beside them where its secrets are.
import { parseSettings, settingNames, type Settings } from './settings.ts'
import type { StoredProfile, StoredProfiles } from './store.ts'

/** A record of the profiles' file, taken apart. */
export interface ProfileRecord {
  /** As stored; nothing in them was checked. */
  settings: Readonly<Record<string, unknown>>
  /** The entry of the secret store that belongs to the profile; null: it has no secrets there. */
  secretEntry: string | null
  /** Entries that no profile uses: of a command that is at work, or that was killed. */
  spareEntries: readonly string[]
}

/** Takes a record apart. */
export function readRecord(stored: StoredProfile): ProfileRecord {
  const { secretEntry, spareEntries, ...settings } = stored
  return {
    settings,
    secretEntry: typeof secretEntry === 'string' ? secretEntry : null,
    spareEntries: Array.isArray(spareEntries)
      ? spareEntries.filter((entry) => typeof entry === 'string')
      : [],
  }
}

/** Checks the settings of a profile as `parseSettings` does, and sets aside what only another version of nv knows. */
export function parseStored(
  name: string,
  stored: ProfileRecord['settings'],
): { settings: Settings; unknown: Readonly<Record<string, unknown>> } {
  const isKnown = ([setting]: [string, unknown]) => settingNames.some((known) => known === setting)
  const entries = Object.entries(stored)
  return {
    settings: parseSettings(
      Object.fromEntries(entries.filter(isKnown)),
      (setting) => `${setting} of profile ${name}`,
    ),
    unknown: Object.fromEntries(entries.filter((entry) => !isKnown(entry))),
  }
}

/** Puts a record together, without settings that are undefined. */
export function writeRecord({ settings, secretEntry, spareEntries }: ProfileRecord): StoredProfile {
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...(secretEntry === null ? {} : { secretEntry }),
    ...(spareEntries.length === 0 ? {} : { spareEntries: [...new Set(spareEntries)] }),
  }
}

/** Tells a record that only notes spare entries from a profile, which has settings. */
export function isProfile(stored: StoredProfile): boolean {
  return !('spareEntries' in stored) || Object.keys(stored).length > 1
}

/** Lists the profiles by name, in the file's order. */
export function listProfiles({ profiles }: StoredProfiles): Map<string, ProfileRecord> {
  const entries = Object.entries(profiles).filter(([, stored]) => isProfile(stored))
  return new Map(entries.map(([name, stored]) => [name, readRecord(stored)]))
}
