// What a check notes beside the rules of a run: certificates that end, clocks, published keys, made-up values that were taken.
import { readVerifyAnswer } from '../../camara/api.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange } from '../../run/recording.ts'
import { headerOf, textOf } from '../../wire/exchange.ts'
import { isSkewed } from '../catalogue/words.ts'
import { finding } from '../finding.ts'
import { grantedBy, hostAsked, lastOf, placeOf, type Rule } from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'
import { refusedIn } from './refusing.ts'

const dayMs = 24 * 60 * 60 * 1000
const soonDays = 14

/** Notes what a check alone asks about. */
export const noteCheck: Rule = (recording) =>
  recording.command !== 'check'
    ? []
    : [
        ...noteCertificates(recording),
        ...noteClocks(recording),
        ...noteOwnKey(recording),
        ...noteMadeUp(recording),
        ...noteRefusedCode(recording),
        ...noteRefusedToken(recording),
      ]

const noteCertificates: Rule = ({ exchanges, startedAtMs }) =>
  exchanges.flatMap((exchange) => {
    const validTo = exchange.connection?.certificate?.validTo
    if (validTo === undefined || exchange.connection?.proxy === hostAsked(exchange)) return []
    const days = Math.floor((Date.parse(validTo) - startedAtMs) / dayMs)
    return days >= 0 && days < soonDays
      ? [finding('certificate_ends_soon', placeOf(exchange), { host: hostAsked(exchange), validTo, days })]
      : []
  })

/** An answer from a cache has the time when it was made. */
const noteClocks: Rule = ({ exchanges }) =>
  exchanges.flatMap((exchange): Finding[] => {
    const { clockSkewSeconds: seconds, response, kind } = exchange
    const isCached = response !== null && headerOf(response, 'age') !== null
    return isSkewed(seconds) && !isCached && kind !== 'probe'
      ? [finding('clock_apart', placeOf(exchange), { host: hostAsked(exchange), seconds })]
      : []
  })

const noteOwnKey: Rule = ({ observations, exchanges }) =>
  observations.flatMap((observed): Finding[] => {
    const exchange = exchanges.find(({ id }) => id === observed.exchange)
    if (observed.code !== 'own_key' || exchange === undefined) return []
    const { published, keyId, found } = observed.facts
    const host = hostAsked(exchange)
    if (published === 'other_key')
      return [finding('own_key_differs', placeOf(exchange), { host, keyId: keyId ?? '' })]
    return published === 'other_kid'
      ? [finding('own_key_id_differs', placeOf(exchange), { host, keyId, found })]
      : []
  })

const noteMadeUp: Rule = (recording) => {
  const granted = grantedBy(recording)?.exchange
  const answered = lastOf(recording, ['api'])
  return [
    ...(granted === undefined
      ? []
      : [finding('made_up_code_taken', placeOf(granted), { host: hostAsked(granted) })]),
    ...(answered !== null && isAnswered(answered)
      ? [finding('made_up_token_taken', placeOf(answered), { host: hostAsked(answered) })]
      : []),
  ]
}

function isAnswered({ response, failure }: Exchange): boolean {
  if (response === null || failure !== null) return false
  return (
    typeof readVerifyAnswer(response.status, textOf(response), headerOf(response, 'www-authenticate')) ===
    'string'
  )
}

/** Notes a refusal of the made-up code that tells nothing about the client. */
const noteRefusedCode: Rule = (recording) => {
  const asked = lastOf(recording, ['token'])
  if (asked?.response == null || asked.response.status !== 400 || isAboutCode(asked)) return []
  return [finding('credentials_unclear', placeOf(asked), refusedIn(asked, readRefusal(asked.response)))]
}

/**
 * Tells whether the token endpoint refused what was traded in, and not the client: by its code, or by the server's
 * words, which API gateways send under codes of their own.
 */
export function isAboutCode({ response }: Exchange): boolean {
  if (response === null) return false
  const refusal = readRefusal(response)
  if (refusal.code === 'invalid_grant') return true
  const words = `${refusal.code ?? ''} ${wordsOf(refusal) ?? ''}`
    .toLowerCase()
    .replace(/(status|error|response|country|http)[ _-]?codes?|code[ _-]?(verifier|challenge)/g, ' ')
  const code = '(auth(ori[sz]ation)?[ _-]?)?(code|grant|auth_req_id)'
  const bad =
    '(invalid|unknown|not (found|valid|exist)|does not exist|expired|used|bad|wrong|incorrect|unrecogni[sz]ed)'
  return new RegExp(`\\b${code}\\b.{0,40}${bad}|${bad}.{0,20}\\b${code}\\b`).test(words)
}

/** Notes a refusal of the made-up token that comes from something that need not be the API. */
const noteRefusedToken: Rule = (recording) => {
  const asked = lastOf(recording, ['api'])
  if (asked?.response == null || ![401, 403].includes(asked.response.status)) return []
  return isOfApi(asked)
    ? []
    : [
        finding('api_place_unclear', placeOf(asked), {
          host: hostAsked(asked),
          status: asked.response.status,
        }),
      ]
}

/** Tells whether a refusal looks like that of a resource server: JSON with a code or a message, or a challenge for its tokens. */
function isOfApi({ response }: Exchange): boolean {
  if (response === null) return false
  const { kind, code, message, challenge } = readRefusal(response)
  const scheme = challenge?.scheme.toLowerCase()
  return (kind === 'json' && (code ?? message) !== null) || scheme === 'bearer' || scheme === 'dpop'
}
