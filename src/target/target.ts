// The gateway and the client that a run is against.
import {
  type ApiVersion,
  defaultApiVersion,
  type OperationName,
  operations,
  readApiBase,
} from '../camara/api.ts'
import type { AuthMethod } from '../oauth/client-authentication.ts'
import type { KeyAlgorithm } from '../oauth/signing-key.ts'
import type { Sourced } from '../settings/layers.ts'
import type { Preset } from '../settings/presets.ts'
import { type ListenAddress, parseListen } from '../settings/rules.ts'
import type { Settings } from '../settings/settings.ts'

/** Everything a flow needs to know about the gateway and the client. */
export interface Target {
  name: string | null
  preset: string | null
  /** Empty: from the discovery document of the issuer, as far as the grant needs it. So is tokenUrl. */
  authorizeUrl: string
  tokenUrl: string
  /** The backchannel authentication endpoint of CIBA; empty: from the discovery document, if it is there. */
  backchannelUrl: string
  /** Where the provider is asked for the authorize URL of a number; null: it is built. */
  enablementUrl: string | null
  apiUrl: string
  /** What stands between apiUrl and the operation, as in `number-verification/v2`; empty: nothing. */
  apiPath: string
  apiVersion: string
  issuer: string | null
  /** Empty, with clientSecret: fetched from credentialsUrl. */
  clientId: string
  clientSecret: string
  credentialsUrl: string | null
  authMethod: AuthMethod
  /** The aud of client assertions: `endpoint`, `issuer`, or a value. */
  assertionAudience: string
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
  /** Values that must never appear, besides the client secret and the key. */
  secretValues: readonly string[]
  correlatorHeader: string
  repeatsRedirectUri: boolean
  needsPhone: boolean
  /** PEM certificates to trust beside the usual ones; null: none. */
  ca: string | null
  /** Null: that of the environment, if any. */
  proxy: string | null
  unconfirmed: readonly string[]
  /** The source of each setting's value. */
  origins: Readonly<Record<string, string>>
  /** The variables that a named profile ignores, by setting. */
  ignored: Readonly<Record<string, string>>
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

/** What a target is made of beside its settings. */
export interface Identity {
  name: string | null
  preset: Preset | undefined
  operation: OperationName
  origins: Target['origins']
  ignored: Target['ignored']
}

/** Makes a target of merged settings. The caller has made sure that nothing is missing. */
export function createTarget(identity: Identity, settings: Settings, material: Material): Target {
  const { name, preset, operation, origins, ignored } = identity
  const apiVersion = settings.apiVersion ?? defaultApiVersion
  const isOfOther = (point: string) => point.startsWith('scope of ') && point !== `scope of ${operation}`
  return {
    name,
    preset: settings.preset ?? null,
    authorizeUrl: settings.authorizeUrl ?? '',
    tokenUrl: settings.tokenUrl ?? '',
    backchannelUrl: settings.backchannelUrl ?? '',
    enablementUrl:
      settings.enablementUrl === undefined || settings.enablementUrl === 'off'
        ? null
        : settings.enablementUrl,
    ...locateApi(settings, apiVersion),
    apiVersion,
    issuer: settings.issuer ?? null,
    clientId: settings.clientId ?? '',
    clientSecret: material.clientSecret?.value ?? '',
    credentialsUrl: (!settings.clientId && preset?.credentialsUrl) || null,
    authMethod: settings.authMethod ?? 'client_secret_basic',
    assertionAudience: settings.assertionAudience ?? 'endpoint',
    key: material.key,
    keyId: settings.keyId ?? null,
    keyAlgorithm: settings.keyAlgorithm ?? null,
    redirectUri: settings.redirectUri ?? null,
    listen: settings.listen === undefined ? null : parseListen(settings.listen),
    scope: settings.scope ?? operations[operation].scopes[apiVersion],
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
    unconfirmed: [
      ...new Set(
        Object.entries(preset?.unconfirmed ?? {}).flatMap(([point, words]) =>
          isOfOther(point) ? [] : [words],
        ),
      ),
    ],
    origins,
    ignored,
  }
}

/** Says where the operations of the API are. */
function locateApi({ apiUrl, apiPath }: Settings, version: ApiVersion): Pick<Target, 'apiUrl' | 'apiPath'> {
  if (apiUrl === undefined) return { apiUrl: '', apiPath: '' }
  const { url, lacks } = readApiBase(apiUrl)
  const paths = { nothing: '', version, 'api and version': `number-verification/${version}` }
  return { apiUrl: url, apiPath: apiPath?.replace(/^\/+|\/+$/g, '') ?? paths[lacks] }
}
