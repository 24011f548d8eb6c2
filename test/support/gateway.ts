// A small gateway on loopback that a test bends as it needs, and a flow run against it.
import { createPresenter } from '../../src/cli/presenter.ts'
import type { GlobalOptions } from '../../src/cli/options.ts'
import type { IncomingRequest, OutgoingResponse, RequestHandler } from '../../src/context.ts'
import type { FlowEvent } from '../../src/flow/recorder.ts'
import { number } from '../../src/flow/number.ts'
import { verify, type VerifyInput } from '../../src/flow/verify.ts'
import { listen } from '../../src/io/listener.ts'
import type { Target } from '../../src/target/target.ts'
import { runJourney } from '../../src/flow/run-journey.ts'
import type { StepName } from '../../src/run/recording.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './context.ts'
import { testProfile } from './flow.ts'

/** What the gateway hands out unless a test says otherwise. */
export const canary = {
  code: 'canary-code-Qf7/+Kw2',
  accessToken: 'canary-access-token-Lm3~Ty8',
  authReqId: 'canary-auth-req-id.Hs6-Wd4',
} as const

/** A registered redirect_uri that nothing listens at. */
export const appRedirectUri = 'https://app.example/callback'

export const endpoints = ['authorize', 'backchannel', 'token', 'verify', 'number'] as const
export type Endpoint = (typeof endpoints)[number]

export interface Gateway {
  origin: string
  /** With the port, as findings name it. */
  host: string
  urls: Pick<Target, 'authorizeUrl' | 'tokenUrl' | 'apiUrl'> & Partial<Pick<Target, 'backchannelUrl'>>
  /** Every request so far, with its path and query. */
  requests: Array<IncomingRequest & { path: string; query: URLSearchParams }>
  /** How many requests a path or an endpoint got. */
  count(endpoint: Endpoint | `/${string}`): number
  /** Resolves when an endpoint has got a request. */
  reached(endpoint: Endpoint | `/${string}`): Promise<void>
  close(): Promise<void>
}

const paths: Readonly<Record<Endpoint, string>> = {
  authorize: '/authorize',
  backchannel: '/bc-authorize',
  token: '/token',
  verify: '/number-verification/v2/verify',
  number: '/number-verification/v2/device-phone-number',
}

/** Answers with JSON. */
export function json(
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): OutgoingResponse & { headers: Record<string, string> } {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

/** Answers with a redirect. */
export function redirect(location: string, status = 302, headers: OutgoingResponse['headers'] = {}) {
  return { status, headers: { location, ...headers } } satisfies OutgoingResponse
}

/** Never answers. */
export const silence: RequestHandler = () => new Promise<never>(() => {})

/** Answers as an authorization endpoint that is content: with a redirect to the redirect_uri. */
export function grantCode(request: IncomingRequest, changes: Record<string, string> = {}): OutgoingResponse {
  const query = queryOf(request)
  const target = new URL(query.get('redirect_uri') ?? '')
  target.searchParams.set('code', canary.code)
  target.searchParams.set('state', query.get('state') ?? '')
  for (const [name, value] of Object.entries(changes)) target.searchParams.set(name, value)
  return redirect(target.href)
}

/** Reads the query of a request to a test server. */
export function queryOf({ target }: IncomingRequest): URLSearchParams {
  return new URL(target, 'http://gateway').searchParams
}

const defaults: Readonly<Record<string, RequestHandler>> = {
  [paths.authorize]: (request) => grantCode(request),
  [paths.token]: () => json({ access_token: canary.accessToken, token_type: 'Bearer', expires_in: 300 }),
  [paths.backchannel]: () => json({ auth_req_id: canary.authReqId, expires_in: 120, interval: 2 }),
  [paths.verify]: () => json({ devicePhoneNumberVerified: true }),
  [paths.number]: () => json({ devicePhoneNumber: '+34600000001' }),
}

export type Handlers = Partial<Record<Endpoint | `/${string}`, RequestHandler>>

/** Starts a gateway; a handler replaces the endpoint, or adds the path, that it is given for. */
export async function startGateway(handlers: Handlers = {}): Promise<Gateway> {
  const routes = new Map<string, RequestHandler>(Object.entries(defaults))
  for (const [name, handler] of Object.entries(handlers)) if (handler) routes.set(pathOf(name), handler)
  const requests: Gateway['requests'] = []
  const reached = createSignals<string>()
  const count = (path: string) => requests.filter((request) => request.path === path).length
  const listener = await listen('127.0.0.1', 0, (request) => {
    const { pathname: path, searchParams: query } = new URL(request.target, 'http://gateway')
    requests.push({ ...request, path, query })
    reached.give(path)
    return routes.get(path)?.(request) ?? { status: 404 }
  })
  const host = `127.0.0.1:${listener.port}`
  const origin = `http://${host}`
  return {
    origin,
    host,
    urls: {
      authorizeUrl: `${origin}/authorize`,
      backchannelUrl: `${origin}/bc-authorize`,
      tokenUrl: `${origin}/token`,
      apiUrl: origin,
    },
    requests,
    count: (endpoint) => count(pathOf(endpoint)),
    reached: (endpoint) => reached.wait(pathOf(endpoint)),
    close: () => listener.close(),
  }
}

/** Makes signals that are given once or more, and can be waited for before and after. */
function createSignals<Name extends string>(): { give(name: Name): void; wait(name: Name): Promise<void> } {
  const given = new Set<Name>()
  const waiting: Array<{ name: Name; resolve: () => void }> = []
  return {
    give: (name) => {
      given.add(name)
      for (const waiter of waiting) if (waiter.name === name) waiter.resolve()
    },
    wait: async (name) => {
      if (!given.has(name)) await new Promise<void>((resolve) => waiting.push({ name, resolve }))
    },
  }
}

function pathOf(name: string): string {
  return name in paths ? paths[name as Endpoint] : name
}

/** Runs some work with a gateway, and closes it afterwards. */
export async function withGateway<T>(handlers: Handlers, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await startGateway(handlers)
  try {
    return await work(gateway)
  } finally {
    await gateway.close()
  }
}

export interface StartedFlow extends TestContext {
  events: FlowEvent[]
  /** Ends when the flow does; by then the result is printed too. */
  run: Promise<Run>
  /** Resolves with the URL that is shown for the phone. */
  authorizeUrl: Promise<string>
  /** Resolves when a callback with a wrong state was warned about. */
  warned: Promise<void>
  /** Resolves when a step has ended and what follows from it has begun. */
  after(step: StepName): Promise<void>
}

export interface FlowOptions extends TestContextOptions, Partial<Omit<VerifyInput, 'profile'>> {
  profile?: Partial<Target>
  /** Which journey it is; verify unless a test says otherwise. */
  command?: 'verify' | 'number'
  print?: Partial<GlobalOptions>
  onEvent?: (event: FlowEvent, test: TestContext) => void
}

/** Starts the flow and the presenter that prints it; the test goes on while it runs. */
export function startFlow(urls: Gateway['urls'], options: FlowOptions = {}): StartedFlow {
  const { profile, command = 'verify', print, ...rest } = options
  const test = createTestContext(rest)
  const presenter = createPresenter(test.context, { color: true, input: true, ...print })
  const events: FlowEvent[] = []
  let showUrl: (url: string) => void = () => {}
  let warn: () => void = () => {}
  const authorizeUrl = new Promise<string>((resolve) => (showUrl = resolve))
  const warned = new Promise<void>((resolve) => (warn = resolve))
  const ended = createSignals<StepName>()
  const input: VerifyInput = {
    target: testProfile(urls, { redirectUri: appRedirectUri, ...profile }),
    phoneNumber: '+34600000001',
    isHashed: false,
    via: 'direct',
    source: null,
    state: null,
    canPaste: false,
    operatorToken: null,
    timeoutMs: 60_000,
    ...rest,
  }
  const emit = (event: FlowEvent) => {
    events.push(event)
    presenter.show(event)
    if (event.type === 'authorize-url') showUrl(event.url)
    if (event.type === 'step-ended') ended.give(event.step.name)
    if (event.type === 'arrival' && event.arrival.verdict.startsWith('state_')) warn()
    options.onEvent?.(event, test)
  }
  const started =
    command === 'verify'
      ? runJourney(test.context, verify, input, emit)
      : runJourney(test.context, number, { ...input, phoneNumber: null }, emit)
  const run = started.then((finished) => {
    presenter.finish(finished)
    return finished
  })
  const after = async (step: StepName) => {
    await ended.wait(step)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...test, events, run, authorizeUrl, warned, after }
}

/** Runs the flow to its end. */
export async function runFlow(
  urls: Gateway['urls'],
  options: FlowOptions = {},
): Promise<StartedFlow & { result: Run }> {
  const flow = startFlow(urls, options)
  return { ...flow, result: await flow.run }
}

export interface WaitingFlow extends StartedFlow {
  state: string
  redirectUri: string
  port: number
  /** The path and query of the callback that the gateway would redirect to. */
  callbackTarget: string
}

/** Starts the flow by QR code, with a listener of its own, and returns when it waits for the phone. */
export async function startWaitingFlow(
  urls: Gateway['urls'],
  options: FlowOptions = {},
): Promise<WaitingFlow> {
  const { profile, ...rest } = options
  const flow = startFlow(urls, { via: 'qr', ...rest, profile: { redirectUri: null, ...profile } })
  const shown = await Promise.race([flow.authorizeUrl, flow.run.then(() => 'none:')])
  const { searchParams } = new URL(shown)
  const redirectUri = searchParams.get('redirect_uri') ?? ''
  const state = searchParams.get('state') ?? ''
  const { port, pathname } = new URL(redirectUri)
  const query = new URLSearchParams({ code: canary.code, state })
  return { ...flow, state, redirectUri, port: Number(port), callbackTarget: `${pathname}?${query}` }
}

/** Brings the true callback as a phone does, and follows it to the page with the result. */
export async function bringCallback(flow: WaitingFlow): Promise<Response> {
  return fetch(new URL(flow.callbackTarget, flow.redirectUri))
}
