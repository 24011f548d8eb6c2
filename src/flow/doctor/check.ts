// What `nv doctor` says of one thing on this machine.
import { SetupError, UsageError } from '../../errors.ts'

export type CheckStatus = 'ok' | 'note' | 'problem'

export interface Check {
  name: string
  status: CheckStatus
  /** What was found: a sentence without its full stop. */
  detail: string
  /** What follows from it: a sentence without its full stop. */
  consequence: string
  /** What to do; null where there is nothing to be done. */
  fix: string | null
}

/** Checks that belong together. */
export interface CheckGroup {
  title: string
  checks: readonly Check[]
}

/** Makes a check that found everything as it should be. */
export function ok(name: string, detail: string, consequence: string): Check {
  return { name, status: 'ok', detail, consequence, fix: null }
}

/** Makes a check that found something worth knowing. */
export function note(name: string, detail: string, consequence: string, fix: string | null = null): Check {
  return { name, status: 'note', detail, consequence, fix }
}

/** Makes a check that found something that gets in the way. */
export function problem(name: string, detail: string, consequence: string, fix: string | null): Check {
  return { name, status: 'problem', detail, consequence, fix }
}

/** Turns what a store or a file refuses into a check; anything else is a bug. */
export function failed(
  name: string,
  error: unknown,
  consequence = 'A run stops before anything is sent',
): Check {
  if (!(error instanceof SetupError || error instanceof UsageError)) throw error
  const { title, cause, fix } = error.problem
  return problem(name, `${title}. ${cause}`, consequence, fix)
}
