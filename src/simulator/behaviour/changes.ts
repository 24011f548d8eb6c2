// What behaviours are made of: changes of a form, of a JSON answer, and of the redirect to the app.
import { readBody } from '../../wire/body.ts'
import { readFields, writeField } from '../oauth/form.ts'
import { replyOAuthError, type Reply } from '../response.ts'
import type { Behaviour } from './behaviour.ts'

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Changes the members of a JSON answer that has a certain member; one that becomes undefined is left out. What has
 * it not is no answer of success, or that of another operation, and stays as it is.
 */
export function changeMembers(
  marker: string,
  change: (members: JsonObject) => JsonObject,
): NonNullable<Behaviour['changeReply']> {
  return (reply) => {
    const members = readMembers(reply, marker)
    return members ? { ...reply, body: JSON.stringify({ ...members, ...change(members) }) } : reply
  }
}

/** Adds a member of a name that is there already, before it: of doubled names most readers take the last. */
export function doubleMember(marker: string, value: unknown): NonNullable<Behaviour['changeReply']> {
  return (reply) =>
    readMembers(reply, marker) && typeof reply.body === 'string'
      ? { ...reply, body: reply.body.replace('{', `{"${marker}":${JSON.stringify(value)},`) }
      : reply
}

/** Reads the members of a JSON answer that has a certain one; null when it is none. */
export function readMembers({ body }: Reply, marker: string): JsonObject | null {
  if (typeof body !== 'string') return null
  const read = readBody(body)
  return read.kind === 'object' && Object.hasOwn(read.object, marker) ? read.object : null
}

/** Changes the address to which the phone is sent back with a code. */
export function changeCallback(change: (target: URL) => void): NonNullable<Behaviour['changeReply']> {
  return (reply) =>
    reply.isCallback
      ? changeLocation(reply, (target) => target.searchParams.has('code') && change(target))
      : reply
}

/** Changes where the phone is sent next, unless it is the app. */
export function changeNextHop(change: (target: URL) => void): NonNullable<Behaviour['changeReply']> {
  return (reply) => (reply.isCallback ? reply : changeLocation(reply, change))
}

/** Changes where a redirect leads; a relative Location stays as it is. */
function changeLocation(reply: Reply, change: (target: URL) => void): Reply {
  const { location } = reply.headers
  if (typeof location !== 'string' || !URL.canParse(location)) return reply
  const target = new URL(location)
  const before = target.href
  change(target)
  return target.href === before ? reply : { ...reply, headers: { ...reply.headers, location: target.href } }
}

/** Leaves the answer to a request alone whose body lacks a field, or has another value in it. */
export function whenSent(
  name: string,
  changeReply: NonNullable<Behaviour['changeReply']>,
  value?: string,
): NonNullable<Behaviour['changeReply']> {
  return (reply, call, gateway) => {
    const sent = readFields(call).get(name)
    return sent === null || (value !== undefined && sent !== value)
      ? reply
      : changeReply(reply, call, gateway)
  }
}

/** Gives an OAuth error in place of a code, where the phone is sent back, and of an answer anywhere else. */
export function giveError(
  error: string,
  description: string,
  status = 400,
): NonNullable<Behaviour['changeReply']> {
  const inPlaceOfCode = changeCallback(({ searchParams }) => {
    searchParams.delete('code')
    searchParams.set('error', error)
    searchParams.set('error_description', description)
  })
  return async (reply, call, gateway) => {
    if (!reply.isCallback) return replyOAuthError(status, { error, description })
    const changed = await inPlaceOfCode(reply, call, gateway)
    return changed === reply ? reply : { ...changed, detail: `→ app, ${error}` }
  }
}

/** Changes a field of a form before the endpoint reads it; a form without the field stays as it is. */
export function changeField(
  name: string,
  change: (value: string) => string,
): NonNullable<Behaviour['changeCall']> {
  return (call) => {
    const value = readFields(call).get(name)
    return value === null ? call : writeField(call, name, change(value))
  }
}

/** Changes a parameter of the query before the endpoint reads it. */
export function changeQuery(
  name: string,
  change: (value: string) => string,
): NonNullable<Behaviour['changeCall']> {
  return (call) => {
    const query = new URLSearchParams(call.query)
    const value = query.get(name)
    if (value === null) return call
    query.set(name, change(value))
    return { ...call, query: query.toString() }
  }
}

/** A port of every machine that nothing listens on, and that browsers would open. */
export const closedPort = '2'

/** Answers with a page; neither text may come from outside. */
export function page(status: number, title: string, text: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`,
  }
}
