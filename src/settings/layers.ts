// Settings from several sources, layered: the first that has a value wins.
import { readApiBase, versionOf } from '../camara/api.ts'
import type { SettingName, Settings } from './settings.ts'

/** The settings of one source, with the name of each for people. */
export interface Layer {
  settings: Settings
  nameOf(setting: SettingName): string
}

/** The source of each setting's value. */
export type Origins = Partial<Record<SettingName, string>>

/** A value with the name of its source; an empty value does not count, and the source says why. */
export interface Sourced {
  value: string
  from: string
}

export interface Merged {
  settings: Settings
  origins: Origins
}

/** Merges layers, the strongest first. Headers are merged one by one, whatever case their names are in. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const merged: Merged = { settings: {}, origins: {} }
  for (const { settings, nameOf } of layers.map(completeVersion)) {
    for (const [name, value] of Object.entries(settings) as Array<[SettingName, unknown]>) {
      if (value === undefined) continue
      const origin = merged.origins[name]
      if (name === 'headers') {
        merged.settings.headers = mergeHeaders(settings.headers ?? {}, merged.settings.headers ?? {})
        merged.origins.headers = [...new Set([...(origin ? [origin] : []), nameOf(name)])].join(', ')
      } else if (merged.settings[name] === undefined) {
        Object.assign(merged.settings, { [name]: value })
        merged.origins[name] = nameOf(name)
      }
    }
  }
  return merged
}

/** Adds the version that the URL or the path of the API names, where no version is given beside it. */
export function withApiVersion(settings: Settings): Settings {
  const { apiUrl, apiPath, apiVersion } = settings
  if (apiVersion !== undefined) return settings
  const named =
    (apiPath === undefined ? null : versionOf(apiPath)) ??
    (apiUrl === undefined ? null : readApiBase(apiUrl).version)
  return named === null ? settings : { ...settings, apiVersion: named }
}

/** Takes a version only from the source of the URL, or a stronger one. */
function completeVersion({ settings, nameOf }: Layer): Layer {
  const complete = withApiVersion(settings)
  if (complete === settings) return { settings, nameOf }
  const source = settings.apiPath !== undefined && versionOf(settings.apiPath) !== null ? 'apiPath' : 'apiUrl'
  return { settings: complete, nameOf: (name) => nameOf(name === 'apiVersion' ? source : name) }
}

/** Puts headers over others; a name in another case is the same name. */
export function mergeHeaders(
  beneath: Readonly<Record<string, string>>,
  above: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(beneath).filter(([name]) => !hasHeader(Object.keys(above), name))
  return { ...Object.fromEntries(kept), ...above }
}

/** Tells whether a header's name is among others, in whatever case. */
export function hasHeader(names: readonly string[], name: string): boolean {
  return names.some((other) => other.toLowerCase() === name.toLowerCase())
}

/** Names a header where settings are listed by name. */
export function headerSetting(name: string): string {
  return `header ${name}`
}

/** Gives the header that such a name means; null when it means a setting. */
export function headerOf(setting: string): string | null {
  return setting.startsWith('header ') ? setting.slice('header '.length) : null
}
