// What a server's words explain on their own, whatever its code says.
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { isBySim } from '../catalogue/words.ts'
import { finding } from '../finding.ts'
import { type Meaning, proofFlawOf } from '../meaning.ts'
import { grantOf } from '../recorded.ts'
import { clientFacts } from './client-facts.ts'
import { readPkceProbe } from './probed.ts'
import { isPlayed, type Refusing, scopeFlawOf, sentRedirectUri } from './refusing.ts'

/** Explains that a client was not accepted, as far as its words tell why. */
export function explainClient(
  recording: Recording,
  { place, refused, exchange }: Refusing,
  meaning: Meaning | null,
): Finding {
  return finding('invalid_client', place, { ...refused, ...clientFacts(recording, exchange), meaning })
}

/** Says how old a code was when it was exchanged, as far as nv saw it come. In seconds; null: not known. */
export function codeAge(
  recording: Recording,
  exchange: Exchange | null,
): { ageSeconds: number | null; waitedSeconds: number | null } {
  const taken = recording.arrivals.find(({ verdict }) => verdict === 'taken')
  if (exchange === null || taken === undefined || grantOf(recording) !== 'authorization-code')
    return { ageSeconds: null, waitedSeconds: null }
  const waiting = recording.steps.find(({ name }) => name === 'callback')?.startedMs ?? null
  const seconds = (ms: number) => Math.max(0, Math.round(ms / 1000))
  return taken.via === 'paste'
    ? { ageSeconds: null, waitedSeconds: waiting === null ? null : seconds(taken.at - waiting) }
    : { ageSeconds: seconds(exchange.timings.startedMs - taken.at), waitedSeconds: null }
}

/** Explains a refusal by the server's words alone; null when they don't tell. */
export function explainMeaning(
  recording: Recording,
  { place, refused, endpoint, exchange }: Refusing,
  meaning: Meaning | null,
): Finding | null {
  const { target } = recording
  const grant = grantOf(recording)
  switch (meaning) {
    case 'balance':
      return finding('account_balance', place, refused)
    case 'quota':
      return finding('quota_exceeded', place, refused)
    case 'not-subscribed':
      return finding('not_subscribed', place, refused)
    case 'suspended':
      return finding('account_suspended', place, refused)
    case 'not-allowed-line':
      return finding('line_not_allowed', place, refused)
    case 'not-served':
      return finding('line_not_served', place, refused)
    case 'line-barred':
      return finding('line_refused', place, refused)
    case 'api-key':
      return finding('api_key_refused', place, refused)
    case 'address':
      return finding('address_not_allowed', place, refused)
    case 'roaming':
      return finding('roaming', place, refused)
    case 'firewall':
      return finding('firewall_page', place, {
        host: refused.host,
        status: refused.status,
        page: null,
        says: refused.says,
      })
    case 'mobile-network':
      return finding('line_not_identified', place, {
        ...refused,
        isBySim: isBySim(grant),
        isDirect: isPlayed(recording),
      })
    case 'operator-token':
      return isBySim(grant) ? finding('invalid_ts43_token', place, refused) : null
    case 'pushed-request':
      return endpoint === 'authorize' ? finding('par_required', place, refused) : null
    case 'request-object':
      return endpoint === 'authorize' && !target.usesRequestObject
        ? finding('request_object_wanted', place, refused)
        : null
    case 'dpop':
      return finding('invalid_dpop_proof', place, {
        ...refused,
        flaw: proofFlawOf(refused.says),
        usesDpop: target.usesDpop,
        skewSeconds: exchange?.clockSkewSeconds ?? null,
      })
    case 'ciba-mode':
      return endpoint === 'backchannel' ? finding('ciba_mode_differs', place, refused) : null
    case 'credentials':
    case 'secret':
    case 'secret-wanted':
    case 'header-missing':
    case 'token-wanted':
    case 'assertion-wanted':
    case 'auth-method':
      return endpoint === 'token' || endpoint === 'backchannel'
        ? explainClient(recording, { place, refused, endpoint, exchange }, meaning)
        : null
    case 'redirect-uri':
      return endpoint === 'api' || target.redirectUri === null
        ? null
        : finding('redirect_uri_refused', place, { ...refused, redirectUri: target.redirectUri })
    case 'pkce':
      return endpoint === 'api'
        ? null
        : finding('pkce_refused', place, {
            ...refused,
            usesPkce: target.usesPkce,
            isAtToken: endpoint === 'token',
            probed: readPkceProbe(recording),
          })
    case 'login-hint':
      return finding('login_hint_refused', place, {
        ...refused,
        form: target.loginHint,
        isBySim: isBySim(grant),
      })
    case 'scope':
      return endpoint === 'api'
        ? null
        : finding('invalid_scope', place, {
            ...refused,
            grant,
            scope: target.scope ?? '',
            flaw: scopeFlawOf(recording),
          })
    case 'client':
      // Credentials come to a token endpoint: there 401 may be about either of them.
      return endpoint === 'api' ||
        target.clientId === null ||
        (endpoint !== 'authorize' && refused.status === 401)
        ? null
        : finding('client_unknown', place, { ...refused, clientId: target.clientId })
    case 'consent':
      // "prompt must be none, login or consent" is about the parameter.
      if (/\bprompt\b/i.test(refused.says ?? '')) return null
      return finding('consent_required', place, { ...refused, grant, prompt: target.prompt })
    case 'used':
    case 'expired':
      return endpoint === 'token' && refused.status !== 401 && /\bcode\b/i.test(refused.says ?? '')
        ? finding('invalid_grant', place, {
            ...refused,
            ...codeAge(recording, exchange),
            grant,
            meaning,
            redirectUri: sentRedirectUri(recording),
            skewSeconds: null,
            probedPkce: null,
          })
        : null
    default:
      return null
  }
}
