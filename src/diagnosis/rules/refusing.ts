// A refusal with what it answers: what the rules about refusals share.
import type { Exchange, Recording } from '../../run/recording.ts'
import type { Refused } from '../catalogue/words.ts'
import type { Place } from '../finding.ts'
import { textOf } from '../../wire/exchange.ts'
import { chainOf, hostAsked } from '../recorded.ts'
import { type Refusal, wordsOf } from '../refusal.ts'
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

/** Tells whether a client authenticates by what it signs. */
export function isKeyMethod(method: string | null): boolean {
  return method === 'private_key_jwt' || method === 'application_jwt'
}

/** Says what is odd about the scope that was asked for; null when nothing is. */
export function scopeFlawOf({ target, request }: Recording) {
  const { scope, apiVersion } = target
  return scope === null ? null : scopeFlaw(scope, { apiVersion, operation: request.operation ?? 'verify' })
}

/** Tells whether this machine plays the phone, from wherever the system routes it. */
export function isPlayed({ request }: Recording): boolean {
  return request.via === 'direct' && request.source === null
}

/** Gives the redirect_uri of the token request; null where it has none. */
export function sentRedirectUri({ target }: Recording): string | null {
  return target.repeatsRedirectUri ? target.redirectUri : null
}

/** Tells whether the authorization request has a login_hint; null where nobody saw it. */
export function sentHint(recording: Recording): boolean | null {
  const asked = chainOf(recording)[0]?.request.url
  if (asked !== undefined && URL.canParse(asked)) return new URL(asked).searchParams.has('login_hint')
  return recording.command === 'inspect' ? null : recording.target.loginHint !== 'none'
}

/** The parameters of an authorization request that servers ask for by name, and that are no everyday words. */
const askedByName = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'code_challenge_method',
  'code_challenge',
  'login_hint',
  'acr_values',
  'max_age',
  'id_token_hint',
  'ui_locales',
  'nonce',
  'prompt',
  'scope',
  'state',
] as const

/** How other languages say behind, and before, a name that it is missing. */
const missingBehind =
  'ausente|faltante|falta|manquant|fehlt|mancante|obligatori[oa]|obrigat[óo]ri[oa]|requerid[oa]|requis|erforderlich|obbligatori[oa]|ontbreekt'
const missingBefore = 'falta|fehlt|fehlende[rs]?|ausente|manque|manquant|manca|mancante'

const isMissing = (name: string) =>
  new RegExp(
    `(?<![\\w-])${name}(?![\\w-]).{0,30}(?<![\\w-])(${missingBehind})\\b|\\b(${missingBefore})\\b.{0,40}(?<![\\w-])${name}(?![\\w-])|` +
      `(?<![\\w-])${name}(?![\\w-]).{0,30}\\b(missing|required|absent|mandatory|empty|null|not (present|provided|set)|must be (present|provided|specified|set))|\\b(missing|requires?)\\b(?! (in|from)\\b).{0,40}(?<![\\w-])${name}(?![\\w-])`,
    'i',
  )

/** Finds the parameter that a server misses, and whether nv sent it; null: it misses none, or nv didn't see the request. */
export function missedParameter(
  recording: Recording,
  says: string | null,
): { name: string; isSent: boolean } | null {
  const asked = chainOf(recording)[0]?.request.url
  const name = askedByName.find((candidate) => isMissing(candidate).test(says ?? ''))
  return asked === undefined || name === undefined || !URL.canParse(asked)
    ? null
    : { name, isSent: new URL(asked).searchParams.has(name) }
}

/** Tells whether the words of a 404 are about the address, or are none; they could be about a client or a number. */
export function isAboutPath(says: string | null): boolean {
  if (says === null || /^\W*not[ _-]?found\W*$/i.test(says)) return true
  return /\b(path|route|endpoint|ur[il]|page|resource|api|realm|tenant)\b/i.test(says)
}

/** The parameters of a token request that servers ask for by name. */
const sentNames = [
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'client_id',
  'assertion',
  'auth_req_id',
] as const

/** Finds a parameter that a server misses, although it was sent in the form; null when there is none. */
export function missedIn({ request }: Exchange, says: string | null): string | null {
  const sent = new URLSearchParams(textOf(request))
  return sentNames.find((name) => sent.has(name) && isMissing(name).test(says ?? '')) ?? null
}

/** Tells whether a token endpoint misses what was sent to it, whatever error it calls that. */
export function isMissed({ exchange, endpoint, refused }: Refusing): boolean {
  return endpoint === 'token' && exchange !== null && missedIn(exchange, refused.says) !== null
}
