// Reads the authorization response that comes back to the redirect_uri.
import { holdsResponse } from './redirect-uri.ts'

/** An authorization response; `state` was compared before anything else was looked at. */
export type Callback =
  | { kind: 'code'; code: string }
  | { kind: 'error'; error: string; description: string | null }
  | { kind: 'not-ours'; reason: 'state_missing' | 'state_differs' | 'state_doubled' }
  | { kind: 'malformed'; reason: 'no_code' | 'doubled_parameter' | 'issuer_differs' | 'issuer_missing' }

export interface ExpectedCallback {
  state: string
  /** The names of the issuer; none when it is not known. */
  issuers: readonly string[]
  /** Whether the server said that it always sends `iss`. */
  isIssuerRequired: boolean
}

/**
 * Reads the parameters of an authorization response.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4
 */
export function readCallback(parameters: URLSearchParams, expected: ExpectedCallback): Callback {
  const states = parameters.getAll('state')
  if (states.length > 1) return { kind: 'not-ours', reason: 'state_doubled' }
  if (!states[0]) return { kind: 'not-ours', reason: 'state_missing' }
  if (states[0] !== expected.state) return { kind: 'not-ours', reason: 'state_differs' }
  if (['code', 'error', 'iss'].some((name) => parameters.getAll(name).length > 1)) {
    return { kind: 'malformed', reason: 'doubled_parameter' }
  }
  const issuer = parameters.get('iss')
  if (expected.issuers.length > 0 && issuer === null && expected.isIssuerRequired) {
    return { kind: 'malformed', reason: 'issuer_missing' }
  }
  if (expected.issuers.length > 0 && issuer !== null && !expected.issuers.includes(issuer)) {
    return { kind: 'malformed', reason: 'issuer_differs' }
  }
  const error = parameters.get('error')
  if (error) return { kind: 'error', error, description: parameters.get('error_description') }
  const code = parameters.get('code')
  return code ? { kind: 'code', code } : { kind: 'malformed', reason: 'no_code' }
}

/** What a user pasted. */
export interface Pasted {
  /** Null: it is not a whole address. */
  url: URL | null
  parameters: URLSearchParams
  /** Whether the response was behind a #. */
  isInFragment: boolean
}

/**
 * Reads what a user pasted: the whole address, or only its query with or without the `?`; in quotes, with line breaks
 * or as it stands in HTML. Null when there are no parameters in it.
 */
export function readPasted(text: string): Pasted | null {
  const address = unwrapPasted(text)
  const url = /^[a-z][a-z\d+.-]*:/i.test(address) && URL.canParse(address) ? new URL(address) : null
  const [before = '', ...behind] = address.split('#')
  const query = before.includes('?') ? before.slice(before.indexOf('?') + 1) : url ? '' : before
  const found = new URLSearchParams(query)
  const hidden = new URLSearchParams(behind.join('#'))
  const isInFragment = holdsResponse(hidden) && !holdsResponse(found)
  const parameters = isInFragment ? hidden : found
  const hasNames = [...parameters].some(([name, value]) => name !== '' && value !== '')
  return hasNames ? { url, parameters, isInFragment } : null
}

/** Takes off what comes with an address when it is copied from a terminal, a mail, HTML or JSON. */
export function unwrapPasted(text: string): string {
  return text
    .replace(/\s+/g, '')
    .replace(/^["'<]+|(?<![>"'])[>"']+$/g, '')
    .replace(/&(?:amp;)+|&#(?:38|x26);|\\u0026/gi, '&')
    .replace(/\\(?=[?&=#/])/g, '')
}
