// Decides once whether to colour.
import { Chalk } from 'chalk'
import type { Context, Output } from '../context.ts'
import type { Style } from '../report/human.ts'

/**
 * Makes the style for a stream. In order: `--no-color`, NO_COLOR, FORCE_COLOR, TERM=dumb, whether it is a terminal.
 * @see https://no-color.org
 */
export function createStyle({ env }: Pick<Context, 'env'>, output: Output, isColorWanted: boolean): Style {
  const chalk = new Chalk({ level: hasColor(env, output, isColorWanted) ? 1 : 0 })
  return { good: chalk.green, bad: chalk.red, warn: chalk.yellow, dim: chalk.dim, bold: chalk.bold }
}

/** Tells whether a stream takes ANSI colours. */
export function hasColor(env: Context['env'], output: Output, isColorWanted: boolean): boolean {
  if (!isColorWanted || env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return output.isTerminal && env['TERM'] !== 'dumb'
}
