// Two runs beside each other, the decisive difference in the first line.
import type { Difference } from '../run/compare.ts'
import type { Run } from '../run/run.ts'
import { escapeText } from '../wire/escape.ts'
import type { Style } from './human.ts'
import { outcomeOf } from './summary.ts'

/** Prints what differs between run A and run B. */
export function comparisonReport(
  one: Run,
  other: Run,
  differences: readonly Difference[],
  style: Style,
): string {
  const [first, ...rest] = differences
  if (first === undefined)
    return `${style.bold('No difference')}, apart from what every run has of its own.\n`
  const heads = [one, other].map(
    (run, index) =>
      `${style.bold('AB'.charAt(index))}  ${run.id}  ${run.startedAt}  ${escapeText(outcomeOf(run))}\n`,
  )
  const others =
    rest.length === 0
      ? []
      : [`\n${style.bold('Also different')}\n`, ...rest.map((difference) => rows(difference, style))]
  return [decisiveLine(first, style), ...heads, ...others].join('')
}

/** Says the decisive difference on one line. */
function decisiveLine({ what, one, other }: Difference, style: Style): string {
  return `${style.bold(escapeText(what))}: A ${value(one)}; B ${value(other)}\n`
}

function rows({ area, what, one, other }: Difference, style: Style): string {
  const head = `  ${escapeText(what)}${what === area ? '' : ` ${style.dim(`(${area})`)}`}\n`
  return `${head}    A  ${value(one)}\n    B  ${value(other)}\n`
}

function value(text: string | null): string {
  return text === null || text === '' ? 'none' : escapeText(text, 400)
}
