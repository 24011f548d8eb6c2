// The questions of `nv profile add` and `nv profile edit`.
import { apiVersions } from '../../camara/api.ts'
import type { Context } from '../../context.ts'
import { authMethods } from '../../oauth/client-authentication.ts'
import { findPreset, presets } from '../../settings/presets.ts'
import type { ProfileRecord } from '../../settings/record.ts'
import {
  checkSecret,
  checkSetting,
  secretHeaderKey,
  type SettingName,
  settingNames,
} from '../../settings/settings.ts'
import { stringIn } from '../../wire/body.ts'
import type { GlobalOptions } from '../options.ts'
import { type Given, withSecretHeader } from './given.ts'
import { headerOf, headerSetting } from '../../settings/layers.ts'

/** The questions for settings that a person can type in a line. */
const labels: Partial<Record<SettingName, string>> = {
  authorizeUrl: 'Authorization endpoint (URL):',
  tokenUrl: 'Token endpoint (URL):',
  apiUrl: 'Base of the API, before /number-verification (URL):',
  issuer: 'Issuer (URL):',
  clientId: 'Client id:',
  key: 'Private key (path of a PEM or JWK file):',
  redirectUri: 'Registered redirect_uri:',
  scope: 'Scope:',
  listen: 'Listen on (host:port):',
  apiVersion: 'API version:',
  loginHint: 'Login hint (none, tel, bare, or as it is):',
  prompt: 'Prompt parameter:',
  pkce: 'PKCE:',
  authMethod: 'Client authentication:',
  ca: 'Certificates to trust (path of a PEM file):',
  proxy: 'Proxy (URL):',
  preset: 'Preset:',
}

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

/** The settings that have one of a few values. */
const choices: Partial<Record<SettingName, readonly string[]>> = {
  preset: Object.keys(presets),
  authMethod: authMethods,
  apiVersion: apiVersions,
  pkce: ['on', 'off'],
}

/** Asks for one setting. */
function askSetting(
  { prompt, signal }: Pick<Context, 'prompt' | 'signal'>,
  name: SettingName,
  { initial, isOptional }: { initial?: string | undefined; isOptional: boolean },
): Promise<string> {
  const label = labels[name] ?? `${name}:`
  const values = choices[name]
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
  const editable = settingNames.filter((name) => labels[name] !== undefined)
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
      message: 'Change what?',
      choices: [
        { value: 'done', name: 'nothing more: save' },
        { value: 'clientSecret', name: `clientSecret   ${describeStored('clientSecret')}` },
        ...headers.map((header) => ({
          value: headerSetting(header),
          name: `${header} ${describeStored(secretHeaderKey(header))}`,
        })),
        ...editable.map((name) => ({
          value: name,
          name: `${name.padEnd(14)} ${stringIn(shown, name) ?? ''}`,
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
