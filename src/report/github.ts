// A Run for GitHub Actions: what it found, as annotations.
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
export function githubAnnotations(run: Run): string {
  const shown = run.findings.filter(({ severity }) => severity !== 'info')
  const lines = shown.map(({ severity, title, cause, fix }) =>
    command(levels[severity], `nv ${run.command}: ${title}`, `${cause}\n${fix}`),
  )
  const isAnswerNo = run.outcome === 'mismatch'
  return [...(isAnswerNo ? [command('error', `nv ${run.command}`, outcomeOf(run))] : []), ...lines].join('')
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
