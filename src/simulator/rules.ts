// The rules of the gateway that a behaviour can bend; a call carries those that hold for its client.
import { lifetimesMs } from './state.ts'

export interface Rules {
  codeLifetimeMs: number
  accessTokenLifetimeMs: number
  /** How far the gateway's clock is ahead of the true one. */
  clockOffsetMs: number
  /** How far in the future an `iat` or `nbf` may lie. */
  clockToleranceMs: number
  /** Whether a DPoP proof needs a nonce that the gateway gave. */
  requiresDpopNonce: boolean
  /** How many polls of a CIBA request are answered with authorization_pending before its token comes. */
  cibaPendingPolls: number
  /** The shortest time between two polls. */
  cibaIntervalSeconds: number
  /** Whether a poll that comes too soon makes that time longer. */
  isCibaIntervalGrowing: boolean
  cibaLifetimeMs: number
}

/** The rules of a gateway that behaves. */
export const defaultRules: Rules = {
  codeLifetimeMs: lifetimesMs.code,
  accessTokenLifetimeMs: lifetimesMs.accessToken,
  clockOffsetMs: 0,
  clockToleranceMs: 5000,
  requiresDpopNonce: false,
  cibaPendingPolls: 0,
  cibaIntervalSeconds: 1,
  isCibaIntervalGrowing: true,
  cibaLifetimeMs: lifetimesMs.backchannel,
}
