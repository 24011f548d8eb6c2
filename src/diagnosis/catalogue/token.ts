// The token request.
import type { FindingArgs } from '../../errors.ts'
import { grantTypes } from '../../oauth/grants.ts'
import {
  camaraSecurity,
  describeSkew,
  type Entry,
  flowOf,
  later,
  newOperatorToken,
  redirected,
  rfc6749,
  rfc9449,
  said,
  status,
  tradedIn,
  type Words,
} from './words.ts'

export const token: Readonly<Record<string, Entry>> = {
  invalid_grant: ({ host, description, ...args }) => ({
    title: `invalid_grant: ${host} does not accept the ${tradedIn(args)}${status(args)}`,
    ...refusedGrant(args, said(description)),
    reference: `${rfc6749}#section-5.2`,
  }),
  unsupported_grant_type: ({ description, ...args }) => ({
    title: `unsupported_grant_type: the token endpoint does not take ${tradedIn(args)}s`,
    cause: `The application is not enabled for ${flowOf(args)}, or this is not the token endpoint.${said(description)}`,
    fix: 'Check the token URL, and enable the flow in the console of the provider.',
    reference: `${rfc6749}#section-5.2`,
  }),
  token_error: ({ host, error, description, ...args }) => ({
    title: `The token endpoint at ${host} refused: ${error}${status(args)}`,
    cause: `It did not give an access token for the ${tradedIn(args)}.${said(description)}`,
    fix: `Look the error up in the provider's documentation.${later(args)}`,
    reference: `${rfc6749}#section-5.2`,
  }),
  token_unreadable: ({ host, found, ...args }) => ({
    title: `${host} sent no access token${status(args)}`,
    cause: `Its answer was ${found}. A wrong URL, a proxy or a captive portal does that.`,
    fix: 'Check the token URL.',
    reference: `${rfc6749}#section-5.1`,
  }),
  token_redirected: ({ host, location, ...args }) => redirected('token', host, location, args),
  token_response_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the token response of ${host}`,
    cause: `${message}.`,
    fix: 'Tell the operator of the gateway; nv went on with the access token.',
    reference: `${rfc6749}#section-5.1`,
  }),
  invalid_dpop_proof: ({ host, description, ...args }) => ({
    title: `invalid_dpop_proof: ${host} does not accept the DPoP proof${status(args)}`,
    cause: `It binds access tokens to a key, and got no proof that it takes; a proof is refused too when the clocks differ by a minute.${describeSkew({ host: host ?? null, ...args })}${said(description)}`,
    fix: 'Use --dpop on if it is off, and check the clock of this machine.',
    reference: `${rfc9449}#section-5`,
  }),
  use_dpop_nonce: ({ host, description, ...args }) => ({
    title: `use_dpop_nonce: ${host} wants its nonce in a DPoP proof${status(args)}`,
    cause: `It sent no nonce in a header DPoP-Nonce, or DPoP is off.${said(description)}`,
    fix: 'Use --dpop on if it is off; otherwise tell the operator of the gateway.',
    reference: `${rfc9449}#section-8`,
  }),
  dpop_nonce_again: ({ host, ...args }) => ({
    title: `${host} wants one DPoP nonce after the other${status(args)}`,
    cause: 'The request was sent again with the nonce of its first answer, and it asked for another one.',
    fix: 'Try again from the start; if it stays so, tell the operator of the gateway.',
    reference: `${rfc9449}#section-8`,
  }),
  dpop_not_used: ({ host }) => ({
    severity: 'info',
    title: `${host} does not bind the access token to a key`,
    cause:
      'A DPoP proof went with the request, and the token is of type Bearer: the server does not do DPoP.',
    fix: 'Nothing: nv went on with a Bearer token. --dpop off leaves the proof out.',
    reference: `${rfc9449}#section-5`,
  }),
  token_type_missing: ({ host }) => ({
    severity: 'warning',
    title: `The token response of ${host} has no token_type`,
    cause: 'OAuth requires one; a strict client refuses the response.',
    fix: 'Tell the operator of the gateway; nv went on with a Bearer token.',
    reference: `${rfc6749}#section-5.1`,
  }),
  expires_in_unusable: ({ host, found }) => ({
    severity: 'warning',
    title: `The expires_in of ${host} is no number of seconds`,
    cause: `It is ${found}; a client that computes with it fails.`,
    fix: 'Tell the operator of the gateway; nv went on with the access token.',
    reference: `${rfc6749}#section-5.1`,
  }),
  token_lives_long: ({ host, seconds }) => ({
    severity: 'warning',
    title: `The access token of ${host} lives ${seconds} s`,
    cause: 'It is good for one call of the API, and CAMARA lets it live 300 s at most.',
    fix: 'Tell the operator of the gateway; nv went on with the access token.',
    reference: camaraSecurity,
  }),
  refresh_token_given: ({ host }) => ({
    severity: 'warning',
    title: `${host} gave a refresh token`,
    cause: 'Each verification needs a new trip through the phone, and CAMARA gives no refresh token with it.',
    fix: 'Do not use it, and tell the operator of the gateway; nv went on with the access token.',
    reference: camaraSecurity,
  }),
  scope_differs: ({ host, scope, granted, missing, added }) => ({
    severity: 'warning',
    title: `${host} granted another scope than was asked for`,
    cause: `Asked for: ${scope}. Granted: ${granted}.${missing ? ` Missing: ${missing}.` : ''}${added ? ` Added: ${added}.` : ''}`,
    fix: 'Check --scope, and that the application is subscribed to what is missing; nv went on with the access token.',
    reference: `${rfc6749}#section-3.3`,
  }),
}

/** Says why what was traded in may not be good. */
function refusedGrant({ grantType }: FindingArgs, servers: string): Pick<Words, 'cause' | 'fix'> {
  if (grantType === grantTypes.ciba) {
    return {
      cause: `The auth_req_id is unknown, was used before, or was given to another client.${servers}`,
      fix: 'Try again from the start; if it stays so, check that --backchannel-url and --token-url belong to one gateway.',
    }
  }
  if (grantType === grantTypes['jwt-bearer']) {
    return {
      cause: `The token of the SIM is unknown, was used before or has expired; or the assertion is not accepted: its key is not the registered one, aud is not the token URL that the server expects, or the clock of this machine is wrong.${servers}`,
      fix: `${newOperatorToken} If it stays so, check the registered key, --token-url and the clock.`,
    }
  }
  return {
    cause: `The code was used before or has expired, or the redirect_uri or the PKCE verifier differs from the authorization request.${servers}`,
    fix: 'Try again from the start; if it stays so, compare the redirect_uri with the registration.',
  }
}
