// Makes recordings for the diagnosis from as little as a test wants to say.
import type { Arrival, Exchange, Recording, RequestFacts, TargetFacts } from '../../src/run/recording.ts'
import { type ExchangeKind, type Failure } from '../../src/wire/exchange.ts'

export const gatewayOrigin = 'https://gateway.example'
export const redirectUri = 'https://app.example/callback'
export const scope = 'dpv:FraudPreventionAndDetection number-verification:verify'
/** 2025-06-15T15:06:40Z */
export const startedAtMs = 1_750_000_000_000

const target: TargetFacts = {
  name: 'acme',
  preset: null,
  apiVersion: 'v2',
  authorizeUrl: `${gatewayOrigin}/authorize`,
  tokenUrl: `${gatewayOrigin}/token`,
  backchannelUrl: null,
  enablementUrl: null,
  apiUrl: gatewayOrigin,
  issuer: null,
  redirectUri,
  scope,
  clientId: 'my-app',
  authMethod: 'client_secret_basic',
  key: null,
  hasReservedCharacters: false,
  secretShape: null,
  assertionAudience: 'endpoint',
  loginHint: 'none',
  prompt: null,
  usesPkce: true,
  usesRequestObject: false,
  usesDpop: false,
  isIssuerRequired: false,
  repeatsRedirectUri: true,
  unconfirmed: [],
  origins: {},
  ignored: {},
}

const request: RequestFacts = {
  operation: 'verify',
  grants: ['authorization-code'],
  via: 'direct',
  issuer: null,
  isHashed: false,
  isVerdictRandom: false,
  isStateGiven: false,
  canPaste: false,
  timeoutMs: 60_000,
  source: null,
  isAsApp: false,
  devtools: null,
  isWifiOff: false,
  tunnel: null,
  isTls: false,
  isProxied: false,
  listeningOn: null,
}

/** One exchange in a few words: what was asked, and what came back. */
export interface SimpleExchange {
  url?: string
  form?: Record<string, string>
  status?: number
  headers?: Record<string, string>
  /** A text, or what is sent as JSON. */
  body?: unknown
  failure?: Partial<Failure> & { code: string }
  startedMs?: number
  tookMs?: number
  skewSeconds?: number
  correlator?: Exchange['correlator']
  connection?: Exchange['connection']
}

export type RecordingParts = Partial<Omit<Recording, 'target' | 'request' | 'exchanges' | 'arrivals'>> & {
  target?: Partial<TargetFacts>
  request?: Partial<RequestFacts>
  exchanges?: readonly Exchange[]
  arrivals?: readonly Arrival[]
}

/** Makes a recording; what a test leaves out is as in a plain run against a gateway that nothing is known about. */
export function recordingOf({
  target: ofTarget,
  request: ofRequest,
  exchanges = [],
  ...rest
}: RecordingParts): Recording {
  return {
    command: 'verify',
    startedAtMs,
    steps: [],
    arrivals: [],
    observations: [],
    end: null,
    ...rest,
    target: { ...target, ...ofTarget },
    request: { ...request, ...ofRequest },
    exchanges: exchanges.map((exchange, index) => ({ ...exchange, id: index + 1 })),
  }
}

const places: Readonly<Record<ExchangeKind, { step: Exchange['step']; url: string; method: string }>> = {
  discovery: { step: 'authorize', url: `${gatewayOrigin}/.well-known/openid-configuration`, method: 'GET' },
  credentials: { step: 'authorize', url: `${gatewayOrigin}/credentials`, method: 'GET' },
  enablement: { step: 'authorize', url: `${gatewayOrigin}/network-enablement`, method: 'POST' },
  authorize: { step: 'authorize', url: `${gatewayOrigin}/authorize`, method: 'GET' },
  backchannel: { step: 'authorize', url: `${gatewayOrigin}/bc-authorize`, method: 'POST' },
  token: { step: 'token', url: `${gatewayOrigin}/token`, method: 'POST' },
  keys: { step: 'token', url: `${gatewayOrigin}/jwks`, method: 'GET' },
  api: { step: 'api', url: `${gatewayOrigin}/number-verification/v2/verify`, method: 'POST' },
  probe: { step: 'authorize', url: gatewayOrigin, method: 'GET' },
}

/** Makes an exchange of a kind; one of the phone is a hop. */
export function exchangeOf(kind: ExchangeKind, simple: SimpleExchange = {}, hop = 1): Exchange {
  const { step, url, method } = places[kind]
  const { status, failure, startedMs = 0, tookMs = 20 } = simple
  const body =
    typeof simple.body === 'string' || simple.body === undefined ? simple.body : JSON.stringify(simple.body)
  const form = kind === 'token' ? { grant_type: 'authorization_code', ...simple.form } : simple.form
  const sent = form === undefined ? null : new URLSearchParams(form).toString()
  const bodyOf = (text: string | null | undefined) =>
    text === null || text === undefined ? null : { text, byteLength: Buffer.byteLength(text), isCut: false }
  return {
    id: 0,
    step,
    kind,
    sentBy: kind === 'authorize' ? 'phone' : 'nv',
    hop: kind === 'authorize' ? hop : null,
    request: { method, url: simple.url ?? url, headers: [], body: bodyOf(sent) },
    response:
      status === undefined
        ? null
        : { status, headers: Object.entries(simple.headers ?? {}), body: bodyOf(body) },
    failure: failure === undefined ? null : { phase: 'connect', message: 'x', ...failure },
    timings: {
      startedMs,
      resolvedMs: null,
      connectedMs: null,
      securedMs: null,
      firstByteMs: null,
      endedMs: tookMs,
    },
    connection: simple.connection ?? null,
    correlator: simple.correlator ?? { sent: null, returned: null },
    clockSkewSeconds: simple.skewSeconds ?? null,
  }
}

export const granted = (changes: Record<string, unknown> = {}, simple: SimpleExchange = {}): Exchange =>
  exchangeOf('token', {
    status: 200,
    body: { access_token: '[redacted]', token_type: 'Bearer', expires_in: 300, ...changes },
    ...simple,
  })

/** Makes a chain of redirects: each hop leads to the next, the last one answers as it is told. */
export function chainOf(urls: readonly string[], last: SimpleExchange): Exchange[] {
  return urls.map((url, index) => {
    const next = urls[index + 1]
    const answer = next === undefined ? last : { status: 302, headers: { location: next } }
    return exchangeOf('authorize', { url, ...answer }, index + 1)
  })
}

/** Makes an arrival at the listener; it is refused unless a test says otherwise. */
export function arrivalOf(
  verdict: Arrival['verdict'],
  what: Partial<Arrival['what']> = {},
  via: Arrival['via'] = 'listener',
): Arrival {
  return {
    at: 1000,
    via,
    from: null,
    what: {
      kind: 'request',
      method: 'GET',
      host: 'app.example',
      path: '/callback',
      parameters: ['code', 'state'],
      isInFragment: false,
      state: 'ours',
      error: null,
      errorDescription: null,
      errorUri: null,
      issuer: null,
      forwardedFor: null,
      userAgent: null,
      hints: {},
      ...what,
    },
    verdict,
    count: 1,
  }
}

/** Says that a run stopped for want of an access token, and the like. */
export const stopped = {
  endpoint: { kind: 'stopped', step: 'authorize', lacks: 'endpoint' },
  redirect: { kind: 'stopped', step: 'authorize', lacks: 'redirect' },
  authReqId: { kind: 'stopped', step: 'authorize', lacks: 'token' },
  callback: { kind: 'stopped', step: 'callback', lacks: 'callback' },
  code: { kind: 'stopped', step: 'callback', lacks: 'code' },
  token: { kind: 'stopped', step: 'token', lacks: 'token' },
  answer: { kind: 'stopped', step: 'api', lacks: 'answer' },
} as const satisfies Readonly<Record<string, Recording['end']>>
