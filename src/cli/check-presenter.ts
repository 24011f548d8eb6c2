// Shows a check on the terminal: the lines on stdout as they end, what is under way on stderr.
import type { Context } from '../context.ts'
import type { CheckEvent } from '../flow/check.ts'
import { checkLineReport, checkSummary } from '../report/check.ts'
import { findingReport, hang } from '../report/human.ts'
import type { CheckReport } from '../run/check.ts'
import type { Exchange } from '../run/recording.ts'
import { escapeText, toInertJson } from '../wire/escape.ts'
import type { GlobalOptions } from './options.ts'
import { exchangeStory } from '../report/story.ts'
import { createProgress } from './presenter.ts'
import { createStyle } from './style.ts'

export interface CheckPresenter {
  show(event: CheckEvent): void
  note(text: string): void
  warn(text: string): void
  /** Says what is under way, where there are no lines to see. */
  tell(text: string): void
  /** Ends what moves on the screen. */
  clear(): void
  finish(report: CheckReport): void
}

/** Makes the presenter; with `isTable`, or for JSON, the lines are not the result and nothing of them is shown. */
export function createCheckPresenter(
  context: Context,
  options: GlobalOptions,
  isTable: boolean,
): CheckPresenter {
  const { out, err, clock } = context
  const style = createStyle(context, out, options.color)
  const errStyle = createStyle(context, err, options.color)
  const progress = createProgress(context, options)
  const startedAtMs = clock.now()
  const exchanges: Exchange[] = []
  const areLinesShown = !isTable && !options.json
  const printAside = (text: string) => {
    progress.clear()
    err.write(text)
  }
  return {
    show: (event) => {
      if (event.type === 'line-started') {
        if (!isTable) progress.show(() => `Checking ${event.name}`)
        return
      }
      if (event.type === 'exchange') {
        exchanges.push(event.exchange)
        if (options.verbose && !options.quiet)
          printAside(exchangeStory(event.exchange, errStyle, err.isTerminal ? err.columns : Infinity))
        return
      }
      const { line, notes } = event
      progress.clear()
      if (!areLinesShown) return
      const isWanted = !options.quiet || (line.status !== 'passed' && line.status !== 'skipped')
      if (isWanted) out.write(checkLineReport(line, { startedAtMs, exchanges }, style, out))
      for (const note of notes) {
        const label = note.severity === 'info' ? 'note' : note.severity === 'error' ? 'error' : 'warning'
        if (!options.quiet || label !== 'note') printAside(findingReport(label, note, errStyle, err.columns))
      }
    },
    note: (text) => {
      if (!options.quiet) printAside(`${errStyle.dim(hang('', escapeText(text, 1000), err))}\n`)
    },
    warn: (text) =>
      printAside(`${hang(`${errStyle.warn(errStyle.bold('warning'))}  `, escapeText(text), err)}\n`),
    tell: (text) => progress.show(() => text),
    clear: progress.clear,
    finish: (report) => {
      progress.clear()
      out.write(options.json ? `${toInertJson(report)}\n` : checkSummary(report, style))
    },
  }
}
