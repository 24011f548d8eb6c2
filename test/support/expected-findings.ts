// Every behaviour of the simulator with the findings that nv makes of it: tests prove them, a benchmark shows them.
import { exportPKCS8 } from 'jose'
import type { BehaveOptions } from './behave.ts'
import { createClientKey } from './client-keys.ts'
import { scopeOf, shareScopeOf } from './simulator.ts'

const hashed: BehaveOptions = { isHashed: true }
const withLoginHint: BehaveOptions = { profile: { loginHint: 'tel' } }
const inV0: BehaveOptions = {
  profile: { apiVersion: 'v0', apiPath: 'number-verification/v0', scope: scopeOf.v0 },
}
const withIssuer: BehaveOptions = { profile: { issuer: 'https://issuer.example' } }

const discovering: BehaveOptions = { discovers: true }
export const withIdToken: BehaveOptions = { discovers: true, profile: { scope: `openid ${scopeOf.v2}` } }
const withDpop: BehaveOptions = { profile: { usesDpop: true } }

export const bySim: BehaveOptions = {
  discovers: true,
  operatorToken: { value: 'simulator-operator-token-1', grants: ['ciba'] },
}
/** The provider gives the authorize URL, to the redirect_uri that is registered. */
const enabling: BehaveOptions = { enables: true, redirectUris: ['https://app.example/callback'] }
const forNumber: BehaveOptions = { command: 'number', profile: { scope: shareScopeOf.v2 } }

export const key = await createClientKey('ES256')
/** A client that signs its assertion, for the endpoint that it is sent to. */
const signing: BehaveOptions = {
  clients: [{ id: 'signer', keys: [key.jwk] }],
  profile: {
    clientId: 'signer',
    clientSecret: '',
    authMethod: 'private_key_jwt',
    key: await exportPKCS8(key.privateKey),
    keyId: key.kid,
  },
}
export const failing: ReadonlyArray<
  [behaviour: string, failedStep: string, codes: string[], options?: BehaveOptions]
> = [
  ['issuer-different', 'authorize', ['discovered_issuer_foreign'], discovering],
  ['error-page', 'authorize', ['authorize_refused']],
  ['error-page@operator', 'authorize', ['authorize_refused']],
  ['blank-page', 'authorize', ['authorize_page']],
  ['blank-page@operator', 'authorize', ['authorize_page']],
  ['redirect-circle', 'authorize', ['too_many_redirects']],
  ['redirect-circle@operator', 'authorize', ['too_many_redirects']],
  ['plus-as-space', 'callback', ['login_hint_refused'], withLoginHint],
  ['plus-as-space@api', 'api', ['invalid_argument']],
  ['scope-cut', 'authorize', ['parameters_lost'], inV0],
  ['scope-encoded-twice', 'callback', ['invalid_scope']],
  ['https-forced', 'authorize', ['tls_failed']],
  ['https-forced@operator', 'authorize', ['tls_failed']],
  ['hop-refused', 'authorize', ['connection_refused']],
  ['hop-refused@operator', 'authorize', ['connection_refused']],
  ['hop-unresolvable', 'authorize', ['host_not_found']],
  ['hop-unresolvable@operator', 'authorize', ['host_not_found']],
  ['cookie-lost', 'authorize', ['authorize_refused']],

  ['operator-not-covered', 'authorize', ['number_not_covered'], enabling],
  ['number-not-allowed', 'authorize', ['number_not_allowed'], enabling],
  ['auth-url-missing', 'authorize', ['enablement_unreadable'], enabling],
  ['auth-url-script', 'authorize', ['auth_url_refused'], enabling],
  ['auth-url-plain', 'authorize', ['auth_url_refused'], enabling],
  ['auth-url-state-different', 'authorize', ['auth_url_refused'], enabling],
  ['auth-url-redirect-different', 'authorize', ['auth_url_refused'], enabling],
  ['auth-url-state-missing', 'callback', ['state_missing', 'auth_url_without_state'], enabling],

  ['redirect-to-localhost', 'authorize', ['response_elsewhere']],
  ['state-missing', 'callback', ['state_missing']],
  ['state-different', 'callback', ['state_differs']],
  ['state-doubled', 'callback', ['state_doubled']],
  ['state-different-error', 'callback', ['state_differs']],
  ['code-missing', 'callback', ['no_code']],
  ['code-doubled', 'callback', ['doubled_parameter']],
  ['code-in-fragment', 'callback', ['response_in_fragment']],
  ['iss-different', 'callback', ['issuer_differs'], withIssuer],
  ['iss-doubled', 'callback', ['doubled_parameter']],

  ['access-denied', 'callback', ['access_denied']],
  ['access-denied@token', 'token', ['access_denied']],
  ['consent-required', 'callback', ['consent_required']],
  ['consent-required@token', 'token', ['consent_required']],
  ['login-required', 'callback', ['login_required']],
  ['interaction-required', 'callback', ['interaction_required']],
  ['invalid-scope', 'callback', ['invalid_scope']],
  ['invalid-scope@token', 'token', ['invalid_scope']],
  ['unauthorized-client', 'callback', ['unauthorized_client']],
  ['unauthorized-client@token', 'token', ['unauthorized_client']],
  ['server-error', 'callback', ['server_failing']],
  ['server-error@token', 'token', ['server_failing']],
  ['temporarily-unavailable', 'callback', ['server_failing']],
  ['temporarily-unavailable@token', 'token', ['server_failing']],
  ['invalid-request', 'callback', ['authorization_error']],
  ['invalid-request@token', 'token', ['token_error']],
  ['unsupported-grant-type', 'token', ['unsupported_grant_type']],
  ['invalid-client', 'token', ['invalid_client']],
  ['code-used-before', 'token', ['invalid_grant']],
  ['code-expired', 'token', ['invalid_grant']],
  ['redirect-uri-differs', 'token', ['invalid_grant']],
  ['verifier-differs', 'token', ['invalid_grant']],

  ['basic-only', 'token', ['invalid_client'], { profile: { authMethod: 'client_secret_post' } }],
  ['secret-in-body-only', 'token', ['invalid_client']],
  ['assertion-only', 'token', ['invalid_client']],
  ['assertion-audience-issuer', 'token', ['invalid_client'], signing],
  ['assertion-audience-endpoint', 'token', ['invalid_client']],
  ['assertion-used-before', 'token', ['invalid_client'], signing],
  ['clock-behind', 'token', ['invalid_client'], signing],
  ['clock-ahead', 'token', ['invalid_client'], signing],

  ['token-expired', 'api', ['unauthenticated']],
  ['token-used-before', 'api', ['unauthenticated']],
  ['scope-reduced', 'api', ['permission_denied', 'scope_differs']],
  ['access-token-empty', 'token', ['token_unreadable']],
  ['access-token-line-break', 'token', ['token_unreadable']],
  ['access-token-missing', 'token', ['token_unreadable']],
  ['id-token-nonce', 'token', ['nonce_differs'], withIdToken],

  ['iss-missing', 'callback', ['issuer_missing'], discovering],
  ['iss-different', 'callback', ['issuer_differs'], discovering],
  ['discovery-missing', 'authorize', ['discovery_failed'], discovering],

  ['endpoint-missing', 'authorize', ['discovery_endpoint'], discovering],
  ['endpoint-plain', 'authorize', ['discovery_endpoint'], discovering],
  ['endpoint-refused', 'token', ['connection_refused'], discovering],
  ['endpoint-unresolvable', 'token', ['host_not_found'], discovering],

  ['user-unknown', 'authorize', ['unknown_user_id'], bySim],
  ['hint-token-expired', 'authorize', ['expired_login_hint_token'], bySim],
  ['ciba-request-id-missing', 'authorize', ['backchannel_unreadable'], bySim],
  ['ciba-expired', 'token', ['expired_token'], bySim],
  ['access-denied@bc-authorize', 'authorize', ['access_denied'], bySim],
  ['access-denied@token', 'token', ['access_denied'], bySim],
  ['invalid-client@bc-authorize', 'authorize', ['invalid_client'], bySim],
  ['secret-in-body-only@bc-authorize', 'authorize', ['invalid_client'], bySim],
  ['reset@bc-authorize', 'authorize', ['connection_lost'], bySim],
  ['html-page@bc-authorize', 'authorize', ['backchannel_unreadable'], bySim],
  ['status-307@bc-authorize', 'authorize', ['backchannel_redirected'], bySim],
  ['status-403@bc-authorize', 'authorize', ['backchannel_unreadable'], bySim],
  ['status-503@bc-authorize', 'authorize', ['server_failing'], bySim],
  ['forbidden', 'token', ['unauthorized_client']],

  ['wifi', 'callback', ['access_denied']],
  ['wifi@api', 'api', ['user_not_authenticated_by_mobile_network']],
  ['not-by-mobile-network', 'api', ['user_not_authenticated_by_mobile_network']],
  ['not-by-supported-method', 'api', ['user_not_authenticated_by_supported_method']],
  ['sim-token-invalid', 'api', ['invalid_ts43_token']],
  ['token-context-invalid', 'api', ['invalid_token_context']],
  ['token-context-invalid-bare', 'api', ['invalid_token_context']],
  ['permission-denied', 'api', ['permission_denied']],
  ['unauthenticated', 'api', ['unauthenticated']],
  ['authentication-required', 'api', ['unauthenticated']],
  ['invalid-argument', 'api', ['invalid_argument']],
  ['error-shape-oauth', 'api', ['unauthenticated']],
  ['error-shape-gateway', 'api', ['api_forbidden']],
  ['hash-refused', 'api', ['invalid_argument'], hashed],
  ['plain-refused', 'api', ['invalid_argument']],
  ['internal', 'api', ['api_error']],
  ['unavailable', 'api', ['api_error']],
  ['timeout', 'api', ['api_error']],
  ['number-without-plus', 'api', ['api_unreadable'], forNumber],
  ['number-with-spaces', 'api', ['api_unreadable'], forNumber],
  ['number-missing', 'api', ['api_unreadable'], forNumber],
  ['verdict-string', 'api', ['api_unreadable']],
  ['verdict-number', 'api', ['api_unreadable']],
  ['verdict-null', 'api', ['api_unreadable']],
  ['verdict-missing', 'api', ['api_unreadable']],
  ['verdict-doubled', 'api', ['api_unreadable']],
]

export const answered: ReadonlyArray<
  [behaviour: string, outcome: 'verified' | 'mismatch', codes: string[], options?: BehaveOptions]
> = [
  ['hash-without-plus', 'mismatch', ['mismatch_explained'], hashed],
  ['hash-upper-case', 'mismatch', ['mismatch_explained'], hashed],
  ['other-sim', 'mismatch', ['mismatch_explained']],
  ['clock-behind', 'verified', []],
  ['clock-ahead', 'verified', []],
  ['clock-intolerant', 'verified', []],
  ['token-type-missing', 'verified', ['token_type_missing']],
  ['token-type-dpop', 'verified', ['token_response_irregular']],
  ['expires-in-3600', 'verified', ['token_lives_long']],
  ['expires-in-string', 'verified', ['expires_in_unusable']],
  ['expires-in-null', 'verified', ['expires_in_unusable']],
  ['expires-in-missing', 'verified', []],
  ['refresh-token', 'verified', ['refresh_token_given']],
  ['scope-different', 'verified', ['scope_differs']],
  ['scope-missing', 'verified', []],
  ['access-token-doubled', 'verified', ['token_response_irregular']],
  ['status-201', 'verified', ['token_response_irregular']],
  ['issuer-slash', 'verified', ['discovered_issuer_differs'], discovering],
  ['keys-missing', 'verified', ['id_token_signature'], withIdToken],
  ['id-token-missing', 'verified', ['id_token_missing'], withIdToken],
  ['id-token-issuer', 'verified', ['id_token_issuer'], withIdToken],
  ['id-token-audience', 'verified', ['id_token_audience'], withIdToken],
  ['id-token-expired', 'verified', ['id_token_expired'], withIdToken],
  ['id-token-hash', 'verified', ['id_token_access_token'], withIdToken],
  ['id-token-signature', 'verified', ['id_token_signature'], withIdToken],
  ['id-token-unsigned', 'verified', ['id_token_signature'], withIdToken],
  ['dpop-nonce', 'verified', [], withDpop],
  ['dpop-ignored', 'verified', ['dpop_not_used'], withDpop],
  ['byte-order-mark@bc-authorize', 'verified', [], bySim],
  ['byte-order-mark', 'verified', []],
  ['byte-order-mark@api', 'verified', []],
  ['content-type-wrong', 'verified', []],
  ['content-type-wrong@api', 'verified', []],
]

type Anywhere = readonly [behaviour: string, atHop: string, atToken: string, atApi: string]

/** A status, with a page and without a body. */
const status = (status: number, ...codes: [atHop: string, atToken: string, atApi: string]): Anywhere[] => [
  [`status-${status}`, ...codes],
  [`status-${status}-empty`, ...codes],
]

/** What every endpoint can be made to do: the finding at a hop of the phone, at the token endpoint, at the API. */
export const anywhere: readonly Anywhere[] = [
  ['hang', 'request_timeout', 'request_timeout', 'request_timeout'],
  ['body-slow', 'request_timeout', 'request_timeout', 'request_timeout'],
  ['reset', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['reset-in-body', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['body-cut', 'connection_lost', 'connection_lost', 'connection_lost'],
  ['body-endless', 'response_too_large', 'response_too_large', 'response_too_large'],
  ['gzip-bomb', 'response_too_large', 'response_too_large', 'response_too_large'],
  ['gzip-broken', 'body_damaged', 'body_damaged', 'body_damaged'],
  ['html-page', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['not-json', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['json-of-another-shape', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['body-empty', 'authorize_page', 'token_unreadable', 'api_unreadable'],
  ['status-301', 'host_not_found', 'token_redirected', 'api_redirected'],
  ['status-307', 'host_not_found', 'token_redirected', 'api_redirected'],
  ...[400, 405, 421].flatMap((code) => status(code, 'authorize_refused', 'token_unreadable', 'api_error')),
  ...status(401, 'authorize_refused', 'invalid_client', 'unauthenticated'),
  ...status(403, 'authorize_refused', 'token_unreadable', 'api_forbidden'),
  ...status(407, 'proxy_credentials', 'proxy_credentials', 'proxy_credentials'),
  ...status(404, 'authorize_refused', 'token_unreadable', 'api_not_found'),
  ...[429, 500, 502, 503, 504].flatMap((code) =>
    status(code, 'server_failing', 'server_failing', 'api_error'),
  ),
  ['retry-after-429', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-seconds', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-date', 'server_failing', 'server_failing', 'api_error'],
  ['retry-after-nonsense', 'server_failing', 'server_failing', 'api_error'],
  ['charset-wrong', '', 'token_unreadable', 'api_unreadable'],
]

/** Those that nv ends by its own time limit. */
export const slow = ['hang', 'body-slow']

export const places = anywhere.flatMap(([name, atHop, atToken, atApi]) => [
  [`${name}@discovery`, 'authorize', atDiscovery(atHop)] as const,
  ...(atHop === ''
    ? []
    : ['authorize', 'operator', 'callback'].map((step) => [`${name}@${step}`, 'authorize', atHop] as const)),
  [`${name}@token`, 'token', atToken] as const,
  [`${name}@api`, 'api', atApi] as const,
])

/** What is wrong with an answer in itself is named as at any hop; what it holds is no discovery document. */
function atDiscovery(atHop: string): string {
  const isOfTheAnswer = !/^(authorize|host)_/.test(atHop) && atHop !== ''
  return isOfTheAnswer ? atHop : 'discovery_failed'
}
