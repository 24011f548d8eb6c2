// What the gateway says of itself: its metadata and its keys.
import { prompts } from './request-rules.ts'
import { signingAlgorithms } from './assertion.ts'
import { basePath, type Gateway } from '../gateway.ts'
import { idTokenClaims } from './id-token.ts'
import { signatureAlgorithm } from './keys.ts'
import type { Call } from '../request.ts'
import { replyJson, type Reply } from '../response.ts'
import { supportedScopes } from './scope.ts'
import { grants } from './token.ts'

/**
 * The paths of the metadata: OpenID Connect puts its well-known name after the issuer's path, RFC 8414 before.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.1
 */
export const metadataPaths = [
  `${basePath}/.well-known/openid-configuration`,
  `/.well-known/oauth-authorization-server${basePath}`,
]

/**
 * Answers with the metadata, under the host that the client used. The Bearer JWT of an application is not in it: it
 * has no registered name.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function describeGateway(call: Call, gateway: Gateway): Reply {
  const issuer = gateway.issuer(call.hostname)
  return replyJson(200, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    backchannel_authentication_endpoint: `${issuer}/bc-authorize`,
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_authentication_request_signing_alg_values_supported: signingAlgorithms,
    backchannel_user_code_parameter_supported: false,
    scopes_supported: supportedScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [...grants.keys()],
    prompt_values_supported: prompts,
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    token_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    code_challenge_methods_supported: ['S256', 'plain'],
    dpop_signing_alg_values_supported: signingAlgorithms,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: signingAlgorithms,
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: [signatureAlgorithm],
    claim_types_supported: ['normal'],
    claims_supported: idTokenClaims,
    claims_parameter_supported: false,
  })
}

/**
 * Answers with the keys that the gateway signs with.
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export async function publishKeys({ signingKey }: Gateway): Promise<Reply> {
  return replyJson(200, { keys: [await signingKey.publicJwk()] })
}
