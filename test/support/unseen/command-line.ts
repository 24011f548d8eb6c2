// What people type or copy wrongly, and gateways refuse in their own words.
import { json, queryOf, redirect } from '../gateway.ts'
import { onCommandLine, type Unseen } from './failure.ts'

const refuseClient = () => json({ error: 'invalid_client' }, 401)
/** Refuses a scope at the authorization endpoint, without a word. */
const refuseScope = (request: Parameters<typeof queryOf>[0]) => {
  const query = queryOf(request)
  const back = new URL(query.get('redirect_uri') ?? '')
  back.search = String(new URLSearchParams({ error: 'invalid_scope', state: query.get('state') ?? '' }))
  return redirect(back.href)
}

export const commandLine: readonly Unseen[] = [
  [
    'client id and secret are swapped',
    onCommandLine(
      { token: refuseClient },
      { env: () => ({ NV_CLIENT_ID: 'Kd93+ksLq0xT7/uPz2Rw8Qa1', NV_CLIENT_SECRET: 'acme-checkout-app' }) },
    ),
    'invalid_client',
    /swapped/,
  ],
  [
    'the secret was copied with its quotes',
    onCommandLine(
      { token: refuseClient },
      { env: () => ({ NV_CLIENT_SECRET: '"canary-client-secret-Zx9"' }) },
    ),
    'invalid_client',
    /quotes/,
  ],
  [
    'the secret was copied with a blank before it',
    onCommandLine(
      { token: refuseClient },
      { env: () => ({ NV_CLIENT_SECRET: ' canary-client-secret-Zx9' }) },
    ),
    'invalid_secret',
    /white space/,
  ],
  [
    'the secret was copied from a web page with a character that is not seen',
    onCommandLine(
      { token: refuseClient },
      { env: () => ({ NV_CLIENT_SECRET: 'canary-client-\u200Bsecret-Zx9' }) },
    ),
    'invalid_client',
    /white space/,
  ],
  [
    'the scope is percent-encoded already',
    onCommandLine(
      { authorize: refuseScope },
      { args: ['--scope', 'dpv:FraudPreventionAndDetection%20number-verification%3Averify'] },
    ),
    'invalid_scope',
    /percent-encoded/,
  ],
  [
    'the scope is separated by commas',
    onCommandLine(
      { authorize: refuseScope },
      { args: ['--scope', 'dpv:FraudPreventionAndDetection,number-verification:verify'] },
    ),
    'invalid_scope',
    /comma/,
  ],
  [
    'the scope names two purposes',
    onCommandLine(
      { authorize: refuseScope },
      {
        args: ['--scope', 'dpv:FraudPreventionAndDetection dpv:ServiceProvision number-verification:verify'],
      },
    ),
    'invalid_scope',
    /two purposes|more than one purpose/,
  ],
  [
    'the scope has the form of v0, the API is v2',
    onCommandLine(
      { authorize: refuseScope },
      { args: ['--scope', 'dpv:FraudPreventionAndDetection#number-verification-verify-read'] },
    ),
    'invalid_scope',
    /form .*v0.*--api-version|v0.*dpv:FraudPreventionAndDetection number-verification:verify/,
  ],
  [
    'the token URL is the authorize URL, which shows a login page to a POST',
    onCommandLine(
      {
        authorize: (request) =>
          request.method === 'POST'
            ? { status: 200, body: '<html><title>Sign in</title><form><input type="password"></form></html>' }
            : refuseNothing(request),
      },
      { args: ({ origin }) => ['--token-url', `${origin}/authorize`] },
    ),
    'endpoints_equal',
    /--token-url/,
  ],
  [
    'the base of the API has the path twice',
    onCommandLine(
      { '/number-verification/v2/number-verification/v2/verify': () => ({ status: 404 }) },
      { env: ({ origin }) => ({ NV_API_URL: `${origin}/number-verification/v2/number-verification/v2` }) },
    ),
    'api_not_found',
    /twice.*NV_API_URL/,
  ],
  [
    'the token URL in a variable has a typo in its host',
    onCommandLine({}, { env: () => ({ NV_TOKEN_URL: 'https://tokn.gateway.invalid/token' }) }),
    'host_not_found',
    /NV_TOKEN_URL/,
  ],
]

function refuseNothing(request: Parameters<typeof queryOf>[0]) {
  const query = queryOf(request)
  return redirect(`${query.get('redirect_uri')}?code=c0de&state=${query.get('state')}`)
}
