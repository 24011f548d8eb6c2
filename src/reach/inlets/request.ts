// Reads a request that reached the listener: what it is, and whether it may be the callback.
import type { IncomingRequest } from '../../context.ts'
import type { Arrival, RefusalCode } from '../../run/recording.ts'
import { forwardingHeaders, hintHeaders } from '../../wire/visitor.ts'
import { cut, describeResponse, nothing } from '../arrival.ts'
import type { Accepted } from './accepted.ts'

/** Matches a query that something on the way has made a part of the path. */
const encodedQuery = /%3f(.*)$/is

/** Reads the parameters of the query and, of a POST, those of its form. */
export function readParameters({ method, target, body }: IncomingRequest): URLSearchParams {
  const query = new URLSearchParams(queryOf(target))
  return method === 'POST' ? new URLSearchParams([...query, ...new URLSearchParams(body)]) : query
}

function queryOf(target: string): string {
  const start = target.indexOf('?')
  if (start !== -1) return target.slice(start + 1)
  const encoded = encodedQuery.exec(target)?.[1] ?? ''
  if (encoded.includes('=')) return encoded
  return encoded.replaceAll(/%3d/gi, '=').replaceAll(/%26/g, '&')
}

/** Describes a request for the recording. */
export function describeRequest(
  request: IncomingRequest,
  parameters: URLSearchParams,
  isOurs: (state: string) => boolean,
): Arrival['what'] {
  const value = (...names: string[]) => {
    const found = valueOf(request, ...names)
    return found === null ? null : cut(found)
  }
  return {
    ...nothing,
    kind: 'request',
    method: cut(request.method),
    host: value('host'),
    path: cut(pathOf(request).replace(encodedQuery, '%3F…')),
    ...describeResponse(parameters, isOurs),
    ...describeSender(request),
  }
}

/** Describes who sent a request, in its own words and in those of a proxy or a tunnel. */
export function describeSender(
  request: IncomingRequest,
): Pick<Arrival['what'], 'forwardedFor' | 'userAgent' | 'hints'> {
  const value = (...names: string[]) => {
    const found = valueOf(request, ...names)
    return found === null ? null : cut(found)
  }
  const hints = hintHeaders.flatMap((name) => {
    const found = value(name)
    return found === null ? [] : [[name, found]]
  })
  return {
    forwardedFor: value(...forwardingHeaders),
    userAgent: value('user-agent'),
    hints: Object.fromEntries(hints) as Record<string, string>,
  }
}

type Refusal = { code: RefusalCode; status: number }

/** Refuses what came under another Host than those we expect, or with no path of its own. */
export function refuseAddress(request: IncomingRequest, { hosts }: Pick<Accepted, 'hosts'>): Refusal | null {
  const named = valuesOf(request, 'host')
  if (named.length !== 1 || !hosts.has(String(named[0]).toLowerCase()))
    return { code: 'wrong_host', status: 421 }
  if (!request.target.startsWith('/') || request.target.startsWith('//'))
    return { code: 'malformed_target', status: 400 }
  return null
}

/** Refuses everything that is not a plain GET of the callback's path under a host we expect. */
export function refuseRequest(request: IncomingRequest, accepted: Accepted): Refusal | null {
  const refusal = refuseAddress(request, accepted)
  if (refusal) return refusal
  if (pathOf(request) !== accepted.path) return { code: 'wrong_path', status: 404 }
  // Before the Origin: a form of the gateway's page brings the gateway's, and is refused for being a form.
  if (request.method !== 'GET') return { code: 'wrong_method', status: 405 }
  if (isForeign(request, accepted.hosts)) return { code: 'foreign_origin', status: 403 }
  return isPrefetch(request) ? { code: 'prefetch', status: 503 } : null
}

/** Tells whether a page of another origin sent the request. */
export function isForeign(request: IncomingRequest, hosts: ReadonlySet<string>): boolean {
  return valuesOf(request, 'origin').some(
    (origin) => !URL.canParse(origin) || !hosts.has(new URL(origin).host),
  )
}

/** Programs that look at a link because somebody sent it, or because they look at all of them; no phone by Cubot. */
const previews =
  /(?<!\bcu)bot\b|crawl|spider|preview|scanner|facebookexternalhit|facebot|line-poker|embed|iframely|curl\/|wget\/|python-|go-http|okhttp|java\//i

/** What previews links for those who chat, and names the browser inside the app on a phone, too. */
const chats = /whatsapp|telegram|slack|discord|skype|teams|viber/i
const phones = /^Mozilla\/.*(android|iphone|ipad)/i

/**
 * Tells whether a person is on the way: not a prefetch, a HEAD, a frame, or a program that previews links. Whoever
 * clicked is one, whatever its browser is called.
 */
export function isNavigation(request: IncomingRequest): boolean {
  const { method } = request
  const destination = valueOf(request, 'sec-fetch-dest')
  return (
    method === 'GET' &&
    !isPrefetch(request) &&
    (destination === null || destination === 'document') &&
    (valueOf(request, 'sec-fetch-user') === '?1' || !isPreview(valueOf(request, 'user-agent') ?? ''))
  )
}

function isPreview(agent: string): boolean {
  return previews.test(agent) || (chats.test(agent) && !phones.test(agent))
}

function isPrefetch(request: IncomingRequest): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) =>
    valuesOf(request, name).some((value) => /prefetch|prerender|preview/i.test(value)),
  )
}

/** Gives the first value of the first of these headers that is there. */
export function valueOf(request: IncomingRequest, ...names: string[]): string | null {
  return names.map((name) => valuesOf(request, name)[0]).find((value) => value !== undefined) ?? null
}

function valuesOf(request: IncomingRequest, name: string): string[] {
  return request.headers.filter(([header]) => header === name).map(([, value]) => value)
}

/** Gives the path of the target, without the query. */
export function pathOf({ target }: Pick<IncomingRequest, 'target'>): string {
  return target.split('?', 1)[0] ?? ''
}
