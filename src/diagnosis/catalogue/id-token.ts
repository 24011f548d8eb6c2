// The ID token. Nothing in it decides whether the access token is good; only a nonce can end a flow.
import { openidConnect, type Words } from './words.ts'

const reference = `${openidConnect}#IDTokenValidation`
const wentOn = 'nv continued with the access token. Report it to the provider.'

export const idToken = {
  nonce_differs: ({ host, isMissing }: { host: string; isMissing: boolean }): Words => ({
    title: isMissing ? 'The ID token has no nonce' : 'The ID token belongs to another attempt',
    cause: `nv sent a nonce to ${host}, and ${isMissing ? 'none' : 'another one'} came back: someone may have injected the code. PKCE does not rule that out, since a server may ignore it.`,
    fix: 'Try again from the start. If it keeps happening, report it to the provider.',
    reference,
  }),
  id_token_unreadable: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `The ID token of ${host} can't be read`,
    cause: 'It is not a signed JWT with three parts that hold JSON. An encrypted one has five.',
    fix: wentOn,
    reference,
  }),
  id_token_signature: ({
    host,
    algorithm,
    keyId,
  }: {
    host: string
    algorithm: string
    keyId: string | null
  }): Words => ({
    severity: 'warning',
    title: 'The signature of the ID token is wrong',
    cause:
      algorithm === 'none'
        ? 'It is not signed: its alg is none.'
        : algorithm.startsWith('HS')
          ? `It is signed with ${algorithm}, which uses the client secret, and the secret does not match.`
          : `It is signed with ${algorithm}${keyId === null ? '' : ` and the key ${keyId}`}, and no published key matches.`,
    fix: `Compare jwks_uri with the keys that ${host} signs with. ${wentOn}`,
    reference,
  }),
  id_token_issuer: ({ issuer, found }: { issuer: string; found: string }): Words => ({
    severity: 'warning',
    title: 'The ID token comes from another issuer',
    cause: `Its iss is ${found}, but the issuer is ${issuer}. The two must be identical.`,
    fix: "Compare --issuer with the provider's documents. nv continued with the access token.",
    reference,
  }),
  id_token_audience: ({
    clientId,
    found,
    authorizedParty,
  }: {
    clientId: string
    found: string
    authorizedParty: string | null
  }): Words => ({
    severity: 'warning',
    title: 'The ID token is for another client',
    cause: `Its aud is ${found}${authorizedParty === null ? '' : `, its azp ${authorizedParty}`}, but the client_id is ${clientId}.`,
    fix: wentOn,
    reference,
  }),
  id_token_expired: ({ seconds }: { seconds: number | null }): Words => ({
    severity: 'warning',
    title: seconds === null ? 'The ID token does not say when it expires' : 'The ID token has expired',
    cause:
      seconds === null
        ? 'Its exp is not a number.'
        : `Its exp was ${seconds} s ago: the clock of the gateway or of this machine is wrong.`,
    fix: `Check the clock of this machine. ${wentOn}`,
    reference,
  }),
  id_token_access_token: (): Words => ({
    severity: 'warning',
    title: 'The ID token belongs to another access token',
    cause: 'Its at_hash is not the hash of the access token that came with it.',
    fix: wentOn,
    reference: `${openidConnect}#CodeIDToken`,
  }),
  id_token_incomplete: ({ missing }: { missing: string }): Words => ({
    severity: 'warning',
    title: `The ID token lacks ${missing}`,
    cause: 'OpenID Connect requires iss, sub, aud, exp and iat.',
    fix: wentOn,
    reference: `${openidConnect}#IDToken`,
  }),
  id_token_missing: ({ host }: { host: string }): Words => ({
    severity: 'info',
    title: `${host} gave no ID token`,
    cause: 'The scope includes openid, which asks for one.',
    fix: 'Nothing: the API only needs the access token.',
    reference: `${openidConnect}#TokenResponse`,
  }),
  jwks_unavailable: ({ url, reason }: { url: string; reason: string }): Words => ({
    severity: 'warning',
    title: "The issuer's keys could not be fetched",
    cause: `${url} did not return them: ${reason}. The signature of the ID token was not checked.`,
    fix: wentOn,
    reference: `${openidConnect}#RotateSigKeys`,
  }),
}
