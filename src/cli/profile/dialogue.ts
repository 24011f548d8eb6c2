// The questions of `nv profile add` and `nv profile edit`.
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import { keyAlgorithms } from '../../oauth/signing-key.ts'
import { hang, type Style } from '../../report/human.ts'
import { findConsole } from '../../settings/consoles.ts'
import { withPreset } from '../../settings/preset-layer.ts'
import { checkKey, readKeyFile } from '../../target/material.ts'
import { type Setting, settings } from '../../settings/table.ts'
import { findPreset, presets } from '../../settings/presets.ts'
import type { ProfileRecord } from '../../settings/record.ts'
import { checkSetting, type SettingName, settingNames, type Settings } from '../../settings/settings.ts'
import { stringIn } from '../../wire/body.ts'
import { type Given, withAbsolutePaths, withSecretHeader } from './given.ts'
import { headerOf, headerSetting } from '../../settings/layers.ts'
import { checkSecret, secretHeaderKey } from '../../settings/secret.ts'

/** Asks for the gateway. */
export function askPreset({ prompt, signal }: Context): Promise<string> {
  const gateways = Object.entries(presets)
    .filter(([name]) => name !== 'simulator' && name !== 'sandbox-mock')
    .map(([name, { title }]) => ({ value: name, name: `${name.padEnd(17)} ${title}` }))
  return prompt.choice({ message: 'Which gateway?', choices: gateways, signal })
}

/** Asks for the name of a profile. */
export function askName(
  { prompt, signal }: Context,
  initial: string,
  validate: (name: string) => true | string,
): Promise<string> {
  return prompt.text({ message: 'Profile name:', initial, validate, signal })
}

/** Says where the provider's console has the values that are asked for next; nothing if that isn't known. */
export function showConsole({ err }: Context, preset: string | undefined, style: Style): void {
  const found = findConsole(preset)
  if (found !== null)
    err.write(`${style.dim(hang('', `See ${found.name}:`, err))}\n${style.dim(found.url)}\n`)
}

/** Says what a value is in the console, before it is asked for. */
function hintAt({ err }: Context, preset: string | undefined, name: string, style: Style): void {
  const hint = findConsole(preset)?.values[name]
  if (hint !== undefined) err.write(`${style.dim(hang('  ', hint, err))}\n`)
}

/** Asks for everything that is missing, in its order, secrets hidden. */
export async function askMissing(
  context: Context,
  given: Given,
  missing: readonly string[],
  style: Style,
): Promise<Given> {
  const { prompt, signal } = context
  let answered = given
  for (const name of missing) {
    const header = headerOf(name)
    hintAt(context, answered.settings.preset, name, style)
    if (name === 'clientSecret') {
      const clientSecret = await prompt.secret({ message: 'Client secret:', validate: checkSecret, signal })
      answered = { ...answered, secrets: { ...answered.secrets, clientSecret } }
    } else if (header !== null) {
      const value = await prompt.secret({ message: `${header}:`, validate: checkSecret, signal })
      answered = withSecretHeader(answered, header, value)
    } else {
      const value = await askSetting(context, name as SettingName, {
        isOptional: false,
        settings: answered.settings,
      })
      answered = { ...answered, settings: { ...answered.settings, [name]: value } }
    }
  }
  return answered
}

/** The settings that a person can type in a line. */
const editable = settingNames.filter((name) => typeof settings[name].question === 'string')

const widest = Math.max(...editable.map((name) => name.length))

function row(name: string, value: string): string {
  return `${name.padEnd(widest)} ${value}`
}

/** Lists the values of a setting that can work. */
async function choicesOf(
  context: Pick<Context, 'files'>,
  name: SettingName,
  given: Settings,
): Promise<readonly string[] | undefined> {
  const { choices }: Setting = settings[name]
  if (name === 'preset') return Object.keys(presets)
  if (name === 'keyAlgorithm') return keyAlgorithmsFor(context, given)
  if (name !== 'authMethod') return choices
  // The JWT of an application is Vonage's own.
  const own = findPreset(given.preset)?.settings.authMethod
  const isOwn = own === 'application_jwt' || given.preset === 'generic' || given.preset === undefined
  return choices?.filter((method) => method !== 'application_jwt' || isOwn)
}

/** Gives the algorithms that the key of a profile signs with; all of them where there is no such key yet. */
async function keyAlgorithmsFor(
  context: Pick<Context, 'files'>,
  given: Settings,
): Promise<readonly string[]> {
  const fitting: string[] = []
  for (const keyAlgorithm of keyAlgorithms) {
    if ((await problemOfKey(context, { ...given, keyAlgorithm })) === null) fitting.push(keyAlgorithm)
  }
  return fitting.length > 0 ? fitting : keyAlgorithms
}

/** Says what is wrong with the key of a profile as soon as it is named; null if nothing is. */
async function problemOfKey(context: Pick<Context, 'files'>, given: Settings): Promise<string | null> {
  try {
    if (given.key === undefined) return null
    const complete = withPreset(given, findPreset(given.preset))
    checkKey(complete, await readKeyFile(context, given.key))
    return null
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SetupError)) throw error
    // The question stays where it is, and has room for a line below it.
    const { code, title, cause } = error.problem
    return code === 'key_unusable' ? cause : title
  }
}

/** Asks for one setting. */
async function askSetting(
  context: Context,
  name: SettingName,
  options: { initial?: string | undefined; isOptional: boolean; settings: Settings },
): Promise<string> {
  const { prompt, signal } = context
  const { initial, isOptional, settings: given } = options
  const { question }: Setting = settings[name]
  const label = typeof question === 'string' ? question : `${name}:`
  const values = await choicesOf(context, name, given)
  if (values) {
    const isKnown = initial !== undefined && values.includes(initial)
    const named = values.map((value) => ({ value, name: value }))
    return prompt.choice({ message: label, choices: named, signal, ...(isKnown ? { initial } : {}) })
  }
  const canClear = isOptional && initial !== undefined
  return prompt.text({
    message: canClear ? label.replace(/:$/, ' (Backspace and Enter: none):') : label,
    validate: async (text) => {
      if (isOptional && text.trim() === '') return true
      const rule = checkSetting(name, text)
      if (rule !== true || name !== 'key') return rule
      const key = text.trim()
      return (await problemOfKey(context, withAbsolutePaths(context, { ...given, key }))) ?? true
    },
    signal,
    ...(initial === undefined ? {} : { initial }),
  })
}

/** Asks for the redirect_uri; an empty answer leaves it at the default. */
export async function askRedirectUri(
  context: Context,
  preset: string | undefined,
  style: Style,
): Promise<string | undefined> {
  const { prompt, signal } = context
  hintAt(context, preset, 'redirectUri', style)
  const answer = await prompt.text({
    message: 'Registered redirect_uri (empty: http://127.0.0.1:<free port>/callback):',
    validate: (text) => text.trim() === '' || checkSetting('redirectUri', text),
    signal,
  })
  return answer.trim() || undefined
}

/** Asks which setting to change, until the user is done. */
export async function askChanges(
  context: Context,
  { settings: current, secretEntry }: ProfileRecord,
  style: Style,
): Promise<Given> {
  const { prompt, signal } = context
  let changed: Given = { settings: {}, secrets: {} }
  for (;;) {
    const shown: Record<string, unknown> = { ...current, ...changed.settings }
    const headers = [
      ...(findPreset(stringIn(shown, 'preset') ?? undefined)?.secretHeaders ?? []),
      ...(Array.isArray(current['secretHeaders']) ? current['secretHeaders'].map(String) : []),
    ].filter(
      (header: string, index, all: string[]) =>
        all.findIndex((other) => secretHeaderKey(other) === secretHeaderKey(header)) === index,
    )
    const variable = stringIn(current, 'clientSecretEnv')
    const describeStored = (key: string) => {
      if (changed.secrets[key]) return '(changed)'
      if (key === 'clientSecret' && variable !== null) return `$${variable}`
      return secretEntry === null ? '(not set)' : '(hidden)'
    }
    const choice = await prompt.choice({
      message: 'What do you want to change?',
      choices: [
        { value: 'done', name: 'Save and exit' },
        { value: 'clientSecret', name: row('clientSecret', describeStored('clientSecret')) },
        ...headers.map((header) => ({
          value: headerSetting(header),
          name: row(header, describeStored(secretHeaderKey(header))),
        })),
        ...editable.map((name) => ({
          value: name,
          name: row(name, stringIn(shown, name) ?? ''),
        })),
      ],
      signal,
    })
    if (choice === 'done') return changed
    changed =
      choice === 'clientSecret' || headerOf(choice) !== null
        ? await askMissing(context, changed, [choice], style)
        : await askChange(context, changed, choice as SettingName, shown)
  }
}

/** Asks for a new value; an empty answer takes the setting out. */
async function askChange(
  context: Context,
  given: Given,
  name: SettingName,
  shown: Readonly<Record<string, unknown>>,
): Promise<Given> {
  const initial = stringIn(shown, name) ?? undefined
  const value = await askSetting(context, name, { initial, isOptional: true, settings: shown })
  return { ...given, settings: { ...given.settings, [name]: value.trim() || undefined } }
}
