// Why a run ended: one line proves one finding, from what was recorded alone.
import { describe, expect, it, test } from 'vitest'
import { diagnose } from '../../../src/diagnosis/diagnose.ts'
import { evidenceLine } from '../../../src/run/evidence.ts'
import {
  arrivalOf,
  chainOf,
  exchangeOf,
  gatewayOrigin,
  granted,
  recordingOf,
  type RecordingParts,
  redirectUri,
  type SimpleExchange,
  stopped,
} from '../../support/recording.ts'

const explain = (parts: RecordingParts) => diagnose(recordingOf(parts))
const codes = (parts: RecordingParts) => explain(parts).map(({ code }) => code)
const textOf = (parts: RecordingParts) => {
  const [first] = explain(parts)
  return `${first?.title} | ${first?.cause} | ${first?.fix}`
}

const keyed = { authMethod: 'private_key_jwt', key: { algorithm: 'ES256', keyId: 'key-1' } } as const
const atToken = (answer: SimpleExchange, parts: RecordingParts = {}): RecordingParts => ({
  ...parts,
  exchanges: [exchangeOf('token', answer)],
  end: stopped.token,
})
const atApi = (answer: SimpleExchange, parts: RecordingParts = {}): RecordingParts => ({
  ...parts,
  exchanges: [granted(), exchangeOf('api', { startedMs: 2000, ...answer })],
  end: stopped.answer,
})
const atEnd = (last: SimpleExchange, urls = [`${gatewayOrigin}/authorize`]): RecordingParts => ({
  exchanges: chainOf(urls, last),
  end: stopped.redirect,
})
const fault = (faultstring: string, errorcode: string) => ({ fault: { faultstring, detail: { errorcode } } })
const problem = (title: string, detail: string) => ({ type: 'about:blank', title, detail })

describe('what an API gateway says comes first, and no code that it did not send', () => {
  it.each<[string, RecordingParts, code: string, words: RegExp]>([
    [
      'no product',
      atApi({ status: 401, body: fault('Invalid API call as no apiproduct match found', 'keymanagement.X') }),
      'not_subscribed',
      /no apiproduct match found.*Subscribe/,
    ],
    [
      'no plan',
      atApi({
        status: 401,
        body: {
          httpCode: '401',
          httpMessage: 'Unauthorized',
          moreInformation: 'Application is not registered for this plan.',
        },
      }),
      'not_subscribed',
      /not registered for this plan/,
    ],
    [
      'no credit at the API',
      atApi({ status: 402, body: problem('Low balance', 'Your account balance is low.') }),
      'account_balance',
      /Low balance.*Top up/,
    ],
    [
      'no credit at the token endpoint',
      atToken({ status: 402, body: problem('Low balance', 'Your account balance is low.') }),
      'account_balance',
      /Low balance/,
    ],
    [
      'a client of Apigee',
      atToken({ status: 401, body: fault('ClientId is Invalid', 'oauth.v2.InvalidClientIdentifier') }),
      'invalid_client',
      /oauth\.v2\.InvalidClientIdentifier.*"ClientId is Invalid"/,
    ],
    [
      'a JWT',
      atToken({ status: 401, body: problem('JWT Expired', 'The JWT provided has expired.') }),
      'invalid_client',
      /"JWT Expired: The JWT provided has expired\."/,
    ],
    [
      'an error inside',
      atToken({
        status: 400,
        body: { error: { code: 400, message: 'The code has expired', status: 'INVALID_ARGUMENT' } },
      }),
      'invalid_grant',
      /INVALID_ARGUMENT.*The code has expired/,
    ],
    [
      'CAMARA at the token endpoint',
      atToken({
        status: 400,
        body: { status: 400, code: 'INVALID_ARGUMENT', message: 'Missing grant_type' },
      }),
      'token_error',
      /Missing grant_type/,
    ],
    [
      'a 404 about the path at the token endpoint',
      atToken({ status: 404, body: { code: 'NOT_FOUND', message: 'There is nothing at this path.' } }),
      'token_error',
      /no token endpoint at that path.*Check the token URL/s,
    ],
    [
      'a status that HTTP does not define',
      atToken({ status: 999, body: {} }),
      'server_failing',
      /HTTP 999.*HTTP defines no such status/s,
    ],
    [
      'a 405 at the token endpoint',
      atToken({ status: 405, body: { error: 'method_not_allowed' } }),
      'token_error',
      /no token endpoint at that path.*Check the token URL/s,
    ],
    [
      'a 404 about the subscriber at the token endpoint',
      atToken({ status: 404, body: { code: 'NOT_FOUND', message: 'No such subscription' } }),
      'token_error',
      /The token endpoint at .* refused.*Fix what the server says/s,
    ],
    [
      'a challenge',
      atApi({
        status: 403,
        headers: {
          'www-authenticate': 'Bearer error="insufficient_scope", scope="number-verification:verify"',
        },
      }),
      'permission_denied',
      /It needs number-verification:verify/,
    ],
    [
      'an older name',
      atApi({
        status: 403,
        body: {
          code: 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_IP',
          message: 'Client must authenticate by its IP address',
        },
      }),
      'user_not_authenticated_by_mobile_network',
      /mobile data/,
    ],
    [
      'a line that is not served',
      atApi({
        status: 422,
        body: { code: 'SERVICE_NOT_APPLICABLE', message: 'Not available for the identifier.' },
      }),
      'line_not_served',
      /another number/,
    ],
    [
      'an unknown user, and no SIM',
      atToken({ status: 400, body: { error: 'unknown_user_id', error_description: 'No subscriber' } }),
      'unknown_user_id',
      /nv sent no login_hint.*ask the provider which operators/s,
    ],
    [
      'words about mobile data under the code of a scope',
      atApi({
        status: 403,
        body: { code: 'PERMISSION_DENIED', message: 'Device is connected over WiFi; use cellular data' },
      }),
      'line_not_identified',
      /mobile/,
    ],
    [
      'a secret that has expired',
      atToken({
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: 'AADSTS7000222: The provided client secret keys for app are expired.',
        },
      }),
      'invalid_client',
      /The client secret has expired.*Create a new/s,
    ],
    [
      'a secret that has expired, in Spanish',
      atToken({
        status: 401,
        body: { error: 'invalid_client', error_description: 'El secreto ha caducado' },
      }),
      'invalid_client',
      /The client secret has expired.*Create a new/s,
    ],
    [
      'a secret that is one or the other',
      atToken({
        status: 401,
        body: { error: 'invalid_client', error_description: 'Client secret is invalid or expired' },
      }),
      'invalid_client',
      /client_id or the client secret is wrong/,
    ],
    ...[
      'Parâmetro grant_type ausente',
      'Falta el parámetro grant_type',
      'Le paramètre grant_type est manquant',
      'Parameter grant_type fehlt',
      'Parametro grant_type mancante',
      'El parámetro grant_type es obligatorio',
    ].map((says): [string, RecordingParts, string, RegExp] => [
      `what was sent and is missed: ${says}`,
      atToken({ status: 400, body: { codigo: 400, mensaje: says } }),
      'token_error',
      /nv sent grant_type in the form/,
    ]),
    [
      'an error under 200',
      atToken({ status: 200, body: { error: 'invalid_grant', error_description: 'old' } }),
      'invalid_grant',
      /"old"/,
    ],
    [
      'a whitelist',
      atApi({ status: 403, body: { message: 'Number is not whitelisted' } }),
      'line_not_allowed',
      /whitelist/,
    ],
    [
      'an API key',
      atApi({ status: 401, body: { message: 'Invalid API key. Go to the docs.' } }),
      'api_key_refused',
      /Invalid API key/,
    ],
    [
      'a false beside an error',
      atApi({ status: 200, body: { devicePhoneNumberVerified: false, code: 'TIMEOUT', status: 504 } }),
      'api_error',
      /TIMEOUT/,
    ],
  ])('%s', (_, parts, code, words) => {
    expect(codes(parts)).toEqual([code])
    expect(textOf(parts)).toMatch(words)
    const { title, cause } = explain(parts)[0] ?? { title: '', cause: '' }
    const sent = JSON.stringify(parts.exchanges)
    for (const [named] of `${title} ${cause}`.matchAll(
      /\b(invalid_[a-z]+|UNAUTHENTICATED|PERMISSION_DENIED)\b/g,
    ))
      expect(sent).toContain(named)
  })
})

describe('the token endpoint', () => {
  it.each<[string, RecordingParts, code: string, words: RegExp]>([
    [
      'a page',
      atToken({ status: 200, body: '<html><title>Sign in</title><p>Welcome to the Wi-Fi' }),
      'token_unreadable',
      /titled "Sign in".*captive portal/,
    ],
    [
      'a token that no header carries',
      atToken({ status: 200, body: { access_token: '[redacted]' } }),
      'token_unreadable',
      /no header can carry/,
    ],
    [
      'a firewall',
      atToken({ status: 403, body: '<html>Request rejected. Your support ID is: 12345678' }),
      'firewall_page',
      /12345678/,
    ],
    [
      'the authorize URL',
      atToken(
        { status: 404, body: '<html>Not found' },
        { target: { tokenUrl: `${gatewayOrigin}/authorize` } },
      ),
      'endpoints_equal',
      /--token-url/,
    ],
    [
      'a redirect',
      atToken({ status: 307, headers: { location: '/other' } }),
      'token_redirected',
      /gateway\.example\/other/,
    ],
    [
      'an aud, whatever the error',
      atToken(
        {
          status: 400,
          body: { error: 'invalid_request', error_description: 'wrong aud in client_assertion' },
        },
        { target: keyed },
      ),
      'invalid_client',
      /--assertion-audience issuer/,
    ],
    [
      'a kid',
      atToken(
        { status: 401, body: { error: 'invalid_client', error_description: 'unknown kid' } },
        { target: keyed },
      ),
      'invalid_client',
      /the kid key-1.*--key-id/,
    ],
    [
      'a clock, though the error says something else',
      atToken(
        { status: 400, skewSeconds: -600, body: { error: 'invalid_request', error_description: 'bad JWT' } },
        { target: keyed },
      ),
      'clock_differs',
      /10 minutes/,
    ],
    [
      'a PKCE verifier',
      atToken({ status: 400, body: { error: 'invalid_grant', error_description: 'code_verifier mismatch' } }),
      'invalid_grant',
      /PKCE verifier does not match/,
    ],
    [
      'a redirect_uri',
      atToken({ status: 400, body: { error: 'invalid_grant', error_description: 'redirect_uri differs' } }),
      'invalid_grant',
      /redirect_uri of the token request/,
    ],
    [
      'access_denied, which is about the application there',
      atToken({ status: 403, body: { error: 'access_denied' } }),
      'access_denied',
      /about the application/,
    ],
  ])('%s', (_, parts, code, words) => {
    expect(codes(parts)).toEqual([code])
    expect(textOf(parts)).toMatch(words)
  })

  it('wants one DPoP nonce after the other', () => {
    const refusal = { status: 400, headers: { 'dpop-nonce': 'n' }, body: { error: 'use_dpop_nonce' } }
    const exchanges = [exchangeOf('token', refusal), exchangeOf('token', refusal)]
    expect(codes({ target: { usesDpop: true }, exchanges, end: stopped.token })).toEqual(['dpop_nonce_again'])
  })
})

describe('the API', () => {
  it.each<[string, RecordingParts, code: string, words: RegExp]>([
    [
      'a token that is new',
      atApi({ status: 401, body: { code: 'UNAUTHENTICATED', message: 'no' } }),
      'unauthenticated',
      /2 s old and nv had not used it before, and the same host issued it.*Try again with a new trip/s,
    ],
    [
      'a token that is new, of another host',
      atApi({
        status: 401,
        url: 'https://elsewhere.example/verify',
        body: { code: 'UNAUTHENTICATED', message: 'no' },
      }),
      'unauthenticated',
      /so another gateway likely issued it.*the same gateway and environment/s,
    ],
    [
      'a string in place of a boolean',
      atApi({ status: 200, body: { devicePhoneNumberVerified: 'true' } }),
      'api_unreadable',
      /returned no usable answer: devicePhoneNumberVerified is the string "true", not a JSON boolean \|/,
    ],
    [
      'a token without a number',
      atApi({ status: 403, body: { code: 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT', message: 'no' } }),
      'invalid_token_context',
      /likely the phone was not on mobile data/,
    ],
    [
      'a scope that was granted whole',
      {
        exchanges: [
          granted({ scope: 'number-verification:verify dpv:FraudPreventionAndDetection' }),
          exchangeOf('api', { status: 403, body: { code: 'PERMISSION_DENIED', message: 'no' } }),
        ],
        end: stopped.answer,
      },
      'permission_denied',
      /whole scope that nv asked for was granted/,
    ],
    [
      'a path with two versions',
      atApi({ status: 404, url: `${gatewayOrigin}/number-verification/v0/number-verification/v2/verify` }),
      'api_not_found',
      /number-verification twice/,
    ],
    [
      'another spelling',
      atApi({ status: 200, body: { device_phone_number_verified: true } }),
      'api_unreadable',
      /spelling differs/,
    ],
    [
      'a wrapper',
      atApi({ status: 200, body: { data: { devicePhoneNumberVerified: true } } }),
      'api_unreadable',
      /wrapped inside "data"/,
    ],
  ])('%s', (_, parts, code, words) => {
    expect(codes(parts)).toEqual([code])
    expect(textOf(parts)).toMatch(words)
  })
})

describe('the chain of redirects', () => {
  const back = (address: string) => ({
    status: 302,
    headers: { location: `${address}?code=[redacted]&state=[redacted]` },
  })
  it.each<[string, RecordingParts, code: string, words: RegExp]>([
    [
      'a slash',
      atEnd(back(`${redirectUri}/`)),
      'response_elsewhere',
      /slash was added or is missing.*did not send/,
    ],
    ['upper case', atEnd(back('https://app.example/Callback')), 'response_elsewhere', /differs in case/],
    ['another port', atEnd(back('https://app.example:8443/callback')), 'response_elsewhere', /port differs/],
    ['plain http', atEnd(back('http://app.example/callback')), 'response_elsewhere', /scheme differs/],
    ['localhost', atEnd(back('http://localhost:3000/cb')), 'response_elsewhere', /localhost:3000/],
    ['an app', atEnd({ status: 302, headers: { location: 'x-app:/cb' } }), 'redirect_elsewhere', /x-app:/],
    [
      'a host that the gateway named',
      atEnd({ failure: { code: 'ENOTFOUND' } }, [
        `${gatewayOrigin}/authorize`,
        'https://he.operator.example/x',
      ]),
      'host_not_found',
      /gateway\.example redirected there \(hop 2\).*--via direct/,
    ],
    ['a host that the user named', atEnd({ failure: { code: 'ENOTFOUND' } }), 'host_not_found', /typo/],
    [
      'an error on the way',
      atEnd({ status: 400, body: '<html>Oops' }, [
        `${gatewayOrigin}/authorize`,
        `${gatewayOrigin}/back?error=access_denied&error_description=Line+not+found`,
      ]),
      'access_denied',
      /"Line not found"/,
    ],
    [
      'a page for consent',
      atEnd({ status: 200, body: '<html><title>Consent</title><p>Do you consent to share your number?' }),
      'authorize_page',
      /asks the user for consent/,
    ],
    [
      'a form that posts',
      atEnd({
        status: 200,
        body: `<html><form method="post" action="${redirectUri}"><input type="hidden" name="code"></form>`,
      }),
      'authorize_page',
      /form_post/,
    ],
    [
      'a redirect_uri, in words',
      atEnd({
        status: 400,
        body: { error: 'invalid_request', error_description: 'redirect_uri is not registered' },
      }),
      'redirect_uri_refused',
      /Register exactly https:\/\/app\.example\/callback/,
    ],
    [
      'a parameter that got lost',
      atEnd(
        {
          status: 400,
          body: { error: 'invalid_request', error_description: 'redirect_uri is missing' },
        },
        [`${gatewayOrigin}/authorize?redirect_uri=https://app.example/callback`],
      ),
      'parameters_lost',
      /cut on the way/,
    ],
  ])('%s', (_, parts, code, words) => {
    expect(codes(parts)).toEqual([code])
    expect(textOf(parts)).toMatch(words)
  })

  it('an error on the way decides, and that its page could not be reached comes second', () => {
    const parts = atEnd({ failure: { code: 'ENOTFOUND' } }, [
      `${gatewayOrigin}/authorize`,
      'https://operator.example/error?error=access_denied&error_description=Line+not+found',
    ])
    expect(codes(parts)).toEqual(['access_denied', 'host_not_found'])
    expect(textOf(parts)).toMatch(/"Line not found"/)
  })

  it('the hint for the simulator is given only where the target is one', () => {
    const refused = { failure: { code: 'ECONNREFUSED' } }
    expect(textOf(atEnd(refused))).not.toContain('nv simulate')
    expect(
      textOf(
        atEnd({ ...refused, url: 'http://127.0.0.1:4701/authorize' }, ['http://127.0.0.1:4701/authorize']),
      ),
    ).toContain('nv simulate')
  })
})

describe('the callback that did not come', () => {
  const waiting: RecordingParts = {
    request: { via: 'qr', listeningOn: '127.0.0.1:8080' },
    end: stopped.callback,
  }
  it.each<[string, ReturnType<typeof arrivalOf>[], words: RegExp]>([
    ['nothing', [], /Nothing came back within 60 s/],
    [
      'a slash',
      [arrivalOf('wrong_path', { path: '/callback/' })],
      /with our state came for \/callback\/, but the redirect_uri has \/callback/,
    ],
    [
      'another host',
      [arrivalOf('wrong_host', { host: 'host.docker.internal:5910' })],
      /under Host host\.docker\.internal:5910/,
    ],
    ['a POST', [arrivalOf('wrong_method', { method: 'POST' })], /as a POST, as with response_mode form_post/],
    [
      'a HEAD',
      [arrivalOf('wrong_method', { method: 'HEAD' })],
      /^(?!.*registered).*came as HEAD, not as GET: likely a program looked at the link.*on the phone itself/s,
    ],
    [
      'a query that was encoded into the path',
      [arrivalOf('wrong_path', { path: '/callback%3F…' })],
      /its \? was percent-encoded \(%3F\)/,
    ],
    [
      'TLS',
      [arrivalOf('tls_on_plain_port', { kind: 'tls', state: 'missing', parameters: [] })],
      /A TLS handshake arrived, but nv.*came on the plain port/,
    ],
    [
      'no parameters',
      [arrivalOf('no_parameters', { state: 'missing', parameters: [] })],
      /without parameters.*#/,
    ],
    ['a preview', [arrivalOf('prefetch')], /preview/],
    [
      'a pasted authorize URL',
      [arrivalOf('authorize_url', { kind: 'address', state: 'missing' }, 'paste')],
      /the one that nv showed/,
    ],
    [
      'a pasted error page',
      [
        arrivalOf(
          'error_page',
          {
            host: 'operator.example',
            state: 'missing',
            error: 'invalid_redirect_uri',
            errorDescription: 'It is not registered',
          },
          'paste',
        ),
      ],
      /operator\.example shows an error: invalid_redirect_uri.*"It is not registered"/,
    ],
    [
      'the favicon, and then TLS',
      [
        arrivalOf('wrong_path', { path: '/favicon.ico', state: 'missing', parameters: [] }),
        arrivalOf('tls_on_plain_port', { kind: 'tls', state: 'missing', parameters: [] }),
      ],
      /TLS handshake/,
    ],
  ])('%s', (_, arrivals, words) => {
    expect(codes({ ...waiting, arrivals })[0]).toBe('callback_timeout')
    expect(textOf({ ...waiting, arrivals })).toMatch(words)
  })

  it.each([
    ['authorize_url', 'pasted_authorize_url'],
    ['error_page', 'pasted_error_page'],
    ['bare_code', 'pasted_code_alone'],
    ['not_an_address', 'pasted_text'],
  ] as const)('a pasted line that is %s is explained while nv still waits', (verdict, code) => {
    const arrivals = [arrivalOf(verdict, { state: 'missing' }, 'paste')]
    expect(explain({ ...waiting, end: null, arrivals })).toMatchObject([{ code, severity: 'warning' }])
  })

  it('the beginning of a wrapped address is not called the callback of an older attempt', () => {
    const half = arrivalOf('state_missing', { state: 'missing', parameters: ['code'] }, 'paste')
    const [note] = explain({ ...waiting, end: null, arrivals: [half] })
    expect(note).toMatchObject({
      code: 'foreign_callback',
      title: 'A pasted address has no state',
      cause: expect.stringContaining('cut'),
    })
  })

  it('an error without a state is shown while nv still waits, and stays', () => {
    const arrivals = [
      arrivalOf('state_missing', {
        state: 'missing',
        parameters: ['error'],
        error: 'access_denied',
        errorDescription: 'Line not found',
      }),
    ]
    const [note] = explain({ ...waiting, end: null, arrivals })
    expect(note).toMatchObject({ code: 'error_without_state', severity: 'warning' })
    expect(`${note?.title} ${note?.cause}`).toMatch(/access_denied.*"Line not found"/)
    expect(explain({ ...waiting, arrivals }).at(-1)).toEqual(note)
    expect(textOf({ ...waiting, arrivals })).toMatch(/access_denied.*without a state/)
  })
})

describe('the callback that came', () => {
  const arrived = (
    what: Parameters<typeof arrivalOf>[1],
    verdict: Parameters<typeof arrivalOf>[0] = 'taken',
    parts: RecordingParts = {},
  ) => ({
    ...parts,
    arrivals: [arrivalOf(verdict, what, 'direct')],
    end: stopped.code,
  })
  const issuer = { issuer: 'https://issuer.example' }
  it.each<[string, RecordingParts, code: string]>([
    ['an error', arrived({ error: 'access_denied', parameters: ['error', 'state'] }), 'access_denied'],
    ['an error of its own', arrived({ error: 'teapot' }), 'authorization_error'],
    ['a failing server', arrived({ error: 'server_error' }), 'server_failing'],
    ['a code twice', arrived({ parameters: ['code', 'code', 'state'] }), 'doubled_parameter'],
    ['no code', arrived({ parameters: ['state'] }), 'no_code'],
    [
      'another issuer',
      arrived({ issuer: 'https://evil.example' }, 'taken', { target: issuer }),
      'issuer_differs',
    ],
    ['no issuer', arrived({}, 'taken', { target: { ...issuer, isIssuerRequired: true } }), 'issuer_missing'],
    ['no state', arrived({ state: 'missing' }, 'state_missing'), 'state_missing'],
    [
      'an error without a state',
      arrived({ state: 'missing', error: 'access_denied' }, 'state_missing'),
      'error_without_state',
    ],
    [
      'a fragment',
      arrived({ state: 'missing', isInFragment: true }, 'state_missing'),
      'response_in_fragment',
    ],
    ['another state', arrived({ state: 'other' }, 'state_differs'), 'state_differs'],
    ['two states', arrived({ state: 'doubled' }, 'state_doubled'), 'state_doubled'],
  ])('%s', (_, parts, code) => {
    expect(
      explain(parts)
        .filter(({ severity }) => severity === 'error')
        .map((found) => found.code),
    ).toEqual([code])
  })

  it('a refused consent gets the advice for consent, not for Wi-Fi', () => {
    const text = textOf(arrived({ error: 'access_denied', errorDescription: 'The user denied consent' }))
    expect(text).toContain('consent')
    expect(text).not.toContain('Wi-Fi')
  })
})

describe('CIBA', () => {
  const request = { grants: ['ciba'], via: null } as const
  const form = { grant_type: 'urn:openid:params:grant-type:ciba' }
  const acknowledged = exchangeOf('backchannel', {
    status: 200,
    body: { auth_req_id: '[redacted]', expires_in: 11, interval: 5 },
  })
  const poll = (startedMs: number, answer: SimpleExchange) =>
    exchangeOf('token', { form, startedMs, ...answer })
  const pending = { status: 400, body: { error: 'authorization_pending' } }
  it.each<[string, ReturnType<typeof poll>[], code: string]>([
    ['its time is over', [poll(0, pending), poll(5000, pending), poll(10_000, pending)], 'expired_token'],
    ['our time is over', [poll(0, pending)], 'backchannel_timeout'],
    ['it says so', [poll(0, { status: 400, body: { error: 'expired_token' } })], 'expired_token'],
    ['the last poll failed', [poll(0, pending), poll(5000, { status: 503 })], 'server_failing'],
    [
      'the last poll was cut',
      [poll(0, pending), poll(10_000, { failure: { code: 'ECONNRESET' } })],
      'connection_lost',
    ],
  ])('%s', (_, polls, code) => {
    expect(codes({ request, exchanges: [acknowledged, ...polls], end: stopped.token })).toEqual([code])
  })
})

describe('notes', () => {
  test('a mismatch is explained, and says more where the number was hashed', () => {
    const end = { kind: 'answered', answer: 'mismatch' } as const
    const parts: RecordingParts = { exchanges: [granted(), exchangeOf('api', { status: 200 })], end }
    expect(explain(parts)).toMatchObject([{ code: 'mismatch_explained', severity: 'info' }])
    expect(textOf(parts)).not.toContain('hashed')
    expect(textOf({ ...parts, request: { isHashed: true } })).toContain('--hashed')
  })

  test('a correlator that came back as another one', () => {
    const exchange = granted({}, { correlator: { sent: 'a', returned: 'b' } })
    expect(explain({ exchanges: [exchange] })).toMatchObject([
      { code: 'correlator_differs', severity: 'info' },
    ])
  })

  test('a nonce that differs is an error only where it ended the run', () => {
    const observations = [
      { code: 'nonce_differs', step: 'token', exchange: 1, facts: { isMissing: false } },
    ] as const
    expect(codes({ observations, exchanges: [granted()] })).toEqual([])
    expect(codes({ observations, exchanges: [granted()], end: stopped.token })).toEqual(['nonce_differs'])
  })

  test('what was noted while the run went on stays as it was when more comes', () => {
    const exchanges = [
      exchangeOf('discovery', {
        status: 200,
        body: {
          issuer: 'https://other.example',
          jwks_uri: 'http://x.example/',
          token_endpoint: `${gatewayOrigin}/token`,
          authorization_endpoint: `${gatewayOrigin}/authorize`,
          scopes_supported: [],
        },
      }),
      granted({ expires_in: 3600, scope: 'other', token_type: undefined }),
      exchangeOf('keys', { status: 404 }),
      exchangeOf('api', { status: 403, body: { code: 'PERMISSION_DENIED' } }),
    ]
    const parts: RecordingParts = {
      request: { issuer: gatewayOrigin, isStateGiven: true },
      target: { issuer: gatewayOrigin },
    }
    let before: string[] = []
    for (let count = 0; count <= exchanges.length; count++) {
      const found = explain({ ...parts, exchanges: exchanges.slice(0, count) }).map((one) =>
        JSON.stringify(one),
      )
      for (const earlier of before) expect(found).toContain(earlier)
      before = found
    }
    expect(before.length).toBeGreaterThan(6)
    const all = explain({ ...parts, exchanges, end: stopped.answer }).map((one) => JSON.stringify(one))
    for (const earlier of before) expect(all).toContain(earlier)
  })
})

test('the time and the correlators of the request stand beside a finding', () => {
  const correlator = { sent: 'sent-1', returned: 'returned-2' }
  const recording = recordingOf(atApi({ status: 500, correlator }))
  const [finding] = diagnose(recording)
  if (!finding) throw new Error('There is no finding')
  expect(evidenceLine(recording, finding)).toBe(
    '2025-06-15T15:06:42.000Z\nx-correlator sent sent-1, returned returned-2',
  )
  expect(evidenceLine(recording, { evidence: [] })).toBeNull()
})
