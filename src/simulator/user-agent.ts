// What kind of program a request comes from, as far as its headers tell.
import { headerValues, type Call } from './request.ts'

/** Tells whether a person looks at the answer: a browser that navigates, and takes HTML. */
export function isBrowser({ headers }: Call): boolean {
  const accepts = headerValues(headers, 'accept').some((value) => /\btext\/html\b/i.test(value))
  return accepts && headerValues(headers, 'user-agent').some((value) => value.startsWith('Mozilla/'))
}

/**
 * Tells whether a script's fetch follows the redirects. Node's keeps no cookies, and a browser's has none for a
 * server of another origin.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-mode-header
 */
export function isScriptedFetch({ headers }: Call): boolean {
  return headerValues(headers, 'sec-fetch-mode').includes('cors')
}
