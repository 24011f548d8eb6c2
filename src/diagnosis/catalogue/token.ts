// The token request.
import { type Entry, later, rfc6749, openidConnect, said, status, redirected } from './words.ts'

export const token: Readonly<Record<string, Entry>> = {
  invalid_client: ({ host, description, method, ...args }) => ({
    title: `invalid_client: ${host} does not accept the credentials${status(args)}`,
    cause: `The client secret or the client_id is wrong, or the gateway wants another client authentication than ${method}.${said(description)}`,
    fix: "Copy both again from the provider's console; check for a stray space or line break, then the method.",
    reference: `${rfc6749}#section-5.2`,
  }),
  invalid_grant: ({ host, description, ...args }) => ({
    title: `invalid_grant: ${host} does not accept the code${status(args)}`,
    cause: `The code was used before or has expired, or the redirect_uri or the PKCE verifier differs from the authorization request.${said(description)}`,
    fix: 'Try again from the start; if it stays so, compare the redirect_uri with the registration.',
    reference: `${rfc6749}#section-5.2`,
  }),
  unsupported_grant_type: ({ description }) => ({
    title: 'unsupported_grant_type: the token endpoint does not take codes',
    cause: `The application is not enabled for the authorization code flow, or this is not the token endpoint.${said(description)}`,
    fix: 'Check the token URL, and enable the flow in the console of the provider.',
    reference: `${rfc6749}#section-5.2`,
  }),
  token_error: ({ host, error, description, ...args }) => ({
    title: `The token endpoint at ${host} refused: ${error}${status(args)}`,
    cause: `It did not give an access token for the code.${said(description)}`,
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
  nonce_differs: ({ host }) => ({
    title: 'The ID token belongs to another attempt',
    cause: `Its nonce is not ours, so that the code of ${host} may have been injected.`,
    fix: 'Try again from the start; if it stays so, tell the operator of the gateway.',
    reference: `${openidConnect}#IDTokenValidation`,
  }),
  token_response_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the token response of ${host}`,
    cause: `${message}.`,
    fix: 'Tell the operator of the gateway; nv went on with the access token.',
    reference: `${rfc6749}#section-5.1`,
  }),
}
