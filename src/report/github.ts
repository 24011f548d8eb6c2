// Runs and checks for GitHub Actions: what they found, as annotations.
import type { CheckReport } from '../run/check.ts'
import type { Finding } from '../run/finding.ts'
import type { Run } from '../run/run.ts'
import { escapeText } from '../wire/escape.ts'
import { outcomeOf } from './summary.ts'

const levels: Readonly<Record<Finding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
}

/**
 * Prints a workflow command for each error and warning of a run, and for a mismatch; nothing for a run that went well.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function annotateRun(run: Run): string {
  const isAnswerNo = run.outcome === 'mismatch'
  const label = `nv ${run.command}`
  return (isAnswerNo ? command('error', label, outcomeOf(run)) : '') + annotate(label, run.findings)
}

/** Does so for what a check found. */
export function annotateCheck({ profile, findings }: CheckReport): string {
  return annotate(`nv check ${profile.name ?? ''}`.trimEnd(), findings)
}

function annotate(label: string, findings: readonly Finding[]): string {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, title, cause, fix }) =>
      command(levels[severity], `${label}: ${title}`, `${cause}\n${fix}`),
    )
    .join('')
}

/** A command ends with its line, and its properties with a comma or a colon. */
function command(level: string, title: string, message: string): string {
  const inert = (text: string) =>
    text
      .split('\n')
      .map((line) => escapeText(line, 600))
      .join('\n')
  const data = (text: string) => inert(text).replaceAll('%', '%25').replaceAll('\n', '%0A')
  const property = data(title).replaceAll(':', '%3A').replaceAll(',', '%2C')
  return `::${level} title=${property}::${data(message)}\n`
}
