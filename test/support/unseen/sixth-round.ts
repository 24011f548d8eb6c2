// A sixth round: what stands in front of an endpoint, damaged answers, half-right callbacks, and demands of a document.
import { gzipSync } from 'node:zlib'
import type { IncomingRequest, OutgoingResponse, RequestHandler } from '../../../src/context.ts'
import { headerOf } from '../../../src/wire/exchange.ts'
import { json, queryOf, redirect } from '../gateway.ts'
import { against, onCommandLine, otherProtocol, returned, type Unseen } from './failure.ts'
import { authorize, html, text, token, verify } from './fourth-round/answers.ts'

const granted = { access_token: 'abc', token_type: 'Bearer', expires_in: 300 }
const bytes = (body: Uint8Array, headers: Record<string, string> = {}, status = 200) =>
  against({
    token: () => ({ status, headers: { 'content-type': 'application/json', ...headers }, body }),
  })
/** Redirects to the redirect_uri with what is made of the state. */
const back =
  (make: (state: string) => string): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    return redirect(`${query.get('redirect_uri')}${make(query.get('state') ?? '')}`)
  }
const came = (make: (state: string) => string) => against({ authorize: back(make) })
const wanted = (scheme: string) => ({ 'www-authenticate': scheme })

/** Runs with an issuer whose document has this too, and endpoints that answer so. */
const demanding = (
  demands: Record<string, unknown>,
  handlers: { authorize?: RequestHandler; token?: () => OutgoingResponse } = {},
) =>
  onCommandLine(
    {
      '/.well-known/openid-configuration': (request) => {
        const origin = originOf(request)
        return json({
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          response_types_supported: ['code'],
          ...demands,
        })
      },
      ...handlers,
    },
    { env: ({ origin }) => ({ NV_ISSUER: origin, NV_AUTHORIZE_URL: '', NV_TOKEN_URL: '' }) },
  )
const document = (answer: (origin: string) => OutgoingResponse) =>
  onCommandLine(
    { '/.well-known/openid-configuration': (request) => answer(originOf(request)) },
    { env: ({ origin }) => ({ NV_ISSUER: origin, NV_AUTHORIZE_URL: '', NV_TOKEN_URL: '' }) },
  )
const refusedWithoutWords = { authorize: back((state) => `?error=invalid_request&state=${state}`) }

export const sixthRound: readonly Unseen[] = [
  // Authorize
  [
    'code_challenge is missing, although it was sent',
    returned('invalid_request', 'The request is missing a required parameter: code_challenge'),
    'parameters_lost',
    /^(?!.*--pkce off).*nv sent that parameter/,
  ],
  [
    'a parameter that nv does not send is missing',
    returned('invalid_request', 'acr_values is mandatory'),
    'authorization_error',
    /nv sent no acr_values.*--authorize-url/,
  ],
  [
    'only pushed requests, said by request_uri',
    returned('invalid_request', 'Only request_uri based requests are allowed for this client'),
    'par_required',
    /PAR/,
  ],
  [
    'unsigned requests are not permitted',
    returned('invalid_request', 'Unsigned authorization requests are not permitted'),
    'request_object_wanted',
    /--request-object on/,
  ],
  [
    'the document demands PAR, and the refusal has no words',
    demanding({ require_pushed_authorization_requests: true }, refusedWithoutWords),
    'par_required',
    /PAR/,
  ],
  [
    'the document demands a signed request, and the refusal has no words',
    demanding({ require_signed_request_object: true }, refusedWithoutWords),
    'request_object_wanted',
    /--request-object on/,
  ],
  [
    'IIS does not trust the client certificate',
    authorize(
      html(403, '403 - Forbidden', '<p>Your client certificate is either not trusted or is invalid.</p>'),
    ),
    'certificate_wanted',
    /client certificate/,
  ],
  [
    'Kerberos stands in front of the endpoint',
    authorize(text(401, '', wanted('Negotiate'))),
    'authorize_refused',
    /a login of its own \(Negotiate\)/,
  ],
  [
    'a password stands in front of the staging host',
    authorize(html(401, '401 Authorization Required', '<h1>401</h1>', wanted('Basic realm="Staging"'))),
    'authorize_refused',
    /\(Basic, realm "Staging"\)/,
  ],
  [
    'Auth0: an audience that does not exist is no line',
    returned('access_denied', 'Service not found: https://api.op.example/'),
    'access_denied',
    /Service not found/,
  ],
  [
    "a code of the operator's own beside the error",
    came((state) => `?error=access_denied&error_code=HE-1004&error_reason=no_he&state=${state}`),
    'access_denied',
    /"HE-1004: no_he"/,
  ],
  [
    'a reason, and nothing of OAuth',
    came((state) => `?status=FAILED&reason=IP_NOT_MOBILE&state=${state}`),
    'authorization_error',
    /IP_NOT_MOBILE/,
  ],
  [
    'a form goes on to another server by script',
    authorize(
      html(
        200,
        'Working...',
        '<form method="POST" action="https://op.example/acs"><input type="hidden" name="SAMLRequest" value="x"><input type="hidden" name="state" value="y"></form><script>document.forms[0].submit()</script>',
      ),
    ),
    'authorize_page',
    /^(?!.*form_post).*posts a form on to https:\/\/op\.example\/acs/,
  ],
  [
    'a Refresh header, and an empty body',
    authorize({ status: 200, headers: { refresh: '0; url=https://op.example/next?x=1' }, body: '' }),
    'authorize_page',
    /Refresh header sends a browser to https:\/\/op\.example\/next,/,
  ],
  [
    'a redirect to no address',
    authorize(redirectTo('http://[gw')),
    'redirect_elsewhere',
    /not a valid address/,
  ],
  ['the query is too long for IIS', authorize(text(414, '')), 'authorize_refused', /longer than this server/],
  [
    'two sentences, and the second one tells',
    authorize(text(400, 'The requested resource has been moved. Please use v2 of this API.')),
    'authorize_refused',
    /Please use v2.*If its words do not say why/,
  ],
  [
    'Azure Front Door: nothing answers behind it',
    authorize(
      html(
        404,
        'Page not found',
        '<h2>Our services are not available right now</h2><p>We are working to restore all services.</p>',
      ),
    ),
    'authorize_refused',
    /maintenance|services are not available/,
  ],
  [
    'Spanish: the service is not contracted',
    authorize(html(200, 'Error', '<p>Servicio no contratado</p>')),
    'not_subscribed',
    /no contratado/,
  ],
  [
    'XML with a description under 200',
    authorize(
      text(
        200,
        '<?xml version="1.0"?><r><code>4031</code><description>Operator lookup failed</description></r>',
      ),
    ),
    'line_not_identified',
    /"Operator lookup failed"/,
  ],
  // Callback
  ['an & of HTML', came((state) => `?code=x&amp;state=${state}`), 'state_missing', /amp;state.*HTML/],
  ['another spelling of state', came((state) => `?code=x&State=${state}`), 'state_missing', /It has State/],
  [
    'the whole query is percent-encoded',
    came((state) => `?${encodeURIComponent(`code=x&state=${state}`)}`),
    'state_missing',
    /percent-encoded as a whole/,
  ],
  ['an answer of SAML', came(() => '?SAMLResponse=abc&RelayState=x'), 'state_missing', /RelayState/],
  ['a ticket of CAS', came(() => '?ticket=ST-1-abc'), 'state_missing', /It has ticket/],
  ['nothing but the redirect_uri', came(() => ''), 'state_missing', /no parameters at all/],
  // What comes damaged
  [
    'gzip twice, said once',
    bytes(gzipSync(gzipSync(JSON.stringify(granted))), { 'content-encoding': 'gzip' }),
    'token_unreadable',
    /compressed with gzip/,
  ],
  [
    'gzip that is not said',
    bytes(gzipSync(JSON.stringify(granted))),
    'token_unreadable',
    /compressed with gzip/,
  ],
  [
    'UTF-16',
    bytes(Buffer.from(`\uFEFF${JSON.stringify(granted)}`, 'utf16le')),
    'token_unreadable',
    /UTF-16, not UTF-8/,
  ],
  ['zstd', bytes(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0, 0x41, 0, 1])), 'token_unreadable', /zstd/],
  [
    'words in Latin-1',
    bytes(
      Buffer.from('{"error":"invalid_client","error_description":"Contrase\u00F1a inv\u00E1lida"}', 'latin1'),
      { 'content-type': 'application/json; charset=iso-8859-1' },
      401,
    ),
    'invalid_client',
    /Contrase\u00F1a inv\u00E1lida/,
  ],
  [
    'JSON that breaks off',
    verify(text(200, '{"devicePhoneNumberVerified":tr')),
    'api_unreadable',
    /breaks off/,
  ],
  [
    'nginx wants https on that port',
    token(html(400, '400 The plain HTTP request was sent to HTTPS port', '<h1>400 Bad Request</h1>')),
    'https_wanted',
    /https:\/\//,
  ],
  [
    'a server of Go wants https on that port',
    token(text(400, 'Client sent an HTTP request to an HTTPS server.')),
    'https_wanted',
    /NV_TOKEN_URL|--token-url/,
  ],
  [
    'an alert of TLS in plain text',
    otherProtocol(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x46)),
    'network_error',
    /one for https/,
  ],
  [
    'another protocol is switched to',
    otherProtocol('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
    'network_error',
    /switched to another protocol/,
  ],
  // Discovery
  [
    'a redirect to itself',
    document((origin) => redirect(`${origin}/.well-known/openid-configuration`)),
    'discovery_failed',
    /in a circle/,
  ],
  ['a set of keys', document(() => json({ keys: [] })), 'discovery_failed', /set of keys/],
  [
    'a password in front of it',
    document(() => text(401, '', wanted('Basic realm="internal"'))),
    'discovery_failed',
    /realm "internal"/,
  ],
  [
    'a placeholder in an endpoint',
    document((origin) =>
      json({
        issuer: origin,
        authorization_endpoint: `${origin}/{tenant}/authorize`,
        token_endpoint: `${origin}/token`,
      }),
    ),
    'discovery_endpoint',
    /placeholder/,
  ],
  [
    'a client certificate is the only client authentication',
    demanding(
      { token_endpoint_auth_methods_supported: ['tls_client_auth'] },
      { token: () => json({ error: 'invalid_client' }, 401) },
    ),
    'invalid_client',
    /mutual TLS\), which nv does not support/,
  ],
  // Settings
  [
    'the scope in quotes of its own',
    onCommandLine(
      { authorize: back((state) => `?error=invalid_scope&state=${state}`) },
      { args: ['--scope', '"dpv:FraudPreventionAndDetection number-verification:verify"'] },
    ),
    'invalid_scope',
    /quotation marks/,
  ],
  [
    'a scheme twice',
    onCommandLine({}, { env: () => ({ NV_TOKEN_URL: 'https://https://op.example/token' }) }),
    'invalid_setting',
    /scheme twice/,
  ],
  [
    'a variable that nothing was put in place of',
    onCommandLine({}, { env: () => ({ NV_CLIENT_ID: '${CLIENT_ID}' }) }),
    'invalid_setting',
    /placeholder/,
  ],
  // API
  [
    'a password in front of the API',
    verify(text(401, '', wanted('Basic realm="partner"'))),
    'unauthenticated',
    /realm "partner"/,
  ],
]

function originOf(request: IncomingRequest) {
  return `http://${headerOf(request, 'host')}`
}

function redirectTo(location: string) {
  return { status: 302, headers: { location }, body: '' }
}
