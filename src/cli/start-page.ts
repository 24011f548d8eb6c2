// What nv says when it is started alone: three examples and the commands, common ones first.
import type { Command } from 'commander'
import { homepage } from '../links.ts'
import type { Style } from '../report/human.ts'
import { formatRow, optionGroups } from './help.ts'
import { visibleCommands } from './parser.ts'
import { textWidth } from './style.ts'

const examples: ReadonlyArray<readonly [line: string, meaning: string]> = [
  ['nv verify +34600000001 --profile simulator', 'no account, no network'],
  ['nv profile add', 'save your credentials'],
  ['nv verify +34600000001', 'with a phone'],
]

/** Prints the page; the whole of it has the options of every command too. */
export function startPage(program: Command, columns: number, style: Style, isWhole: boolean): string {
  const width = textWidth(columns)
  const commands = visibleCommands(program).map((one) => [one.name(), one.description()] as const)
  const section = (heading: string, rows: ReadonlyArray<readonly [string, string]>) => {
    const termWidth = Math.max(...rows.map(([term]) => term.length))
    return [
      style.bold(heading),
      ...rows.flatMap(([term, meaning]) => formatRow(term, meaning, termWidth, width)),
    ]
  }
  const options = isWhole ? optionGroups(program) : []
  return `${[
    program.description(),
    '',
    ...section('Examples:', examples),
    '',
    ...section('Commands (nv <command> [options]):', commands),
    ...options.flatMap(({ heading, rows = [] }) => ['', ...section(heading, rows)]),
    '',
    `More: nv help <command>, environment or exit-codes${isWhole ? '' : '; nv --help --all'}`,
    ...(homepage === null ? [] : [`Docs and issues: ${homepage}`]),
  ].join('\n')}\n`
}
