// Prints the help of a command.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { helpOf } from './help.ts'
import { startPage } from './start-page.ts'
import { createStyle } from './style.ts'

/** Prints the help of a command on stdout; that of the program is a page of its own. */
export function printHelp(
  context: Context,
  command: Command,
  { color, isWhole }: { color: boolean; isWhole: boolean },
): void {
  const { out } = context
  const style = createStyle(context, out, color)
  const print = command.parent === null ? startPage : helpOf
  out.write(print(command, out.columns, style, isWhole))
}
