// What the API says about a number: by its last digit in mock mode, by the token's line in network mode.
import { createHash } from 'node:crypto'
import { isRandomVerdict } from '../../wire/simulated.ts'
import type { Gateway } from '../gateway.ts'
import type { Lines } from '../operator/lines.ts'
import { replyApiError, type Reply } from '../response.ts'
import type { Subject } from '../state.ts'

/** The number in one of its two forms. */
export type VerifyBody = { phoneNumber: string } | { hash: string }

export interface Verdict {
  isVerified: boolean
  /** A phrase for the log, without numbers. */
  detail: string
}

/** Says whether the number is that of the token's line, which must exist. */
export function findVerdict(body: VerifyBody, subject: Subject, gateway: Gateway): Verdict {
  const line = subject.line ?? ''
  if (gateway.mode === 'network') return compare(body, line, gateway.lines)
  const number = 'phoneNumber' in body ? body.phoneNumber : isHashOf(line, body.hash) ? line : ''
  const isRandom = isRandomVerdict(number)
  // As the Sandbox does, at random: by whether the time is even.
  const isVerified = isRandom ? gateway.ports.clock.now() % 2 === 0 : number.endsWith('1')
  return { isVerified, detail: isRandom ? `${isVerified}, at random` : String(isVerified) }
}

function compare(body: VerifyBody, line: string, lines: Lines): Verdict {
  const isNumber = (number: string) =>
    'phoneNumber' in body ? body.phoneNumber === number : isHashOf(number, body.hash)
  if (isNumber(line)) return { isVerified: true, detail: 'true' }
  const secondSim = lines.withNumber(line)?.secondSim ?? null
  const known = lines.phones.flat()
  const form = 'phoneNumber' in body ? 'number' : 'hash'
  const why =
    secondSim !== null && isNumber(secondSim)
      ? `the ${form} is that of the phone's second SIM`
      : known.some(({ phoneNumber }) => isNumber(phoneNumber))
        ? `the ${form} is that of another phone's line`
        : 'hash' in body && known.some(({ phoneNumber }) => isHashOf(phoneNumber.slice(1), body.hash))
          ? 'the hash is that of a number without its +'
          : `no line here has this ${form}`
  return { isVerified: false, detail: `false: ${why}` }
}

function isHashOf(text: string, hash: string): boolean {
  return hash.toLowerCase() === createHash('sha256').update(text).digest('hex')
}

/** How each version refuses a token that didn't come from a phone on its network. */
const contextErrors = {
  v0: {
    code: 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT',
    message: 'No phone number can be deduced from the context of the access token.',
  },
  v1: {
    code: 'INVALID_TOKEN_CONTEXT',
    message: 'No phone number can be deduced from the context of the access token.',
  },
  v2: {
    code: 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
    message: 'The user must be authenticated by the mobile network.',
  },
} as const

/**
 * Refuses a token whose line neither the network nor, from v2 on, the SIM vouches for; null when it will do. In mock
 * mode any token is accepted.
 * @see https://github.com/camaraproject/NumberVerification (PhoneNumberVerificationPermissionDenied403)
 */
export function refuseContext(
  { line, identifiedBy }: Subject,
  { mode }: Gateway,
  version: keyof typeof contextErrors,
): Reply | null {
  if (mode === 'mock') return null
  const why =
    line === null
      ? 'the token has no line'
      : identifiedBy === 'hint'
        ? "the line is known by the client's word only"
        : identifiedBy === 'sim' && version !== 'v2'
          ? `${version} does not know authentication by the SIM's token`
          : null
  const { code, message } = contextErrors[version]
  return why === null ? null : replyApiError(403, code, message, `${code}: ${why}`)
}
