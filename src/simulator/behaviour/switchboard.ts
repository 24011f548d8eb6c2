// Which behaviours are on: for everyone, and for one client; and what they make of a call.
import type { Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'
import type { Reply } from '../response.ts'
import { defaultRules, type Rules } from '../rules.ts'
import type { Behaviour, BehaviourStep } from './behaviour.ts'

/** A behaviour that is on at a step. It brings what it does along, so that no map has to know it. */
export interface Switched {
  name: string
  step: BehaviourStep
  behaviour: Behaviour
}

export interface Switchboard {
  /** Switches the behaviours of one client; an empty list leaves it those of everyone. */
  switchFor(clientId: string, switched: readonly Switched[]): void
  /**
   * Lists what is on for a client; for everyone when the client is not known. Who it is, which takes time to find, is
   * asked for only while some client has behaviours of its own.
   */
  activeFor(findClientId: () => string | undefined): readonly Switched[]
}

/** Creates the switchboard with what is on for everyone. */
export function createSwitchboard(forEveryone: readonly Switched[]): Switchboard {
  const byClient = new Map<string, readonly Switched[]>()
  return {
    switchFor: (clientId, switched) => {
      if (switched.length === 0) byClient.delete(clientId)
      else byClient.set(clientId, switched)
    },
    activeFor: (findClientId) =>
      byClient.size === 0 ? forEveryone : [...forEveryone, ...(byClient.get(findClientId() ?? '') ?? [])],
  }
}

/**
 * Answers a call with the behaviours that are on around the endpoint's own answer. The first that answers in the
 * endpoint's place does; those that change are applied in turn. The detail of the reply names those that acted.
 */
export async function answerWith(
  active: readonly Switched[],
  step: BehaviourStep,
  incoming: Call,
  gateway: Gateway,
  answer: (call: Call) => Reply | Promise<Reply>,
): Promise<Reply> {
  const acted = new Set<string>()
  const here = placedAt(active, step)
  let call = bendRules(incoming, active)
  for (const { name, rules, changeCall } of here) {
    const changed = changeCall?.(call) ?? call
    if (rules || changed !== call) acted.add(name)
    call = changed
  }
  let reply: Reply | undefined
  for (const behaviour of here) {
    if (reply) break
    reply = await behaviour.answer?.(call, gateway)
    if (reply) acted.add(behaviour.name)
  }
  let changed = reply ?? (await answer(call))
  for (const { name, changeReply } of changed.isCallback
    ? [...here, ...placedAt(active, 'callback')]
    : here) {
    const before = changed
    if (changeReply) changed = await changeReply(before, call, gateway)
    if (changed !== before) acted.add(name)
  }
  return tell(keepTime(changed, call, gateway), [...acted])
}

function placedAt(active: readonly Switched[], place: BehaviourStep): Array<Behaviour & { name: string }> {
  return active.flatMap(({ name, step, behaviour }) => (step === place ? [{ name, ...behaviour }] : []))
}

function bendRules(call: Call, active: readonly Switched[]): Call {
  const bent = active.flatMap(({ behaviour }) => behaviour.rules ?? [])
  return bent.length === 0
    ? call
    : { ...call, rules: bent.reduce<Rules>((rules, more) => ({ ...rules, ...more }), call.rules) }
}

/** Writes the gateway's own time into a reply when its clock is not the true one. */
function keepTime(reply: Reply, { rules }: Call, { ports }: Gateway): Reply {
  if (rules.clockOffsetMs === defaultRules.clockOffsetMs) return reply
  const date = new Date(ports.clock.now() + rules.clockOffsetMs).toUTCString()
  return { ...reply, headers: { ...reply.headers, date } }
}

function tell(reply: Reply, acted: readonly string[]): Reply {
  if (acted.length === 0) return reply
  const names = `(${acted.join(', ')})`
  return { ...reply, detail: reply.detail === undefined ? names : `${reply.detail} ${names}` }
}
