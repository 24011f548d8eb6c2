// A Run as a person reads it on a terminal.
import { escapeText } from '../run/escape.ts'
import type { Finding, Run } from '../run/run.ts'

/** Colours of a report; each function returns its text unchanged when colours are off. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
}

/** Prints the verdict, and when there is none the step that failed, why, and what to do. */
export function humanReport(run: Run, style: Style, columns: number): string {
  const number = run.phoneNumber ?? ''
  if (run.outcome === 'verified') {
    return `${style.good(style.bold('verified'))}  ${number} is the number of the line that the phone uses\n`
  }
  if (run.outcome === 'mismatch') {
    return `${style.bad(style.bold('mismatch'))}  ${number} is not the number of the line that the phone uses\n`
  }
  const [failure] = run.findings
  const heading =
    run.failedStep === 'prepare'
      ? style.bad(style.bold('error'))
      : `${style.warn(style.bold('could not tell'))}  the step ${run.failedStep} failed`
  return `${heading}\n${failure ? findingReport(failure, style, columns) : ''}`
}

/** Prints one finding: title, cause and fix, wrapped to the columns. */
export function findingReport(
  { title, cause, fix, reference }: Omit<Finding, 'code' | 'severity' | 'step'>,
  style: Style,
  columns: number,
): string {
  const rows: Array<[label: string, text: string]> = [
    ['Why', cause],
    ['Do', fix],
  ]
  if (reference !== null) rows.push(['See', reference])
  const lines = rows.flatMap(([label, text]) => {
    const wrapped = text.split('\n').flatMap((line) => wrap(escapeText(line, 1000), columns - 7))
    return wrapped.map((line, index) => `  ${style.dim((index === 0 ? label : '').padEnd(4))} ${line}`)
  })
  return [...wrap(escapeText(title), columns - 2).map((line) => `  ${style.bold(line)}`), ...lines, ''].join(
    '\n',
  )
}

/** Breaks a text at spaces; a word longer than the width stands alone, whole, so that it can be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
