// The line about the API: whether it is where the settings say, by how it refuses a token that nobody issued.
import { readRefusal, wordsOf } from '../../diagnosis/refusal.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange } from '../../run/recording.ts'
import {
  type Check,
  diagnosePart,
  durationOf,
  exchangeOf,
  explained,
  explainPart,
  isUnreached,
  unreached,
} from './checking.ts'

/** What only the API itself says. */
const ofTheApi = new Set([
  'unauthenticated',
  'invalid_argument',
  'permission_denied',
  'invalid_token_context',
  'use_dpop_nonce',
  'user_not_authenticated_by_mobile_network',
  'user_not_authenticated_by_supported_method',
  'invalid_ts43_token',
])

/** What the API says of the number, which nobody has. */
const ofTheNumber = new Set(['line_not_served', 'line_not_allowed'])

/** What an API gateway says of the application, and not of the token. */
const suspects: Readonly<Record<string, readonly string[]>> = {
  api_not_found: ['apiUrl', 'apiVersion', 'apiPath'],
  api_unreadable: ['apiUrl', 'apiPath'],
  api_redirected: ['apiUrl'],
  api_error: ['apiUrl', 'apiVersion'],
  api_key_refused: ['headers'],
  response_too_large: ['apiUrl'],
  port_blocked: ['apiUrl'],
}

/** Asks the API under a made-up token. */
export const checkApi: Check = async (checking) => {
  const reply = await checking.questions.api()
  if (reply === null) return { status: 'skipped', detail: 'the API URL is not known' }
  const exchange = exchangeOf(checking, reply.exchange)
  if (isUnreached(exchange)) return unreached(exchange)
  const durationMs = durationOf([exchange])
  const part = { exchanges: [exchange.id], end: { kind: 'stopped', step: 'api', lacks: 'answer' } as const }
  const noted = diagnosePart(checking, { ...part, end: null })
  const find = (code: string) => noted.find((finding) => finding.code === code)
  const taken = find('made_up_token_taken')
  if (taken !== undefined) return { ...explained(taken, ['apiUrl']), durationMs }
  const finding = explainPart(checking, part)
  const { host, pathname } = new URL(exchange.request.url)
  if (finding === null) return { status: 'unknown', detail: `${host} gave no usable answer`, durationMs }
  if (ofTheNumber.has(finding.code))
    return {
      status: 'passed',
      detail: `${host}${pathname} refused a made-up number, as it should`,
      durationMs,
    }
  const isRefusal =
    ofTheApi.has(finding.code) || finding.code === 'api_forbidden' || isAboutToken(exchange, finding)
  const unclear = isRefusal ? (find('api_place_unclear') ?? forbidden(finding)) : undefined
  if (unclear !== undefined) return { ...explained(unclear, ['apiUrl', 'apiVersion']), durationMs }
  if (isRefusal)
    return {
      status: 'passed',
      detail: `${host}${pathname} refused a made-up token, as it should`,
      durationMs,
    }
  const status = exchange.response?.status ?? 0
  const isFailing = status >= 500 || status === 429
  const outcome = explained(finding, isFailing ? [] : (suspects[finding.code] ?? []))
  return { ...outcome, ...(isFailing ? { status: 'unknown' as const } : {}), durationMs }
}

/** Tells whether a refusal without a code that nv knows is of the token, by the server's words. */
function isAboutToken({ response }: Exchange, { code }: Finding): boolean {
  if (code !== 'api_error' || response === null || response.status > 403) return false
  return /\b(?:token|jwt|bearer)\b/i.test(wordsOf(readRefusal(response)) ?? '')
}

/** An application that is not let in gets no further with a true token, but a made-up one may be why. */
function forbidden(finding: Finding): Finding | undefined {
  return finding.code === 'api_forbidden' ? { ...finding, severity: 'warning' } : undefined
}
