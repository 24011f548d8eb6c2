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
  ignored: Ignored[]
}

/** What was not taken, and why; with the command that makes it usable, where there is one. */
export interface Ignored {
  key: string
  reason: string
  command?: string
}

/** A value of a file under its key, as it stands there; of a nested one the keys are joined by dots. */
export interface Entry {
  key: string
  value: string
  /** The setting, where the reader knows more than the key says. */
  setting?: Candidate['setting']
  /** Whose it is, where the reader knows more than the key says. */
  owner?: string
}

/** What a reader found in a file. */
export interface Found {
  name: string | null
  entries: readonly Entry[]
  ignored: readonly Ignored[]
  /** What to do when nothing can be imported. */
  advice?: string
}

/** A value of a file, with the setting it is for. */
export interface Candidate {
  setting: SettingName | 'clientSecret'
  key: string
  value: string
  /** Whose it is by its key, as `ACME` in ACME_CLIENT_ID; empty: the key does not say. */
  owner: string
  /** How sure the name is: 0 for the surest. */
  rank: number
}

/** What was asked for beside the file. */
export interface Wanted {
  preset?: string | undefined
  /** What the keys of the client start with, where the file has several. */
  prefix?: string | undefined
}

/** Tells whether a value is a placeholder of a template. */
export function isPlaceholder(value: string): boolean {
  return (
    value === '' ||
    /^<.*>$|^\{\{.*\}\}$|^\[.*\]$|^(?:https?:\/\/)?your[_-]|^(?:change|replace|fill)[_-]?me$|^x{3,}$|^\.{3,}$|^(?:todo|tbd)$/i.test(
      value,
    )
  )
}

/** Makes the error for a file with nothing to import. It never quotes the file. */
export function unreadable(
  path: string,
  cause: string,
  fix = 'Give a Postman environment or collection (exported as JSON), a .env, a .properties, the JSON of an application, or the output of:\nnv profile export',
): UsageError {
  return new UsageError({
    code: 'import_unreadable',
    title: `Nothing can be imported from ${path}`,
    cause,
    fix,
  })
}
