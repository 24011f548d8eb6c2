// From what was observed to the finding that explains it best.
import type { FindingArgs } from '../errors.ts'
import type { Finding } from '../run/run.ts'
import { catalogue } from './catalogue.ts'

/** The error codes of OAuth and of the API that have an entry of their own. */
const oauthErrors = new Set([
  'access_denied',
  'consent_required',
  'login_required',
  'interaction_required',
  'invalid_scope',
  'unauthorized_client',
  'invalid_client',
  'invalid_grant',
  'unsupported_grant_type',
  'invalid_request_object',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'unknown_user_id',
  'expired_login_hint_token',
  'missing_user_code',
  'invalid_user_code',
  'invalid_binding_message',
  'expired_token',
  'transaction_failed',
])
const apiErrors = new Set([
  'invalid_argument',
  'unauthenticated',
  'permission_denied',
  'user_not_authenticated_by_mobile_network',
  'user_not_authenticated_by_supported_method',
  'invalid_token_context',
  'invalid_ts43_token',
])
/** What is observed of an answer that is of no use, whatever its status. */
const uselessAnswers = new Set([
  'authorize_refused',
  'authorization_error',
  'token_error',
  'token_unreadable',
  'backchannel_error',
  'backchannel_unreadable',
  'discovery_failed',
  'credentials_not_given',
])

/** Chooses the entry for an observation: a server's own error code where the catalogue explains it. */
function chooseCode(observed: string, { error, code, status }: FindingArgs): string {
  const isServersFault = Number(status) >= 500 || status === 429
  const isSaidToBe = error === 'server_error' || error === 'temporarily_unavailable'
  if (uselessAnswers.has(observed) && (isServersFault || isSaidToBe)) return 'server_failing'
  if (status === 407) return 'proxy_credentials'
  if (observed === 'token_unreadable' && status === 401) return 'invalid_client'
  if (observed === 'authorize_refused' && error === 'invalid_request_object') return error
  if (['authorization_error', 'token_error', 'backchannel_error'].includes(observed)) {
    return typeof error === 'string' && oauthErrors.has(error) ? error : observed
  }
  if (observed !== 'api_error') return observed
  const named = String(code)
    .toLowerCase()
    .replace(/^number_verification\./, '')
  if (apiErrors.has(named)) return named
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'api_forbidden'
  return status === 404 && code === null ? 'api_not_found' : observed
}

/** Explains an observation of a step in words. */
export function explain(step: Finding['step'], observed: string, args: FindingArgs): Finding {
  const code = chooseCode(observed, args)
  const words = catalogue[code]
  if (!words) throw new Error(`The catalogue has no entry for ${code}`)
  return { code, severity: 'error', step, reference: null, ...words(args) }
}
