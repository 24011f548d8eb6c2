// What the module of a command exports.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../errors.ts'

/** Declares a command's arguments and options, and reports the exit code of its action to `finish`. */
export type Configure = (command: Command, context: Context, finish: (exitCode: ExitCode) => void) => void

/** Says on stdout, as JSON, that the arguments of a command can't be used; stderr has said it already. */
export type Refuse = (context: Context, message: string) => void

export interface CommandModule {
  configure: Configure
  refuse?: Refuse
}
