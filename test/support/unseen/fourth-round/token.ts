// Fourth round: token endpoints of products, and what stands in front of them.
import { generateKeyPairSync } from 'node:crypto'
import { json } from '../../gateway.ts'
import type { Unseen } from '../failure.ts'
import { html, text, token } from './answers.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const signing = { authMethod: 'private_key_jwt', clientSecret: '', key, keyId: 'key-1' } as const
const refused = (status: number, error: string, error_description: string) =>
  token(json({ error, error_description }, status))

export const token4: readonly Unseen[] = [
  [
    'Apigee: error in capitals',
    token(json({ ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' }, 401)),
    'invalid_client',
    /ClientId is Invalid" (?!.*secret is wrong).*client_id/,
  ],
  [
    'Apigee: a fault that names the client identifier',
    token(
      json(
        {
          fault: {
            faultstring: 'Invalid client identifier {0}',
            detail: { errorcode: 'oauth.v2.InvalidClientIdentifier' },
          },
        },
        401,
      ),
    ),
    'invalid_client',
    /identifier \{0\}" (?!.*secret is wrong).*client_id/,
  ],
  [
    'WSO2: the application is not in an active state',
    refused(401, 'invalid_client', 'Oauth application is not in active state.'),
    'account_suspended',
    /not in active state/,
  ],
  [
    'WSO2: no application of that client_id',
    refused(401, 'invalid_client', 'A valid OAuth client could not be found for client_id: test-client'),
    'invalid_client',
    /^(?!.*secret is wrong).*client_id/,
  ],
  [
    'Entra: the id of the secret in place of its value',
    refused(
      401,
      'invalid_client',
      'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app.',
    ),
    'invalid_client',
    /^(?!.*The client_id or).*secret/,
  ],
  [
    'Entra: the code was redeemed',
    refused(
      400,
      'invalid_grant',
      'AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code.',
    ),
    'invalid_grant',
    /was used before/,
  ],
  [
    'Auth0: the code verifier',
    refused(403, 'invalid_grant', 'Failed to verify code verifier'),
    'invalid_grant',
    /PKCE verifier does not match/,
  ],
  [
    'Auth0: the client has no grant for the API',
    refused(
      403,
      'access_denied',
      'Client is not authorized to access "https://api". You need to create a "client-grant" associated to this API.',
    ),
    'access_denied',
    /about the application/,
  ],
  [
    'Okta: rate limit',
    token(
      json(
        {
          errorCode: 'E0000047',
          errorSummary: 'API call exceeded rate limit due to too many requests.',
          errorLink: 'E0000047',
          errorId: 'oaeXY',
          errorCauses: [],
        },
        429,
      ),
    ),
    'quota_exceeded',
    /exceeded rate limit/,
  ],
  [
    'Ping: invalid or expired, which tells nothing of a new code',
    refused(400, 'invalid_grant', 'Authorization code is invalid or expired.'),
    'invalid_grant',
    /^(?!.*[Cc]odes last about).*redirect_uri/,
  ],
  [
    'IBM: the client id is not registered',
    token(
      json(
        { httpCode: '401', httpMessage: 'Unauthorized', moreInformation: 'Client id not registered.' },
        401,
      ),
    ),
    'invalid_client',
    /not registered\." (?!.*secret is wrong).*client_id/,
  ],
  [
    'MuleSoft: authentication denied',
    token(json({ error: 'Authentication denied.' }, 401)),
    'invalid_client',
    /Authentication denied/,
  ],
  [
    'Spring: full authentication is required',
    token(
      json(
        {
          timestamp: '2026-01-01T00:00:00.000+00:00',
          status: 401,
          error: 'Unauthorized',
          message: 'Full authentication is required to access this resource',
          path: '/oauth/token',
        },
        401,
      ),
    ),
    'invalid_client',
    /Full authentication is required/,
  ],
  [
    'ASP.NET: a validation problem that names a missing field',
    token(
      json(
        {
          type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
          title: 'One or more validation errors occurred.',
          status: 400,
          errors: { client_assertion: ['The client_assertion field is required.'] },
          traceId: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
        },
        400,
      ),
    ),
    'token_error',
    /validation errors occurred.*client_assertion/,
  ],
  [
    'Keycloak: the form got lost on the way',
    refused(400, 'invalid_request', 'Missing form parameter: grant_type'),
    'token_error',
    /Missing form parameter: grant_type.*nv sent grant_type/,
  ],
  [
    'AWS API Gateway has no such path',
    token(json({ message: 'Missing Authentication Token' }, 403, { 'x-amzn-errortype': 'x' })),
    'token_error',
    /token URL/,
  ],
  [
    'Google: the redirect_uri, as a code alone',
    refused(400, 'redirect_uri_mismatch', 'Bad Request'),
    'redirect_uri_refused',
    /redirect_uri_mismatch/,
  ],
  [
    'Ory: the challenge did not match the verifier',
    refused(400, 'invalid_grant', 'The PKCE code challenge did not match the code verifier.'),
    'invalid_grant',
    /PKCE verifier does not match/,
  ],
  [
    'Curity: the method is not allowed for this client',
    refused(401, 'invalid_client', 'Client authentication method not allowed'),
    'invalid_client',
    /^(?!.*secret is wrong).*--auth-method/,
  ],
  [
    'Gravitee: unauthorized, with a status of its own',
    token(json({ message: 'Unauthorized', http_status_code: 401 }, 401)),
    'invalid_client',
    /credentials/,
  ],
  [
    'Italian: the code has expired',
    refused(400, 'invalid_grant', 'Il codice di autorizzazione è scaduto'),
    'invalid_grant',
    /[Cc]odes last about a minute/,
  ],
  [
    'Dutch: wrong credentials under a code of its own',
    token(json({ foutcode: 'AUTH_01', foutmelding: 'Ongeldige inloggegevens' }, 401)),
    'invalid_client',
    /Ongeldige inloggegevens/,
  ],
  [
    'an error that stands twice is said once',
    token(
      json(
        { error: { code: 'invalid_grant', message: 'Code has expired', details: ['The code has expired'] } },
        400,
      ),
    ),
    'invalid_grant',
    /^(?!.*expired.*expired).*has expired/i,
  ],
  [
    'a JWT has expired, though a secret was sent',
    token(json({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'JWT expired' }, 401)),
    'invalid_client',
    /JWT expired" (?!.*secret is wrong).*JWT/,
  ],
  [
    'the assertion has expired, and the clocks agree',
    token(json({ error: 'invalid_client', error_description: 'JWT assertion is expired' }, 401), signing),
    'invalid_client',
    /clock/,
  ],
  [
    'access_token beside an error',
    token(json({ access_token: null, error: 'invalid_grant', error_description: 'Code unknown' })),
    'invalid_grant',
    /Code unknown/,
  ],
  [
    'a token in a result, under a name of its own',
    token(json({ status: 200, message: 'OK', result: { accessToken: 'abc', expiresIn: 300 } })),
    'token_unreadable',
    /accessToken.*result|result.*accessToken/,
  ],
  [
    'a token in XML',
    token(text(200, '<OAuth20><access_token>abc</access_token></OAuth20>')),
    'token_unreadable',
    /XML/,
  ],
  ['204 and nothing', token({ status: 204, headers: {}, body: '' }), 'token_unreadable', /empty|no body/],
  [
    'a queue in front of the site',
    token(html(200, 'Queue-it', '<h1>You are now in line</h1><p>Your estimated wait time is 4 minutes.</p>')),
    'token_unreadable',
    /You are now in line/,
  ],
  [
    'Cloudflare 1020',
    token(
      html(
        403,
        'Access denied | gw.example used Cloudflare to restrict access',
        '<h1>Error 1020</h1><p>Ray ID: 7d1c2b3a4f5e6d7c &bull; 2026-01-01 00:00:00 UTC</p><h2>Access denied</h2><p>You do not have access to gw.example.</p>',
      ),
    ),
    'firewall_page',
    /7d1c2b3a4f5e6d7c/,
  ],
  [
    'F5 in Spanish',
    token(
      html(
        200,
        'Solicitud rechazada',
        'La URL solicitada fue rechazada. Por favor, consulte con su administrador.<br><br>Su ID de soporte es: 998877665544',
      ),
    ),
    'firewall_page',
    /998877665544/,
  ],
  [
    'Barracuda',
    token(
      html(
        403,
        'Forbidden',
        '<p>The request / response that are contrary to the Web server security rules have been blocked by the Web firewall.</p><p>Detect time: 2026-01-01</p>',
      ),
    ),
    'firewall_page',
    /Web firewall/,
  ],
  [
    'Radware',
    token(
      html(
        403,
        'Unauthorized Request Blocked',
        '<h1>Unauthorized Activity Has Been Detected</h1><p>Case Number: 0a1b2c3d4e5f</p>',
      ),
    ),
    'firewall_page',
    /0a1b2c3d4e5f/,
  ],
]
