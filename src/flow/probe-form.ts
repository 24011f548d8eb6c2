// Asks the API once more with the other form of the number, where it refused one or said false. No code is spent.
import { buildVerifyRequest, readVerifyAnswer, type VerifyAnswer } from '../camara/api.ts'
import { sendToApi } from './api-call.ts'
import { findContradiction } from './contradiction.ts'
import type { Flow, Granted } from './journey.ts'
import type { Answer } from './send.ts'

/**
 * Sends the hash where the number went plain, and the number where its hash did, under the same access token. A
 * gateway whose tokens are good for one call refuses that: then the probe tells nothing.
 */
export async function probeForm(
  flow: Flow,
  granted: Granted,
  { phoneNumber, isHashed }: { phoneNumber: string; isHashed: boolean },
  first: { response: Answer | null; answer: VerifyAnswer | null },
): Promise<void> {
  const { recorder } = flow
  const isRefused = [400, 422].includes(first.response?.status ?? 0)
  // A mock that answers at random answers each form by itself.
  const isTelling = first.answer === 'mismatch' && !recorder.recording().request.isVerdictRandom
  if (!isRefused && !isTelling) return
  const form = isHashed ? 'number itself' : 'hash of the number'
  recorder.emit({
    type: 'note',
    text: `Probing with one more request: the ${form}, under the same access token`,
  })
  const request = await buildVerifyRequest({ ...granted.gateway, phoneNumber, isHashed: !isHashed })
  const { exchange, answer } = await sendToApi(flow, granted, request, 'probe')
  const text = answer?.text ?? ''
  const verdict = answer === null ? null : readVerifyAnswer(answer.status, text)
  // What is said of another number tells nothing of this one.
  if (typeof verdict === 'string' && (await findContradiction(text, phoneNumber, verdict)) !== null) return
  recorder.observe({ code: 'form_probed', step: 'api', exchange, facts: { isHashed: !isHashed } })
}
