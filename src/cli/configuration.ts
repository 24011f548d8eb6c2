// Gathers a profile from the flags, the environment, the profile and its preset.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { presets } from '../profile/presets.ts'
import { environmentNames, type Profile, resolveProfile } from '../profile/resolve.ts'
import { parseSettings, type Settings } from '../profile/settings.ts'

export interface Configuration {
  profile: Profile
  /** Ends what was started for the profile. */
  close(): Promise<void>
}

/** The flags that are settings, by the setting's name. */
export type SettingFlags = Partial<Record<keyof Settings, string>>

const flagNames: Readonly<Record<string, string>> = {
  redirectUri: '--redirect-uri',
  listen: '--listen',
  scope: '--scope',
  apiVersion: '--api-version',
  loginHint: '--login-hint',
  prompt: '--prompt',
}

/** Resolves the profile, and starts the simulator when it is the profile's gateway. */
export async function loadConfiguration(
  context: Context,
  profileName: string | undefined,
  flags: SettingFlags,
): Promise<Configuration> {
  const name = profileName ?? (context.env['NV_PROFILE'] || null)
  const preset = name === null ? null : findPreset(name)
  const layers = [
    parseSettings(present(flags), (key) => flagNames[key] ?? key),
    parseSettings(readEnvironment(context), (key) => environmentNames[key] ?? key),
  ]
  if (preset === null && layers.every((layer) => Object.keys(layer).length === 0)) throw nothingConfigured()

  const isSimulated = name === 'simulator' && !layers.some(({ authorizeUrl }) => authorizeUrl)
  const simulator = isSimulated ? await startEmbedded(context) : null
  const profile = resolveProfile({
    name,
    presetName: name,
    preset,
    layers: simulator ? [...layers, simulator.settings] : layers,
    clientSecret: context.env['NV_CLIENT_SECRET'] || null,
  })
  return { profile, close: async () => simulator?.close() }
}

async function startEmbedded(context: Context): Promise<{ settings: Settings; close(): Promise<void> }> {
  const { startSimulator } = await import('../simulator/simulator.ts')
  const { authorizeUrl, tokenUrl, apiUrl, close } = await startSimulator(context, {
    host: '127.0.0.1',
    port: 0,
  })
  return { settings: { authorizeUrl, tokenUrl, apiUrl }, close }
}

function readEnvironment({ env }: Pick<Context, 'env'>): Record<string, string> {
  return present(
    Object.fromEntries(Object.entries(environmentNames).map(([key, variable]) => [key, env[variable]])),
  )
}

function present(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value ? [[key, value]] : [])))
}

function findPreset(name: string) {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined
  if (preset) return preset
  throw new UsageError({
    code: 'unknown_profile',
    title: `There is no profile ${JSON.stringify(name)}`,
    cause: `The profiles are ${Object.keys(presets).join(' and ')}.`,
    fix: 'Name one of them with --profile.',
  })
}

function nothingConfigured(): UsageError {
  return new UsageError({
    code: 'no_profile',
    title: 'There is no profile to use',
    cause:
      'Neither --profile nor NV_PROFILE names one, and the environment has no NV_AUTHORIZE_URL and so on.',
    fix: [
      'Without an account:     nv verify +34600000001 --profile simulator',
      "Telefónica's mock mode: nv verify +34600000001 --profile sandbox-mock",
      'Your own credentials:   set NV_AUTHORIZE_URL, NV_TOKEN_URL, NV_API_URL, NV_CLIENT_ID, NV_CLIENT_SECRET and NV_REDIRECT_URI',
    ].join('\n'),
  })
}
