// Checks as JUnit XML, which test reporters of CI read: a suite for each profile, a case for each line.
import type { CheckLine, CheckReport } from '../run/check.ts'
import { escapeText } from '../wire/escape.ts'

/** How much of a text is kept. */
const maxLength = 2000

/** Prints checks as one XML document. What XML can't hold, or what would steer a terminal, is shown as `\u{…}`. */
export function junitReport(reports: readonly CheckReport[]): string {
  const all = reports.flatMap(({ checks }) => checks)
  const durationMs = reports.reduce((sum, report) => sum + report.durationMs, 0)
  const suites = reports.map(suite).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'nv check', ...countsOf(all), time: seconds(durationMs) }, `\n${suites}`)}\n`
}

function suite({ profile, checks, startedAt, durationMs }: CheckReport): string {
  const name = profile.name ?? 'no profile'
  const attributes = { name, ...countsOf(checks), time: seconds(durationMs), timestamp: startedAt }
  const cases = checks.map((line) => `    ${testCase(line, name)}\n`).join('')
  return `  ${element('testsuite', attributes, `\n${cases}  `)}\n`
}

function countsOf(checks: readonly CheckLine[]): Record<string, string> {
  const count = (status: CheckLine['status']) => `${checks.filter((line) => line.status === status).length}`
  return {
    tests: `${checks.length}`,
    failures: count('failed'),
    errors: count('unknown'),
    skipped: count('skipped'),
  }
}

function testCase(line: CheckLine, profile: string): string {
  const { name, status, detail, durationMs, finding } = line
  const attributes = { classname: `nv.check.${profile}`, name, time: seconds(durationMs) }
  const type = finding?.code ?? status
  const text = finding === null ? '' : `Why: ${finding.cause}\nDo: ${finding.fix}`
  if (status === 'failed')
    return element('testcase', attributes, element('failure', { message: detail, type }, escapeXml(text)))
  if (status === 'unknown')
    return element('testcase', attributes, element('error', { message: detail, type }, escapeXml(text)))
  if (status === 'skipped')
    return element('testcase', attributes, element('skipped', { message: detail }, ''))
  const output = status === 'warning' ? `Warning: ${detail}\n${text}` : detail
  return element('testcase', attributes, element('system-out', {}, escapeXml(output)))
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3)
}

function element(name: string, attributes: Readonly<Record<string, string>>, content: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  return content === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${content}</${name}>`
}

/**
 * Escapes text for XML content and quoted attributes; lines stay lines.
 * @see https://www.w3.org/TR/xml/#charsets
 */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text
    .split('\n')
    .map((line) => escapeText(line, maxLength).replace(/[&<>"']/g, (character) => entities[character] ?? ''))
    .join('\n')
}
