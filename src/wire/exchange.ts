// What goes over the wire and how it ended: the words for requests that all of nv shares.

/** Header fields in the order of the message; names in lower case, doubles included. */
export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>

export interface Body {
  text: string
  /** The length of the whole body in bytes, after decompression. */
  byteLength: number
  /** Whether `text` holds only its beginning. */
  isCut: boolean
}

export interface Message {
  headers: HeaderList
  /** Null: the message has none. */
  body: Body | null
}

export interface RequestMessage extends Message {
  method: string
  url: string
}

export interface ResponseMessage extends Message {
  status: number
}

/** How far a request came before it failed. `headers` is the wait for the response, `body` its reading. */
export type FailurePhase = 'resolve' | 'connect' | 'tls' | 'proxy' | 'headers' | 'body'

export interface Failure {
  /** That of Node or undici; or `timeout`, `interrupted`, `too_large`, `bad_port`, `bad_response`, `no_common_family`, `unknown`. */
  code: string
  phase: FailurePhase
  message: string
}

/** When things happened, in milliseconds since the request was started; null: it did not, or a connection was reused. */
export interface Timings {
  /** Milliseconds since the run started. */
  startedMs: number
  resolvedMs: number | null
  connectedMs: number | null
  securedMs: number | null
  /** When the headers of the response had arrived. */
  firstByteMs: number | null
  endedMs: number
}

export interface Certificate {
  subject: string
  issuer: string
  /** ISO 8601, UTC. */
  validFrom: string
  validTo: string
  /** The name of the root that its chain ends in, as far as it was sent or is known. */
  root: string | null
}

/** The connection that carried a request; through a proxy, the one to the proxy. */
export interface Connection {
  localAddress: string
  /** With its port; an IPv6 address is in brackets. */
  remoteAddress: string
  /** As in `http/1.1`. */
  protocol: string
  /** The host of the proxy that was used; null: none. */
  proxy: string | null
  /** What the server proved itself with; null: plain http, or not known. */
  certificate: Certificate | null
}

/** The outcome of sending one request; nothing in it is redacted. */
export interface Sent {
  request: RequestMessage
  /** Stands beside a failure where the body broke off. */
  response: ResponseMessage | null
  failure: Failure | null
  timings: Omit<Timings, 'startedMs'>
  connection: Connection | null
}

/** What a request is for. */
export const exchangeKinds = [
  'discovery',
  'keys',
  'credentials',
  'enablement',
  'authorize',
  'backchannel',
  'token',
  'api',
  'probe',
] as const
export type ExchangeKind = (typeof exchangeKinds)[number]

/** One request and its outcome, redacted as it was recorded. */
export interface Exchange<Step extends string = string> {
  /** From 1, in the order in which they were recorded. */
  id: number
  step: Step
  kind: ExchangeKind
  /** `phone`: the request of a phone, which nv sends in its place or watches. */
  sentBy: 'nv' | 'phone'
  /** Its place in the chain of redirects, from 1; null for the backend's requests. */
  hop: number | null
  request: RequestMessage
  response: ResponseMessage | null
  failure: Failure | null
  timings: Timings
  connection: Connection | null
  correlator: { sent: string | null; returned: string | null }
  /** How far the clock of the server is ahead of ours by its Date, in seconds; null: it sent none. */
  clockSkewSeconds: number | null
}

/** Gives the first value of a header; null when there is none. */
export function headerOf({ headers }: Pick<Message, 'headers'>, name: string): string | null {
  return headers.find(([known]) => known === name)?.[1] ?? null
}

/** Gives every value of a header, in order. */
export function headersOf({ headers }: Pick<Message, 'headers'>, name: string): string[] {
  return headers.flatMap(([known, value]) => (known === name ? [value] : []))
}

/** Gives the text of a body; empty when there is none. */
export function textOf(message: Pick<Message, 'body'> | null): string {
  return message?.body?.text ?? ''
}
