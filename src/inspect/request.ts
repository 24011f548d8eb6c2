// A request to the gateway, however it was written down: what it asks, and which rule it breaks.
import { finding } from '../diagnosis/finding.ts'
import type { Finding } from '../run/finding.ts'
import { isLoopback } from '../wire/addresses.ts'
import { readBody } from '../wire/body.ts'
import { headerOf, type RequestMessage, textOf } from '../wire/exchange.ts'
import { readWebAddress } from './address.ts'
import { readAuthorizeUrl } from './authorize-url.ts'
import {
  countCharacters,
  type Given,
  type Inspection,
  inspectionOf,
  type Lint,
  type PlainFact,
  showSecret,
  showValue,
} from './inspection.ts'
import { explainNumberBody } from './number-body.ts'
import { basicOf, describeGrant, lintClient, lintGrant } from './token-form.ts'
import { lintEncoding, meaningOfParameter, type Parameter, splitParameters } from './parameters.ts'

const atToken = { step: 'token' } as const
const atApi = { step: 'api' } as const
const maxLength = 100_000

/** Explains a request by what it looks like; null when it does not belong to the flow. */
export function inspectRequest(request: RequestMessage, given: Given): Inspection | null {
  const text = textOf(request)
  if (request.method === 'GET' && text === '') {
    const authorization = readAuthorizeUrl(request.url, given)
    if (authorization !== null) return authorization
  }
  const address = readWebAddress(request.url)
  if (address === null) return null
  const parameters = splitParameters(/^\s*[{[]/.test(text) ? '' : text.trim())
  const path = address.url.pathname
  if (parameters.some(({ name }) => name === 'grant_type') || /\/token\/?$/.test(path))
    return inspectToken(request, parameters, given)
  if (/bc-authorize\/?$/.test(path)) return inspectForm('backchannel-request', request, parameters, given)
  if (isOfApi(path) || /"(hashedP|p)honeNumber"/.test(text)) return inspectApi(request, given)
  return null
}

function isOfApi(path: string): boolean {
  return /\/(verify|device-phone-number)\/?$/.test(path) || path.includes('number-verification')
}

/** What a template, as of Postman, has in place of a value. */
const variable = /\{\{[\w.$ -]{1,80}\}\}/g

/** Reads the body of a token or backchannel request on its own; null for any other text. */
export function readForm(text: string, given: Given): Inspection | null {
  const form = text.trim().replace(/^\?/, '')
  if (form.length > maxLength || /[\s{}<]/.test(form.replace(variable, '')) || !form.includes('='))
    return null
  const parameters = splitParameters(form)
  const has = (name: string) => parameters.some((one) => one.name === name)
  if (has('grant_type')) {
    const { facts, lints } = explainForm(parameters, given)
    return inspectionOf('token-request', describeGrant(parameters), facts, [
      ...lints,
      ...lintGrant(parameters),
    ])
  }
  if (!has('login_hint') && !has('login_hint_token')) return null
  const { facts, lints } = explainForm(parameters, given)
  return inspectionOf('backchannel-request', 'The form of an authorization request', facts, lints)
}

function inspectToken(request: RequestMessage, parameters: readonly Parameter[], given: Given): Inspection {
  const { facts, lints } = explainForm(parameters, given)
  const all = [
    ...lintMethod(request, 'POST', 'the token endpoint', 'token'),
    ...lintType(request, 'application/x-www-form-urlencoded', 'token'),
    ...(parameters.length > 0 || textOf(request) === '' ? lintGrant(parameters) : []),
    ...lintClient(request, parameters, 'token request'),
    ...lints,
    ...lintPlainHttp(request, 'The token endpoint'),
  ]
  return inspectionOf(
    'token-request',
    describeGrant(parameters),
    [...explainHead(request, given), ...facts],
    all,
  )
}

function inspectForm(
  kind: 'backchannel-request',
  request: RequestMessage,
  parameters: readonly Parameter[],
  given: Given,
): Inspection {
  const { facts, lints } = explainForm(parameters, given)
  const all = [
    ...lintMethod(request, 'POST', 'the backchannel endpoint', 'authorize'),
    ...lintType(request, 'application/x-www-form-urlencoded', 'authorize'),
    ...lintClient(request, parameters, 'backchannel request'),
    ...lints,
  ]
  return inspectionOf(kind, 'A backchannel request (CIBA)', [...explainHead(request, given), ...facts], all)
}

function inspectApi(request: RequestMessage, given: Given): Inspection {
  const body = readBody(textOf(request))
  const path = readWebAddress(request.url)?.url.pathname ?? ''
  const isNumber = /device-phone-number\/?$/.test(path)
  const wanted = isNumber ? 'GET' : 'POST'
  const ofBody = body.kind === 'object' ? explainNumberBody(body.object, given) : { facts: [], lints: [] }
  const authorization = headerOf(request, 'authorization')
  const lints: Lint[] = [
    ...lintMethod(request, wanted, isNumber ? '/device-phone-number' : '/verify', 'api'),
    ...(authorization === null || !/^(bearer|dpop)\s+\S/i.test(authorization)
      ? [['authorization', finding('authorization_missing', atApi)] as const]
      : []),
    ...(isNumber ? [] : lintType(request, 'application/json', 'api')),
    ...lintAddress(path),
    ...ofBody.lints,
    ...lintPlainHttp(request, 'The API'),
  ]
  const summary = isNumber ? 'A request for the number of the phone' : 'A request to verify a number'
  return inspectionOf('api-request', summary, [...explainHead(request, given), ...ofBody.facts], lints)
}

/** Says what is odd about the path of the API. */
export function lintAddress(path: string): Lint[] {
  const versions = /\/(v\d\w*)\/(?:.*\/)?(v\d\w*)\//.exec(path)
  const oddity =
    path.split('number-verification').length > 2 && !path.includes('/passthrough/')
      ? 'its path has number-verification twice'
      : /\/verify\/(.*\/)?verify\/?$/.test(path)
        ? 'its path has verify twice'
        : versions !== null && !path.includes('/passthrough/')
          ? versions[1] === versions[2]
            ? `its path has ${versions[1]} twice`
            : `its path has two versions, ${versions[1]} and ${versions[2]}`
          : null
  return oddity === null ? [] : [['url', finding('api_address_odd', atApi, { oddity })]]
}

function explainHead(request: RequestMessage, given: Given): PlainFact[] {
  const { method, url, headers } = request
  return [
    { name: 'method', value: method, meaning: '' },
    { name: 'url', value: given.redactor.url(url.slice(0, 2000)), meaning: '' },
    ...given.redactor.headers(headers.slice(0, 60)).map(([name, value]) => ({
      name,
      value: given.redactor.text(value.slice(0, 300)),
      meaning: name === 'authorization' ? describeAuthorization(headerOf(request, name) ?? '') : '',
    })),
  ]
}

function describeAuthorization(value: string): string {
  const pair = basicOf(value)
  if (pair === null) return /^(bearer|dpop)/i.test(value) ? 'an access token or an application JWT' : ''
  const at = pair.indexOf(':')
  return at < 1
    ? 'HTTP Basic'
    : `HTTP Basic: client id ${pair.slice(0, at)}, and a secret of ${countCharacters(pair.length - at - 1)}`
}

function explainForm(parameters: readonly Parameter[], given: Given): { facts: PlainFact[]; lints: Lint[] } {
  const facts = parameters.map(({ name, value }) => ({
    name,
    value: name === 'request' || name === 'assertion' ? showSecret(value) : showValue(name, value, given),
    meaning: meaningOfParameter(name),
  }))
  return { facts, lints: lintEncoding(parameters) }
}

function lintMethod(
  { method }: RequestMessage,
  wanted: 'GET' | 'POST',
  what: string,
  step: Finding['step'],
): Lint[] {
  return method === wanted
    ? []
    : [['method', finding('request_method_wrong', { step }, { method: method.slice(0, 20), wanted, what })]]
}

function lintType(request: RequestMessage, wanted: string, step: Finding['step']): Lint[] {
  const found = headerOf(request, 'content-type')
  if (textOf(request) === '' || found?.toLowerCase().startsWith(wanted)) return []
  return [
    [
      'content-type',
      finding('content_type_wrong', { step }, { found: found?.slice(0, 100) ?? 'missing', wanted }),
    ],
  ]
}

function lintPlainHttp({ url }: RequestMessage, what: string): Lint[] {
  const address = readWebAddress(url)
  const isPlain = address !== null && address.url.protocol === 'http:' && !isLoopback(address.url.hostname)
  return isPlain ? [['url', finding('plain_http', atToken, { what, host: address.url.host })]] : []
}
