// A Run as one page that needs nothing but itself: no script, no request.
import type { Finding } from '../run/finding.ts'
import type { Run } from '../run/run.ts'
import { arrivalsPart, exchangesPart, factsPart } from './html/exchanges.ts'
import { sequencePart } from './html/sequence.ts'
import { style } from './html/style.ts'
import { section, show, showLines, showLink } from './html/text.ts'
import { waterfallPart } from './html/waterfall.ts'
import { privacyOf, settingsOf, summaryOf } from './summary.ts'

/** Nothing but the styles of the page itself may act. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** Prints a run as an HTML page, what an operator asks for first. */
export function htmlReport(run: Run): string {
  const title = verdictOf(run)
  const parts = [
    headerPart(run, title),
    section('Findings', run.findings.map(findingPart).join(''), 'findings'),
    section('Steps', stepsPart(run), 'steps'),
    section('Sequence', sequencePart(run), 'sequence'),
    section('Timings', waterfallPart(run), 'timings'),
    section('Requests and responses', exchangesPart(run), 'exchanges'),
    section('What arrived', arrivalsPart(run), 'arrivals'),
    section('Settings', settingsPart(run), 'settings'),
    section('Environment', factsPart(environmentOf(run)), 'environment'),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${show(`nv ${run.command}: ${title}`)}</title>
<style>${style}</style></head>
<body><main>
${parts.filter(Boolean).join('\n')}
<footer>Made by nv. ${privacyOf(run)} Nothing in this page is loaded from elsewhere.</footer>
</main></body></html>
`
}

function verdictOf({ outcome, failedStep, end }: Run): string {
  if (outcome === 'verified') return 'Verified'
  if (outcome === 'mismatch') return 'Mismatch'
  if (outcome === 'identified') return 'Number identified'
  if (end.kind === 'interrupted') return `Interrupted at step "${failedStep}"`
  return `Could not tell: failed at step "${failedStep}"`
}

function headerPart(run: Run, title: string): string {
  const { outcome, simulated, phoneNumber, profile, command } = run
  const rows = summaryOf(run).filter(([name]) => name !== 'Outcome')
  const facts: ReadonlyArray<readonly [string, string]> = [
    ...rows,
    ['Phone number', phoneNumber ?? 'not given'],
    ['Profile', profile.name ?? 'none: from flags or the environment'],
    ['Run', run.id],
  ]
  const label = simulated ? '<p class="simulated">Simulated: no real network answered</p>' : ''
  return `<header class="${outcome}"><p class="brand">nv ${show(command)}</p><h1>${show(title)}</h1>${label}${factsPart(facts)}</header>`
}

function findingPart({ severity, code, title, cause, fix, reference, evidence }: Finding): string {
  const rows = [
    ['Why', show(cause, 3000)],
    ['Do', showLines(fix, 3000)],
    ...(reference === null ? [] : [['See', showLink(reference)]]),
    ...(evidence.length === 0
      ? []
      : [['Seen', evidence.map((id) => `<a href="#exchange-${id}">request ${id}</a>`).join(', ')]]),
  ]
  const list = rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')
  return `<article class="finding ${severity}"><h3>${show(title)}</h3><small>${show(code)}, ${severity === 'info' ? 'note' : severity}</small><dl>${list}</dl></article>`
}

const marks = { ok: '✔', failed: '✖', skipped: '·' }

function stepsPart({ steps }: Run): string {
  const rows = steps.map(
    ({ name, status, detail, durationMs }) =>
      `<li class="${status}"><i>${marks[status]}</i><b>${name}</b><span class="detail">${show(status === 'skipped' ? 'not reached' : detail)}</span><span class="ms">${durationMs === null ? '' : `${durationMs} ms`}</span></li>`,
  )
  return `<ol class="steps">${rows.join('')}</ol>`
}

function settingsPart({ profile }: Run): string {
  const rows = settingsOf(profile).map(
    (cells) => `<tr>${cells.map((cell) => `<td>${show(cell)}</td>`).join('')}</tr>`,
  )
  const notes = [
    ...Object.values(profile.ignored).map((name) => `${name} was ignored.`),
    ...profile.unconfirmed,
  ]
  const list = notes.map((note) => `<p class="note">${show(note)}</p>`).join('')
  return `<div class="scroll"><table><thead><tr><th>Setting</th><th>Value</th><th>From</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${list}`
}

function environmentOf({ tool, request, durationMs }: Run): Array<readonly [string, string]> {
  return [
    ['nv', `${tool.name} ${tool.version}`],
    ['Node', tool.node],
    ['Platform', tool.platform],
    ['Way to the phone', request.via ?? 'none'],
    ['Grant', request.grants.join(' or ')],
    ...(request.listeningOn === null ? [] : [['Listening on', request.listeningOn] as const]),
    ...(request.source === null ? [] : [['Sent from', request.source] as const]),
    ['Proxy', request.isProxied ? 'yes' : 'no'],
    ['Time allowed', `${request.timeoutMs} ms`],
    ['Took', `${durationMs} ms`],
  ]
}
