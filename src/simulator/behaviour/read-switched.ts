// Reads `<name>[@<step>]`, as it is typed or sent, against the map of the behaviours.
import { findSimilar } from '../../wire/similar.ts'
import { behaviours } from './behaviours.ts'
import type { Switched } from './switchboard.ts'

/** Why a text names no behaviour; `near` are the names or steps that were perhaps meant. */
export interface NotSwitched {
  rule: string
  near: readonly string[]
}

/** Reads a behaviour and its step; without a step it is at the first one it can be at. */
export function readSwitched(text: string): Switched | NotSwitched {
  const [name = '', at, ...more] = text.split('@')
  const behaviour = Object.hasOwn(behaviours, name) ? behaviours[name] : undefined
  if (!behaviour)
    return { rule: 'No behaviour has that name.', near: findSimilar(name, Object.keys(behaviours)) }
  const step = at === undefined ? behaviour.steps[0] : behaviour.steps.find((step) => step === at)
  if (step !== undefined && more.length === 0) return { name, step, behaviour }
  const near = behaviour.steps.map((step) => `${name}@${step}`)
  return { rule: `${name} can't be at that step.`, near }
}
