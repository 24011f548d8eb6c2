// Runs and checks as JUnit XML, which test reporters of CI read: a suite for each, a case for each step or line.
import XmlBuilder from 'fast-xml-builder'
import { type CheckLine, type CheckReport, isInterrupted } from '../run/check.ts'
import { evidenceLine } from '../run/evidence.ts'
import type { Finding } from '../run/finding.ts'
import type { Step } from '../run/recording.ts'
import { recordingOf, type Run } from '../run/run.ts'
import { escapeText } from '../wire/escape.ts'
import { outcomeOf, summaryOf } from './summary.ts'

/** A test of JUnit; an `error` says that the question could not be answered, a `failure` that the answer is no. */
interface JunitCase {
  name: string
  status: 'passed' | 'failure' | 'error' | 'skipped'
  durationMs: number
  message: string
  /** What kind of failure or error it is. */
  type: string
  /** What to read about it. */
  text: string
}

/** What is written of one run or of one check. */
export interface JunitSuite {
  name: string
  /** What the names of its cases start with. */
  classname: string
  startedAt: string
  durationMs: number
  /** What an operator asks for first. */
  properties: ReadonlyArray<readonly [name: string, value: string]>
  cases: readonly JunitCase[]
}

/** How much of a line of text is kept. */
const maxLength = 2000

/** Prints suites as one XML document. What XML can't hold, or what would steer a terminal, is shown as `\u{…}`. */
export function junitReport(name: string, suites: readonly JunitSuite[]): string {
  const builder = new XmlBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  })
  const durationMs = suites.reduce((sum, suite) => sum + suite.durationMs, 0)
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': name,
      ...countsOf(suites.flatMap(({ cases }) => cases)),
      '@time': seconds(durationMs),
      testsuite: suites.map(suiteElement),
    },
  })
}

function suiteElement({ name, classname, startedAt, durationMs, properties, cases }: JunitSuite) {
  const property = properties.map(([label, value]) => ({ '@name': inert(label), '@value': inert(value) }))
  return {
    '@name': inert(name),
    ...countsOf(cases),
    '@time': seconds(durationMs),
    '@timestamp': startedAt,
    ...(property.length > 0 && { properties: { property } }),
    testcase: cases.map((one) => caseElement(one, classname)),
  }
}

function caseElement({ name, status, durationMs, message, type, text }: JunitCase, classname: string) {
  const attributes = { '@classname': inert(classname), '@name': inert(name), '@time': seconds(durationMs) }
  if (status === 'passed') return { ...attributes, ...(text !== '' && { 'system-out': inert(text) }) }
  if (status === 'skipped') return { ...attributes, skipped: { '@message': inert(message) } }
  return {
    ...attributes,
    [status]: {
      '@message': inert(message),
      '@type': inert(type),
      ...(text !== '' && { '#text': inert(text) }),
    },
  }
}

function countsOf(cases: readonly JunitCase[]): Record<string, string> {
  const count = (wanted: JunitCase['status']) => `${cases.filter(({ status }) => status === wanted).length}`
  return {
    '@tests': `${cases.length}`,
    '@failures': count('failure'),
    '@errors': count('error'),
    '@skipped': count('skipped'),
  }
}

/** Makes the suite of a check; an interruption is an error, since a reader takes a suite without one for passed. */
export function suiteOfCheck(report: CheckReport): JunitSuite {
  const { profile, checks, startedAt, durationMs } = report
  const name = profile.name ?? 'no profile'
  const cases = checks.map(caseOfLine)
  if (isInterrupted(report))
    cases.push(errorCase('interrupted', 'interrupted', 'The check was stopped before its last line'))
  return { name, classname: `nv.check.${name}`, startedAt, durationMs, properties: [], cases }
}

/** Makes the suite of a profile that could not be checked. */
export function suiteOfRefusal(
  profile: string,
  startedAt: string,
  problem: Pick<Finding, 'code' | 'title' | 'cause' | 'fix'>,
): JunitSuite {
  const refused = errorCase('settings', problem.code, problem.title, wordsOf(problem))
  const classname = `nv.check.${profile}`
  return { name: profile, classname, startedAt, durationMs: 0, properties: [], cases: [refused] }
}

/** Makes the suite of a run: its steps, and whether the answer is yes. */
export function suiteOfRun(run: Run): JunitSuite {
  const { command, profile, startedAt, durationMs, steps } = run
  const name = profile.name ?? 'no profile'
  return {
    name: `nv ${command} ${name}`,
    classname: `nv.${command}.${name}`,
    startedAt,
    durationMs,
    properties: summaryOf(run),
    cases: [...steps.map((step) => caseOfStep(run, step)), verdictCase(run)],
  }
}

function caseOfLine({ name, status, detail, durationMs, finding }: CheckLine): JunitCase {
  const statuses = { passed: 'passed', warning: 'passed', failed: 'failure', unknown: 'error' } as const
  const words = finding === null ? '' : wordsOf(finding)
  const warned = status === 'warning' ? `Warning: ${detail}\n${words}` : detail
  return {
    name,
    status: status === 'skipped' ? status : statuses[status],
    durationMs,
    message: detail,
    type: finding?.code ?? status,
    text: status === 'failed' || status === 'unknown' ? words : warned,
  }
}

function caseOfStep(run: Run, { name, status, durationMs, detail }: Step): JunitCase {
  const took = durationMs ?? 0
  if (status !== 'failed') {
    const outcome = status === 'ok' ? 'passed' : 'skipped'
    return {
      name,
      status: outcome,
      durationMs: took,
      message: detail || 'not reached',
      type: '',
      text: detail,
    }
  }
  const finding = run.findings.find(({ severity, step }) => severity === 'error' && step === name)
  if (finding === undefined) return { ...errorCase(name, 'stopped', detail), durationMs: took }
  const seen = evidenceLine(recordingOf(run), finding)
  const text = [...(seen === null ? [] : [seen]), wordsOf(finding)].join('\n')
  return { ...errorCase(name, finding.code, finding.title, text), durationMs: took }
}

/** A run without an answer is an error, unless a step says so already. */
function verdictCase(run: Run): JunitCase {
  const { outcome, findings, steps } = run
  const message = outcomeOf(run)
  const verdict = { name: 'verdict', durationMs: 0, message, type: outcome, text: message }
  const first = findings.find(({ severity }) => severity === 'error')
  if (outcome === 'mismatch')
    return { ...verdict, status: 'failure', text: first === undefined ? message : wordsOf(first) }
  if (outcome !== 'undetermined') return { ...verdict, status: 'passed' }
  if (steps.some(({ status }) => status === 'failed')) return { ...verdict, status: 'skipped' }
  return errorCase('verdict', first?.code ?? outcome, message, first === undefined ? '' : wordsOf(first))
}

function errorCase(name: string, type: string, message: string, text = ''): JunitCase {
  return { name, status: 'error', durationMs: 0, message, type, text }
}

function wordsOf({ cause, fix }: Pick<Finding, 'cause' | 'fix'>): string {
  return `Why: ${cause}\nDo: ${fix}`
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3)
}

/**
 * Leaves only what XML can hold; lines stay lines.
 * @see https://www.w3.org/TR/xml/#charsets
 */
function inert(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line, maxLength))
    .join('\n')
}
