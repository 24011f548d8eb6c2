// What an error of OAuth means, wherever it came from: by its code where that says it, and else by the server's words.
import type { Grant } from '../../oauth/grants.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import type { ClientFacts } from '../catalogue/client-authentication.ts'
import { isBySim, type Refused } from '../catalogue/words.ts'
import { finding, type Place } from '../finding.ts'
import { type Meaning, meaningOf } from '../meaning.ts'
import { grantOf, hostAsked, membersOf, placeOf } from '../recorded.ts'
import { readRefusal, type Refusal, wordsOf } from '../refusal.ts'
import { scopeFlaw } from './settings.ts'

export type Endpoint = 'authorize' | 'backchannel' | 'token' | 'api'

/** A refusal, and what it answers. */
export interface Refusing {
  place: Place
  refused: Refused
  endpoint: Endpoint
  /** The exchange that it came in; null: it came to the redirect_uri. */
  exchange: Exchange | null
}

/** Gives the facts of a refusal that came in an exchange. */
export function refusedIn(exchange: Exchange, refusal: Refusal): Refused {
  const { status, code, retryAfter, reference } = refusal
  return { host: hostAsked(exchange), status, sent: code, says: wordsOf(refusal), retryAfter, reference }
}

/** A difference of the clocks that makes servers refuse what is signed. In seconds. */
export const telltaleSkewSeconds = 60

/** Explains a refusal by its code or its words; null when neither says more than that it is one. */
export function explainOAuthError(recording: Recording, refusing: Refusing): Finding | null {
  const { refused } = refusing
  const code = (refused.sent ?? '').toLowerCase()
  const meaning = meaningOf(refused.says, refused.sent)
  if (isFailing(refused, code)) {
    const isQuota = refused.status === 429 && meaning === 'quota'
    return isQuota
      ? finding('quota_exceeded', refusing.place, refused)
      : finding('server_failing', refusing.place, refused)
  }
  return (
    explainCertificate(refusing, meaning) ??
    explainClock(recording, refusing, code, meaning) ??
    explainAssertion(recording, refusing, code, meaning) ??
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

/** A server that wants a client certificate says so under any error. */
function explainCertificate({ place, refused }: Refusing, meaning: Meaning | null): Finding | null {
  const { host, says } = refused
  return meaning === 'client-certificate' ? finding('certificate_wanted', place, { host, says }) : null
}

/** The errors that a wrong clock can be behind although they say something else. */
const unspecific = new Set([
  '',
  'invalid_request',
  'invalid_assertion',
  'invalid_client_assertion',
  'invalid_token',
  'invalid_request_object',
  'unauthorized',
])

function explainClock(
  recording: Recording,
  { place, refused, endpoint, exchange }: Refusing,
  code: string,
  meaning: Meaning | null,
): Finding | null {
  const seconds = exchange?.clockSkewSeconds ?? null
  if (seconds === null || Math.abs(seconds) < telltaleSkewSeconds) return null
  const isSaid = meaning === 'clock' && code !== 'invalid_client' && code !== 'invalid_dpop_proof'
  const canBe = unspecific.has(code) && (meaning === null || meaning === 'clock' || meaning === 'signature')
  return isSigned(recording, endpoint) && (isSaid || (canBe && code !== ''))
    ? finding('clock_differs', place, { ...refused, seconds })
    : null
}

const endpoints: Readonly<Partial<Record<Exchange['kind'], Endpoint>>> = {
  authorize: 'authorize',
  backchannel: 'backchannel',
  token: 'token',
  api: 'api',
}

/** The refusals that a wrong clock can be behind, or beside. */
const ofSignatures: ReadonlySet<string> = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_dpop_proof',
  'invalid_request_object',
  'unauthenticated',
])

/** Adds a wrong clock to what already explains a refusal, where something was signed and the refusal may be of that. */
export function suspectClock(recording: Recording, decisive: readonly Finding[]): Finding[] {
  const exchange = recording.exchanges.find(({ id }) => decisive[0]?.evidence.includes(id))
  const endpoint = exchange === undefined ? undefined : endpoints[exchange.kind]
  const seconds = exchange?.clockSkewSeconds ?? null
  const said = `${decisive[0]?.title} ${decisive[0]?.cause}`
  const isTold = /clock/.test(said) || !ofSignatures.has(decisive[0]?.code ?? '')
  const status = exchange?.response?.status ?? 0
  if (exchange === undefined || endpoint === undefined || seconds === null || isTold) return []
  const isRefused = status >= 400 && status < 500 && status !== 404 && status !== 429
  return isRefused && Math.abs(seconds) >= telltaleSkewSeconds && isSigned(recording, endpoint)
    ? [
        finding('clock_differs', placeOf(exchange), {
          host: hostAsked(exchange),
          status: null,
          sent: null,
          says: null,
          retryAfter: null,
          reference: null,
          seconds,
        }),
      ]
    : []
}

/** Tells whether something in a request to that endpoint was signed here, with a time in it. */
export function isSigned(recording: Recording, endpoint: Endpoint): boolean {
  const { target } = recording
  if (endpoint === 'authorize') return target.usesRequestObject
  if (endpoint === 'api') return target.usesDpop
  return isKeyMethod(target.authMethod) || target.usesDpop || grantOf(recording) === 'jwt-bearer'
}

function isKeyMethod(method: string | null): boolean {
  return method === 'private_key_jwt' || method === 'application_jwt'
}

const ofAssertions: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'audience',
  'key-id',
  'signature',
  'algorithm',
  'jti',
  'clock',
])

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
    (canBe && (ofAssertions.has(meaning) || /assertion/i.test(refusing.refused.says ?? '')))
  return isByAssertion && isNamed ? explainClient(recording, refusing, meaning) : null
}

function explainClient(
  recording: Recording,
  { place, refused, exchange }: Refusing,
  meaning: Meaning | null,
): Finding {
  return finding('invalid_client', place, { ...refused, ...clientFacts(recording, exchange), meaning })
}

/** Gives how the client authenticated in an exchange. */
export function clientFacts(recording: Recording, exchange: Exchange | null): Omit<ClientFacts, 'meaning'> {
  const { target } = recording
  const method = target.authMethod ?? 'client_secret_basic'
  const isAssertion = method === 'private_key_jwt'
  const audiences: Readonly<Record<string, string | null>> = {
    endpoint: exchange?.request.url ?? null,
    issuer: target.issuer,
  }
  const audience = Object.hasOwn(audiences, target.assertionAudience)
    ? (audiences[target.assertionAudience] ?? null)
    : target.assertionAudience
  return {
    method,
    key: isKeyMethod(method) ? target.key : null,
    audience: isAssertion ? audience : null,
    hasReservedCharacters: target.hasReservedCharacters,
    secretShape: target.secretShape,
    wantedMethod: wantedMethod(recording, exchange, method),
    probed: readProbes(recording),
    skewSeconds: exchange?.clockSkewSeconds ?? null,
  }
}

/** Says what came of trying other methods; null: none was tried, or the answers don't tell. */
function readProbes({ observations, exchanges }: Recording): ClientFacts['probed'] {
  const answers = observations.flatMap((observed) => {
    if (observed.code !== 'method_probed') return []
    const response = exchanges.find(({ id }) => id === observed.exchange)?.response ?? null
    const code = response === null ? null : readRefusal(response).code?.toLowerCase()
    const isRefused = response?.status === 401 || code === 'invalid_client'
    // A client that was accepted is told that the code does not exist.
    return [{ method: observed.facts.method, isRefused, isAccepted: code === 'invalid_grant' }]
  })
  const accepted = answers.find(({ isAccepted }) => isAccepted)?.method ?? null
  const tried = answers.filter(({ isRefused }) => isRefused).map(({ method }) => method)
  return accepted === null && tried.length === 0 ? null : { tried, accepted }
}

/** Names the method that a server says it wants, where it is another one; null when it does not say. */
function wantedMethod(recording: Recording, exchange: Exchange | null, used: string): string | null {
  const sent = used === 'client_secret_basic_raw' ? 'client_secret_basic' : used
  const listed = recording.exchanges
    .filter(({ kind }) => kind === 'discovery')
    .map((document) => membersOf(document)['token_endpoint_auth_methods_supported'])
    .find(Array.isArray)
  const offered = listed?.filter((name) => typeof name === 'string')
  if (offered !== undefined && !offered.includes(sent)) return offered[0] ?? null
  const response = exchange?.response ?? null
  const scheme = response === null ? null : (readRefusal(response).challenge?.scheme.toLowerCase() ?? null)
  return offered === undefined && scheme === 'basic' && sent === 'client_secret_post'
    ? 'client_secret_basic'
    : null
}

/** What the words of a server may say under an error that is about something else. */
const ofTheAccount: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'balance',
  'not-subscribed',
  'suspended',
  'not-allowed-line',
  'roaming',
  'address',
  'api-key',
  'firewall',
])

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
      // Some say so of wrong credentials.
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
      return ofTheAccount.has(meaning) || meaning === 'redirect-uri'
        ? null
        : finding(code, place, { ...refused, grant })
    case 'invalid_client':
      if (ofTheAccount.has(meaning)) return null
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
        skewSeconds: refusing.exchange?.clockSkewSeconds ?? null,
      })
    case 'unsupported_grant_type':
    case 'unknown_user_id':
      return finding(code, place, { ...refused, grant })
    case 'invalid_dpop_proof':
      return finding(code, place, {
        ...refused,
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

function scopeFlawOf({ target, request }: Recording) {
  const { scope, apiVersion } = target
  return scope === null ? null : scopeFlaw(scope, { apiVersion, operation: request.operation ?? 'verify' })
}

/** Says how old a code was when it was exchanged, as far as nv saw it come. In seconds; null: not known. */
function codeAge(
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

/** Tells whether this machine plays the phone, from wherever the system routes it. */
export function isPlayed({ request }: Recording): boolean {
  return request.via === 'direct' && request.source === null
}

function sentRedirectUri({ target }: Recording): string | null {
  return target.repeatsRedirectUri ? target.redirectUri : null
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
        usesDpop: target.usesDpop,
        skewSeconds: exchange?.clockSkewSeconds ?? null,
      })
    case 'ciba-mode':
      return endpoint === 'backchannel' ? finding('ciba_mode_differs', place, refused) : null
    case 'credentials':
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
        : finding('pkce_refused', place, { ...refused, usesPkce: target.usesPkce })
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
      return endpoint === 'api' || target.clientId === null || refused.status === 401
        ? null
        : finding('client_unknown', place, { ...refused, clientId: target.clientId })
    case 'consent':
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
          })
        : null
    default:
      return null
  }
}
