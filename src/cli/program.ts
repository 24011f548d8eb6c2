// The command line: which commands there are, the options all of them share, and the way from the arguments to one of them.
import { type Command, CommanderError } from 'commander'
import type { Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../errors.ts'
import type { CommandModule, Commands } from './command.ts'
import { parseDuration } from './duration.ts'
import { addGlobalOptions, type GlobalOptions } from './options.ts'
import { ArgumentError, nameOf, Parser, valueMissing } from './parser.ts'
import { presentError } from './present-error.ts'
import { printHelp } from './print-help.ts'
import { findCommand, ownArguments, unknownName, walk } from './walk.ts'

interface Entry {
  name: string
  summary: string
  /** Left out of the list of commands: the page has it elsewhere. */
  isHidden?: true
  load: () => Promise<CommandModule>
}

const entries: readonly Entry[] = [
  {
    name: 'verify',
    summary: 'check whether a number belongs to the phone',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'number',
    summary: 'show the number of the phone',
    load: () => import('./commands/number.ts'),
  },
  {
    name: 'check',
    summary: 'smoke-test a profile without a phone',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'profile',
    summary: 'manage credentials and settings of gateways',
    load: () => import('./commands/profile.ts'),
  },
  {
    name: 'inspect',
    summary: 'explain and lint a URL, token, error, HAR, curl command or key',
    load: () => import('./commands/inspect.ts'),
  },
  {
    name: 'explain',
    summary: 'explain a finding by its code, or list them all',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'runs',
    summary: 'list, show, compare, replay and remove saved runs',
    load: () => import('./commands/runs.ts'),
  },
  {
    name: 'report',
    summary: 'print a saved run to share: HTML, Markdown, HAR, curl',
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'simulate',
    summary: 'run a local Open Gateway: aggregator, operator and API',
    load: () => import('./commands/simulate.ts'),
  },
  {
    name: 'doctor',
    summary: 'check this machine: network, ways to a phone, files',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh, fish or PowerShell',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of an output of nv',
    load: () => import('./commands/schema.ts'),
  },
  {
    name: 'help',
    summary: 'explain a command or a topic',
    isHidden: true,
    load: () => import('./commands/help.ts'),
  },
  {
    name: 'complete',
    summary: 'complete a command line',
    isHidden: true,
    load: () => import('./commands/complete.ts'),
  },
  {
    name: 'manual',
    summary: 'print the man page',
    isHidden: true,
    load: () => import('./commands/manual.ts'),
  },
  {
    name: 'version',
    summary: 'print the version',
    isHidden: true,
    load: () => import('./commands/version.ts'),
  },
]

/** Commands are known by name, and declare their options when they are first loaded. */
interface Program extends Commands {
  load(name: string): Promise<CommandModule | undefined>
}

/** Parses the arguments (without `node` and the script), runs one command, and returns its exit code. */
export async function runProgram(context: Context, args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok
  const program = createProgram(context, (code) => (exitCode = code), args)
  const own = ownArguments(args)
  const options = { json: own.includes('--json'), color: !own.includes('--no-color') }
  let loaded: CommandModule | undefined
  try {
    const first = walk(program.command, args, { isLenient: true }).command
    loaded = await program.load(first.name())
    const { command, operands, waiting, unknown, isHelp } = walk(program.command, args)
    if (waiting !== null) throw valueMissing(command, waiting, null)
    if (needsCommand(command)) {
      if (operands[0] !== undefined && (unknown === null || isHelp))
        throw await unknownName(program, command, operands[0])
      if (unknown === null && options.json && !isHelp) throw missingCommand(command)
    }
    if (isHelp || (needsCommand(command) && unknown === null && !asksVersion(own))) {
      printHelp(context, command, { ...options, isWhole: own.includes('--all') })
      return exitCodes.ok
    }
    program.command.hook('preAction', () => checkTimeout(program.command, loaded))
    await program.command.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    if (!(error instanceof ArgumentError && options.json && loaded?.refuse))
      return presentError(context, error, options)
    loaded.refuse(context, error)
    return presentError(context, error, { ...options, json: false })
  }
}

/**
 * Refuses a --timeout that isn't a duration, whether or not the command takes long enough to need one. Journeys read it
 * themselves, to say so in their Run.
 */
function checkTimeout(program: Command, command: CommandModule | undefined): void {
  const { timeout } = program.opts<GlobalOptions>()
  if (timeout !== undefined && command?.refuse === undefined) parseDuration(timeout)
}

/** Makes the program; the command that ran tells `finish` its exit code. */
export function createProgram(
  context: Context,
  finish: (code: ExitCode) => void,
  args: readonly string[] = [],
): Program {
  const { out, tool } = context
  const command = new Parser('nv')
    .description('Try and diagnose Open Gateway Number Verification, with a phone or without one.')
    .version(`nv ${tool.version}`, '-V, --version', 'print the version')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: (text) => out.write(text) })
    .exitOverride()
  command.options.forEach((option) => option.hideHelp())
  addGlobalOptions(command)
  for (const { name, summary, isHidden = false } of entries) {
    command.command(name, { hidden: isHidden }).description(summary)
  }
  const modules = new Map<string, Promise<CommandModule>>()
  const loadOnce = async ({ name, load }: Entry) => {
    const module = await load()
    const declared = findCommand(command, name)
    if (declared) module.configure(declared, context, finish, program)
    return module
  }
  const program: Program = {
    command,
    behind: args.slice(ownArguments(args).length + 1),
    load: async (name) => {
      const entry = entries.find((one) => one.name === name)
      if (entry === undefined) return undefined
      const module = modules.get(name) ?? loadOnce(entry)
      modules.set(name, module)
      return module
    },
    loadAll: async () => {
      for (const { name } of entries) await program.load(name)
    },
  }
  return program
}

/** Tells whether a command only holds others. */
function needsCommand(command: Command): boolean {
  return command.commands.length > 0
}

function asksVersion(args: readonly string[]): boolean {
  return args.includes('--version') || args.includes('-V')
}

function missingCommand(command: Command): ArgumentError {
  return new ArgumentError({
    code: 'missing_command',
    title: 'Missing command',
    cause: `${nameOf(command)} takes a command.`,
    fix: `See all commands: ${nameOf(command)} --help`,
  })
}
