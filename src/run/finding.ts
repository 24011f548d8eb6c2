// A finding in words: what was seen, what follows from it, and what to do.
import type { StepName } from './recording.ts'

export interface Finding {
  code: string
  severity: 'error' | 'warning' | 'info'
  step: 'prepare' | StepName
  title: string
  cause: string
  fix: string
  reference: string | null
  /** The ids of the exchanges that it rests on. */
  evidence: readonly number[]
}
