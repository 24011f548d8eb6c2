// Providers that give the authorize URL by an API, which tells too whether they reach the line.
import { isLoopback } from '../wire/addresses.ts'
import { readBody } from '../wire/body.ts'
import { isRedirectTo } from './redirect-uri.ts'

/** Lists the scopes that a request names: openid is none of the API. */
export function scopesOf(scope: string): string[] {
  return scope.split(' ').filter((name) => name !== '' && name !== 'openid')
}

/**
 * Builds the body of a request for an authorize URL.
 * @see https://developer.vonage.com/en/api/network-enablement
 */
export function buildEnablementBody(request: { phoneNumber: string; scope: string; state: string }): string {
  const { phoneNumber, scope, state } = request
  return JSON.stringify({ phone_number: phoneNumber, scopes: scopesOf(scope), state })
}

/** What the provider says of one scope: where the phone is sent, or why it is not. */
export type Enablement =
  | { kind: 'url'; url: string; scope: string }
  | { kind: 'refused'; title: string | null; detail: string | null; type: string | null }
  /** It says nothing of it. */
  | { kind: 'unreadable' }

/** Reads an answer; that of the first scope that was asked for and is in it, else of whichever it speaks of. */
export function readEnablement(text: string, scope: string): Enablement {
  const body = readBody(text)
  const scopes = body.kind === 'object' ? membersOf(body.object['scopes']) : null
  const names = Object.keys(scopes ?? {})
  const named = scopesOf(scope).find((name) => names.includes(name)) ?? names[0] ?? ''
  const found = membersOf(scopes?.[named])
  const url = found?.['auth_url']
  if (typeof url === 'string' && url !== '') return { kind: 'url', url, scope: named }
  const problem = found?.['error']
  if (typeof problem === 'string' && problem !== '')
    return { kind: 'refused', title: problem, detail: null, type: null }
  const error = membersOf(problem)
  if (error === null) return { kind: 'unreadable' }
  const textIn = (...names: string[]) =>
    names
      .map((name) => error[name])
      .find((text): text is string => typeof text === 'string' && text !== '') ?? null
  return {
    kind: 'refused',
    title: textIn('title'),
    detail: textIn('detail', 'message', 'description'),
    type: textIn('error_type'),
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}

/** Why an authorize URL that a server gave is not opened. */
export const authUrlFlaws = [
  'too_long',
  'not_a_url',
  'not_https',
  'user_name',
  'other_state',
  'other_client',
  'other_redirect_uri',
  'other_scope',
] as const
export type AuthUrlFlaw = (typeof authUrlFlaws)[number]

/** What no server would accept, nor a program as an argument. */
const maxUrlLength = 16 * 1024

/** What nv asked for, which the URL has to match. */
export interface AskedWith {
  enablementUrl: string
  state: string
  clientId: string
  redirectUri: string
  scope: string
}

/**
 * Tells why an authorize URL that a server gave is not to be opened; null: nothing speaks against it. It goes to a
 * browser: only https is taken, and plain http where the server itself is on this machine. A parameter that is there
 * has to be ours; one that is not there may be kept by the server, and the callback's state is checked in any case.
 * `givenFor` is the scope that the server gave it for, by its own name.
 */
export function judgeAuthUrl(text: string, asked: AskedWith, givenFor: string): AuthUrlFlaw | null {
  if (text.length > maxUrlLength) return 'too_long'
  // What no URL may hold: the parser would drop it, and a shell or a terminal might not.
  if (!/^[!-~]+$/.test(text) || /["'`<>\\^{|}]/.test(text) || !URL.canParse(text)) return 'not_a_url'
  const url = new URL(text)
  const isLocal = isLoopback(url.hostname) && isLoopback(new URL(asked.enablementUrl).hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) return 'not_https'
  if (url.username !== '' || url.password !== '') return 'user_name'
  const differs = (name: string, isOurs: (value: string) => boolean) =>
    !url.searchParams.getAll(name).every(isOurs)
  if (differs('state', (state) => state === asked.state) || url.searchParams.getAll('state').length > 1)
    return 'other_state'
  if (differs('client_id', (id) => id === asked.clientId)) return 'other_client'
  const isOurRedirect = (uri: string) => uri === asked.redirectUri || isSameRedirect(uri, asked.redirectUri)
  if (differs('redirect_uri', isOurRedirect)) return 'other_redirect_uri'
  const named = `${givenFor.replaceAll('%23', '#')} ${url.searchParams.get('scope') ?? ''}`.split(' ')
  return scopesOf(asked.scope).some((scope) => named.includes(scope)) ? null : 'other_scope'
}

function isSameRedirect(one: string, other: string): boolean {
  return (
    URL.canParse(one) &&
    URL.canParse(other) &&
    isRedirectTo(one, new URL(other)) &&
    isRedirectTo(other, new URL(one))
  )
}
