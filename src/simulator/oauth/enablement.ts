// Network enablement, as Vonage has it: gives the authorize URL of a number, or says why it can't.
import { e164Pattern } from '../../camara/phone-number.ts'
import { readBody } from '../../wire/body.ts'
import type { Gateway } from '../gateway.ts'
import { type Call, isWellFormed, readParameters } from '../request.ts'
import { addParameters, type Reply, replyJson } from '../response.ts'
import { authenticateClient } from './client-authentication.ts'
import { findScopeProblem } from './scope.ts'

const nobody = readParameters([])

/** @see https://developer.vonage.com/en/api/network-enablement */
export async function answerEnablement(call: Call, gateway: Gateway): Promise<Reply> {
  const client = await authenticateClient(call, nobody, gateway)
  if (client === null || 'error' in client)
    return problem(401, 'Unauthorized', client?.description ?? 'The client did not authenticate.')
  const request = readRequest(call)
  if (typeof request === 'string') return problem(422, 'Unprocessable Entity', request)
  const [redirectUri] = gateway.redirectUris
  if (redirectUri === undefined)
    return problem(
      422,
      'Unprocessable Entity',
      'No redirect_uri is registered: start the simulator with --redirect-uri.',
    )
  const { phoneNumber, scopes, state } = request
  const authUrl = addParameters(`${gateway.issuer(call.hostname)}/authorize`, {
    response_type: 'code',
    client_id: client.id,
    scope: scopes.join(' '),
    redirect_uri: redirectUri,
    state,
    login_hint: `tel:${phoneNumber}`,
  })
  const enabled = { app_url: null, auth_url: authUrl, requires_carrier_network: true }
  return replyJson(200, { scopes: Object.fromEntries(scopes.map((scope) => [scope, enabled])) }, 'auth_url')
}

function readRequest(call: Call): { phoneNumber: string; scopes: string[]; state: string } | string {
  const body = readBody(call.body)
  if (body.kind !== 'object') return 'The body must be a JSON object.'
  const { phone_number: phoneNumber, scopes, state } = body.object
  if (typeof phoneNumber !== 'string' || !e164Pattern.test(phoneNumber))
    return 'phone_number must be in E.164 format, with its +.'
  const isText = (value: unknown): value is string => typeof value === 'string' && isWellFormed(value)
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isText))
    return 'scopes must be a list of scopes.'
  const scopeProblem = findScopeProblem(scopes.join(' '))
  if (scopeProblem) return scopeProblem.description
  return isText(state) && state !== '' ? { phoneNumber, scopes, state } : 'state must be a text.'
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(status: number, title: string, detail: string): Reply {
  const type = `https://developer.vonage.com/api-errors#${title.toLowerCase().replaceAll(' ', '-')}`
  return replyJson(status, { type, title, detail, instance: 'simulated' }, title.toLowerCase())
}
