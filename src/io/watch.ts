// Sees the head of a response before fetch acts on it or hides it.
import type { Dispatcher } from './dispatchers.ts'
import { NetworkError } from './failure.ts'
import { mark, type Trace } from './trace.ts'
import type { HeaderList } from '../wire/exchange.ts'

/**
 * Notes the head of the response in the trace, and hides two statuses from fetch, which would act on them: it sends
 * a request that was answered with 421 again, the code in it included, and turns a 407 into an error without a cause.
 * With `onlyHeaders` those that fetch adds of its own are left out.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
export function watchResponse(
  dispatcher: Dispatcher,
  trace: Trace,
  onlyHeaders: Readonly<Record<string, string>> | null = null,
): Dispatcher {
  const watch = <T extends object>(handler: T): T =>
    new Proxy(handler, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          // The handlers of undici up to 6 get the status and the raw headers, those after a controller that has them.
          if (name === 'onHeaders') args[0] = note(trace, Number(args[0]), args[1])
          if (name === 'onResponseStart')
            args[1] = note(trace, Number(args[1]), (args[0] as { rawHeaders?: unknown }).rawHeaders)
          return Reflect.apply(member, target, args)
        }
      },
    })
  const dispatch: Dispatcher['dispatch'] = (options, handler) =>
    dispatcher.dispatch(onlyHeaders ? { ...options, headers: { ...onlyHeaders } } : options, watch(handler))
  return { dispatch } as Dispatcher
}

/** Notes a head, and gives the status that fetch is to see. */
function note(trace: Trace, status: number, rawHeaders: unknown): number {
  // One that only says that the response is still to come.
  if (status >= 100 && status < 200) return status
  if (status < 100) throw new NetworkError('bad_response', `The response has the status ${status}`)
  mark(trace, 'firstByteMs')
  trace.phase = 'body'
  trace.head = { status, headers: readHeaders(rawHeaders) }
  return status === 407 || status === 421 ? 400 : status
}

/** Reads names and values that follow each other, as bytes. */
function readHeaders(rawHeaders: unknown): HeaderList {
  const parts = Array.isArray(rawHeaders) ? rawHeaders.map((part: Buffer | string) => decode(part)) : []
  return parts.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), parts[index + 1] ?? ''] as const] : [],
  )
}

function decode(part: Buffer | string): string {
  return typeof part === 'string' ? part : part.toString('latin1')
}
