// The Number Verification API in the versions v0, v1 and v2.
import { e164Pattern } from '../../camara/phone-number.ts'
import { readBody } from '../../wire/body.ts'
import { mockLine } from '../../wire/simulated.ts'
import { refuseUnprovenToken } from '../oauth/dpop.ts'
import type { Gateway } from '../gateway.ts'
import { headerValues, mediaType, type Call } from '../request.ts'
import { replyApiError, replyJson, type Reply } from '../response.ts'
import { holdsOperation } from '../oauth/scope.ts'
import type { AccessToken } from '../state.ts'
import { findVerdict, refuseContext, type VerifyBody } from './verdict.ts'

/** The token that is valid for everything, for ever. */
export const mockAccessToken = 'mock_sandbox_access_token'

export const versions = ['v0', 'v1', 'v2'] as const
export type Version = (typeof versions)[number]

const spaceScopes = {
  verify: 'number-verification:verify',
  share: 'number-verification:device-phone-number:read',
}
const scopes = {
  v0: { verify: 'number-verification-verify-read', share: 'number-verification-share-read' },
  v1: spaceScopes,
  v2: spaceScopes,
}

/**
 * Answers /verify. Only an answer uses the token up: after a refusal the request can be put right and sent again.
 * @see https://github.com/camaraproject/NumberVerification (phoneNumberVerify)
 */
export async function verifyNumber(call: Call, gateway: Gateway, version: Version): Promise<Reply> {
  const unproven = await refuseUnprovenToken(call, gateway)
  if (unproven) return unproven
  const token = findToken(call, gateway, scopes[version].verify)
  if ('status' in token) return token
  const body = readVerifyBody(call, version)
  if (typeof body === 'string') return replyApiError(400, 'INVALID_ARGUMENT', body)
  const refusal = refuseContext(token.subject, gateway, version)
  if (refusal) return refusal
  token.isUsed = true
  const { isVerified, detail } = findVerdict(body, token.subject, gateway)
  return replyJson(200, { devicePhoneNumberVerified: isVerified }, detail)
}

/**
 * Answers /device-phone-number with the token's line.
 * @see https://github.com/camaraproject/NumberVerification (phoneNumberShare)
 */
export async function shareNumber(call: Call, gateway: Gateway, version: Version): Promise<Reply> {
  const unproven = await refuseUnprovenToken(call, gateway)
  if (unproven) return unproven
  const token = findToken(call, gateway, scopes[version].share)
  if ('status' in token) return token
  const refusal = refuseContext(token.subject, gateway, version)
  if (refusal) return refusal
  token.isUsed = true
  return replyJson(200, { devicePhoneNumber: token.subject.line }, 'number')
}

/** Echoes the x-correlator of a request when it is one. */
export function echoCorrelator(call: Call, reply: Reply): Reply {
  const [correlator, ...others] = headerValues(call.headers, 'x-correlator')
  if (correlator && others.length === 0 && /^[\w:;./<>{}-]{0,256}$/.test(correlator)) {
    reply.headers['x-correlator'] = correlator
  }
  return reply
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function findToken(call: Call, { state, ports }: Gateway, operation: string): AccessToken | Reply {
  const [header, ...others] = headerValues(call.headers, 'authorization')
  const key =
    others.length === 0 ? /^(?:bearer|dpop) +([\w.~+/-]+=*)$/i.exec(header?.trim() ?? '')?.[1] : undefined
  if (key === undefined) return refuseToken(401, 'Bearer', 'no access token')
  if (key === mockAccessToken) return mockToken()
  const token = state.tokens.find(key)
  const invalid = 'Bearer error="invalid_token"'
  if (!token) return refuseToken(401, invalid, 'access token unknown')
  if (token.isUsed) return refuseToken(401, invalid, 'access token used before')
  if (ports.clock.now() >= token.expiresAtMs) return refuseToken(401, invalid, 'access token expired')
  if (holdsOperation(token.scope, operation)) return token
  return refuseToken(403, `Bearer error="insufficient_scope", scope="${operation}"`, 'scope missing')
}

function mockToken(): AccessToken {
  const subject = { line: mockLine, identifiedBy: 'hint' } as const
  return { scope: '', clientId: '', subject, expiresAtMs: Infinity, isUsed: false }
}

function refuseToken(status: 401 | 403, challenge: string, detail: string): Reply {
  const reply =
    status === 401
      ? replyApiError(
          401,
          'UNAUTHENTICATED',
          'The access token is missing, unknown, expired or used up.',
          detail,
        )
      : replyApiError(
          403,
          'PERMISSION_DENIED',
          'The scope of the access token does not cover this operation.',
          detail,
        )
  reply.headers['www-authenticate'] = challenge
  return reply
}

/** Reads the body of /verify, or says which rule it breaks. */
function readVerifyBody(call: Call, version: Version): VerifyBody | string {
  if (call.body.trim() === '') return 'The body is missing.'
  if (mediaType(call) !== 'application/json') return 'The Content-Type must be application/json.'
  const body = readBody(call.body)
  if (body.kind !== 'object') return 'The body is not a JSON object.'
  const [[name, value] = ['', undefined], ...others] = Object.entries(body.object)
  if (others.length > 0 || (name !== 'phoneNumber' && name !== 'hashedPhoneNumber')) {
    return 'The body must have exactly one property: phoneNumber or hashedPhoneNumber.'
  }
  if (typeof value !== 'string') return `${name} must be a string.`
  if (name === 'hashedPhoneNumber') {
    return /^[a-fA-F0-9]{64}$/.test(value)
      ? { hash: value }
      : 'hashedPhoneNumber must be 64 hexadecimal digits.'
  }
  const number = version === 'v0' && !value.startsWith('+') ? `+${value}` : value
  return e164Pattern.test(number)
    ? { phoneNumber: number }
    : 'phoneNumber must be in E.164, with its + and no spaces.'
}
