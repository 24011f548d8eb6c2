// Behaviours that refuse with an error of OAuth: to the phone in place of a code, or to the client's own request.
import type { Behaviour, Behaviours, BehaviourStep } from './behaviour.ts'
import { changeField, giveError, whenSent } from './changes.ts'

type Steps = readonly [BehaviourStep, ...BehaviourStep[]]

const anyRequest: Steps = ['callback', 'bc-authorize', 'token']
const anyEndpoint: Steps = ['token', 'bc-authorize', 'authorize']

export const refusals: Behaviours = {
  'access-denied': refuse('access_denied', 'The user or the operator refused.', anyRequest),
  'consent-required': refuse('consent_required', 'The user has not consented yet.', anyRequest),
  'login-required': refuse('login_required', 'The line could not be identified silently.', anyRequest),
  'interaction-required': refuse('interaction_required', 'A page has to be shown.', anyRequest),
  'invalid-scope': refuse('invalid_scope', 'The scope is unknown, or not subscribed.', anyRequest),
  'unauthorized-client': refuse('unauthorized_client', 'The flow is not enabled for it.', anyRequest),
  'server-error': refuse('server_error', 'Something broke.', anyRequest),
  'temporarily-unavailable': refuse('temporarily_unavailable', 'Try again later.', anyRequest),
  'unsupported-grant-type': refuse('unsupported_grant_type', 'The grant is not enabled.', ['token']),
  'invalid-client': refuse('invalid_client', 'The credentials are wrong.', anyEndpoint, 401),
  forbidden: {
    ...refuse('unauthorized_client', 'The client may not do this.', anyEndpoint, 403),
    does: 'refuses with unauthorized_client and HTTP 403, as some gateways do',
    shows: 'unauthorized_client',
  },
  'invalid-request': refuse('invalid_request', 'A parameter is missing.', anyRequest),
  'code-used-before': {
    does: 'treats every code as used before',
    shows: 'invalid_grant',
    steps: ['token'],
    changeReply: whenSent('code', giveError('invalid_grant', 'The code was used before.')),
  },
  'code-expired': {
    does: 'lets a code expire at once',
    shows: 'invalid_grant',
    steps: ['token'],
    rules: { codeLifetimeMs: 0 },
  },
  'redirect-uri-differs': {
    does: 'compares the redirect_uri of a code with another one',
    shows: 'invalid_grant',
    steps: ['token'],
    changeCall: changeField('redirect_uri', (value) => `${value}/`),
  },
  'verifier-differs': {
    does: 'compares the PKCE verifier of a code with another one',
    shows: 'invalid_grant',
    steps: ['token'],
    changeCall: changeField('code_verifier', (value) => [...value].toReversed().join('')),
  },
}

function refuse(error: string, description: string, steps: Steps, status = 400): Behaviour {
  return {
    does: `refuses with ${error}`,
    shows: error,
    steps,
    changeReply: giveError(error, description, status),
  }
}
