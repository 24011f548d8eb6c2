// Judges what a user pasted in place of the address the phone ended on, and says in words what is wrong with it.
import { type Pasted, readPasted, unwrapPasted } from '../../oauth/callback.ts'
import { readErrorParameters } from '../../oauth/error-parameters.ts'
import { isRedirectTo } from '../../oauth/redirect-uri.ts'
import type { Arrival, RefusalCode } from '../../run/recording.ts'
import { escapeText } from '../../wire/escape.ts'
import { describeResponse, nothing, refuseState } from '../arrival.ts'
import { readingsOf } from './pasted-texts.ts'

export interface Judged {
  what: Arrival['what']
  verdict: Arrival['verdict']
  /** The parameters of the callback; null when it was not taken. */
  parameters: URLSearchParams | null
}

/**
 * Tells whether a pasted text holds the callback under the state, and if not, what it is. It may be anything that a
 * person copies: an address over two lines, in the words of a chat, in quotes, encoded, without its scheme.
 */
export function judgePasted(text: string, redirectUri: string, state: string): Judged {
  const judged = readingsOf(text, redirectUri).flatMap((reading) => [
    judgeReading(reading, redirectUri, state),
    ...judgeCarried(reading, redirectUri, state),
  ])
  const find = (isWanted: (one: Judged) => boolean) => judged.find(isWanted)
  return (
    find(({ verdict }) => verdict === 'taken') ??
    find(({ verdict }) => verdict !== 'not_an_address') ??
    (hasBareCode(text) ? { what: nothing, verdict: 'bare_code', parameters: null } : null) ??
    find(({ what }) => what.host !== null) ?? { what: nothing, verdict: 'not_an_address', parameters: null }
  )
}

function judgeReading(reading: string, redirectUri: string, state: string): Judged {
  const pasted = readPasted(reading)
  if (pasted === null)
    return { what: { ...nothing, ...strayAddress(reading) }, verdict: 'not_an_address', parameters: null }
  const { url, parameters, isInFragment } = pasted
  const response = describeResponse(parameters, (other) => other === state, isInFragment)
  const what = {
    ...nothing,
    kind: url ? 'address' : 'text',
    host: url === null ? null : hostIn(url),
    path: url?.pathname ?? null,
    ...response,
  } as const
  const refusal = refuse(pasted, response.state, redirectUri)
  return { what, verdict: refusal ?? 'taken', parameters: refusal === null ? parameters : null }
}

/** Finds the callback in a parameter of another address, as those have that chats, mails and searches make of a link. */
function judgeCarried(reading: string, redirectUri: string, state: string): Judged[] {
  const isOurs = (value: string) => URL.canParse(value) && isRedirectTo(redirectUri, new URL(value))
  const values = [...(readPasted(reading)?.parameters.values() ?? [])]
  return values
    .filter(isOurs)
    .map((value) => judgeReading(value, redirectUri, state))
    .filter(({ verdict }) => verdict === 'taken')
}

/** Names the host of an address; of a browser's own page or an app's link its scheme too. */
function hostIn({ protocol, host }: URL): string {
  return protocol === 'http:' || protocol === 'https:' ? host : `${protocol}//${host}`
}

/** Says where an address leads that has no parameters; nothing of what is none. */
function strayAddress(text: string): Pick<Arrival['what'], 'kind' | 'host' | 'path'> {
  const address = unwrapPasted(text)
  if (!/^(?:[a-z][a-z\d+.-]*:\/\/|about:|data:|blob:)/i.test(address) || !URL.canParse(address))
    return { kind: 'text', host: null, path: null }
  const url = new URL(address)
  return { kind: 'address', host: hostIn(url), path: url.pathname }
}

function refuse(
  { url, parameters }: Pasted,
  state: Judged['what']['state'],
  redirectUri: string,
): RefusalCode | null {
  const has = (name: string) => parameters.has(name)
  const isAnswer = has('code') || has('error')
  if (!isAnswer && (has('response_type') || has('client_id'))) return 'authorize_url'
  if (['code', 'state'].some((name) => isShortened(parameters.get(name) ?? ''))) return 'shortened'
  const isElsewhere = url !== null && !isRedirectTo(redirectUri, url)
  const isError = readErrorParameters(parameters).error !== null
  if (isError && !has('code') && state !== 'ours' && isElsewhere) return 'error_page'
  if (!isAnswer && !has('state')) return 'not_an_address'
  if (!isAnswer && isElsewhere) return url.host === new URL(redirectUri).host ? 'wrong_path' : 'wrong_host'
  return refuseState(state) ?? (isAnswer ? null : 'no_parameters')
}

/** Tells a value of which a program showed only the beginning, or both ends; no code and no state of ours has that sign. */
function isShortened(value: string): boolean {
  return /…|\.{3}$/.test(value)
}

/** Tells a code, or any token, from words: it is long or has digits in it, and among words it is the last one. */
function hasBareCode(text: string): boolean {
  const words = text.trim().split(/\s+/)
  const last = unwrapPasted(words.at(-1) ?? '')
  const isLong = words.length === 1 ? /\d|\w{24}/.test(last) : /\w{16}/.test(last) && /\d/.test(last)
  return isLong && !/^\+\d+$/.test(last) && /^[\w.~+/-]{6,}=*$/.test(last) && !last.includes('//')
}

/** Says what is wrong with what was pasted. */
export function explainRefusal({ verdict, what }: Judged, redirectUri: string): string {
  const words = describeError(what)
  switch (verdict) {
    case 'authorize_url':
      return 'This is the address that nv showed, not the one the phone ended on. Open it on the phone first.'
    case 'error_page':
      return `${escapeText(what.host ?? '')} shows an error: ${words}. Compare client_id and redirect_uri with what is registered.`
    case 'state_missing':
      return words === ''
        ? 'It has no state. If the address was wrapped, paste the rest of it.'
        : `The gateway sent an error: ${words}. It has no state, so nv can't tell which attempt it belongs to, and keeps waiting.`
    case 'no_parameters':
      return 'It has our state, but neither a code nor an error. If the address was wrapped, paste the rest of it.'
    case 'state_doubled':
      return 'It has more than one state, so nv does not accept it.'
    case 'state_differs':
      return 'It belongs to another attempt: its state differs. Paste the newest address.'
    case 'wrong_host':
    case 'wrong_path':
      return `It has neither a code nor an error, and is not the redirect_uri ${redirectUri}. Paste the address that the phone ends on.`
    case 'shortened':
      return 'Its code or state ends in "…": a program showed it shortened. Copy the address from the address bar itself.'
    case 'bare_code':
      return 'That looks like only the code. Paste the whole address: nv has to check the state.'
    default:
      return `It has no code, error or state. ${explainStray(what, redirectUri)}`
  }
}

function explainStray({ host, path }: Judged['what'], redirectUri: string): string {
  const ours = new URL(redirectUri)
  if (host === null) return 'Paste the whole address.'
  if (host === ours.host && path === ours.pathname)
    return 'The page at the redirect_uri may have removed them: go back once, and copy the address before it changes.'
  if (/^(?:chrome-error|about|chrome|edge|safari|data|blob):/.test(host))
    return "It is a page of the browser itself: go back once, or copy the address that can't be opened."
  return `The phone is still at ${escapeText(host)}. Paste the address that it ends on.`
}

function describeError({ error, errorDescription }: Judged['what']): string {
  if (error === null) return ''
  return escapeText(error) + (errorDescription === null ? '' : ` (${escapeText(errorDescription)})`)
}
