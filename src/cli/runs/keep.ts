// Keeps what a run showed: as a saved run and as the report that was asked for. Neither changes the verdict.
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import { describeCrash } from '../../report/crash.ts'
import { formatOf, type ReportFormat } from '../../report/formats.ts'
import type { Run } from '../../run/run.ts'
import type { Presenter } from '../presenter.ts'

/** As commander gives them: `save` is false with --no-save. */
export interface KeepOptions {
  save?: boolean
  report?: string
  showNumber?: boolean
}

/** Where the report goes, and how it is written. */
export interface ReportTarget {
  path: string
  format: ReportFormat
}

/** Finds out, before anything is sent, whether the report can be written. Throws a UsageError or a SetupError. */
export async function prepareReport(
  { files }: Pick<Context, 'files'>,
  { report: path }: KeepOptions,
): Promise<ReportTarget | null> {
  if (path === undefined) return null
  const format = formatOf(path)
  if (format === null) throw unknownEnding(path)
  await files.checkWritable(path)
  return { path, format }
}

/** Builds the error for a report whose format nothing says. */
export function unknownEnding(path: string): UsageError {
  return new UsageError({
    code: 'report_format_unknown',
    title: `${JSON.stringify(path)} does not name a report format`,
    cause: 'The extension sets the format: .html, .md, .json, .har, or .sh for curl.',
    fix: 'Name it like report.html.',
  })
}

/** Saves the run and writes the report, masked unless the user wants the number in it. What fails is only said. */
export async function keepRun(
  context: Context,
  run: Run,
  { save = true, showNumber = false }: KeepOptions,
  report: ReportTarget | null,
  presenter: Pick<Presenter, 'note' | 'warn'>,
): Promise<void> {
  const isOnGithub = context.env['GITHUB_ACTIONS'] === 'true'
  if (!save && report === null && !isOnGithub) return
  const { fitRun } = await import('../../run/fit.ts')
  const { maskRun } = await import('../../run/masked.ts')
  const shown = fitRun(showNumber ? run : maskRun(run))
  if (save) {
    await attempt(context, presenter.note, 'The run was not saved', async () => {
      const store = await context.openRuns()
      await store.save(shown)
      store.warnings().forEach(presenter.note)
    })
  }
  if (report !== null) {
    await attempt(context, presenter.warn, 'The report was not written', async () => {
      const { reports } = await import('../../report/reports.ts')
      await context.files.write(report.path, reports[report.format](shown))
    })
  }
  if (isOnGithub) {
    await attempt(context, presenter.note, 'The summary of the step was not written', () =>
      tellGithub(context, shown),
    )
  }
}

/** Annotates the job with what was found, and adds the report for a ticket to the summary of its step. */
async function tellGithub({ env, err, files }: Context, run: Run): Promise<void> {
  const { githubAnnotations } = await import('../../report/github.ts')
  const { markdownReport } = await import('../../report/markdown.ts')
  err.write(githubAnnotations(run))
  const summary = env['GITHUB_STEP_SUMMARY']
  if (summary) await files.append(summary, `${markdownReport(run)}\n`)
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
