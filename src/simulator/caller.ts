// Finds which client a call belongs to, before anything of it was checked.
import type { Gateway } from './gateway.ts'
import { headerValues, type Call } from './request.ts'

/** Gives the id that a call itself or the journey, code or token in it names; undefined when nothing names one. */
export function clientIdOf(call: Call, { state }: Gateway): string | undefined {
  const query = new URLSearchParams(call.query)
  const journey = state.journeys.find(query.get('state') ?? '')
  if (journey) return journey.request.clientId
  const named = query.get('client_id')
  if (named) return named
  const [authorization = ''] = headerValues(call.headers, 'authorization')
  const [scheme = '', credentials = ''] = authorization.split(/ +/)
  if (scheme.toLowerCase() === 'basic') {
    const [id = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':')
    return decode(id)
  }
  if (credentials) return state.tokens.find(credentials)?.clientId
  const form = new URLSearchParams(call.body)
  return form.get('client_id') ?? issuerOf(form.get('client_assertion') ?? form.get('assertion'))
}

function issuerOf(assertion: string | null): string | undefined {
  const payload = Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString('utf8')
  return /"iss"\s*:\s*"([^"\\]+)"/.exec(payload)?.[1]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
