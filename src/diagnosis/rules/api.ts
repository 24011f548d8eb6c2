// The API: why it gave no answer, and what a mismatch may mean.
import { operations, readNumberAnswer, readVerifyAnswer } from '../../camara/api.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { headerOf, type ResponseMessage, textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { lookalikeOf } from '../lookalike.ts'
import { meaningOf, proofFlawOf } from '../meaning.ts'
import { readPage } from '../page.ts'
import {
  grantedBy,
  grantOf,
  hostAsked,
  lastOf,
  locationOf,
  membersOf,
  placeOf,
  sourceOf,
  type Rule,
  stoppedFor,
} from '../recorded.ts'
import { readRefusal, type Refusal, wordsOf } from '../refusal.ts'
import { explainTransport } from './network.ts'
import { explainMeaning } from './meant.ts'
import { codeOf, isAboutNumberForm, isBodyMissed, isOfApi, isOfNumber, isOfOtherApi } from './api-words.ts'
import { readFormProbe } from './probed.ts'
import { isAboutPath, isPlayed, refusedIn, scopeFlawOf } from './refusing.ts'
import { grantedScope, isNonceAgain, wantsNonce } from './token.ts'

/** Explains why the API gave no answer. */
export const explainApi: Rule = (recording) => {
  const step = stoppedFor(recording, 'answer')
  const last = step === null ? null : lastOf(recording, ['api'], step)
  if (last === null) return []
  const explained = explainTransport(recording, last) ?? explainAnswer(recording, last)
  return explained === null ? [] : [explained]
}

function explainAnswer(recording: Recording, last: Exchange): Finding | null {
  const { response } = last
  if (response === null) return null
  const { status } = response
  const host = hostAsked(last)
  const place = placeOf(last)
  if (status >= 300 && status < 400)
    return finding('api_redirected', place, { host, status, location: locationOf(last) })
  if (isNonceAgain(recording, last)) return finding('dpop_nonce_again', place, { host, status })
  const refusal = readRefusal(response)
  const page = readPage(response)
  if (page?.kind === 'maintenance' && status < 400)
    return finding('server_failing', place, { ...refusedIn(last, refusal), says: page.words ?? page.title })
  if (page?.kind === 'login' && status === 401) return explainUnreadable(recording, last, refusal)
  const isRefused = status >= 400 || (refusal.kind === 'json' && refusal.code !== null)
  return isRefused
    ? explainRefusal(recording, last, response, refusal)
    : explainUnreadable(recording, last, refusal)
}

function explainRefusal(
  recording: Recording,
  last: Exchange,
  response: ResponseMessage,
  refusal: Refusal,
): Finding {
  const { target, request } = recording
  const refused = refusedIn(last, refusal)
  const place = placeOf(last)
  const isBySim = grantOf(recording) !== 'authorization-code'
  const isDirect = isPlayed(recording)
  const code = codeOf(refusal.code)
  const operation = request.operation ?? 'verify'
  const { status } = refusal
  const meant = refusal.kind === 'page' ? null : meaningOf(refused.says)
  if (['permission_denied', 'unauthenticated'].includes(code) && isOfApi(meant)) {
    const explained = explainMeaning(recording, { place, refused, endpoint: 'api', exchange: last }, meant)
    if (explained !== null) return explained
  }
  switch (code) {
    case 'invalid_argument':
      // The words may be about something else than the number.
      if (/correlator|header|content.type/i.test(refused.says ?? '')) break

      return finding(code, place, {
        ...refused,
        operation,
        isHashed: request.isHashed,
        isLost: isBodyMissed(last, refused.says),
        probed: readFormProbe(recording),
      })
    case 'unauthenticated':
      return isOfOtherApi(meant, refused.says)
        ? finding('token_of_other_api', place, { ...refused, ageSeconds: tokenAge(recording, last) })
        : explainUnauthenticated(recording, last, refusal)
    case 'permission_denied':
      return explainScope(recording, last, refusal)
    case 'user_not_authenticated_by_mobile_network':
      return finding(code, place, { ...refused, isBySim, isDirect, apiVersion: target.apiVersion ?? '' })
    case 'user_not_authenticated_by_supported_method':
      return finding(code, place, { ...refused, isBySim, isDirect })
    case 'invalid_token_context':
      return finding(code, place, { ...refused, isBySim, isOfNumber: isOfNumber(refused.says) })
    case 'invalid_ts43_token':
    case 'line_not_served':
    case 'quota_exceeded':
      return finding(code, place, refused)
    default:
  }
  // A number in the wrong form doesn't mean that it isn't served.
  const isLost = isBodyMissed(last, refused.says)
  if ([400, 422].includes(status) && (isLost || isAboutNumberForm(refused.says)))
    return finding('invalid_argument', place, {
      ...refused,
      operation,
      isHashed: request.isHashed,
      isLost,
      probed: readFormProbe(recording),
    })
  const meaning = refusal.kind === 'page' ? null : meaningOf(refused.says, refused.sent)
  const { url } = last.request
  const source = sourceOf(recording, 'api')
  if (meaning === 'no-route')
    return finding('api_not_found', place, { ...refused, url, oddity: oddityOf(url), source })
  if (isOfOtherApi(meaning, refused.says) && (status === 401 || status === 403))
    return finding('token_of_other_api', place, { ...refused, ageSeconds: tokenAge(recording, last) })
  if (meaning !== null && (status < 500 || meaning === 'client-certificate')) {
    if (meaning === 'client-certificate')
      return finding('certificate_wanted', place, { host: refused.host, says: refused.says })
    const explained = isOfApi(meaning)
      ? explainMeaning(recording, { place, refused, endpoint: 'api', exchange: last }, meaning)
      : null
    if (explained !== null) return explained
  }
  if (meaning === 'scope' && status === 403) return explainScope(recording, last, refusal)
  if (status === 402) return finding('account_balance', place, refused)
  if (status === 401) return explainUnauthenticated(recording, last, refusal)
  if (status === 403) return finding('api_forbidden', place, refused)
  // The code alone could be about the number.
  const isOfPath = code === 'not_found' && isAboutPath(refused.says)
  if (status === 404 && (refusal.code === null || isOfPath))
    return finding('api_not_found', place, { ...refused, url, oddity: oddityOf(url), source })
  return finding('api_error', place, {
    ...refused,
    source,
    method: last.request.method,
    allow: headerOf(response, 'allow'),
  })
}

function explainScope(recording: Recording, last: Exchange, refusal: Refusal): Finding {
  return finding('permission_denied', placeOf(last), {
    ...refusedIn(last, refusal),
    scope: recording.target.scope ?? '',
    grantedScope: grantedScope(recording),
    flaw: scopeFlawOf(recording),
    neededScope: refusal.challenge?.scope ?? null,
  })
}

function tokenAge(recording: Recording, last: Exchange): number | null {
  const granted = grantedBy(recording)
  return granted === null ? null : Math.max(0, Math.round((last.timings.startedMs - granted.atMs) / 1000))
}

function explainUnauthenticated(recording: Recording, last: Exchange, refusal: Refusal): Finding {
  const refused = refusedIn(last, refusal)
  if (wantsNonce(last) || refusal.challenge?.error === 'use_dpop_nonce')
    return finding('use_dpop_nonce', placeOf(last), refused)
  const isOfProof =
    refusal.challenge?.scheme.toLowerCase() === 'dpop' &&
    (!recording.target.usesDpop || refusal.challenge.error !== 'invalid_token')
  const meaning = meaningOf(refused.says)
  if (isOfProof || meaning === 'dpop')
    return finding('invalid_dpop_proof', placeOf(last), {
      ...refused,
      flaw: proofFlawOf(refused.says),
      usesDpop: recording.target.usesDpop,
      skewSeconds: last.clockSkewSeconds,
    })
  return finding('unauthenticated', placeOf(last), {
    ...refused,
    isBySim: grantOf(recording) !== 'authorization-code',
    ageSeconds: tokenAge(recording, last),
    challenge: /^(bearer|dpop|)$/i.test(refusal.challenge?.scheme ?? '') ? null : refusal.challenge,
    isLost: meaning === 'header-missing' || meaning === 'token-wanted',
    isSaidExpired: meaning === 'expired' || meaning === 'clock',
    livesSeconds: lifetimeOf(recording),
    isOneHost: lastOf(recording, ['token'])?.request.url.split('/')[2] === last.request.url.split('/')[2],
    isFirstUse: recording.exchanges.filter(({ kind }) => kind === 'api').length === 1,
  })
}

/** Gives how long the access token lives by its response, in seconds; null: that does not say. */
function lifetimeOf(recording: Recording): number | null {
  const lives = Number(membersOf(grantedBy(recording)?.exchange ?? null)['expires_in'] ?? Number.NaN)
  return Number.isFinite(lives) ? lives : null
}

/** Says what is odd about the path of an address that does not exist; null when nothing is. */
function oddityOf(url: string): string | null {
  const path = URL.canParse(url) ? new URL(url).pathname : url
  const version = /\/(v\d\w*)\/(?:.*\/)?(v\d\w*)\//.exec(path)
  if ((path.match(/number-verification/g) ?? []).length > 1) return 'its path has number-verification twice'
  if (/\/verify\/.*verify$/.test(path)) return 'its path has verify twice'
  return version === null ? null : `its path has two versions, ${version[1]} and ${version[2]}`
}

function explainUnreadable(recording: Recording, last: Exchange, refusal: Refusal): Finding {
  const { response } = last
  const status = response?.status ?? 0
  const text = textOf(response)
  const operation = recording.request.operation ?? 'verify'
  const read = operation === 'verify' ? readVerifyAnswer : readNumberAnswer
  const answer = read(status, text, response === null ? null : headerOf(response, 'www-authenticate'))
  const contradicted = recording.observations.find(({ code }) => code === 'answer_contradicted')
  const found =
    typeof answer === 'object' && 'undetermined' in answer
      ? answer.undetermined
      : contradicted?.code === 'answer_contradicted'
        ? `${operations[operation].answer} beside another number (${contradicted.facts.member})`
        : 'no usable answer'
  return finding('api_unreadable', placeOf(last), {
    host: hostAsked(last),
    status,
    found,
    page: readPage(response),
    says: status >= 400 || ['json', 'xml'].includes(refusal.kind) ? wordsOf(refusal) : null,
    operation,
    source: sourceOf(recording, 'api'),
    lookalike: lookalikeOf(text, operations[operation].answer),
  })
}
