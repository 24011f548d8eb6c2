// Sends HTTP requests: one each, no redirects followed, nothing retried, bodies bounded.
import type { Fetch, FetchOptions } from '../context.ts'
import { NetworkError } from '../errors.ts'
import { isLoopback } from '../wire/addresses.ts'
import type { Trust } from './bound-agent.ts'
import { expectConnection } from './connection.ts'

const maxBodyBytes = 1024 * 1024

/** Makes the fetch of a process whose environment may name a proxy. */
export function createFetch(env: Env): Fetch {
  const dispatchers: Dispatchers = new Map()
  return async (url, options) => {
    try {
      const chosen = await chooseDispatcher(dispatchers, env, new URL(url), options)
      const { dispatcher, statusOf } = watchRequest(chosen ?? processDispatcher(), options.onConnection)
      const response = await globalThis.fetch(url, {
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(dispatcher ? { dispatcher } : {}),
        redirect: 'manual',
        signal: options.signal,
      })
      const body = await readBounded(response)
      const status = statusOf(response)
      const hasNoBody = status === 204 || status === 205 || status === 304
      return new Response(hasNoBody ? null : body, { status, headers: response.headers })
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      throw error instanceof NetworkError ? error : networkError(error)
    }
  }
}

type Env = Readonly<Record<string, string | undefined>>
type Dispatcher = NonNullable<RequestInit['dispatcher']>
/** Dispatchers by what they are for; undici is loaded only when one is needed. */
type Dispatchers = Map<string, Promise<RequestInit['dispatcher']>>

/** The one of this process, under the name by which Node's fetch and the package undici share it. */
function processDispatcher(): Dispatcher | undefined {
  // Node loads its fetch, and with it this dispatcher, when one of its classes is first used.
  void new Headers()
  return (globalThis as { [name: symbol]: Dispatcher | undefined })[Symbol.for('undici.globalDispatcher.1')]
}

/**
 * Tells of the connection that a request takes, and hides two statuses from fetch, which would act on them: it sends
 * a request that was answered with 421 again, the code in it included, and turns a 407 into an error without a cause.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
function watchRequest(
  dispatcher: Dispatcher | undefined,
  onConnection: FetchOptions['onConnection'],
): {
  dispatcher: Dispatcher | undefined
  statusOf(response: Response): number
} {
  let hidden: number | undefined
  const hide = (status: number) => {
    hidden = status === 407 || status === 421 ? status : undefined
    return hidden === undefined ? status : 400
  }
  const watch = <T extends object>(handler: T): T =>
    new Proxy(handler, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        // What is called right before the headers are sent has a new name in undici 8.
        if (onConnection && (name === 'onConnect' || name === 'onRequestStart'))
          expectConnection(onConnection)
        // The status comes first in the handlers of undici up to 6, and second in those after.
        const position = name === 'onHeaders' ? 0 : name === 'onResponseStart' ? 1 : -1
        return (...args: unknown[]): unknown =>
          Reflect.apply(
            member,
            target,
            args.map((arg, index) => (index === position ? hide(Number(arg)) : arg)),
          )
      },
    })
  return {
    dispatcher: dispatcher && watched(dispatcher, watch),
    statusOf: (response) => hidden ?? response.status,
  }
}

function watched(dispatcher: Dispatcher, watch: <T extends object>(handler: T) => T): Dispatcher {
  const dispatch: Dispatcher['dispatch'] = (options, handler) => dispatcher.dispatch(options, watch(handler))
  return { dispatch } as Dispatcher
}

async function chooseDispatcher(
  dispatchers: Dispatchers,
  env: Env,
  url: URL,
  { proxy, ca, localAddresses }: FetchOptions,
): Promise<RequestInit['dispatcher']> {
  const isBound = localAddresses !== undefined
  const isProxied = !isBound && !isLoopback(url.hostname) && (proxy !== undefined || hasProxy(env))
  if (!isProxied && !isBound && ca === undefined) return undefined
  const key = JSON.stringify([isProxied, proxy, ca, localAddresses])
  const known =
    dispatchers.get(key) ??
    (isBound ? createBoundDispatcher(env, localAddresses, ca) : createDispatcher(env, isProxied, proxy, ca))
  dispatchers.set(key, known)
  return known
}

function hasProxy(env: Env): boolean {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => env[name])
}

async function createDispatcher(
  env: Env,
  isProxied: boolean,
  proxy: string | undefined,
  ca: string | undefined,
) {
  const { Agent, EnvHttpProxyAgent, Pool, ProxyAgent } = await import('./undici.ts')
  const trust = await trustIn(env, ca)
  const clientFactory = (proxy: URL, options: object) =>
    nameProxy(new Pool(proxy.origin, options), proxy.host)
  const dispatcher = !isProxied
    ? new Agent(trust ? { connect: trust } : {})
    : proxy === undefined
      ? new EnvHttpProxyAgent({
          httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? '',
          httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
          noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
          clientFactory,
          ...(trust ? { requestTls: trust, connect: trust } : {}),
        })
      : new ProxyAgent({ uri: proxy, clientFactory, ...(trust ? { requestTls: trust } : {}) })
  return dispatcher as unknown as RequestInit['dispatcher']
}

async function createBoundDispatcher(env: Env, localAddresses: readonly string[], ca: string | undefined) {
  const { createBoundAgent } = await import('./bound-agent.ts')
  return createBoundAgent(localAddresses, await trustIn(env, ca)) as unknown as Dispatcher
}

/**
 * Gives the option of TLS by which another authority is trusted beside the usual ones. Reading those takes tens of
 * milliseconds, so that all connections share what came of it.
 */
async function trustIn(env: Env, ca: string | undefined): Promise<Trust | undefined> {
  if (ca === undefined) return undefined
  const { createSecureContext } = await import('node:tls')
  return { secureContext: createSecureContext({ ca: [...(await usualAuthorities(env)), ca] }) }
}

/** The authorities that Node trusts by itself, which are no longer trusted once others are named. */
async function usualAuthorities(env: Env): Promise<string[]> {
  const { rootCertificates } = await import('node:tls')
  const { readFile } = await import('node:fs/promises')
  const extra = env['NODE_EXTRA_CA_CERTS']
  const added = extra ? await readFile(extra, 'utf8').catch(() => '') : ''
  return added === '' ? [...rootCertificates] : [...rootCertificates, added]
}

/**
 * Makes the failures of a proxy its own. undici 7 would also take a proxy that ends the connection for one to
 * connect to again, at once and without end.
 * @see https://github.com/nodejs/undici/issues/3897
 */
function nameProxy<Client extends { connect: (...args: never[]) => unknown }>(client: Client, host: string) {
  const connect = async (...args: Parameters<Client['connect']>): Promise<unknown> => {
    try {
      return await client.connect(...args)
    } catch (error) {
      const { code, message } = networkError(error)
      throw new NetworkError(`PROXY_${code}`, `The proxy ${host} could not be used: ${message}`, {
        cause: error,
      })
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

/** Reads a body up to the bound, counted after decompression. */
async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBodyBytes)
      throw new NetworkError('too_large', `The response is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Finds the code that Node or undici gave, however deep fetch wrapped it. */
function networkError(error: unknown): NetworkError {
  for (let cause: unknown = error; cause instanceof Error; cause = firstOf(cause)) {
    const refusal = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1]
    if (refusal)
      return new NetworkError(`PROXY_${refusal}`, `The proxy refused the tunnel: HTTP ${refusal}`, {
        cause: error,
      })
    if ('code' in cause && typeof cause.code === 'string')
      return new NetworkError(cause.code, cause.message, { cause: error })
  }
  const message = error instanceof Error ? rootMessage(error) : String(error)
  // The ports of https://fetch.spec.whatwg.org/#port-blocking have no code of their own.
  return new NetworkError(message === 'bad port' ? 'bad_port' : 'unknown', message, { cause: error })
}

function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}
