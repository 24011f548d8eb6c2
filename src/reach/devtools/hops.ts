// Makes exchanges of what Chrome tells of the documents that a tab loads, hop by hop.
import type { Protocol } from 'devtools-protocol/types/protocol.js'
import type { Connection, Failure, HeaderList, ResponseMessage, Sent, Timings } from '../../wire/exchange.ts'
import { readFailure } from './failure.ts'

type Response = Protocol.Network.Response
type Paused = Protocol.Fetch.RequestPausedEvent

/** One request for the document of the tab. */
interface Hop {
  requestId: string
  startedMs: number
  request: Sent['request']
  /** As Chrome read it; without cookies. */
  head: { status: number; headers: HeaderList } | null
  wire: HeaderList | null
  /** What Chrome made of it: when it came, and from where. */
  detail: Response | null
  body: ResponseMessage['body']
  failure: Sent['failure']
  endedMs: number | null
}

export interface Hops {
  /** A request is about to leave. */
  request(event: Paused): void
  /** Its headers, as they went over the wire. */
  sentHeaders(requestId: string, headers: Protocol.Network.Headers): void
  /** Its response arrived, or it failed; the text of a page comes with it, null where it was not read. */
  response(event: Paused, text: string | null): void
  /** The headers of its response, as they came over the wire: cookies are in these alone. */
  receivedHeaders(requestId: string, headers: Protocol.Network.Headers): void
  /** It redirected, and that was followed. */
  redirected(requestId: string, detail: Response): void
  /** The page begins. */
  received(requestId: string, detail: Response): void
  /** The page is complete. */
  finished(requestId: string): void
  failed(requestId: string, errorText: string): void
  /** Gives the URL of a request that is not over; null when there is none. */
  urlOf(requestId: string): string | null
  /** Gives the status of its response; null when none has arrived. */
  statusOf(requestId: string): number | null
  /** Records what is not over yet as far as it came. */
  flush(errorText: string): void
}

/** How much of a page is kept. */
const maxBodyLength = 1024 * 1024

/** Starts to watch; each hop is recorded when it is over, in order. */
export function watchHops(elapsedMs: () => number, record: (sent: Sent, startedMs: number) => void): Hops {
  const hops: Hop[] = []
  const find = (requestId: string) =>
    hops.findLast((hop) => hop.requestId === requestId && hop.endedMs === null)
  const end = (hop: Hop | undefined) => {
    if (hop === undefined) return
    hop.endedMs = elapsedMs()
    for (let first = hops[0]; first !== undefined && first.endedMs !== null; first = hops[0]) {
      record(describe(first, first.endedMs), first.startedMs)
      hops.shift()
    }
  }
  return {
    request: (event) => {
      const { request } = event
      hops.push({
        requestId: idOf(event),
        startedMs: elapsedMs(),
        request: {
          method: request.method,
          url: request.url,
          headers: listOf(request.headers),
          body: bodyOf(postedIn(request)),
        },
        head: null,
        wire: null,
        detail: null,
        body: null,
        failure: null,
        endedMs: null,
      })
    },
    sentHeaders: (requestId, headers) => {
      const hop = find(requestId)
      if (hop) hop.request = { ...hop.request, headers: listOf(headers) }
    },
    response: (event, text) => {
      const hop = find(idOf(event))
      if (hop === undefined || event.responseStatusCode === undefined) return
      hop.body = bodyOf(text)
      hop.head = {
        status: event.responseStatusCode,
        headers: (event.responseHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]),
      }
    },
    receivedHeaders: (requestId, headers) => {
      const hop = find(requestId)
      if (hop) hop.wire = listOf(headers)
    },
    redirected: (requestId, detail) => {
      const hop = find(requestId)
      if (hop) hop.detail = detail
      end(hop)
    },
    received: (requestId, detail) => {
      const hop = find(requestId)
      if (hop) hop.detail = detail
    },
    finished: (requestId) => end(find(requestId)),
    failed: (requestId, errorText) => {
      const hop = find(requestId)
      if (hop === undefined) return
      const failure = readFailure(errorText)
      // A page that is left before it is complete has not failed.
      if (hop.head === null || failure.code !== 'interrupted') hop.failure = failure
      if (hop.head !== null) hop.body ??= cutBody
      end(hop)
    },
    urlOf: (requestId) => find(requestId)?.request.url ?? null,
    statusOf: (requestId) => find(requestId)?.head?.status ?? null,
    flush: (errorText) => {
      for (const hop of hops.filter(({ endedMs }) => endedMs === null)) {
        if (hop.head === null) hop.failure = readFailure(errorText)
        else if (!isRedirect(hop)) hop.body ??= cutBody
        end(hop)
      }
    },
  }
}

/** Gives the text of a form that a request posts; null when it posts none. */
export function postedIn({ postData, postDataEntries }: Protocol.Network.Request): string | null {
  if (postData !== undefined) return postData
  const parts = (postDataEntries ?? []).map(({ bytes }) => Buffer.from(bytes ?? '', 'base64'))
  return parts.length === 0 ? null : Buffer.concat(parts).toString('utf8')
}

/** Makes an exchange of a request that never left. */
export function unsent(request: Sent['request'], failure: Failure): Sent {
  const timings = { resolvedMs: null, connectedMs: null, securedMs: null, firstByteMs: null, endedMs: 0 }
  return { request, response: null, failure, timings, connection: null }
}

function idOf({ networkId, requestId }: Paused): string {
  return networkId ?? requestId
}

const cutBody = { text: '', byteLength: 0, isCut: true }

function bodyOf(text: string | null): Sent['request']['body'] {
  if (text === null || text === '') return null
  return {
    text: text.slice(0, maxBodyLength),
    byteLength: Buffer.byteLength(text),
    isCut: text.length > maxBodyLength,
  }
}

function isRedirect({ head }: Hop): boolean {
  return head !== null && head.status >= 300 && head.status < 400
}

function describe({ request, head, wire, detail, body, failure, startedMs }: Hop, endedMs: number): Sent {
  const read = head ?? (detail && { status: detail.status, headers: listOf(detail.headers) })
  const response = read && { ...read, headers: wire ?? read.headers }
  return {
    request,
    response: response && { ...response, body },
    failure,
    timings: timingsOf(detail, endedMs - startedMs),
    connection: detail && connectionOf(detail),
  }
}

/** Several values of a header are on lines of their own; HTTP/2 has some that are none. */
function listOf(headers: Protocol.Network.Headers): HeaderList {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, values]) => values.split('\n').map((value) => [name.toLowerCase(), value] as const))
}

function timingsOf(detail: Response | null, endedMs: number): Omit<Timings, 'startedMs'> {
  const timing = detail?.timing
  const moment = (value: number | undefined) => (value === undefined || value < 0 ? null : Math.round(value))
  const isSecured = (timing?.sslStart ?? -1) >= 0
  const firstByteMs = moment(timing?.receiveHeadersEnd)
  return {
    resolvedMs: moment(timing?.dnsEnd),
    connectedMs: moment(isSecured ? timing?.sslStart : timing?.connectEnd),
    securedMs: isSecured ? moment(timing?.sslEnd) : null,
    firstByteMs,
    endedMs: Math.max(endedMs, firstByteMs ?? 0),
  }
}

function connectionOf(response: Response): Connection | null {
  const { remoteIPAddress, remotePort, protocol, securityDetails } = response
  if (!remoteIPAddress) return null
  const time = (seconds: number) => new Date(seconds * 1000).toISOString()
  return {
    localAddress: 'the phone',
    remoteAddress: `${remoteIPAddress}:${remotePort ?? ''}`,
    protocol: protocol ?? 'http/1.1',
    proxy: null,
    certificate:
      securityDetails === undefined
        ? null
        : {
            subject: securityDetails.subjectName,
            issuer: securityDetails.issuer,
            validFrom: time(securityDetails.validFrom),
            validTo: time(securityDetails.validTo),
            root: null,
          },
  }
}
