// Finds which client a call belongs to, before any check.
import { readBody, stringIn } from '../wire/body.ts'
import type { Gateway } from './gateway.ts'
import { readFields } from './oauth/form.ts'
import { credentialsOf, type Call } from './request.ts'

/** Gives the id that a call itself or the journey, code or token in it names; undefined when nothing names one. */
export function clientIdOf(call: Call, { state, operator }: Gateway): string | undefined {
  const query = new URLSearchParams(call.query)
  const form = readFields(call)
  const journey = query.get('journey') ?? form.get('journey')
  const key = journey === null ? query.get('state') : operator.stateOf(journey)
  return (
    state.journeys.find(key ?? '')?.request.clientId ??
    query.get('client_id') ??
    basicId(call) ??
    state.tokens.find(readAccessToken(call) ?? '')?.clientId ??
    form.get('client_id') ??
    claimedId(form.get('client_assertion') ?? form.get('assertion') ?? readAccessToken(call) ?? '') ??
    state.codes.find(form.get('code') ?? '')?.clientId
  )
}

/** Reads the access token of a call, whatever the scheme it came under; undefined when there is none. */
export function readAccessToken(call: Call): string | undefined {
  return credentialsOf(call, 'bearer') ?? credentialsOf(call, 'dpop') ?? undefined
}

function basicId(call: Call): string | undefined {
  const encoded = credentialsOf(call, 'basic')
  if (encoded === null) return undefined
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return new URLSearchParams(`id=${id}`).get('id') ?? id
}

/** Reads who a JWT, still unverified, says it is from: its issuer, or an application as Vonage names it. */
function claimedId(jwt: string): string | undefined {
  const payload = readBody(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))
  if (payload.kind !== 'object') return undefined
  return stringIn(payload.object, 'application_id') ?? stringIn(payload.object, 'iss') ?? undefined
}
