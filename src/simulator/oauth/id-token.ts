// The ID token, which comes beside an access token whose scope holds openid.
import { createHash, createHmac } from 'node:crypto'
import { gatewayTimeMs } from './assertion.ts'
import type { Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'
import type { Subject } from '../state.ts'

/** What an ID token is about. */
export interface IdTokenInput {
  clientId: string
  subject: Subject
  accessToken: string
  /** That of the authorization request, if it had one. */
  nonce: string | undefined
}

/** The claims that an ID token can have. */
export const idTokenClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'at_hash']

/** The access token lives as long. */
const lifetimeS = 300

/**
 * Signs an ID token. Its `sub` differs for each client, and reveals nothing about the phone number.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDToken
 */
export function signIdToken(call: Call, gateway: Gateway, input: IdTokenInput): Promise<string> {
  const { clientId, subject, accessToken, nonce } = input
  const iat = Math.floor(gatewayTimeMs(call, gateway) / 1000)
  return gateway.signingKey.sign({
    iss: gateway.issuer(call.hostname),
    sub: nameSubject(gateway, clientId, subject),
    aud: clientId,
    exp: iat + lifetimeS,
    iat,
    ...(nonce === undefined ? {} : { nonce }),
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
  })
}

function nameSubject({ state }: Gateway, clientId: string, { line }: Subject): string {
  return createHmac('sha256', state.subjectSalt).update(`${line} ${clientId}`).digest('base64url')
}
