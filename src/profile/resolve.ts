// Lays flags, environment, profile and preset over each other: the first that has a value gives it.
import { defaultApiVersion, numberScopes, verifyScopes } from '../camara/api.ts'
import { type AuthMethod, keyMethods } from '../oauth/client-authentication.ts'
import { type Endpoint, endpointsOf, type Grant } from '../oauth/grants.ts'
import type { KeyAlgorithm } from '../oauth/signing-key.ts'
import type { Command } from '../run/run.ts'
import type { Preset } from './presets.ts'
import { type ListenAddress, parseListen, type SettingName, type Settings } from './settings.ts'

/** Everything a flow needs to know about the gateway and the client. */
export interface Profile {
  name: string | null
  preset: string | null
  /** Empty: from the discovery document of the issuer, as far as the grant needs it. So is tokenUrl. */
  authorizeUrl: string
  tokenUrl: string
  /** The backchannel authentication endpoint of CIBA; empty: from the discovery document, if it is there. */
  backchannelUrl: string
  apiUrl: string
  /** The API with its version, as in `number-verification/v2`. */
  apiPath: string
  apiVersion: string
  issuer: string | null
  /** Empty, with clientSecret: fetched from credentialsUrl. */
  clientId: string
  clientSecret: string
  credentialsUrl: string | null
  authMethod: AuthMethod
  /** The private key itself; empty where none is needed. */
  key: string
  /** Null: the kid of a JWK, if it has one. */
  keyId: string | null
  /** Null: the one of the JWK, or the usual one for the kind of key. */
  keyAlgorithm: KeyAlgorithm | null
  /** Null: http://127.0.0.1:<free port>/callback. */
  redirectUri: string | null
  /** Where to listen; null: where the redirect_uri points, if that is this machine. */
  listen: ListenAddress | null
  scope: string
  /** `none`, `tel` or `bare` for a form of the phone number, or a hint to send as it is. */
  loginHint: string
  prompt: string | null
  usesPkce: boolean
  /** Whether the authorization request travels as a signed request object. */
  usesRequestObject: boolean
  usesDpop: boolean
  /** Sent with every request but those of the phone; secret values included. */
  headers: Readonly<Record<string, string>>
  /** Values that must appear nowhere, beside the client secret and the key. */
  secretValues: readonly string[]
  correlatorHeader: string
  repeatsRedirectUri: boolean
  needsPhone: boolean
  /** PEM certificates to trust beside the usual ones; null: none. */
  ca: string | null
  /** Null: that of the environment, if any. */
  proxy: string | null
  unconfirmed: readonly string[]
}

/** The settings of one source, with the name of each for people. */
export interface Layer {
  settings: Settings
  nameOf(setting: SettingName): string
}

/** Which source gave a setting its value. */
export type Origins = Partial<Record<SettingName, string>>

/** A value with the name of its source; an empty value is no value, and the source says why. */
export interface Sourced {
  value: string
  from: string
}

/** What the settings refer to, read from where it is. */
export interface Material {
  clientSecret: Sourced | null
  key: string
  ca: string | null
  headers: Readonly<Record<string, string>>
  /** The values among the headers that are secret. */
  secretValues: readonly string[]
}

export interface Merged {
  settings: Settings
  origins: Origins
}

/** Merges layers, the strongest first. Headers are merged one by one, whatever case their names are in. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const merged: Merged = { settings: {}, origins: {} }
  for (const { settings, nameOf } of layers) {
    for (const [name, value] of Object.entries(settings) as Array<[SettingName, unknown]>) {
      if (value === undefined) continue
      const origin = merged.origins[name]
      if (name === 'headers') {
        merged.settings.headers = mergeHeaders(settings.headers ?? {}, merged.settings.headers ?? {})
        merged.origins.headers = [...new Set([...(origin ? [origin] : []), nameOf(name)])].join(', ')
      } else if (merged.settings[name] === undefined) {
        Object.assign(merged.settings, { [name]: value })
        merged.origins[name] = nameOf(name)
      }
    }
  }
  return merged
}

/** Puts headers over others; a name in another case is the same name. */
export function mergeHeaders(
  beneath: Readonly<Record<string, string>>,
  above: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(beneath).filter(([name]) => !hasHeader(Object.keys(above), name))
  return { ...Object.fromEntries(kept), ...above }
}

/** Tells whether a header's name is among others, in whatever case. */
export function hasHeader(names: readonly string[], name: string): boolean {
  return names.some((other) => other.toLowerCase() === name.toLowerCase())
}

/** Names a header where settings are listed by name. */
export function headerSetting(name: string): string {
  return `header ${name}`
}

/** Gives the header that such a name means; null when it means a setting. */
export function headerOf(setting: string): string | null {
  return setting.startsWith('header ') ? setting.slice('header '.length) : null
}

/** Makes the layer of a preset, with the values that follow from it and from the merged layers above it. */
export function presetLayer(
  presetName: string | undefined,
  preset: Preset | undefined,
  above: Settings,
  command: Command = 'verify',
): Layer {
  const apiVersion = above.apiVersion ?? preset?.settings.apiVersion ?? defaultApiVersion
  const scopes =
    command === 'number' ? (preset?.numberScopes ?? numberScopes) : (preset?.scopes ?? verifyScopes)
  const defaults: Settings = {
    apiVersion,
    authMethod: 'client_secret_basic',
    scope: scopes[apiVersion],
    loginHint: 'none',
    pkce: 'on',
  }
  const own = preset?.settings ?? {}
  const isOwn = (setting: SettingName) => setting in own || (setting === 'scope' && preset !== undefined)
  return {
    settings: { ...defaults, ...own },
    nameOf: (setting) => (isOwn(setting) && presetName !== undefined ? `preset ${presetName}` : 'default'),
  }
}

/** Gives the settings that a flow would have if nothing but the preset stood beneath them. */
export function withPreset(settings: Settings, preset: Preset | undefined): Settings {
  const nameOf = () => ''
  return mergeLayers([{ settings, nameOf }, presetLayer(settings.preset, preset, settings)]).settings
}

/** Tells whether the gateway is the simulator inside nv, whose addresses are known once it was started. */
export function isSimulated({ preset, authorizeUrl }: Settings): boolean {
  return preset === 'simulator' && authorizeUrl === undefined
}

/** Tells whether a private key signs something of a flow by that grant. */
export function needsKey(
  { authMethod, requestObject }: Settings,
  grant: Grant = 'authorization-code',
): boolean {
  if (authMethod !== undefined && keyMethods.includes(authMethod)) return true
  return grant === 'jwt-bearer' || (grant === 'authorization-code' && requestObject === 'on')
}

/**
 * Lists what a flow would miss, as the setting's name; `clientSecret` is among them. Of several grants that would do
 * one needs to be possible; when none is, what the first one misses is listed.
 */
export function missingSettings(
  settings: Settings,
  preset: Preset | undefined,
  material: Pick<Material, 'clientSecret' | 'key'>,
  grants: readonly Grant[] = ['authorization-code'],
): string[] {
  const lists = grants.map((grant) => missingFor(grant, settings, preset, material))
  return lists.find((missing) => missing.length === 0) ?? lists[0] ?? []
}

function missingFor(
  grant: Grant,
  settings: Settings,
  preset: Preset | undefined,
  material: Pick<Material, 'clientSecret' | 'key'>,
): string[] {
  const { authMethod = 'client_secret_basic', issuer } = settings
  const fetchesCredentials = preset?.credentialsUrl !== undefined
  const endpoints: readonly Endpoint[] = endpointsOf[grant]
  const isWithoutEndpoints = !issuer && endpoints.every((name) => !settings[name])
  const isUndiscovered = preset?.usesDiscovery === true && isWithoutEndpoints
  const missing: Array<[name: string, isMissing: boolean]> = [
    ['issuer', isUndiscovered],
    ...endpoints.map((name): [string, boolean] => [name, !settings[name] && !issuer && !isUndiscovered]),
    ['apiUrl', !settings.apiUrl],
    ['clientId', !settings.clientId && !fetchesCredentials],
    ['key', needsKey(settings, grant) && !material.key],
    [
      'clientSecret',
      authMethod.startsWith('client_secret') && !material.clientSecret?.value && !fetchesCredentials,
    ],
    ...(preset?.secretHeaders ?? []).map((name): [string, boolean] => [
      headerSetting(name),
      !hasHeader([...Object.keys(settings.headers ?? {}), ...(settings.secretHeaders ?? [])], name),
    ]),
  ]
  const names = missing.flatMap(([name, isMissing]) => (isMissing ? [name] : []))
  return isSimulated(settings) ? names.filter((name) => !name.endsWith('Url')) : names
}

/** Makes the profile of a flow from merged settings. The caller has made sure that nothing is missing. */
export function createProfile(
  identity: { name: string | null; preset: Preset | undefined; command?: Command },
  settings: Settings,
  material: Material,
): Profile {
  const { preset, command = 'verify' } = identity
  const scopeOfOther = command === 'number' ? 'scope' : 'numberScopes'
  const apiVersion = settings.apiVersion ?? defaultApiVersion
  return {
    name: identity.name,
    preset: settings.preset ?? null,
    authorizeUrl: settings.authorizeUrl ?? '',
    tokenUrl: settings.tokenUrl ?? '',
    backchannelUrl: settings.backchannelUrl ?? '',
    apiUrl: settings.apiUrl ?? '',
    apiPath: preset?.apiPaths?.[apiVersion] ?? `number-verification/${apiVersion}`,
    apiVersion,
    issuer: settings.issuer ?? null,
    clientId: settings.clientId ?? '',
    clientSecret: material.clientSecret?.value ?? '',
    credentialsUrl: (!settings.clientId && preset?.credentialsUrl) || null,
    authMethod: settings.authMethod ?? 'client_secret_basic',
    key: material.key,
    keyId: settings.keyId ?? null,
    keyAlgorithm: settings.keyAlgorithm ?? null,
    redirectUri: settings.redirectUri ?? null,
    listen: settings.listen === undefined ? null : parseListen(settings.listen),
    scope: settings.scope ?? (command === 'number' ? numberScopes : verifyScopes)[apiVersion],
    loginHint: settings.loginHint ?? 'none',
    prompt: settings.prompt ?? null,
    usesPkce: settings.pkce !== 'off',
    usesRequestObject: settings.requestObject === 'on',
    usesDpop: settings.dpop === 'on',
    headers: material.headers,
    secretValues: material.secretValues,
    correlatorHeader: preset?.correlatorHeader ?? 'x-correlator',
    repeatsRedirectUri: preset?.repeatsRedirectUri ?? true,
    needsPhone: preset?.needsPhone ?? true,
    ca: material.ca,
    proxy: settings.proxy ?? null,
    unconfirmed: Object.entries(preset?.unconfirmed ?? {}).flatMap(([name, point]) =>
      name === scopeOfOther ? [] : [point],
    ),
  }
}
