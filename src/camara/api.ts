// The Number Verification API: its versions as data, requests, and what a response means.
import { countNames, describeValue, readBody } from '../wire/body.ts'
import { doubtBeside } from './doubt.ts'
import { e164Pattern, hashPhoneNumber } from './phone-number.ts'

export const apiVersions = ['v0', 'v1', 'v2'] as const
export type ApiVersion = (typeof apiVersions)[number]

export const defaultApiVersion: ApiVersion = 'v2'

const verifyForm = 'dpv:FraudPreventionAndDetection number-verification:verify'
const numberForm = 'dpv:ServiceProvision number-verification:device-phone-number:read'

/**
 * The scope that /verify needs, by version.
 * @see https://github.com/camaraproject/NumberVerification (API definitions v0.3.1, r1.3, r2.4, r3.2)
 */
export const verifyScopes: Readonly<Record<ApiVersion, string>> = {
  v0: 'dpv:FraudPreventionAndDetection#number-verification-verify-read',
  v1: verifyForm,
  v2: verifyForm,
}

/**
 * The scope that /device-phone-number needs, by version.
 * @see https://developers.opengateway.telefonica.com/reference/phonenumbershare
 */
export const numberScopes: Readonly<Record<ApiVersion, string>> = {
  v0: 'dpv:FraudPreventionAndDetection#number-verification-share-read',
  v1: numberForm,
  v2: numberForm,
}

/** What the API can be asked: the member that answers, and the scope that the question needs. */
export const operations = {
  verify: { answer: 'devicePhoneNumberVerified', scopes: verifyScopes },
  'device-phone-number': { answer: 'devicePhoneNumber', scopes: numberScopes },
} as const

/** An operation, as its path names it. */
export type OperationName = keyof typeof operations
const operationNames = Object.keys(operations) as OperationName[]

/** What a URL tells about the base of the API. */
export interface ApiBase {
  /** Without the trailing slash and the operation. */
  url: string
  /** What has to follow before the operation. */
  lacks: 'api and version' | 'version' | 'nothing'
  /** The version whose facts hold there; null: the URL names none. */
  version: ApiVersion | null
  /** What was cut off because nv adds it itself; null if nothing was. */
  operation: OperationName | null
}

/**
 * Reads the base of the API. One that ends in a version, in `/number-verification/<anything>` or in an operation is
 * the whole base: `/number-verification/v031`, `/nv/vwip`, `/verify`.
 */
export function readApiBase(text: string): ApiBase {
  const trimmed = text.replace(/\/+$/, '')
  const isEnding = (name: OperationName) => new URL(trimmed).pathname.endsWith(`/${name}`)
  const operation = operationNames.find(isEnding) ?? null
  const url = operation === null ? trimmed : trimmed.slice(0, -operation.length - 1).replace(/\/+$/, '')
  const { pathname } = new URL(url)
  const version = versionOf(pathname)
  const isWhole = operation !== null || version !== null || /\/number-verification\/[^/]+$/.test(pathname)
  // `number-verification` after a version is part of Nokia's base.
  const lacksVersion = /(?<!\/v\d+)\/number-verification$/.test(pathname)
  return {
    url,
    lacks: isWhole ? 'nothing' : lacksVersion ? 'version' : 'api and version',
    version,
    operation,
  }
}

/**
 * Reads the version at the end of a path: v031 counts as v0, v1rc2 as v1; anything newer or unfinished as the newest.
 */
export function versionOf(path: string): ApiVersion | null {
  const [, name] = /(?:^|\/)v(\d|wip)[\w.-]*\/?$/i.exec(path) ?? []
  return name === undefined ? null : (apiVersions.find((version) => version === `v${name}`) ?? 'v2')
}

export interface ApiRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body?: string
}

/** Builds the request to /verify, without its access token. The path is what stands between base and operation, as in `number-verification/v2`. */
export async function buildVerifyRequest(options: {
  apiUrl: string
  apiPath: string
  phoneNumber: string
  isHashed: boolean
}): Promise<ApiRequest> {
  const { phoneNumber, isHashed } = options
  const body = isHashed ? { hashedPhoneNumber: await hashPhoneNumber(phoneNumber) } : { phoneNumber }
  return {
    method: 'POST',
    url: urlOf(options, 'verify'),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

/** Builds the request to /device-phone-number, without its access token. */
export function buildNumberRequest(options: { apiUrl: string; apiPath: string }): ApiRequest {
  return {
    method: 'GET',
    url: urlOf(options, 'device-phone-number'),
    headers: { accept: 'application/json' },
  }
}

function urlOf({ apiUrl, apiPath }: { apiUrl: string; apiPath: string }, operation: string): string {
  return [apiUrl.replace(/\/+$/, ''), apiPath, operation].filter((part) => part !== '').join('/')
}

/** The answer of /verify; `undetermined` says what came instead of the JSON boolean. */
export type VerifyAnswer = 'verified' | 'mismatch' | { undetermined: string }

/**
 * Reads the answer of a successful /verify. Only a JSON boolean counts: `"true"`, 1 and null are not answers,
 * and neither is a status other than 200, or a boolean beside an error, also one in a challenge (WWW-Authenticate): a
 * gateway that can't tell may say false.
 */
export function readVerifyAnswer(
  status: number,
  text: string,
  challenge: string | null = null,
): VerifyAnswer {
  const member = readOnlyMember(status, text, 'devicePhoneNumberVerified', challenge)
  if ('undetermined' in member) return member
  if (member.value === true) return 'verified'
  if (member.value === false) return 'mismatch'
  return {
    undetermined: `devicePhoneNumberVerified is ${describeValue(member.value)}, not a JSON boolean`,
  }
}

/** The answer of /device-phone-number; `undetermined` says what came instead of the number. */
export type NumberAnswer = { phoneNumber: string } | { undetermined: string }

/** Reads the answer of a successful /device-phone-number. Only a number in the form of E.164, with its +, counts. */
export function readNumberAnswer(
  status: number,
  text: string,
  challenge: string | null = null,
): NumberAnswer {
  const member = readOnlyMember(status, text, 'devicePhoneNumber', challenge)
  if ('undetermined' in member) return member
  const { value } = member
  if (typeof value === 'string' && e164Pattern.test(value)) return { phoneNumber: value }
  return { undetermined: `devicePhoneNumber is ${describeValue(value)}, not a phone number with its +` }
}

/** Reads a member that the answer must have, once, under HTTP 200. */
function readOnlyMember(
  status: number,
  text: string,
  name: string,
  challenge: string | null,
): { value: unknown } | { undetermined: string } {
  if (status !== 200) return { undetermined: `HTTP ${status}` }
  const body = readBody(text)
  if (body.kind !== 'object') return { undetermined: body.found }
  if (!Object.hasOwn(body.object, name)) return { undetermined: `a JSON object without ${name}` }
  if (countNames(text, name) > 1) return { undetermined: `${name} more than once` }
  const doubt = doubtBeside(body.object, name)
  if (doubt !== null) return { undetermined: `${name} beside ${doubt}` }
  if (/\berror\s*=/i.test(challenge ?? ''))
    return { undetermined: `${name} beside an error (WWW-Authenticate)` }
  return { value: body.object[name] }
}
