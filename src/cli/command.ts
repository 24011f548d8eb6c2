// What the module of a command exports.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode, UsageError } from '../errors.ts'

/** Loads the commands of the program, for those that explain or complete others. */
export interface Commands {
  readonly command: Command
  /** The words after `--`. */
  readonly behind: readonly string[]
  load(name: string): Promise<unknown>
  loadAll(): Promise<void>
}

/** Declares a command's arguments and options, and reports the exit code of its action to `finish`. */
export type Configure = (
  command: Command,
  context: Context,
  finish: (exitCode: ExitCode) => void,
  program: Commands,
) => void

/** Says on stdout, as JSON, that the arguments of a command can't be used; stderr says it too. */
export type Refuse = (context: Context, error: UsageError) => void

export interface CommandModule {
  configure: Configure
  refuse?: Refuse
}
