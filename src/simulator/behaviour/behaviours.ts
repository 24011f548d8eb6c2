// The map of the behaviours.
import type { Behaviour } from './behaviour.ts'

/** The behaviours by name. */
export const behaviours: Readonly<Record<string, Behaviour>> = {}
