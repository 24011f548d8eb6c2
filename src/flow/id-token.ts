// Has the ID token of a token response validated, with the issuer's keys where they are known.
import { type KeySet, readKeySet, reviewIdToken } from '../oauth/id-token.ts'
import { findKeys } from './complete-target.ts'
import type { Flow, Gateway } from './journey.ts'

interface ReceivedIdToken {
  idToken: string
  accessToken: string
  /** Undefined: none was sent. */
  nonce: string | undefined
  /** That of the token response. */
  exchange: number
}

/**
 * Observes what is wrong with an ID token; tells whether it may be of this attempt. A nonce that is not ours, or is
 * missing, says that the code may have been injected: PKCE does not prove the contrary, since servers ignore it.
 */
export async function checkIdToken(
  flow: Flow,
  gateway: Gateway,
  { idToken, accessToken, nonce, exchange }: ReceivedIdToken,
): Promise<boolean> {
  const { context, recorder } = flow
  const { clientId, clientSecret, issuer } = gateway
  const keys = await fetchKeys(flow, gateway)
  const nowSeconds = context.clock.now() / 1000
  const expected = { clientId, clientSecret, issuer, nonce, accessToken, nowSeconds, keys }
  const notes = await reviewIdToken(idToken, expected)
  for (const note of notes) recorder.observe({ ...note, step: 'token', exchange })
  return !notes.some(({ code }) => code === 'nonce_differs')
}

/** How long the keys are waited for: what they tell is worth less than the answer of the API. */
const keysLimitMs = 5000

/** Fetches the keys of the issuer, if it is known; null when it does not give them. */
async function fetchKeys(
  { context, deadline, send }: Flow,
  { tokenUrl, issuer, jwksUri }: Gateway,
): Promise<KeySet | null> {
  if (issuer === null) return null
  const url = jwksUri === undefined ? await findKeys(send, issuer) : jwksUri
  if (url === null) return null
  const { answer } = await send({
    step: 'token',
    kind: 'keys',
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    limitMs: Math.min(keysLimitMs, (deadline.endsAt - context.clock.elapsed()) / 2),
    isPublic: new URL(url).origin !== new URL(tokenUrl).origin,
  })
  return answer?.status === 200 ? readKeySet(answer.text) : null
}
