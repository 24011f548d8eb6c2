// The settings as flags and as environment variables.
import type { Layer } from './layers.ts'
import { parseSettings, type SettingName, settingNames } from './settings.ts'
import { type Setting, settings } from './table.ts'

const table: Readonly<Record<string, Setting | undefined>> = settings

/** All settings that a flag gives. */
export const flagSettings = settingNames.filter((name) => typeof settings[name].flag === 'string')

/** The settings that differ from run to run; a command that runs a flow shows their flags first. */
export const runSettings = settingNames.filter((name) => table[name]?.isOfRun === true)

/** Names a setting as its flag, or as it stands in a profile when it has none. */
export function flagOf(setting: string): string {
  const flag = own(setting)?.flag
  return typeof flag === 'string' ? flag.replace(/ .*/, '') : setting
}

/** Names a setting as its environment variable, or as it stands in a profile when it has none. */
export function environmentNameOf(setting: string): string {
  const variable = own(setting)?.variable
  return typeof variable === 'string' ? variable : setting
}

function own(setting: string): Setting | undefined {
  return Object.hasOwn(table, setting) ? table[setting] : undefined
}

/** Makes the layer of the flags; `options` are those of the command, of which only settings are read. */
export function flagLayer(options: object, names: readonly SettingName[]): Layer {
  const given = Object.fromEntries(
    Object.entries(options).filter(([name]) => names.some((known) => known === name)),
  )
  return { settings: parseSettings(given, flagOf), nameOf: flagOf }
}

/** Makes the layer of the environment; an empty variable is not set. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const given = settingNames.flatMap((name) => {
    const { variable } = settings[name]
    const value = typeof variable === 'string' ? env[variable] : undefined
    return value ? [[name, value]] : []
  })
  return {
    settings: parseSettings(Object.fromEntries(given) as Record<string, unknown>, environmentNameOf),
    nameOf: environmentNameOf,
  }
}
