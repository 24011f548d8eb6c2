// A Run as one JSON object.
import { toInertJson } from '../wire/escape.ts'
import type { Run } from '../run/run.ts'

/** Prints the whole Run; its strings are inert on a terminal. */
export function jsonReport(run: Run): string {
  return `${toInertJson(run)}\n`
}
