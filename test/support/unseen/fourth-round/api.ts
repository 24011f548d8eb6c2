// Fourth round: APIs behind gateways of products, in several languages.
import { json } from '../../gateway.ts'
import { against, type Unseen } from '../failure.ts'
import { html, text, verify } from './answers.ts'

const camara = (status: number, code: string, message: string) =>
  verify(json({ status, code, message }, status))
const fault = (status: number, faultstring: string, errorcode: string) =>
  verify(json({ fault: { faultstring, detail: { errorcode } } }, status))

export const api4: readonly Unseen[] = [
  [
    'Apigee: invalid access token',
    fault(401, 'Invalid access token', 'keymanagement.service.invalid_access_token'),
    'unauthenticated',
    /Invalid access token/,
  ],
  [
    'Apigee: spike arrest',
    fault(
      429,
      'Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=30, periodInMicroseconds=60000000}',
      'policies.ratelimit.SpikeArrestViolation',
    ),
    'quota_exceeded',
    /Spike arrest/,
  ],
  [
    'Apigee: no proxy for that path',
    fault(
      404,
      'Unable to identify proxy for host: secure and url: /nv/v9/verify',
      'messaging.adaptors.http.flow.ApplicationNotFound',
    ),
    'api_not_found',
    /--api-version/,
  ],
  [
    'WSO2: invalid credentials',
    verify(
      json(
        {
          code: '900901',
          message: 'Invalid Credentials',
          description: 'Invalid JWT token. Make sure you have provided the correct security credentials.',
        },
        401,
      ),
    ),
    'unauthenticated',
    /Invalid JWT token/,
  ],
  [
    'WSO2: the subscription could not be validated',
    verify(
      json(
        {
          code: '900908',
          message: 'Resource forbidden',
          description: 'User is NOT authorized to access the Resource. API Subscription validation failed.',
        },
        403,
      ),
    ),
    'not_subscribed',
    /Subscription validation failed/,
  ],
  [
    'WSO2: throttled out',
    verify(
      json(
        {
          code: '900800',
          message: 'Message throttled out',
          description: 'You have exceeded your quota',
          nextAccessTime: '2026-Jan-01 00:01:00+0000 UTC',
        },
        429,
      ),
    ),
    'quota_exceeded',
    /throttled out/,
  ],
  [
    'Azure: invalid subscription key',
    verify(
      json(
        {
          statusCode: 401,
          message:
            'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
        },
        401,
      ),
    ),
    'api_key_refused',
    /invalid subscription key/,
  ],
  [
    'Azure: the token is missing or invalid',
    verify(json({ statusCode: 401, message: 'Unauthorized. Access token is missing or invalid.' }, 401)),
    'unauthenticated',
    /missing or invalid/,
  ],
  [
    'Azure: resource not found',
    verify(json({ statusCode: 404, message: 'Resource not found' }, 404)),
    'api_not_found',
    /Resource not found/,
  ],
  [
    'AWS: the incoming token has expired',
    verify(json({ message: 'The incoming token has expired' }, 401)),
    'unauthenticated',
    /clocks/,
  ],
  [
    'AWS: limit exceeded',
    verify(json({ message: 'Limit Exceeded' }, 429)),
    'quota_exceeded',
    /Limit Exceeded/,
  ],
  [
    'AWS: reads a bearer token as a signature of its own',
    verify(
      json(
        { message: "Invalid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'." },
        403,
      ),
    ),
    'api_not_found',
    /--api-version/,
  ],
  [
    'AWS: the authorizer fails',
    verify(json({ message: null }, 500, { 'x-amzn-errortype': 'AuthorizerConfigurationException' })),
    'api_error',
    /HTTP 500/,
  ],
  [
    'IBM: the rate limit',
    verify(
      json(
        { httpCode: '429', httpMessage: 'Too Many Requests', moreInformation: 'Rate Limit exceeded' },
        429,
      ),
    ),
    'quota_exceeded',
    /Rate Limit exceeded/,
  ],
  [
    'Spring: forbidden, and no word more',
    verify(
      json(
        {
          timestamp: '2026-01-01T00:00:00.000+00:00',
          status: 403,
          error: 'Forbidden',
          path: '/number-verification/v2/verify',
        },
        403,
      ),
    ),
    'api_forbidden',
    /not subscribed/,
  ],
  [
    'ASP.NET: the number does not match its pattern',
    verify(
      json(
        {
          type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
          title: 'One or more validation errors occurred.',
          status: 400,
          errors: { phoneNumber: ['The field PhoneNumber must match the pattern for E.164.'] },
          traceId: '00-abc-def-00',
        },
        400,
      ),
    ),
    'invalid_argument',
    /PhoneNumber must match/,
  ],
  [
    'JSON:API: roaming',
    verify(
      json(
        {
          errors: [
            {
              status: '403',
              code: 'NV-4031',
              title: 'Forbidden',
              detail: 'Subscriber is roaming in a foreign network',
            },
          ],
        },
        403,
      ),
    ),
    'roaming',
    /roaming in a foreign network/,
  ],
  [
    'CAMARA: too many requests',
    camara(429, 'TOO_MANY_REQUESTS', 'Rate limit reached.'),
    'quota_exceeded',
    /Rate limit reached/,
  ],
  [
    '429 without a word',
    verify({ status: 429, headers: { 'retry-after': '120' }, body: '' }),
    'api_error',
    /^(?!.*could not answer).*more requests.*120 s/,
  ],
  ['HTTP 600', verify({ status: 600, headers: {}, body: '' }), 'api_error', /HTTP defines no such status/],
  [
    'HTTP 999, with a page',
    verify(html(999, 'Request denied', '<p>Request denied</p>')),
    'api_error',
    /HTTP defines no such status/,
  ],
  [
    'false beside a challenge that names an error',
    verify(
      json({ devicePhoneNumberVerified: false }, 200, {
        'www-authenticate': 'Bearer error="invalid_token", error_description="The token is unknown"',
      }),
    ),
    'unauthenticated',
    /The token is unknown/,
  ],
  ['a verdict that is null', verify(json({ devicePhoneNumberVerified: null })), 'api_unreadable', /null/],
  ['202: it is pending', verify(json({ status: 'PENDING' }, 202)), 'api_unreadable', /202|PENDING/],
  [
    'the answer is signed',
    verify({
      status: 200,
      headers: { 'content-type': 'application/jwt' },
      body: 'eyJhbGciOiJFUzI1NiJ9.eyJkZXZpY2VQaG9uZU51bWJlclZlcmlmaWVkIjp0cnVlfQ.c2ln',
    }),
    'api_unreadable',
    /JWT/,
  ],
  [
    'Portuguese: the number is not cleared for tests',
    camara(403, 'PERMISSION_DENIED', 'O número de telefone não está autorizado para o ambiente de testes'),
    'line_not_allowed',
    /ambiente de testes/,
  ],
  [
    'Italian: no credit',
    verify(json({ errore: 'Credito esaurito' }, 403)),
    'account_balance',
    /Credito esaurito/,
  ],
  [
    'Spanish: the daily limit',
    verify(json({ mensaje: 'Se ha superado el límite de peticiones diarias' }, 403)),
    'quota_exceeded',
    /límite/,
  ],
  [
    'German: no subscription',
    verify(json({ meldung: 'Kein aktives Abonnement für diese API' }, 403)),
    'not_subscribed',
    /Abonnement/,
  ],
  [
    'French: the token has expired',
    verify(json({ message: 'Le jeton a expiré' }, 401)),
    'unauthenticated',
    /clocks/,
  ],
  [
    'the signature of the token is not theirs',
    verify(text(401, 'Signature verification failed')),
    'token_of_other_api',
    /Signature verification failed/,
  ],
  [
    'CAMARA: the words of the standard under 400, for a hash',
    against(
      {
        verify: () =>
          json(
            {
              status: 400,
              code: 'INVALID_ARGUMENT',
              message: 'Client specified an invalid argument, request body or query param.',
            },
            400,
          ),
      },
      { isHashed: true },
    ),
    'invalid_argument',
    /without --hashed/,
  ],
  [
    'CAMARA: not for this line',
    camara(422, 'SERVICE_NOT_APPLICABLE', 'The service is not available for the provided phone number.'),
    'line_not_served',
    /not available/,
  ],
  [
    'a proxy of the company that wants a login, in JSON',
    verify(json({ error: 'proxy_auth_required' }, 407)),
    'proxy_credentials',
    /HTTPS_PROXY/,
  ],
  [
    'Akamai in Japanese',
    verify(
      html(
        403,
        'アクセスが拒否されました',
        '<h1>アクセスが拒否されました</h1><p>Reference #18.5f3e1a17.1712345678.1a2b3c4d</p>',
      ),
    ),
    'firewall_page',
    /18\.5f3e1a17\.1712345678\.1a2b3c4d/,
  ],
]
