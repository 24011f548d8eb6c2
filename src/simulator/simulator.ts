// Starts a local Open Gateway: an aggregator with its API, and an operator on an origin of its own.
import type { Context, IncomingRequest, OutgoingResponse } from '../context.ts'
import { echoCorrelator, shareNumber, verifyNumber, versions } from './api.ts'
import { authorize, completeAuthorization } from './authorization.ts'
import { basePath, type Client, type Gateway } from './gateway.ts'
import { toUrlHost } from './host.ts'
import { createOperator, type Operator } from './operator.ts'
import { readCall, type Call } from './request.ts'
import { replyApiError, replyOAuthError, type Reply } from './response.ts'
import { createGatewayState } from './state.ts'
import { exchangeCode } from './token.ts'

/** The client that the Sandbox publishes for its mock mode. */
export const mockClient: Client = { id: 'mock_sandbox_app_id', secret: 'mock_sandbox_app_secret' }

/** A request that was answered. Holds no query, code, token, secret or phone number. */
export interface RequestEntry {
  origin: 'gateway' | 'operator'
  method: string
  /** As sent: it may hold anything, so escape it before you show it. */
  path: string
  status: number
  detail?: string
}

export interface SimulatorOptions {
  host: string
  /** 0 takes any free port. */
  port: number
  clients?: readonly Client[]
  onRequest?: (entry: RequestEntry) => void
}

export interface RunningSimulator {
  /** Without a slash at the end. */
  baseUrl: string
  authorizeUrl: string
  tokenUrl: string
  /** The address before `/number-verification`. */
  apiUrl: string
  operatorUrl: string
  clientId: string
  clientSecret: string
  close(): Promise<void>
}

interface Route {
  method: 'GET' | 'POST'
  answer: (call: Call) => Reply
}

type Routes = ReadonlyMap<string, Route>

/** Starts the simulator on two ports of one host. Throws the SetupError of `listen`, with nothing left listening. */
export async function startSimulator(
  ports: Pick<Context, 'listen' | 'clock' | 'random'>,
  options: SimulatorOptions,
): Promise<RunningSimulator> {
  const { host, clients = [] } = options
  const bound = { gateway: 0, operator: 0 }
  const callbackUrl = (hostname: string) => `http://${hostname}:${bound.gateway}${basePath}/callback`
  const operator = createOperator(ports, callbackUrl)
  const gateway: Gateway = {
    ports,
    clients: [mockClient, ...clients],
    state: createGatewayState(ports),
    operator,
    operatorOrigin: (hostname) => `http://${hostname}:${bound.operator}`,
    callbackUrl,
  }
  const operatorListener = await ports.listen(host, 0, serve('operator', operatorRoutes(operator), options))
  bound.operator = operatorListener.port
  try {
    const listener = await ports.listen(host, options.port, serve('gateway', gatewayRoutes(gateway), options))
    bound.gateway = listener.port
    const baseUrl = `http://${toUrlHost(host)}:${listener.port}${basePath}`
    return {
      baseUrl,
      authorizeUrl: `${baseUrl}/authorize`,
      tokenUrl: `${baseUrl}/token`,
      apiUrl: baseUrl,
      operatorUrl: `http://${toUrlHost(host)}:${operatorListener.port}`,
      clientId: mockClient.id,
      clientSecret: mockClient.secret,
      close: async () => {
        await Promise.all([listener.close(), operatorListener.close()])
      },
    }
  } catch (error) {
    await operatorListener.close()
    throw error
  }
}

function operatorRoutes({ authorize, identify }: Operator): Routes {
  return new Map<string, Route>([
    ['/authorize', { method: 'GET', answer: authorize }],
    ['/identify', { method: 'GET', answer: identify }],
  ])
}

function gatewayRoutes(gateway: Gateway): Routes {
  const api = versions.flatMap((version): Array<[string, Route]> => [
    [apiPath(version, 'verify'), { method: 'POST', answer: (call) => verifyNumber(call, gateway, version) }],
    [
      apiPath(version, 'device-phone-number'),
      { method: 'GET', answer: (call) => shareNumber(call, gateway, version) },
    ],
  ])
  return new Map<string, Route>([
    [`${basePath}/authorize`, { method: 'GET', answer: (call) => authorize(call, gateway) }],
    [`${basePath}/callback`, { method: 'GET', answer: (call) => completeAuthorization(call, gateway) }],
    [`${basePath}/token`, { method: 'POST', answer: (call) => exchangeCode(call, gateway) }],
    ...api,
  ])
}

function apiPath(version: string, operation: string): string {
  return `${basePath}/number-verification/${version}/${operation}`
}

function serve(origin: RequestEntry['origin'], routes: Routes, { host, onRequest }: SimulatorOptions) {
  return (request: IncomingRequest): OutgoingResponse => {
    const call = readCall(request, host)
    const reply = 'status' in call ? replyApiError(call.status, call.code, call.message) : route(call, routes)
    const { detail, ...response } = reply
    const path = 'status' in call ? (request.target.split('?')[0] ?? '') : call.path
    const entry: RequestEntry = { origin, method: request.method, path, status: response.status }
    onRequest?.(detail === undefined ? entry : { ...entry, detail })
    return response
  }
}

function route(call: Call, routes: Routes): Reply {
  const isApi = call.path.startsWith(`${basePath}/number-verification/`)
  const found = routes.get(call.path)
  const reply = !found
    ? replyApiError(404, 'NOT_FOUND', 'There is nothing at this path.')
    : found.method === call.method
      ? found.answer(call)
      : refuseMethod(found.method, isApi)
  return isApi ? echoCorrelator(call, reply) : reply
}

function refuseMethod(allowed: string, isApi: boolean): Reply {
  const description = `The method must be ${allowed}.`
  const reply = isApi
    ? replyApiError(405, 'METHOD_NOT_ALLOWED', description)
    : replyOAuthError(405, { error: 'invalid_request', description })
  reply.headers['allow'] = allowed
  return reply
}
