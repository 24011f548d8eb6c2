// How the steps of a flow end: with a value, or for the lack of something.
import type { Lack } from '../run/recording.ts'

/** A step could not go on. What it lacks is all that it says; why is derived from the recording. */
export interface Stop {
  lacks: Lack
}

/** What a step came to: a value with the words for it, or a stop. */
export type Attempted<T> = { value: T; detail: string } | Stop

/** Tells a stop from whatever else a step gives. */
export function isStop(outcome: unknown): outcome is Stop {
  return typeof outcome === 'object' && outcome !== null && 'lacks' in outcome
}
