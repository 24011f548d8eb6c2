// What a refusal of the API is about, by its code and the server's words.
import type { Exchange } from '../../run/recording.ts'
import { textOf } from '../../wire/exchange.ts'
import type { Meaning } from '../meaning.ts'

/** The codes of CAMARA, old and new, that mean the same. */
const synonyms: Readonly<Record<string, string>> = {
  authentication_required: 'unauthenticated',
  invalid_token: 'unauthenticated',
  expired_token: 'unauthenticated',
  insufficient_scope: 'permission_denied',
  user_not_authenticated_by_ip: 'user_not_authenticated_by_mobile_network',
  user_not_authenticated_by_network: 'user_not_authenticated_by_mobile_network',
  service_not_applicable: 'line_not_served',
  identifier_not_found: 'line_not_served',
  device_not_found: 'line_not_served',
  phone_number_not_found: 'line_not_served',
  unsupported_identifier: 'line_not_served',
  device_not_applicable: 'line_not_served',
}

/**
 * Gives a code in the words of the newest standard, without what it begins with: gateways write it with dots, dashes or
 * in camel case.
 */
export function codeOf(code: string | null): string {
  const named = (code ?? '')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^number_?verification[._]/, '')
  return synonyms[named] ?? named
}

/** Tells whether the words of a server miss what was sent in the body. */
export function isBodyMissed({ request }: Exchange, says: string | null): boolean {
  const sent = ['phoneNumber', 'hashedPhoneNumber'].find((name) => textOf(request).includes(`"${name}"`))
  if (sent === undefined) return false
  const what = `((request )?body|${sent})`
  const missing = 'missing|required|empty|null|not (be )?(present|provided|null|empty)'
  return new RegExp(`\\b${what}\\b.{0,20}\\b(${missing})\\b|\\bmissing .{0,20}\\b${what}\\b`, 'i').test(
    says ?? '',
  )
}

/** Tells whether the words of a server say that the token is of another number than the one that was asked about. */
export function isOfNumber(says: string | null): boolean {
  return /not consistent|inconsistent|(not|n't) match|differ|belongs? to another/i.test(says ?? '')
}

/** Tells whether the words of a server are about how the number is written. */
export function isAboutNumberForm(says: string | null): boolean {
  const number = '(phone[ _-]?number|msisdn|n[uú]mero|numéro|(ruf|telefon|handy)nummer)'
  const wrong =
    '(must match|must be a valid|extra fields?|unknown (field|property)|not (permitted|allowed|supported|accepted)|not valid|malformed|e\\.?164|pattern|format\\w*|inv[aá]lid\\w*|n(o|on|ão) (es |è |é )?v[aá]lid[oa]|ungültig)'
  return new RegExp(`${number}.{0,40}\\b${wrong}|\\b${wrong}.{0,20}${number}`, 'i').test(says ?? '')
}

/** Tells whether the words of a server say that it trusts the tokens of somebody else. */
export function isOfOtherApi(meaning: Meaning | null, says: string | null): boolean {
  if (meaning === 'claims') return /\biss(uer)?\b/i.test(says ?? '')
  return ['other-token', 'audience', 'key-id', 'signature'].includes(meaning ?? '')
}

/** Tells whether the words of a server are about what the API was asked, and not about how. */
export function isOfApi(meaning: Meaning | null): boolean {
  const of: ReadonlyArray<Meaning | null> = [
    'balance',
    'quota',
    'not-subscribed',
    'suspended',
    'not-allowed-line',
    'not-served',
    'line-barred',
    'api-key',
    'address',
    'roaming',
    'consent',
    'mobile-network',
    'firewall',
  ]
  return of.includes(meaning)
}
