// nv.config.json: the defaults that a team shares. Names and URLs, never a secret.
import { UsageError } from '../errors.ts'
import { checkProfileNameForm } from './names.ts'
import { parseSettings, type SettingName, settingNames, type Settings } from './settings.ts'
import { type Setting, settings } from './table.ts'
import { isSecretHeaderName } from './secret.ts'
import { isObject } from '../wire/body.ts'

export const projectFileName = 'nv.config.json'

export interface ProjectFile {
  /** Its path, as it is shown. */
  path: string
  /** The profile to use where none is named. */
  profile: string | null
  profiles: Readonly<Record<string, Settings>>
  /** Settings for whatever profile is used in the project. */
  defaults: Settings
}

/** Members that hold a secret, which a setting never does. */
const secretMembers = ['clientSecret', 'client_secret', 'secret', 'password']

/** What is refused, and what it is: a secret, a pointer to one, or a way to send traffic through someone else. */
const refused: Readonly<Record<string, string>> = {
  ...Object.fromEntries(secretMembers.map((member) => [member, 'a secret'])),
  ...Object.fromEntries(
    settingNames.flatMap((name) => {
      const { project }: Setting = settings[name]
      return typeof project === 'string' ? [] : [[name, project.without]]
    }),
  ),
}

/**
 * Settings that may stand beneath a user's own profile. None of them decides where a stored secret is sent:
 * a file that comes with a repository must not.
 */
export const harmlessSettings: readonly SettingName[] = settingNames.filter(
  (name) => settings[name].project === 'anywhere',
)

/** Reads a project file. Throws a UsageError that names the file and the member. */
export function parseProjectFile(path: string, text: string): ProjectFile {
  const { profile, profiles = {}, ...defaults } = parseObject(path, text)
  if (profile !== undefined && typeof profile !== 'string')
    throw wrong(path, 'profile must be the name of a profile')
  if (!isObject(profiles)) throw wrong(path, 'profiles must be an object of profiles by name')
  for (const name of [profile ?? [], Object.keys(profiles)].flat()) {
    const rule = checkProfileNameForm(name)
    if (rule !== true)
      throw wrong(path, `${JSON.stringify(name.slice(0, 100))} is not the name of a profile`, rule)
  }
  const named = Object.entries(profiles).map(([name, settings]) => {
    if (!isObject(settings)) throw wrong(path, `profiles.${name} must be an object of settings`)
    return [name, parseShared(path, `profiles.${name}.`, settings)] as const
  })
  return {
    path,
    profile: profile ?? null,
    profiles: Object.fromEntries(named),
    defaults: parseShared(path, '', defaults),
  }
}

function parseShared(path: string, prefix: string, raw: Record<string, unknown>): Settings {
  for (const [member, value] of Object.entries(raw)) {
    if (Object.hasOwn(refused, member))
      throw wrong(path, `${prefix}${member} is ${refused[member]}, and others read this file`, takeOut)
    if (member !== 'headers' || !isObject(value)) continue
    const secret = Object.keys(value).find(
      (name) => isSecretHeaderName(name) || String(value[name]).startsWith('$'),
    )
    if (secret)
      throw wrong(
        path,
        `${prefix}headers.${secret} is a secret by its name or its value, and others read this file`,
        takeOut,
      )
  }
  return parseSettings(raw, (setting) => `${prefix}${setting} in ${path}`)
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Explained below without the text, which may hold a secret.
  }
  throw wrong(path, 'It must hold one JSON object', 'Fix the JSON.')
}

const takeOut =
  'Remove it from the file; secrets belong in a profile (`nv profile add`) or in NV_CLIENT_SECRET.'

function wrong(path: string, rule: string, fix = 'Fix it.'): UsageError {
  return new UsageError({
    code: 'invalid_project_file',
    title: `${path} can't be used`,
    cause: `${rule}.`,
    fix,
  })
}
