// The grants by which an access token is obtained, and what each of them needs.

/** The grants that take the token of a SIM, the one to prefer first. */
export const simGrants = ['ciba', 'jwt-bearer'] as const
export type SimGrant = (typeof simGrants)[number]

/** `authorization-code` goes through a phone; the others need none. */
export type Grant = 'authorization-code' | SimGrant

/**
 * The names of the grants at the token endpoint.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 * @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#rfc.section.10.1
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-2.1
 */
export const grantTypes = {
  'authorization-code': 'authorization_code',
  ciba: 'urn:openid:params:grant-type:ciba',
  'jwt-bearer': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
} as const satisfies Readonly<Record<Grant, string>>

/** The endpoints that each grant uses, in the order in which it does. */
export const endpointsOf = {
  'authorization-code': ['authorizeUrl', 'tokenUrl'],
  ciba: ['backchannelUrl', 'tokenUrl'],
  'jwt-bearer': ['tokenUrl'],
} as const satisfies Readonly<Record<Grant, readonly string[]>>

export type Endpoint = (typeof endpointsOf)[Grant][number]
