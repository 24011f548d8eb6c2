// A behaviour: a named deviation from what a good gateway does.
import type { Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'
import type { Reply } from '../response.ts'
import type { Rules } from '../rules.ts'

/**
 * Where a behaviour shows. `operator` are the hops at the operator, `callback` is the redirect to the app, whichever
 * endpoint answers with it.
 */
export const behaviourSteps = [
  'discovery',
  'jwks',
  'authorize',
  'operator',
  'callback',
  'bc-authorize',
  'token',
  'api',
] as const
export type BehaviourStep = (typeof behaviourSteps)[number]

export interface Behaviour {
  /** What the gateway does, as a sentence without its subject: `sends the phone back with access_denied`. */
  does: string
  /** The steps at which it can be; without `@step` it is at the first. */
  steps: readonly [BehaviourStep, ...BehaviourStep[]]
  /** Rules that it bends, at every step. */
  rules?: Partial<Rules>
  /** Changes the request before the endpoint reads it. */
  changeCall?: (call: Call) => Call
  /** Answers in the endpoint's place. */
  answer?: (call: Call, gateway: Gateway) => Reply | Promise<Reply>
  /** Changes the endpoint's answer. */
  changeReply?: (reply: Reply, call: Call, gateway: Gateway) => Reply | Promise<Reply>
}
