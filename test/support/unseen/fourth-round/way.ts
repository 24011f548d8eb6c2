// Fourth round: the authorization endpoint, the hops, the callback, the phone and what is pasted.
import type { RequestHandler } from '../../../../src/context.ts'
import { json, queryOf, redirect, type WaitingFlow } from '../../gateway.ts'
import { against, pastingTerminal, returned, type Unseen, waiting } from '../failure.ts'
import { authorize, html, text } from './answers.ts'

/** Sends the phone to the redirect_uri with these parameters, and our state unless they have one. */
const back =
  (parameters: Record<string, string>, hasState = true): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    const target = new URL(query.get('redirect_uri') ?? '')
    const state = hasState ? { state: query.get('state') ?? '' } : {}
    target.search = String(new URLSearchParams({ ...state, ...parameters }))
    return redirect(target.href)
  }

/** Sends the phone from the authorization endpoint to a page of the operator. */
const operatorShows = (title: string, body: string, status = 200) =>
  against({
    authorize: () => redirect('/operator/identify'),
    '/operator/identify': () => html(status, title, body),
  })

function pasting(lineOf: (flow: WaitingFlow) => string) {
  return () => {
    const terminal = pastingTerminal()
    return waiting(async (flow) => {
      terminal.give(lineOf(flow))
      await terminal.refused
    }, terminal.options)()
  }
}

export const way4: readonly Unseen[] = [
  [
    'the operator sends to the Play Store',
    against({ authorize: () => redirect('https://play.google.com/store/apps/details?id=com.mno.connect') }),
    'redirect_elsewhere',
    /Google Play/,
  ],
  [
    'the operator sends to the App Store',
    against({ authorize: () => redirect('https://apps.apple.com/es/app/mno/id123456789') }),
    'redirect_elsewhere',
    /App Store/,
  ],
  [
    'the operator opens the Play Store itself',
    against({ authorize: () => redirect('market://details?id=com.mno.connect') }),
    'redirect_elsewhere',
    /Google Play/,
  ],
  [
    'the operator opens the App Store itself',
    against({ authorize: () => redirect('itms-apps://itunes.apple.com/app/id123456789') }),
    'redirect_elsewhere',
    /App Store/,
  ],
  [
    'an intent names the app that it wants',
    against({
      authorize: () => redirect('intent://auth/#Intent;scheme=https;package=com.mno.connect;end'),
    }),
    'redirect_elsewhere',
    /com\.mno\.connect/,
  ],
  [
    'a scheme of the operator',
    against({ authorize: () => redirect('mnoapp://identify?session=1') }),
    'redirect_elsewhere',
    /mnoapp:.*app/,
  ],
  [
    'a page leads to the store',
    operatorShows(
      'Mi Operador',
      '<p>Descarga la app para continuar</p><a href="https://play.google.com/store/apps/details?id=com.mno">Google Play</a>',
    ),
    'authorize_page',
    /app/,
  ],
  [
    'Apigee: the redirection uri',
    authorize(
      json(
        {
          fault: {
            faultstring: 'Invalid redirection uri https://app.example/callback',
            detail: { errorcode: 'oauth.v2.InvalidRedirectionUri' },
          },
        },
        400,
      ),
    ),
    'redirect_uri_refused',
    /Invalid redirection uri/,
  ],
  [
    'Apigee: the client identifier',
    authorize(
      json(
        {
          fault: {
            faultstring: 'Invalid client identifier test-client',
            detail: { errorcode: 'oauth.v2.InvalidClientIdentifier' },
          },
        },
        401,
      ),
    ),
    'client_unknown',
    /nv sent test-client/,
  ],
  [
    'Auth0: an unknown client, in JSON',
    authorize(json({ error: 'invalid_request', error_description: 'Unknown client: test-client' }, 400)),
    'client_unknown',
    /Unknown client/,
  ],
  [
    'Entra: the redirect URI on a login page',
    authorize(
      html(
        200,
        'Sign in to your account',
        "<div>AADSTS50011: The redirect URI 'https://app.example/callback' specified in the request does not match the redirect URIs configured for the application.</div>",
      ),
    ),
    'redirect_uri_refused',
    /AADSTS50011/,
  ],
  [
    'Entra: nobody has consented',
    returned(
      'consent_required',
      'AADSTS65001: The user or administrator has not consented to use the application with ID test-client.',
    ),
    'consent_required',
    /AADSTS65001/,
  ],
  ['a scope is refused in plain text', authorize(text(400, 'invalid_scope')), 'invalid_scope', /--scope/],
  [
    'Okta: a challenge is required',
    against(
      {
        authorize: back({
          error: 'invalid_request',
          error_description:
            'PKCE code challenge is required when the token endpoint authentication method is NONE.',
        }),
      },
      { profile: { usesPkce: false } },
    ),
    'pkce_refused',
    /--pkce on/,
  ],
  [
    'the sentence of the standard about access_denied',
    returned('access_denied', 'The resource owner or authorization server denied the request.'),
    'access_denied',
    /^(?!.*user did not consent).*direct this machine plays the phone/,
  ],
  [
    'server_error, and the words are about the connection',
    returned('server_error', 'Identification via IP address not possible, use mobile data'),
    'line_not_identified',
    /use mobile data/,
  ],
  [
    'unauthorized_client, and the words are about the scope',
    returned('unauthorized_client', 'Client is not allowed to use scope dpv:FraudPreventionAndDetection'),
    'invalid_scope',
    /^(?!.*not enabled for the authorization code flow)/,
  ],
  [
    'the number of the hint is malformed',
    returned('invalid_request', 'The phone number in login_hint is malformed'),
    'login_hint_refused',
    /malformed/,
  ],
  [
    'an error with names of its own',
    against({ authorize: back({ error_code: '4001', error_message: 'Line not identified by the network' }) }),
    'line_not_identified',
    /Line not identified/,
  ],
  [
    'a code under a name of its own',
    against({ authorize: back({ authorization_code: 'abc' }) }),
    'no_code',
    /authorization_code/,
  ],
  [
    'the response is signed (JARM)',
    against({ authorize: back({ response: 'eyJhbGciOiJFUzI1NiJ9.eyJjb2RlIjoieCJ9.c2ln' }, false) }),
    'no_code',
    /response/,
  ],
  [
    'the state came back encoded twice',
    against({ authorize: back({ code: 'abc', state: 'a%2520b' }) }),
    'state_differs',
    /state/,
  ],
  [
    'no header was inserted',
    operatorShows('Error', '<h1>Error</h1><p>MSISDN header not found (HE failed)</p>', 400),
    'line_not_identified',
    /MSISDN header not found/,
  ],
  [
    'French: turn off Wi-Fi',
    operatorShows('Opérateur', '<p>Veuillez désactiver le Wi-Fi et réessayer.</p>'),
    'authorize_page',
    /mobile data/,
  ],
  [
    'Italian: turn off Wi-Fi',
    operatorShows('Operatore', '<p>Disattiva il Wi-Fi e riprova con la rete mobile.</p>'),
    'authorize_page',
    /mobile data/,
  ],
  [
    'Dutch: turn off Wi-Fi',
    operatorShows('Provider', '<p>Schakel wifi uit en gebruik je mobiele data.</p>'),
    'authorize_page',
    /mobile data/,
  ],
  [
    'French: consent',
    operatorShows(
      'Autorisation',
      '<p>Acme souhaite vérifier votre numéro. Donnez-vous votre consentement ?</p><button>Accepter</button>',
    ),
    'authorize_page',
    /consent/,
  ],
  [
    'the browser is too old for the page',
    operatorShows('Oops', '<p>Your browser is not supported. Please update it.</p>'),
    'authorize_page',
    /browser is not supported/,
  ],
  [
    'a check of the browser before the page',
    against({
      authorize: () =>
        html(503, 'DDoS-Guard', '<h1>Checking your browser before accessing gw.example</h1>', {
          server: 'ddos-guard',
        }),
    }),
    'firewall_page',
    /Checking your browser/,
  ],
  [
    'the operator is down, after the gateway',
    operatorShows('503 Service Temporarily Unavailable', '<center>nginx</center>', 503),
    'server_failing',
    /503/,
  ],
  [
    'only the query of the address is pasted, with another state',
    pasting(() => '?code=abc&state=of-another-attempt-0123456789'),
    'callback_timeout',
    /state/,
  ],
  [
    'the words of an error page are pasted',
    pasting(() => 'Safari cannot open the page because the server cannot be found.'),
    'callback_timeout',
    /address/,
  ],
  [
    "the operator's consent page is pasted",
    pasting(() => 'https://consent.mno.example/grant?session=99'),
    'callback_timeout',
    /consent\.mno\.example/,
  ],
]
