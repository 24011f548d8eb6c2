// What an answer of the API may mean: a verdict of a mock, one that says no, and one that is old.
import { isMocked } from '../../run/simulated.ts'
import type { Exchange } from '../../run/recording.ts'
import { headerOf, textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { grantOf, hostAsked, lastOf, placeOf, type Rule } from '../recorded.ts'
import { readFormProbe } from './probed.ts'

/** Says that a mock threw dice. */
export const explainRandom: Rule = (recording) => {
  const asked = lastOf(recording, ['api'])
  const isRandom = recording.end?.kind === 'answered' && recording.request.isVerdictRandom
  return asked !== null && isRandom && isMocked(recording) ? [finding('verdict_random', placeOf(asked))] : []
}

/** Says what a mismatch may mean where the number is right. */
export const explainMismatch: Rule = (recording) => {
  if (recording.request.isVerdictRandom && isMocked(recording)) return []
  if (recording.end?.kind !== 'answered' || recording.end.answer !== 'mismatch') return []
  const asked = lastOf(recording, ['api'])
  const isBySim = grantOf(recording) !== 'authorization-code'
  const place = asked === null ? { step: 'api' as const } : placeOf(asked)
  return [
    finding('mismatch_explained', place, {
      isHashed: recording.request.isHashed,
      isBySim,
      isOfMock: isMocked(recording) && asked !== null && endsInTwo(asked),
      probed: readFormProbe(recording),
    }),
  ]
}

/** Tells whether the number that was asked about ends in 2; of one that is masked the last digits are left. */
function endsInTwo({ request }: Exchange): boolean {
  return /"phoneNumber"\s*:\s*"[^"]*2"/.test(textOf(request))
}

/** Notes a correlator that came back changed. */
export const noteCorrelator: Rule = ({ exchanges }) =>
  exchanges.flatMap((exchange) => {
    const { sent, returned } = exchange.correlator
    return sent !== null && returned !== null && sent !== returned
      ? [finding('correlator_differs', placeOf(exchange), { host: hostAsked(exchange), sent, returned })]
      : []
  })

/** How much older than the question an answer is when it can't be to it. In seconds. */
const notableAgeSeconds = 2

/**
 * Notes an answer that a cache gave: it was made before nv asked.
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.1
 */
export const noteCache: Rule = (recording) => {
  const asked = recording.end?.kind === 'answered' ? lastOf(recording, ['api']) : null
  if (asked === null || asked.response === null) return []
  const age = headerOf(asked.response, 'age')
  const seconds = age !== null && /^\d{1,9}$/.test(age) ? Number(age) : null
  const isOld = seconds !== null && seconds > asked.timings.endedMs / 1000 + notableAgeSeconds
  // The warnings of a cache that an answer is stale, of RFC 7234.
  return isOld || /^11[0-3]\b/.test(headerOf(asked.response, 'warning') ?? '')
    ? [finding('answer_cached', placeOf(asked), { host: hostAsked(asked), seconds })]
    : []
}
