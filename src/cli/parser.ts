// The parser of the arguments: commander, with its errors in the words of nv.
import { Command, type ErrorOptions, type Option } from 'commander'
import { type Problem, UsageError } from '../errors.ts'
import { suggest } from '../wire/similar.ts'
import { explainExcess, isTypesetOption, fixCommand, fixOption } from './mistakes.ts'

/** The arguments are not those of the command; nothing of it has run. Exit 2. */
export class ArgumentError extends UsageError {
  override name = 'ArgumentError'
}

/** A command whose errors are ArgumentErrors: nothing is printed where they arise. */
export class Parser extends Command {
  override createCommand(name?: string): Parser {
    return new Parser(name)
  }

  override error(message: string, options?: ErrorOptions): never {
    throw new ArgumentError(describeProblem(this, message, options?.code))
  }
}

/** Names a command as it is typed, as in `nv profile add`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

/** Lists a command and those that it belongs to, whose options it takes too. */
export function lineageOf(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...lineageOf(command.parent)]
}

/** Lists the options that a command takes, its own first. */
export function optionsOf(command: Command): Option[] {
  return lineageOf(command).flatMap(({ options }) => options)
}

/**
 * Says that a command doesn't exist, and which ones were perhaps meant;
 * `elsewhere` lists those of that name under other commands.
 */
export function unknownCommand(
  parent: Command,
  typed: string,
  elsewhere: readonly string[] = [],
  topics: readonly string[] = [],
): ArgumentError {
  const names = visibleCommands(parent).map((command) => command.name())
  const near =
    elsewhere.length > 0
      ? `Perhaps ${elsewhere.join(', or: ')}`
      : fixCommand(typed, nameOf(parent), [...names, ...topics])
  const all = `See all commands: ${nameOf(parent)} --help`
  return new ArgumentError({
    code: 'unknown_command',
    title: `Unknown command ${quote(typed)}`,
    cause: `${nameOf(parent)} has no command of that name.`,
    fix: near === null ? all : `${near}\n${all}`,
  })
}

/** Lists the commands of a command that its help shows. */
export function visibleCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command)
}

/** Says that an option has no value: nothing follows it, or another option does. */
export function valueMissing(command: Command, option: Option, follower: string | null): ArgumentError {
  const flag = option.long ?? option.flags
  const usage = `Write ${nameOf(command)} ${option.flags.replace(/^-\w, /, '')}`
  return new ArgumentError({
    code: 'missing_value',
    title: `${flag} has no value`,
    cause:
      follower === null ? 'Nothing follows it.' : `${quote(follower)} follows it, and is an option itself.`,
    fix: follower === null ? usage : `${usage}\nA value that starts with a dash is joined: ${flag}=-value`,
  })
}

function describeProblem(command: Command, message: string, code = 'commander.error'): Problem {
  const name = nameOf(command)
  const seeAll = `See all options: ${name} --help --all`
  const quoted = [...message.matchAll(/'([^']*)'/g)].map(([, text = '']) => text)
  switch (code) {
    case 'commander.unknownOption': {
      // What follows may be a secret.
      const [typed = ''] = (/'([^]*)'/.exec(message)?.[1] ?? '').split(/[=\s]/, 1)
      const known = optionsOf(command).find(({ long }) => long === typed)
      if (known) return misplacedValue(command, known)
      const near = fixOption(typed, typedOf(command))
      return {
        code: 'unknown_option',
        title: `Unknown option ${quote(typed)}`,
        cause: `${name} doesn't take it.`,
        fix: near === null ? seeAll : `${near}\n${seeAll}`,
      }
    }
    case 'commander.invalidArgument': {
      const [, flags = '', value = '', rule = ''] =
        /^error: option '([^']*)' argument '([^]*)' is invalid\. ([^]*)$/.exec(message) ?? []
      if (flags === '') return describeInvalidArgument(command, message)
      const option = optionsOf(command).find((one) => one.flags === flags)
      const flag = option?.long ?? flags
      const near = option?.argChoices ? suggest(value, option.argChoices) : null
      return {
        code: 'invalid_choice',
        title: `${flag} can't be ${quote(value)}`,
        cause: sayRule(rule),
        fix: near === null ? `See what it takes: ${name} --help --all` : `${near}: ${name} ${flag} …`,
      }
    }
    case 'commander.missingArgument':
      return {
        code: 'missing_argument',
        title: `Missing argument <${quoted[0]}>`,
        cause: `${name} takes ${describeMissing(command, quoted[0] ?? '')}.`,
        fix: `See how it is used: ${name} --help`,
      }
    case 'commander.excessArguments':
      return {
        code: 'excess_arguments',
        title: `Too many arguments for ${name}`,
        ...explainExcess(typedOf(command), command.args),
      }
    case 'commander.unknownCommand':
      return unknownCommand(command, quoted[0] ?? '').problem
    default:
      return {
        code: 'invalid_arguments',
        title: message.replace(/^error: /, ''),
        cause: `${name} doesn't take these arguments.`,
        fix: `See how it is used: ${name} --help`,
      }
  }
}

function describeInvalidArgument(command: Command, message: string): Problem {
  const [, value = '', name = '', rule = ''] =
    /^error: command-argument value '([^]*)' is invalid for argument '([^']*)'\. ([^]*)$/.exec(message) ?? []
  const argument = command.registeredArguments.find((one) => one.name() === name)
  const near = suggest(value, argument?.argChoices ?? [])
  return {
    code: 'invalid_choice',
    title: `<${name}> can't be ${quote(value)}`,
    cause: sayRule(rule),
    fix: near === null ? `See how it is used: ${nameOf(command)} --help` : `${near}: ${nameOf(command)} …`,
  }
}

/** commander's words for the choices. */
function sayRule(rule: string): string {
  return rule.replace(/^Allowed choices are/, 'It must be one of')
}

/** Says that an option takes no value, or that it was quoted together with it. */
function misplacedValue(command: Command, { long, flags, required }: Option): Problem {
  const name = nameOf(command)
  return {
    code: 'misplaced_value',
    title: required ? `${long} and its value are one word` : `${long} takes no value`,
    cause: required ? 'They stand in the same quotes.' : 'Naming it is enough.',
    fix: `Write ${name} ${required ? flags.replace(/^-\w, /, '') : long}`,
  }
}

/** Refuses a word that is an option but for its dashes: a dash of a typeset text, or one where a name needs two. */
export function refuseWrongDash(command: Command, word: string): void {
  const [typed = ''] = word.split('=', 1)
  const isTypeset = isTypesetOption(typed)
  if (!isTypeset && !optionsOf(command).some(({ long }) => typed.length > 2 && long === `-${typed}`)) return
  throw new ArgumentError({
    code: 'wrong_dash',
    title: `Unknown option ${quote(typed)}`,
    cause: isTypeset
      ? 'It starts with a long dash, as text copied from a document may have.'
      : 'A long name takes two hyphens; one hyphen is for single letters.',
    fix: `Type two hyphens: ${nameOf(command)} --${typed.replace(/^\W+/, '')}`,
  })
}

function typedOf(command: Command) {
  return {
    name: nameOf(command),
    takes: argumentsOf(command),
    flags: [
      ...optionsOf(command).flatMap(({ long, hidden }) => (long && !hidden ? [long] : [])),
      ...(command.parent === null ? ['--version'] : []),
      '--help',
    ],
  }
}

/** Lists the arguments of a command as its usage shows them. */
function argumentsOf({ registeredArguments }: Command): string[] {
  return registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
}

/** Says what an argument is, where its description lists what it can be. */
function describeMissing(command: Command, name: string): string {
  const { description = '' } = command.registeredArguments.find((one) => one.name() === name) ?? {}
  const all = argumentsOf(command).join(' ')
  return description.startsWith('one of ') ? `${all}, ${description}` : all
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
