// The parameters of OAuth as they stand in a URL or a form: what each means, and what is wrong with its encoding.
import { finding } from '../diagnosis/finding.ts'
import type { Lint } from './inspection.ts'

export interface Parameter {
  name: string
  /** As it stands, percent-encoded. */
  raw: string
  /** As a server reads it. */
  value: string
}

/** How many are read; no request has more. */
const maxParameters = 200

/** Splits a query or a form; what can't be decoded stays as it is. */
export function splitParameters(query: string): Parameter[] {
  return query
    .split('&', maxParameters)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      const [name, raw] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      return { name: decodeForm(name), raw, value: decodeForm(raw) }
    })
}

/** Decodes as the form encoding has it: + is a space. */
export function decodeForm(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''
}

/** Parameters whose value never holds an escape of its own. */
const plain = new Set(['scope', 'login_hint', 'client_id', 'response_type', 'prompt', 'grant_type'])

/** Tells whether a value that was decoded is encoded still. */
function isEncodedTwice({ name, value }: Parameter): boolean {
  if (name === 'redirect_uri') return /^[a-z][a-z\d+.-]*%3a(%2f|\/)/i.test(value)
  return plain.has(name) && /%(20|23|2b|3a|25)/i.test(value)
}

/** Decodes as often as a value was encoded, and puts a + back that became a space. */
export function intend(parameter: Parameter): string {
  let { value } = parameter
  for (let round = 0; round < 5 && isEncodedTwice({ ...parameter, value }); round++) {
    const decoded = decodePercent(value)
    if (decoded === value) break
    value = decoded
  }
  return isPlusLost(parameter) ? value.replace(/(^|:) (?=\d)/, '$1+') : value
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Tells whether a + was meant and a space arrives. */
function isPlusLost({ name, raw, value }: Parameter): boolean {
  return (name === 'login_hint' || name === 'state') && raw.includes('+') && /(^|:) \d/.test(value)
}

/** Finds what the encoding does to parameters, and those that stand there twice. */
export function lintEncoding(parameters: readonly Parameter[]): Lint[] {
  const lints: Lint[] = []
  const seen = new Set<string>()
  const doubled = new Set<string>()
  for (const parameter of parameters) {
    const { name, value } = parameter
    if (seen.has(name)) doubled.add(name)
    seen.add(name)
    const step = { step: 'authorize' } as const
    if (isEncodedTwice(parameter))
      lints.push([name, finding('parameter_encoded_twice', step, { name, value: value.slice(0, 200) })])
    if (isPlusLost(parameter)) lints.push([name, finding('plus_is_space', step, { name })])
  }
  const known = [...doubled].filter((name) => meanings[name] !== undefined)
  return [
    ...lints,
    ...known.map((name): Lint => [name, finding('parameter_doubled', { step: 'authorize' }, { name })]),
  ]
}

/** Says what a parameter is for. */
export function meaningOfParameter(name: string): string {
  return Object.hasOwn(meanings, name) ? (meanings[name] ?? '') : 'not a parameter of OAuth or OpenID Connect'
}

const meanings: Readonly<Record<string, string>> = {
  response_type: 'what is asked for: a code',
  client_id: 'the application that asks',
  redirect_uri: 'where the answer goes; equal to the registered one in every character',
  scope: 'the purpose (dpv:…) and the operation of the API',
  state: 'comes back in the callback, and ties it to this attempt',
  nonce: 'comes back in the ID token',
  prompt: 'whether a page may be shown; CAMARA implies none',
  login_hint: 'which line this is about',
  login_hint_token: 'a signed hint about the line',
  id_token_hint: 'an ID token of an earlier login',
  code_challenge: 'PKCE: the hash of the verifier that the token request will show',
  code_challenge_method: 'PKCE: how the hash was made',
  code_verifier: 'PKCE: proves that the code was asked for by the same client',
  response_mode: 'how the answer is sent',
  request: 'the request as a signed JWT (JAR)',
  request_uri: 'where the request is stored (PAR)',
  acr_values: 'how to authenticate the user',
  max_age: 'the maximum age of a login, in seconds',
  ui_locales: 'the languages of pages',
  display: 'the kind of page',
  claims: 'the claims that are asked for',
  audience: 'whom the token is for',
  resource: 'whom the token is for',
  dpop_jkt: 'the key to bind the token to',
  code: 'the authorization code, to be exchanged once',
  error: 'why there is no code',
  error_description: "the server's own words",
  error_uri: 'where the server explains it',
  iss: 'the issuer, against mixing up two gateways',
  session_state: 'for session management; not used here',
  grant_type: 'what is exchanged for the access token',
  client_secret: "the client's password",
  client_assertion: 'a JWT that the client signed, in place of a secret',
  client_assertion_type: 'says that client_assertion is a JWT',
  assertion: 'a signed JWT that is exchanged for an access token',
  auth_req_id: 'the id of a CIBA request',
  binding_message: 'shown on both devices (CIBA)',
  user_code: "the user's secret (CIBA)",
  requested_expiry: 'the wanted lifetime of the CIBA request, in seconds',
  client_notification_token: 'a secret for the notification (CIBA)',
  refresh_token: 'for a new access token without the user; not used here',
  username: 'a name for the password grant, which Number Verification does not use',
  password: 'a password for the password grant, which Number Verification does not use',
  correlation_id: 'names the request in logs',
}
