// Sends HTTP requests: one each, no redirects followed, nothing retried, bodies bounded.
import type { Fetch, FetchOptions } from '../context.ts'
import { NetworkError } from '../errors.ts'
import { isLoopback } from '../oauth/loopback.ts'

const maxBodyBytes = 1024 * 1024

/** Makes the fetch of a process whose environment may name a proxy. */
export function createFetch(env: Readonly<Record<string, string | undefined>>): Fetch {
  return async (url, options) => {
    try {
      const dispatcher = await chooseDispatcher(env, new URL(url), options)
      const response = await globalThis.fetch(url, {
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(dispatcher ? { dispatcher } : {}),
        redirect: 'manual',
        signal: options.signal,
      })
      const body = await readBounded(response)
      const hasNoBody = response.status === 204 || response.status === 205 || response.status === 304
      return new Response(hasNoBody ? null : body, { status: response.status, headers: response.headers })
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      throw error instanceof NetworkError ? error : networkError(error)
    }
  }
}

/** The dispatchers of this process, by what they are for; undici is loaded only when one is needed. */
const dispatchers = new Map<string, Promise<RequestInit['dispatcher']>>()

type Env = Readonly<Record<string, string | undefined>>

async function chooseDispatcher(
  env: Env,
  url: URL,
  { proxy, ca }: FetchOptions,
): Promise<RequestInit['dispatcher']> {
  const isProxied = !isLoopback(url.hostname) && (proxy !== undefined || hasProxy(env))
  if (!isProxied && ca === undefined) return undefined
  const key = JSON.stringify([isProxied, proxy, ca])
  const known = dispatchers.get(key) ?? createDispatcher(env, isProxied, proxy, ca)
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
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici')
  const trust = ca === undefined ? undefined : { ca: [...(await import('node:tls')).rootCertificates, ca] }
  const dispatcher = !isProxied
    ? new Agent(trust ? { connect: trust } : {})
    : proxy === undefined
      ? new EnvHttpProxyAgent({
          httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? '',
          httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
          noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
          ...(trust ? { requestTls: trust, connect: trust } : {}),
        })
      : new ProxyAgent({ uri: proxy, ...(trust ? { requestTls: trust } : {}) })
  return dispatcher as unknown as RequestInit['dispatcher']
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
    if ('code' in cause && typeof cause.code === 'string')
      return new NetworkError(cause.code, cause.message, { cause: error })
  }
  const message = error instanceof Error ? rootMessage(error) : String(error)
  return new NetworkError('unknown', message, { cause: error })
}

function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}
