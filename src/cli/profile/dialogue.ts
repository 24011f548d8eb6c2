// The questions of `nv profile add` and `nv profile edit`.
import type { Context } from '../../context.ts'
import { presets } from '../../profile/presets.ts'
import { checkSetting, type SettingName, settingNames } from '../../profile/settings.ts'
import { stringIn } from '../../run/body.ts'
import type { GlobalOptions } from '../options.ts'
import { checkSecret, type Given, withSecretHeader } from './given.ts'

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
  apiVersion: 'API version (v0, v1, v2):',
  loginHint: 'Login hint (none, tel, bare, or as it is):',
  prompt: 'Prompt parameter:',
  pkce: 'PKCE (on, off):',
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
  const choices = Object.entries(presets)
    .filter(([name]) => name !== 'simulator' && name !== 'sandbox-mock')
    .map(([name, { title }]) => ({ value: name, name: `${name.padEnd(18)} ${title}` }))
  return prompt.choice({ message: 'Which gateway?', choices, signal })
}

/** Asks for everything that is missing, in its order, secrets hidden. */
export async function askMissing(
  { prompt, signal }: Context,
  given: Given,
  missing: readonly string[],
): Promise<Given> {
  let answered = given
  for (const name of missing) {
    if (name === 'clientSecret') {
      const clientSecret = await prompt.secret({ message: 'Client secret:', validate: checkSecret, signal })
      answered = { ...answered, secrets: { ...answered.secrets, clientSecret } }
    } else if (name.startsWith('header ')) {
      const header = name.slice('header '.length)
      const value = await prompt.secret({ message: `${header}:`, validate: checkSecret, signal })
      answered = withSecretHeader(answered, header, value)
    } else {
      const setting = name as SettingName
      const value = await askSetting({ prompt, signal }, setting)
      answered = { ...answered, settings: { ...answered.settings, [setting]: value } }
    }
  }
  return answered
}

/** Asks for one setting. */
export function askSetting(
  { prompt, signal }: Pick<Context, 'prompt' | 'signal'>,
  name: SettingName,
  initial?: string,
): Promise<string> {
  return prompt.text({
    message: labels[name] ?? `${name}:`,
    validate: (text) => checkSetting(name, text),
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
  current: Record<string, unknown>,
): Promise<{ change: Record<string, unknown>; secrets: Record<string, string> }> {
  const { prompt, signal } = context
  const change: Record<string, unknown> = {}
  const secrets: Record<string, string> = {}
  const editable = settingNames.filter((name) => labels[name] !== undefined)
  for (;;) {
    const shown = { ...current, ...change }
    const choice = await prompt.choice({
      message: 'Change what?',
      choices: [
        { value: 'done', name: 'nothing more: save' },
        {
          value: 'clientSecret',
          name: `clientSecret   ${secrets['clientSecret'] ? '(changed)' : '(hidden)'}`,
        },
        ...editable.map((name) => ({
          value: name,
          name: `${name.padEnd(14)} ${stringIn(shown, name) ?? ''}`,
        })),
      ],
      signal,
    })
    if (choice === 'done') return { change, secrets }
    if (choice === 'clientSecret') {
      secrets['clientSecret'] = await prompt.secret({
        message: 'Client secret:',
        validate: checkSecret,
        signal,
      })
    } else {
      const name = choice
      const initial = stringIn(shown, name)
      change[name] = await askSetting(context, name, initial ?? undefined)
    }
  }
}
