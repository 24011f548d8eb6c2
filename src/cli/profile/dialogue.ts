// The questions of `nv profile add` and `nv profile edit`.
import type { Context } from '../../context.ts'
import { type Setting, settings } from '../../settings/table.ts'
import { findPreset, presets } from '../../settings/presets.ts'
import type { ProfileRecord } from '../../settings/record.ts'
import { checkSetting, type SettingName, settingNames } from '../../settings/settings.ts'
import { stringIn } from '../../wire/body.ts'
import type { GlobalOptions } from '../options.ts'
import { type Given, withSecretHeader } from './given.ts'
import { headerOf, headerSetting } from '../../settings/layers.ts'
import { checkSecret, secretHeaderKey } from '../../settings/secret.ts'

/** Tells whether someone is there to answer. */
export function canAsk({ input, err, env }: Context, options: GlobalOptions): boolean {
  return options.input && input.isTerminal && err.isTerminal && env['TERM'] !== 'dumb'
}

/** Asks for the gateway. */
export function askPreset({ prompt, signal }: Context): Promise<string> {
  const gateways = Object.entries(presets)
    .filter(([name]) => name !== 'simulator' && name !== 'sandbox-mock')
    .map(([name, { title }]) => ({ value: name, name: `${name.padEnd(17)} ${title}` }))
  return prompt.choice({ message: 'Which gateway?', choices: gateways, signal })
}

/** Asks for everything that is missing, in its order, secrets hidden. */
export async function askMissing(context: Context, given: Given, missing: readonly string[]): Promise<Given> {
  const { prompt, signal } = context
  let answered = given
  for (const name of missing) {
    const header = headerOf(name)
    if (name === 'clientSecret') {
      const clientSecret = await prompt.secret({ message: 'Client secret:', validate: checkSecret, signal })
      answered = { ...answered, secrets: { ...answered.secrets, clientSecret } }
    } else if (header !== null) {
      const value = await prompt.secret({ message: `${header}:`, validate: checkSecret, signal })
      answered = withSecretHeader(answered, header, value)
    } else {
      const value = await askSetting(context, name as SettingName, { isOptional: false })
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

/** Gives the values of a setting that has a few. */
function choicesOf(name: SettingName): readonly string[] | undefined {
  const { choices }: Setting = settings[name]
  return name === 'preset' ? Object.keys(presets) : choices
}

/** Asks for one setting. */
function askSetting(
  { prompt, signal }: Pick<Context, 'prompt' | 'signal'>,
  name: SettingName,
  { initial, isOptional }: { initial?: string | undefined; isOptional: boolean },
): Promise<string> {
  const { question }: Setting = settings[name]
  const label = typeof question === 'string' ? question : `${name}:`
  const values = choicesOf(name)
  if (values) {
    const isKnown = initial !== undefined && values.includes(initial)
    const named = values.map((value) => ({ value, name: value }))
    return prompt.choice({ message: label, choices: named, signal, ...(isKnown ? { initial } : {}) })
  }
  const canClear = isOptional && initial !== undefined
  return prompt.text({
    message: canClear ? label.replace(/:$/, ' (Backspace and Enter: none):') : label,
    validate: (text) => (isOptional && text.trim() === '') || checkSetting(name, text),
    signal,
    ...(initial === undefined ? {} : { initial }),
  })
}

/** Asks for the redirect_uri; an empty answer leaves it at the default. */
export async function askRedirectUri({ prompt, signal }: Context): Promise<string | undefined> {
  const answer = await prompt.text({
    message: 'Registered redirect_uri (empty: http://127.0.0.1:<free port>/callback):',
    validate: (text) => text.trim() === '' || checkSetting('redirectUri', text),
    signal,
  })
  return answer.trim() || undefined
}

/** Asks which setting to change, until there is none left to change. */
export async function askChanges(
  context: Context,
  { settings: current, secretEntry }: ProfileRecord,
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
        ? await askMissing(context, changed, [choice])
        : await askChange(context, changed, choice as SettingName, stringIn(shown, choice) ?? undefined)
  }
}

/** Asks for a new value; an empty answer takes the setting out. */
async function askChange(
  context: Context,
  given: Given,
  name: SettingName,
  initial: string | undefined,
): Promise<Given> {
  const value = await askSetting(context, name, { initial, isOptional: true })
  return { ...given, settings: { ...given.settings, [name]: value.trim() || undefined } }
}
