// The help of a command: examples lead, the common options follow, and the whole of it comes on demand.
import type { Command, Option } from 'commander'
import { exitCodes } from '../errors.ts'
import { wrap, type Style } from '../report/human.ts'
import { textWidth } from './style.ts'
import { lineageOf, nameOf, optionsOf, visibleCommands } from './parser.ts'

/** What a command says of itself besides its arguments and options. */
export interface HelpPage {
  /** Command lines; a note may follow after two spaces and a #. */
  examples: readonly string[]
  /** The long names of the options in the short help, where the whole doesn't fit; without them, its own. */
  common?: readonly string[]
  /** What options of every command mean to this one, by their long names. */
  meanings?: Readonly<Record<string, string>>
  /** A paragraph that even the short help shows. */
  lead?: string
  /** Titled parts, as a list of formats, and paragraphs. */
  notes?: readonly string[]
  /** Lists of names and what each is, such as the presets. */
  lists?: readonly Section[]
  /** The meanings of exit codes that differ from the usual ones. */
  exits?: Partial<Record<'ok' | 'negative' | 'undetermined', string>>
}

const pages = new WeakMap<Command, HelpPage>()

/** Gives a command its page. */
export function addHelp(command: Command, page: HelpPage): Command {
  pages.set(command, page)
  return command
}

/** Gives the page of a command. */
export function pageOf(command: Command): HelpPage {
  return pages.get(command) ?? { examples: [] }
}

/** A terminal of 24 rows, and the prompt of the shell. */
const maxRows = 23

/** Prints the help: the whole where it fits a small terminal or is asked for, otherwise what is needed most. */
export function helpOf(command: Command, columns: number, style: Style, isWhole = false): string {
  const width = textWidth(columns)
  const whole = render(command, wholeSections(command), width, style)
  if (isWhole || whole.length <= maxRows) return `${whole.join('\n')}\n`
  return `${render(command, shortSections(command), width, style).join('\n')}\n`
}

/** A part of a help page: a heading with rows of a term and its meaning, or with lines of text. */
export interface Section {
  heading: string
  rows?: ReadonlyArray<readonly [term: string, meaning: string]>
  /** Gives each term one row, however long its meaning. */
  isBrief?: true
  lines?: readonly string[]
}

/** Lists all that a command says. */
export function wholeSections(command: Command): Section[] {
  const { lists = [], notes = [] } = pageOf(command)
  return [
    ...opening(command),
    ...optionGroups(command),
    ...lists,
    ...notes.map((note) => ({ heading: '', lines: note.split('\n') })),
    exitSection(command),
  ]
}

function shortSections(command: Command): Section[] {
  const { common, meanings = {} } = pageOf(command)
  const all = optionsOf(command)
  const options = common?.flatMap((flag) => all.find(({ long }) => long === flag) ?? []) ?? command.options
  const rows = options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, long, description }) => [flags, meanings[long ?? ''] ?? description] as const)
  const { lines = [] } = exitSection(command)
  return [
    ...opening(command),
    { heading: 'Common options:', rows, isBrief: true },
    { heading: '', lines: [...lines, `All options: ${nameOf(command)} --help --all`] },
  ]
}

function opening(command: Command): Section[] {
  const { examples, lead = '' } = pageOf(command)
  const args = command.registeredArguments.filter(({ description }) => description)
  return [
    { heading: 'Examples:', lines: examples.map((line) => `  ${line}`) },
    { heading: '', lines: lead === '' ? [] : [lead] },
    { heading: 'Arguments:', rows: args.map((argument) => [argument.name(), argument.description] as const) },
    {
      heading: 'Commands:',
      rows: visibleCommands(command).map((one) => [termOf(one), one.description()] as const),
    },
  ]
}

/** Writes a command with its arguments. */
function termOf(command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [command.name(), ...args].join(' ')
}

/** Groups the visible options of a command and of those that it belongs to under their headings. */
export function optionGroups(command: Command): Section[] {
  const { meanings = {} } = pageOf(command)
  const groups = new Map<string, Option[]>()
  for (const { options } of lineageOf(command)) {
    for (const option of options) {
      if (option.hidden) continue
      const heading = option.helpGroupHeading ?? 'Options:'
      groups.set(heading, [...(groups.get(heading) ?? []), option])
    }
  }
  return [...groups].map(([heading, options]) => ({
    heading,
    rows: options.map((option) => rowOfOption(option, meanings[option.long ?? ''])),
  }))
}

function rowOfOption(option: Option, meaning = option.description): readonly [string, string] {
  const { flags, argChoices, defaultValue } = option
  const notes = [
    // Where the placeholder lists them, as in <on|off>, they need no second list.
    flags.includes('|') ? undefined : argChoices?.join(', '),
    typeof defaultValue === 'string' && !meaning.includes('(default') ? `default ${defaultValue}` : undefined,
  ].filter((note) => note !== undefined && note !== '')
  return [flags, notes.length === 0 ? meaning : `${meaning} (${notes.join('; ')})`]
}

function exitSection(command: Command): Section {
  return { heading: '', lines: command.parent === null || hasCommands(command) ? [] : [exitLine(command)] }
}

function hasCommands(command: Command): boolean {
  return visibleCommands(command).length > 0
}

/** Says in one line how the command ends. */
function exitLine(command: Command): string {
  const { exits = {} } = pageOf(command)
  const meanings = [
    [exitCodes.ok, exits.ok ?? 'done'],
    [exitCodes.negative, exits.negative],
    [exitCodes.usage, 'usage'],
    [exitCodes.undetermined, exits.undetermined],
    [exitCodes.setup, 'this machine'],
  ] as const
  const told = meanings.flatMap(([code, meaning]) => (meaning === undefined ? [] : [`${code} ${meaning}`]))
  return `Exit codes: ${told.join(', ')}`
}

function render(command: Command, sections: readonly Section[], width: number, style: Style): string[] {
  const usage = `${style.bold('Usage:')} ${nameOf(command)} ${usageOf(command)}`
  const head = [usage, ...wrap(sentence(command.description()), width)]
  const terms = sections.flatMap(({ rows = [] }) => rows.map(([term]) => term.length))
  const termWidth = Math.min(Math.max(0, ...terms), 30)
  const parts = sections
    .map(({ heading, rows = [], lines = [], isBrief = false }) => {
      const body = [
        ...rows.flatMap(([term, meaning]) =>
          isBrief ? briefRow(term, meaning, termWidth, width) : formatRow(term, meaning, termWidth, width),
        ),
        ...lines.flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width))),
      ]
      return body.length === 0 ? [] : [...(heading === '' ? [] : [style.bold(heading)]), ...body]
    })
    .filter((part) => part.length > 0)
  return [...head, ...parts.flatMap((part) => ['', ...part])]
}

/** Writes what follows the name of a command. */
export function usageOf(command: Command): string {
  const args = termOf(command).split(' ').slice(1)
  return [hasCommands(command) ? '<command>' : '', '[options]', ...args].filter(Boolean).join(' ')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) || text === '' ? '' : '.'}`
}

function briefRow(term: string, meaning: string, termWidth: number, width: number): string[] {
  const [first = '', ...more] = wrap(meaning, width - termWidth - 6)
  return formatRow(term, more.length === 0 ? first : `${first.replace(/[,;:(]$/, '')} …`, termWidth, width)
}

/** Puts a meaning beside its term, or below it where the term is long. */
export function formatRow(term: string, meaning: string, termWidth: number, width: number): string[] {
  const indent = ' '.repeat(termWidth + 4)
  const lines = wrap(meaning, width - indent.length)
  if (term.length > termWidth) return [`  ${term}`, ...lines.map((line) => `${indent}${line}`)]
  return lines.map((line, index) =>
    index === 0 ? `  ${term.padEnd(termWidth)}  ${line}` : `${indent}${line}`,
  )
}
