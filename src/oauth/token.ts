// The token request, and its response read leniently, so that a flow goes on wherever there is an access token.
import { readBody, stringIn } from '../wire/body.ts'
import type { ClientAuthentication } from './client-authentication.ts'

export interface TokenRequest {
  method: 'POST'
  url: string
  headers: Record<string, string>
  body: string
}

/**
 * Builds a token request with client authentication; parameters that are undefined are left out.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export async function buildTokenRequest(options: {
  tokenUrl: string
  parameters: Readonly<Record<string, string | undefined>>
  authenticate: ClientAuthentication
}): Promise<TokenRequest> {
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(options.parameters))
    if (value !== undefined) body.set(name, value)
  await options.authenticate({ url: options.tokenUrl, headers, body })
  return { method: 'POST', url: options.tokenUrl, headers, body: body.toString() }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12 */
const visibleAscii = /^[\x20-\x7e]+$/

/** What a token response holds when it is read leniently. */
export type TokenAnswer =
  | {
      kind: 'token'
      accessToken: string
      tokenType: string | null
      scope: string | null
      idToken: string | null
      secrets: string[]
    }
  | { kind: 'error'; error: string; description: string | null }
  | { kind: 'unreadable'; found: string }

/**
 * Gives the members of a token response: those of a JSON object or, where that has an access token, of a form, as the
 * servers of OAuth 1 sent it. Null when it is neither.
 */
export function readTokenMembers(text: string): Readonly<Record<string, unknown>> | null {
  const body = readBody(text)
  if (body.kind === 'object') return body.object
  return isFormToken(text) ? Object.fromEntries(new URLSearchParams(text.trim())) : null
}

/** Tells whether a token response is a form and not JSON. */
export function isFormToken(text: string): boolean {
  return /^(?:[\w.-]{1,60}=[^&\s<{]*&)*access_token=[^&\s<{]/.test(text.trim().slice(0, 10_000))
}

/**
 * Reads a token response leniently: an access token in a 2xx JSON object, or in a form, is enough.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5
 */
export function readTokenAnswer(status: number, text: string): TokenAnswer {
  const body = readBody(text)
  const members = readTokenMembers(text)
  if (members === null)
    return { kind: 'unreadable', found: body.kind === 'other' ? body.found : 'a JSON object' }
  const member = (name: string) => stringIn(members, name)
  const accessToken = member('access_token')
  if (status >= 200 && status < 300 && accessToken) {
    if (!visibleAscii.test(accessToken)) {
      return { kind: 'unreadable', found: 'an access_token with characters that no header can carry' }
    }
    const secrets = ['access_token', 'id_token', 'refresh_token'].flatMap((name) => member(name) ?? [])
    const [tokenType, scope, idToken] = [member('token_type'), member('scope'), member('id_token')]
    return { kind: 'token', accessToken, tokenType, scope, idToken, secrets }
  }
  const error = member('error')
  if (error) return { kind: 'error', error, description: member('error_description') }
  return {
    kind: 'unreadable',
    found: member('message') ?? member('code') ?? 'a JSON object with neither access_token nor error',
  }
}
