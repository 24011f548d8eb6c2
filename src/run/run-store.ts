// The port behind which runs are kept.
import type { Run } from './run.ts'

/** The id of the run, which names its file. */
export interface RunName {
  id: string
  /** ISO 8601, UTC. */
  startedAt: string
}

/** How many of the newest are kept. */
export const keptRuns = 200

/** The runs that were saved. Each method throws a SetupError when the disk refuses. */
export interface RunStore {
  /** The folder of the files; for messages. Throws a SetupError where there is no home to keep them in. */
  readonly folder: string
  /**
   * Saves a run, whole or not at all, under its id, and drops the oldest. The caller has removed secrets and numbers.
   */
  save(run: Run): Promise<void>
  /** Names the runs, the newest first. */
  names(): Promise<RunName[]>
  /** Reads a run; null when it is gone. */
  read(name: RunName): Promise<Run | null>
  /** Removes a run; false when there was none. */
  remove(name: RunName): Promise<boolean>
  /** Lists what had to be repaired or left out since the last call. */
  warnings(): readonly string[]
}
