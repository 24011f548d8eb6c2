// A Run as an HTTP archive, for the network panel of a browser and for other readers.
import type { Entry, Har, Request } from 'har-format'
import type { Exchange } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { toInertJson } from '../wire/escape.ts'
import { type HeaderList, headerOf, headersOf, type Message, type ResponseMessage } from '../wire/exchange.ts'
import { pairsOf } from './sent-again.ts'
import { meaningOf, outcomeOf, privacyOf, timeOf } from './summary.ts'

/** Not known, or nothing of the kind, as the format says it. */
const unknown = -1

/**
 * Prints a run as HAR 1.2, a page for each step that sent something.
 * @see http://www.softwareishard.com/blog/har-12-spec/
 */
export function harReport(run: Run): string {
  const { tool, steps, exchanges } = run
  const creator = { name: tool.name, version: tool.version, comment: `Node ${tool.node}, ${tool.platform}` }
  const asked = steps.filter(({ name }) => exchanges.some(({ step }) => step === name))
  const pages = asked.map(({ name, startedMs, durationMs }) => ({
    startedDateTime: new Date(Date.parse(run.startedAt) + (startedMs ?? 0)).toISOString(),
    id: name,
    title: `${run.command}: ${name}`,
    pageTimings: { onContentLoad: unknown, onLoad: durationMs ?? unknown },
  }))
  const comment = `${outcomeOf(run)}, run ${run.id}. ${privacyOf(run)}`
  const entries = exchanges.map((exchange) => entryOf(run, exchange))
  const archive: Har = { log: { version: '1.2', creator, pages, entries, comment } }
  return `${toInertJson(archive)}\n`
}

function entryOf(run: Run, exchange: Exchange): Entry & { _correlator: Exchange['correlator'] } {
  const { connection, timings, response, failure, correlator } = exchange
  const protocol = connection?.protocol ?? 'http/1.1'
  return {
    pageref: exchange.step,
    startedDateTime: timeOf(run, exchange),
    ...timesOf(timings),
    request: requestOf(exchange, protocol),
    response: response === null ? noResponse : responseOf(response, protocol),
    cache: {},
    ...(connection && {
      serverIPAddress: connection.remoteAddress.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
    }),
    comment: `${exchange.sentBy === 'phone' ? `phone, hop ${exchange.hop}` : 'nv'}: ${meaningOf(exchange)}`,
    ...(failure && { _error: `${failure.code} (${failure.phase})` }),
    _correlator: correlator,
  }
}

/** A body is its text alone: the format has no room for its parameters beside it, and readers take them from there. */
function requestOf({ request }: Exchange, httpVersion: string): Request {
  const { method, url, headers, body } = request
  const mimeType = headerOf(request, 'content-type') ?? 'application/octet-stream'
  return {
    method,
    url,
    httpVersion,
    cookies: headersOf(request, 'cookie').flatMap((value) => value.split(';').map(cookieOf)),
    headers: namedOf(headers),
    queryString: namedOf(pairsOf(url.replace(/#.*$/s, '').replace(/^[^?]*\??/, ''))),
    ...(body && { postData: { mimeType, text: body.text } }),
    headersSize: unknown,
    bodySize: body?.byteLength ?? 0,
  }
}

function responseOf(response: ResponseMessage, httpVersion: string) {
  const { status, headers, body } = response
  return {
    status,
    statusText: '',
    httpVersion,
    cookies: headersOf(response, 'set-cookie').map((value) => cookieOf(value.split(';', 1)[0] ?? '')),
    headers: namedOf(headers),
    content: contentOf(response),
    redirectURL: headerOf(response, 'location') ?? '',
    headersSize: unknown,
    bodySize: body?.byteLength ?? 0,
  }
}

function contentOf(response: Message) {
  const { body } = response
  const mimeType = headerOf(response, 'content-type') ?? 'x-unknown'
  return {
    size: body?.byteLength ?? 0,
    mimeType,
    text: body?.text ?? '',
    ...(body?.isCut && { comment: 'Only the beginning of the body was kept.' }),
  }
}

const noResponse = {
  status: 0,
  statusText: '',
  httpVersion: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: unknown,
  bodySize: unknown,
}

/** Splits the time of an exchange into phases, each the time since the one before that is known. */
function timesOf({ resolvedMs, connectedMs, securedMs, firstByteMs, endedMs }: Exchange['timings']) {
  const connectEnd = securedMs ?? connectedMs ?? resolvedMs ?? 0
  const answered = firstByteMs ?? endedMs
  const between = (from: number, to: number) => round(Math.max(0, to - from))
  const timings = {
    blocked: unknown,
    dns: resolvedMs === null ? unknown : between(0, resolvedMs),
    // That of TLS is a part of it.
    connect: connectedMs === null ? unknown : between(resolvedMs ?? 0, connectEnd),
    ssl: securedMs === null ? unknown : between(connectedMs ?? resolvedMs ?? 0, securedMs),
    send: 0,
    wait: between(connectEnd, answered),
    receive: between(answered, endedMs),
  }
  const { ssl: _part, ...counted } = timings
  const time = round(Object.values(counted).reduce((sum, phase) => sum + Math.max(0, phase), 0))
  return { time, timings }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}

function namedOf(headers: HeaderList): Array<{ name: string; value: string }> {
  return headers.map(([name, value]) => ({ name, value }))
}

function cookieOf(pair: string): { name: string; value: string } {
  const at = pair.indexOf('=')
  return { name: pair.slice(0, Math.max(at, 0)).trim(), value: pair.slice(at + 1).trim() }
}
