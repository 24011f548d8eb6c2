// The line about the authorization endpoint: what its answer to a request without a phone says about the client.
import { meaningOf } from '../../diagnosis/meaning.ts'
import { type Page, readPage } from '../../diagnosis/page.ts'
import { readRefusal, wordsOf } from '../../diagnosis/refusal.ts'
import { refreshOf } from '../../diagnosis/rules/authorize.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange } from '../../run/recording.ts'
import type { Authorized } from './follow.ts'
import {
  type Check,
  type Checking,
  durationOf,
  exchangeOf,
  explained,
  explainPart,
  isUnreached,
  type Outcome,
  settingOf,
  unreached,
} from './checking.ts'

/** What only a phone can settle: a gateway that says it has accepted the request itself. */
const ofThePhone = new Set([
  'access_denied',
  'consent_required',
  'login_required',
  'interaction_required',
  'unknown_user_id',
  'line_not_allowed',
  'line_not_served',
  'roaming',
  'login_hint_refused',
])

/** Pages that come when the request was taken, and a person or a phone is wanted. */
const ofAPerson = new Set<Page['kind']>([
  'wifi-off',
  'one-time-password',
  'consent',
  'login',
  'interstitial',
  'app-link',
  'redirect',
])

const accepted = 'accepts client_id, redirect_uri and scope'

/** Asks to authorize without a phone, and reads from the answer what the gateway made of the request. */
export const checkAuthorize: Check = async (checking) => {
  const { recorder, questions, input } = checking
  if (input.grants[0] !== 'authorization-code')
    return { status: 'skipped', detail: `${input.grants[0]} needs no authorization endpoint` }
  const authorized = await questions.authorize()
  if (authorized === null)
    return { status: 'skipped', detail: 'the client or the authorize URL is not known' }
  const exchanges = authorized.exchanges.map((id) => exchangeOf({ recorder }, id))
  const last = exchangeOf({ recorder }, authorized.last.exchange)
  if (isUnreached(last)) return unreached(last)
  return { ...judge(checking, authorized, last), durationMs: durationOf(exchanges) }
}

function judge(checking: Checking, authorized: Authorized, last: Exchange): Outcome {
  const { host } = new URL(last.request.url)
  const { response, sentOnTo, exchanges } = authorized
  const first = exchanges[0] ?? last.id
  const explain = (step: 'authorize' | 'callback', lacks: 'redirect' | 'code') =>
    explainPart(checking, { exchanges, end: { kind: 'stopped', step, lacks } })
  if (response !== null) {
    const finding = explain('callback', 'code')
    // A run would refuse it, whatever else is in it.
    if (finding?.code.startsWith('state_')) return explained(finding)
    if (response.has('code')) return passed(`${host} ${accepted}; the code it gave was not used`)
    return judgeError(checking, host, response, finding)
  }
  const finding = explain('authorize', 'redirect')
  if (sentOnTo !== null) {
    const isRefused =
      sentOnTo.searchParams.has('error') ||
      ['response_elsewhere', 'too_many_redirects'].includes(finding?.code ?? '')
    const error = sentOnTo.searchParams.get('error')
    // With the error it shows a page of its own, or answers at another redirect_uri: nothing tells which.
    if (finding !== null && error !== null && isOfThePhone(checking, finding))
      return {
        status: 'skipped',
        detail: `${host} redirects to ${sentOnTo.host || sentOnTo.protocol} with ${error}, not to the redirect_uri: only a phone can show why`,
      }
    if (isRefused && finding !== null) return judgeFinding(checking, first, last, finding)
    return passed(
      `${host} accepts client_id, redirect_uri and scope so far, and redirects the phone to ${sentOnTo.host || sentOnTo.protocol}`,
    )
  }
  const page = last.failure === null ? readPage(last.response) : null
  if (page !== null && ofAPerson.has(page.kind) && (last.response?.status ?? 0) < 400)
    return {
      status: 'skipped',
      detail: `${host} shows a page${page.title === null ? '' : ` ("${page.title}")`}: only a phone can show what it means`,
    }
  return finding === null
    ? { status: 'unknown', detail: `${host} gave no usable answer` }
    : judgeFinding(checking, first, last, finding)
}

function passed(detail: string): Outcome {
  return { status: 'passed', detail }
}

/** An error that came to the redirect_uri: client_id and redirect_uri are known, or it would not have come there. */
function judgeError(
  checking: Checking,
  host: string,
  response: URLSearchParams,
  finding: Finding | null,
): Outcome {
  if (finding === null)
    return { status: 'unknown', detail: `${host} redirected to the redirect_uri without a code or an error` }
  if (isOfThePhone(checking, finding)) return ofPhone(host, finding.code, response.get('error'))
  return explained(finding, suspectsOf(finding, response.get('error_description')))
}

/** A login_hint that is the same for every number can be judged without one. */
function isOfThePhone({ recorder }: Checking, { code }: Finding): boolean {
  const isGiven = recorder.recording().target.loginHint === 'given'
  return ofThePhone.has(code) && !(isGiven && code === 'login_hint_refused')
}

function ofPhone(host: string, code: string, error: string | null): Outcome {
  if (code === 'login_hint_refused')
    return {
      status: 'skipped',
      detail: `${host} knows client_id and redirect_uri, and wants a number: only a phone can show the rest`,
    }
  return passed(`${host} ${accepted}; without a phone it answers ${error ?? code}`)
}

function judgeFinding(checking: Checking, first: number, last: Exchange, finding: Finding): Outcome {
  const { host } = new URL(last.request.url)
  const isAnswered = last.response !== null && last.failure === null
  if (isAnswered && isOfThePhone(checking, finding)) return ofPhone(host, finding.code, null)
  return explained(
    finding,
    isAnswered
      ? suspectsIn(checking, exchangeOf(checking, first), last, finding)
      : [settingOf(last, checking.input.target)],
  )
}

/** The settings that the findings of this line are about. */
const settingsOf: Readonly<Record<string, readonly string[]>> = {
  invalid_scope: ['scope', 'apiVersion'],
  invalid_request_object: ['requestObject', 'key', 'keyId'],
  pkce_refused: ['pkce'],
  login_hint_refused: ['loginHint'],
  redirect_uri_refused: ['redirectUri'],
  response_elsewhere: ['redirectUri'],
  client_unknown: ['clientId'],
  invalid_client: ['clientId'],
  issuer_differs: ['issuer'],
  issuer_missing: ['issuer'],
  unauthorized_client: [],
  not_subscribed: [],
  account_suspended: [],
  too_many_redirects: [],
  address_not_allowed: [],
  quota_exceeded: [],
}

/** The settings behind the parameters that a server may name. */
const byParameter: ReadonlyArray<[RegExp, string]> = [
  [/\bprompt\b/i, 'prompt'],
  [/\blogin_hint\b/i, 'loginHint'],
  [/\bscope\b/i, 'scope'],
  [/\bredirect_uri\b/i, 'redirectUri'],
  [/\bclient_id\b/i, 'clientId'],
  [/\bcode_challenge/i, 'pkce'],
  // nv sends one where the scope has openid.
  [/\bnonce\b/i, 'scope'],
  [/\brequest (object|parameter)\b/i, 'requestObject'],
]

function suspectsOf({ code }: Finding, says: string | null): readonly string[] {
  return (
    settingsOf[code] ?? byParameter.flatMap(([name, setting]) => (name.test(says ?? '') ? [setting] : []))
  )
}

/** Names the settings that a refusal in place is about: by its words, and else those that keep a gateway from redirecting. */
function suspectsIn(
  checking: Checking,
  first: Exchange,
  last: Exchange,
  finding: Finding,
): readonly string[] {
  const refusal = last.response === null ? null : readRefusal(last.response)
  const bySays = suspectsOf(finding, refusal === null ? null : wordsOf(refusal))
  if (Object.hasOwn(settingsOf, finding.code) || bySays.length > 0) return bySays
  if (last.response === null || refusal === null) return []
  const ofUrl = settingOf(last, checking.input.target)
  // A later page of the gateway is not what a setting names.
  const isFirst = withoutQuery(last.request.url) === withoutQuery(first.request.url)
  if ([404, 405].includes(last.response.status)) return isFirst ? [ofUrl] : []
  if (last.response.status === 401 && refusal.challenge !== null) return [ofUrl]
  const page = readPage(last.response)
  const { redirectUri } = checking.input.target
  // A page that hands the response on to the redirect_uri has accepted it.
  const onward = [page?.target, refreshOf(last.response)]
  if (redirectUri !== null && onward.includes(withoutQuery(redirectUri))) return []
  const meaning = meaningOf(`${refusal.code ?? ''} ${wordsOf(refusal) ?? ''}`, page?.words ?? null)
  if (meaning === 'client' || refusal.code === 'invalid_client') return ['clientId']
  if (meaning === 'redirect-uri') return ['redirectUri']
  if (meaning === 'scope') return ['scope']
  if (finding.code === 'redirect_elsewhere' || page?.kind === 'default-server') return [ofUrl]
  return ['clientId', 'redirectUri', ...(finding.code === 'authorize_page' ? [ofUrl] : [])]
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? ''
}
