// A second round, made after the first one was mended, to see whether the kinds were mended or the cases.
import { json, redirect } from '../gateway.ts'
import { against, returned, type Unseen } from './failure.ts'

type Answer = ReturnType<typeof json>
const token = (answer: Answer | (() => never), profile = {}) =>
  against({ token: () => answer as Answer }, { profile })
const verify = (answer: Answer) => against({ verify: () => answer })
const authorize = (answer: Answer) => against({ authorize: () => answer })
const html = (status: number, title: string, body: string, headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`,
})
const xml = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
})
const plain = (status: number, body: string, headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
})

export const secondRound: readonly Unseen[] = [
  // Token endpoints
  [
    'Hydra: the standard recited',
    token(
      json(
        {
          error: 'invalid_grant',
          error_description:
            'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client. not_found',
        },
        400,
      ),
    ),
    'invalid_grant',
    /^(?!.*remembers)(?!.*has expired\.).*/,
  ],
  [
    'Keycloak: code not valid',
    token(json({ error: 'invalid_grant', error_description: 'Code not valid' }, 400)),
    'invalid_grant',
    /Code not valid/,
  ],
  [
    'Keycloak: incorrect redirect_uri',
    token(json({ error: 'invalid_grant', error_description: 'Incorrect redirect_uri' }, 400)),
    'invalid_grant',
    /redirect_uri of the token request/,
  ],
  [
    'Keycloak: PKCE',
    token(
      json({ error: 'invalid_grant', error_description: 'PKCE verification failed: Code mismatch' }, 400),
    ),
    'invalid_grant',
    /PKCE verifier/,
  ],
  [
    'Google: invalid client',
    token(json({ error: 'invalid_client', error_description: 'The OAuth client was not found.' }, 401)),
    'invalid_client',
    /was not found/,
  ],
  [
    'Auth0: unauthorized',
    token(json({ error: 'access_denied', error_description: 'Unauthorized' }, 401)),
    'invalid_client',
    /Unauthorized/,
  ],
  [
    'Entra: expired secret',
    token(
      json(
        {
          error: 'invalid_client',
          error_description: 'AADSTS7000222: The provided client secret keys for app are expired.',
          error_codes: [7000222],
        },
        401,
      ),
    ),
    'invalid_client',
    /expired/,
  ],
  [
    'Ping: form body in XML',
    token(
      xml(
        400,
        '<error><code>invalid_client</code><description>Invalid client or client credentials</description></error>',
      ),
    ),
    'invalid_client',
    /Invalid client or client credentials/,
  ],
  [
    'AWS Cognito',
    token(json({ error: 'unauthorized_client' }, 400)),
    'unauthorized_client',
    /authorization code flow/,
  ],
  [
    'Layer7 SOAP policy',
    token(
      xml(
        500,
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Policy Falsified</faultstring><detail><l7:policyResult status="Authentication Failed"/></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>',
      ),
    ),
    'server_failing',
    /Policy Falsified/,
  ],
  [
    'MuleSoft: client id enforcement',
    token(json({ error: 'Invalid client id or secret' }, 401)),
    'invalid_client',
    /Invalid client id or secret/,
  ],
  ['Tyk: rate limit', token(json({ error: 'Rate limit exceeded' }, 429)), 'quota_exceeded', /Rate limit/],
  [
    'Axway: quota under 403',
    verify(json({ error: { code: 'QUOTA', message: 'Monthly quota exhausted for plan Bronze' } }, 403)),
    'quota_exceeded',
    /Bronze/,
  ],
  [
    'the content type is refused',
    token(
      json(
        {
          title: 'Unsupported Media Type',
          status: 415,
          detail: "Content type 'application/x-www-form-urlencoded' is not supported",
        },
        415,
      ),
    ),
    'token_error',
    /not supported/,
  ],
  [
    'a maintenance page under 200',
    token(
      html(200, 'Maintenance', '<h1>We will be back soon</h1><p>Scheduled maintenance until 06:00 UTC.</p>'),
    ),
    'server_failing',
    /maintenance/i,
  ],
  [
    'a maintenance page under 503',
    verify(html(503, 'Wartung', '<p>Wegen Wartungsarbeiten nicht erreichbar</p>')),
    'api_error',
    /Wartung/,
  ],
  [
    'nothing but a challenge that names invalid_client',
    token({
      status: 401,
      headers: {
        'www-authenticate':
          'Basic realm="oauth", error="invalid_client", error_description="Bad client credentials"',
      },
      body: '',
    }),
    'invalid_client',
    /Bad client credentials/,
  ],
  [
    'the host of the token endpoint is the developer portal',
    token(redirectTo('https://portal.gateway.invalid/signin')),
    'token_redirected',
    /portal\.gateway\.invalid/,
  ],
  [
    'a number of the error only',
    token(json({ errorCode: 4011, errorMessage: 'Application not approved' }, 403)),
    'account_suspended',
    /not approved/,
  ],
  [
    'an expired subscription',
    verify(
      json(
        {
          code: '900907',
          message: 'The requested API is temporarily blocked',
          description: 'The subscription is inactive',
        },
        401,
      ),
    ),
    'account_suspended',
    /inactive/,
  ],

  // API
  [
    'Apigee: expired token',
    verify(
      json(
        {
          fault: {
            faultstring: 'Access Token expired',
            detail: { errorcode: 'keymanagement.service.access_token_expired' },
          },
        },
        401,
      ),
    ),
    'unauthenticated',
    /Access Token expired/,
  ],
  [
    'Apigee: scope',
    verify(
      json(
        {
          fault: {
            faultstring: 'Required scope(s) : number-verification:verify',
            detail: { errorcode: 'steps.oauth.v2.InsufficientScope' },
          },
        },
        403,
      ),
    ),
    'permission_denied',
    /Required scope/,
  ],
  [
    'Kong: ACL',
    verify(json({ message: 'You cannot consume this service' }, 403)),
    'not_subscribed',
    /cannot consume/,
  ],
  [
    'AWS: not authorized',
    verify(json({ Message: 'User is not authorized to access this resource with an explicit deny' }, 403)),
    'api_forbidden',
    /explicit deny/,
  ],
  ['Istio RBAC', verify(plain(403, 'RBAC: access denied')), 'api_forbidden', /RBAC/],
  ['Istio no token', verify(plain(401, 'Jwt is missing')), 'unauthenticated', /Jwt is missing/],
  ['Istio expired', verify(plain(401, 'Jwt is expired')), 'unauthenticated', /Jwt is expired/],
  ['Traefik 404', verify(plain(404, '404 page not found')), 'api_not_found', /404 page not found/],
  [
    'nginx default 404',
    verify(
      html(404, '404 Not Found', '<center><h1>404 Not Found</h1></center><hr><center>nginx/1.25</center>'),
    ),
    'api_not_found',
    /does not exist/,
  ],
  [
    'Spring 405',
    verify(
      json(
        { timestamp: '2025-01-01T00:00:00Z', status: 405, error: 'Method Not Allowed', path: '/x/verify' },
        405,
      ),
    ),
    'api_error',
    /--api-version/,
  ],
  [
    'CAMARA 404: device',
    verify(json({ status: 404, code: 'DEVICE_NOT_FOUND', message: 'Device identifier not found.' }, 404)),
    'line_not_served',
    /Device identifier/,
  ],
  [
    'CAMARA 422: mismatch of context',
    verify(
      json(
        {
          status: 422,
          code: 'UNNECESSARY_IDENTIFIER',
          message: 'The device is already identified by the access token.',
        },
        422,
      ),
    ),
    'api_error',
    /already identified/,
  ],
  [
    'CAMARA: out of range',
    verify(json({ status: 400, code: 'OUT_OF_RANGE', message: 'Client specified an invalid range.' }, 400)),
    'api_error',
    /invalid range/,
  ],
  [
    'an older code of the number',
    verify(
      json(
        {
          status: 403,
          code: 'INVALID_TOKEN_CONTEXT',
          message: 'Phone number cannot be deducted from access token context.',
        },
        403,
      ),
    ),
    'invalid_token_context',
    /cannot be deducted/,
  ],
  [
    'German: number not released',
    verify(json({ code: 'FORBIDDEN', message: 'Rufnummer ist nicht für den Test freigeschaltet' }, 403)),
    'line_not_allowed',
    /freigeschaltet/,
  ],
  [
    'French: balance',
    verify(json({ erreur: 'Solde insuffisant' }, 402)),
    'account_balance',
    /Solde insuffisant/,
  ],
  ['a verdict under 201', verify(json({ devicePhoneNumberVerified: true }, 201)), 'api_unreadable', /201/],
  ['JSON in a string', verify(json('{"devicePhoneNumberVerified":true}')), 'api_unreadable', /string|text/],
  ['JSONP', verify(plain(200, 'callback({"devicePhoneNumberVerified":true})')), 'api_unreadable', /not JSON/],
  [
    'a proxy that drops the Authorization header',
    verify({ status: 401, headers: { 'www-authenticate': 'Bearer realm="api"' }, body: '' }),
    'unauthenticated',
    /Bearer|token/,
  ],

  // Authorize and hops
  [
    'ForgeRock: redirect mismatch on a page',
    authorize(
      html(
        400,
        'Error',
        '<p>error: redirect_uri_mismatch</p><p>error_description: The redirection URI provided does not match a pre-registered value.</p>',
      ),
    ),
    'redirect_uri_refused',
    /redirect_uri_mismatch|does not match/,
  ],
  [
    'Google: Error 400',
    authorize(
      html(
        400,
        'Error 400',
        "<p>Access blocked: This app's request is invalid</p><p>Error 400: redirect_uri_mismatch</p>",
      ),
    ),
    'redirect_uri_refused',
    /redirect_uri_mismatch/,
  ],
  [
    'Okta: on a page',
    authorize(
      html(
        400,
        'acme - Bad request',
        "<h2>400</h2><p>Your request resulted in an error. The 'redirect_uri' parameter must be a Login redirect URI in the client app settings</p>",
      ),
    ),
    'redirect_uri_refused',
    /redirect_uri/,
  ],
  [
    'Cognito: redirects to its own error page',
    against({
      authorize: () => redirect('/error?error=redirect_mismatch&client_id=test-client'),
      '/error': () => html(400, 'An error was encountered', 'with the requested page.'),
    }),
    'redirect_uri_refused',
    /redirect_mismatch/,
  ],
  [
    'IdentityServer: unauthorized_client on a page',
    against({
      authorize: () => redirect('/home/error?errorId=CfDJ8'),
      '/home/error': () =>
        html(
          200,
          'Error',
          '<h1>Error</h1><p>Sorry, there was an error : unauthorized_client</p><p>Unknown client or client not enabled</p>',
        ),
    }),
    'client_unknown',
    /Unknown client/,
  ],
  [
    'Portuguese: unknown app',
    returned('invalid_request', 'Aplicação desconhecida'),
    'client_unknown',
    /Aplicação/,
  ],
  [
    'an operator is down',
    returned('temporarily_unavailable', 'Operator not reachable'),
    'server_failing',
    /not reachable/,
  ],
  [
    'the operator is not covered',
    returned('access_denied', 'Operator not supported for this MSISDN'),
    'line_not_served',
    /not supported/,
  ],
  [
    'the number and the line differ',
    returned('access_denied', 'login_hint does not match the authenticated subscriber'),
    'login_hint_refused',
    /does not match/,
  ],
  [
    'consent in French',
    returned('interaction_required', 'Consentement requis'),
    'interaction_required',
    /Consentement/,
  ],
  ['an age of the auth', returned('login_required', 'max_age exceeded'), 'login_required', /max_age/],
  [
    'the state is too short',
    returned('invalid_request', 'state is too long (max 32 characters)'),
    'authorization_error',
    /too long/,
  ],
  [
    'a nonce is required',
    returned('invalid_request', 'nonce parameter is required'),
    'authorization_error',
    /nonce/,
  ],
  [
    'a purpose is missing',
    returned('invalid_scope', 'Missing purpose dpv'),
    'invalid_scope',
    /Missing purpose/,
  ],
  [
    '429 at a hop',
    authorize(plain(429, 'Too Many Requests', { 'retry-after': '30' })),
    'server_failing',
    /30 s/,
  ],
  [
    'a cookie wall',
    authorize(html(200, 'Cookies', '<p>Please enable cookies to continue.</p>')),
    'authorize_page',
    /cookies/,
  ],
  [
    'IPv4 is required',
    authorize(html(403, 'Forbidden', '<p>IPv6 is not supported by this service</p>')),
    'authorize_refused',
    /IPv6/,
  ],
  [
    'a DNS page of the company',
    authorize(html(403, 'Cisco Umbrella', '<p>This site is blocked due to a security threat</p>')),
    'proxy_page',
    /Umbrella/,
  ],
  [
    'Fortinet',
    verify(
      html(403, 'Web Filter Violation', '<h1>FortiGuard Intrusion Prevention</h1><p>Access Blocked</p>'),
    ),
    'proxy_page',
    /FortiGuard/,
  ],
  [
    'Squid',
    token(
      html(
        503,
        'ERROR: The requested URL could not be retrieved',
        '<p>Generated by proxy.corp (squid/5.7)</p>',
        { 'x-squid-error': 'ERR_DNS_FAIL 0' },
      ),
    ),
    'proxy_page',
    /could not be retrieved/,
  ],
  [
    'Azure Front Door',
    token(html(403, '403 Forbidden', '<p>The request is blocked.</p><p>20250101T000000Z-abc123</p>')),
    'firewall_page',
    /blocked/,
  ],
  [
    'CloudFront',
    verify(
      html(
        403,
        'ERROR: The request could not be satisfied',
        '<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2><p>Request blocked. Generated by cloudfront (CloudFront) Request ID: AbC123==</p>',
      ),
    ),
    'firewall_page',
    /AbC123/,
  ],
  [
    'Sucuri',
    authorize(
      html(
        403,
        'Sucuri WebSite Firewall - Access Denied',
        '<p>Access Denied - Sucuri Website Firewall</p><p>Block ID: GEO02</p>',
      ),
    ),
    'firewall_page',
    /Sucuri/,
  ],
]

function redirectTo(location: string): Answer {
  return { ...redirect(location), headers: { location }, body: '' }
}
