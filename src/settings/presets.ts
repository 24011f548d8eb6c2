// What is known of each gateway: data, with the source of every value.
import { type ApiVersion, numberScopes, type OperationName, verifyScopes } from '../camara/api.ts'
import { UsageError } from '../errors.ts'
import { suggest } from '../wire/similar.ts'
import type { Settings } from './settings.ts'

/** The scope that each operation needs, by API version. */
export type Scopes = Readonly<Record<OperationName, Readonly<Record<ApiVersion, string>>>>

export interface Preset {
  title: string
  settings: Settings
  /** A secret that the provider publishes for everyone. */
  publishedSecret?: string
  /** The scopes of the gateway's own; absent: those of CAMARA. */
  scopes?: Scopes
  /** The headers whose values the provider gives to each customer. */
  secretHeaders?: readonly string[]
  /** Where client id and secret come from, when the secret headers are all that a customer gets. */
  credentialsUrl?: string
  /** The header that carries the correlator, where it is not x-correlator. */
  correlatorHeader?: string
  /** Whether the endpoints come from the issuer's discovery document. */
  usesDiscovery?: boolean
  /** Whether /token gets the redirect_uri again. */
  repeatsRedirectUri: boolean
  /** Whether the line is recognised by its mobile data; a mock mode answers any device. */
  needsPhone: boolean
  /** By setting, by another field of the entry, or by `scope of <operation>`: where it is written. */
  sources: Readonly<Record<string, string>>
  /** By the same names: what is not documented. Shown when the preset is used. */
  unconfirmed: Readonly<Record<string, string>>
}

const telefonica = 'https://developers.opengateway.telefonica.com'
const sandboxUrl = 'https://sandbox.opengateway.telefonica.com/apigateway'
const camaraProfile =
  'https://github.com/camaraproject/IdentityAndConsentManagement/blob/main/documentation/CAMARA-Security-Interoperability.md'

/** The scopes of CAMARA, and the same with openid before them. */
const plainScopes: Scopes = { verify: verifyScopes, 'device-phone-number': numberScopes }
const openidScopes: Scopes = {
  verify: withOpenid(verifyScopes),
  'device-phone-number': withOpenid(numberScopes),
}

function withOpenid({ v0, v1, v2 }: Readonly<Record<ApiVersion, string>>): Record<ApiVersion, string> {
  return { v0: `openid ${v0}`, v1: `openid ${v1}`, v2: `openid ${v2}` }
}

/** Gives one scope for all versions. */
function always(scope: string): Record<ApiVersion, string> {
  return { v0: scope, v1: scope, v2: scope }
}

const vonageSettings: Settings = {
  authorizeUrl: 'https://oidc.idp.vonage.com/oauth2/auth',
  tokenUrl: 'https://api-eu.vonage.com/oauth2/token',
  apiUrl: 'https://api-eu.vonage.com/camara/number-verification/v031',
  apiVersion: 'v0',
  enablementUrl: 'https://api-eu.vonage.com/v0.1/network-enablement',
  authMethod: 'application_jwt',
  loginHint: 'bare',
}

const sandboxSettings: Settings = {
  authorizeUrl: `${sandboxUrl}/authorize`,
  tokenUrl: `${sandboxUrl}/token`,
  backchannelUrl: `${sandboxUrl}/bc-authorize`,
  apiUrl: sandboxUrl,
  authMethod: 'client_secret_basic',
}

const sandboxSources = {
  authorizeUrl: `${telefonica}/reference/authorize`,
  tokenUrl: `${telefonica}/reference/token`,
  backchannelUrl: `${telefonica}/reference/bcauthorize`,
  apiUrl: `${telefonica}/reference/phonenumberverify`,
  authMethod: `${telefonica}/reference/token`,
  'scope of verify': `${telefonica}/reference/phonenumberverify`,
  'scope of device-phone-number': `${telefonica}/reference/phonenumbershare`,
  repeatsRedirectUri: 'https://github.com/Telefonica/opengateway-postman',
  needsPhone: `${telefonica}/docs/sandbox`,
}

const mockClient = { clientId: 'mock_sandbox_app_id' } as const
const mockSecret = 'mock_sandbox_app_secret'

const rfc6749 = 'https://www.rfc-editor.org/rfc/rfc6749'
const numberVerification = 'https://github.com/camaraproject/NumberVerification'
/** That the line is recognised by its mobile data alone. */
const userStory = `${numberVerification}/blob/main/documentation/API_documentation/NumberVerification_verify_User_Story.md`

const unconfirmedNumberScope = {
  'scope of device-phone-number': 'the scope of nv number (nv asks for that of CAMARA)',
}
const unconfirmedPkce = { pkce: 'whether PKCE is supported (nv sends it)' }

/** Gives one source for all that one document says. */
function fromOne(source: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, source]))
}

/** The presets by name. */
export const presets: Readonly<Record<string, Preset>> = {
  simulator: {
    title: 'the simulator inside nv',
    settings: { ...mockClient, authMethod: 'client_secret_basic' },
    publishedSecret: mockSecret,
    scopes: plainScopes,
    repeatsRedirectUri: true,
    needsPhone: false,
    sources: fromOne('nv simulate --help', [
      'clientId',
      'publishedSecret',
      'authMethod',
      'scope of verify',
      'scope of device-phone-number',
      'repeatsRedirectUri',
      'needsPhone',
    ]),
    unconfirmed: {},
  },
  'sandbox-mock': {
    title: "Telefónica's Sandbox, mock mode: no account needed",
    settings: { ...sandboxSettings, ...mockClient },
    publishedSecret: mockSecret,
    scopes: plainScopes,
    repeatsRedirectUri: true,
    needsPhone: false,
    sources: {
      ...sandboxSources,
      clientId: `${telefonica}/reference/authorize`,
      publishedSecret: `${telefonica}/reference/token`,
    },
    unconfirmed: {},
  },
  sandbox: {
    title: "Telefónica's Sandbox, production mode with your application",
    settings: { ...sandboxSettings, loginHint: 'tel' },
    scopes: plainScopes,
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: { ...sandboxSources, loginHint: `${telefonica}/docs/sandbox` },
    unconfirmed: {},
  },
  camara: {
    title: 'any operator that follows CAMARA: its issuer and your key',
    settings: { apiVersion: 'v2', authMethod: 'private_key_jwt' },
    usesDiscovery: true,
    scopes: openidScopes,
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: {
      apiVersion: numberVerification,
      authMethod: camaraProfile,
      usesDiscovery: camaraProfile,
      'scope of verify': camaraProfile,
      'scope of device-phone-number': numberVerification,
      repeatsRedirectUri: `${rfc6749}#section-4.1.3`,
      needsPhone: userStory,
    },
    unconfirmed: {},
  },
  vonage: {
    title: 'Vonage: the application id is the client id, and your key',
    settings: vonageSettings,
    scopes: openidScopes,
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: {
      enablementUrl: 'https://developer.vonage.com/en/api/network-enablement',
      authorizeUrl: 'https://developer.vonage.com/en/api/camara/auth',
      tokenUrl: 'https://developer.vonage.com/en/getting-started-network/guides/client-authentication',
      apiUrl: 'https://developer.vonage.com/en/api/camara/number-verification',
      apiVersion: 'https://developer.vonage.com/en/api/camara/number-verification',
      authMethod: 'https://developer.vonage.com/en/getting-started-network/guides/client-authentication',
      loginHint: 'https://developer.vonage.com/en/api/camara/auth',
      'scope of verify': 'https://developer.vonage.com/en/api/camara/auth',
      needsPhone: userStory,
    },
    unconfirmed: {
      repeatsRedirectUri: 'whether /token wants the redirect_uri again (nv sends it)',
      ...unconfirmedNumberScope,
      pkce: 'whether PKCE is supported (nv sends it where it builds the authorize URL)',
    },
  },
  telekom: {
    title: 'Deutsche Telekom, by way of Vonage: its id and your key',
    settings: vonageSettings,
    scopes: openidScopes,
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: {
      tokenUrl: 'https://developer.vonage.com/en/auth/camara.deutsche-telekom',
      authMethod: 'https://developer.vonage.com/en/auth/camara.deutsche-telekom',
      needsPhone: userStory,
    },
    unconfirmed: {
      authorizeUrl: 'whether the endpoints for the phone are those of Vonage (nv uses them)',
      enablementUrl: 'whether Vonage gives the authorize URL for applications of Telekom (nv asks it)',
      apiUrl: 'the base of the API and its version (nv uses those of Vonage)',
      apiVersion: 'the base of the API and its version (nv uses those of Vonage)',
      loginHint: 'the form of login_hint (nv sends the bare number)',
      'scope of verify': 'the scope of nv verify (nv asks for that of Vonage)',
      repeatsRedirectUri: 'whether /token wants the redirect_uri again (nv sends it)',
      ...unconfirmedNumberScope,
      pkce: 'whether PKCE is supported (nv sends it where it builds the authorize URL)',
    },
  },
  vodafone: {
    title: 'Vodafone NumberVerify: you give the base of the API',
    settings: {
      authorizeUrl: 'https://eu3.api.vodafone.com/openIDConnectCIBA/v1/bc-authorize',
      tokenUrl: 'https://eu3.api.vodafone.com/openIDConnectCIBA/v1/token',
      apiVersion: 'v0',
      authMethod: 'client_secret_basic',
    },
    // The code flow at an address that is named after CIBA, with the scope of a later version behind the purpose.
    scopes: {
      verify: always('dpv:FraudPreventionAndDetection#number-verification:verify'),
      'device-phone-number': numberScopes,
    },
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: fromOne(
      'https://developer.vodafone.com/api-catalogue/numberverify-camara/additional-information',
      ['scope of verify', 'needsPhone'],
    ),
    unconfirmed: {
      authorizeUrl:
        'the host of the live gateway: the document has that of a test environment (nv uses eu3.api.vodafone.com)',
      tokenUrl:
        'the host of the live gateway: the document has that of a test environment (nv uses eu3.api.vodafone.com)',
      apiVersion: 'the version of the API (nv reads its answers as those of v0)',
      authMethod: 'the client authentication (nv uses HTTP Basic)',
      repeatsRedirectUri: 'whether /token wants the redirect_uri again (nv sends it)',
      ...unconfirmedNumberScope,
      ...unconfirmedPkce,
    },
  },
  'orange-playground': {
    title: 'Orange Network APIs Playground (mock, +990 numbers)',
    settings: {
      authorizeUrl: 'https://api.orange.com/openidconnect/playground/v1.0/authorize',
      tokenUrl: 'https://api.orange.com/openidconnect/playground/v1.0/token',
      apiUrl: 'https://api.orange.com/camara/playground/api',
      apiVersion: 'v1',
      authMethod: 'client_secret_basic',
      loginHint: 'tel',
    },
    scopes: openidScopes,
    repeatsRedirectUri: true,
    needsPhone: false,
    sources: fromOne(
      'https://developer.orange.com/apis/camara-playground-number-verification/getting-started',
      [
        'authorizeUrl',
        'tokenUrl',
        'apiUrl',
        'apiVersion',
        'authMethod',
        'loginHint',
        'scope of verify',
        'repeatsRedirectUri',
        'needsPhone',
      ],
    ),
    unconfirmed: { ...unconfirmedNumberScope, ...unconfirmedPkce },
  },
  'nokia-nac': {
    title: 'Nokia Network as Code: a RapidAPI key is all you need',
    settings: {
      issuer: 'https://network-as-code.p-eu.rapidapi.com',
      apiUrl: 'https://network-as-code.p-eu.rapidapi.com/passthrough/camara/v1/number-verification',
      apiVersion: 'v0',
      authMethod: 'client_secret_post',
      loginHint: 'bare',
      headers: { 'X-RapidAPI-Host': 'network-as-code.nokia.rapidapi.com' },
    },
    // Without a purpose for the number, and the same for every version: as in its SDK and its tests.
    scopes: {
      verify: always(verifyScopes.v2),
      'device-phone-number': always('number-verification:device-phone-number:read'),
    },
    secretHeaders: ['X-RapidAPI-Key'],
    credentialsUrl: 'https://network-as-code.p-eu.rapidapi.com/oauth2/v1/auth/clientcredentials',
    repeatsRedirectUri: false,
    needsPhone: true,
    sources: {
      ...fromOne('https://github.com/nokia/network-as-code-py', [
        'issuer',
        'apiUrl',
        'apiVersion',
        'authMethod',
        'loginHint',
        'headers',
        'scope of verify',
        'scope of device-phone-number',
        'secretHeaders',
        'credentialsUrl',
      ]),
      needsPhone: userStory,
    },
    unconfirmed: {
      repeatsRedirectUri: 'whether /token wants the redirect_uri (nv leaves it out)',
      ...unconfirmedPkce,
    },
  },
  konera: {
    title: 'Konera',
    settings: {
      authorizeUrl: 'https://api.pxg.konera.com/camara/api/auth/v1/authorize',
      tokenUrl: 'https://api.pxg.konera.com/camara/api/auth/v1/token',
      apiUrl: 'https://api.pxg.konera.com/camara',
      apiVersion: 'v2',
      authMethod: 'client_secret_post',
      loginHint: 'tel',
      prompt: 'none',
    },
    scopes: openidScopes,
    correlatorHeader: 'x-correlation-id',
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: {
      ...fromOne('https://developer.pxg.konera.com/apis/number-verification-v1/docs', [
        'authorizeUrl',
        'tokenUrl',
        'authMethod',
        'loginHint',
        'prompt',
        'scope of verify',
        'repeatsRedirectUri',
      ]),
      ...fromOne('https://developer.pxg.konera.com/apis/number-verification-v2-2/docs', [
        'apiUrl',
        'apiVersion',
        'correlatorHeader',
      ]),
      needsPhone: userStory,
    },
    unconfirmed: {
      apiUrl:
        'the base of API v1, for which its documents name two (nv uses https://api.pxg.konera.com/camara)',
      ...unconfirmedNumberScope,
      ...unconfirmedPkce,
    },
  },
  generic: {
    title: 'any other gateway: you give the URLs',
    settings: { authMethod: 'client_secret_basic' },
    repeatsRedirectUri: true,
    needsPhone: true,
    sources: {
      authMethod: `${rfc6749}#section-2.3.1`,
      repeatsRedirectUri: `${rfc6749}#section-4.1.3`,
      needsPhone: userStory,
    },
    unconfirmed: {},
  },
}

/** The presets that are complete as they are, so that their names serve as profiles. */
export const builtInProfiles: readonly string[] = ['simulator', 'sandbox-mock']

/** Finds a preset by name; undefined when there is none. */
export function findPreset(name: string | undefined): Preset | undefined {
  return name !== undefined && Object.hasOwn(presets, name) ? presets[name] : undefined
}

/** Finds a preset by name. Throws a UsageError that lists the presets. */
export function requirePreset(name: string): Preset {
  const preset = findPreset(name)
  if (preset) return preset
  throw new UsageError({
    code: 'unknown_preset',
    title: `Unknown preset ${JSON.stringify(name)}`,
    cause: `The presets are ${Object.keys(presets).join(', ')}.`,
    fix: `${suggest(name, Object.keys(presets)) ?? 'Choose one of them'}, or generic with URLs of your own.`,
  })
}
