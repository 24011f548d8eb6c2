// Sends a request to the API, and turns its refusal into what the catalogue explains.
import { type ApiRequest, readApiError } from '../camara/api.ts'
import { FlowError } from '../errors.ts'
import { type Answer, refuseRedirect } from './exchange.ts'
import type { Granted, Journey } from './journey.ts'
import { sendProven } from './proof.ts'

/** Sends a request to the API with the access token. Throws a FlowError when it redirects or answers with an error. */
export async function callApi(
  journey: Journey,
  { gateway, accessToken }: Granted,
  request: ApiRequest,
): Promise<Answer> {
  const { command, input } = journey
  const { host } = new URL(gateway.apiUrl)
  const authorization = `${accessToken.scheme} ${accessToken.value}`
  const authorized = { ...request, headers: { ...request.headers, authorization } }
  const answer =
    accessToken.scheme === 'DPoP'
      ? await sendProven(journey, 'api', () => authorized, accessToken.value)
      : await journey.send('api', authorized)
  const { status, headers, text } = answer
  refuseRedirect('api_redirected', host, status, headers)
  if (status < 400) return answer
  const { code, message } = readApiError(text)
  const retryAfter = headers.get('retry-after')
  const { scope, apiVersion } = gateway
  const isBySim = input.operatorToken !== null
  const asked = { url: request.url, scope, grantedScope: accessToken.scope, apiVersion, command, isBySim }
  throw new FlowError('api_error', { host, status, code, message, retryAfter, ...asked })
}
