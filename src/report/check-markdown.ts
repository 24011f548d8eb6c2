// Checks for the summary of a job: a table for each profile, and what to do about what did not pass.
import type { CheckReport } from '../run/check.ts'
import { checkVerdict } from './check.ts'
import { code, prose, table } from './markdown-text.ts'

/** Prints checks as GitHub's Markdown. */
export function checksMarkdown(reports: readonly CheckReport[]): string {
  return `${reports.map(checkPart).join('\n\n')}\n`
}

function checkPart(report: CheckReport): string {
  const { profile, checks, simulated, startedAt, findings } = report
  const { verdict } = checkVerdict(report)
  const label = simulated ? ' (simulated)' : ''
  const rows = checks.map(({ name, status, detail, durationMs }) => [
    name,
    status,
    prose(detail),
    `${durationMs} ms`,
  ])
  const found = findings
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ code: name, title, cause, fix }) =>
        `**${prose(title)}** (${code(name)})\n\n- Why: ${prose(cause)}\n- Do: ${prose(fix)}`,
    )
  return [
    `### ${prose(`nv check ${profile.name ?? ''}`.trimEnd())}: ${verdict}${label}`,
    `Started at ${startedAt}.`,
    table(['check', 'result', 'what was seen', 'took'], rows),
    ...found,
  ].join('\n\n')
}
