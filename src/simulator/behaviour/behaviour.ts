// A behaviour: a named deviation from what a good gateway does.
import type { CertificateFlaw } from '../../context.ts'
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
  'enablement',
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
  /** What is seen of it: the symptom, or the fault, as a phrase. */
  shows: string
  /** The steps at which it can be; without `@step` it is at the first. */
  steps: readonly [BehaviourStep, ...BehaviourStep[]]
  /** Rules that it bends, at every step. */
  rules?: Partial<Rules>
  /** Changes the request before the endpoint reads it; gives back the same one when there is nothing to change. */
  changeCall?: (call: Call) => Call
  /** Answers in the endpoint's place; undefined leaves it to the endpoint. */
  answer?: (call: Call, gateway: Gateway) => Reply | undefined | Promise<Reply | undefined>
  /** Changes the endpoint's answer; gives back the same one when there is nothing to change. */
  changeReply?: (reply: Reply, call: Call, gateway: Gateway) => Reply | Promise<Reply>
  /** The fault of the certificate that the simulator shows; it needs TLS. */
  certificate?: CertificateFlaw
}

/** Behaviours by name. */
export type Behaviours = Readonly<Record<string, Behaviour>>
