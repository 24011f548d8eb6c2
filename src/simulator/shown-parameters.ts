// What a log may show of the parameters of a request: every name, but no value that is a secret or a phone number.
import { maskPhoneNumber } from '../camara/phone-number.ts'
import { readBody } from '../wire/body.ts'
import { readFields } from './oauth/form.ts'
import { headerValues, type Call } from './request.ts'

export interface ShownParameter {
  /** As sent: it may hold anything, so escape it before you show it. */
  name: string
  value: string
}

/** Their values say how a request is made, and give no access. */
const harmless = new Set([
  'acr_values',
  'client_assertion_type',
  'client_id',
  'code_challenge_method',
  'grant_type',
  'max_age',
  'prompt',
  'redirect_uri',
  'response_mode',
  'response_type',
  'scope',
  'token_type_hint',
  'ui_locales',
])

/** Lists the parameters of the query, of a form and of a JSON body, and the scheme of the credentials. */
export function showParameters(call: Call): ShownParameter[] {
  const [authorization] = headerValues(call.headers, 'authorization')
  const [scheme = '', ...credentials] = (authorization ?? '').trim().split(' ')
  const sent = [...new URLSearchParams(call.query), ...(call.body === '' ? [] : fieldsOf(call))].map(
    ([name, value]) => ({ name, value: show(name, value) }),
  )
  return credentials.length === 0 ? sent : [...sent, { name: 'Authorization', value: `${scheme} […]` }]
}

function fieldsOf(call: Call): Array<[string, string]> {
  const body = readBody(call.body)
  if (body.kind !== 'object') return [...readFields(call)]
  return Object.entries(body.object).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}

function show(name: string, value: string): string {
  // A client or a redirect_uri may contain a number, too: what looks like one is masked like one.
  const masked = value.replace(/\+?\d{7,15}/g, (number) => maskPhoneNumber(number))
  if (harmless.has(name))
    return masked.replace(/\?.*/s, (query) => (name === 'redirect_uri' ? '?[…]' : query))
  if (/^(phoneNumber|login_hint)$/.test(name)) return masked === value ? '[…]' : masked
  return '[…]'
}
