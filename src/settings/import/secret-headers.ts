// Headers whose values a provider gives to each customer, as the key of RapidAPI for Nokia's gateway.
import { findPreset } from '../presets.ts'
import { secretHeaderKey } from '../secret.ts'
import type { Secrets } from '../store.ts'
import { type Entry, isPlaceholder } from './candidate.ts'
import { normalizeKey } from './key-names.ts'

export interface SecretHeaders {
  names: string[]
  secrets: Secrets
  taken: Array<{ setting: string; key: string }>
}

/** Finds the values of a preset's secret headers: X-RapidAPI-Key in RAPIDAPI_KEY, whatever stands before it. */
export function findSecretHeaders(preset: string | undefined, entries: readonly Entry[]): SecretHeaders {
  const found: SecretHeaders = { names: [], secrets: {}, taken: [] }
  for (const header of findPreset(preset)?.secretHeaders ?? []) {
    const name = squeeze(header.replace(/^X-/i, ''))
    const entry = entries.find(
      ({ key, value }) => squeeze(key).endsWith(name) && !isPlaceholder(value.trim()),
    )
    if (!entry) continue
    found.names.push(header)
    found.secrets[secretHeaderKey(header)] = entry.value.trim()
    found.taken.push({ setting: `header ${header}`, key: entry.key })
  }
  return found
}

/** Tells whether a value is the host of Nokia's gateway, by which a key of RapidAPI is known to be for it. */
export function isHostOfNokia({ value }: Entry): boolean {
  return /^(https:\/\/)?network-as-code\.[\w.-]*rapidapi\.com/.test(value)
}

function squeeze(key: string): string {
  return normalizeKey(key).replaceAll('_', '')
}
