// A profile as its file holds it: the settings, and beside them where its secrets are.
import { parseSettings, settingNames, type Settings } from './settings.ts'
import type { StoredProfile, StoredProfiles } from './store.ts'

/** A record of the profiles' file, taken apart. */
export interface ProfileRecord {
  /** As stored; nothing in them was checked. */
  settings: Readonly<Record<string, unknown>>
  /** The entry of the secret store that belongs to the profile; null: it has no secrets there. */
  secretEntry: string | null
}

/** Takes a record apart. */
export function readRecord({ secretEntry, ...settings }: StoredProfile): ProfileRecord {
  return { settings, secretEntry: typeof secretEntry === 'string' ? secretEntry : null }
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
export function writeRecord({ settings, secretEntry }: ProfileRecord): StoredProfile {
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...(secretEntry === null ? {} : { secretEntry }),
  }
}

/** Lists the profiles by name, in the file's order. */
export function listProfiles({ profiles }: StoredProfiles): Map<string, ProfileRecord> {
  return new Map(Object.entries(profiles).map(([name, stored]) => [name, readRecord(stored)]))
}
