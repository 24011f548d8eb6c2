// An authorize URL: each parameter explained, and held to the rules that a run is held to.
import { finding } from '../diagnosis/finding.ts'
import { redacted } from '../run/redaction/placeholder.ts'
import { isSecretParameter } from '../run/redaction/secret-names.ts'
import { adviseOnSettings } from '../diagnosis/rules/settings.ts'
import { isLoopback } from '../wire/addresses.ts'
import { readWebAddress } from './address.ts'
import {
  countCharacters,
  inspectionOf,
  type Given,
  type Inspection,
  type Lint,
  showValue,
} from './inspection.ts'
import { decodeToken, describeHeader } from './jwt-parts.ts'
import {
  decodeForm,
  intend,
  lintEncoding,
  meaningOfParameter,
  type Parameter,
  splitParameters,
} from './parameters.ts'

const place = { step: 'authorize' } as const

/** Names by which providers call the parameters of OAuth. */
const otherNames: Readonly<Record<string, string>> = {
  clientId: 'client_id',
  redirectUrl: 'redirect_uri',
  redirectUri: 'redirect_uri',
}

/** Reads an authorize URL; null when the text is not one. */
export function readAuthorizeUrl(text: string, given: Given): Inspection | null {
  const address = readWebAddress(text)
  if (address === null) return null
  const { url, base, query, fragment } = address
  const sent = splitParameters(query)
  if (!isAuthorization(sent, url)) return null
  return lintAuthorization({ url, base, sent, fragment }, given)
}

function isAuthorization(parameters: readonly Parameter[], url: URL): boolean {
  const has = (name: string) => parameters.some((one) => one.name === name || otherNames[one.name] === name)
  const isFlow =
    has('response_type') || has('request') || has('request_uri') || has('scope') || has('redirect_uri')
  return (
    (has('client_id') || has('response_type')) &&
    isFlow &&
    !(has('code') && !has('response_type')) &&
    url.host !== ''
  )
}

interface Seen {
  url: URL
  base: string
  sent: readonly Parameter[]
  /** What stands behind an unencoded #; null: there is none. */
  fragment: string | null
}

/** Explains and lints the parameters of an authorization request. */
function lintAuthorization({ url, base, sent, fragment }: Seen, given: Given): Inspection {
  // A URL that ends in an ellipsis was cut: nothing is known of what it had there, and behind.
  const isCut = /(?:…|%E2%80%A6|\.\.\.)=?$/i.test(`${sent.at(-1)?.name}=${sent.at(-1)?.raw}`)
  const { parameters, cut } = rejoin(isCut ? sent.slice(0, -1) : sent, fragment)
  const object = objectIn(parameters)
  const value = (name: string) => intendedValue(parameters, name) ?? object?.[name] ?? null
  const isHidden =
    isCut || (object === null && parameters.some(({ name }) => name === 'request_uri' || name === 'request'))
  // A provider with names of its own has rules of its own.
  const isDialect = parameters.some(({ name }) => Object.hasOwn(otherNames, name))
  const lints: Lint[] = [
    ...(cut === null ? [] : [cut]),
    ...lintEncoding(parameters),
    ...(isHidden ? [] : lintRequired(value, isDialect)),
    ...lintRedirectUri(value('redirect_uri')),
    ...lintScope(value, given),
    ...(isHidden ? [] : lintProtection(value, isDialect)),
    ...lintHint(value),
    ...lintEndpoint(url),
  ]
  const facts = [
    { name: 'endpoint', value: base, meaning: 'the authorization endpoint' },
    ...parameters.map((parameter) => ({
      name: parameter.name,
      value: parameter.name === 'request' ? describeHeader(parameter.value) : showParameter(parameter, given),
      meaning: explain(parameter, given),
    })),
    ...Object.entries(object ?? {}).map(([name, claim]) => ({
      name: `request.${name}`,
      value: showValue(name, claim, given),
      meaning: meaningOfParameter(name),
    })),
  ]
  const corrected = isCut ? null : correct(base, parameters, lints, given)
  const summary = `An authorize URL of ${url.host}${isCut ? ', cut at its end' : ''}`
  return inspectionOf('authorize-url', summary, facts, lints, corrected)
}

/** Puts the # back that was meant as a part of the scope. */
function rejoin(
  sent: readonly Parameter[],
  fragment: string | null,
): { parameters: readonly Parameter[]; cut: Lint | null } {
  const last = sent.at(-1)
  if (fragment === null || fragment === '' || last === undefined) return { parameters: sent, cut: null }
  const [rest = '', ...others] = fragment.split('&')
  const raw = `${last.raw}%23${rest}`
  const parameters = [
    ...sent.slice(0, -1),
    { name: last.name, raw, value: decodeForm(raw) },
    ...splitParameters(others.join('&')),
  ]
  const lost = [rest, ...splitParameters(others.join('&')).map(({ name }) => name)].join(', ').slice(0, 200)
  const kept = `${last.name}=${last.value}`.slice(0, 200)
  return { parameters, cut: [last.name, finding('parameter_cut', place, { kept, lost })] }
}

/** Reads the claims of a request object; null when there is none, or none that can be read. */
function objectIn(parameters: readonly Parameter[]): Record<string, string> | null {
  const request = parameters.find(({ name }) => name === 'request')
  const token = request === undefined ? null : decodeToken(request.value)
  if (token === null || token.claims === null) return null
  return Object.fromEntries(
    Object.entries(token.claims).flatMap(([name, claim]) =>
      typeof claim === 'string' || typeof claim === 'number' ? [[name, String(claim)]] : [],
    ),
  )
}

function intendedValue(parameters: readonly Parameter[], name: string): string | null {
  const found =
    parameters.find((one) => one.name === name) ?? parameters.find((one) => otherNames[one.name] === name)
  return found === undefined || found.value === '' ? null : intend(found)
}

type Value = (name: string) => string | null

function lintRequired(value: Value, isDialect: boolean): Lint[] {
  const why: Readonly<Record<string, string>> = {
    response_type: 'OAuth requires it; for Number Verification it is code.',
    client_id: 'Without it the server cannot tell which application asks.',
    redirect_uri: 'CAMARA requires it; without it the answer goes to a registered address, or nowhere.',
    scope: 'Without it the server cannot tell the purpose and the API that the token is for.',
  }
  const isNeeded = (name: string) => !isDialect || name === 'client_id' || name === 'redirect_uri'
  const missing = Object.entries(why).flatMap(([name, text]): Lint[] =>
    value(name) === null && isNeeded(name)
      ? [[name, finding('parameter_missing', place, { name, why: text })]]
      : [],
  )
  const type = value('response_type')
  return type === null || type.split(' ').includes('code')
    ? missing
    : [...missing, ['response_type', finding('response_type_wrong', place, { found: type.slice(0, 60) })]]
}

function lintRedirectUri(redirectUri: string | null): Lint[] {
  // What stands for a value, as {{redirectUri}} does, says nothing of it.
  if (redirectUri === null || /^(?:\{\{[^{}]*\}\}|\$\{[^{}]*\}|<[^<>]*>)/.test(redirectUri)) return []
  const name = 'redirect_uri'
  if (!URL.canParse(redirectUri))
    return [[name, finding('redirect_uri_invalid', place, { redirectUri: redirectUri.slice(0, 200) })]]
  const advice = adviseOnSettings({ redirectUri }, place).map((one): Lint => [name, one])
  return isLoopback(new URL(redirectUri).hostname)
    ? [...advice, [name, finding('redirect_uri_localhost', place, { redirectUri })]]
    : advice
}

function lintScope(value: Value, { profile }: Given): Lint[] {
  const scope = value('scope')
  const operation =
    scope !== null && /share-read|device-phone-number/.test(scope) ? 'device-phone-number' : 'verify'
  return adviseOnSettings({ scope, apiVersion: profile?.apiVersion, operation }, place).map((one): Lint => [
    'scope',
    one,
  ])
}

/** PKCE, state and prompt. */
function lintProtection(value: Value, isDialect: boolean): Lint[] {
  const [challenge, method, state, prompt] = [
    'code_challenge',
    'code_challenge_method',
    'state',
    'prompt',
  ].map(value)
  const lints: Lint[] = []
  if (!challenge) {
    if (!isDialect) lints.push(['code_challenge', finding('pkce_missing', place)])
  } else if (method !== 'S256')
    lints.push([
      'code_challenge_method',
      finding('pkce_plain', place, { method: method?.slice(0, 60) ?? 'missing' }),
    ])
  else if (!/^[\w-]{43}$/.test(challenge))
    lints.push(['code_challenge', finding('pkce_malformed', place, { length: challenge.length })])
  if (!state) lints.push(['state', finding('request_without_state', place)])
  else if (guessable(state) !== null)
    lints.push(['state', finding('state_guessable', place, { what: guessable(state) ?? '' })])
  if (prompt && prompt !== 'none')
    lints.push(['prompt', finding('prompt_interactive', place, { prompt: prompt.slice(0, 60) })])
  return lints
}

function guessable(state: string): string | null {
  if (/^\+?\d{7,15}$/.test(state.trim())) return 'a phone number'
  return state.length < 8 ? `only ${countCharacters(state.length)} long` : null
}

function lintHint(value: Value): Lint[] {
  const hint = value('login_hint')
  if (hint === null) return []
  const isUsual =
    /^tel:\+[1-9]\d{4,14}$/.test(hint) ||
    /^\+[1-9]\d{4,14}$/.test(hint) ||
    /^ipport:\S+$/i.test(hint) ||
    /^operatortoken:\S+$/i.test(hint)
  if (isUsual) return []
  const form = /^tel:/i.test(hint)
    ? 'tel: without a number in E.164'
    : /^\d+$/.test(hint)
      ? 'a number without a +'
      : 'a text of another kind'
  return [['login_hint', finding('login_hint_odd', place, { form })]]
}

function lintEndpoint(url: URL): Lint[] {
  const isPlain = url.protocol === 'http:' && !isLoopback(url.hostname)
  return isPlain
    ? [['endpoint', finding('plain_http', place, { what: 'The authorization endpoint', host: url.host })]]
    : []
}

/** A state and a nonce are random and of no use to others, unless they are a number. */
function showParameter(parameter: Parameter, given: Given): string {
  const { name, value } = parameter
  const isRandom = name === 'state' || name === 'nonce'
  if (isRandom && guessable(value) === 'a phone number') return showValue('login_hint', value.trim(), given)
  return showValue(name, value, given)
}

function explain({ name, value }: Parameter, given: Given): string {
  const meaning = meaningOfParameter(otherNames[name] ?? name)
  const { profile } = given
  if (name === 'scope') {
    const form = /#/.test(value)
      ? 'the form of API v0'
      : /\bnumber-verification:/.test(value)
        ? 'the form of API v1 and v2'
        : ''
    return form === '' ? meaning : `${meaning}; ${form}`
  }
  if (name === 'client_id' && profile?.clientId && profile.clientId !== value)
    return `${meaning}; the profile has ${profile.clientId}`
  if (name === 'redirect_uri' && profile?.redirectUri && profile.redirectUri !== value)
    return `${meaning}; the profile has ${profile.redirectUri}`
  if (name === 'login_hint' && /^ ?\+?\d/.test(value))
    return `${meaning}; a bare number, as some providers want it`
  return meaning
}

/** What a machine can put right. */
const mechanical = new Set([
  'parameter_cut',
  'parameter_encoded_twice',
  'plus_is_space',
  'response_type_wrong',
  'redirect_uri_fragment',
  'prompt_interactive',
])

/**
 * Writes the URL anew with each value encoded once; null when nothing a machine can put right is wrong. What is secret or a
 * phone number is masked in it, except a random state and nonce.
 */
function correct(
  base: string,
  parameters: readonly Parameter[],
  lints: readonly Lint[],
  given: Given,
): string | null {
  const codes = new Set(lints.map(([, { code }]) => code))
  if (![...codes].some((code) => mechanical.has(code))) return null
  const seen = new Set<string>()
  const pairs = parameters.flatMap((parameter) => {
    const { name } = parameter
    if (seen.has(name) || (name === 'prompt' && codes.has('prompt_interactive'))) return []
    seen.add(name)
    const intended = intend(parameter)
    const right =
      name === 'response_type' && codes.has('response_type_wrong')
        ? 'code'
        : name === 'redirect_uri'
          ? intended.replace(/#.*$/, '')
          : intended
    return [
      `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(mask(name, right, given)))}`,
    ]
  })
  return `${given.redactor.url(base)}?${pairs.join('&')}`
}

/** Half a surrogate pair can't be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function mask(name: string, value: string, given: Given): string {
  if (name === 'state' || name === 'nonce')
    return guessable(value) === 'a phone number' ? showValue('login_hint', value, given) : value
  return isSecretParameter(name) ? redacted : showValue(name, value, given)
}
