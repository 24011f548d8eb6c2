// The Number Verification API: its versions as data, requests, and what a response means.
import { describeValue, readBody, stringIn } from '../run/body.ts'
import { hashPhoneNumber } from './phone-number.ts'

export const apiVersions = ['v0', 'v1', 'v2'] as const
export type ApiVersion = (typeof apiVersions)[number]

export const defaultApiVersion: ApiVersion = 'v2'

const purposeForm = 'dpv:FraudPreventionAndDetection number-verification:verify'

/**
 * The scope that /verify needs, by version.
 * @see https://github.com/camaraproject/NumberVerification (API definitions v0.3.1, r1.3, r2.4, r3.2)
 */
export const verifyScopes: Readonly<Record<ApiVersion, string>> = {
  v0: 'dpv:FraudPreventionAndDetection#number-verification-verify-read',
  v1: purposeForm,
  v2: purposeForm,
}

export interface ApiRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body?: string
}

/** Builds the request to /verify, without its access token. The path is that of the API with its version, as in `number-verification/v2`. */
export async function buildVerifyRequest(options: {
  apiUrl: string
  apiPath: string
  phoneNumber: string
  isHashed: boolean
}): Promise<ApiRequest> {
  const { apiUrl, apiPath, phoneNumber, isHashed } = options
  const body = isHashed ? { hashedPhoneNumber: await hashPhoneNumber(phoneNumber) } : { phoneNumber }
  return {
    method: 'POST',
    url: `${apiUrl.replace(/\/+$/, '')}/${apiPath}/verify`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify(body),
  }
}

/** The answer of /verify; `undetermined` says what stood in place of the JSON boolean. */
export type VerifyAnswer = 'verified' | 'mismatch' | { undetermined: string }

/**
 * Reads the answer of a successful /verify. Only a JSON boolean counts: `"true"`, 1 and null are no answer,
 * and neither is a status other than 200.
 */
export function readVerifyAnswer(status: number, text: string): VerifyAnswer {
  if (status !== 200) return { undetermined: `HTTP ${status}` }
  const body = readBody(text)
  if (body.kind !== 'object') return { undetermined: body.found }
  if (!Object.hasOwn(body.object, 'devicePhoneNumberVerified')) {
    return { undetermined: 'a JSON object without devicePhoneNumberVerified' }
  }
  if (countNames(text, 'devicePhoneNumberVerified') > 1) {
    return { undetermined: 'devicePhoneNumberVerified more than once' }
  }
  const answer = body.object['devicePhoneNumberVerified']
  if (answer === true) return 'verified'
  if (answer === false) return 'mismatch'
  return { undetermined: `devicePhoneNumberVerified is ${describeValue(answer)}, not a JSON boolean` }
}

/** Counts how often a JSON text has a member of that name, at any depth: of doubled names JSON.parse keeps the last. */
function countNames(text: string, name: string): number {
  const strings = text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)
  return [...strings].filter(([, string = '', colon]) => colon !== undefined && JSON.parse(string) === name)
    .length
}

/** An error body of the API. */
export interface ApiError {
  code: string | null
  message: string | null
}

/** Reads the CAMARA error `{status, code, message}`; a field that is not a string is null. */
export function readApiError(text: string): ApiError {
  const body = readBody(text)
  if (body.kind !== 'object') return { code: null, message: null }
  return { code: stringIn(body.object, 'code'), message: stringIn(body.object, 'message') }
}
