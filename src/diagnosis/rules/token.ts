// The token endpoint, whatever the grant: why it gave no access token, and what is odd about one that it gave.
import { noteTokenResponse, type TokenNote } from '../../oauth/token-notes.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { readBody } from '../../wire/body.ts'
import { headerOf, textOf } from '../../wire/exchange.ts'
import { finding, type Place } from '../finding.ts'
import { lookalikeOf } from '../lookalike.ts'
import { meaningOf } from '../meaning.ts'
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
import { clientFacts } from './client-facts.ts'
import { explainOAuthError } from './oauth-error.ts'
import { isAboutPath, missedIn, refusedIn } from './refusing.ts'

/** Explains why the token endpoint gave no access token. */
export const explainToken: Rule = (recording) => {
  const step = stoppedFor(recording, 'token')
  const last = step === null ? null : lastOf(recording, ['token'], step)
  if (last === null) return []
  const explained =
    explainTransport(recording, last) ?? explainRedirect(last) ?? explainAnswer(recording, last)
  return explained === null ? [] : [explained]
}

function explainRedirect(last: Exchange): Finding | null {
  const status = last.response?.status ?? 0
  return status >= 300 && status < 400
    ? finding('token_redirected', placeOf(last), {
        host: hostAsked(last),
        status,
        location: locationOf(last),
      })
    : null
}

function explainAnswer(recording: Recording, last: Exchange): Finding | null {
  const { response } = last
  if (response === null) return null
  const refusal = readRefusal(response)
  const refused = refusedIn(last, refusal)
  const place = placeOf(last)
  if (isNonceAgain(recording, last))
    return finding('dpop_nonce_again', place, { host: refused.host, status: response.status })
  const isPage = refusal.kind === 'page'
  // A page's words are about the page: they only explain failures, and refusals with a code.
  const page = readPage(response)
  if (page?.kind === 'maintenance')
    return finding('server_failing', place, { ...refused, says: page.words ?? page.title })
  const isTelling = !isPage || response.status >= 500 || response.status === 429 || refusal.code !== null
  const grant = grantOf(recording)
  const explained = isTelling
    ? explainOAuthError(recording, { place, refused, endpoint: 'token', exchange: last })
    : null
  if (explained !== null && isRefused(refusal)) return explained
  if (response.status === 401)
    return finding('invalid_client', place, {
      ...refused,
      ...clientFacts(recording, last),
      meaning: meaningOf(refused.says),
    })
  if (isEndpointEqual(recording) && response.status !== 400)
    return finding('endpoints_equal', place, { url: last.request.url, source: sourceOf(recording, 'token') })
  if (isRefused(refusal) && !isPage && (refusal.code !== null || refusal.message !== null))
    return finding('token_error', place, {
      ...refused,
      grant,
      notThere:
        isOfPath(response.status, refused) || meaningOf(refused.says) === 'no-route'
          ? { url: last.request.url, source: sourceOf(recording, 'token') }
          : null,
      missed: missedIn(last, refused.says),
    })
  return finding('token_unreadable', place, {
    host: refused.host,
    status: response.status,
    found: describeBody(last),
    page: readPage(response),
    says: response.status >= 400 || refusal.kind === 'json' ? wordsOf(refusal) : null,
    source: sourceOf(recording, 'token'),
    lookalike: lookalikeOf(textOf(response), 'access_token'),
  })
}

/** Tells a refusal of the address from one of the code: a 404 alone may be about the code or the line. */
function isOfPath(status: number, { sent, says }: { sent: string | null; says: string | null }): boolean {
  if (status === 405) return true
  return status === 404 && isAboutPath(says) && (sent === null || /not[ _-]?found/i.test(sent))
}

/** Tells whether an answer refuses: by its status, or by a code under another. */
function isRefused({ status, code }: Refusal): boolean {
  return status >= 400 || code !== null
}

function isEndpointEqual({ target }: Recording): boolean {
  return target.authorizeUrl !== null && target.authorizeUrl === target.tokenUrl
}

function describeBody(exchange: Exchange): string {
  const body = readBody(textOf(exchange.response))
  if (body.kind === 'other') return body.found
  const token = body.object['access_token']
  if (typeof token === 'string' && token !== '') return 'an access_token that no header can carry'
  return token === undefined
    ? 'a JSON object with neither access_token nor error'
    : 'an access_token that is empty or not a string'
}

/**
 * Tells whether a server wanted a DPoP nonce, and another one after it had got that.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-8
 */
export function isNonceAgain(recording: Recording, last: Exchange): boolean {
  const same = recording.exchanges.filter(({ kind, step }) => kind === last.kind && step === last.step)
  const before = same[same.indexOf(last) - 1]
  return recording.target.usesDpop && before !== undefined && [before, last].every(wantsNonce)
}

export function wantsNonce({ response }: Exchange): boolean {
  if (response === null || headerOf(response, 'dpop-nonce') === null) return false
  const { code, challenge } = readRefusal(response)
  return code === 'use_dpop_nonce' || challenge?.error === 'use_dpop_nonce'
}

/** Notes what a token response should not allow, or should say differently. */
export const noteToken: Rule = (recording) => {
  const granted = grantedBy(recording)
  const isUnusable =
    stoppedFor(recording, 'token') !== null &&
    !recording.observations.some(({ code }) => code === 'nonce_differs')
  if (granted === null || isUnusable) return []
  const { exchange } = granted
  const place = placeOf(exchange)
  const host = hostAsked(exchange)
  const { target, observations } = recording
  const asked = {
    scope: target.scope ?? '',
    usesDpop: target.usesDpop,
    expectsIdToken: grantOf(recording) !== 'jwt-bearer',
  }
  const notes = noteTokenResponse(textOf(exchange.response), asked).map((note) => wordNote(note, place, host))
  const objections = observations.flatMap((observed) =>
    observed.code === 'strict_objection' && observed.exchange === exchange.id
      ? [
          finding('token_response_irregular', place, {
            host,
            message: observed.facts.message.replace(/\.$/, ''),
          }),
        ]
      : [],
  )
  return [...notes, ...objections]
}

function wordNote(note: TokenNote, place: Place, host: string): Finding {
  switch (note.code) {
    case 'token_response_irregular':
      return finding(note.code, place, { host, ...note.facts })
    case 'expires_in_unusable':
      return finding(note.code, place, { host, ...note.facts })
    case 'token_lives_long':
      return finding(note.code, place, { host, ...note.facts })
    case 'scope_differs':
      return finding(note.code, place, { host, ...note.facts })
    default:
      return finding(note.code, place, { host })
  }
}

/** Gives the scope that the token response says it granted; null when it says nothing. */
export function grantedScope(recording: Recording): string | null {
  const scope = membersOf(grantedBy(recording)?.exchange ?? null)['scope']
  return typeof scope === 'string' && scope !== '' ? scope : null
}
