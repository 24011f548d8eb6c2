// Starts a local Open Gateway: an aggregator with its API, and an operator on an origin of its own.
import type { Context, IncomingRequest, OutgoingResponse, RequestHandler, TlsIdentity } from '../context.ts'
import { simulatorHeader, type SimulatorMode } from '../wire/simulated.ts'
import { control } from './behaviour/control.ts'
import { answerWith, createSwitchboard, type Switchboard, type Switched } from './behaviour/switchboard.ts'
import { clientIdOf } from './caller.ts'
import { secureCookies } from './cookie.ts'
import { basePath, type Client, type Gateway } from './gateway.ts'
import { toUrlHost } from './host.ts'
import { createLines, defaultLines, type Line } from './operator/lines.ts'
import { createOperator } from './operator/operator.ts'
import { present } from './presentation.ts'
import { createSigningKey, type SigningKey } from './oauth/keys.ts'
import { readCall, type Call } from './request.ts'
import { showParameters, type ShownParameter } from './shown-parameters.ts'
import { replyApiError, type Reply } from './response.ts'
import { gatewayRoutes, operatorRoutes, route, type Routes } from './routes.ts'
import { createGatewayState } from './state.ts'

/** The client that the Sandbox publishes for its mock mode. */
const mockClient = { id: 'mock_sandbox_app_id', secret: 'mock_sandbox_app_secret' } as const

/** A request that was answered. Holds no query, code, token, secret or phone number. */
export interface RequestEntry {
  origin: 'gateway' | 'operator'
  method: string
  /** As sent: it may hold anything, so escape it before you show it. */
  path: string
  status: number
  detail?: string
  /** The rules that the request broke and that were overlooked, each as a phrase. */
  broken?: readonly string[]
  /** What was sent, without what must not be shown. */
  parameters: readonly ShownParameter[]
}

export interface SimulatorOptions {
  host: string
  /** 0 takes any free port. */
  port: number
  /** The same of the operator; by default 0. */
  operatorPort?: number
  mode?: SimulatorMode
  isStrict?: boolean
  clients?: readonly Client[]
  /** The registered redirect_uris; without them any will do. */
  redirectUris?: readonly string[]
  lines?: readonly Line[]
  /** Makes it serve https. */
  identity?: TlsIdentity
  /** Without one it makes its own. */
  signingKey?: SigningKey
  /** What is on for every client. */
  behaviours?: readonly Switched[]
  onRequest?: (entry: RequestEntry) => void
}

export interface RunningSimulator {
  /** Without a slash at the end; it is the issuer too. */
  baseUrl: string
  authorizeUrl: string
  tokenUrl: string
  backchannelUrl: string
  /** Gives the authorize URL of a number, as Vonage's network enablement does; null: no redirect_uri is registered. */
  enablementUrl: string | null
  /** The address before `/number-verification`. */
  apiUrl: string
  operatorUrl: string
  clientId: string
  clientSecret: string
  /** Those that are registered; empty: any is accepted. */
  redirectUris: readonly string[]
  mode: SimulatorMode
  /** As they were defined. */
  lines: readonly Line[]
  close(): Promise<void>
}

/**
 * Starts the simulator on two ports of one host. Passes on the SetupError
 * of `listen`, and then leaves nothing listening.
 */
export async function startSimulator(
  ports: Pick<Context, 'listen' | 'clock' | 'random'>,
  options: SimulatorOptions,
): Promise<RunningSimulator> {
  const { host, mode = 'mock', isStrict = false, clients = [] } = options
  const definitions = options.lines ?? defaultLines
  const lines = createLines(definitions)
  const bound = { gateway: 0, operator: 0 }
  const scheme = options.identity ? 'https' : 'http'
  const issuer = (hostname: string) => `${scheme}://${hostname}:${bound.gateway}${basePath}`
  const callbackUrl = (hostname: string) => `${issuer(hostname)}/callback`
  const operator = createOperator({ ports, mode, isStrict, lines, aggregatorCallback: callbackUrl })
  const gateway: Gateway = {
    ports,
    mode,
    isStrict,
    clients: [mockClient, ...clients],
    redirectUris: options.redirectUris ?? [],
    signingKey: options.signingKey ?? createSigningKey(),
    lines,
    state: createGatewayState(ports),
    operator,
    issuer,
    operatorOrigin: (hostname) => `${scheme}://${hostname}:${bound.operator}`,
    callbackUrl,
  }
  const switchboard = createSwitchboard(options.behaviours ?? [])
  const serve = (origin: RequestEntry['origin'], routes: Routes) =>
    createHandler(origin, routes, gateway, switchboard, options)
  const listen = (port: number, handler: RequestHandler) =>
    ports.listen(host, port, handler, options.identity)
  const operatorListener = await listen(
    options.operatorPort ?? 0,
    serve('operator', operatorRoutes(operator)),
  )
  bound.operator = operatorListener.port
  try {
    const listener = await listen(options.port, serve('gateway', gatewayRoutes(gateway)))
    bound.gateway = listener.port
    const baseUrl = issuer(toUrlHost(host))
    return {
      baseUrl,
      authorizeUrl: `${baseUrl}/authorize`,
      tokenUrl: `${baseUrl}/token`,
      backchannelUrl: `${baseUrl}/bc-authorize`,
      enablementUrl: gateway.redirectUris.length === 0 ? null : `${baseUrl}/v0.1/network-enablement`,
      apiUrl: baseUrl,
      operatorUrl: `${scheme}://${toUrlHost(host)}:${operatorListener.port}`,
      clientId: mockClient.id,
      clientSecret: mockClient.secret,
      redirectUris: gateway.redirectUris,
      mode,
      lines: definitions,
      close: async () => {
        await Promise.all([listener.close(), operatorListener.close()])
      },
    }
  } catch (error) {
    await operatorListener.close()
    throw error
  }
}

/** Makes the handler of one origin: reads the request, answers it with the behaviours that are on, and logs it. */
function createHandler(
  origin: RequestEntry['origin'],
  routes: Routes,
  gateway: Gateway,
  switchboard: Switchboard,
  { host, identity, onRequest }: SimulatorOptions,
) {
  const answer = async (call: Call): Promise<Reply> => {
    const step = routes.get(call.path)?.step
    const controlled = origin === 'gateway' ? control(call, gateway, switchboard) : undefined
    if (controlled || !step) return controlled ?? route(call, routes)
    const active = switchboard.activeFor(() => clientIdOf(call, gateway))
    const reply =
      active.length === 0
        ? await route(call, routes)
        : await answerWith(active, step, call, gateway, (changed) => route(changed, routes))
    return present(reply, call, step)
  }
  return async (request: IncomingRequest): Promise<OutgoingResponse> => {
    const call = readCall(request, host)
    const shown =
      'status' in call
        ? replyApiError(call.status, call.code, call.message)
        : await answer(call).catch(replyBug)
    const { detail, broken, isCallback: _callback, problem: _problem, ...rest } = shown
    const response = { ...rest, headers: { ...rest.headers, [simulatorHeader]: gateway.mode } }
    const path = 'status' in call ? (request.target.split('?')[0] ?? '') : call.path
    onRequest?.({
      origin,
      method: request.method,
      path,
      status: response.status,
      parameters: 'status' in call ? [] : showParameters(call),
      ...(detail === undefined ? {} : { detail }),
      ...(broken === undefined || broken.length === 0 ? {} : { broken }),
    })
    return identity ? secureCookies(response) : response
  }
}

/** Answers where the simulator itself is at fault; only the log says how. */
function replyBug(error: unknown): Reply {
  const message = error instanceof Error ? error.message : 'unknown'
  return replyApiError(500, 'INTERNAL', 'The simulator has a bug: see its log.', `a bug: ${message}`)
}
