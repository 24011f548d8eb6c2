// The rules that the values of settings obey.
import * as v from 'valibot'
import { endpointRule } from '../wire/addresses.ts'
import { holdsControls } from '../wire/escape.ts'

/** Schemes that run code or read files in the browser that follows a redirect to them. */
const dangerousSchemes = new Set(['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:'])

export const singleLine = v.pipe(
  v.string('must be a text'),
  v.trim(),
  v.nonEmpty('must not be empty'),
  v.check((value) => !holdsControls(value), 'must not hold control characters'),
)

/** What templates, Postman and documentation leave for somebody to fill in. */
const placeholder = /^(?:\$\{[\w.:-]+\}|\$[A-Z_]{3,}|\{\{[\w .-]+\}\}|%[A-Z_]{3,}%|<[\w .-]+>)$/

/** A single line that somebody has filled in. */
export const filledIn = v.pipe(
  singleLine,
  v.check((value) => !placeholder.test(value), 'must not be a placeholder that nothing was put in place of'),
)

export const endpoint = v.pipe(
  singleLine,
  v.rawCheck(({ dataset, addIssue }) => {
    const rule = dataset.typed ? endpointRule(dataset.value) : null
    if (rule) addIssue({ message: rule })
  }),
)

/** An endpoint that gives the authorize URL, or `off`. */
export const enablement = v.union([v.literal('off'), endpoint], 'must be an https URL, or off')

/** A base of the API, with its version or without one. */
export const apiBase = v.pipe(
  endpoint,
  v.check((value) => !value.includes('?'), 'must not hold a query'),
)

/** A path between the base and the operation; `/` stands for no path. */
export const apiPath = v.pipe(
  singleLine,
  v.regex(/^[\w.~%/-]*$/, 'must be a path, as in number-verification/v2, or / for none'),
)

export const redirectUri = v.pipe(
  singleLine,
  // A host and a port parse as a scheme and a path.
  v.check(
    (value) => URL.canParse(value) && !/^[\w.-]+:\d+(?:[/?#]|$)/.test(value),
    'must be an absolute URL, as in https://example.com/callback',
  ),
  v.check(
    (value) => !URL.canParse(value) || !dangerousSchemes.has(new URL(value).protocol),
    'must not have a scheme that runs code or reads files',
  ),
  v.check(
    (value) => !URL.canParse(value) || new URL(value).port !== '0',
    'must not have port 0, where nothing listens',
  ),
)

export const listenAddress = v.pipe(
  singleLine,
  v.check(
    (value) => parseListen(value) !== null,
    'must be <host>:<port>, <port> or lan, with a port from 0 to 65535',
  ),
)

export const proxy = v.pipe(
  singleLine,
  v.transform((value) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`)),
  v.check(
    (value) => URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol),
    'must be an http or https URL, as in http://proxy.example:3128',
  ),
  v.check(
    (value) => !URL.canParse(value) || !(new URL(value).username || new URL(value).password),
    'must not hold a user name or a password: give them in HTTPS_PROXY instead',
  ),
)

/** One of a few values. */
export function oneOf<const Values extends readonly string[]>(values: Values) {
  const named = values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`
  return v.picklist(values, `must be ${named}`)
}

export const environmentName = v.pipe(
  singleLine,
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, as in ACME_SECRET'),
)

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export const headerName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must have a header name, as in X-Customer'),
  v.check(
    (name) => !transportHeaders.has(name.toLowerCase()),
    'must not set a header of the connection itself',
  ),
)

/** Headers that frame a message or belong to the connection; fetch fails with one of them, or ignores it. */
const transportHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export const headerValue = v.pipe(
  singleLine,
  v.rawCheck(({ dataset, addIssue }) => {
    const rule = dataset.typed ? headerValueRule(dataset.value) : null
    if (rule) addIssue({ message: rule })
  }),
)

export interface ListenAddress {
  host: string
  port: number
}

/** Writes an address as `<host>:<port>`, an IPv6 one in brackets. */
export function formatListen({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The host of an address that is yet to be chosen: that of the network a phone may be in. */
export const lan = 'lan'

/**
 * Reads `<host>:<port>`, `[<ipv6>]:<port>`, `<port>` (on 127.0.0.1), or `lan` with or without a port, where 0 stands
 * for no port; null for anything else.
 */
export function parseListen(value: string): ListenAddress | null {
  if (value.toLowerCase() === lan) return { host: lan, port: 0 }
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):)?(\d{1,5})$/i.exec(value)
  const port = Number(match?.[3])
  if (!match || port > 65535) return null
  const host = match[1] ?? match[2] ?? '127.0.0.1'
  return { host: host.toLowerCase() === lan ? lan : host, port }
}

/**
 * Says which rule the value of a header breaks; null if it breaks none.
 * @see https://fetch.spec.whatwg.org/#concept-header-value
 */
export function headerValueRule(value: string): string | null {
  if (value !== value.trim()) return 'must not start or end with white space'
  // A byte each, and no line break: with one the rest of the value would be a header of its own.
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? null : 'must hold characters of Latin-1 only, on one line'
}
