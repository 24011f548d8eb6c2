// The settings as flags and as environment variables: one table for both.
import { apiVersions } from '../camara/api.ts'
import { authMethods } from '../oauth/client-authentication.ts'
import { keyAlgorithms } from '../oauth/signing-key.ts'
import type { Layer } from './layers.ts'
import { parseSettings, type SettingName, type Settings } from './settings.ts'

export interface SettingFlag {
  flag: string
  argument: string
  description: string
  choices?: readonly string[]
  /** The environment variable, for those that have one. */
  env?: string
}

export const flags: Partial<Record<SettingName, SettingFlag>> = {
  preset: {
    flag: '--preset',
    argument: '<name>',
    description: 'a gateway that nv knows, by name',
    env: 'NV_PRESET',
  },
  clientId: { flag: '--client-id', argument: '<id>', description: 'the client_id', env: 'NV_CLIENT_ID' },
  redirectUri: {
    flag: '--redirect-uri',
    argument: '<uri>',
    description: 'the registered redirect_uri',
    env: 'NV_REDIRECT_URI',
  },
  listen: {
    flag: '--listen',
    argument: '<host:port>',
    description: 'where to listen for the callback',
    env: 'NV_LISTEN',
  },
  scope: { flag: '--scope', argument: '<scope>', description: 'the scope to ask for', env: 'NV_SCOPE' },
  apiVersion: {
    flag: '--api-version',
    argument: '<version>',
    description: 'the version of the API',
    choices: apiVersions,
    env: 'NV_API_VERSION',
  },
  authorizeUrl: {
    flag: '--authorize-url',
    argument: '<url>',
    description: 'the authorization endpoint',
    env: 'NV_AUTHORIZE_URL',
  },
  tokenUrl: {
    flag: '--token-url',
    argument: '<url>',
    description: 'the token endpoint',
    env: 'NV_TOKEN_URL',
  },
  backchannelUrl: {
    flag: '--backchannel-url',
    argument: '<url>',
    description: 'the backchannel authentication endpoint (CIBA)',
    env: 'NV_BACKCHANNEL_URL',
  },
  apiUrl: {
    flag: '--api-url',
    argument: '<url>',
    description: 'the base of the API, before /number-verification',
    env: 'NV_API_URL',
  },
  issuer: {
    flag: '--issuer',
    argument: '<url>',
    description: 'the issuer, to discover the endpoints',
    env: 'NV_ISSUER',
  },
  authMethod: {
    flag: '--auth-method',
    argument: '<method>',
    description: 'the client authentication',
    choices: authMethods,
    env: 'NV_AUTH_METHOD',
  },
  key: {
    flag: '--key',
    argument: '<file>',
    description: 'the private key (PEM or JWK) to sign with',
    env: 'NV_KEY',
  },
  keyId: { flag: '--key-id', argument: '<kid>', description: 'the kid of the key', env: 'NV_KEY_ID' },
  keyAlgorithm: {
    flag: '--key-algorithm',
    argument: '<alg>',
    description: 'the algorithm to sign with',
    choices: keyAlgorithms,
    env: 'NV_KEY_ALGORITHM',
  },
  loginHint: {
    flag: '--login-hint',
    argument: '<hint>',
    description: 'tel or bare (forms of the number), none, or a hint as it is',
    env: 'NV_LOGIN_HINT',
  },
  pkce: {
    flag: '--pkce',
    argument: '<on|off>',
    description: 'whether to use PKCE',
    choices: ['on', 'off'],
    env: 'NV_PKCE',
  },
  requestObject: {
    flag: '--request-object',
    argument: '<on|off>',
    description: 'whether the authorization request is signed (JAR)',
    choices: ['on', 'off'],
    env: 'NV_REQUEST_OBJECT',
  },
  dpop: {
    flag: '--dpop',
    argument: '<on|off>',
    description: 'whether the access token is bound to a key (DPoP)',
    choices: ['on', 'off'],
    env: 'NV_DPOP',
  },
  prompt: {
    flag: '--prompt',
    argument: '<prompt>',
    description: 'the prompt parameter, as in none',
    env: 'NV_PROMPT',
  },
  ca: { flag: '--ca', argument: '<file>', description: 'PEM certificates to trust', env: 'NV_CA' },
  proxy: { flag: '--proxy', argument: '<url>', description: 'the proxy to use', env: 'NV_PROXY' },
}

/** The settings that differ from run to run; a command that runs a flow shows their flags first. */
export const runSettings: readonly SettingName[] = [
  'redirectUri',
  'listen',
  'apiVersion',
  'scope',
  'loginHint',
  'prompt',
]

/** All settings that a flag gives; headers have a flag of their own. */
export const flagSettings = Object.keys(flags) as SettingName[]

/** Names a setting as its flag, or as it stands in a profile when it has none. */
export function flagOf(setting: string): string {
  return flags[setting as SettingName]?.flag ?? setting
}

/** Names a setting as its environment variable. */
export function environmentNameOf(setting: string): string {
  return flags[setting as SettingName]?.env ?? setting
}

/** Makes the layer of the flags; `options` are those of the command, of which only settings are read. */
export function flagLayer(options: object, names: readonly SettingName[]): Layer {
  const given = Object.fromEntries(
    Object.entries(options).filter(([name]) => names.some((known) => known === name)),
  )
  return { settings: parseSettings(given, flagOf), nameOf: flagOf }
}

/** Makes the layer of the environment; an empty variable is not set. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const given = Object.entries(flags).flatMap(([setting, { env: name }]) => {
    const value = name === undefined ? undefined : env[name]
    return value ? [[setting, value]] : []
  })
  return {
    settings: parseSettings(Object.fromEntries(given) as Settings, environmentNameOf),
    nameOf: environmentNameOf,
  }
}
