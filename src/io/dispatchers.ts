// Chooses through what a request goes: straight, from chosen addresses, or by way of a proxy.
import type { SendOptions } from '../context.ts'
import { isLoopback } from '../wire/addresses.ts'
import { type NamedProxy, proxyVariableFor, readProxy } from '../wire/proxies.ts'
import { type Connector, createConnector, createProxyConnector, createTunnelConnector } from './connector.ts'
import { networkError, NetworkError } from './failure.ts'
import { currentTrace, type Trace } from './trace.ts'
import { proxyFailures } from './proxy-failures.ts'
import { trustIn } from './trust.ts'

export type Env = Readonly<Record<string, string | undefined>>
export type Dispatcher = NonNullable<RequestInit['dispatcher']>
type Choice = Pick<SendOptions, 'proxy' | 'ca' | 'localAddresses'>
type AgentClass = new (options: { connect: Connector }) => Dispatcher

/** Makes a function that chooses, and keeps what it chose, with its open connections. */
export function createDispatchers(env: Env): (url: URL, choice: Choice) => Promise<Dispatcher> {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  return (url, { proxy, ca, localAddresses }) => {
    const named = localAddresses === undefined ? findProxy(env, url, proxy) : null
    const key = JSON.stringify([named, ca, localAddresses])
    const known =
      dispatchers.get(key) ??
      (named === null ? createDirect(env, ca, localAddresses) : createProxied(env, named, ca))
    dispatchers.set(key, known)
    return known
  }
}

/** Finds the proxy of a URL: the one that was asked for, or that of the environment. */
function findProxy(env: Env, url: URL, asked: string | undefined): NamedProxy | null {
  if (asked !== undefined) return isLoopback(url.hostname) ? null : readProxy(asked, '--proxy')
  const name = proxyVariableFor(env, url)
  return name === null ? null : readProxy(env[name] ?? '', name)
}

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
  { url, problem }: NamedProxy,
  ca: string | undefined,
): Promise<Dispatcher> {
  const { Pool, ProxyAgent } = await import('./undici.ts')
  const trust = await trustIn(env, ca)
  const dispatcher = new ProxyAgent({
    uri: url,
    ...(trust ? { requestTls: { secureContext: trust } } : {}),
    clientFactory: ({ origin, host }: URL) =>
      nameProxy(new Pool(origin, { connect: createProxyConnector(trust) as never }), host, problem),
    factory: (origin: string | URL, options: object) => {
      const { connect } = options as { connect: Connector }
      return new Pool(new URL(origin).origin, {
        ...options,
        connect: createTunnelConnector(connect, trust) as never,
      })
    },
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
