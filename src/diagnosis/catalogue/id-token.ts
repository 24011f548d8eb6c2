// The ID token. Nothing in it decides whether the access token is good; only a nonce can end a flow.
import { type Entry, openidConnect } from './words.ts'

const reference = `${openidConnect}#IDTokenValidation`
const wentOn = 'Tell the operator of the gateway; nv went on with the access token.'

export const idToken: Readonly<Record<string, Entry>> = {
  nonce_differs: ({ host, isMissing, isCodeBound }) => ({
    severity: isCodeBound ? 'warning' : 'error',
    title: isMissing ? 'The ID token has no nonce' : 'The ID token belongs to another attempt',
    cause: isCodeBound
      ? `A nonce was sent, and ${isMissing ? 'none' : 'another one'} came back. PKCE binds the code to this attempt all the same.`
      : `Its nonce is not ours, so that the code of ${host} may have been injected.`,
    fix: isCodeBound ? wentOn : 'Try again from the start; if it stays so, tell the operator of the gateway.',
    reference,
  }),
  id_token_unreadable: ({ host }) => ({
    severity: 'warning',
    title: `The ID token of ${host} can't be read`,
    cause: 'It is no signed JWT of three parts with JSON in them; an encrypted one has five.',
    fix: wentOn,
    reference,
  }),
  id_token_signature: ({ host, algorithm, keyId, message }) => ({
    severity: 'warning',
    title: 'The signature of the ID token is wrong',
    cause:
      algorithm === 'none'
        ? 'It is not signed: its alg is none.'
        : String(algorithm).startsWith('HS')
          ? `It is signed with ${algorithm}, that is with the client secret, which does not prove it.`
          : `It is signed with ${algorithm}${keyId ? ` and the key ${keyId}` : ''}, and none of the keys that the issuer publishes proves it (${message}).`,
    fix: `Compare jwks_uri with the keys that ${host} signs with. ${wentOn}`,
    reference,
  }),
  id_token_issuer: ({ issuer, found }) => ({
    severity: 'warning',
    title: 'The ID token is of another issuer',
    cause: `Its iss is ${found}, and the issuer is ${issuer}; the two have to be identical to the byte.`,
    fix: 'Compare --issuer with what the provider writes; nv went on with the access token.',
    reference,
  }),
  id_token_audience: ({ clientId, found, authorizedParty }) => ({
    severity: 'warning',
    title: 'The ID token is for another client',
    cause: `Its aud is ${found}${authorizedParty ? `, its azp ${authorizedParty}` : ''}, and the client_id is ${clientId}.`,
    fix: wentOn,
    reference,
  }),
  id_token_expired: ({ seconds }) => ({
    severity: 'warning',
    title: seconds === null ? 'The ID token does not say when it expires' : 'The ID token has expired',
    cause:
      seconds === null
        ? 'It has no exp that is a number.'
        : `Its exp was ${seconds} s ago: the clock of the gateway or of this machine is wrong.`,
    fix: `Check the clock of this machine. ${wentOn}`,
    reference,
  }),
  id_token_access_token: () => ({
    severity: 'warning',
    title: 'The ID token belongs to another access token',
    cause: 'Its at_hash is not the hash of the access token that came with it.',
    fix: wentOn,
    reference: `${openidConnect}#CodeIDToken`,
  }),
  id_token_incomplete: ({ missing }) => ({
    severity: 'warning',
    title: `The ID token lacks ${missing}`,
    cause: 'OpenID Connect requires iss, sub, aud, exp and iat.',
    fix: wentOn,
    reference: `${openidConnect}#IDToken`,
  }),
  id_token_missing: ({ host }) => ({
    severity: 'info',
    title: `${host} gave no ID token`,
    cause: 'The scope has openid, which asks for one.',
    fix: 'Nothing: the API needs the access token alone.',
    reference: `${openidConnect}#TokenResponse`,
  }),
  jwks_unavailable: ({ url, reason }) => ({
    severity: 'warning',
    title: 'The keys of the issuer are not to be had',
    cause: `${url} did not give them: ${reason}. The signature of the ID token was not checked.`,
    fix: wentOn,
    reference: `${openidConnect}#RotateSigKeys`,
  }),
}
