// What the readers of foreign files find, before it is made one profile.
import { UsageError } from '../../errors.ts'
import type { SettingName, Settings } from '../settings.ts'
import type { Secrets } from '../store.ts'

/** What a file gives: each value with the key it stood under, and the keys that were left. */
export interface Imported {
  /** A name for the profile, as far as the file suggests one. */
  name: string | null
  settings: Settings
  secrets: Secrets
  taken: Array<{ setting: string; key: string }>
  ignored: Array<{ key: string; reason: string }>
}

/** A value of a file, with the setting it is for. */
export interface Candidate {
  setting: SettingName | 'clientSecret'
  key: string
  value: string
  /** What stands before a known name in the key, as `ACME` in ACME_CLIENT_ID. */
  owner: string
}

/** What a reader found in a file. */
export interface Found {
  name: string | null
  candidates: readonly Candidate[]
  ignored: Imported['ignored']
}

/** Tells whether a value is what a template left for its reader to fill in. */
export function isPlaceholder(value: string): boolean {
  return value === '' || /^<.*>$|^\{\{.*\}\}$|^(?:https?:\/\/)?your[_-]|^change[_-]?me$|^x{3,}$/i.test(value)
}

/** Makes the error for a file that holds nothing to import. It quotes nothing of the file. */
export function unreadable(path: string, cause: string): UsageError {
  return new UsageError({
    code: 'import_unreadable',
    title: `Nothing can be imported from ${path}`,
    cause,
    fix: 'Give a Postman environment (exported as JSON), a .env, or the output of: nv profile export',
  })
}
