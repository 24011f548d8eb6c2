// What settings a flow is missing.
import { keyMethods } from '../oauth/client-authentication.ts'
import { type Endpoint, endpointsOf, type Grant } from '../oauth/grants.ts'
import { hasHeader, headerSetting, type Sourced } from './layers.ts'
import type { Preset } from './presets.ts'
import type { Settings } from './settings.ts'

/** Tells whether the gateway is the simulator inside nv, whose addresses are known once it has started. */
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

/** Tells whether the audience of client assertions is the issuer. */
export function usesIssuerAsAudience({ authMethod, assertionAudience }: Settings): boolean {
  return authMethod === 'private_key_jwt' && assertionAudience === 'issuer'
}

/**
 * Lists the settings that a flow would miss, `clientSecret` among them. One of several grants has to be possible; if
 * none is, what the first one misses is listed.
 */
export function missingSettings(
  settings: Settings,
  preset: Preset | undefined,
  material: { clientSecret: Sourced | null; key: string },
  grants: readonly Grant[] = ['authorization-code'],
): string[] {
  const lists = grants.map((grant) => missingFor(grant, settings, preset, material))
  return lists.find((missing) => missing.length === 0) ?? lists[0] ?? []
}

function missingFor(
  grant: Grant,
  settings: Settings,
  preset: Preset | undefined,
  material: { clientSecret: Sourced | null; key: string },
): string[] {
  const { authMethod = 'client_secret_basic', issuer } = settings
  const fetchesCredentials = preset?.credentialsUrl !== undefined
  const endpoints: readonly Endpoint[] = endpointsOf[grant]
  const isWithoutEndpoints = !issuer && endpoints.every((name) => !settings[name])
  const isUndiscovered = preset?.usesDiscovery === true && isWithoutEndpoints
  const missing: Array<[name: string, isMissing: boolean]> = [
    ['issuer', isUndiscovered || (usesIssuerAsAudience(settings) && !issuer)],
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
