// The JWT bearer grant: an assertion that names the line by the token of its SIM.
import { grantTypes } from './grants.ts'
import { type JwtSources, signJwt } from './signed-jwt.ts'
import { type ConfiguredKey, readSigningKey } from './signing-key.ts'

/** Names a SIM by its token, as a login_hint and as the subject of an assertion. */
export function hintOf(operatorToken: string): string {
  return `operatortoken:${operatorToken}`
}

/**
 * Makes the parameters of the token request. The scope, with its purpose, is a claim of the assertion and no parameter,
 * as CAMARA has it.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-2.1
 */
export async function buildJwtBearerParameters(
  options: ConfiguredKey & { clientId: string; tokenUrl: string; scope: string; operatorToken: string },
  sources: JwtSources,
): Promise<{ grant_type: string; assertion: string }> {
  const { clientId, tokenUrl, scope, operatorToken } = options
  const claims = { iss: clientId, sub: hintOf(operatorToken), aud: tokenUrl, scope }
  const assertion = await signJwt(readSigningKey(options), claims, sources)
  return { grant_type: grantTypes['jwt-bearer'], assertion }
}
