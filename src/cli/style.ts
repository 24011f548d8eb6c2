// What the terminal is given: colours, what moves, and how wide a text is.
import { Chalk } from 'chalk'
import type { Context, Output } from '../context.ts'
import type { Style } from '../report/human.ts'
import { isPlainTerminal } from '../wire/terminal-kind.ts'

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
  return decideColor(env, output, isColorWanted).isOn
}

/** Decides whether a stream takes ANSI colours, and says in a clause what decided it. */
export function decideColor(
  env: Context['env'],
  output: Output,
  isColorWanted: boolean,
): { isOn: boolean; why: string } {
  if (!isColorWanted) return { isOn: false, why: '--no-color was given' }
  if (env['NO_COLOR']) return { isOn: false, why: 'NO_COLOR is set' }
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) {
    const isOn = forced !== '0' && forced !== 'false'
    return { isOn, why: isOn ? 'FORCE_COLOR is set' : 'FORCE_COLOR turns it off' }
  }
  if (!output.isTerminal) return { isOn: false, why: 'it is not a terminal' }
  return env['TERM'] === 'dumb'
    ? { isOn: false, why: 'TERM is dumb' }
    : { isOn: true, why: 'it is a terminal' }
}

/** Tells whether something may move on stderr; signs become plain where it may not (`src/io/terminal.ts`). */
export function canAnimate({ env, err, tool }: Pick<Context, 'env' | 'err' | 'tool'>): boolean {
  return err.isTerminal && !isPlainTerminal(env, tool.platform)
}

/** Lines longer than this are hard to read, however wide the terminal is. */
export const widest = 100

/** Gives the width of a text for a terminal of so many columns. */
export function textWidth(columns: number): number {
  return Math.min(columns, widest)
}
