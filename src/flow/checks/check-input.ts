// What a check is asked to look at.
import type { Problem } from '../../errors.ts'
import type { Place } from '../meeting/open-listening.ts'
import type { Grant } from '../../oauth/grants.ts'
import type { Target } from '../../target/target.ts'

/** What a check is of. */
export interface CheckInput extends Place {
  target: Target
  /** The possible grants; the first is checked. */
  grants: readonly [Grant, ...Grant[]]
  /** The settings that no source gives. */
  missing: readonly string[]
  /** What can't be used: something that is missing, or the file that a setting names. */
  obstacles: ReadonlyArray<{ setting: 'key' | 'ca' | null; problem: Problem }>
  timeoutMs: number
}
