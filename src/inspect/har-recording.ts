// Records the flow of a HAR, as nv would have recorded it.
import { type OperationName, readNumberAnswer, readVerifyAnswer, versionOf } from '../camara/api.ts'
import { isInFragment } from '../oauth/redirect-uri.ts'
import { readTokenMembers } from '../oauth/token.ts'
import type { Redactor } from '../run/redaction.ts'
import type { Arrival, End, Exchange, Recording, StepName } from '../run/recording.ts'
import { secretsIn } from '../run/secrets.ts'
import { type ExchangeKind, headerOf, textOf } from '../wire/exchange.ts'
import type { Entry } from './har-entries.ts'
import type { Flow } from './har-flow.ts'
import { arrivalOfSeen, exchangeOfSeen, recordingOfSeen } from './seen.ts'

/** Records a flow, redacted, as nv would have recorded it. */
export function recordFlow(
  { chain, others, asked, redirectUri, callback }: Flow,
  redactor: Redactor,
): Recording {
  const all = [
    ...chain.map((entry, index) => ({
      entry,
      kind: 'authorize' as const,
      step: 'authorize' as const,
      hop: index + 1,
    })),
    ...others.map((other) => ({ ...other, hop: null })),
  ].toSorted((one, other) => one.entry.startedAtMs - other.entry.startedAtMs)
  for (const { entry } of all)
    for (const secret of [
      ...secretsIn({ ...entry.request }),
      ...(entry.response === null ? [] : secretsIn(entry.response)),
    ])
      redactor.conceal(secret)
  const startedAtMs = all[0]?.entry.startedAtMs ?? 0
  const exchanges = all.map(({ entry, kind, step, hop }, index) =>
    redact(entry, { id: index + 1, kind, step, hop, startedAtMs }, redactor),
  )
  const api = exchanges.findLast(({ kind }) => kind === 'api')
  const url = (kind: ExchangeKind) =>
    exchanges.find((one) => one.kind === kind)?.request.url.split('?', 1)[0] ?? null
  const arrivals = callback === null ? [] : [arrivalOf(callback, asked, redactor)]
  const text = (name: string) => (asked.get(name) === null ? null : redactor.text(asked.get(name) ?? ''))
  return recordingOfSeen({
    startedAtMs,
    target: {
      authorizeUrl: url('authorize'),
      tokenUrl: url('token'),
      backchannelUrl: url('backchannel'),
      apiUrl: api?.request.url.replace(/\/[^/]*$/, '') ?? null,
      apiVersion:
        api === undefined ? null : versionOf(new URL(api.request.url).pathname.replace(/\/[^/]*$/, '')),
      redirectUri,
      scope: text('scope'),
      clientId: text('client_id'),
      prompt: text('prompt'),
      usesPkce: asked.has('code_challenge'),
      usesRequestObject: asked.has('request'),
      authMethod: authMethodOf(exchanges),
    },
    request: { operation: operationOf(api), grants: [grantOf(exchanges)] },
    exchanges,
    arrivals,
    end: endOf(exchanges, arrivals, { hasChain: chain.length > 0 }),
  })
}

interface Placed {
  id: number
  kind: ExchangeKind
  step: StepName
  hop: number | null
  startedAtMs: number
}

function redact(entry: Entry, { id, kind, step, hop, startedAtMs }: Placed, redactor: Redactor): Exchange {
  const { request, response, failure, durationMs } = entry
  const redactMessage = <M extends { headers: Entry['request']['headers']; body: Entry['request']['body'] }>(
    message: M,
  ): M => ({
    ...message,
    headers: redactor.headers(message.headers),
    body: message.body && { ...message.body, text: redactor.body(message.body.text) },
  })
  const startedMs = Math.max(0, entry.startedAtMs - startedAtMs)
  const correlatorOf = (message: Pick<Entry['request'], 'headers'>) => {
    const value = headerOf(message, 'x-correlator')
    return value === null ? null : redactor.text(value)
  }
  return exchangeOfSeen(id, step, kind, {
    hop,
    request: { ...redactMessage(request), url: redactor.url(request.url) },
    response: response && redactMessage(response),
    failure: failure && { ...failure, message: redactor.text(failure.message) },
    timings: {
      startedMs,
      resolvedMs: null,
      connectedMs: null,
      securedMs: null,
      firstByteMs: null,
      endedMs: Math.round(durationMs),
    },
    correlator: { sent: correlatorOf(request), returned: response && correlatorOf(response) },
  })
}

/** Compares the state before it is redacted. */
function arrivalOf(callback: URL, asked: URLSearchParams, redactor: Redactor): Arrival {
  const behind = isInFragment(callback)
  const parameters = behind ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams
  const arrival = arrivalOfSeen(parameters, { url: callback, isInFragment: behind })
  const text = (value: string | null) => (value === null ? null : redactor.text(value))
  const what = {
    ...arrival.what,
    error: text(arrival.what.error),
    errorDescription: text(arrival.what.errorDescription),
    issuer: text(arrival.what.issuer),
  }
  const expected = asked.get('state')
  if (what.state !== 'ours' || expected === null || parameters.get('state') === expected)
    return {
      ...arrival,
      what,
      verdict: what.state === 'missing' && expected !== null ? 'state_missing' : arrival.verdict,
    }
  return { ...arrival, what: { ...what, state: 'other' }, verdict: 'state_differs' }
}

/** Tells how the client authenticated at the token endpoint; null where that is not recorded. */
function authMethodOf(exchanges: readonly Exchange[]): string | null {
  const token = exchanges.findLast(({ kind }) => kind === 'token')
  if (token === undefined) return null
  const form = new URLSearchParams(textOf(token.request))
  if (form.has('client_assertion')) return 'private_key_jwt'
  if (form.has('client_secret')) return 'client_secret_post'
  return headerOf(token.request, 'authorization') === null ? 'none' : 'client_secret_basic'
}

function operationOf(api: Exchange | undefined): OperationName | null {
  if (api === undefined) return null
  return /device-phone-number\/?$/.test(api.request.url) ? 'device-phone-number' : 'verify'
}

function grantOf(exchanges: readonly Exchange[]): 'authorization-code' | 'ciba' | 'jwt-bearer' {
  if (exchanges.some(({ kind }) => kind === 'backchannel')) return 'ciba'
  return exchanges.some(({ kind, request }) => kind === 'token' && textOf(request).includes('jwt-bearer'))
    ? 'jwt-bearer'
    : 'authorization-code'
}

/** Says how the flow ended, as far as it is recorded; null: nothing in it failed. */
function endOf(
  exchanges: readonly Exchange[],
  arrivals: readonly Arrival[],
  { hasChain }: { hasChain: boolean },
): End | null {
  const api = exchanges.findLast(({ kind }) => kind === 'api')
  if (api !== undefined) return endOfApi(api)
  const token = exchanges.findLast(({ kind }) => kind === 'token')
  if (token !== undefined) {
    const isGranted =
      token.response !== null &&
      token.response.status < 300 &&
      typeof readTokenMembers(textOf(token.response))?.['access_token'] === 'string'
    return isGranted ? null : { kind: 'stopped', step: 'token', lacks: 'token' }
  }
  const backchannel = exchanges.findLast(({ kind }) => kind === 'backchannel')
  if (backchannel !== undefined) {
    const isTaken = backchannel.response !== null && backchannel.response.status < 300
    return isTaken ? null : { kind: 'stopped', step: 'authorize', lacks: 'token' }
  }
  const [arrival] = arrivals
  if (arrival !== undefined) {
    const isCode =
      arrival.verdict === 'taken' &&
      arrival.what.error === null &&
      arrival.what.parameters.includes('code') &&
      !arrival.what.isInFragment
    return isCode ? null : { kind: 'stopped', step: 'callback', lacks: 'code' }
  }
  return hasChain ? { kind: 'stopped', step: 'authorize', lacks: 'redirect' } : null
}

function endOfApi(api: Exchange): End {
  const { response } = api
  const stopped: End = { kind: 'stopped', step: 'api', lacks: 'answer' }
  if (response === null) return stopped
  if (operationOf(api) === 'device-phone-number') {
    const answer = readNumberAnswer(response.status, textOf(response), headerOf(response, 'www-authenticate'))
    const isMasked = /"devicePhoneNumber"\s*:\s*"\+\d{2}\*+\d{2}"/.test(textOf(response))
    return 'phoneNumber' in answer || isMasked ? { kind: 'answered', answer: 'identified' } : stopped
  }
  const answer = readVerifyAnswer(response.status, textOf(response), headerOf(response, 'www-authenticate'))
  return typeof answer === 'string' ? { kind: 'answered', answer } : stopped
}
