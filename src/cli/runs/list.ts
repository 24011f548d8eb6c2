// `nv runs list`: the saved runs, filtered.
import { maskPhoneNumber, parsePhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import type { Run } from '../../run/run.ts'
import type { RunStore } from '../../run/run-store.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { parseDuration } from '../duration.ts'
import type { GlobalOptions } from '../options.ts'
import { createStyle } from '../style.ts'
import { sayWarnings } from './find.ts'

export interface ListOptions extends GlobalOptions {
  outcome?: string
  since?: string
  number?: string
}

const outcomes = ['verified', 'mismatch', 'identified', 'undetermined']

/** Prints the runs that the filters let through, the newest first. */
export async function list(context: Context, options: ListOptions): Promise<void> {
  const { out, clock } = context
  const isWanted = filterOf(options, clock.now())
  const store = await context.openRuns()
  const all = await readAll(context, store)
  const runs = all.filter(isWanted)
  sayWarnings(context, store)
  const described = runs.map(describe)
  if (options.json) {
    out.write(`${toInertJson({ schema: 'nv.runs/1', folder: store.folder, runs: described })}\n`)
    return
  }
  if (described.length === 0) {
    if (!options.quiet)
      context.err.write(all.length === 0 ? 'No saved runs yet.\n' : 'No saved run matches.\n')
    return
  }
  const style = createStyle(context, out, options.color)
  const rows = described.map((run) => [
    run.id,
    run.startedAt,
    run.command,
    run.profile ?? '',
    run.phoneNumber ?? '',
    [run.outcome, run.failedStep === null ? '' : `at ${run.failedStep}: ${run.finding ?? ''}`]
      .filter(Boolean)
      .join(' ') + (run.simulated ? ' (simulated)' : ''),
  ])
  const head = ['ID', 'TIME', 'COMMAND', 'PROFILE', 'NUMBER', 'OUTCOME']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => escapeText(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const isTooWide = out.isTerminal && [head, ...rows].some((row) => line(row).length > out.columns)
  // The outcome, which comes last, then has a line of its own.
  const shown = (row: readonly string[]) =>
    isTooWide ? `${line(row.slice(0, -1))}\n  ${escapeText(row.at(-1) ?? '')}` : line(row)
  out.write(`${style.dim(shown(head))}\n${rows.map((row) => `${shown(row)}\n`).join('')}`)
}

/** Reads every run; a damaged one is reported and left out. */
async function readAll({ err }: Context, store: RunStore): Promise<Run[]> {
  const runs: Run[] = []
  for (const name of await store.names()) {
    try {
      const run = await store.read(name)
      if (run) runs.push(run)
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      err.write(`${escapeText(`${error.problem.title}: ${error.problem.cause}`, 1000)}\n`)
    }
  }
  return runs
}

function describe(run: Run) {
  const {
    id,
    startedAt,
    durationMs,
    command,
    profile,
    phoneNumber,
    simulated,
    outcome,
    failedStep,
    exitCode,
  } = run
  const finding = run.findings[0]?.code ?? null
  return {
    id,
    startedAt,
    durationMs,
    command,
    profile: profile.name,
    phoneNumber,
    simulated,
    outcome,
    failedStep,
    exitCode,
    finding,
  }
}

function filterOf({ profile, outcome, since, number }: ListOptions, nowMs: number): (run: Run) => boolean {
  if (outcome !== undefined && !outcomes.includes(outcome)) {
    throw new UsageError({
      code: 'outcome_unknown',
      title: `Unknown outcome ${JSON.stringify(outcome)}`,
      cause: `The outcomes are ${outcomes.join(', ')}.`,
      fix: 'nv runs list --outcome undetermined',
    })
  }
  const sinceMs = since === undefined ? -Infinity : readSince(since, nowMs)
  const masked = number === undefined ? null : readMask(number)
  return (run) =>
    (profile === undefined || run.profile.name === profile) &&
    (outcome === undefined || run.outcome === outcome) &&
    Date.parse(run.startedAt) >= sinceMs &&
    (masked === null || (run.phoneNumber !== null && maskOnce(run.phoneNumber) === masked))
}

const dayMs = 24 * 3_600_000

/** Reads `7d`, `2h` or a date as epoch milliseconds. */
function readSince(text: string, nowMs: number): number {
  const days = /^(\d{1,5})d$/.exec(text)?.[1]
  if (days !== undefined) return nowMs - Number(days) * dayMs
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(date)) return date
  if (/^\d[\d.]*(?:ms|s|m|h)/.test(text)) return nowMs - parseDuration(text, '--since')
  throw new UsageError({
    code: 'invalid_since',
    title: `--since can't be ${JSON.stringify(text)}`,
    cause: 'It takes how long ago that is, in minutes, hours or days, or a date.',
    fix: 'Write for example 30m, 2h, 7d or 2026-05-31.',
  })
}

/** Reads a number, or its mask, as the mask that is saved. */
function readMask(text: string): string {
  if (/^\+?\d*\*+\d*$/.test(text)) return text.startsWith('+') ? text : `+${text}`
  const number = parsePhoneNumber(text)
  if (typeof number === 'string') return maskPhoneNumber(number)
  throw new UsageError({
    code: 'invalid_phone_number',
    title: `${JSON.stringify(text)} is not a phone number`,
    cause: number.rule,
    fix: 'Write the number, or how it is masked: --number "+34*******01"',
  })
}

function maskOnce(phoneNumber: string): string {
  return phoneNumber.includes('*') ? phoneNumber : maskPhoneNumber(phoneNumber)
}
