// `nv runs show`: a saved run as a person reads it on a terminal.
import type { Output } from '../../context.ts'
import { findingReport, humanReport, reportedFindings, type Style } from '../../report/human.ts'
import { arrivalStory, exchangeStory } from '../../report/story.ts'
import { byTime, summaryOf } from '../../report/summary.ts'
import type { Run } from '../../run/run.ts'
import { escapeText } from '../../wire/escape.ts'

/** Prints a run: what an operator asks for first, the verdict, then everything that went out and came back. */
export function show(
  run: Run,
  style: Style,
  { isTerminal, columns }: Pick<Output, 'isTerminal' | 'columns'>,
): string {
  const width = isTerminal ? columns : Infinity
  const summary = summaryOf(run).map(
    ([label, value]) => `${style.dim(label.padEnd(22))}${escapeText(value, 1000)}\n`,
  )
  const reported = reportedFindings(run)
  const others = run.findings
    .filter((finding) => !reported.includes(finding))
    .map((finding) =>
      findingReport(finding.severity === 'info' ? 'note' : 'warning', finding, style, columns),
    )
  const story = [
    ...run.exchanges.map((exchange) => ({
      at: exchange.timings.startedMs,
      step: exchange.step,
      text: exchangeStory(exchange, style, width),
    })),
    ...run.arrivals.map((arrival) => ({
      at: arrival.at,
      step: 'callback' as const,
      text: arrivalStory(arrival, style, width),
    })),
  ].toSorted(byTime)
  return [
    ...summary,
    '\n',
    humanReport(run, style, columns),
    ...others,
    '\n',
    ...story.map(({ text }) => text),
  ].join('')
}
