// The command line: which commands there are, the options all of them share, and what a parse error says.
import { Command, CommanderError } from 'commander'
import type { Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../errors.ts'
import { escapeText } from '../wire/escape.ts'
import type { CommandModule } from './command.ts'
import { parseDuration } from './duration.ts'
import { addGlobalOptions, type GlobalOptions } from './options.ts'
import { presentError, printProblem } from './present-error.ts'

interface Entry {
  name: string
  summary: string
  load: () => Promise<CommandModule>
}

const entries: readonly Entry[] = [
  {
    name: 'verify',
    summary: 'run the whole flow and check whether a number belongs to the phone',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'number',
    summary: 'run the whole flow and show the number of the phone',
    load: () => import('./commands/number.ts'),
  },
  {
    name: 'check',
    summary: 'smoke-test a profile without a phone',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'inspect',
    summary: 'explain and lint a URL, a token, an error, a HAR, a curl command, a key',
    load: () => import('./commands/inspect.ts'),
  },
  {
    name: 'explain',
    summary: 'explain a finding by its code, or list them all',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'profile',
    summary: 'manage credentials and settings of gateways',
    load: () => import('./commands/profile.ts'),
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
    summary: 'check this machine: terminal, network, ways to a phone, files',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of an output of nv',
    load: () => import('./commands/schema.ts'),
  },
]

/** Parses the arguments (without `node` and the script), runs one command, and returns its exit code. */
export async function runProgram(context: Context, args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok
  const finish = (code: ExitCode) => {
    exitCode = code
  }
  let loaded: CommandModule | undefined
  const program = createProgram(context)
  for (const { name, summary } of entries) program.command(name).description(summary)
  program.hook('preSubcommand', async (_program, command) => {
    const entry = entries.find(({ name }) => name === command.name())
    loaded = await entry?.load()
    loaded?.configure(command, context, finish)
  })
  program.hook('preAction', () => checkTimeout(program, loaded))
  program
    .command('help [command]')
    .description('explain a command')
    .action(async (name?: string) => {
      const isKnown = entries.some((entry) => entry.name === name)
      await program.parseAsync(isKnown && name ? [name, '--help'] : [name ?? '--help'], { from: 'user' })
    })
  try {
    await program.parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return presentError(context, error, program.opts<GlobalOptions>())
    if (error.exitCode === 0 || error.code === 'commander.help') return exitCodes.ok
    if (args.includes('--json')) refuseArguments(context, loaded, error.message.replace(/^error: /, ''))
    return exitCodes.usage
  }
}

/**
 * Refuses a --timeout that is no duration, whether or not the command takes long enough to need one. Journeys read it
 * themselves, to say so in their Run.
 */
function checkTimeout(program: Command, command: CommandModule | undefined): void {
  const { timeout } = program.opts<GlobalOptions>()
  // The parser takes the option that follows for the value.
  if (/^--?[a-z]/i.test(timeout ?? '')) program.error("error: option '--timeout <duration>' argument missing")
  if (timeout !== undefined && command?.refuse === undefined) parseDuration(timeout)
}

/** Says as JSON that the arguments can't be used, in the way of the command where it has one. */
function refuseArguments(context: Context, command: CommandModule | undefined, message: string): void {
  if (command?.refuse) command.refuse(context, message)
  else {
    const cause = 'The arguments are not those of a command.'
    printProblem(context, exitCodes.usage, {
      code: 'invalid_arguments',
      title: message,
      cause,
      fix: 'nv --help',
    })
  }
}

/** Makes a message of the parser inert: it quotes what was typed, and may end in a suggestion of a line of its own. */
function inertMessage(text: string): string {
  const [, said = '', suggestion = ''] = /^([^]*?)(\n\(Did you mean [-\w ,]*\?\))?\n*$/.exec(text) ?? []
  return escapeText(said, 1000) + suggestion
}

function createProgram(context: Context): Command {
  const { out, err, tool } = context
  const program = new Command('nv')
    .description('Try and diagnose Open Gateway Number Verification, with a real phone or without one.')
    .version(`nv ${tool.version}`, '-V, --version', 'print the version')
    .helpCommand(false)
    .helpOption('-h, --help', 'explain the command')
  return addGlobalOptions(program)
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run the command with --help to see what it takes.')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) => write(`${inertMessage(text)}\n`),
      getOutHelpWidth: () => out.columns,
      getErrHelpWidth: () => err.columns,
    })
    .exitOverride()
}
