// A third round, made after the second one was mended.
import { json } from '../gateway.ts'
import { against, onCommandLine, returned, type Unseen } from './failure.ts'

type Answer = ReturnType<typeof json>
const token = (answer: Answer, profile = {}) => against({ token: () => answer }, { profile })
const verify = (answer: Answer) => against({ verify: () => answer })
const authorize = (answer: Answer) => against({ authorize: () => answer })
const text = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body,
})

export const thirdRound: readonly Unseen[] = [
  [
    'the address is outside what the operator hands out',
    returned('access_denied', 'IP 192.0.2.7 not in operator range'),
    'access_denied',
    /direct this machine plays the phone/,
  ],
  [
    'the network did not identify this machine, which plays the phone',
    verify(json({ status: 403, code: 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK' }, 403)),
    'user_not_authenticated_by_mobile_network',
    /^(?!.*The phone was).*direct this machine plays the phone/,
  ],
  [
    'a new code is refused for a reason that nobody knows here',
    token(json({ error: 'invalid_grant', error_description: 'Code not yet valid' }, 400)),
    'invalid_grant',
    /nv sent it once. Likely/,
  ],
  [
    'a new token has expired, it says',
    verify(json({ status: 401, code: 'UNAUTHENTICATED', message: 'Token expired' }, 401)),
    'unauthenticated',
    /clocks/,
  ],
  [
    'a redirect that names no address',
    authorize({ status: 302, headers: {}, body: '' }),
    'authorize_page',
    /without a Location/,
  ],
  [
    'the answer is in XML',
    verify(text(200, '<r><devicePhoneNumberVerified>true</devicePhoneNumberVerified></r>')),
    'api_unreadable',
    /returned no usable answer: XML/,
  ],
  [
    'FastAPI: a list of details',
    token(
      json(
        { detail: [{ loc: ['body', 'client_secret'], msg: 'field required', type: 'value_error.missing' }] },
        422,
      ),
    ),
    'invalid_client',
    /client_secret: field required.*client_secret_post/,
  ],
  ['Django OAuth: plain text', token(text(401, 'invalid_client')), 'invalid_client', /credentials/],
  [
    'IdentityServer: invalid_client under 400',
    token(json({ error: 'invalid_client' }, 400)),
    'invalid_client',
    /credentials/,
  ],
  [
    'a nested GraphQL error under 200',
    token(
      json({
        errors: [{ message: 'Client authentication failed', extensions: { code: 'UNAUTHENTICATED' } }],
        data: null,
      }),
    ),
    'invalid_client',
    /Client authentication failed/,
  ],
  [
    'the client is unknown, at the token endpoint',
    token(json({ error: 'invalid_client', error_description: 'No client with requested id' }, 401)),
    'invalid_client',
    /No client with requested id/,
  ],
  [
    'a redirect_uri is missing at the token endpoint',
    token(json({ error: 'invalid_request', error_description: 'redirect_uri is required' }, 400)),
    'token_error',
    /redirect_uri is required.*nv sent redirect_uri/,
  ],
  [
    'a wrong scope at the token endpoint',
    token(
      json(
        {
          error: 'invalid_scope',
          error_description: 'Scope number-verification:verify is not assigned to the client',
        },
        400,
      ),
    ),
    'invalid_scope',
    /not assigned/,
  ],
  [
    'the code was issued to another client',
    token(json({ error: 'invalid_grant', error_description: 'Code was not issued to this client' }, 400)),
    'invalid_grant',
    /another client|not issued to this client/,
  ],
  [
    'the code is consumed',
    token(
      json(
        { error: 'invalid_grant', error_description: 'Authorization code has already been consumed' },
        400,
      ),
    ),
    'invalid_grant',
    /was used before/,
  ],
  [
    'a locked tenant',
    token(json({ error: 'access_denied', error_description: 'Tenant is suspended' }, 403)),
    'account_suspended',
    /suspended/,
  ],
  [
    'the daily limit of the sandbox',
    token(json({ code: 'LIMIT', message: 'Daily limit exceeded for sandbox' }, 429)),
    'quota_exceeded',
    /Daily limit/,
  ],
  [
    'a gateway time-out page',
    token(
      text(
        504,
        '<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>',
      ),
    ),
    'server_failing',
    /504/,
  ],
  [
    'the token endpoint is a static site',
    token(text(405, '<html><head><title>405 Not Allowed</title></head><body>nginx</body></html>')),
    'token_unreadable',
    /not the endpoint/,
  ],
  [
    'the authorize URL leads to a swagger page',
    authorize(
      text(
        200,
        '<!doctype html><html><head><title>Swagger UI</title></head><body><div id="swagger-ui"></div></body></html>',
      ),
    ),
    'authorize_page',
    /Swagger UI/,
  ],
  [
    'the authorization endpoint wants POST',
    authorize(json({ code: 405, message: 'HTTP 405 Method Not Allowed' }, 405)),
    'authorize_refused',
    /--authorize-url/,
  ],
  [
    'the authorization endpoint wants a bearer token',
    authorize(json({ message: 'Unauthorized' }, 401)),
    'authorize_refused',
    /Unauthorized/,
  ],
  [
    'the authorization endpoint wants an API key',
    authorize(json({ message: 'Invalid API key' }, 403)),
    'api_key_refused',
    /Invalid API key/,
  ],
  [
    'the wrong host altogether',
    authorize(
      text(
        200,
        '<html><head><title>Example Domain</title></head><body><h1>Example Domain</h1><p>This domain is for use in illustrative examples.</p></body></html>',
      ),
    ),
    'authorize_page',
    /Example Domain/,
  ],
  [
    'an error object in JSON under 200 at authorize',
    authorize(json({ error: 'invalid_client', error_description: 'client is not registered' })),
    'client_unknown',
    /not registered/,
  ],
  [
    'the number belongs to another operator',
    returned('access_denied', 'MSISDN belongs to another operator'),
    'line_not_served',
    /another operator/,
  ],
  ['ported out', returned('access_denied', 'Number has been ported out'), 'line_not_served', /ported/],
  [
    'a prepaid line is not supported',
    returned('access_denied', 'Prepaid lines are not supported'),
    'line_not_served',
    /Prepaid/,
  ],
  [
    'the age of consent',
    returned('access_denied', 'User opted out of identity services'),
    'access_denied',
    /opted out/,
  ],
  ['a VPN is detected', returned('access_denied', 'VPN or proxy detected'), 'access_denied', /VPN|direct/],
  ['the hint is missing', returned('invalid_request', 'Missing login_hint'), 'login_hint_refused', /none/],
  [
    'the acr is missing',
    returned('invalid_request', 'acr_values must be 2 or 3'),
    'authorization_error',
    /acr_values/,
  ],
  [
    'the account is not verified',
    verify(json({ code: 'PERMISSION_DENIED', message: 'Your organisation is pending approval' }, 403)),
    'account_suspended',
    /pending approval/,
  ],
  [
    'the consent was withdrawn',
    verify(json({ status: 403, code: 'PERMISSION_DENIED', message: 'Consent revoked by the end user' }, 403)),
    'consent_required',
    /Consent revoked/,
  ],
  [
    'the token lacks a claim',
    verify(json({ error: 'invalid_token', error_description: 'The token has no sub claim' }, 401)),
    'unauthenticated',
    /sub claim/,
  ],
  [
    'the version is retired',
    verify(json({ code: 'GONE', message: 'API version v2 has been retired. Use v3.' }, 410)),
    'api_error',
    /retired.*--api-version/,
  ],
  [
    'the mime type is wrong',
    verify(json({ code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Content-Type not supported' }, 415)),
    'api_error',
    /not supported/,
  ],
  [
    'the correlator is refused',
    verify(
      json({ status: 400, code: 'INVALID_ARGUMENT', message: 'x-correlator does not match pattern' }, 400),
    ),
    'api_error',
    /x-correlator/,
  ],
  [
    'an upstream time-out in CAMARA',
    verify(json({ status: 504, code: 'TIMEOUT', message: 'Request timeout exceeded.' }, 504)),
    'api_error',
    /timeout/,
  ],
  [
    'a gateway answers for another API',
    verify(json({ type: 'NotFound', title: 'No API found for this path', status: 404 }, 404)),
    'api_not_found',
    /No API found/,
  ],
  ['true as a bare literal', verify(json(true)), 'api_unreadable', /only a JSON boolean in/i],
  [
    'a redirect of the API to https',
    verify({ status: 308, headers: { location: 'https://gateway.invalid/v2/verify' }, body: '' }),
    'api_redirected',
    /gateway\.invalid/,
  ],
  [
    'the API URL is that of the token endpoint',
    onCommandLine(
      { '/token/number-verification/v2/verify': () => json({ error: 'not_found' }, 404) },
      { env: ({ origin }) => ({ NV_API_URL: `${origin}/token` }) },
    ),
    'api_not_found',
    /NV_API_URL/,
  ],
  [
    'the authorize URL is the issuer',
    onCommandLine(
      { '/': () => text(404, 'Not Found') },
      { env: ({ origin }) => ({ NV_AUTHORIZE_URL: origin }) },
    ),
    'authorize_refused',
    /no authorization endpoint/,
  ],
]
