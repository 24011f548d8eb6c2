// The form of a token request: what it trades, what it lacks, and how the client authenticates.
import { finding } from '../diagnosis/finding.ts'
import { headerOf, type RequestMessage } from '../wire/exchange.ts'
import type { Lint } from './inspection.ts'
import type { Parameter } from './parameters.ts'

const atToken = { step: 'token' } as const
const atAuthorize = { step: 'authorize' } as const

/** Decodes the pair of a Basic header; null when it is another one. */
export function basicOf(value: string): string | null {
  const encoded = /^basic\s+(\S*)/i.exec(value)?.[1]
  return encoded === undefined ? null : Buffer.from(encoded.slice(0, 8000), 'base64').toString()
}

const grantNames: Readonly<Record<string, string>> = {
  authorization_code: 'exchanges an authorization code',
  client_credentials: 'asks for a token for the client alone, without a phone',
  refresh_token: 'asks for a new access token',
  'urn:openid:params:grant-type:ciba': 'polls for the token of a CIBA request',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'exchanges a signed assertion for a token',
}

/** Says what a token request trades. */
export function describeGrant(parameters: readonly Parameter[]): string {
  const type = parameters.find(({ name }) => name === 'grant_type')?.value ?? ''
  return type === ''
    ? 'A token request'
    : `A token request that ${grantNames[type] ?? 'names an unknown grant'}`
}

const neededBy: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['code', 'redirect_uri'],
  'urn:openid:params:grant-type:ciba': ['auth_req_id'],
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ['assertion'],
}

/** Finds what the grant needs and the form lacks. */
export function lintGrant(parameters: readonly Parameter[]): Lint[] {
  const has = (name: string) => parameters.some((one) => one.name === name && one.value !== '')
  const type = parameters.find(({ name }) => name === 'grant_type')?.value ?? ''
  if (type === '')
    return [
      [
        'grant_type',
        finding('parameter_missing', atToken, {
          name: 'grant_type',
          why: 'Without it the server cannot tell what is exchanged.',
        }),
      ],
    ]
  return (neededBy[type] ?? [])
    .filter((name) => !has(name))
    .map((name): Lint => {
      const one = finding('parameter_missing', atToken, { name, why: whyNeeded(name) })
      return [name, name === 'redirect_uri' ? { ...one, severity: 'warning' } : one]
    })
}

function whyNeeded(name: string): string {
  return name === 'redirect_uri'
    ? 'It must equal the one in the authorization request. Most servers answer invalid_grant without it.'
    : 'This grant exchanges it for the access token.'
}

/** Finds what is wrong with the client authentication. */
export function lintClient(
  request: RequestMessage,
  parameters: readonly Parameter[],
  what: 'token request' | 'backchannel request',
): Lint[] {
  const place = what === 'token request' ? atToken : atAuthorize
  const has = (name: string) => parameters.some((one) => one.name === name && one.value !== '')
  const authorization = headerOf(request, 'authorization')
  const pair = basicOf(authorization ?? '')
  const methods = [
    ...(authorization === null ? [] : [pair === null ? 'a Bearer header' : 'a Basic header']),
    ...(has('client_secret') ? ['a client_secret'] : []),
    ...(has('client_assertion') ? ['a client_assertion'] : []),
  ]
  const isByAssertion = has('assertion')
  if (methods.length === 0)
    return isByAssertion ? [] : [['authorization', finding('client_unauthenticated', place, { what })]]
  const doubled: Lint[] =
    methods.length > 1 && !isByAssertion
      ? [
          [
            'authorization',
            finding('client_authenticated_twice', place, { what, methods: methods.join(' and ') }),
          ],
        ]
      : []
  if (pair === null) return doubled
  if (/[\r\n]$/.test(pair)) return [...doubled, ['authorization', finding('basic_line_break', place)]]
  return /^[^:]+:./.test(pair) ? doubled : [...doubled, ['authorization', finding('basic_malformed', place)]]
}
