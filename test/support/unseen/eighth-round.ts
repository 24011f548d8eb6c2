// Eighth round: words of products about the client, its keys and its parameters, and answers that only look like one.
import { generateKeyPairSync } from 'node:crypto'
import { json } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'
import { html, text, token, verify } from './fourth-round/answers.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const signing = { authMethod: 'private_key_jwt', clientSecret: '', key, keyId: 'key-1' } as const
const refused = (status: number, error: string, error_description: string, profile = {}) =>
  token(json({ error, error_description }, status), profile)
const assertion = (words: string) => refused(401, 'invalid_client', words, signing)
const proof = (words: string) => refused(400, 'invalid_dpop_proof', words, { usesDpop: true })
const api = (status: number, body: object, headers: Record<string, string> = {}) =>
  verify(json(body, status, headers))
const beside = (more: object) => api(200, { devicePhoneNumberVerified: false, ...more })
const number = (body: object) => against({ number: () => json(body) }, { command: 'number' })
const bearer = {
  operatorToken: { value: 'canary-operator-token', grants: ['jwt-bearer'] as const },
  profile: { key },
}
const ciba = { operatorToken: { value: 'canary-operator-token', grants: ['ciba'] as const } }

export const eighthRound: readonly Unseen[] = [
  [
    'Keycloak calls wrong credentials unauthorized_client',
    refused(401, 'unauthorized_client', 'Invalid client or Invalid client credentials'),
    'invalid_client',
    /^(?!.*not enabled).*client_id or the client secret/,
  ],
  [
    'the secret is looked for in the form',
    refused(401, 'unauthorized_client', 'Client secret not provided in request'),
    'invalid_client',
    /--auth-method client_secret_post/,
  ],
  [
    'Authlete misses the secret',
    refused(401, 'invalid_client', 'The client secret is not contained in the token request.'),
    'invalid_client',
    /--auth-method client_secret_post/,
  ],
  [
    'Hydra names the registered method',
    refused(
      401,
      'invalid_client',
      "Client authentication failed (e.g., unknown client). The OAuth 2.0 Client supports client authentication method 'client_secret_post', but method 'client_secret_basic' was requested.",
    ),
    'invalid_client',
    /--auth-method client_secret_post/,
  ],
  [
    'Entra does not know the application',
    refused(400, 'unauthorized_client', "AADSTS700016: Application with identifier 'x' was not found."),
    'client_unknown',
    /AADSTS700016/,
  ],
  [
    'Entra compares the reply address',
    refused(400, 'invalid_client', "The reply address 'https://a' does not match the reply address 'b'."),
    'redirect_uri_refused',
    /^(?!.*secret is wrong)/,
  ],
  [
    'a gateway in front wants a token of its own',
    token(json({ statusCode: 401, message: 'Unauthorized. Access token is missing or invalid.' }, 401)),
    'invalid_client',
    /^(?!.*secret is wrong).*gives access tokens and wants none/,
  ],
  [
    'the header did not arrive',
    token(json({ errors: [{ code: '50020', reason: 'Client authorization header missing' }] }, 400)),
    'invalid_client',
    /dropped the header/,
  ],
  [
    'the operator is not open to the client',
    refused(403, 'unauthorized_client', 'Client is not permitted to use this operator'),
    'unauthorized_client',
    /may not do this.*Unless the server says otherwise/,
  ],
  [
    'a parameter was lost, and is called another error',
    refused(400, 'unsupported_grant_type', 'grant_type must not be null'),
    'token_error',
    /nv sent grant_type/,
  ],
  [
    'Spanish: the address of this machine',
    token(json({ mensaje: 'La dirección IP 198.51.100.7 no está autorizada' }, 403)),
    'address_not_allowed',
    /198\.51\.100\.7/,
  ],
  [
    'GitHub calls a wrong code by a name of its own',
    token(json({ error: 'bad_verification_code', error_description: 'The code passed is incorrect.' })),
    'invalid_grant',
    /code passed is incorrect/,
  ],
  [
    'Facebook: the secret',
    token(json({ error: { message: 'Error validating client secret.', type: 'OAuthException' } }, 400)),
    'invalid_client',
    /validating client secret/,
  ],
  [
    'Japanese: the names and the words',
    token(json({ エラー: '認証に失敗しました', コード: 'E401' }, 401)),
    'invalid_client',
    /認証に失敗しました/,
  ],
  ['an ID token alone', token(json({ id_token: 'x', token_type: 'Bearer' })), 'token_unreadable', /id_token/],
  [
    'the token is in JSON, as text',
    token(json({ response: JSON.stringify({ access_token: 'x' }) })),
    'token_unreadable',
    /inside "response", as text/,
  ],
  [
    'the line can not be identified, under 500',
    refused(500, 'server_error', 'Unable to identify subscriber for IP'),
    'line_not_identified',
    /identify subscriber/,
  ],
  [
    'the JWKS can not be fetched',
    assertion('Unable to fetch the JWKS of the client: connection refused'),
    'invalid_client',
    /jwks_uri/,
  ],
  [
    'the key was revoked',
    assertion('Public key key-1 has been revoked'),
    'invalid_client',
    /^(?!.*finds no such key).*Register a new public key/,
  ],
  ['the issuer', assertion('The iss claim must be the client_id'), 'invalid_client', /client_id into iss/],
  ['a claim is missing', assertion('nbf claim is required'), 'invalid_client', /wants other claims/],
  [
    'the length of the jti',
    assertion('jti must not exceed 36 characters'),
    'invalid_client',
    /^(?!.*seen this assertion).*other claims/,
  ],
  [
    'the assertion lives too long, in other words',
    assertion('JWT expiration time is too far in the future'),
    'invalid_client',
    /^(?!.*clock of this machine).*300 s/,
  ],
  [
    'a secret is wanted, not an assertion',
    assertion('client_secret is missing'),
    'invalid_client',
    /^(?!.*no such key).*wants a client secret/,
  ],
  ['DPoP: the URL', proof('htu mismatch: expected http://10.0.0.12/token'), 'invalid_dpop_proof', /proxy/],
  [
    'DPoP: the algorithm',
    proof('alg ES256 is not accepted'),
    'invalid_dpop_proof',
    /^(?!.*clock).*signed with ES256/,
  ],
  [
    'DPoP: a challenge is no wish for a nonce',
    api(401, { code: 'UNAUTHENTICATED', message: 'DPoP proof required' }, { 'www-authenticate': 'DPoP' }),
    'invalid_dpop_proof',
    /^(?!.*nonce).*--dpop on/,
  ],
  [
    'only GET is accepted',
    verify({ status: 405, headers: { allow: 'GET' }, body: '' }),
    'api_error',
    /POST at that path, only GET/,
  ],
  [
    'not implemented',
    api(501, { code: 'NOT_IMPLEMENTED', message: 'Not implemented yet' }),
    'api_error',
    /^(?!.*Try again later).*does not support this operation/,
  ],
  [
    'a header of theirs is missing',
    api(428, { message: 'Idempotency-Key header is required' }),
    'api_error',
    /headers of the profile/,
  ],
  [
    'the number is not that of the token',
    api(403, { code: 'INVALID_TOKEN_CONTEXT', message: 'phoneNumber is not consistent with access token.' }),
    'invalid_token_context',
    /^(?!.*found no line).*no verdict/,
  ],
  [
    'a code in camel case',
    api(403, { code: 'NumberVerification.UserNotAuthenticatedByMobileNetwork', message: 'no' }),
    'user_not_authenticated_by_mobile_network',
    /did not identify the line/,
  ],
  [
    'the body was lost',
    api(400, { code: 'INVALID_ARGUMENT', message: 'Required request body is missing' }),
    'invalid_argument',
    /nv sent phoneNumber as JSON/,
  ],
  [
    'FastAPI: an unknown field',
    against(
      {
        verify: () =>
          json({ detail: [{ loc: ['body', 'hashedPhoneNumber'], msg: 'extra fields not permitted' }] }, 422),
      },
      { isHashed: true },
    ),
    'invalid_argument',
    /hashedPhoneNumber: extra fields.*without --hashed/,
  ],
  [
    'the token did not arrive',
    api(401, { error: 'Authorization field missing' }),
    'unauthenticated',
    /found no access token/,
  ],
  [
    'a token of another tenant',
    api(401, { message: 'Token was issued by tenant sandbox, this is production' }),
    'token_of_other_api',
    /tenant sandbox/,
  ],
  [
    'a login page under 401',
    verify(html(401, 'Sign in', '<form><input type="password"></form>')),
    'api_unreadable',
    /login page/,
  ],
  ['OK is no code of an error', api(200, { code: 'OK', message: 'Success' }), 'api_unreadable', /Success/],
  ['another name of the verdict', api(200, { verified: true }), 'api_unreadable', /has verified/],
  [
    'another name of the number',
    number({ phoneNumber: '+34600000001' }),
    'api_unreadable',
    /has phoneNumber/,
  ],
  [
    'false beside success: false',
    beside({ success: false }),
    'api_unreadable',
    /beside an error \(success\)/,
  ],
  [
    'false beside words, in Portuguese',
    beside({ mensagem: 'Não foi possível identificar o assinante' }),
    'api_unreadable',
    /assinante/,
  ],
  [
    'a verdict about another number',
    beside({ phoneNumber: '+34699999999' }),
    'api_unreadable',
    /another number/,
  ],
  [
    'a fault of SOAP under 200',
    verify(text(200, '<Envelope><Fault><faultstring>Backend timeout</faultstring></Fault></Envelope>')),
    'api_unreadable',
    /Backend timeout/,
  ],
  [
    'CIBA: 202 while it is pending',
    against({ token: () => json({ status: 'PENDING' }, 202) }, ciba),
    'token_unreadable',
    /^(?!.*URL is wrong).*authorization_pending/,
  ],
  [
    'JWT bearer: the issuer of the assertion',
    against(
      {
        token: () =>
          json({ error: 'invalid_grant', error_description: 'iss claim does not match client_id' }, 400),
      },
      bearer,
    ),
    'invalid_grant',
    /client_id into iss/,
  ],
  [
    'JWT bearer: the scope of the assertion',
    against(
      {
        token: () =>
          json({ error: 'invalid_request', error_description: 'scope claim missing in assertion' }, 400),
      },
      bearer,
    ),
    'invalid_scope',
    /scope claim missing/,
  ],
]
