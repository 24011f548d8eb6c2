// The cookies that tie a pending authorization to one browser.
import type { OutgoingResponse } from '../context.ts'
import { headerValues, type Call } from './request.ts'
import { type Cookie, lifetimesMs, randomKey, type StatePorts } from './state.ts'
import { isScriptedFetch } from './user-agent.ts'

const journeyMarkLength = 8

/** Makes a cookie for one journey. Each journey has a name of its own, so that two of them don't meet. */
export function createCookie(ports: StatePorts, prefix: string): Cookie {
  return { name: `${prefix}_${randomKey(ports).slice(0, journeyMarkLength)}`, value: randomKey(ports) }
}

/**
 * Writes a Set-Cookie header that lives as long as a journey.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1
 */
export function writeCookie({ name, value }: Cookie, path: string): string {
  return `${name}=${value}; Path=${path}; Max-Age=${lifetimesMs.journey / 1000}; HttpOnly; SameSite=Lax`
}

/** Writes a Set-Cookie header that ends a cookie. */
export function endCookie({ name }: Cookie, path: string): string {
  return `${name}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Lax`
}

/** Reads the values of the cookies whose name starts so, by name. */
export function readCookies(call: Call, prefix: string): ReadonlyMap<string, string> {
  const pairs = headerValues(call.headers, 'cookie').flatMap((header) => header.split(';'))
  const named = pairs.map((pair) => {
    const [name = '', ...value] = pair.trim().split('=')
    return [name, value.join('=')] as const
  })
  return new Map(named.filter(([name]) => name.startsWith(prefix)))
}

/**
 * Checks that a request comes from the browser that started the journey. Returns the rules that it breaks and that
 * are overlooked; null when it is refused. A client that keeps cookies has to send the right one; a script's fetch,
 * as in the published samples, may bring none unless the gateway is strict.
 */
export function checkCookie(
  call: Call,
  { name, value }: Cookie,
  { isStrict }: { isStrict: boolean },
): readonly string[] | null {
  const cookies = readCookies(call, name.slice(0, -journeyMarkLength))
  if (cookies.get(name) === value) return []
  const isOverlooked = cookies.size === 0 && isScriptedFetch(call) && !isStrict
  return isOverlooked ? ['the cookie of the first hop did not come back'] : null
}

/** Keeps what a response sets from being sent without TLS. */
export function secureCookies(response: OutgoingResponse): OutgoingResponse {
  const set = response.headers?.['set-cookie']
  if (set === undefined) return response
  const secure = [set].flat().map((cookie) => `${cookie}; Secure`)
  return { ...response, headers: { ...response.headers, 'set-cookie': secure } }
}
