// What a token response allows that it should not, or says otherwise than it should; the flow goes on.
import * as oauth from 'oauth4webapi'
import type { Observation } from '../errors.ts'
import { countNames, describeValue, readBody, stringIn } from '../wire/body.ts'

/** What was asked for. */
export interface AskedToken {
  scope: string
  usesDpop: boolean
  /** Whether the grant brings an ID token where the scope has openid. */
  expectsIdToken: boolean
}

type TokenResponse = Record<string, unknown>
type Rule = (response: TokenResponse, asked: AskedToken) => Observation | null

/** The longest life that CAMARA allows an access token. */
const maxLifetimeSeconds = 300

const rules: readonly Rule[] = [noteType, noteLifetime, noteRefreshToken, noteScope, noteIdToken]

/** Looks over a response that carries an access token; what a strict client refuses beside that comes last. */
export async function reviewTokenResponse(
  answer: { status: number; headers: Headers; text: string },
  asked: AskedToken,
): Promise<Observation[]> {
  const { text } = answer
  const body = readBody(text)
  const response = body.kind === 'object' ? body.object : {}
  const isDoubled = countNames(text, 'access_token') > 1
  const objection = isDoubled ? 'it has access_token more than once' : await objectStrictly(response, answer)
  return [
    ...rules.flatMap((rule) => rule(response, asked) ?? []),
    ...(objection === null ? [] : [{ code: 'token_response_irregular', args: { message: objection } }]),
  ]
}

/** @see https://www.rfc-editor.org/rfc/rfc9449#section-5 */
function noteType(response: TokenResponse, { usesDpop }: AskedToken): Observation | null {
  const type = stringIn(response, 'token_type')
  if (type === null) return { code: 'token_type_missing', args: {} }
  if (type.toLowerCase() === 'bearer') return usesDpop ? { code: 'dpop_not_used', args: {} } : null
  if (type.toLowerCase() === 'dpop' && usesDpop) return null
  const message = `the token_type is ${type}, and nv sends a Bearer token`
  return { code: 'token_response_irregular', args: { message } }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
function noteLifetime({ expires_in: lifetime }: TokenResponse): Observation | null {
  if (lifetime === undefined) return null
  if (typeof lifetime !== 'number' || lifetime <= 0) {
    const isDigits = typeof lifetime === 'string' && /^\d{1,9}$/.test(lifetime)
    return {
      code: 'expires_in_unusable',
      args: { found: isDigits ? `the string "${lifetime}"` : describeValue(lifetime) },
    }
  }
  return lifetime > maxLifetimeSeconds ? { code: 'token_lives_long', args: { seconds: lifetime } } : null
}

function noteRefreshToken({ refresh_token: refreshToken }: TokenResponse): Observation | null {
  return refreshToken === undefined || refreshToken === null
    ? null
    : { code: 'refresh_token_given', args: {} }
}

/** A scope that the response leaves out is the one that was asked for; openid gives no access. */
function noteScope(response: TokenResponse, { scope: asked }: AskedToken): Observation | null {
  const granted = stringIn(response, 'scope')
  if (granted === null) return null
  const [askedSet, grantedSet] = [asked, granted].map(scopeSet) as [Set<string>, Set<string>]
  const missing = [...askedSet].filter((token) => !grantedSet.has(token))
  const added = [...grantedSet].filter((token) => !askedSet.has(token))
  return missing.length + added.length === 0
    ? null
    : {
        code: 'scope_differs',
        args: { scope: asked, granted, missing: missing.join(' '), added: added.join(' ') },
      }
}

function scopeSet(scope: string): Set<string> {
  return new Set(scope.split(' ').filter((token) => token !== '' && token !== 'openid'))
}

function noteIdToken(response: TokenResponse, { scope, expectsIdToken }: AskedToken): Observation | null {
  const isDue = expectsIdToken && scope.split(' ').includes('openid')
  return isDue && stringIn(response, 'id_token') === null ? { code: 'id_token_missing', args: {} } : null
}

/** Has a strict client process what the rules above don't look at; gives its objection. */
async function objectStrictly(
  response: TokenResponse,
  { status, headers }: { status: number; headers: Headers },
): Promise<string | null> {
  const rest = { ...response, token_type: 'Bearer', expires_in: undefined, id_token: undefined }
  const client = { client_id: 'any' }
  try {
    await oauth.processAuthorizationCodeResponse(
      { issuer: 'https://any.invalid' },
      client,
      new Response(JSON.stringify(rest), { status, headers }),
    )
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
