// CIBA: why the gateway did not take the token of the SIM, or gave no access token in time.
import { readBackchannelAnswer } from '../../oauth/backchannel.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { readBody } from '../../wire/body.ts'
import { textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { lookalikeOf } from '../lookalike.ts'
import { readPage } from '../page.ts'
import {
  hostAsked,
  isSuccess,
  lastOf,
  locationOf,
  membersOf,
  placeOf,
  sourceOf,
  type Rule,
  stoppedFor,
} from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'
import { explainTransport } from './network.ts'
import { clientFacts } from './client-facts.ts'
import { explainOAuthError } from './oauth-error.ts'
import { refusedIn } from './refusing.ts'

/** Explains why the backchannel endpoint gave no auth_req_id. */
export const explainBackchannel: Rule = (recording) => {
  const step = stoppedFor(recording, 'token')
  const last = step === 'authorize' ? lastOf(recording, ['backchannel'], step) : null
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
    return finding('backchannel_redirected', place, { host, status, location: locationOf(last) })
  const refusal = readRefusal(response)
  const refused = refusedIn(last, refusal)
  const isPage = refusal.kind === 'page'
  const isRefused = status >= 400 || refusal.code !== null
  const isFailing = status >= 500 || status === 429
  const explained =
    isRefused && (!isPage || isFailing)
      ? explainOAuthError(recording, { place, refused, endpoint: 'backchannel', exchange: last })
      : null
  if (explained !== null) return explained
  if (status === 401)
    return finding('invalid_client', place, { ...refused, ...clientFacts(recording, last), meaning: null })
  if (isRefused && !isPage && (refusal.code !== null || refusal.message !== null))
    return finding('backchannel_error', place, refused)
  const body = readBody(textOf(response))
  return finding('backchannel_unreadable', place, {
    host,
    status,
    found: body.kind === 'object' ? 'a JSON object with neither auth_req_id nor error' : body.found,
    page: readPage(response),
    says: status >= 400 ? wordsOf(refusal) : null,
    source: sourceOf(recording, 'backchannel'),
    lookalike: lookalikeOf(textOf(response), 'auth_req_id'),
  })
}

/** What slow_down, or a request without an answer, adds to the interval. In milliseconds. */
const slowDownMs = 5000

/** Explains that polling ended without a token, although each answer said to wait. */
export const explainPolling: Rule = (recording) => {
  const step = stoppedFor(recording, 'token')
  const last = step === 'token' ? lastOf(recording, ['token'], step) : null
  const acknowledged = lastOf(recording, ['backchannel'])
  if (last === null || acknowledged === null || !isSuccess(acknowledged)) return []
  const error = errorOf(last)
  const isSlowedDown = recording.exchanges.some((exchange) => errorOf(exchange) === 'slow_down')
  const isPending = error === 'authorization_pending' || error === 'slow_down'
  if (!isPending && error !== 'expired_token') return []
  const polls = recording.exchanges.filter(({ kind, step: at }) => kind === 'token' && at === 'token')
  const place = { step: 'token' as const, evidence: polls.map(({ id }) => id) }
  const host = hostAsked(last)
  const seconds = secondsWaited(recording, polls)
  if (!isPending) {
    if (last.response === null) return []
    const refused = refusedIn(last, readRefusal(last.response))
    return [finding('expired_token', place, { ...refused, seconds, isSlowedDown })]
  }
  if (!isOver(acknowledged, polls))
    return [finding('backchannel_timeout', place, { host, seconds, isSlowedDown })]
  const refused = { host, status: null, sent: null, says: null, retryAfter: null, reference: null }
  return [finding('expired_token', place, { ...refused, seconds, isSlowedDown })]
}

function errorOf(exchange: Exchange): unknown {
  return exchange.kind === 'token' ? membersOf(exchange)['error'] : null
}

function secondsWaited({ steps }: Recording, polls: readonly Exchange[]): number {
  const step = steps.find(({ name }) => name === 'token')
  const [first, last] = [polls[0], polls.at(-1)]
  const polledMs = first && last ? last.timings.startedMs + last.timings.endedMs - first.timings.startedMs : 0
  return Math.round((step?.durationMs ?? polledMs) / 1000)
}

/** Tells whether the next request for a token would have come after the authentication's own end. */
function isOver(acknowledged: Exchange, polls: readonly Exchange[]): boolean {
  const answer = readBackchannelAnswer(acknowledged.response?.status ?? 0, textOf(acknowledged.response))
  const last = polls.at(-1)
  if (answer.kind !== 'acknowledged' || answer.expiresInSeconds === null || last === undefined) return false
  const slower = polls.filter((poll) => errorOf(poll) !== 'authorization_pending').length
  const intervalMs = answer.intervalSeconds * 1000 + slower * slowDownMs
  const expiresAtMs = acknowledged.timings.startedMs + answer.expiresInSeconds * 1000
  return last.timings.startedMs + last.timings.endedMs + intervalMs >= expiresAtMs
}

/** Notes what a strict client objects to in an answer that brought an auth_req_id. */
export const noteBackchannel: Rule = ({ observations, exchanges }) =>
  observations.flatMap((observed) => {
    const exchange = exchanges.find(({ id }) => id === observed.exchange)
    return observed.code === 'strict_objection' && exchange?.kind === 'backchannel'
      ? [
          finding('backchannel_response_irregular', placeOf(exchange), {
            host: hostAsked(exchange),
            message: observed.facts.message.replace(/\.$/, ''),
          }),
        ]
      : []
  })
