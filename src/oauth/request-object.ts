// JAR: the authorization request as a JWT that the client signs.
import { type AuthorizeParameters, authorizationRequest, withQuery } from './authorize-url.ts'
import { type JwtSources, signJwt } from './signed-jwt.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Builds the authorize URL with every parameter inside a request object, and outside only `client_id` and `request`.
 * Its audience is the authorization endpoint, as CAMARA has it, and the issuer where it is known.
 * @see https://www.rfc-editor.org/rfc/rfc9101#section-4
 */
export async function buildSignedAuthorizeUrl(
  parameters: AuthorizeParameters,
  key: SigningKey,
  issuer: string | null,
  sources: JwtSources,
): Promise<{ url: string; requestObject: string }> {
  const { authorizeUrl, clientId } = parameters
  const audience = issuer === null ? authorizeUrl : [authorizeUrl, issuer]
  const claims = { ...authorizationRequest(parameters), iss: clientId, aud: audience }
  const requestObject = await signJwt(key, claims, sources, 'oauth-authz-req+jwt')
  return {
    url: withQuery(authorizeUrl, { client_id: clientId, request: requestObject }),
    requestObject,
  }
}
