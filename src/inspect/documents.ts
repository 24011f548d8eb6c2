// Other kinds of text: a discovery document, an operator token, an endpoint's address.
import { finding } from '../diagnosis/finding.ts'
import { readDiscovery } from '../oauth/discovery.ts'
import { endpointRule } from '../wire/addresses.ts'
import { readBody, stringIn } from '../wire/body.ts'
import { readWebAddress } from './address.ts'
import { type Given, type Inspection, inspectionOf, type Lint, showJson, showSecret } from './inspection.ts'
import { describeNested } from './jwt.ts'
import { lintAddress } from './request.ts'

const atDiscovery = { step: 'authorize' } as const
const maxLength = 500_000

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'backchannel_authentication_endpoint',
  'userinfo_endpoint',
  'pushed_authorization_request_endpoint',
]

/** Reads a discovery document; null for any other text. */
export function readDiscoveryDocument(text: string, given: Given): Inspection | null {
  const document = text.length > maxLength ? null : readDiscovery(text)
  if (document === null) return null
  const { metadata } = document
  const isDocument =
    endpoints.filter((name) => typeof metadata[name] === 'string').length +
      (document.issuer === null ? 0 : 1) >=
    2
  if (!isDocument) return null
  const host =
    document.issuer !== null && URL.canParse(document.issuer) ? new URL(document.issuer).host : 'the gateway'
  const lints: Lint[] = [...lintMissing(metadata), ...lintEndpoints(metadata, host), ...lintOffer(metadata)]
  const facts = Object.entries(metadata)
    .slice(0, 100)
    .map(([name, value]) => ({
      name,
      value: showJson(name, value, given),
      meaning: documentMeanings[name] ?? '',
    }))
  return inspectionOf('discovery-document', `A discovery document of ${host}`, facts, lints)
}

function lintMissing(metadata: Readonly<Record<string, unknown>>): Lint[] {
  const why: Readonly<Record<string, string>> = {
    issuer: 'OpenID Connect requires it; without it nobody knows whose document this is.',
    authorization_endpoint: 'There is nowhere to send the phone.',
    token_endpoint: 'There is nowhere to exchange a code.',
    jwks_uri: 'Nobody can check what the gateway signs.',
  }
  return Object.entries(why).flatMap(([name, text]): Lint[] =>
    metadata[name] === undefined ? [[name, finding('document_lacks', atDiscovery, { name, why: text })]] : [],
  )
}

function lintEndpoints(metadata: Readonly<Record<string, unknown>>, host: string): Lint[] {
  return endpoints.flatMap((name): Lint[] => {
    const value = metadata[name]
    if (value === undefined) return []
    const rule = typeof value === 'string' ? endpointRule(value) : 'must be a string'
    const url = typeof value === 'string' ? value.slice(0, 300) : null
    return rule === null
      ? []
      : [[name, finding('discovery_endpoint', atDiscovery, { host, name, url, rule })]]
  })
}

function lintOffer(metadata: Readonly<Record<string, unknown>>): Lint[] {
  const wanted: ReadonlyArray<[name: string, value: string, what: string]> = [
    ['grant_types_supported', 'authorization_code', 'the grant authorization_code'],
    ['response_types_supported', 'code', 'the response type code'],
    ['code_challenge_methods_supported', 'S256', 'PKCE with S256'],
  ]
  const lints = wanted.flatMap(([name, value, what]): Lint[] => {
    const offered = metadata[name]
    if (!Array.isArray(offered) || offered.includes(value)) return []
    return [
      [
        name,
        finding('document_offers_no', atDiscovery, {
          what,
          offered: offered.map(String).join(', ').slice(0, 200) || 'nothing',
        }),
      ],
    ]
  })
  const methods = metadata['token_endpoint_auth_methods_supported']
  const known = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
  if (Array.isArray(methods) && !methods.some((method) => known.includes(String(method))))
    lints.push([
      'token_endpoint_auth_methods_supported',
      finding('document_offers_no', atDiscovery, {
        what: 'a client authentication that nv speaks',
        offered: methods.map(String).join(', ').slice(0, 200) || 'nothing',
      }),
    ])
  return lints
}

const documentMeanings: Readonly<Record<string, string>> = {
  issuer: 'the name of the gateway, as iss has it',
  authorization_endpoint: 'where the phone goes',
  token_endpoint: 'where the code is exchanged',
  jwks_uri: 'where the public keys are',
  backchannel_authentication_endpoint: 'where a CIBA request goes',
  pushed_authorization_request_endpoint: 'where to push requests first (PAR)',
  grant_types_supported: 'what can be exchanged for a token',
  response_types_supported: 'what can be asked for',
  scopes_supported: 'what can be granted',
  token_endpoint_auth_methods_supported: 'how a client can prove who it is',
  code_challenge_methods_supported: 'PKCE',
  authorization_response_iss_parameter_supported: 'whether callbacks carry iss',
}

const tokenMembers = [
  'operatorToken',
  'operator_token',
  'temporaryToken',
  'TemporaryToken',
  'temporary_token',
]

/** Reads an operator token: with its prefix, in quotes, or as a member of JSON; null for any other text. */
export async function readOperatorToken(text: string, given: Given): Promise<Inspection | null> {
  if (text.length > maxLength) return null
  const body = readBody(text)
  const member =
    body.kind === 'object' ? tokenMembers.find((name) => stringIn(body.object, name) !== null) : undefined
  const inJson = member === undefined || body.kind !== 'object' ? null : stringIn(body.object, member)
  const written = text
    .trim()
    .replace(/^(login_hint|sub)\s*[=:]\s*/i, '')
    .replace(/^["']|["']$/g, '')
  const found = inJson ?? /^operatortoken(?::|%3a)(\S+)$/i.exec(written)?.[1] ?? null
  if (found === null) return null
  const token = found.replace(/^operatortoken:/i, '')
  given.redactor.conceal(token)
  const nested = await describeNested('token', token, given)
  const facts = [
    {
      name: 'token',
      value: showSecret(token),
      meaning: 'the TS.43 token of a SIM; short-lived, and good for one use',
    },
    {
      name: 'used as',
      value: 'the login_hint of a CIBA request, or sub of a JWT bearer assertion',
      meaning: 'nv verify --operator-token <file>',
    },
    ...(nested?.facts ?? []),
  ]
  return inspectionOf(
    'operator-token',
    'An operator token (TS.43)',
    facts,
    nested?.lints.filter(([, { code }]) => code === 'jwt_expired') ?? [],
  )
}

/** Reads the address of an endpoint; null when nothing about it says what it is. */
export function readEndpointUrl(text: string, given: Given): Inspection | null {
  const address = readWebAddress(text)
  if (address === null || !/^https?:$/.test(address.url.protocol)) return null
  const { url } = address
  const role = roleOf(url.pathname)
  if (role === null) return null
  const rule = endpointRule(`${url.origin}${url.pathname}`)
  const lints: Lint[] = [
    ...(rule === null
      ? []
      : [
          [
            'url',
            finding('plain_http', { step: 'prepare' }, { what: 'The endpoint', host: url.host }),
          ] as const,
        ]),
    ...lintAddress(url.pathname),
  ]
  const facts = [
    { name: 'url', value: given.redactor.url(address.base), meaning: role },
    ...[...url.searchParams]
      .slice(0, 30)
      .map(([name, value]) => ({ name, value: showJson(name, value, given), meaning: '' })),
  ]
  return inspectionOf('endpoint-url', `The address of ${role}`, facts, lints)
}

function roleOf(path: string): string | null {
  const roles: ReadonlyArray<readonly [RegExp, string]> = [
    [/\/\.well-known\/(openid-configuration|oauth-authorization-server)/, 'a discovery document'],
    [/\/(jwks(\.json)?|certs|keys)\/?$/, 'the keys of an issuer'],
    [/\/bc-authorize\/?$/, 'a backchannel endpoint (CIBA)'],
    [/\/(authorize|auth|authorization)\/?$/, 'an authorization endpoint, without its parameters'],
    [/\/token\/?$/, 'a token endpoint'],
    [/\/verify\/?$/, 'the operation /verify of the API'],
    [/\/device-phone-number\/?$/, 'the operation /device-phone-number of the API'],
    [/number-verification/, 'the API'],
  ]
  return roles.find(([pattern]) => pattern.test(path))?.[1] ?? null
}
