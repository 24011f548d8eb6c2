// What the flags of `nv profile add` and `nv profile edit` say.
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { parseSettings, type Settings } from '../../settings/settings.ts'
import type { Secrets } from '../../settings/store.ts'
import type { GlobalOptions } from '../options.ts'
import { addSettingFlags } from '../setting-flags.ts'
import { hasHeader, headerOf } from '../../settings/layers.ts'
import { flagLayer, flagOf, flagSettings } from '../../settings/flags.ts'
import { checkSecret, isSecretHeaderName, secretHeaderKey, variableIn } from '../../settings/secret.ts'

export interface ProfileOptions extends GlobalOptions {
  header?: string[]
  clientSecretStdin?: boolean
  clientSecretEnv?: string
  clientSecret?: string | true
}

/** Settings with the secrets that belong to them. */
export interface Given {
  settings: Settings
  secrets: Secrets
}

/** Declares the flags. */
export function addProfileFlags(command: Command): Command {
  command.optionsGroup('The gateway and the client:')
  return addSettingFlags(command, flagSettings)
    .option(
      '--header <name:value>',
      "a header for every request; '$NAME' is read from the environment",
      collect,
    )
    .option('--client-secret-stdin', 'read the client secret from standard input')
    .option('--client-secret-env <name>', 'read the client secret from this variable on every run')
    .addOption(hiddenSecretFlag())
}

/** Declares the flag that people expect, so that it can be refused with the reason. */
export function hiddenSecretFlag(): Option {
  return new Option('--client-secret [value]').hideHelp()
}

/** Collects the values of a repeatable option. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

/** Reads the flags, and the secret from standard input when they say so. */
export async function readGiven(context: Context, options: ProfileOptions): Promise<Given> {
  if (options.clientSecretStdin && options.clientSecretEnv !== undefined) throw twoSecrets()
  const { settings } = flagLayer(options, flagSettings)
  const headers = (options.header ?? []).map(parseHeader)
  const { clientSecretEnv } = parseSettings(
    options.clientSecretEnv === undefined ? {} : { clientSecretEnv: options.clientSecretEnv },
    () => '--client-secret-env',
  )
  return {
    settings: {
      ...withAbsolutePaths(context, settings),
      ...(clientSecretEnv === undefined ? {} : { clientSecretEnv }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    },
    secrets: options.clientSecretStdin ? { clientSecret: await readSecretFromInput(context) } : {},
  }
}

/** Throws a UsageError for a secret among the arguments. */
export function refuseSecretFlag({ clientSecret }: ProfileOptions): void {
  if (clientSecret !== undefined) throw secretInFlag()
}

/** Makes paths absolute: the same profile must not find another file in another working folder. */
export function withAbsolutePaths(
  { files, env }: Pick<Context, 'files' | 'env'>,
  settings: Settings,
  folder = files.workingFolder,
): Settings {
  const absolute = (path: string) =>
    path.startsWith('~/') && env['HOME'] ? join(env['HOME'], path.slice(2)) : resolve(folder, path)
  const { key, ca } = settings
  return {
    ...settings,
    ...(key === undefined ? {} : { key: absolute(key) }),
    ...(ca === undefined ? {} : { ca: absolute(ca) }),
  }
}

async function readSecretFromInput({ input, signal }: Context): Promise<string> {
  if (input.isTerminal) throw secretOnScreen()
  const secret = (await input.text(signal)).replace(/\r?\n$/, '')
  const rule = checkSecret(secret)
  if (rule === true) return secret
  throw new UsageError({
    code: 'invalid_secret',
    title: "The client secret on standard input can't be used",
    cause: rule,
    fix: 'Pipe the secret alone, as in:\npass show acme | nv profile add acme --client-secret-stdin',
  })
}

/** Reads `Name: value`. A secret must not be there: every user of the machine can read it. */
function parseHeader(text: string): [name: string, value: string] {
  const match = /^([^:=\s]+)\s*[:=]\s*(.*)$/.exec(text)
  const name = match?.[1] ?? ''
  const value = match?.[2] ?? ''
  if (!match) {
    throw new UsageError({
      code: 'invalid_header',
      title: 'The value of --header is not valid',
      cause: 'It takes a name, a colon and a value.',
      fix: "Write for example:\n--header 'X-RapidAPI-Host: network-as-code.nokia.rapidapi.com'",
    })
  }
  parseSettings({ headers: { [name]: value } }, () => `--header ${name}`)
  if (!isSecretHeaderName(name) || variableIn(value) !== null) return [name, value]
  throw new UsageError({
    code: 'secret_in_argument',
    title: `The value of ${name} looks like a secret`,
    cause:
      'Every user of this machine can read the arguments of a program, and they stay in the history of the shell.',
    fix: `Put it into a variable and write --header '${name}: $VARIABLE' (in single quotes), or leave it out and be asked.`,
  })
}

/** Puts the values of secret headers with the secrets, and their names into the settings. */
export function withSecretHeader({ settings, secrets }: Given, name: string, value: string): Given {
  const others = settings.secretHeaders ?? []
  return {
    settings: { ...settings, secretHeaders: hasHeader(others, name) ? others : [...others, name] },
    secrets: { ...secrets, [secretHeaderKey(name)]: value },
  }
}

function secretOnScreen(): UsageError {
  return new UsageError({
    code: 'secret_on_screen',
    title: 'Standard input is the terminal, which would show the secret',
    cause: '--client-secret-stdin reads it from a pipe or a file.',
    fix: 'Leave the flag out to be asked, or pipe the secret:\npass show acme | nv profile add acme --client-secret-stdin',
  })
}

function secretInFlag(): UsageError {
  return new UsageError({
    code: 'secret_in_argument',
    title: '--client-secret takes no value, because a secret must not be an argument',
    cause:
      'Every user of this machine can read the arguments of a program, and they stay in the history of the shell.',
    fix: 'Pipe it with --client-secret-stdin, name a variable with --client-secret-env NAME, or be asked. If you gave it just now, take it out of the history.',
  })
}

function twoSecrets(): UsageError {
  return new UsageError({
    code: 'two_secrets',
    title: "--client-secret-stdin and --client-secret-env can't be used together",
    cause: 'A profile has one client secret.',
    fix: 'Give one of them.',
  })
}

/** Names the flag that gives what is missing. */
export function flagFor(setting: string): string {
  const header = headerOf(setting)
  if (header !== null) return `--header '${header}: $VARIABLE'`
  return setting === 'clientSecret' ? '--client-secret-stdin (or --client-secret-env NAME)' : flagOf(setting)
}

/** Says which flags are missing where nobody can be asked. */
export function missingFlags(missing: readonly string[]): UsageError {
  return new UsageError({
    code: 'missing_setting',
    title: 'The profile is not complete, and was not saved',
    cause: `Not given: ${missing.map(flagFor).join(', ')}.`,
    fix: 'Give them, or run the command on a terminal without --no-input to be asked.',
  })
}
