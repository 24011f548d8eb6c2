// Which behaviours are on: for everyone, and for one client; and what they make of a call.
import type { Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'
import type { Reply } from '../response.ts'
import { defaultRules } from '../rules.ts'
import type { Behaviour, BehaviourStep } from './behaviour.ts'
import { behaviours } from './behaviours.ts'

/** A behaviour that is on at a step. */
export interface Switched {
  name: string
  step: BehaviourStep
}

export interface Switchboard {
  /** Switches the behaviours of one client; an empty list leaves it those of everyone. */
  switchFor(clientId: string, switched: readonly Switched[]): void
  /** Lists what is on for a client; for everyone when the client is not known. */
  activeFor(clientId: string | undefined): readonly Switched[]
}

/** Creates the switchboard with what is on for everyone. */
export function createSwitchboard(forEveryone: readonly Switched[]): Switchboard {
  const byClient = new Map<string, readonly Switched[]>()
  return {
    switchFor: (clientId, switched) => {
      if (switched.length === 0) byClient.delete(clientId)
      else byClient.set(clientId, switched)
    },
    activeFor: (clientId) => [...forEveryone, ...((clientId && byClient.get(clientId)) || [])],
  }
}

/** Answers a call with the behaviours that are on around the endpoint's own answer. */
export async function answerWith(
  active: readonly Switched[],
  step: BehaviourStep,
  incoming: Call,
  gateway: Gateway,
  answer: (call: Call) => Reply | Promise<Reply>,
): Promise<Reply> {
  const at = (place: BehaviourStep) =>
    active.flatMap(({ name, step }) => (step === place ? (behaviours[name] ?? []) : []))
  const all = active.flatMap(({ name }) => behaviours[name]?.rules ?? [])
  const here = at(step)
  const start: Call =
    all.length === 0 ? incoming : { ...incoming, rules: Object.assign({ ...defaultRules }, ...all) }
  const call = here.reduce((changed, { changeCall }) => changeCall?.(changed) ?? changed, start)
  const replacing = here.find((behaviour) => behaviour.answer)
  let reply = await (replacing?.answer ? replacing.answer(call, gateway) : answer(call))
  const after: readonly Behaviour[] = reply.isCallback ? [...here, ...at('callback')] : here
  for (const { changeReply } of after) if (changeReply) reply = await changeReply(reply, call, gateway)
  return reply
}
