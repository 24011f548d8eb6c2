// Finds the line that a login_hint or an operator token is about, where no phone comes by itself.
import { e164Pattern } from '../../camara/phone-number.ts'
import type { Gateway } from '../gateway.ts'
import { normalizeAddress } from '../../wire/addresses.ts'
import { mockLine } from '../../wire/simulated.ts'
import type { ConsentRequest } from '../operator/lines.ts'
import { invalidRequest, type OAuthProblem } from '../response.ts'
import type { Subject } from '../state.ts'

/**
 * Finds the subject of a login_hint. In mock mode every number and address has one, as the Sandbox needs no SIM; an
 * operator token has to be one that the simulator issued.
 * @see https://github.com/camaraproject/IdentityAndConsentManagement (login_hint)
 */
export function findHintedSubject(hint: string, gateway: Gateway): Subject | OAuthProblem {
  const [scheme, value] = splitHint(hint)
  switch (scheme) {
    case 'tel':
      return findByNumber(value, gateway)
    case 'ipport':
      return findByAddress(value, gateway)
    case 'operatortoken':
      return findByOperatorToken(value, gateway) ?? unknownUser(explainUnknownToken(gateway))
    default:
      return invalidRequest('login_hint must start with tel:, ipport: or operatortoken:.')
  }
}

/**
 * Refuses a line whose user has not consented when no page can ask; null when there is nothing to refuse. In
 * mock mode everybody has consented.
 * @see https://github.com/camaraproject/IdentityAndConsentManagement (consent_required)
 */
export function refuseConsent(
  { line: phoneNumber }: Subject,
  asked: ConsentRequest,
  { lines, mode }: Gateway,
): OAuthProblem | null {
  const line = lines.withNumber(phoneNumber ?? '')
  return mode === 'mock' || (line && lines.hasConsent(line, asked))
    ? null
    : {
        error: 'consent_required',
        description: 'The user has not consented, and this flow has no page to ask on.',
      }
}

/** Finds the line whose SIM has an operator token; null when the simulator never issued it. */
export function findByOperatorToken(operatorToken: string, { lines }: Gateway): Subject | null {
  const line = lines.withOperatorToken(operatorToken)
  return line ? { line: line.phoneNumber, identifiedBy: 'sim' } : null
}

/** Says why an operator token is refused; in mock mode with the tokens there are, which are the same everywhere. */
export function explainUnknownToken({ lines, mode }: Gateway): string {
  const issued = lines.phones.flat().flatMap(({ operatorToken }) => operatorToken ?? [])
  const known = mode === 'mock' ? ` It issued ${issued.join(' and ')}.` : ''
  return `The simulator never issued this operator token.${known}`
}

function findByNumber(number: string, { lines, mode }: Gateway): Subject | OAuthProblem {
  if (number.startsWith(' '))
    return invalidRequest('The + of login_hint arrived as a space: encode it as %2B.')
  if (!e164Pattern.test(number)) {
    return invalidRequest('login_hint must be tel: and a number in E.164 with its +.')
  }
  const isKnown = mode === 'mock' || lines.withNumber(number) !== undefined
  return isKnown ? { line: number, identifiedBy: 'hint' } : unknownUser('No line has this number.')
}

function findByAddress(value: string, { lines, mode }: Gateway): Subject | OAuthProblem {
  const address = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(value) ?? /^([0-9.]+)(?::\d{1,5})?$/.exec(value)
  if (!address || normalizeAddress(address[1] ?? '') === null)
    return invalidRequest(
      'login_hint must be ipport:, an address (IPv6 in brackets) and, optionally, a port.',
    )
  const line = lines.atAddress(address[1] ?? '')?.phoneNumber ?? (mode === 'mock' ? mockLine : null)
  return line === null ? unknownUser('No line is at this address.') : { line, identifiedBy: 'network' }
}

/** A bare number is a tel: too, as some providers want it. */
function splitHint(hint: string): [scheme: string, value: string] {
  if (hint.startsWith('+')) return ['tel', hint]
  const colon = hint.indexOf(':')
  return [hint.slice(0, Math.max(colon, 0)).toLowerCase(), hint.slice(colon + 1)]
}

/** @see https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#auth_error_response */
function unknownUser(description: string): OAuthProblem {
  return { error: 'unknown_user_id', description }
}
