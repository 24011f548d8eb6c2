// APIs, and what stands in front of them.
import { json } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'

const verifying = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  against({ verify: () => json(body, status, headers) })
const text = (status: number, body: string, type = 'text/plain') =>
  against({ verify: () => ({ status, headers: { 'content-type': type }, body }) })

export const api: readonly Unseen[] = [
  [
    'the verdict is wrapped',
    verifying({ data: { devicePhoneNumberVerified: true } }),
    'api_unreadable',
    /inside "data"/,
  ],
  ['the verdict is in an array', verifying([{ devicePhoneNumberVerified: true }]), 'api_unreadable', /array/],
  [
    'the verdict is a word',
    verifying({ devicePhoneNumberVerified: 'TRUE' }),
    'api_unreadable',
    /"TRUE"|a string/,
  ],
  [
    'the verdict has another spelling',
    verifying({ device_phone_number_verified: 'match' }),
    'api_unreadable',
    /device_phone_number_verified/,
  ],
  [
    'the verdict is signed',
    text(200, 'eyJhbGciOiJFUzI1NiJ9.eyJkZXZpY2VQaG9uZU51bWJlclZlcmlmaWVkIjp0cnVlfQ.c2ln', 'application/jwt'),
    'api_unreadable',
    /JWT/,
  ],
  [
    'Envoy: the token is for another audience',
    text(403, 'Audiences in Jwt are not allowed'),
    'token_of_other_api',
    /Audiences in Jwt are not allowed/,
  ],
  [
    'Envoy: the token is of another issuer',
    text(401, 'Jwt issuer is not configured'),
    'token_of_other_api',
    /Jwt issuer is not configured/,
  ],
  [
    'WSO2: no subscription',
    verifying(
      {
        code: '900908',
        message: 'Resource forbidden',
        description: 'User is NOT authorized to access the Resource. API Subscription validation failed.',
      },
      403,
    ),
    'not_subscribed',
    /Subscription validation failed/,
  ],
  [
    'Amazon: no such path, said as "Missing Authentication Token"',
    verifying({ message: 'Missing Authentication Token' }, 403, {
      'x-amzn-errortype': 'MissingAuthenticationTokenException',
    }),
    'api_not_found',
    /Missing Authentication Token.*--api-url/,
  ],
  [
    'SOAP: a fault of the back end',
    text(
      500,
      '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>HLR lookup failed</faultstring></soap:Fault></soap:Body></soap:Envelope>',
      'text/xml',
    ),
    'api_error',
    /HLR lookup failed/,
  ],
  [
    'a 404 with a code of CAMARA: the path is wrong',
    verifying({ status: 404, code: 'NOT_FOUND', message: 'The specified resource is not found.' }, 404),
    'api_not_found',
    /NOT_FOUND|specified resource/,
  ],
  [
    'a new token, used once, is refused without a word',
    text(401, ''),
    'unauthenticated',
    /nv had not used it before/,
  ],
  [
    'the address of this machine is not on the list',
    verifying({ code: 'FORBIDDEN', message: 'Source IP 203.0.113.9 is not in the allowed list' }, 403),
    'address_not_allowed',
    /203\.0\.113\.9/,
  ],
  [
    'Spanish: the balance is used up',
    verifying({ codigo: 402, mensaje: 'Saldo insuficiente' }, 402),
    'account_balance',
    /Saldo insuficiente/,
  ],
  [
    'the API is behind a login page of its portal',
    text(
      200,
      '<!doctype html><html><head><title>Developer Portal</title></head><body><form><input type="password" name="p"></form></body></html>',
      'text/html',
    ),
    'api_unreadable',
    /login page.*(NV_API_URL|--api-url)/,
  ],
]
