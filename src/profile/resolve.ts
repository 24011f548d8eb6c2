// Lays flags, environment, profile and preset over each other: the first that has a value gives it.
import { defaultApiVersion, verifyScopes } from '../camara/api.ts'
import { UsageError } from '../errors.ts'
import type { Preset } from './presets.ts'
import { type ListenAddress, parseListen, type SettingName, type Settings } from './settings.ts'

/** Everything a flow needs to know about the gateway and the client. */
export interface Profile {
  name: string | null
  preset: string | null
  authorizeUrl: string
  tokenUrl: string
  apiUrl: string
  /** The API with its version, as in `number-verification/v2`. */
  apiPath: string
  apiVersion: string
  clientId: string
  clientSecret: string
  /** Null: http://127.0.0.1:<free port>/callback. */
  redirectUri: string | null
  /** Where to listen; null: where the redirect_uri points, if that is this machine. */
  listen: ListenAddress | null
  scope: string
  /** `none`, `tel` or `bare` for a form of the phone number, or a hint to send as it is. */
  loginHint: string
  prompt: string | null
  needsPhone: boolean
}

/** The environment variable of each setting. */
export const environmentNames: Readonly<Record<string, string>> = {
  authorizeUrl: 'NV_AUTHORIZE_URL',
  tokenUrl: 'NV_TOKEN_URL',
  apiUrl: 'NV_API_URL',
  clientId: 'NV_CLIENT_ID',
  redirectUri: 'NV_REDIRECT_URI',
  listen: 'NV_LISTEN',
  scope: 'NV_SCOPE',
  apiVersion: 'NV_API_VERSION',
}

/** What the layers are made of, the strongest first. */
export interface Sources {
  name: string | null
  presetName: string | null
  preset: Preset | null
  layers: readonly Settings[]
  clientSecret: string | null
}

/** Lays the sources over each other. Throws a UsageError that names every value that none of them has. */
export function resolveProfile(sources: Sources): Profile {
  const { preset } = sources
  const layers = preset ? [...sources.layers, preset.settings] : sources.layers
  const find = <K extends SettingName>(key: K): Settings[K] =>
    layers.find((layer) => layer[key] !== undefined)?.[key]

  const clientSecret = sources.clientSecret ?? preset?.publishedSecret
  const missing: string[] = []
  const need = (value: string | undefined, label: string): string => {
    if (value === undefined) missing.push(label)
    return value ?? ''
  }
  const apiVersion = find('apiVersion') ?? defaultApiVersion
  const listen = find('listen')
  const profile: Profile = {
    name: sources.name,
    preset: sources.presetName,
    authorizeUrl: need(find('authorizeUrl'), 'NV_AUTHORIZE_URL'),
    tokenUrl: need(find('tokenUrl'), 'NV_TOKEN_URL'),
    apiUrl: need(find('apiUrl'), 'NV_API_URL'),
    apiPath: `number-verification/${apiVersion}`,
    apiVersion,
    clientId: need(find('clientId'), 'NV_CLIENT_ID'),
    clientSecret: need(clientSecret, 'NV_CLIENT_SECRET'),
    redirectUri: find('redirectUri') ?? null,
    listen: listen === undefined ? null : parseListen(listen),
    scope: find('scope') ?? (preset?.scopes ?? verifyScopes)[apiVersion],
    loginHint: find('loginHint') ?? 'none',
    prompt: find('prompt') ?? null,
    needsPhone: preset?.needsPhone ?? true,
  }
  if (missing.length > 0) throw missingSettings(sources.name, missing)
  return profile
}

function missingSettings(name: string | null, missing: readonly string[]): UsageError {
  return new UsageError({
    code: 'missing_setting',
    title:
      name === null
        ? 'There is no profile, and the environment is not complete'
        : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.join(', ')}.`,
    fix: 'Set what is missing, or try the simulator: nv verify +34600000001 --profile simulator',
  })
}
