// Judges what a user pasted in place of the address the phone ended on, and says in words what is wrong with it.
import { type Pasted, readPasted, unwrapPasted } from '../../oauth/callback.ts'
import { isRedirectTo } from '../../oauth/redirect-uri.ts'
import type { Arrival, RefusalCode } from '../../run/recording.ts'
import { escapeText } from '../../wire/escape.ts'
import { describeResponse, nothing, refuseState } from '../arrival.ts'

export interface Judged {
  what: Arrival['what']
  verdict: Arrival['verdict']
  /** The parameters of the callback; null when it was not taken. */
  parameters: URLSearchParams | null
}

/** Tells whether a pasted text is the callback under the state, and if not, what it is. */
export function judgePasted(text: string, redirectUri: string, state: string): Judged {
  const pasted = readPasted(text)
  if (pasted === null) {
    const verdict = isBareCode(text) ? 'bare_code' : 'not_an_address'
    return { what: { ...nothing, ...strayAddress(text) }, verdict, parameters: null }
  }
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

/** Names the host of an address; of a browser's own page or an app's link its scheme too. */
function hostIn({ protocol, host }: URL): string {
  return protocol === 'http:' || protocol === 'https:' ? host : `${protocol}//${host}`
}

/** Says where an address leads that has no parameters; nothing of what is none. */
function strayAddress(text: string): Pick<Arrival['what'], 'kind' | 'host' | 'path'> {
  const address = unwrapPasted(text)
  if (!/^[a-z][a-z\d+.-]*:/i.test(address) || !URL.canParse(address))
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
  const isElsewhere = url !== null && !isRedirectTo(redirectUri, url)
  if (has('error') && !has('code') && state !== 'ours' && isElsewhere) return 'error_page'
  if (!isAnswer && !has('state')) return 'not_an_address'
  if (!isAnswer && isElsewhere) return url.host === new URL(redirectUri).host ? 'wrong_path' : 'wrong_host'
  return refuseState(state) ?? (isAnswer ? null : 'no_parameters')
}

/** Tells a code, or any token, from words: it has no spaces, and is long or has digits in it. */
function isBareCode(text: string): boolean {
  return /^[\w.~+/-]{6,}=*$/.test(text.trim()) && /\d|\w{24}/.test(text) && !unwrapPasted(text).includes('//')
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
    case 'bare_code':
      return 'That looks like only the code. Paste the whole address: nv has to check the state.'
    default:
      return 'It has no code, error or state. Paste the whole address.'
  }
}

function describeError({ error, errorDescription }: Judged['what']): string {
  if (error === null) return ''
  return escapeText(error) + (errorDescription === null ? '' : ` (${escapeText(errorDescription)})`)
}
