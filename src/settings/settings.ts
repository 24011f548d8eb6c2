// The settings of one source: their type, and the check of raw values.
import * as v from 'valibot'
import { UsageError } from '../errors.ts'
import { settings } from './table.ts'

export type SettingName = keyof typeof settings

/** The settings of one layer; every one of them is optional. */
export type Settings = { [Name in SettingName]?: v.InferOutput<(typeof settings)[Name]['rule']> }

/** The names of all settings, in the order in which they are shown. */
export const settingNames = Object.keys(settings) as SettingName[]

const settingsSchema = v.strictObject(
  Object.fromEntries(settingNames.map((name) => [name, v.optional(settings[name].rule as v.GenericSchema)])),
)

/**
 * Checks the raw values of one layer. Throws a UsageError that names each field as the user wrote it,
 * its value and the rule.
 */
export function parseSettings(raw: Record<string, unknown>, nameOf: (key: string) => string): Settings {
  const result = v.safeParse(settingsSchema, raw, { abortPipeEarly: true })
  if (result.success) return result.output
  const broken = result.issues.map((issue) => {
    const key = (v.getDotPath(issue) ?? '').split('.', 1).join()
    const name = nameOf(key)
    if (issue.expected !== 'never') return `${name} ${issue.message}${describeInput(key, issue.input)}`
    const meant = settingNames.find((setting) => squeeze(setting) === squeeze(key))
    return `${name} is not a setting that nv knows${meant ? `; ${meant} is` : ''}`
  })
  throw new UsageError({
    code: 'invalid_setting',
    title: broken.length === 1 ? "A setting can't be used" : `${broken.length} settings can't be used`,
    cause: broken.join('\n'),
    fix: 'Correct it and run the command again; nothing was sent or saved.',
  })
}

/** Settings where people put the secret itself by mistake. */
const secretPlaces: readonly string[] = ['clientSecretEnv', 'headers'] satisfies SettingName[]

/** Quotes a value that broke a rule, without what may be a secret: the user information and long values in a query. */
function describeInput(key: string, input: unknown): string {
  if (secretPlaces.includes(key)) return '; its value is not shown, since it may be a secret'
  const shown = JSON.stringify(input) ?? 'undefined'
  const withoutUser = shown.replace(/(\/\/|^")[^/?#@\s]*@/g, '$1…@')
  return `, but is ${withoutUser.replace(/(?<=[?&][^=&?#]*=)[^&#"]{8,}/g, '…')}`
}

function squeeze(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

/** Checks one setting that someone types: true, or the rule that it breaks. */
export function checkSetting(name: SettingName, value: string): true | string {
  const result = v.safeParse(settings[name].rule, value)
  return result.success || `It ${result.issues[0].message}.`
}
