// Names what went wrong with a request.

/** A request got no complete HTTP response. */
export class NetworkError extends Error {
  override name = 'NetworkError'
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What undici says of a response that it can do nothing with, under a code that says that the connection was lost. */
const complaints: ReadonlyMap<string, string> = new Map([
  ['bad response', 'The server sent "100 Continue", which nothing had asked for'],
  ['bad upgrade', 'The server switched to another protocol, which nothing had asked for'],
])

/** Finds the code that Node or undici gave, however deep fetch wrapped it. */
export function networkError(error: unknown): NetworkError {
  for (let cause: unknown = error; cause instanceof Error; cause = firstOf(cause)) {
    const refusal = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1]
    if (refusal)
      return new NetworkError(`PROXY_${refusal}`, `The proxy refused the tunnel: HTTP ${refusal}`, {
        cause: error,
      })
    if (cause instanceof NetworkError) return cause
    const complaint = complaints.get(cause.message)
    if (complaint) return new NetworkError('bad_response', complaint, { cause: error })
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
