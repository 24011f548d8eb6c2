// Everything that is made of a run for others: a canary in any of it is a leak.
import { show } from '../../src/cli/runs/show.ts'
import type { Style } from '../../src/report/human.ts'
import { comparisonReport } from '../../src/report/comparison.ts'
import { annotateRun } from '../../src/report/github.ts'
import { reports } from '../../src/report/reports.ts'
import { compareRuns } from '../../src/run/compare.ts'
import { fitRun } from '../../src/run/fit.ts'
import { maskRun } from '../../src/run/masked.ts'
import type { Run } from '../../src/run/run.ts'
import { toInertJson } from '../../src/wire/escape.ts'
import { createRun } from './run.ts'

const asIs = (text: string) => text
const plain: Style = { good: asIs, bad: asIs, warn: asIs, dim: asIs, bold: asIs }
const other = createRun()

/** Prints a run in every form there is: as it is saved, shown, compared, and in each report. */
export function everyReport(run: Run): string[] {
  const masked = maskRun(run)
  return [
    toInertJson(fitRun(masked)),
    show(masked, plain, { isTerminal: false, columns: 80 }),
    comparisonReport(masked, other, compareRuns(masked, other), plain),
    annotateRun(masked),
    ...Object.values(reports).map((report) => report(masked)),
  ]
}
