// Has the ID token of a token response validated, with the issuer's keys where they are known.
import { FlowError } from '../errors.ts'
import { type KeySet, readKeySet, reviewIdToken } from '../oauth/id-token.ts'
import { findKeys, type Gateway } from './gateway.ts'
import type { Journey } from './journey.ts'

interface ReceivedIdToken {
  idToken: string
  accessToken: string
  /** Undefined: none was sent. */
  nonce: string | undefined
  /** Whether PKCE binds the code to this attempt, too. */
  isCodeBound: boolean
}

/**
 * Warns of what is wrong with an ID token. Throws a FlowError `nonce_differs` where the nonce alone binds the code to
 * this attempt, and it is not ours: the code may have been injected.
 */
export async function checkIdToken(
  journey: Journey,
  gateway: Gateway,
  { idToken, accessToken, nonce, isCodeBound }: ReceivedIdToken,
): Promise<void> {
  const { context, recorder } = journey
  const { host } = new URL(gateway.tokenUrl)
  const { clientId, clientSecret, issuer } = gateway
  const keys = await fetchKeys(journey, gateway)
  const nowSeconds = context.clock.now() / 1000
  const expected = { clientId, clientSecret, issuer, nonce, accessToken, nowSeconds, keys }
  for (const { code, args } of await reviewIdToken(idToken, expected)) {
    if (code === 'nonce_differs' && !isCodeBound) throw new FlowError(code, { host, ...args, isCodeBound })
    recorder.warn('token', code, { host, ...args, isCodeBound })
  }
}

/** How long the keys are waited for: what they tell is worth less than the answer of the API. */
const keysLimitMs = 5000

/** Fetches the keys of the issuer, if it is known; null, with a warning, when it does not give them. */
async function fetchKeys(
  { context, deadline, send, recorder }: Journey,
  { tokenUrl, issuer, jwksUri }: Gateway,
): Promise<KeySet | null> {
  if (issuer === null) return null
  let url = jwksUri
  const warn = (reason: string) => recorder.warn('token', 'jwks_unavailable', { url: url ?? issuer, reason })
  try {
    if (url === undefined) url = await findKeys(issuer, send)
    if (url === null) return null
    const { status, text } = await send('token', {
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      limitMs: Math.min(keysLimitMs, (deadline.endsAt - context.clock.now()) / 2),
      isPublic: new URL(url).origin !== new URL(tokenUrl).origin,
    })
    const keys = status === 200 ? readKeySet(text) : null
    if (keys === null) warn(status === 200 ? 'the answer is no set of keys' : `HTTP ${status}`)
    return keys
  } catch (error) {
    if (!(error instanceof FlowError)) throw error
    warn(error.code.replaceAll('_', ' '))
    return null
  }
}
