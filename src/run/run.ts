// The Run: a recording that ended, with what was derived from it. Every report is made from it.
import type { ExitCode } from '../errors.ts'
import type { Finding } from './finding.ts'
import type { Recording, StepName, TargetFacts } from './recording.ts'

/** `identified`: the API named the line of the phone. */
export type Outcome = 'verified' | 'mismatch' | 'identified' | 'undetermined'

export interface Run extends Pick<
  Recording,
  'command' | 'request' | 'steps' | 'exchanges' | 'arrivals' | 'observations'
> {
  schema: 'nv.run/1'
  id: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  tool: { name: string; version: string; node: string; platform: string }
  profile: TargetFacts
  phoneNumber: string | null
  /** Whether a simulator or a mock answered, and no real network. */
  simulated: boolean
  outcome: Outcome
  failedStep: 'prepare' | StepName | null
  exitCode: ExitCode
  /** The most likely cause first. */
  findings: readonly Finding[]
  end: NonNullable<Recording['end']>
}

/** Gives back the recording that a run was derived from. */
export function recordingOf(run: Run): Recording {
  const { command, request, steps, exchanges, arrivals, observations, end } = run
  const startedAtMs = Date.parse(run.startedAt)
  return { command, startedAtMs, target: run.profile, request, steps, exchanges, arrivals, observations, end }
}
