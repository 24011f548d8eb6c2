// Asks before something is removed for good.
import type { Context } from '../context.ts'
import { type Problem, UsageError } from '../errors.ts'
import { canAsk } from '../wire/terminal-kind.ts'
import type { GlobalOptions } from './options.ts'

export interface RemoveOptions extends GlobalOptions {
  yes?: boolean
}

/**
 * Tells whether the user wants it removed, and prints that nothing was removed if not. Throws a UsageError when nobody
 * can be asked and --yes was not given.
 */
export async function isRemovalWanted(
  context: Pick<Context, 'prompt' | 'signal' | 'input' | 'err' | 'env'>,
  { yes = false, input }: RemoveOptions,
  what: string,
  problem: Omit<Problem, 'code'>,
): Promise<boolean> {
  if (yes) return true
  if (!input || !canAsk(context)) throw new UsageError({ code: 'not_confirmed', ...problem })
  const { prompt, signal, err } = context
  const isWanted = await prompt.confirm({ message: `Remove ${what}?`, initial: false, signal })
  if (!isWanted) err.write('Not removed.\n')
  return isWanted
}
