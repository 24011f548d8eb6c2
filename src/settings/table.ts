// The settings: everything about a gateway and a client that a flag, the environment, a profile or a preset can say.
// Flags, variables, questions, imports, the rules of a project's file and docs/settings.md derive from this table.
import * as v from 'valibot'
import { apiVersions } from '../camara/api.ts'
import { authMethods } from '../oauth/client-authentication.ts'
import { keyAlgorithms } from '../oauth/signing-key.ts'
import {
  apiBase,
  apiPath,
  enablement,
  endpoint,
  environmentName,
  filledIn,
  headerName,
  headerValue,
  listenAddress,
  oneOf,
  proxy,
  redirectUri,
  singleLine,
} from './rules.ts'

/** Says why a setting lacks a property that the others have. */
export interface Without {
  without: string
}

export interface Setting {
  /** What a value has to be. */
  rule: v.GenericSchema
  /** A line for the help and docs/settings.md. */
  description: string
  /** As in `--client-id <id>`. */
  flag: string | Without
  variable: string | Without
  /** What a person is asked. */
  question: string | Without
  /**
   * How foreign files call it, in capitals with underscores, the surest name first; what stands before the match
   * names its owner, as `ACME` in ACME_CLIENT_ID.
   */
  importName: readonly RegExp[] | Without
  /**
   * Whether a project's file may hold it: `anywhere`, or only where the `gateway` is that of the file too. What may
   * stand anywhere must not decide where a stored secret is sent: such a file comes with a repository.
   */
  project: 'anywhere' | 'gateway' | Without
  choices?: readonly string[]
  /** Says how this machine runs the flow, not which gateway it asks: the environment sets it for any profile. */
  isOfMachine?: true
  /** Differs from run to run: its flag is shown first. */
  isOfRun?: true
}

const ownName: Without = { without: 'only nv uses this name: its variable' }
const onOff = ['on', 'off'] as const
const onOffRule = oneOf(onOff)

/** In the order in which they are shown. */
export const settings = {
  preset: {
    rule: singleLine,
    description: 'a gateway that nv knows, by name',
    flag: '--preset <name>',
    variable: 'NV_PRESET',
    question: 'Preset:',
    importName: ownName,
    project: 'gateway',
  },
  authorizeUrl: {
    rule: endpoint,
    description: 'the authorization endpoint',
    flag: '--authorize-url <url>',
    variable: 'NV_AUTHORIZE_URL',
    question: 'Authorization endpoint (URL):',
    importName: [/(^|_)(AUTH|AUTHORIZE|AUTHORI[SZ]ATION)_?(UR[IL]|ENDPOINT)$/],
    project: 'gateway',
  },
  tokenUrl: {
    rule: endpoint,
    description: 'the token endpoint',
    flag: '--token-url <url>',
    variable: 'NV_TOKEN_URL',
    question: 'Token endpoint (URL):',
    importName: [/(^|_)(ACCESS_?)?TOKEN_?(UR[IL]|ENDPOINT)$/],
    project: 'gateway',
  },
  apiUrl: {
    rule: apiBase,
    description: 'the base URL of the API, with or without its version',
    flag: '--api-url <url>',
    variable: 'NV_API_URL',
    question: 'Base of the API, with or without its version (URL):',
    importName: [
      /(^|_)(API|NUMBER_VERIFICATION|NV)_?(BASE_?)?(UR[IL]|ENDPOINT)$/,
      /(^|_)API_?(GATEWAY(_?UR[IL])?|BASE|HOST|ROOT)$/,
      /(^|_)(BASE|GATEWAY)_?UR[IL]$/,
    ],
    project: 'gateway',
  },
  apiPath: {
    rule: apiPath,
    description: 'the path between the base and the operation; / for none',
    flag: '--api-path <path>',
    variable: 'NV_API_PATH',
    question: 'Path between the base and the operation (/ for none):',
    importName: ownName,
    project: 'gateway',
  },
  backchannelUrl: {
    rule: endpoint,
    description: 'the backchannel authentication endpoint (CIBA)',
    flag: '--backchannel-url <url>',
    variable: 'NV_BACKCHANNEL_URL',
    question: 'Backchannel authentication endpoint (URL):',
    importName: [/(^|_)(BACK_?CHANNEL(_AUTHENTICATION)?|BC_?AUTHORIZE|CIBA)_?(UR[IL]|ENDPOINT)$/],
    project: 'gateway',
  },
  enablementUrl: {
    rule: enablement,
    description: 'where nv asks the provider for the authorize URL; off: nv builds it',
    flag: '--enablement-url <url>',
    variable: 'NV_ENABLEMENT_URL',
    question: 'Endpoint that gives the authorize URL (URL, or off):',
    importName: [/(^|_)(NETWORK_)?ENABLEMENT_?(UR[IL]|ENDPOINT)$/],
    project: 'gateway',
  },
  issuer: {
    rule: endpoint,
    description: 'the issuer, to discover the endpoints',
    flag: '--issuer <url>',
    variable: 'NV_ISSUER',
    question: 'Issuer (URL):',
    importName: [
      /(^|_)ISSUER(_?UR[IL])?$/,
      /(^|_)AUTHORITY$/,
      /(^|_)(AUTH_?SERVER|DISCOVERY|WELL_?KNOWN|OPENID_CONFIGURATION)_?(UR[IL]|ENDPOINT)$/,
    ],
    project: 'gateway',
  },
  clientId: {
    rule: filledIn,
    description: 'the client_id',
    flag: '--client-id <id>',
    variable: 'NV_CLIENT_ID',
    question: 'Client id:',
    importName: [/(^|_)CLIENT_?ID$/, /(^|_)(APP|APPLICATION)_?ID$/, /(^|_)CONSUMER_?KEY$/],
    project: 'gateway',
  },
  clientSecretEnv: {
    rule: environmentName,
    description: 'the variable that holds the client secret',
    flag: { without: '--client-secret-env belongs to the commands that save a profile' },
    variable: { without: 'NV_CLIENT_SECRET is the secret itself' },
    question: { without: 'the client secret is asked for, and stored' },
    importName: { without: 'only an export of nv holds it' },
    project: { without: "a choice of which of the user's variables is sent away" },
  },
  authMethod: {
    rule: oneOf(authMethods),
    description: 'the client authentication',
    flag: '--auth-method <method>',
    variable: 'NV_AUTH_METHOD',
    question: 'Client authentication:',
    importName: [/(^|_)(TOKEN_ENDPOINT_AUTH_METHOD|CLIENT_AUTHENTICATION(_METHOD)?|CLIENT_AUTH_METHOD)$/],
    project: 'gateway',
    choices: authMethods,
  },
  key: {
    rule: singleLine,
    description: 'the private key (PEM or JWK) to sign with',
    flag: '--key <file>',
    variable: 'NV_KEY',
    question: 'Private key (path of a PEM or JWK file):',
    importName: [
      /(^|_)(PRIVATE|SIGNING)_?KEY(_?(PATH|FILE|FILE_?NAME|FILE_?PATH|LOCATION|PEM|BASE_?64|B64|CONTENTS?|VALUE|STRING))?$/,
      /(^|_)(PRIVATE_?JWKS?|KEY_?(PATH|FILE))$/,
    ],
    project: { without: 'a path to a private key' },
  },
  keyId: {
    rule: singleLine,
    description: 'the kid of the key',
    flag: '--key-id <kid>',
    variable: 'NV_KEY_ID',
    question: 'Key id (kid):',
    importName: [/(^|_)((PRIVATE_?|SIGNING_?)?KEY_?ID|KID)$/],
    project: 'gateway',
  },
  keyAlgorithm: {
    rule: oneOf(keyAlgorithms),
    description: 'the algorithm to sign with',
    flag: '--key-algorithm <alg>',
    variable: 'NV_KEY_ALGORITHM',
    question: 'Algorithm to sign with:',
    importName: ownName,
    project: 'gateway',
    choices: keyAlgorithms,
  },
  assertionAudience: {
    rule: singleLine,
    description: 'the aud of client assertions: endpoint (the default), issuer, or a value',
    flag: '--assertion-audience <audience>',
    variable: 'NV_ASSERTION_AUDIENCE',
    question: 'Audience of client assertions (endpoint, issuer, or a value):',
    importName: ownName,
    project: { without: 'a choice of where a signature of the user counts' },
  },
  redirectUri: {
    rule: redirectUri,
    description: 'the registered redirect_uri',
    flag: '--redirect-uri <uri>',
    variable: 'NV_REDIRECT_URI',
    question: 'Registered redirect_uri:',
    importName: [/(^|_)REDIRECT_?UR[IL]S?$/, /(^|_)CALL_?BACK_?(UR[IL]S?|ENDPOINT)$/],
    project: 'anywhere',
    isOfRun: true,
  },
  listen: {
    rule: listenAddress,
    description: "where to listen for the callback; lan for a phone's network",
    flag: '--listen <host:port>',
    variable: 'NV_LISTEN',
    question: 'Listen on (host:port):',
    importName: ownName,
    project: 'gateway',
    isOfMachine: true,
    isOfRun: true,
  },
  scope: {
    rule: singleLine,
    description: 'the scope to ask for',
    flag: '--scope <scope>',
    variable: 'NV_SCOPE',
    question: 'Scope:',
    importName: [/(^|_)SCOPES?$/],
    project: 'anywhere',
    isOfRun: true,
  },
  apiVersion: {
    rule: oneOf(apiVersions),
    description: 'the version of the API',
    flag: '--api-version <version>',
    variable: 'NV_API_VERSION',
    question: 'API version:',
    importName: [/(^|_)API_?VERSION$/],
    project: 'anywhere',
    choices: apiVersions,
    isOfRun: true,
  },
  loginHint: {
    rule: singleLine,
    description: 'tel or bare (forms of the number), none, or a hint to send unchanged',
    flag: '--login-hint <hint>',
    variable: 'NV_LOGIN_HINT',
    question: 'Login hint (none, tel, bare, or one to send unchanged):',
    importName: ownName,
    project: 'anywhere',
    isOfRun: true,
  },
  prompt: {
    rule: singleLine,
    description: 'the prompt parameter, as in none',
    flag: '--prompt <prompt>',
    variable: 'NV_PROMPT',
    question: 'Prompt parameter:',
    importName: ownName,
    project: 'anywhere',
    isOfRun: true,
  },
  pkce: {
    rule: onOffRule,
    description: 'whether to use PKCE',
    flag: '--pkce <on|off>',
    variable: 'NV_PKCE',
    question: 'PKCE:',
    importName: ownName,
    project: 'anywhere',
    choices: onOff,
  },
  requestObject: {
    rule: onOffRule,
    description: 'whether the authorization request is signed (JAR)',
    flag: '--request-object <on|off>',
    variable: 'NV_REQUEST_OBJECT',
    question: 'Signed authorization request (JAR):',
    importName: ownName,
    project: 'gateway',
    choices: onOff,
  },
  dpop: {
    rule: onOffRule,
    description: 'whether the access token is bound to a key (DPoP)',
    flag: '--dpop <on|off>',
    variable: 'NV_DPOP',
    question: 'Access token bound to a key (DPoP):',
    importName: ownName,
    project: 'gateway',
    choices: onOff,
  },
  headers: {
    rule: v.record(headerName, headerValue),
    description: 'headers for every request of nv, by name; $NAME reads from the environment',
    flag: { without: '--header belongs to the commands that save a profile, and can be repeated' },
    variable: { without: 'a variable holds one value, and headers are several' },
    question: { without: 'the headers that a preset asks for are asked for by name' },
    importName: { without: 'only an export of nv holds them' },
    project: 'gateway',
  },
  secretHeaders: {
    rule: v.array(headerName),
    description: 'the headers whose values are stored as secrets',
    flag: { without: 'nv notes it itself when a value is stored' },
    variable: { without: 'nv notes it itself when a value is stored' },
    question: { without: 'nv notes it itself when a value is stored' },
    importName: { without: 'an export has no secrets' },
    project: { without: "a choice of which of the user's secrets is sent away" },
  },
  ca: {
    rule: singleLine,
    description: 'PEM certificates to trust',
    flag: '--ca <file>',
    variable: 'NV_CA',
    question: 'Certificates to trust (path of a PEM file):',
    importName: ownName,
    project: { without: 'a choice of which certificates to trust' },
    isOfMachine: true,
  },
  proxy: {
    rule: proxy,
    description: 'the proxy to use',
    flag: '--proxy <url>',
    variable: 'NV_PROXY',
    question: 'Proxy (URL):',
    importName: ownName,
    project: { without: 'a choice of who can see your traffic' },
    isOfMachine: true,
  },
} as const satisfies Record<string, Setting>
