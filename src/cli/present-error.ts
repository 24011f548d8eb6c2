// Says on stderr why a command could not run.
import type { Context } from '../context.ts'
import {
  Cancelled,
  exitCodeOfSignal,
  exitCodes,
  type ExitCode,
  type Problem,
  SetupError,
  UsageError,
} from '../errors.ts'
import { describeCrash } from '../report/crash.ts'
import { findingReport } from '../report/human.ts'
import { toInertJson } from '../wire/escape.ts'
import type { GlobalOptions } from './options.ts'
import { createStyle } from './style.ts'

/**
 * Prints an error and gives its exit code. One that is not ours is a bug, and is shown in full. For those who asked
 * for JSON what went wrong is on stdout too.
 */
export function presentError(
  context: Context,
  error: unknown,
  options: Pick<GlobalOptions, 'color' | 'json'>,
): ExitCode {
  const { err, tool, env } = context
  const style = createStyle(context, err, options.color)
  if (error instanceof Cancelled) {
    err.write('Interrupted\n')
    return exitCodeOfSignal(error.signal)
  }
  if (error instanceof UsageError || error instanceof SetupError) {
    err.write(findingReport('error', { ...error.problem, reference: null }, style, err.columns))
    const exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.setup
    if (options.json) printProblem(context, exitCode, error.problem)
    return exitCode
  }
  const { text, problem } = describeCrash(error, tool, env)
  err.write(`${text}\n`)
  if (options.json) printProblem(context, exitCodes.bug, problem)
  return exitCodes.bug
}

/** Prints what went wrong as one JSON object, `nv.error/1`. */
function printProblem({ out }: Pick<Context, 'out'>, exitCode: ExitCode, problem: Problem): void {
  out.write(`${toInertJson({ schema: 'nv.error/1', exitCode, error: problem })}\n`)
}
