// Where runs are kept, as everyone sees it who keeps or reads them.
import type { Run } from './run.ts'

/** Which run it is: what its file is named after. */
export interface RunName {
  id: string
  /** ISO 8601, UTC. */
  startedAt: string
}

/** The newest so many are kept. */
export const keptRuns = 200

/** The runs that were saved. Each method throws a SetupError when the disk refuses. */
export interface RunStore {
  /** The folder of the files; for messages. Throws a SetupError where there is no home to keep them in. */
  readonly folder: string
  /** Saves a run, whole or not at all, under its id; the oldest go. What it says of secrets and numbers is the caller's. */
  save(run: Run): Promise<void>
  /** Names the runs, the newest first. */
  names(): Promise<RunName[]>
  /** Reads a run; null when it is gone. */
  read(name: RunName): Promise<Run | null>
  /** Removes a run; false when there was none. */
  remove(name: RunName): Promise<boolean>
  /** Says what had to be repaired or left out since the last call. */
  warnings(): readonly string[]
}
