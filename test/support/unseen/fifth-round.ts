// A fifth round, made after the fourth one was mended, to see whether the kinds were mended or the cases.
import type { RequestHandler } from '../../../src/context.ts'
import { json, queryOf, redirect } from '../gateway.ts'
import { against, onCommandLine, returned, type Unseen, waiting } from './failure.ts'
import { authorize, html, text, token, verify } from './fourth-round/answers.ts'

const refused = (status: number, error: string, error_description: string) =>
  token(json({ error, error_description }, status))
const ciba = { operatorToken: { value: 'canary-operator-token', grants: ['ciba'] as const } }
const backchannel = (body: unknown, status = 400) => against({ backchannel: () => json(body, status) }, ciba)
const back =
  (parameters: Record<string, string>): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    const target = new URL(query.get('redirect_uri') ?? '')
    target.search = String(new URLSearchParams({ state: query.get('state') ?? '', ...parameters }))
    return redirect(target.href)
  }
const page = (title: string, body: string, status = 200) => authorize(html(status, title, body))

export const fifthRound: readonly Unseen[] = [
  // Token
  [
    'Salesforce: an inactive user',
    refused(400, 'inactive_user', 'user is inactive'),
    'account_suspended',
    /inactive/,
  ],
  [
    'Salesforce: the secret',
    refused(400, 'invalid_client', 'invalid client credentials'),
    'invalid_client',
    /credentials/,
  ],
  [
    'Zitadel: no active client',
    refused(401, 'invalid_client', 'no active client not found'),
    'invalid_client',
    /no active client/,
  ],
  [
    'Authentik: the code belongs to another provider',
    refused(400, 'invalid_grant', 'The provided authorization grant was issued to another client'),
    'invalid_grant',
    /another client/,
  ],
  [
    'SAP: an XS error with a correlation id',
    token(
      json({ error: 'unauthorized', error_description: 'Unable to map issuer, correlation ID 4f2a' }, 401),
    ),
    'invalid_client',
    /Unable to map issuer/,
  ],
  [
    'Tyk: access to this API has been disallowed',
    verify(json({ error: 'Access to this API has been disallowed' }, 403)),
    'api_forbidden',
    /disallowed/,
  ],
  [
    'a client secret that has expired, in German',
    refused(401, 'invalid_client', 'Das Client-Secret ist abgelaufen'),
    'invalid_client',
    /Client-Secret ist abgelaufen/,
  ],
  [
    'Polish: the code has expired',
    refused(400, 'invalid_grant', 'Kod autoryzacyjny wygasł'),
    'invalid_grant',
    /wygasł/,
  ],
  [
    'a code that the server saw already',
    refused(400, 'invalid_grant', 'Code already spent'),
    'invalid_grant',
    /already spent/,
  ],
  [
    'PKCE is required at the token endpoint',
    refused(400, 'invalid_request', 'Missing parameter code_verifier'),
    'token_error',
    /code_verifier.*nv sent code_verifier/,
  ],
  [
    'an assertion is wanted',
    refused(401, 'invalid_client', 'Parameter client_assertion_type is missing'),
    'invalid_client',
    /private_key_jwt/,
  ],
  [
    'a body in YAML',
    token(text(400, 'error: invalid_request\nerror_description: bad form\n')),
    'token_error',
    /bad form|invalid_request/,
  ],
  [
    'a list of problems',
    token(json([{ errorCode: 'APP-17', errorMessage: 'Unknown application' }], 400)),
    'client_unknown',
    /Unknown application/,
  ],
  [
    'an error in a header alone',
    token({ status: 400, headers: { 'x-error-message': 'client blocked' }, body: '' }),
    'token_unreadable',
    /HTTP 400/,
  ],
  [
    'the token under "token"',
    token(json({ token: 'abc', type: 'bearer' })),
    'token_unreadable',
    /neither access_token nor error/,
  ],
  [
    'a page that says please wait',
    token(html(202, 'Please wait', '<p>We are preparing your request.</p>')),
    'token_unreadable',
    /preparing your request/,
  ],
  [
    'Imperva in French',
    token(
      html(
        403,
        'Accès refusé',
        '<p>La requête a été bloquée par le pare-feu. Incapsula incident ID: 77700012-345678</p>',
      ),
    ),
    'firewall_page',
    /77700012-345678/,
  ],
  // API
  [
    'problem+json: out of credit under 403',
    verify(
      json(
        {
          type: 'https://x.example/out-of-credit',
          title: 'Insufficient credit',
          status: 403,
          detail: 'Your balance is 0',
        },
        403,
      ),
    ),
    'account_balance',
    /balance is 0/,
  ],
  [
    'an application that waits for its review',
    verify(json({ message: 'Application is pending approval by the operator' }, 403)),
    'account_suspended',
    /pending approval/,
  ],
  [
    'Portuguese: the limit',
    verify(json({ mensagem: 'Limite de requisições excedido' }, 403)),
    'quota_exceeded',
    /Limite/,
  ],
  [
    'Italian: no subscription',
    verify(json({ messaggio: 'Nessun abbonamento attivo per questa API' }, 403)),
    'not_subscribed',
    /abbonamento/,
  ],
  [
    'the number is malformed, in Spanish',
    verify(json({ codigo: 'VAL-01', mensaje: 'El formato del número de teléfono no es válido' }, 400)),
    'invalid_argument',
    /formato/,
  ],
  ['418', verify(text(418, "I'm a teapot")), 'api_error', /teapot/],
  [
    '451 for legal reasons',
    verify(json({ message: 'Unavailable For Legal Reasons' }, 451)),
    'api_error',
    /Legal/,
  ],
  [
    'the verdict as a word of another kind',
    verify(json({ devicePhoneNumberVerified: 'VERIFIED' })),
    'api_unreadable',
    /a string/,
  ],
  [
    'the verdict three levels down',
    verify(json({ response: { body: { devicePhoneNumberVerified: false } } })),
    'api_unreadable',
    /inside "response"/,
  ],
  [
    'false beside a message that it could not be told',
    verify(json({ devicePhoneNumberVerified: false, error: 'OPERATOR_TIMEOUT' })),
    'api_error',
    /OPERATOR_TIMEOUT/,
  ],
  [
    'a token for another audience, in WWW-Authenticate',
    verify({
      status: 401,
      headers: {
        'www-authenticate': 'Bearer error="invalid_token", error_description="The audience \'x\' is invalid"',
      },
      body: '',
    }),
    'token_of_other_api',
    /audience/,
  ],
  [
    '429 with a page',
    verify(html(429, 'Too many requests', '<p>Slow down, please.</p>', { 'retry-after': '60' })),
    'api_error',
    /60 s/,
  ],
  // Authorize, hops and callback
  [
    'AppGallery',
    against({ authorize: () => redirect('https://appgallery.huawei.com/app/C100') }),
    'redirect_elsewhere',
    /AppGallery/,
  ],
  [
    'an app link of Facebook',
    against({ authorize: () => redirect('fb123456://authorize') }),
    'redirect_elsewhere',
    /an app \(fb123456:\)/,
  ],
  [
    'an error page that names the callback URL, in Portuguese',
    page('Erro', '<p>A URL de redirecionamento informada não está cadastrada.</p>', 400),
    'redirect_uri_refused',
    /cadastrada/,
  ],
  [
    'the operator wants the SMS code, in Italian',
    page('Verifica', '<p>Inserisci il codice ricevuto via SMS</p><input name="otp">'),
    'authorize_page',
    /one-time password/,
  ],
  [
    'the operator is in maintenance, in Portuguese',
    page('Aviso', '<p>Sistema em manutenção</p>', 503),
    'server_failing',
    /manutenção/,
  ],
  [
    'access_denied, the line is on another network',
    returned('access_denied', 'Subscriber is connected through a foreign network (roaming)'),
    'roaming',
    /roaming/,
  ],
  [
    'invalid_request, the purpose',
    returned('invalid_request', 'Unsupported purpose dpv:FraudPreventionAndDetection'),
    'authorization_error',
    /Unsupported purpose/,
  ],
  [
    'an error with a description in percent-encoding twice',
    returned('access_denied', 'Line%20not%20identified'),
    'access_denied',
    /Line/,
  ],
  [
    'an error that is a number',
    against({ authorize: back({ error: '1234' }) }),
    'authorization_error',
    /1234/,
  ],
  [
    'a token in place of a code (implicit flow)',
    against({ authorize: back({ access_token: 'abc', token_type: 'Bearer' }) }),
    'no_code',
    /access_token/,
  ],
  [
    'a code that came as auth_code',
    against({ authorize: back({ auth_code: 'abc' }) }),
    'no_code',
    /auth_code/,
  ],
  // SIM token
  [
    'the operator token is for another service',
    backchannel({
      error: 'invalid_request',
      error_description: 'Temporary token is not valid for this service',
    }),
    'invalid_ts43_token',
    /not valid for this service/,
  ],
  [
    'the entitlement server is down',
    backchannel({ code: 'UNAVAILABLE', message: 'Entitlement server unreachable' }, 503),
    'server_failing',
    /Entitlement server/,
  ],
  [
    'the backchannel asks for openid',
    backchannel({ error: 'invalid_scope', error_description: 'openid scope is required' }),
    'invalid_scope',
    /openid/,
  ],
  // Command line, machine
  [
    'the token URL has a blank in it',
    onCommandLine({}, { env: () => ({ NV_TOKEN_URL: 'https://gateway.example/to ken' }) }),
    'invalid_setting',
    /NV_TOKEN_URL/,
  ],
  [
    'the API version is one that there is not',
    onCommandLine({}, { args: ['--api-version', 'v7'] }),
    'invalid_choice',
    /v7/,
  ],
  [
    'the token URL leads to another API of the gateway',
    onCommandLine(
      { '/location/v1/token': () => json({ code: 'NOT_FOUND', message: 'Resource does not exist' }, 404) },
      { env: ({ origin }) => ({ NV_TOKEN_URL: `${origin}/location/v1/token` }) },
    ),
    'token_error',
    /NV_TOKEN_URL/,
  ],
  [
    'the browser could not start',
    waiting(() => {}, { via: 'browser', open: () => false }),
    'callback_timeout',
    /No browser could be started/,
  ],
]
