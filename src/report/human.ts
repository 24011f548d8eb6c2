// A Run, and a finding alone, as a person reads them on a terminal.
import { escapeText } from '../wire/escape.ts'
import type { Finding } from '../run/finding.ts'
import { evidenceLine } from '../run/evidence.ts'
import { recordingOf, type Run } from '../run/run.ts'

/** Colours of a report; each function returns its text unchanged when colours are off. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
}

/** At most so many causes are printed; all of them are in the JSON. */
const maxCauses = 3

/** Gives the findings that the report of a run prints: what explains why there is no verdict. */
export function reportedFindings({ outcome, failedStep, findings, end }: Run): readonly Finding[] {
  if (outcome !== 'undetermined') return []
  if (end.kind === 'interrupted') return findings.filter(({ code }) => code === 'interrupted')
  const errors = findings.filter(({ severity }) => severity === 'error')
  return failedStep === 'prepare' ? errors.slice(0, 1) : errors.slice(0, maxCauses)
}

/** Prints the verdict; when there is none, the step that failed, why, and what to do. */
export function humanReport(run: Run, style: Style, columns: number): string {
  const number = escapeText(run.phoneNumber ?? '')
  const label = originOf(run)
  if (run.outcome === 'verified')
    return `${style.good(style.bold('verified'))}  this phone's number is ${number}${label}\n`
  if (run.outcome === 'mismatch')
    return `${style.bad(style.bold('mismatch'))}  this phone's number is not ${number}${label}\n`
  if (run.outcome === 'identified') return `${style.good(style.bold(number))}  this phone's number${label}\n`
  return undetermined(run, style, columns)
}

/** Says that no real network answered, and that the answer was random. */
function originOf({ simulated, findings }: Run): string {
  if (!simulated) return ''
  return findings.some(({ code }) => code === 'verdict_random') ? ' (simulated, at random)' : ' (simulated)'
}

function undetermined(run: Run, style: Style, columns: number): string {
  if (run.end.kind === 'interrupted') return `${style.warn('interrupted')}\n`
  const label = run.failedStep === 'prepare' ? 'error' : ''
  const recording = recordingOf(run)
  const causes = reportedFindings(run).map((finding) =>
    findingReport(label, finding, style, columns, evidenceLine(recording, finding)),
  )
  const heading = `${style.warn(style.bold('could not tell'))}  failed at step "${run.failedStep}"${originOf(run)}\n`
  return (label === 'error' ? '' : heading) + causes.join('')
}

/**
 * Prints a finding under a label: its title, the cause and the fix, wrapped to the columns; as `evidence` when it was
 * and under which correlators, which an operator asks for first.
 */
export function findingReport(
  label: 'error' | 'warning' | 'note' | '',
  { title, cause, fix, reference }: Pick<Finding, 'title' | 'cause' | 'fix' | 'reference'>,
  style: Style,
  columns: number,
  evidence: string | null = null,
): string {
  const colour = label === 'error' ? style.bad : label === 'note' ? style.dim : style.warn
  const indent = label.length + 2
  const [first, ...more] = wrap(escapeText(title), columns - indent).map((line) => `${style.bold(line)}\n`)
  const heading = [
    `${label ? `${colour(style.bold(label))}  ` : '  '}${first ?? ''}`,
    ...more.map((line) => `${' '.repeat(indent)}${line}`),
  ]
  return heading.join('') + findingRows({ cause, fix, reference }, style, columns, evidence)
}

/** Prints what stands below the title of a finding. */
export function findingRows(
  { cause, fix, reference }: Pick<Finding, 'cause' | 'fix' | 'reference'>,
  style: Style,
  columns: number,
  evidence: string | null,
): string {
  const rows = [
    ['Why', cause],
    ['Do', fix],
    ['See', reference ?? ''],
    ['When', evidence ?? ''],
  ] as const
  return rows.map(([name, text]) => (text ? row(name, text, style, columns) : '')).join('')
}

const labelWidth = 7

/** Prints a text beside its name, as a finding is printed. */
export function row(name: string, text: string, style: Style, columns: number): string {
  // What follows a colon at the end of a line is a command, to be copied whole.
  const isCommand = (index: number, all: readonly string[]) => all[index - 1]?.endsWith(':') === true
  const lines = text
    .split('\n')
    .flatMap((line, index, all) =>
      isCommand(index, all) ? escapeText(line, 1000) : wrap(escapeText(line, 1000), columns - labelWidth),
    )
  const labels = [`  ${style.dim(name.padEnd(labelWidth - 2))}`, ' '.repeat(labelWidth)]
  return lines.map((line, index) => `${labels[Math.min(index, 1)]}${line}\n`).join('')
}

/** What sets the style of the text behind it, and takes no room. */
// oxlint-disable-next-line no-control-regex -- that is what a style begins with
const styling = /\x1b\[[\d;]*m/g

/** Puts a text behind a head, and breaks it at spaces for a terminal; a file or a pipe gets it whole. */
export function hang(head: string, text: string, to: { isTerminal: boolean; columns: number }): string {
  if (!to.isTerminal) return `${head}${text}`
  const indent = widthOf(head)
  return `${head}${wrap(text, to.columns - indent).join(`\n${' '.repeat(indent)}`)}`
}

/** Breaks a text at spaces; a word longer than the width stands alone, whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function widthOf(text: string): number {
  return text.replaceAll(styling, '').length
}
