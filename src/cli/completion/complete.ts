// What can come next on the command line. It asks nothing, writes nothing, and hides errors.
import type { Argument, Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import { holdsControls } from '../../wire/escape.ts'
import type { Commands } from '../command.ts'
import { nameOf, optionsOf, visibleCommands } from '../parser.ts'
import { topics } from '../topics.ts'
import { walk } from '../walk.ts'
import { type Candidate, sources, type Source } from './sources.ts'

export interface Completion {
  candidates: readonly Candidate[]
  /** Whether a file name is possible there too. */
  takesFiles: boolean
}

const nothing: Completion = { candidates: [], takesFiles: false }

/** Completes the last of the words after `nv`, which may be empty. */
export async function complete(
  context: Context,
  program: Commands,
  words: readonly string[],
): Promise<Completion> {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (before.includes('--')) return { candidates: [], takesFiles: true }
  await program.load(walk(program.command, before, { isLenient: true }).command.name())
  const { command, operands, waiting } = walk(program.command, before, { isLenient: true })
  const [flag = '', ...joined] = current.split('=')
  const option = optionsOf(command).find(({ long, required }) => required && long === flag)
  const completion =
    waiting !== null
      ? await completeFrom(context, sourceOfOption(waiting), current)
      : option !== undefined && joined.length > 0
        ? prefixed(`${flag}=`, await completeFrom(context, sourceOfOption(option), joined.join('=')))
        : current.startsWith('-')
          ? { candidates: candidatesOfOptions(command), takesFiles: false }
          : await completeOperand(context, program, command, operands, current)
  return {
    ...completion,
    // A line break would split a name in two, two spaces would end it, and
    // control characters would act on the terminal.
    candidates: completion.candidates.filter(
      ({ value }) =>
        value.startsWith(current) && value !== '' && !value.includes('  ') && !holdsControls(value),
    ),
  }
}

async function completeOperand(
  context: Context,
  program: Commands,
  command: Command,
  operands: readonly string[],
  current: string,
): Promise<Completion> {
  if (command.name() === 'help' && command.parent === program.command) return completeHelp(program, operands)
  if (command.commands.length > 0)
    return operands.length > 0 ? nothing : { candidates: candidatesOfCommands(command), takesFiles: false }
  const argument = command.registeredArguments[operands.length]
  return argument ? completeFrom(context, sourceOfArgument(command, argument), current) : nothing
}

async function completeHelp(program: Commands, operands: readonly string[]): Promise<Completion> {
  const [first] = operands
  if (first !== undefined) await program.load(first)
  const { command, operands: unknown } = walk(program.command, operands, { isLenient: true })
  if (unknown.length > 0) return nothing
  const ofTopics = command === program.command ? Object.keys(topics).map((value) => ({ value })) : []
  return { candidates: [...candidatesOfCommands(command), ...ofTopics], takesFiles: false }
}

function candidatesOfCommands(command: Command): Candidate[] {
  return visibleCommands(command).map((one) => ({ value: one.name(), description: one.description() }))
}

function candidatesOfOptions(command: Command): Candidate[] {
  const help = { value: '--help', description: 'explain the command' }
  const options = optionsOf(command).flatMap(({ long, hidden, description }) =>
    long && !hidden ? [{ value: long, description }] : [],
  )
  return [...options, help]
}

async function completeFrom(
  context: Context,
  source: Source | 'files' | readonly string[] | null,
  current: string,
): Promise<Completion> {
  if (source === null) return nothing
  if (source === 'files') return { candidates: [], takesFiles: true }
  if (typeof source !== 'function')
    return { candidates: source.map((value) => ({ value })), takesFiles: false }
  try {
    return { candidates: await source(context, current), takesFiles: false }
  } catch {
    return nothing
  }
}

const sourcesOfOptions: Readonly<Record<string, Source>> = {
  '--profile': sources.profiles,
  '--preset': sources.presets,
  '--behave': sources.behaviours,
  '--unset': sources.settings,
  '--interface': sources.interfaces,
  '--local-address': sources.addresses,
}

function sourceOfOption({ long, flags, argChoices }: Option) {
  if (argChoices) return argChoices
  if (long && Object.hasOwn(sourcesOfOptions, long)) return sourcesOfOptions[long] ?? null
  return flags.includes('<file>') ? 'files' : null
}

/** By the command with its argument, or by the argument alone. */
const sourcesOfArguments: Readonly<Record<string, Source | 'files'>> = {
  'nv check profile': sources.profiles,
  'nv explain code': sources.codes,
  'nv inspect thing': 'files',
  'nv schema name': sources.schemas,
  'nv profile add name': () => Promise.resolve([]),
  'nv profile import file': 'files',
  'nv profile name': sources.profiles,
  'nv profile setting': sources.settings,
  run: sources.runs,
  a: sources.runs,
  b: sources.runs,
}

function sourceOfArgument(command: Command, argument: Argument) {
  if (argument.argChoices) return argument.argChoices
  const name = argument.name()
  const keys = [`${nameOf(command)} ${name}`, `${command.parent ? nameOf(command.parent) : ''} ${name}`, name]
  const key = keys.find((one) => Object.hasOwn(sourcesOfArguments, one))
  return key === undefined ? null : (sourcesOfArguments[key] ?? null)
}

function prefixed(prefix: string, { candidates, takesFiles }: Completion): Completion {
  return {
    candidates: candidates.map(({ value, ...rest }) => ({ value: `${prefix}${value}`, ...rest })),
    takesFiles,
  }
}
