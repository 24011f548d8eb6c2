// What comes back to the redirect_uri.
import type { RequestHandler } from '../../../src/context.ts'
import { queryOf, redirect } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'

/** Redirects to the redirect_uri with these parameters, in the query or behind a #. */
const back =
  (parameters: Record<string, string>, { separator = '?', hasState = true } = {}): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    const state = hasState ? { state: query.get('state') ?? '' } : {}
    return redirect(
      `${query.get('redirect_uri')}${separator}${new URLSearchParams({ ...parameters, ...state })}`,
    )
  }

export const callback: readonly Unseen[] = [
  [
    'an error without a state',
    against({
      authorize: back({ error: 'access_denied', error_description: 'Line not found' }, { hasState: false }),
    }),
    'error_without_state',
    /access_denied.*Line not found/,
  ],
  [
    'an error behind a #, with our state',
    against({
      authorize: back({ error: 'invalid_scope', error_description: 'Unknown scope' }, { separator: '#' }),
    }),
    'invalid_scope',
    /Unknown scope/,
  ],
  [
    'an error in names of the gateway',
    against({ authorize: back({ errorCode: '1003', errorMessage: 'Subscriber not found' }) }),
    'line_not_served',
    /Subscriber not found/,
  ],
  [
    'an error of IBM with a description alone',
    against({ authorize: back({ error_description: 'The client is not subscribed to this product' }) }),
    'not_subscribed',
    /not subscribed/,
  ],
  ['a code that is empty', against({ authorize: back({ code: '' }) }), 'no_code', /empty/],
  [
    "the redirect_uri's own parameter is dropped",
    against(
      {
        authorize: (request) => {
          const query = queryOf(request)
          return redirect(`https://app.example/callback?code=c0de&state=${query.get('state')}`)
        },
      },
      { profile: { redirectUri: 'https://app.example/callback?tenant=acme' } },
    ),
    'response_elsewhere',
    /tenant/,
  ],
  [
    'access is denied because the line roams',
    against({
      authorize: back({
        error: 'access_denied',
        error_description: 'Subscriber is roaming in a visited network',
      }),
    }),
    'roaming',
    /roaming/,
  ],
  [
    'a custom error of the operator with words about Wi-Fi',
    against({
      authorize: back({ error: 'user_not_on_net', error_description: 'Device must use cellular connection' }),
    }),
    'line_not_identified',
    /user_not_on_net.*cellular connection.*mobile data/,
  ],
]
