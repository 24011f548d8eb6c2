// Says on stderr why a command could not run.
import type { Context } from '../context.ts'
import { Cancelled, exitCodes, type ExitCode, SetupError, UsageError } from '../errors.ts'
import { findingReport } from '../report/human.ts'
import { createStyle } from './style.ts'

/** Prints an error and gives its exit code. One that is none of ours is a bug: it is shown whole. */
export function presentError(context: Context, error: unknown, isColorWanted: boolean): ExitCode {
  const { err, tool } = context
  const style = createStyle(context, err, isColorWanted)
  if (error instanceof UsageError || error instanceof SetupError) {
    err.write(findingReport('error', { ...error.problem, reference: null }, style, err.columns))
    return error instanceof UsageError ? exitCodes.usage : exitCodes.setup
  }
  if (error instanceof Cancelled) {
    err.write('Interrupted\n')
    return exitCodes.interrupted
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  err.write(
    `${style.bad('This is a bug in nv.')} Please report it with these lines:\n${tool.name} ${tool.version}, Node ${tool.node}, ${tool.platform}\n${stack}\n`,
  )
  return exitCodes.bug
}
