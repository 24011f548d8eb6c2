// Chooses through what a request goes: straight, from chosen addresses, or by way of a proxy.
import type { SendOptions } from '../context.ts'
import { isLoopback } from '../wire/addresses.ts'
import { type Connector, createConnector, createProxyConnector, createTunnelConnector } from './connector.ts'
import { networkError, NetworkError } from './failure.ts'
import { currentTrace, type Trace } from './trace.ts'
import { findProxy, originOf, proxyFailures, readProxy, variablesFor } from './proxy.ts'
import { trustIn } from './trust.ts'

export type Env = Readonly<Record<string, string | undefined>>
export type Dispatcher = NonNullable<RequestInit['dispatcher']>
type Choice = Pick<SendOptions, 'proxy' | 'ca' | 'localAddresses'>
type AgentClass = new (options: { connect: Connector }) => Dispatcher

/** Makes a function that chooses, and keeps what it chose, with its open connections. */
export function createDispatchers(env: Env): (url: URL, choice: Choice) => Promise<Dispatcher> {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  return (url, { proxy, ca, localAddresses }) => {
    const isProxied =
      localAddresses === undefined &&
      !isLoopback(url.hostname) &&
      (proxy !== undefined || proxyVariables.some((name) => env[name]))
    const key = JSON.stringify([isProxied, proxy, ca, localAddresses])
    const known =
      dispatchers.get(key) ??
      (isProxied ? createProxied(env, proxy, ca) : createDirect(env, ca, localAddresses))
    dispatchers.set(key, known)
    return known
  }
}

const proxyVariables = Object.values(variablesFor).flat()

async function createDirect(
  env: Env,
  ca: string | undefined,
  localAddresses: readonly string[] | undefined,
): Promise<Dispatcher> {
  const Agent = ownAgentClass() ?? ((await import('./undici.ts')).Agent as unknown as AgentClass)
  return new Agent({ connect: createConnector({ trust: await trustIn(env, ca), localAddresses }) })
}

/**
 * Finds the class of the agent that Node's fetch brings, so that the package, which costs more to load than all the
 * rest of a flow, is needed for proxies only. Undefined where this process uses another one.
 */
function ownAgentClass(): AgentClass | undefined {
  // Node loads its fetch, and with it the agent, when one of its classes is first used.
  void new Headers()
  const shared = globalThis as { [name: symbol]: object | undefined }
  return [2, 1]
    .map((version) => shared[Symbol.for(`undici.globalDispatcher.${version}`)]?.constructor)
    .find((known) => known?.name === 'Agent') as AgentClass | undefined
}

async function createProxied(
  env: Env,
  proxy: string | undefined,
  ca: string | undefined,
): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, Pool, ProxyAgent } = await import('./undici.ts')
  const trust = await trustIn(env, ca)
  const connect = createConnector({ trust })
  const proxies =
    proxy === undefined
      ? { http: findProxy(env, 'http'), https: findProxy(env, 'https') }
      : { https: readProxy(proxy, '--proxy') }
  const problems = new Map(Object.values(proxies).map(({ url, problem }) => [originOf(url), problem]))
  const options = {
    connect: connect as never,
    ...(trust ? { requestTls: { secureContext: trust } } : {}),
    clientFactory: ({ origin, host }: URL) =>
      nameProxy(
        new Pool(origin, { connect: createProxyConnector(trust) as never }),
        host,
        problems.get(origin) ?? null,
      ),
    factory: (origin: string | URL, options: object) => {
      const { connect: given } = options as { connect: Connector }
      // It gives a tunnel, unless the host is one that NO_PROXY names.
      const chosen = given === connect ? connect : createTunnelConnector(given, trust)
      return new Pool(new URL(origin).origin, { ...options, connect: chosen as never })
    },
  }
  const dispatcher =
    proxies.http === undefined
      ? new ProxyAgent({ uri: proxies.https.url, ...options })
      : new EnvHttpProxyAgent({
          httpProxy: proxies.http.url,
          httpsProxy: proxies.https.url,
          noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
          ...options,
        })
  return dispatcher as unknown as Dispatcher
}

/**
 * Makes the failures of a proxy its own. undici 7 would also take a proxy that ends the connection for one to
 * connect to again, at once and without end.
 * @see https://github.com/nodejs/undici/issues/3897
 */
function nameProxy<Client extends { connect: (...args: never[]) => unknown }>(
  client: Client,
  host: string,
  problem: string | null,
) {
  const connect = async (...args: Parameters<Client['connect']>): Promise<unknown> => {
    const trace = currentTrace()
    if (trace) Object.assign(trace, { phase: 'proxy', proxy: host } satisfies Partial<Trace>)
    if (problem !== null) throw new NetworkError('PROXY_URL', problem)
    try {
      return await client.connect(...args)
    } catch (error) {
      const { code, message } = networkError(error)
      throw new NetworkError(
        `PROXY_${code}`,
        `The proxy ${host} could not be used: ${proxyFailures[code] ?? message}`,
        { cause: error },
      )
    }
  }
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'connect') return connect
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
