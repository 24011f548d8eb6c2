// The redirect_uri of an authorization request: which ones will do, and a relative one that can be made whole.
import { headerValues, type Call, type Parameters } from '../request.ts'

/**
 * Finds the rule that a redirect_uri breaks. Any http(s) address will do, and the private schemes of apps, which
 * are reversed domain names.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7.1
 */
export function findRedirectUriRule(redirectUri: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(redirectUri)) return 'redirect_uri may hold printable ASCII characters only.'
  if (redirectUri.includes('#')) return 'redirect_uri may not have a fragment.'
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(redirectUri)?.[1]?.toLowerCase()
  if (scheme === undefined)
    return 'redirect_uri is relative: it must be a whole address with its scheme and host.'
  if (scheme !== 'http' && scheme !== 'https' && !scheme.includes('.')) {
    return 'redirect_uri must be http, https or the scheme of an app, which is a reversed domain name.'
  }
  if (/^https?$/.test(scheme) && !/^https?:\/\/[^/]/i.test(redirectUri)) return 'redirect_uri has no host.'
  return URL.canParse(redirectUri) ? null : 'redirect_uri is not a valid address.'
}

/**
 * Makes a redirect_uri that is a mere path whole, as the published HTML form needs it: it belongs to the origin of
 * the page that holds the form, which the browser names in the Referer. A strict gateway leaves it as it is.
 */
export function resolveRedirectUri(
  parameters: Parameters,
  call: Call,
  { isStrict }: { isStrict: boolean },
): { parameters: Parameters; broken: readonly string[] } {
  const sent = parameters.get('redirect_uri') ?? ''
  const origin = originOfReferer(call)
  if (isStrict || origin === null || !sent.startsWith('/') || !URL.canParse(sent, origin)) {
    return { parameters, broken: [] }
  }
  const resolved = new URL(sent, origin)
  if (resolved.origin !== origin) return { parameters, broken: [] }
  return {
    parameters: {
      ...parameters,
      get: (name) => (name === 'redirect_uri' ? resolved.href : parameters.get(name)),
    },
    broken: ['redirect_uri is relative'],
  }
}

function originOfReferer({ headers }: Call): string | null {
  const [referer, ...others] = headerValues(headers, 'referer')
  if (referer === undefined || others.length > 0 || !URL.canParse(referer)) return null
  const { protocol, origin } = new URL(referer)
  return protocol === 'http:' || protocol === 'https:' ? origin : null
}
