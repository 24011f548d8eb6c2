// Fourth round: what is typed, this machine, the network, the discovery document, and the token of a SIM.
import { generateKeyPairSync } from 'node:crypto'
import { json, type Handlers } from '../../gateway.ts'
import { against, onCommandLine, otherProtocol, type Typed, type Unseen } from '../failure.ts'
import { html, text } from './answers.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const ciba = { operatorToken: { value: 'canary-operator-token', grants: ['ciba'] as const } }
const bearer = {
  operatorToken: { value: 'canary-operator-token', grants: ['jwt-bearer'] as const },
  profile: { key },
}
const backchannel = (status: number, error: string, error_description: string) =>
  against({ backchannel: () => json({ error, error_description }, status) }, ciba)
const assertion = (status: number, error: string, error_description: string) =>
  against({ token: () => json({ error, error_description }, status) }, bearer)

/** Runs with an issuer whose document is answered so. */
function discovered(document: (origin: string) => ReturnType<typeof json>, more: Handlers = {}) {
  const typed: Typed = {
    env: ({ origin }) => ({ NV_ISSUER: origin, NV_AUTHORIZE_URL: '', NV_TOKEN_URL: '' }),
  }
  return onCommandLine(
    {
      '/.well-known/openid-configuration': (request) =>
        document(`http://${request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1]}`),
      ...more,
    },
    typed,
  )
}

export const settings4: readonly Unseen[] = [
  // What is typed
  [
    'the number has no plus',
    onCommandLine(
      {},
      { args: ['--client-id', 'a b'], env: () => ({ NV_TOKEN_URL: 'gateway.example/token' }) },
    ),
    'invalid_setting',
    /NV_TOKEN_URL/,
  ],
  [
    'the API URL is the document of the API',
    onCommandLine(
      {
        '/docs/number-verification/v2/verify': () =>
          html(
            200,
            'Number Verification | Developer portal',
            '<h1>Number Verification</h1><p>Getting started</p>',
          ),
      },
      { env: ({ origin }) => ({ NV_API_URL: `${origin}/docs` }) },
    ),
    'api_unreadable',
    /Developer portal.*NV_API_URL/,
  ],
  [
    'the key is the public half',
    onCommandLine(
      {},
      {
        args: ['--auth-method', 'private_key_jwt', '--key', '/nowhere/key.pem'],
        context: {
          files: { '/nowhere/key.pem': publicKey.export({ type: 'spki', format: 'pem' }) },
        },
      },
    ),
    'key_unusable',
    /public/,
  ],
  [
    'the proxy is a socks proxy',
    onCommandLine({}, { args: ['--proxy', 'socks5://127.0.0.1:1080'] }),
    'invalid_setting',
    /socks|SOCKS/,
  ],
  // What listens there
  [
    'SSH listens at the token URL',
    otherProtocol('SSH-2.0-OpenSSH_9.2\r\n'),
    'network_error',
    /not valid HTTP/,
  ],
  [
    'mail listens at the token URL',
    otherProtocol('220 mail.example ESMTP\r\n'),
    'network_error',
    /not valid HTTP/,
  ],
  ['a server hangs up without a word', otherProtocol(''), 'connection_lost', /closed the connection/],
  [
    'a body that is not compressed as it says',
    against({ token: () => ({ status: 200, headers: { 'content-encoding': 'br' }, body: '{"a":1}' }) }),
    'body_damaged',
    /decompressed/,
  ],
  [
    'a portal of a train answers the token request with a redirect',
    against({
      token: () => ({ status: 302, headers: { location: 'http://portal.wlan-train.invalid/guest/' } }),
    }),
    'captive_portal',
    /Sign in/,
  ],
  // The document
  [
    'the document is the page of the product',
    discovered(() => html(200, 'Keycloak Administration', '<p>Loading the admin console</p>')),
    'discovery_failed',
    /Keycloak Administration/,
  ],
  [
    'the document is behind AWS',
    discovered(() => json({ message: 'Missing Authentication Token' }, 403)),
    'discovery_failed',
    /Missing Authentication Token/,
  ],
  ['the document is a list', discovered(() => json([{ issuer: 'x' }])), 'discovery_failed', /array/],
  [
    'the document is wrapped',
    discovered((origin) =>
      json({
        data: { issuer: origin, authorization_endpoint: `${origin}/a`, token_endpoint: `${origin}/t` },
      }),
    ),
    'discovery_failed',
    /inside "data"/,
  ],
  [
    'the document has relative addresses',
    discovered((origin) =>
      json({ issuer: origin, authorization_endpoint: '/authorize', token_endpoint: '/token' }),
    ),
    'discovery_endpoint',
    /authorization_endpoint is \/authorize/,
  ],
  [
    'the document has empty addresses',
    discovered((origin) => json({ issuer: origin, authorization_endpoint: '', token_endpoint: '' })),
    'discovery_endpoint',
    /authorization_endpoint is (empty|missing)/,
  ],
  [
    'the document names plain http on another host',
    discovered((origin) =>
      json({
        issuer: origin,
        authorization_endpoint: 'http://gw.example/authorize',
        token_endpoint: 'http://gw.example/token',
      }),
    ),
    'discovery_endpoint',
    /https/,
  ],
  [
    'the document is broken in the middle',
    discovered(() => text(200, '{"issuer":"x","authorization_endpoint":"https://gw.example/a",')),
    'discovery_failed',
    /JSON that breaks off/,
  ],
  [
    'the document says in JSON under 200 that there is none',
    discovered(() => json({ error: 'not_found', message: 'Tenant does not exist' })),
    'discovery_failed',
    /Tenant does not exist/,
  ],
  [
    'the document is in maintenance',
    discovered(() => html(503, 'Maintenance', '<p>Scheduled maintenance</p>')),
    'server_failing',
    /maintenance/i,
  ],
  // The token of a SIM
  [
    'no subscriber for the operator token',
    backchannel(400, 'unknown_user_id', 'No subscriber found for the given operator token'),
    'unknown_user_id',
    /No subscriber found/,
  ],
  [
    'a user code is wanted',
    backchannel(400, 'missing_user_code', 'user_code is required'),
    'missing_user_code',
    /user_code/,
  ],
  [
    'the acknowledgement is wrapped',
    against({ backchannel: () => json({ data: { auth_req_id: 'x', expires_in: 120 } }) }, ciba),
    'backchannel_unreadable',
    /inside "data"/,
  ],
  [
    'the backchannel wants a signed request',
    backchannel(400, 'invalid_request', 'Signed authentication request is required'),
    'backchannel_error',
    /Signed authentication request/,
  ],
  [
    'the token is of another operator',
    backchannel(400, 'access_denied', 'TS.43 token belongs to another operator'),
    'invalid_ts43_token',
    /another operator/,
  ],
  [
    'the client may not use CIBA',
    backchannel(401, 'unauthorized_client', 'Client is not allowed CIBA'),
    'unauthorized_client',
    /CIBA/,
  ],
  [
    'the audience of the assertion',
    assertion(400, 'invalid_grant', 'Invalid audience in assertion'),
    'invalid_grant',
    /^(?!.*SIM token is unknown).*aud/,
  ],
  [
    'the signature of the assertion',
    assertion(400, 'invalid_grant', 'JWT signature does not match the registered key'),
    'invalid_grant',
    /^(?!.*SIM token is unknown).*key/,
  ],
  [
    'the grant is not offered',
    assertion(400, 'unsupported_grant_type', 'Unsupported grant_type'),
    'unsupported_grant_type',
    /JWT bearer/,
  ],
  [
    'the assertion lives too long there',
    assertion(400, 'invalid_grant', 'Assertion lifetime exceeds the allowed maximum'),
    'invalid_grant',
    /^(?!.*SIM token is unknown).*lifetime/,
  ],
  [
    'the SIM was swapped not long ago',
    backchannel(403, 'access_denied', 'SIM was swapped less than 24 hours ago'),
    'access_denied',
    /swapped/,
  ],
]
