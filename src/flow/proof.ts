// Sends a request with its DPoP proof, where the profile wants one.
import { FlowError } from '../errors.ts'
import type { StepName } from '../run/run.ts'
import type { Answer } from './exchange.ts'
import type { Journey } from './journey.ts'

interface ProvableRequest {
  method: string
  url: string
  headers: Record<string, string>
  body?: string
}

/**
 * Sends a request with a proof of the run's key. A server that wants its nonce in the proof has not looked at the
 * request yet, so that it is built and sent once more; this is the only repetition. Throws a FlowError when the
 * server then wants another nonce.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-8
 */
export async function sendProven(
  { send, dpop }: Journey,
  step: StepName,
  build: () => ProvableRequest | Promise<ProvableRequest>,
  accessToken: string | null = null,
): Promise<Answer> {
  const request = await build()
  if (dpop === null) return send(step, request)
  const sendOnce = async ({ headers, ...rest }: ProvableRequest) => {
    const proof = await dpop.prove(rest, accessToken)
    return send(step, { ...rest, headers: { ...headers, dpop: proof } })
  }
  const first = await sendOnce(request)
  if (!dpop.takeNonce(request.url, first)) return first
  const second = await sendOnce(await build())
  if (!dpop.takeNonce(request.url, second)) return second
  throw new FlowError('dpop_nonce_again', { host: new URL(request.url).host, status: second.status })
}
