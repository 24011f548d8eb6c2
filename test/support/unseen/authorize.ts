// Authorization endpoints of other products, which refuse in shapes of their own.
import type { RequestHandler } from '../../../src/context.ts'
import { json, queryOf, redirect } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'

const html = (status: number, title: string, text: string) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body>${text}</body></html>`,
})

/** Sends an error to the redirect_uri. */
const refuse =
  (error: string, description: string): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    const back = new URL(query.get('redirect_uri') ?? '')
    const state = query.get('state') ?? ''
    back.search = String(new URLSearchParams({ error, error_description: description, state }))
    return redirect(back.href)
  }

export const authorize: readonly Unseen[] = [
  [
    'WSO2 redirects to its error page, with the error in names of its own',
    against({
      authorize: () =>
        redirect(
          '/authenticationendpoint/oauth2_error.do?oauthErrorCode=invalid_callback&oauthErrorMsg=Registered+callback+does+not+match+with+the+provided+url.',
        ),
      '/authenticationendpoint/oauth2_error.do': () => html(200, 'WSO2 Identity Server', '<h2>Oops!</h2>'),
    }),
    'redirect_uri_refused',
    /Registered callback does not match/,
  ],
  [
    'Keycloak: the redirect_uri, on a page',
    against({
      authorize: () =>
        html(
          400,
          'Sign in to acme',
          '<h1>We are sorry...</h1><p class="instruction">Invalid parameter: redirect_uri</p>',
        ),
    }),
    'redirect_uri_refused',
    /Invalid parameter: redirect_uri/,
  ],
  [
    'Keycloak: the client, on a page',
    against({
      authorize: () => html(400, 'Sign in to acme', '<h1>We are sorry...</h1><p>Client not found.</p>'),
    }),
    'client_unknown',
    /Client not found/,
  ],
  [
    'Auth0: the callback URL, on a page',
    against({
      authorize: () =>
        html(
          403,
          'Oops!, something went wrong',
          '<h1>Callback URL mismatch.</h1><p>The provided redirect_uri is not in the list of allowed callback URLs.</p>',
        ),
    }),
    'redirect_uri_refused',
    /Callback URL mismatch/,
  ],
  [
    'Entra: an unknown application, on a page under 200',
    against({
      authorize: () =>
        html(
          200,
          'Sign in to your account',
          "<div>AADSTS700016: Application with identifier 'test-client' was not found in the directory 'acme'.</div><input type=\"password\">",
        ),
    }),
    'client_unknown',
    /AADSTS700016/,
  ],
  [
    'Hydra: an unknown client, by its own error page',
    against({
      authorize: () =>
        redirect(
          '/oauth2/fallbacks/error?error=invalid_client&error_description=The+requested+OAuth+2.0+Client+does+not+exist.',
        ),
      '/oauth2/fallbacks/error': () => html(500, 'An error occurred', '<p>The request failed</p>'),
    }),
    'client_unknown',
    /does not exist/,
  ],
  [
    'a pushed authorization request is required',
    against({
      authorize: () =>
        json(
          {
            error: 'invalid_request',
            error_description: 'Pushed Authorization Request is required for this client',
          },
          400,
        ),
    }),
    'par_required',
    /PAR/,
  ],
  [
    'a signed request object is required',
    against({ authorize: refuse('invalid_request', 'Request object is required') }),
    'request_object_wanted',
    /--request-object on/,
  ],
  [
    'the response type is not allowed for this application',
    against({ authorize: refuse('unsupported_response_type', 'code') }),
    'unsupported_response_type',
    /authorization code flow/,
  ],
  [
    'Spanish: the redirect_uri is not registered',
    against({
      authorize: refuse('invalid_request', 'La URI de redirección no está registrada para esta aplicación'),
    }),
    'redirect_uri_refused',
    /no está registrada/,
  ],
  [
    'German: the application is blocked',
    against({ authorize: refuse('unauthorized_client', 'Die Anwendung ist gesperrt') }),
    'account_suspended',
    /gesperrt/,
  ],
  [
    'the gateway knows S256 not at all',
    against({
      authorize: refuse('invalid_request', 'Transform algorithm not supported: S256 (code_challenge_method)'),
    }),
    'pkce_refused',
    /--pkce off/,
  ],
]
