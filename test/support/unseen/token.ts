// Token endpoints, and what stands in front of them.
import { generateKeyPairSync } from 'node:crypto'
import { json, startWaitingFlow, withGateway } from '../gateway.ts'
import { against, pastingTerminal, type Unseen } from './failure.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const signing = { authMethod: 'private_key_jwt', clientSecret: '', key, keyId: 'key-1' } as const

/** Brings the address of the callback after a while, as a person does who pastes it. */
function pastedLate(seconds: number) {
  return () =>
    withGateway({ token: () => json({ error: 'invalid_grant' }, 400) }, async ({ urls }) => {
      const terminal = pastingTerminal()
      const flow = await startWaitingFlow(urls, { ...terminal.options, timeoutMs: 300_000 })
      await flow.after('authorize')
      flow.clock.advance(seconds * 1000)
      terminal.give(new URL(flow.callbackTarget, flow.redirectUri).href)
      return flow.run
    })
}

export const token: readonly Unseen[] = [
  ['a code that was brought after 95 s', pastedLate(95), 'invalid_grant', /95 s/],
  [
    'a new code is refused without a word',
    against({ token: () => json({ error: 'invalid_grant' }, 400) }),
    'invalid_grant',
    /^(?!.*has expired).*redirect_uri/,
  ],
  [
    'ForgeRock lists what may be wrong with a new code',
    against({
      token: () =>
        json(
          {
            error: 'invalid_grant',
            error_description: 'The provided access grant is invalid, expired, or revoked.',
          },
          400,
        ),
    }),
    'invalid_grant',
    /^(?!.*The code has expired\.)(?!.*was used before\. nv).*redirect_uri/,
  ],
  [
    'Azure API Management wants its subscription key',
    against({
      token: () =>
        json(
          {
            statusCode: 401,
            message:
              'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
          },
          401,
        ),
    }),
    'api_key_refused',
    /subscription key/,
  ],
  [
    'Kong wants its API key',
    against({
      token: () =>
        json({ message: 'No API key found in request' }, 401, { 'www-authenticate': 'Key realm="kong"' }),
    }),
    'api_key_refused',
    /No API key found/,
  ],
  [
    'Okta: errorSummary',
    against({
      token: () =>
        json(
          {
            errorCode: 'invalid_client',
            errorSummary: 'The client secret supplied for a confidential client is invalid.',
            errorLink: 'invalid_client',
            errorId: 'oae1',
          },
          401,
        ),
    }),
    'invalid_client',
    /client secret supplied/,
  ],
  [
    'Spring wants Basic, and got the secret in the body',
    against(
      { token: () => json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="acme"' }) },
      { profile: { authMethod: 'client_secret_post' } },
    ),
    'invalid_client',
    /--auth-method client_secret_basic\b/,
  ],
  [
    'bad credentials under HTTP 200, in names of the gateway',
    against({
      token: () => json({ status: 'FAILURE', errorCode: 'CLIENT_AUTH_FAILED', errorDesc: 'Bad credentials' }),
    }),
    'invalid_client',
    /Bad credentials/,
  ],
  [
    'the token is wrapped',
    against({ token: () => json({ data: { access_token: 'abc', token_type: 'Bearer' } }) }),
    'token_unreadable',
    /inside "data"/,
  ],
  [
    'the token has a name of its own',
    against({ token: () => json({ accessToken: 'abc', expiresIn: 300 }) }),
    'token_unreadable',
    /accessToken/,
  ],
  [
    'the token is a JWT, and nothing around it',
    against({
      token: () => ({
        status: 200,
        headers: { 'content-type': 'application/jwt' },
        body: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln',
      }),
    }),
    'token_unreadable',
    /JWT/,
  ],
  [
    'DPoP is required',
    against({
      token: () =>
        json(
          { error: 'invalid_request', error_description: 'A DPoP proof is required for this client' },
          400,
        ),
    }),
    'invalid_dpop_proof',
    /--dpop on/,
  ],
  [
    'the algorithm of the assertion is not taken',
    against(
      {
        token: () =>
          json(
            {
              error: 'invalid_client',
              error_description: 'Unsupported algorithm ES256, expected one of [RS256, PS256]',
            },
            401,
          ),
      },
      { profile: signing },
    ),
    'invalid_client',
    /ES256.*--key-algorithm/,
  ],
  [
    'Spanish: wrong credentials',
    against({
      token: () =>
        json(
          {
            error: 'Credenciales incorrectas',
            codigo: 'AUT-001',
            mensaje: 'Usuario o contraseña no válidos',
          },
          400,
        ),
    }),
    'invalid_client',
    /Credenciales|no válidos/,
  ],
  [
    'Tomcat has no such page',
    against({
      token: () => ({
        status: 404,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><html lang="en"><head><title>HTTP Status 404 – Not Found</title></head><body><h1>HTTP Status 404 – Not Found</h1><h3>Apache Tomcat/9.0.71</h3></body></html>',
      }),
    }),
    'token_unreadable',
    /not the (token )?endpoint.*--token-url|--token-url/,
  ],
]
