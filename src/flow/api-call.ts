// Sends a request to the API with the access token.
import type { ApiRequest } from '../camara/api.ts'
import type { Flow, Granted } from './journey.ts'
import { sendProven } from './proof.ts'
import type { Answer, Reply } from './send.ts'

/** Gives the complete response, whatever its status; null when there was none. */
export async function callApi(flow: Flow, granted: Granted, request: ApiRequest): Promise<Answer | null> {
  return (await sendToApi(flow, granted, request, 'api')).answer
}

/** Sends a request that asks for an answer, or one that only probes. */
export function sendToApi(
  flow: Flow,
  { accessToken: { scheme, value } }: Granted,
  { headers, ...request }: ApiRequest,
  kind: 'api' | 'probe',
): Promise<Reply> {
  const authorized = {
    ...request,
    step: 'api' as const,
    kind,
    headers: { ...headers, authorization: `${scheme} ${value}` },
  }
  return scheme === 'DPoP' ? sendProven(flow, () => authorized, value) : flow.send(authorized)
}
