// What `nv inspect` prints: what the thing is, its parts in words, what is wrong with it, and the corrected form.
import type { Fact, Inspection } from '../inspect/inspection.ts'
import { escapeText, toInertJson } from '../wire/escape.ts'
import { findingReport, hang, type Style } from './human.ts'

const labels = { error: 'error', warning: 'warning', info: 'note' } as const

/** Longer names do not push the values of all others to the right. */
const maxNameWidth = 28

/** Prints an inspection for a person. */
export function inspectionReport(
  inspection: Inspection,
  style: Style,
  to: { isTerminal: boolean; columns: number },
): string {
  const { kind, summary, facts, findings, corrected } = inspection
  const width = Math.min(maxNameWidth, Math.max(0, ...facts.map(({ name }) => name.length)))
  const rows = facts.map((fact) => factRow(fact, width, style, to))
  const found = findings.map((finding) => findingReport(labels[finding.severity], finding, style, to.columns))
  const right =
    corrected === null
      ? []
      : [`${style.good(style.bold('corrected'))}\n`, `${escapeText(corrected, 20_000)}\n`]
  const heading = `${style.bold(escapeText(summary))}  ${style.dim(kind)}\n`
  return [heading, ...rows, ...found, ...right].join('')
}

function factRow(
  { name, value, meaning, problem }: Fact,
  width: number,
  style: Style,
  to: { isTerminal: boolean; columns: number },
): string {
  const words = [
    ...(meaning === '' ? [] : [style.dim(`(${escapeText(meaning)})`)]),
    ...(problem === null ? [] : [style.warn(`← ${escapeText(problem)}`)]),
  ]
  const shown = value === '' ? [] : [escapeText(value)]
  return `${hang(`  ${escapeText(name).padEnd(width)}  `, [...shown, ...words].join('  '), to)}\n`
}

/** Prints an inspection as one JSON object. */
export function inspectionJson(
  inspection: Omit<Inspection, 'kind'> & { kind: Inspection['kind'] | 'unknown' },
  exitCode: number,
): string {
  return `${toInertJson({ schema: 'nv.inspection/1', ...inspection, exitCode })}\n`
}
