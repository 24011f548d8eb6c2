// Sends a request to the API with the access token.
import type { ApiRequest } from '../camara/api.ts'
import type { Flow, Granted } from './journey.ts'
import { sendProven } from './proof.ts'
import type { Answer } from './send.ts'

/** Gives the complete response, whatever its status; null when there was none. */
export async function callApi(
  flow: Flow,
  { accessToken: { scheme, value } }: Granted,
  { headers, ...request }: ApiRequest,
): Promise<Answer | null> {
  const authorized = {
    ...request,
    step: 'api' as const,
    kind: 'api' as const,
    headers: { ...headers, authorization: `${scheme} ${value}` },
  }
  const { answer } =
    scheme === 'DPoP' ? await sendProven(flow, () => authorized, value) : await flow.send(authorized)
  return answer
}
