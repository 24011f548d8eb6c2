// The man page of nv, made from the same help that the commands print.
import type { Command } from 'commander'
import { homepage } from '../links.ts'
import { pageOf, type Section, usageOf, wholeSections } from './help.ts'
import { nameOf, visibleCommands } from './parser.ts'
import { topicParts } from './topics.ts'

/** Writes the page in the man macros; the commands must have declared what they take. */
export function manPage(program: Command, version: string): string {
  const commands = visibleCommands(program).flatMap(withSubcommands)
  return `${[
    `.TH NV 1 "" "nv ${escape(version)}" "User Commands"`,
    '.SH NAME',
    `nv \\- ${lowerFirst(escape(program.description())).replace(/\.$/, '')}`,
    '.SH SYNOPSIS',
    `.B nv\n.I command\n[options]`,
    '.SH COMMANDS',
    ...commands.flatMap(partsOfCommand),
    ...wholeSections(program)
      .filter(({ heading }) => /options:|Output:/.test(heading))
      .flatMap(({ heading, rows = [] }) => [
        `.SH ${escape(`${heading.replace(/:$/, '')}${heading.startsWith('Output') ? ' options' : ''}`.toUpperCase())}`,
        ...rows.flatMap(rowOf),
      ]),
    '.SH ENVIRONMENT',
    ...topicParts('environment').flatMap(([heading, rows]) => [
      ...(rows.length === 0 ? [escape(heading)] : []),
      ...rows.flatMap(rowOf),
    ]),
    '.SH EXIT STATUS',
    ...topicParts('exit-codes').flatMap(([, rows]) => rows.flatMap(rowOf)),
    ...(homepage === null ? [] : ['.SH SEE ALSO', escape(homepage)]),
  ].join('\n')}\n`
}

function withSubcommands(command: Command): Command[] {
  const inside = visibleCommands(command)
  return inside.length === 0 ? [command] : [...inside]
}

/** Describes a command; what every command takes is described elsewhere. */
function partsOfCommand(command: Command): string[] {
  const { examples, lead = '', notes = [] } = pageOf(command)
  const own = wholeSections(command)
    .filter(({ heading, rows = [] }) => rows.length > 0 && heading !== 'Commands:')
    .map((section) => withoutShared(section, command))
    .filter(({ rows = [] }) => rows.length > 0)
  return [
    `.SS ${escape(`${nameOf(command)} ${usageOf(command)}`)}`,
    `${escape(upperFirst(command.description()))}.`,
    ...own.flatMap(({ heading, rows = [] }) => ['.PP', escape(heading), ...rows.flatMap(rowOf)]),
    ...[lead, ...notes].filter(Boolean).flatMap(paragraph),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', ...verbatim(examples)]),
  ]
}

function withoutShared(section: Section, command: Command): Section {
  let { parent } = command
  const shared = new Set<string>()
  for (; parent !== null; parent = parent.parent) for (const { flags } of parent.options) shared.add(flags)
  return { ...section, rows: section.rows?.filter(([term]) => !shared.has(term)) ?? [] }
}

function rowOf([term, meaning]: readonly [string, string]): string[] {
  return ['.TP', `.B ${escape(term)}`, escape(meaning)]
}

/** Prints a paragraph; its lines that are indented stay as they are. */
function paragraph(text: string): string[] {
  const lines = text.split('\n')
  return [
    '.PP',
    ...lines.flatMap((line, index) => {
      const isVerbatim = line.startsWith(' ')
      const wasVerbatim = lines[index - 1]?.startsWith(' ') === true
      return [
        ...(isVerbatim && !wasVerbatim ? ['.nf'] : []),
        ...(!isVerbatim && wasVerbatim ? ['.fi'] : []),
        escape(line),
      ]
    }),
    ...(lines.at(-1)?.startsWith(' ') ? ['.fi'] : []),
  ]
}

function verbatim(lines: readonly string[]): string[] {
  return ['.nf', ...lines.map((line) => `  ${escape(line)}`), '.fi']
}

/** Keeps a text literal: no dash becomes typographic, and no line begins with a command of troff. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replaceAll('…', '...')
    .replace(
      /[^\0-\u007f]/gu,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
