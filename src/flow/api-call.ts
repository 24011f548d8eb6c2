// Sends a request to the API with the access token.
import type { ApiRequest } from '../camara/api.ts'
import type { Flow, Granted } from './journey.ts'
import { sendProven } from './proof.ts'
import type { Reply } from './send.ts'

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
