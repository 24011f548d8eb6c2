// A seventh round: what is the line's and not the account's, other alphabets, and callbacks that are nearly right.
import type { RequestHandler } from '../../../src/context.ts'
import { json, queryOf, redirect } from '../gateway.ts'
import { against, onCommandLine, returned, type Unseen, waiting } from './failure.ts'
import { authorize, html, text, token, verify } from './fourth-round/answers.ts'

const bytes = (parts: ReadonlyArray<string | readonly number[]>, type: string) =>
  against({
    authorize: () => ({
      status: 200,
      headers: { 'content-type': type },
      body: Buffer.concat(
        parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
      ),
    }),
  })
const post = (type: string, body: string) =>
  waiting(({ redirectUri }) =>
    fetch(redirectUri, { method: 'POST', headers: { 'content-type': type }, body }),
  )
const come = (make: (state: string) => string) =>
  waiting(({ redirectUri, state }) => fetch(`${redirectUri}${make(state)}`))
const back =
  (make: (state: string) => string): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    return redirect(`${query.get('redirect_uri')}${make(query.get('state') ?? '')}`)
  }

export const seventhRound: readonly Unseen[] = [
  [
    'the SIM is suspended',
    returned('access_denied', 'SIM card is suspended'),
    'line_refused',
    /about the line/,
  ],
  [
    'the line has no balance',
    returned('access_denied', 'The line has insufficient balance'),
    'line_refused',
    /about the line/,
  ],
  [
    'the user disabled it',
    returned('access_denied', 'User has disabled data sharing'),
    'line_refused',
    /the line or its user/,
  ],
  [
    'German: the SIM is blocked',
    returned('access_denied', 'Die SIM-Karte ist gesperrt'),
    'line_refused',
    /gesperrt/,
  ],
  [
    'Spanish: the line is suspended',
    returned('access_denied', 'La línea está suspendida por impago'),
    'line_refused',
    /suspendida/,
  ],
  [
    'the account that has lines is suspended',
    returned('access_denied', 'The account of this line is suspended'),
    'account_suspended',
    /account/,
  ],
  [
    'a thumbprint of a client certificate',
    verify(json({ code: 'FORBIDDEN', message: 'Client certificate thumbprint does not match' }, 403)),
    'certificate_wanted',
    /thumbprint/,
  ],
  [
    'Cloudflare checks the browser, in a few words',
    authorize(
      html(503, 'Just a moment...', '<noscript>Enable JavaScript</noscript>', { 'cf-ray': '8abc-MAD' }),
    ),
    'firewall_page',
    /8abc-MAD/,
  ],
  [
    'a captcha',
    authorize(html(200, 'One more step', '<p>Please verify you are human</p>')),
    'firewall_page',
    /human/,
  ],
  [
    'a firewall names its reference in JSON',
    authorize(json({ title: 'Access Denied', reference: '18.6f2d1002.1700.abc' }, 403)),
    'authorize_refused',
    /18\.6f2d1002/,
  ],
  [
    'the headers are too long for a later hop',
    against({
      authorize: () => redirect('/op'),
      '/op': () => html(400, 'Bad Request', '<p>The size of the request headers is too long.</p>'),
    }),
    'authorize_refused',
    /longer than this server/,
  ],
  [
    'Turkish: use mobile data',
    authorize(html(200, 'Doğrulama', '<p>Lütfen mobil veri kullanın.</p>')),
    'authorize_page',
    /asks for mobile data/,
  ],
  [
    'Korean: a link to the app',
    authorize(html(200, 'PASS', '<p>앱에서 인증해 주세요</p><a href="ktauth://verify?x=1">열기</a>')),
    'authorize_page',
    /open an app to ktauth:/,
  ],
  [
    'Latin-1, said in the page alone',
    bytes(
      [
        '<html><head><meta charset="iso-8859-1"><title>Identificaci\u00F3n</title></head><body>x</body></html>',
      ],
      'text/html',
    ),
    'authorize_page',
    /Identificación/,
  ],
  [
    'Russian in windows-1251',
    bytes(
      ['<html><title>', [0xce, 0xf8, 0xe8, 0xe1, 0xea, 0xe0], '</title></html>'],
      'text/html; charset=windows-1251',
    ),
    'authorize_page',
    /Ошибка/,
  ],
  [
    'an error under another state',
    against({ authorize: back(() => '?error=invalid_scope&error_description=Bad+scope&state=other') }),
    'state_differs',
    /Bad scope.*invalid_scope may be of another attempt/,
  ],
  [
    'JSON that another text follows',
    verify(text(200, '{"devicePhoneNumberVerified":true} // ok')),
    'api_unreadable',
    /text that is not JSON/,
  ],
  ['an & of HTML at the listener', come((state) => `?code=x&amp;state=${state}`), 'callback_timeout', /HTML/],
  [
    'another spelling of state at the listener',
    come((state) => `?code=x&State=${state}`),
    'callback_timeout',
    /It has State/,
  ],
  [
    'a signed response at the listener',
    come(() => '?response=eyJhbGciOiJub25lIn0.e30.'),
    'callback_timeout',
    /JARM/,
  ],
  [
    'a form of SAML',
    post('application/x-www-form-urlencoded', 'SAMLResponse=abc&RelayState=x'),
    'callback_timeout',
    /It came as a POST.*SAMLResponse/,
  ],
  [
    'a POST of JSON',
    post('application/json', '{"code":"x","state":"y"}'),
    'callback_timeout',
    /It came as a POST/,
  ],
  [
    'Tomcat repeats the whole address',
    authorize(
      html(
        400,
        'HTTP Status 400 – Bad Request',
        '<p>Invalid character found in the request target [/authorize?scope=a&redirect_uri=b]. The valid characters are defined in RFC 7230</p>',
      ),
    ),
    'authorize_refused',
    /Invalid character found/,
  ],
  [
    'a check of visitors without text',
    authorize(html(200, '', '<script src="/_Incapsula_Resource?SWJIYLWA=5074"></script>')),
    'firewall_page',
    /firewall/,
  ],
  [
    'a check of visitors in JSON',
    authorize(json({ url: 'https://geo.captcha-delivery.com/captcha/?initialCid=x' }, 403)),
    'firewall_page',
    /a check for a human visitor/,
  ],
  [
    'press and hold',
    authorize(
      html(403, 'Access to this page has been denied', '<p>Press and hold to confirm you are a human</p>'),
    ),
    'firewall_page',
    /human/,
  ],
  [
    'French: the Wi-Fi of a station',
    authorize(html(200, 'Wi-Fi gratuit', '<p>Bienvenue sur le Wi-Fi de la gare. Connectez-vous.</p>')),
    'authorize_page',
    /login page/,
  ],
  [
    "an operator's page that speaks of Wi-Fi",
    authorize(
      html(200, 'Verify', '<p>You are connected over Wi-Fi. Please connect to mobile data to continue.</p>'),
    ),
    'authorize_page',
    /asks for mobile data/,
  ],
  [
    "an operator's page that asks for the number",
    authorize(
      html(
        200,
        'Mobile Connect',
        '<p>Sign in. Wi-Fi users: enter your mobile number.</p><input type="tel" name="msisdn">',
      ),
    ),
    'authorize_page',
    /asks for the phone number/,
  ],
  [
    'a consent page that knows the number',
    authorize(
      html(200, 'Acme', '<p>Do you consent?</p><form><input type="hidden" name="msisdn" value="1"></form>'),
    ),
    'authorize_page',
    /user for consent/,
  ],
  [
    'Polish: the code of an SMS',
    authorize(html(200, 'Weryfikacja', '<p>Wpisz kod z SMS</p>')),
    'authorize_page',
    /one-time password/,
  ],
  [
    'Kerberos in front of the token endpoint',
    token(text(401, '', { 'www-authenticate': 'Negotiate' })),
    'invalid_client',
    /a login of its own \(Negotiate\)/,
  ],
  [
    'an error in a list says what it says',
    authorize(
      json(
        {
          errors: [
            { id: 'e1', status: '422', code: 'LOGIN_HINT_FORMAT', detail: 'login_hint must start with tel:' },
          ],
        },
        422,
      ),
    ),
    'login_hint_refused',
    /"login_hint must start with tel:".*--login-hint tel or bare/,
  ],
  [
    'a realm that does not exist',
    onCommandLine(
      { '/.well-known/openid-configuration': () => json({ error: 'Realm does not exist' }, 404) },
      { env: ({ origin }) => ({ NV_ISSUER: origin, NV_AUTHORIZE_URL: '', NV_TOKEN_URL: '' }) },
    ),
    'discovery_failed',
    /Realm does not exist/,
  ],
  [
    'an address that is not on the list, on a page',
    authorize(html(403, 'Error', '<p>Your IP 203.0.113.4 is not whitelisted for this resource.</p>')),
    'address_not_allowed',
    /203\.0\.113\.4/,
  ],
]
