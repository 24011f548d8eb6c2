// `nv profile current`, `nv profile get` and `nv profile set`.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { headerOf } from '../../settings/layers.ts'
import { type SettingName, settingNames } from '../../settings/settings.ts'
import { chooseProfile, findProjectFile } from '../../target/choose-profile.ts'
import { resolveTarget } from '../../target/resolve.ts'
import { flagSettings } from '../../settings/flags.ts'
import { isSecretHeaderName } from '../../settings/secret.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { suggest } from '../../wire/similar.ts'
import type { GlobalOptions } from '../options.ts'
import { createStyle } from '../style.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import { askMissing } from './dialogue.ts'
import { edit, saveChange } from './edit.ts'
import { describeConfiguration } from './show.ts'

/** Prints the profile that a command uses by default, and on stderr who chose it. */
export async function printCurrent(context: Context, options: GlobalOptions): Promise<void> {
  const { out, err } = context
  const { name, chosenBy } = await findCurrent(context, options)
  if (options.json) out.write(`${toInertJson({ schema: 'nv.current-profile/1', name, chosenBy })}\n`)
  else {
    out.write(`${escapeText(name)}\n`)
    if (!options.quiet) err.write(`Chosen by ${escapeText(chosenBy)}.\n`)
  }
}

async function findCurrent(
  context: Context,
  { profile }: GlobalOptions,
): Promise<{ name: string; chosenBy: string }> {
  const { env } = context
  const named = profile ?? (env['NV_PROFILE'] || null)
  const project = await findProjectFile(context)
  const { name } = await chooseProfile(context, named, project, [])
  if (name === null) throw noCurrent(project?.path ?? '')
  if (profile !== undefined) return { name, chosenBy: '--profile' }
  if (named !== null) return { name, chosenBy: 'NV_PROFILE' }
  return { name, chosenBy: project?.profile === name ? project.path : 'nv profile use' }
}

/** Prints the value of a setting as a run would use it; if it has none, prints nothing and exits with 2. */
export async function printSetting(context: Context, typed: string, options: GlobalOptions): Promise<void> {
  const { out } = context
  const resolution = await resolveTarget(context, {
    profile: options.profile ?? null,
    given: { settings: {}, nameOf: String },
    operation: 'verify',
    grants: ['authorization-code'],
  })
  const { name: profile, settings, secrets } = describeConfiguration(resolution)
  const name = readName(typed)
  const secret = secrets.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (name === 'clientSecret' || secret !== undefined) throw secretNotShown(name, secret?.isSet === true)
  const { value = null, from = null } = settings[name] ?? {}
  if (options.json) out.write(`${toInertJson({ schema: 'nv.setting/1', profile, name, value, from })}\n`)
  else if (value === null) throw notSet(name, profile)
  else out.write(`${escapeText(typeof value === 'string' ? value : JSON.stringify(value), 4000)}\n`)
}

/** Changes one setting of a profile of the user's own; a secret is asked for, never an argument. */
export async function changeSetting(
  context: Context,
  typed: string,
  value: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  const name = readName(typed)
  const profile = options.profile ?? (await findCurrent(context, options)).name
  const header = headerOf(name)
  const isSecret = name === 'clientSecret' || (header !== null && isSecretHeaderName(header))
  if (isSecret && value === undefined && options.input && canAsk(context)) {
    const style = createStyle(context, context.err, options.color)
    const given = await askMissing(context, { settings: {}, secrets: {} }, [name], style)
    return saveChange(context, profile, given, [], options)
  }
  if (name === 'clientSecret') throw secretElsewhere(profile, value !== undefined)
  if (value === undefined) throw missingValue(typed, profile)
  if (header !== null) return edit(context, profile, { ...options, header: [`${header}: ${value}`] })
  const isFlag = name === 'clientSecretEnv' || flagSettings.some((known) => known === name)
  if (!isFlag) throw unknownSetting(typed)
  return edit(context, profile, { ...options, [name]: value })
}

/** Reads the name of a setting as it stands in `nv profile show`, or as its flag. Throws a UsageError. */
function readName(typed: string): string {
  const header = headerOf(typed)
  if (header !== null) return `header ${header}`
  const camelCase = typed.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const known: ReadonlyArray<SettingName | 'clientSecret'> = [...settingNames, 'clientSecret']
  const name = known.find((setting) => setting.toLowerCase() === camelCase.toLowerCase())
  if (name === undefined) throw unknownSetting(typed)
  return name
}

function unknownSetting(typed: string): UsageError {
  const names = [...settingNames.filter((name) => !/headers$/i.test(name)), 'clientSecret']
  // What follows = may be a secret.
  const [name = '', ...value] = typed.split('=')
  const near = suggest(name, names) ?? 'See what a profile sets with: nv profile show'
  return new UsageError({
    code: 'unknown_setting',
    title: `Unknown setting ${JSON.stringify(value.length === 0 ? name : `${name}=…`)}`,
    cause: `The settings are ${names.join(', ')}, and any header, as 'header X-Customer'.`,
    fix: value.length === 0 ? near : `Write a space in place of the =: nv profile set ${name} <value>`,
  })
}

function notSet(name: string, profile: string | null): UsageError {
  return new UsageError({
    code: 'setting_not_set',
    title: `${name} is not set`,
    cause: `Neither ${profile === null ? 'a profile' : `profile ${profile}`} nor its preset sets it.`,
    fix: `nv profile set ${name.includes(' ') ? `'${name}'` : name} <value>`,
  })
}

function secretNotShown(name: string, isStored: boolean): UsageError {
  return new UsageError({
    code: 'secret_not_shown',
    title: `${name} is ${isStored ? 'set, and not shown' : 'not set'}`,
    cause: 'nv never shows a secret.',
    fix: 'Use the secret where you keep it, or set a new one with: nv profile set clientSecret',
  })
}

function secretElsewhere(profile: string, isGiven: boolean): UsageError {
  return new UsageError({
    code: isGiven ? 'secret_in_argument' : 'nobody_to_ask',
    title: isGiven ? 'A secret must not be an argument' : "nv can't ask for the secret here",
    cause: !isGiven
      ? 'nv only asks on a terminal, and not with --no-input.'
      : 'Every user of this machine can read the arguments of a program, and they stay in the history of the shell.',
    fix: [
      `To be asked:      nv profile set clientSecret --profile ${profile}`,
      `From a pipe:      nv profile edit ${profile} --client-secret-stdin`,
      `From a variable:  nv profile edit ${profile} --client-secret-env NAME`,
    ].join('\n'),
  })
}

function missingValue(typed: string, profile: string): UsageError {
  return new UsageError({
    code: 'missing_value',
    title: `Missing value for ${typed}`,
    cause: '`nv profile set` takes a setting and its value.',
    fix: `To remove the setting: nv profile edit ${profile} --unset ${typed.includes(' ') ? `'${typed}'` : typed}`,
  })
}

function noCurrent(path: string): UsageError {
  return new UsageError({
    code: 'no_profile',
    title: 'No profile is chosen here',
    cause: `${path} names the gateway itself, without a profile.`,
    fix: 'Name a profile with --profile.',
  })
}
