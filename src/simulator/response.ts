// Builds the simulator's answers: JSON in the shapes of OAuth and of the API, and redirects.
import type { OutgoingResponse } from '../context.ts'

/** An answer, with a phrase about it that contains no code, token, secret or phone number. */
export interface Reply extends OutgoingResponse {
  headers: Record<string, string | string[]>
  detail?: string
  /** Its error, for a page that shows it to a person. */
  problem?: OAuthProblem
  /** The rules that the request broke and that were overlooked, each as a phrase. */
  broken?: readonly string[]
  /** Whether it sends the phone back to the app. */
  isCallback?: boolean
}

/** An OAuth error; the description never quotes the request. */
export interface OAuthProblem {
  error: string
  description: string
}

/** Makes the problem of a request that breaks a rule of its form. */
export function invalidRequest(description: string): OAuthProblem {
  return { error: 'invalid_request', description }
}

/** Answers with JSON that is not to be stored. */
export function replyJson(status: number, value: unknown, detail?: string): Reply {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: JSON.stringify(value),
    ...(detail === undefined ? {} : { detail }),
  }
}

/**
 * Answers with an error of OAuth that is also one of Telefónica's, whose `code` is the HTTP status.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function replyOAuthError(status: number, problem: OAuthProblem): Reply {
  const { error, description } = problem
  const body = { error, error_description: description, code: status, message: description }
  return { ...replyJson(status, body, `${error}: ${description}`), problem }
}

/** Answers a request that breaks a rule of its form. */
export function replyInvalidRequest(description: string): Reply {
  return replyOAuthError(400, invalidRequest(description))
}

/** Answers with an error of the API, in the shape of CAMARA. */
export function replyApiError(status: number, code: string, message: string, detail = code): Reply {
  return replyJson(status, { status, code, message }, detail)
}

/** Redirects the phone. The Location may be relative. */
export function replyRedirect(location: string, detail: string): Reply {
  return {
    status: 302,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    detail,
  }
}

/**
 * Adds parameters to the query of a URL, every value percent-encoded; what the URL has already stays as it is.
 * Parameters without a value are left out.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 */
export function addParameters(url: string, parameters: Record<string, string | undefined>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  const separator = url.includes('?') ? (/[?&]$/.test(url) ? '' : '&') : '?'
  return url + separator + pairs.join('&')
}
