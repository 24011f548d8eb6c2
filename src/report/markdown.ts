// A Run for a ticket: fits a comment, what an operator asks for first.
import type { Finding } from '../run/finding.ts'
import type { Arrival, Exchange } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { escapeText } from '../wire/escape.ts'
import type { Message } from '../wire/exchange.ts'
import { code, prose, table } from './markdown-text.ts'
import {
  arrivalVerdict,
  senderOf,
  correlatorsOf,
  hostOf,
  meaningOf,
  pathOf,
  privacyOf,
  resultOf,
  settingsOf,
  summaryOf,
  timeOf,
} from './summary.ts'

/** GitHub takes 65,536 characters in a comment, Jira 32,767. */
const maxLength = 30_000
/** So much of the bodies of an exchange that a finding rests on, in characters. */
const shownBody = 1500
const maxRows = 40

/** Prints a run as GitHub's Markdown. */
export function markdownReport(run: Run): string {
  const parts = [
    `### nv ${run.command}: ${prose(summaryOf(run)[1]?.[1] ?? '')}`,
    table(
      ['', ''],
      summaryOf(run).map(([label, value]) => [label, code(value)]),
    ),
    ...run.findings.map(findingPart),
    exchangesPart(run),
    ...arrivalsPart(run.arrivals),
    ...evidenceOf(run).map((exchange) => exchangePart(run, exchange)),
    settingsPart(run),
    `${prose(run.tool.name)} ${prose(run.tool.version)}, Node ${prose(run.tool.node)}, ${prose(run.tool.platform)}, run ${run.id}. ${privacyOf(run)}`,
  ]
  return joinWithin(parts)
}

/** Joins whole parts as long as they fit, and says what was left out. */
function joinWithin(parts: readonly string[]): string {
  const kept: string[] = []
  let length = 0
  for (const part of parts) {
    if (length + part.length + 2 > maxLength)
      return `${[...kept, '_The rest was left out: it does not fit a comment._'].join('\n\n')}\n`
    kept.push(part)
    length += part.length + 2
  }
  return `${kept.join('\n\n')}\n`
}

function findingPart({ severity, code: name, title, cause, fix, reference }: Finding): string {
  const lines = [
    `**${severity === 'info' ? 'note' : severity}: ${prose(title)}** (${code(name)})`,
    '',
    `- Why: ${prose(cause)}`,
    `- Do: ${prose(fix)}`,
    ...(reference === null ? [] : [`- See: ${code(reference)}`]),
  ]
  return lines.join('\n')
}

function exchangesPart(run: Run): string {
  if (run.exchanges.length === 0) return 'Nothing was sent.'
  const rows = run.exchanges
    .slice(0, maxRows)
    .map((exchange) => [
      String(exchange.id),
      code(timeOf(run, exchange).slice(11)),
      exchange.sentBy === 'phone' ? `phone, hop ${exchange.hop}` : 'nv',
      code(`${exchange.request.method} ${hostOf(exchange)}${pathOf(exchange)}`),
      prose(resultOf(exchange)),
      `${exchange.timings.endedMs} ms`,
      code(meaningOf(exchange)),
    ])
  const left = run.exchanges.length - rows.length
  const note = left === 0 ? '' : `\n\n${left} more requests are not listed.`
  return table(['#', 'time (UTC)', 'sent by', 'request', 'response', 'took', 'meaning'], rows) + note
}

function arrivalsPart(arrivals: readonly Arrival[]): string[] {
  if (arrivals.length === 0) return []
  const rows = arrivals
    .slice(0, maxRows)
    .map(({ at, via, from, what, verdict, count }) => [
      `${at} ms`,
      via,
      prose(senderOf({ from, what })),
      code([what.method, what.path].filter(Boolean).join(' ')),
      code(what.parameters.join(', ')),
      prose(arrivalVerdict(verdict)),
      String(count),
    ])
  return [table(['arrived after', 'via', 'from', 'what', 'parameters', 'verdict', 'count'], rows)]
}

/** Gives the exchanges that what stopped the run rests on. */
function evidenceOf({ findings, exchanges }: Run): Exchange[] {
  const ids = new Set(
    findings.filter(({ severity }) => severity === 'error').flatMap(({ evidence }) => evidence),
  )
  return exchanges.filter(({ id }) => ids.has(id)).slice(-3)
}

function exchangePart(run: Run, exchange: Exchange): string {
  const { id, request, response } = exchange
  const text = [
    `${request.method} ${request.url}`,
    ...messageLines(request),
    '',
    response === null ? meaningOf(exchange) : `HTTP ${response.status}`,
    ...(response === null ? [] : messageLines(response)),
  ]
  const summary = `Request ${id}, ${timeOf(run, exchange)}, correlator ${correlatorsOf(exchange)}`
  return `<details><summary>${prose(summary)}</summary>\n\n${block(text)}\n\n</details>`
}

function messageLines({ headers, body }: Message): string[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  if (body === null) return lines
  const cut = body.isCut || body.text.length > shownBody ? [`… (${body.byteLength} bytes in all)`] : []
  return [...lines, '', ...body.text.slice(0, shownBody).split(/\r?\n/), ...cut]
}

function settingsPart({ profile }: Run): string {
  const rows = settingsOf(profile).map(([name, value, origin]) => [name, code(value), code(origin)])
  return `<details><summary>Settings</summary>\n\n${table(['setting', 'value', 'from'], rows)}\n\n</details>`
}

/** Shows lines as a block with a fence that none of them can end. */
function block(lines: readonly string[]): string {
  const text = lines.map((line) => escapeText(line, 1000)).join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}http\n${text}\n${fence}`
}
