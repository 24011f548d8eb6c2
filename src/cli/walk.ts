// Walks the arguments before they are parsed: which command they name, and which option has no value.
import type { Command, Option } from 'commander'
import type { Commands } from './command.ts'
import {
  type ArgumentError,
  nameOf,
  optionsOf,
  refuseWrongDash,
  unknownCommand,
  valueMissing,
} from './parser.ts'

export interface Walked {
  /** The innermost command that is named. */
  command: Command
  /** The words that are neither options nor names of commands. */
  operands: readonly string[]
  /** The option whose value would come next; null when none waits for one. */
  waiting: Option | null
  /** The first option that it doesn't take. */
  unknown: string | null
  isHelp: boolean
}

/** Gives the arguments up to `--`: what follows is for somebody else. */
export function ownArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

/** Walks the arguments. Throws an ArgumentError where an option stands in place of the value of another, unless `isLenient`. */
export function walk(program: Command, args: readonly string[], { isLenient = false } = {}): Walked {
  const own = ownArguments(args)
  const isCut = args.length > own.length
  const operands = args.slice(own.length + 1)
  let command = program
  let waiting: Option | null = null
  let unknown: string | null = null
  let isHelp = false
  const before: string[] = []
  for (const word of own) {
    if (waiting !== null && (isLenient || !isOption(command, word))) {
      waiting = null
      continue
    }
    if (waiting !== null) throw valueMissing(command, waiting, word)
    if (!isLenient) refuseWrongDash(command, word)
    if (!isDashed(word)) {
      const named = before.length === 0 ? findCommand(command, word) : undefined
      if (named) command = named
      else before.push(word)
      continue
    }
    if (word === '-h' || word === '--help') isHelp = true
    else if (findOption(command, word) === undefined && /^--|^-.$/.test(word)) unknown ??= word
    waiting = awaits(command, word)
  }
  return { command, operands: [...before, ...operands], waiting: isCut ? null : waiting, unknown, isHelp }
}

/** Finds a command of a command by its name or an alias. */
export function findCommand(command: Command, name: string): Command | undefined {
  return command.commands.find((one) => one.name() === name || one.aliases().includes(name))
}

/** Says that a command doesn't exist, and names those of other commands, as for `ls`. Topics count as names. */
export async function unknownName(
  program: Commands,
  parent: Command,
  name: string,
  topics: readonly string[] = [],
): Promise<ArgumentError> {
  if (parent !== program.command) return unknownCommand(parent, name)
  await program.loadAll()
  const elsewhere = program.command.commands.flatMap((group) => findCommand(group, name) ?? []).map(nameOf)
  return unknownCommand(parent, name, elsewhere, topics)
}

function isDashed(word: string): boolean {
  return word.startsWith('-') && word.length > 1
}

/** A value may start with a dash, as a random one does, but not look like an option. */
function isOption(command: Command, word: string): boolean {
  if (!isDashed(word)) return false
  return /^--[a-z]/.test(word) || findOption(command, word) !== undefined
}

function findOption(command: Command, word: string): Option | undefined {
  const [flag = ''] = word.split('=', 1)
  return optionsOf(command).find(({ short, long }) => short === flag || long === flag)
}

/** Gives the option that takes the next word as its value; null when none does. */
function awaits(command: Command, word: string): Option | null {
  if (word.startsWith('--')) {
    const option = word.includes('=') ? undefined : findOption(command, word)
    return option?.required ? option : null
  }
  // Letters that were joined, as in -qp: the first one that takes a value takes the rest of the word, if there is one.
  for (const [index, letter] of Array.from(word.slice(1)).entries()) {
    const option = findOption(command, `-${letter}`)
    if (option === undefined) return null
    if (option.required) return index === word.length - 2 ? option : null
  }
  return null
}
