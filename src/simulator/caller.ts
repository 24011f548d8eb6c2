// Finds which client a call belongs to, before anything of it was checked.
import { readBody, stringIn } from '../run/body.ts'
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
  if (credentials) return state.tokens.find(credentials)?.clientId ?? claimOf(credentials, 'application_id')
  const form = new URLSearchParams(call.body)
  return form.get('client_id') ?? claimOf(form.get('client_assertion') ?? form.get('assertion'), 'iss')
}

/** Reads a claim of a JWT that nobody has verified. */
function claimOf(jwt: string | null, name: string): string | undefined {
  const payload = readBody(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return payload.kind === 'object' ? (stringIn(payload.object, name) ?? undefined) : undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
