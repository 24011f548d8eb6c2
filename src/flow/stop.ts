// How the steps of a flow end: with a value, or lacking something.
import type { Lack } from '../run/recording.ts'

/** A step could not continue. It only says what it lacks; the reason is derived from the recording. */
export interface Stop {
  lacks: Lack
}

/** What a step came to: a value with the words for it, or a stop. */
export type Attempted<T> = { value: T; detail: string } | Stop

/** Tells a stop from whatever else a step gives. */
export function isStop(outcome: unknown): outcome is Stop {
  return typeof outcome === 'object' && outcome !== null && 'lacks' in outcome
}
