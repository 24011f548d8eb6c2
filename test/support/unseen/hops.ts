// The hops between the authorization endpoint and the redirect_uri: pages, scripts, apps, hosts of the operator.
import { json, queryOf, redirect } from '../gateway.ts'
import { freePort } from '../ports.ts'
import { against, type Unseen } from './failure.ts'

const html = (body: string, status = 200) => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html>${body}</html>`,
})
/** Sends the phone from the authorization endpoint to a page of the operator. */
const operatorShows = (body: string, status?: number) =>
  against({ authorize: () => redirect('/operator/identify'), '/operator/identify': () => html(body, status) })

const closed = await freePort()

export const hops: readonly Unseen[] = [
  [
    'the operator goes on by meta refresh',
    operatorShows('<head><meta http-equiv="refresh" content="0; url=/operator/next?t=1"></head>'),
    'authorize_page',
    /meta refresh/,
  ],
  [
    'the operator goes on by script, built from parts',
    operatorShows(
      '<body onload="go()"><script>function go(){var u="/operator/"+"next";window.top.location=u}</script></body>',
    ),
    'authorize_page',
    /script/,
  ],
  [
    'the operator opens its app by an intent',
    against({ authorize: () => redirect('intent://identify#Intent;scheme=mno;package=com.mno.app;end') }),
    'redirect_elsewhere',
    /\bapp\b/,
  ],
  [
    'a consent page in Spanish',
    operatorShows(
      '<head><title>Movistar</title></head><body><h1>Autorización</h1><p>Acme solicita su consentimiento para comprobar su número de teléfono.</p><button>Aceptar</button></body>',
    ),
    'authorize_page',
    /asks the user for consent/,
  ],
  [
    'a page in German that wants a code from an SMS',
    operatorShows(
      '<head><title>Anmeldung</title></head><body>Bitte geben Sie den SMS-Code ein, den wir Ihnen geschickt haben. <input name="tan"></body>',
    ),
    'authorize_page',
    /one-time password/,
  ],
  [
    'a page in Spanish that wants mobile data',
    operatorShows(
      '<head><title>Vaya</title></head><body>Desactiva el Wi-Fi y usa tus datos móviles para continuar.</body>',
    ),
    'authorize_page',
    /mobile data/,
  ],
  [
    'the host of the second hop refuses connections',
    against({ authorize: () => redirect(`http://127.0.0.1:${closed}/he`) }),
    'connection_refused',
    /redirected there \(hop 2\).*--via direct.*--via qr/,
  ],
  [
    'the operator sends an error on, and the aggregator crashes over it',
    against({
      authorize: () => redirect('/operator/identify'),
      '/operator/identify': () =>
        redirect('/aggregator/back?error=access_denied&error_description=MSISDN+not+resolved&state=inner'),
      '/aggregator/back': () => html('<title>500</title><p>Whitelabel Error Page</p>', 500),
    }),
    'access_denied',
    /MSISDN not resolved/,
  ],
  [
    'no header was inserted by the network',
    operatorShows(
      '<head><title>403</title></head><body>Missing MSISDN header: the request did not come through the mobile network.</body>',
      403,
    ),
    'line_not_identified',
    /mobile network.*mobile data/,
  ],
  [
    'the response comes as a form that posts itself',
    against({
      authorize: (request) => {
        const query = queryOf(request)
        return html(
          `<body onload="document.forms[0].submit()"><form method="post" action="${query.get('redirect_uri')}"><input type="hidden" name="code" value="c0de"><input type="hidden" name="state" value="${query.get('state')}"></form></body>`,
        )
      },
    }),
    'authorize_page',
    /form_post/,
  ],
  [
    'the gateway gives the code in JSON, and redirects nobody',
    against({ authorize: (request) => json({ code: 'c0de-canary', state: queryOf(request).get('state') }) }),
    'authorize_page',
    /code in the body|in JSON/,
  ],
]
