// The cookies that tie an authorization under way to one browser.
import { headerValues, type Call } from './request.ts'
import { lifetimesMs, randomKey, type StatePorts } from './state.ts'

export interface Cookie {
  name: string
  value: string
}

/** Makes a cookie for one journey. Each journey has a name of its own, so that two of them don't meet. */
export function createCookie(ports: StatePorts, prefix: string): Cookie {
  return { name: `${prefix}_${randomKey(ports).slice(0, 8)}`, value: randomKey(ports) }
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

/** Tells whether a request carries the cookie. */
export function hasCookie(call: Call, { name, value }: Cookie): boolean {
  const pairs = headerValues(call.headers, 'cookie').flatMap((header) => header.split(';'))
  return pairs.some((pair) => pair.trim() === `${name}=${value}`)
}
