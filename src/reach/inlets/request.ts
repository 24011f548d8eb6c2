// Reads a request that reached the listener: what it is, and whether it may be the callback.
import type { IncomingRequest } from '../../context.ts'
import type { Arrival, RefusalCode } from '../../run/recording.ts'
import { cut, describeResponse, nothing } from '../arrival.ts'

/** Where the callback may arrive. */
export interface Accepted {
  path: string
  /** Values of Host, in lower case. */
  hosts: ReadonlySet<string>
}

/** Reads the parameters of the query and, of a POST, those of its form. */
export function readParameters({ method, target, body }: IncomingRequest): URLSearchParams {
  const start = target.indexOf('?')
  const query = new URLSearchParams(start === -1 ? '' : target.slice(start + 1))
  return method === 'POST' ? new URLSearchParams([...query, ...new URLSearchParams(body)]) : query
}

/** Describes a request for the recording. */
export function describeRequest(
  request: IncomingRequest,
  parameters: URLSearchParams,
  isOurs: (state: string) => boolean,
): Arrival['what'] {
  const value = (...names: string[]) => {
    const found = names.map((name) => valuesOf(request, name)[0]).find((text) => text !== undefined)
    return found === undefined ? null : cut(found)
  }
  return {
    ...nothing,
    kind: 'request',
    method: cut(request.method),
    host: value('host'),
    path: cut(pathOf(request)),
    ...describeResponse(parameters, isOurs),
    forwardedFor: value('x-forwarded-for', 'forwarded'),
    userAgent: value('user-agent'),
  }
}

/** Refuses everything that is not a plain GET of the callback's path under a host we expect. */
export function refuseRequest(
  request: IncomingRequest,
  { path, hosts }: Accepted,
): { code: RefusalCode; status: number } | null {
  const named = valuesOf(request, 'host')
  if (named.length !== 1 || !hosts.has(String(named[0]).toLowerCase()))
    return { code: 'wrong_host', status: 421 }
  if (!request.target.startsWith('/') || request.target.startsWith('//'))
    return { code: 'malformed_target', status: 400 }
  if (pathOf(request) !== path) return { code: 'wrong_path', status: 404 }
  // Before the Origin: a form of the gateway's page brings the gateway's, and is refused for being a form.
  if (request.method !== 'GET') return { code: 'wrong_method', status: 405 }
  const origins = valuesOf(request, 'origin')
  if (origins.some((origin) => !URL.canParse(origin) || !hosts.has(new URL(origin).host)))
    return { code: 'foreign_origin', status: 403 }
  return isPrefetch(request) ? { code: 'prefetch', status: 503 } : null
}

function isPrefetch(request: IncomingRequest): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) =>
    valuesOf(request, name).some((value) => /prefetch|prerender|preview/i.test(value)),
  )
}

function valuesOf(request: IncomingRequest, name: string): string[] {
  return request.headers.filter(([header]) => header === name).map(([, value]) => value)
}

function pathOf({ target }: IncomingRequest): string {
  return target.split('?', 1)[0] ?? ''
}
