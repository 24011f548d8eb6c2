// Makes the Run of a journey that could not start.
import type { Context } from '../context.ts'
import type { Run } from '../run/run.ts'
import { nothingRequested, unknownTarget } from '../run/unknown.ts'
import { conclude } from './conclude.ts'
import type { Journey } from './journey.ts'
import { createRecorder } from './recorder.ts'

/** Gives the Run with the error as its finding; rethrows an error that is a bug. */
export function refuseJourney(
  context: Context,
  { name, steps }: Pick<Journey, 'name' | 'steps'>,
  phoneNumber: string | null,
  error: unknown,
): Run {
  const start = { command: name, target: unknownTarget, request: nothingRequested }
  const recorder = createRecorder(context, start, () => {})
  recorder.end(error)
  return conclude(context, { steps }, { recording: recorder.recording(), durationMs: 0, phoneNumber })
}
