// Sends a request to the API, and turns its refusal into what the catalogue explains.
import { type ApiRequest, readApiError } from '../camara/api.ts'
import { FlowError } from '../errors.ts'
import { type Answer, refuseRedirect } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Journey } from './journey.ts'

/** Sends a request to the API. Throws a FlowError when it redirects or answers with an error. */
export async function callApi({ send }: Journey, gateway: Gateway, request: ApiRequest): Promise<Answer> {
  const { host } = new URL(gateway.apiUrl)
  const answer = await send('api', request)
  const { status, headers, text } = answer
  refuseRedirect('api_redirected', host, status, headers)
  if (status < 400) return answer
  const { code, message } = readApiError(text)
  const retryAfter = headers.get('retry-after')
  const facts = { host, status, code, message, retryAfter, scope: gateway.scope, url: request.url }
  throw new FlowError('api_error', facts)
}
