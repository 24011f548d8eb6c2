// What an error of OAuth means, wherever it came from: by its code where that says it, and else by the server's words.
import type { Grant } from '../../oauth/grants.ts'
import type { Finding } from '../../run/finding.ts'
import type { Recording } from '../../run/recording.ts'
import { isBySim, type Refused } from '../catalogue/words.ts'
import { finding } from '../finding.ts'
import { type Meaning, meaningOf, ofAssertions, proofFlawOf } from '../meaning.ts'
import { grantOf } from '../recorded.ts'
import { explainClock, unspecific } from './clock.ts'
import { noteOffer } from './discovery.ts'
import { codeAge, explainClient, explainMeaning } from './meant.ts'
import { readPkceProbe } from './probed.ts'
import {
  isKeyMethod,
  isMissed,
  isPlayed,
  type Refusing,
  scopeFlawOf,
  sentHint,
  sentRedirectUri,
} from './refusing.ts'

/** Explains a refusal by its code or its words; null when neither says more than that it is one. */
export function explainOAuthError(recording: Recording, refusing: Refusing): Finding | null {
  const { refused } = refusing
  const code = codeOf(refused)
  const meaning = meaningOf(refused.says, refused.sent)
  if (isFailing(refused, code) && !isOfTheLine(refused, meaning)) {
    const isQuota = refused.status === 429 && meaning === 'quota'
    return isQuota
      ? finding('quota_exceeded', refusing.place, refused)
      : finding('server_failing', refusing.place, refused)
  }
  if (isMissed(refusing)) return null
  return (
    explainCertificate(refusing, meaning) ??
    explainClock(recording, refusing, code, meaning) ??
    explainAssertion(recording, refusing, code, meaning) ??
    explainDemand(recording, refusing, code, meaning) ??
    explainCode(recording, refusing, code, meaning) ??
    explainMeaning(recording, refusing, meaning) ??
    (refused.status === 402 ? finding('account_balance', refusing.place, refused) : null)
  )
}

function isFailing({ status }: Refused, code: string): boolean {
  return (
    (status !== null && (status >= 500 || status === 429)) ||
    code === 'server_error' ||
    code === 'temporarily_unavailable'
  )
}

/** Codes of some servers that mean the same as one of the standard. */
const synonyms: ReadonlyArray<[RegExp, string]> = [
  [
    /^(bad|invalid|expired|incorrect)_(verification_|authorization_|auth_)?code$|_code_(expired|used|invalid)$/,
    'invalid_grant',
  ],
  [/^(bad|invalid|incorrect|wrong)_(client_)?(credentials|secret)$/, 'invalid_client'],
]

/** Gives the code of a refusal in the words of the standard. */
function codeOf({ sent }: Refused): string {
  const code = (sent ?? '').toLowerCase()
  return synonyms.find(([form]) => form.test(code))?.[1] ?? code
}

/** Some send server_error for a line that they can't identify: the words tell. */
function isOfTheLine({ status, says }: Refused, meaning: Meaning | null): boolean {
  const isOutage =
    /unavailable|not reachable|unreachable|\bdown\b|time(d)? ?-?out|maintenance|try again/i.test(says ?? '')
  return (
    status !== 429 && !isOutage && ['mobile-network', 'roaming', 'not-allowed-line'].includes(meaning ?? '')
  )
}

/** A server that wants a client certificate says so under any error. */
function explainCertificate({ place, refused }: Refusing, meaning: Meaning | null): Finding | null {
  const { host, says } = refused
  return meaning === 'client-certificate' ? finding('certificate_wanted', place, { host, says }) : null
}

/** A server may refuse a client assertion under any error: its words tell. */
function explainAssertion(
  recording: Recording,
  refusing: Refusing,
  code: string,
  meaning: Meaning | null,
): Finding | null {
  const { target } = recording
  const isByAssertion = isKeyMethod(target.authMethod) && ['token', 'backchannel'].includes(refusing.endpoint)
  const canBe = unspecific.has(code) || ['unauthorized_client', 'access_denied'].includes(code)
  const isNamed =
    ['invalid_assertion', 'invalid_client_assertion'].includes(code) ||
    (canBe &&
      (ofAssertions.has(meaning) || (meaning === null && /assertion/i.test(refusing.refused.says ?? ''))))
  return isByAssertion && isNamed ? explainClient(recording, refusing, meaning) : null
}

/** A refusal without words may be of what the discovery document demands. */
function explainDemand(
  recording: Recording,
  { place, refused, endpoint }: Refusing,
  code: string,
  meaning: Meaning | null,
): Finding | null {
  const canBe = (unspecific.has(code) || code === 'unauthorized_client') && meaning === null
  if (endpoint !== 'authorize' || !canBe || refused.says !== null) return null
  const demands = noteOffer(recording).map((note) => note.code)
  if (demands.includes('pushed_request_required')) return finding('par_required', place, refused)
  return demands.includes('request_object_required') ? finding('request_object_wanted', place, refused) : null
}

/** What the words of a server may say under an error that is about something else. */
const ofTheAccount: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'balance',
  'quota',
  'not-subscribed',
  'suspended',
  'not-allowed-line',
  'roaming',
  'line-barred',
  'address',
  'api-key',
  'firewall',
])

const ofCredentials: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'credentials',
  'secret',
  'secret-wanted',
  'header-missing',
  'assertion-wanted',
  'auth-method',
])

/** Some say unauthorized_client of a client that they don't know, or of wrong credentials: the words tell. */
function isOfClient({ endpoint, refused }: Refusing, meaning: Meaning | null): boolean {
  if (meaning === 'client') return /unknown|not (be )?found|exist|no such/i.test(refused.says ?? '')
  return ['token', 'backchannel'].includes(endpoint) && ofCredentials.has(meaning)
}

function explainCode(
  recording: Recording,
  refusing: Refusing,
  code: string,
  meaning: Meaning | null,
): Finding | null {
  const { place, refused, endpoint } = refusing
  const { target } = recording
  const grant: Grant = grantOf(recording)
  const scope = target.scope ?? ''
  const consent = { ...refused, grant, prompt: target.prompt }
  switch (code) {
    case 'access_denied':
      if (meaning === 'operator-token' && isBySim(grant)) return finding('invalid_ts43_token', place, refused)
      // Some servers say this about wrong credentials.
      if (endpoint === 'token' && refused.status === 401 && meaning === null)
        return explainClient(recording, refusing, meaning)
      return ofTheAccount.has(meaning) || meaning === 'not-served' || meaning === 'login-hint'
        ? null
        : finding(code, place, {
            ...refused,
            grant,
            isAtToken: endpoint === 'token',
            isDirect: isPlayed(recording),
            meaning,
          })
    case 'consent_required':
    case 'login_required':
    case 'interaction_required':
      return finding(code, place, consent)
    case 'invalid_scope':
      return finding(code, place, { ...refused, grant, scope, flaw: scopeFlawOf(recording) })
    case 'unsupported_response_type':
      return finding(code, place, refused)
    case 'unauthorized_client':
      return ofTheAccount.has(meaning) ||
        meaning === 'redirect-uri' ||
        meaning === 'scope' ||
        isOfClient(refusing, meaning)
        ? null
        : finding(code, place, { ...refused, grant })
    case 'invalid_client':
      if (ofTheAccount.has(meaning) || (meaning === 'redirect-uri' && endpoint !== 'authorize')) return null
      // No credentials are sent to the authorization endpoint.
      if (endpoint === 'authorize')
        return meaning === 'redirect-uri' || target.clientId === null
          ? null
          : finding('client_unknown', place, { ...refused, clientId: target.clientId })
      return explainClient(recording, refusing, meaning)
    case 'invalid_grant':
      if (isBySim(grant) && meaning === 'operator-token') return finding('invalid_ts43_token', place, refused)
      if (ofTheAccount.has(meaning) || meaning === 'consent') return null
      return finding(code, place, {
        ...codeAge(recording, refusing.exchange),
        ...refused,
        grant,
        meaning,
        redirectUri: sentRedirectUri(recording),
        probedPkce: readPkceProbe(recording),
        skewSeconds: refusing.exchange?.clockSkewSeconds ?? null,
      })
    case 'unsupported_grant_type':
      return finding(code, place, { ...refused, grant })
    case 'unknown_user_id':
      return finding(code, place, { ...refused, grant, sentHint: sentHint(recording) })
    case 'invalid_dpop_proof':
      return finding(code, place, {
        ...refused,
        flaw: proofFlawOf(refused.says),
        usesDpop: target.usesDpop,
        skewSeconds: refusing.exchange?.clockSkewSeconds ?? null,
      })
    case 'invalid_request_object':
    case 'use_dpop_nonce':
    case 'expired_login_hint_token':
    case 'missing_user_code':
    case 'invalid_user_code':
    case 'invalid_binding_message':
    case 'transaction_failed':
      return finding(code, place, refused)
    default:
      return null
  }
}
