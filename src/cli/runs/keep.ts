// Keeps what a run showed: as a saved run and as the report that was asked for. Neither changes the verdict.
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import { describeCrash } from '../../report/crash.ts'
import { filesOf, formatOf, knownEndings, type ReportFile } from '../../report/formats.ts'
import type { CheckReport } from '../../run/check.ts'
import type { Run } from '../../run/run.ts'
import type { Presenter } from '../presenter.ts'

/** As commander gives them: `save` is false with --no-save. */
export interface KeepOptions {
  save?: boolean
  report?: string
  junit?: string
  showNumber?: boolean
}

/** Finds out, before anything is sent, whether the reports can be written. Throws a UsageError or a SetupError. */
export async function prepareReports(
  { files }: Pick<Context, 'files'>,
  { report, junit }: KeepOptions,
): Promise<ReportFile[]> {
  const format = report === undefined ? null : formatOf(report)
  if (report !== undefined && format === null) throw unknownEnding(report)
  const wanted = [
    ...(report !== undefined && format !== null ? filesOf(report, format) : []),
    ...(junit === undefined ? [] : filesOf(junit, 'junit')),
  ]
  for (const { path } of wanted) await files.checkWritable(path)
  return wanted
}

/** Builds the error for a report whose format can't be told. */
export function unknownEnding(path: string): UsageError {
  return new UsageError({
    code: 'report_format_unknown',
    title: `${JSON.stringify(path)} does not name a report format`,
    cause: `The extension sets the format: ${knownEndings}.`,
    fix: 'Name it like report.html.',
  })
}

/**
 * Saves the run and writes the reports, masked unless the user wants the number in them. A failure is only reported.
 */
export async function keepRun(
  context: Context,
  run: Run,
  { save = true, showNumber = false }: KeepOptions,
  files: readonly ReportFile[],
  presenter: Pick<Presenter, 'note' | 'warn'>,
): Promise<void> {
  if (!save && files.length === 0) return
  const shown = await shareable(run, showNumber)
  if (save) {
    await attempt(context, presenter.note, 'The run was not saved', async () => {
      const store = await context.openRuns()
      await store.save(shown)
      store.warnings().forEach(presenter.note)
    })
  }
  for (const { path, format } of files) {
    await attempt(context, presenter.warn, 'The report was not written', async () => {
      const { reports } = await import('../../report/reports.ts')
      await context.files.write(path, reports[format](shown))
    })
  }
}

/** Annotates a job of GitHub Actions with what a run found, and adds the report for a ticket to the summary of its step. */
export async function tellGithubOfRun(
  context: Context,
  run: Run,
  { showNumber = false }: KeepOptions,
  presenter: Pick<Presenter, 'note'>,
): Promise<void> {
  if (!isOnGithub(context)) return
  const shown = await shareable(run, showNumber)
  const { annotateRun } = await import('../../report/github.ts')
  const { markdownReport } = await import('../../report/markdown.ts')
  await tellGithub(context, presenter.note, annotateRun(shown), () => markdownReport(shown))
}

/** Does so for checks. */
export async function tellGithubOfChecks(
  context: Context,
  reports: readonly CheckReport[],
  presenter: Pick<Presenter, 'note'>,
): Promise<void> {
  if (!isOnGithub(context)) return
  const { annotateCheck } = await import('../../report/github.ts')
  const { checksMarkdown } = await import('../../report/check-markdown.ts')
  const annotations = reports.map(annotateCheck).join('')
  await tellGithub(context, presenter.note, annotations, () => checksMarkdown(reports))
}

function isOnGithub({ env }: Pick<Context, 'env'>): boolean {
  return env['GITHUB_ACTIONS'] === 'true'
}

async function tellGithub(
  context: Context,
  say: (text: string) => void,
  annotations: string,
  summarize: () => string,
): Promise<void> {
  await attempt(context, say, 'The summary of the step was not written', async () => {
    context.err.write(annotations)
    const summary = context.env['GITHUB_STEP_SUMMARY']
    if (summary) await context.files.append(summary, `${summarize()}\n`)
  })
}

async function shareable(run: Run, showNumber: boolean): Promise<Run> {
  const { fitRun } = await import('../../run/fit.ts')
  const { maskRun } = await import('../../run/masked.ts')
  return fitRun(showNumber ? run : maskRun(run))
}

async function attempt(
  { tool, env }: Context,
  say: (text: string) => void,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { problem } = error instanceof SetupError ? error : describeCrash(error, tool, env)
    say(`${what}. ${problem.title}. ${problem.cause}`)
  }
}
