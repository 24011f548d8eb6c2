// A check as a person reads it: a line for each thing that was looked at, and what to do about those that failed.
import {
  type CheckLine,
  type CheckReport,
  type CheckStatus,
  isInterrupted,
  type Suspect,
} from '../run/check.ts'
import { evidenceLine } from '../run/evidence.ts'
import type { Exchange } from '../run/recording.ts'
import { escapeText } from '../wire/escape.ts'
import { findingRows, hang, row, type Style } from './human.ts'

/** What the evidence of findings is taken from. */
interface Seen {
  startedAtMs: number
  exchanges: readonly Exchange[]
}

/** Prints a line, and under one that did not pass its finding. */
export function checkLineReport(
  line: CheckLine,
  seen: Seen,
  style: Style,
  to: { isTerminal: boolean; columns: number },
): string {
  const { columns } = to
  const { name, status, detail, durationMs, finding, settings } = line
  const took = style.dim(`${durationMs} ms`)
  const heading = `${hang(`${markOf(status, style)} ${name.padEnd(12)} `, `${escapeText(detail)} ${took}`, to)}\n`
  if (finding === null) return heading
  const rows = findingRows(finding, style, columns, evidenceLine(seen, finding))
  const suspects = settings.length === 0 ? '' : row('Set', settings.map(describe).join(', '), style, columns)
  return heading + suspects + rows
}

function markOf(status: CheckStatus, style: Style): string {
  const marks: Readonly<Record<CheckStatus, string>> = {
    passed: style.good('✔'),
    failed: style.bad('✖'),
    warning: style.warn('!'),
    skipped: style.dim('–'),
    unknown: style.warn('?'),
  }
  return marks[status]
}

function describe({ setting, from }: Suspect): string {
  return from === null ? `${setting} (not set)` : `${setting} (${from})`
}

const words: ReadonlyArray<[CheckStatus, string]> = [
  ['failed', 'failed'],
  ['unknown', 'unclear'],
  ['warning', 'passed with a warning'],
  ['passed', 'passed'],
  ['skipped', 'skipped'],
]

/** Sums a check up on one line, with how many requests it took. */
export function checkSummary(report: CheckReport, style: Style): string {
  const { checks, requests, durationMs, simulated } = report
  const parts = words.flatMap(([status, text]) => {
    const count = checks.filter((line) => line.status === status).length
    return count === 0 ? [] : [`${count} ${text}`]
  })
  const took = `${requests} request${requests === 1 ? '' : 's'}, ${durationMs} ms`
  if (isInterrupted(report)) parts.unshift('interrupted')
  return `${style.bold(parts.join(', '))}${simulated ? ' (simulated)' : ''}${style.dim(`; ${took}`)}\n`
}

/** Sums a check up in a few words: how it ended, and what to look at first. */
export function checkVerdict({ checks, exitCode }: CheckReport): { verdict: string; reason: string } {
  const first =
    checks.find(({ status }) => status === 'failed') ??
    checks.find(({ status }) => status === 'unknown') ??
    checks.find(({ status }) => status === 'warning')
  const verdict =
    exitCode === 0 ? 'passed' : exitCode === 1 ? 'failed' : exitCode === 3 ? 'could not tell' : 'not checked'
  return { verdict, reason: first === undefined ? '' : `${first.name}: ${first.detail}` }
}
