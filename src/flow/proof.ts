// Sends a request with its DPoP proof, where the profile wants one.
import type { Flow } from './journey.ts'
import type { FlowRequest, Reply } from './send.ts'

/**
 * Sends a request with a proof of the run's key. A server that wants its nonce in the proof has not looked at the
 * request yet, so that it is built and sent once more; this is the only repetition.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-8
 */
export async function sendProven(
  { send, dpop }: Pick<Flow, 'send' | 'dpop'>,
  build: () => FlowRequest | Promise<FlowRequest>,
  accessToken: string | null = null,
): Promise<Reply> {
  if (dpop === null) return send(await build())
  const sendOnce = async () => {
    const { headers, ...rest } = await build()
    const proof = await dpop.prove(rest, accessToken)
    const reply = await send({ ...rest, headers: { ...headers, dpop: proof } })
    return { reply, isNonceWanted: reply.answer !== null && dpop.takeNonce(rest.url, reply.answer) }
  }
  const first = await sendOnce()
  return first.isNonceWanted ? (await sendOnce()).reply : first.reply
}
