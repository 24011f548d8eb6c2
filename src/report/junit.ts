// Checks as JUnit XML, which test reporters of CI read: a suite for each profile, a case for each line.
import { type CheckLine, type CheckReport, isInterrupted } from '../run/check.ts'
import { escapeText } from '../wire/escape.ts'

/** How much of a text is kept. */
const maxLength = 2000

/** Prints checks as one XML document. What XML can't hold, or what would steer a terminal, is shown as `\u{…}`. */
export function junitReport(reports: readonly CheckReport[]): string {
  const count = reports.map(countsOf).reduce(add, countsOf())
  const durationMs = reports.reduce((sum, report) => sum + report.durationMs, 0)
  const suites = reports.map(suite).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'nv check', ...attributesOf(count), time: seconds(durationMs) }, `\n${suites}`)}\n`
}

function suite(report: CheckReport): string {
  const { profile, checks, startedAt, durationMs } = report
  const name = profile.name ?? 'no profile'
  const attributes = {
    name,
    ...attributesOf(countsOf(report)),
    time: seconds(durationMs),
    timestamp: startedAt,
  }
  const written = checks.map((line) => testCase(line, name))
  if (isInterrupted(report)) written.push(interruption(name))
  const cases = written.map((text) => `    ${text}\n`).join('')
  return `  ${element('testsuite', attributes, `\n${cases}  `)}\n`
}

interface Counts {
  tests: number
  failures: number
  errors: number
  skipped: number
}

/** An interruption is an error, since a reader of CI takes a suite without one for passed. */
function countsOf(report?: CheckReport): Counts {
  const checks = report?.checks ?? []
  const count = (status: CheckLine['status']) => checks.filter((line) => line.status === status).length
  const interruptions = report !== undefined && isInterrupted(report) ? 1 : 0
  return {
    tests: checks.length + interruptions,
    failures: count('failed'),
    errors: count('unknown') + interruptions,
    skipped: count('skipped'),
  }
}

function add(one: Counts, other: Counts): Counts {
  return {
    tests: one.tests + other.tests,
    failures: one.failures + other.failures,
    errors: one.errors + other.errors,
    skipped: one.skipped + other.skipped,
  }
}

function attributesOf(counts: Counts): Record<string, string> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, `${count}`]))
}

function interruption(profile: string): string {
  const attributes = { classname: `nv.check.${profile}`, name: 'interrupted', time: '0.000' }
  const message = 'The check was stopped before its last line'
  return element('testcase', attributes, element('error', { message, type: 'interrupted' }, ''))
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
