// A HAR: the flow in it as a recording, diagnosed as a run is.
import { type OperationName, readNumberAnswer, readVerifyAnswer, versionOf } from '../camara/api.ts'
import { readTokenMembers } from '../oauth/token.ts'
import { isInFragment, isRedirectTo } from '../oauth/redirect-uri.ts'
import type { Redactor } from '../run/redaction.ts'
import type { Arrival, End, Exchange, Recording, StepName } from '../run/recording.ts'
import { secretsIn } from '../run/secrets.ts'
import { isSimulated } from '../run/simulated.ts'
import { readBody } from '../wire/body.ts'
import { type ExchangeKind, headerOf, textOf } from '../wire/exchange.ts'
import { entriesOf, type Entry } from './har-entries.ts'
import { type Given, type Inspection, inspectionOf, type Lint } from './inspection.ts'
import { describeEnd, describeExchange } from './run-file.ts'
import { arrivalOfSeen, diagnoseSeen, exchangeOfSeen, recordingOfSeen } from './seen.ts'

/** Reads a HAR in which there is a flow; null when the text is something else, or there is none. */
export function readHar(text: string, given: Given): Inspection | null {
  const body = /^\s*\uFEFF?\s*\{/.test(text) ? readBody(text) : null
  const entries = body?.kind === 'object' ? entriesOf(body.object) : null
  const flow = entries === null ? null : findFlow(entries)
  if (entries === null || flow === null) return null
  const recording = record(flow, given.redactor)
  const findings = diagnoseSeen(recording)
  const simulated = isSimulated(recording) ? ' (simulated)' : ''
  const facts = [
    ...Object.entries({
      client_id: recording.target.clientId,
      redirect_uri: recording.target.redirectUri,
      scope: recording.target.scope,
    }).flatMap(([name, value]) => (value === null ? [] : [{ name, value, meaning: '' }])),
    ...recording.exchanges.map(describeExchange),
    ...recording.arrivals.map(({ what }) => ({
      name: 'callback',
      value: `${what.host ?? ''}${what.path ?? ''}`,
      meaning:
        what.error === null
          ? what.parameters.includes('code')
            ? 'with a code'
            : 'without a code'
          : `with the error ${what.error}`,
    })),
  ]
  const summary = `A HAR with ${recording.exchanges.length} requests of the flow${simulated}: ${summarize(recording)}`
  return inspectionOf(
    'har',
    summary,
    facts,
    findings.map((one): Lint => ['', one]),
  )
}

function summarize(recording: Recording): string {
  const { end, arrivals, exchanges } = recording
  if (end !== null) return describeEnd(recording)
  if (exchanges.some(({ kind }) => kind === 'token'))
    return 'the access token came, and the API was not asked in it'
  return arrivals.length > 0
    ? 'the code came back; what the backend did with it is not in it'
    : describeEnd(recording)
}

interface Flow {
  chain: Entry[]
  others: Array<{ entry: Entry; kind: ExchangeKind; step: StepName }>
  /** The parameters of the authorization request. */
  asked: URLSearchParams
  redirectUri: string | null
  callback: URL | null
}

/** Finds the last attempt in a HAR. */
function findFlow(entries: readonly Entry[]): Flow | null {
  const start = findStart(entries)
  const first = entries[start]
  const asked = first === undefined ? new URLSearchParams() : new URL(first.request.url).searchParams
  const given = asked.get('redirect_uri')
  const redirectUri = given !== null && URL.canParse(given) ? given : null
  const { chain, callback } =
    first === undefined ? { chain: [], callback: null } : followChain(entries, start, redirectUri)
  const others = entries.flatMap((entry, index) => {
    const role = chain.includes(entry) || index < start ? null : roleOf(entry)
    return role === null ? [] : [{ entry, ...role }]
  })
  return chain.length === 0 && !others.some(({ kind }) => kind !== 'keys' && kind !== 'discovery')
    ? null
    : { chain, others, asked, redirectUri, callback }
}

/** The last authorization request that no redirect led to; -1: there is none. */
function findStart(entries: readonly Entry[]): number {
  const led = new Set(entries.flatMap((entry) => locationOf(entry) ?? []))
  return entries.findLastIndex(({ request }) => {
    const { searchParams: query } = new URL(request.url)
    const isRequest = query.has('response_type') || query.has('request') || query.has('request_uri')
    return isRequest && query.has('client_id') && !led.has(request.url)
  })
}

function locationOf({ request, response }: Entry): string | null {
  const location =
    response === null || response.status < 300 || response.status > 399
      ? null
      : headerOf(response, 'location')
  return location !== null && URL.canParse(location, request.url) ? new URL(location, request.url).href : null
}

const maxChain = 60

/** Follows the browser from one request to the next, over redirects and pages, to the redirect_uri. */
function followChain(
  entries: readonly Entry[],
  start: number,
  redirectUri: string | null,
): { chain: Entry[]; callback: URL | null } {
  const chain: Entry[] = []
  const isCallback = (url: string) => redirectUri !== null && isRedirectTo(redirectUri, new URL(url))
  let index = start
  while (chain.length < maxChain) {
    const entry = entries[index]
    if (entry === undefined) break
    if (chain.length > 0 && isCallback(entry.request.url))
      return { chain, callback: new URL(entry.request.url) }
    chain.push(entry)
    const location = locationOf(entry)
    if (location !== null && isCallback(location)) return { chain, callback: new URL(location) }
    const from = index + 1
    const next = entries.findIndex(
      ({ request, isNavigation }, at) =>
        at >= from && (location === null ? isNavigation : withoutHash(request.url) === withoutHash(location)),
    )
    if (next < 0) break
    index = next
  }
  return { chain, callback: null }
}

function withoutHash(url: string): string {
  return url.split('#', 1)[0] ?? ''
}

function roleOf({ request }: Entry): { kind: ExchangeKind; step: StepName } | null {
  const { pathname } = new URL(request.url)
  if (request.method === 'OPTIONS') return null
  if (pathname.includes('/.well-known/'))
    return /jwks/.test(pathname) ? { kind: 'keys', step: 'token' } : { kind: 'discovery', step: 'authorize' }
  if (/\/(jwks|certs)(\.json)?$/.test(pathname)) return { kind: 'keys', step: 'token' }
  if (request.method === 'POST' && /(^|&)grant_type=/.test(textOf(request)))
    return { kind: 'token', step: 'token' }
  if (/\/bc-authorize\/?$/.test(pathname)) return { kind: 'backchannel', step: 'authorize' }
  const isApi =
    /\/(verify|device-phone-number)\/?$/.test(pathname) &&
    (pathname.includes('number-verification') ||
      /honeNumber"/.test(textOf(request)) ||
      request.method === 'GET')
  return isApi ? { kind: 'api', step: 'api' } : null
}

/** Records a flow, redacted, as nv would have recorded it. */
function record({ chain, others, asked, redirectUri, callback }: Flow, redactor: Redactor): Recording {
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
  const sent = headerOf(request, 'x-correlator')
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
    correlator: { sent, returned: response && headerOf(response, 'x-correlator') },
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
    const answer = readNumberAnswer(response.status, textOf(response))
    const isMasked = /"devicePhoneNumber"\s*:\s*"\+\d{2}\*+\d{2}"/.test(textOf(response))
    return 'phoneNumber' in answer || isMasked ? { kind: 'answered', answer: 'identified' } : stopped
  }
  const answer = readVerifyAnswer(response.status, textOf(response))
  return typeof answer === 'string' ? { kind: 'answered', answer } : stopped
}
