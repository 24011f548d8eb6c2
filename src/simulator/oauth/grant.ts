// What a grant is given, and the access token that it ends in.
import type { AuthenticatedClient } from './client-authentication.ts'
import type { Gateway } from '../gateway.ts'
import type { Call, Parameters } from '../request.ts'
import type { OAuthProblem } from '../response.ts'
import type { Subject } from '../state.ts'

/** A token request whose client and whose proof of possession were checked. */
export interface TokenRequest {
  call: Call
  form: Parameters
  /** Null: there were no credentials, which the grant allows. */
  client: AuthenticatedClient | null
  /** The thumbprint of the key that the DPoP proof was made with. */
  dpopJkt: string | undefined
  gateway: Gateway
  /** The rules that the request broke and that were overlooked; a grant adds those that it overlooks. */
  broken: string[]
}

/** An access token that was issued, and what the response says about it. */
export interface IssuedToken {
  accessToken: string
  scope: string
  clientId: string
  subject: Subject
  nonce?: string | undefined
}

export interface Grant {
  /** Whether the grant itself proves who the client is. */
  isClientOptional?: boolean
  exchange(request: TokenRequest): Promise<IssuedToken | OAuthProblem>
}

/** Issues an access token for one call. */
export function issueAccessToken(
  { call, gateway, dpopJkt }: TokenRequest,
  { scope, clientId, subject, nonce }: Omit<IssuedToken, 'accessToken'>,
): IssuedToken {
  const expiresAtMs = gateway.ports.clock.now() + call.rules.accessTokenLifetimeMs
  const token = { scope, clientId, subject, expiresAtMs, isUsed: false, dpopJkt }
  return {
    accessToken: gateway.state.tokens.put(token),
    scope,
    clientId,
    subject,
    nonce,
  }
}

/** Builds the error of a grant that is refused. */
export function invalidGrant(description: string): OAuthProblem {
  return { error: 'invalid_grant', description }
}
