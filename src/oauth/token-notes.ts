// What a token response allows that it should not, or says otherwise than it should; the flow goes on.
import * as oauth from 'oauth4webapi'
import { countNames, describeValue, readBody, stringIn } from '../wire/body.ts'
import { isFormToken, readTokenMembers } from './token.ts'

/** What was asked for. */
export interface AskedToken {
  scope: string
  usesDpop: boolean
  /** Whether the grant brings an ID token where the scope has openid. */
  expectsIdToken: boolean
}

/** What is noted, by its code. */
interface NoteFacts {
  token_form_encoded: object
  token_type_missing: object
  dpop_not_used: object
  token_response_irregular: { message: string }
  expires_in_unusable: { found: string }
  token_lives_long: { seconds: number }
  refresh_token_given: object
  scope_differs: { scope: string; granted: string; missing: string; added: string }
  id_token_missing: object
}

export type TokenNote = { [C in keyof NoteFacts]: { code: C; facts: NoteFacts[C] } }[keyof NoteFacts]

type TokenResponse = Readonly<Record<string, unknown>>
type Rule = (response: TokenResponse, asked: AskedToken) => TokenNote | null

/** The longest life that CAMARA allows an access token. */
const maxLifetimeSeconds = 300

const rules: readonly Rule[] = [noteError, noteType, noteLifetime, noteRefreshToken, noteScope, noteIdToken]

/** Looks over the body of a response that carries an access token, which may be redacted. */
export function noteTokenResponse(text: string, asked: AskedToken): TokenNote[] {
  if (isFormToken(text)) return [{ code: 'token_form_encoded', facts: {} }]
  const response = readTokenMembers(text) ?? {}
  const notes = rules.flatMap((rule) => rule(response, asked) ?? [])
  return isDoubled(text)
    ? [
        ...notes,
        { code: 'token_response_irregular', facts: { message: 'it has access_token more than once' } },
      ]
    : notes
}

/** Clients differ in which of two access tokens under one name they take. */
function isDoubled(text: string): boolean {
  return countNames(text, 'access_token') > 1
}

/**
 * Has a strict client process what the notes don't look at of a response that carries an access token; gives its
 * objection, or null.
 */
export async function objectToToken(answer: {
  status: number
  headers: Headers
  text: string
}): Promise<string | null> {
  const body = readBody(answer.text)
  if (body.kind !== 'object' || isDoubled(answer.text)) return null
  const rest = { ...body.object, token_type: 'Bearer', expires_in: undefined, id_token: undefined }
  const { status, headers } = answer
  try {
    await oauth.processAuthorizationCodeResponse(
      { issuer: 'https://any.invalid' },
      { client_id: 'any' },
      new Response(JSON.stringify(rest), { status, headers }),
    )
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A response is either a token or an error. */
function noteError({ error }: TokenResponse): TokenNote | null {
  if (error === undefined || error === null || error === '' || error === false) return null
  const named = typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? ` (${error})` : ''
  const message = `it has an error${named} beside the access_token`
  return { code: 'token_response_irregular', facts: { message } }
}

/** @see https://www.rfc-editor.org/rfc/rfc9449#section-5 */
function noteType(response: TokenResponse, { usesDpop }: AskedToken): TokenNote | null {
  const type = stringIn(response, 'token_type')
  if (type === null) return { code: 'token_type_missing', facts: {} }
  if (type.toLowerCase() === 'bearer') return usesDpop ? { code: 'dpop_not_used', facts: {} } : null
  if (type.toLowerCase() === 'dpop' && usesDpop) return null
  const message = `the token_type is ${type}, and nv sends a Bearer token`
  return { code: 'token_response_irregular', facts: { message } }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
function noteLifetime({ expires_in: lifetime }: TokenResponse): TokenNote | null {
  if (lifetime === undefined) return null
  if (typeof lifetime !== 'number' || lifetime <= 0) {
    const isDigits = typeof lifetime === 'string' && /^\d{1,9}$/.test(lifetime)
    return {
      code: 'expires_in_unusable',
      facts: { found: isDigits ? `the string "${lifetime}"` : describeValue(lifetime) },
    }
  }
  return lifetime > maxLifetimeSeconds ? { code: 'token_lives_long', facts: { seconds: lifetime } } : null
}

function noteRefreshToken({ refresh_token: refreshToken }: TokenResponse): TokenNote | null {
  return refreshToken === undefined || refreshToken === null
    ? null
    : { code: 'refresh_token_given', facts: {} }
}

/** A scope that the response leaves out is the one that was asked for; openid gives no access. */
function noteScope(response: TokenResponse, { scope: asked }: AskedToken): TokenNote | null {
  const granted = stringIn(response, 'scope')
  if (granted === null) return null
  const [askedSet, grantedSet] = [asked, granted].map(scopeSet) as [Set<string>, Set<string>]
  const missing = [...askedSet].filter((token) => !grantedSet.has(token))
  const added = [...grantedSet].filter((token) => !askedSet.has(token))
  return missing.length + added.length === 0
    ? null
    : {
        code: 'scope_differs',
        facts: { scope: asked, granted, missing: missing.join(' '), added: added.join(' ') },
      }
}

function scopeSet(scope: string): Set<string> {
  return new Set(scope.split(' ').filter((token) => token !== '' && token !== 'openid'))
}

function noteIdToken(response: TokenResponse, { scope, expectsIdToken }: AskedToken): TokenNote | null {
  const isDue = expectsIdToken && scope.split(' ').includes('openid')
  return isDue && stringIn(response, 'id_token') === null ? { code: 'id_token_missing', facts: {} } : null
}
