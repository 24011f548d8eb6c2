// What was observed of an ID token, which only the code that had it could judge.
import type { Finding } from '../../run/finding.ts'
import type { Observation, Recording } from '../../run/recording.ts'
import { finding, type Place } from '../finding.ts'
import { hostAsked, lastOf, type Rule } from '../recorded.ts'

/** Explains that a nonce which is not ours ended the flow. */
export const explainNonce: Rule = (recording) => {
  const observed = recording.observations.find(({ code }) => code === 'nonce_differs')
  if (observed?.code !== 'nonce_differs' || recording.end?.kind !== 'stopped') return []
  const host = tokenHost(recording)
  return [finding('nonce_differs', placeOfObservation(observed), { host, ...observed.facts })]
}

/** Notes what is wrong with an ID token without ending the flow. */
export const noteIdToken: Rule = (recording) =>
  recording.observations.flatMap((observed) => note(observed, tokenHost(recording)))

function note(observed: Observation, host: string): Finding[] {
  const place = placeOfObservation(observed)
  switch (observed.code) {
    case 'id_token_unreadable':
      return [finding('id_token_unreadable', place, { host })]
    case 'id_token_signature':
      return [finding('id_token_signature', place, { host, ...observed.facts })]
    case 'id_token_issuer':
      return [finding('id_token_issuer', place, observed.facts)]
    case 'id_token_audience':
      return [finding('id_token_audience', place, observed.facts)]
    case 'id_token_expired':
      return [finding('id_token_expired', place, observed.facts)]
    case 'id_token_access_token':
      return [finding('id_token_access_token', place)]
    case 'id_token_incomplete':
      return [finding('id_token_incomplete', place, observed.facts)]
    default:
      return []
  }
}

function placeOfObservation({ step, exchange }: Observation): Place {
  return { step, evidence: exchange === null ? [] : [exchange] }
}

function tokenHost(recording: Recording): string {
  const exchange = lastOf(recording, ['token'])
  return exchange === null ? 'The gateway' : hostAsked(exchange)
}
