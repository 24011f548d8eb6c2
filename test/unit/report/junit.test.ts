// Checks as JUnit XML: what a reader of CI makes of them, and that nothing of a server breaks out of it.
import { describe, expect, it } from 'vitest'
import { junitReport, suiteOfCheck, suiteOfRefusal, suiteOfRun } from '../../../src/report/junit.ts'
import type { CheckLine, CheckReport } from '../../../src/run/check.ts'
import { recordingOf } from '../../support/recording.ts'
import { createRun } from '../../support/run.ts'

const line = (changes: Partial<CheckLine>): CheckLine => ({
  name: 'api',
  status: 'passed',
  detail: 'all well',
  durationMs: 12,
  finding: null,
  settings: [],
  ...changes,
})

const finding = {
  code: 'api_error',
  severity: 'error',
  step: 'api',
  title: 'It failed',
  cause: 'The server says: "no"',
  fix: 'Try again.',
  reference: null,
  evidence: [],
} as const

const print = (...reports: CheckReport[]) => junitReport('nv check', reports.map(suiteOfCheck))

const report = (name: string | null, ...checks: CheckLine[]): CheckReport => ({
  schema: 'nv.check/1',
  id: 'x',
  startedAt: '2025-06-15T15:06:40.000Z',
  durationMs: 1234,
  tool: { name: 'nv-cli', version: '0', node: 'v20', platform: 'test' },
  profile: { ...recordingOf({}).target, name },
  simulated: false,
  exitCode: 0,
  requests: 3,
  checks,
  exchanges: [],
  findings: [],
})

describe('a report', () => {
  it('of a check that was interrupted is not one that passed', () => {
    const text = print({ ...report('acme', line({})), exitCode: 130 })
    expect(text).toContain('tests="2" failures="0" errors="1"')
    expect(text).toContain('name="interrupted"')
  })

  it('has a suite for each profile and a case for each line', () => {
    const text = print(
      report(
        'acme',
        line({}),
        line({ name: 'key', status: 'skipped', detail: 'needs no key' }),
        line({ name: 'tls', status: 'warning', detail: 'ends soon', finding }),
      ),
      report(
        null,
        line({ status: 'failed', detail: 'no', finding }),
        line({ status: 'unknown', detail: 'down' }),
      ),
    )
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nv check" tests="5" failures="1" errors="1" skipped="1" time="2.468">
  <testsuite name="acme" tests="3" failures="0" errors="0" skipped="1" time="1.234" timestamp="2025-06-15T15:06:40.000Z">
    <testcase classname="nv.check.acme" name="api" time="0.012">
      <system-out>all well</system-out>
    </testcase>
    <testcase classname="nv.check.acme" name="key" time="0.012">
      <skipped message="needs no key"/>
    </testcase>
    <testcase classname="nv.check.acme" name="tls" time="0.012">
      <system-out>Warning: ends soon
Why: The server says: &quot;no&quot;
Do: Try again.</system-out>
    </testcase>
  </testsuite>
  <testsuite name="no profile" tests="2" failures="1" errors="1" skipped="0" time="1.234" timestamp="2025-06-15T15:06:40.000Z">
    <testcase classname="nv.check.no profile" name="api" time="0.012">
      <failure message="no" type="api_error">Why: The server says: &quot;no&quot;
Do: Try again.</failure>
    </testcase>
    <testcase classname="nv.check.no profile" name="api" time="0.012">
      <error message="down" type="unknown"/>
    </testcase>
  </testsuite>
</testsuites>
`)
  })

  it('makes inert what a server says', () => {
    const hostile = ']]></failure><x a="&\'">\u0000\u001b[2J\ud800\ufffe\u202e'
    const text = print(
      report('a"<b', line({ status: 'failed', detail: hostile, finding: { ...finding, cause: hostile } })),
    )
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ud800-\udfff\ufffe\u202e]/)
    expect(text.match(/<\/?[a-z]+/g)).toEqual([
      '<testsuites',
      '<testsuite',
      '<testcase',
      '<failure',
      '</failure',
      '</testcase',
      '</testsuite',
      '</testsuites',
    ])
    expect(text).toContain(']]&gt;&lt;/failure&gt;&lt;x a=&quot;&amp;&apos;&quot;&gt;\\u{0}\\u{1b}[2J')
  })

  it('of a run has its steps, the verdict, and first what an operator asks for', () => {
    const text = junitReport('nv verify', [suiteOfRun(createRun())])
    expect(text).toContain('tests="5" failures="0" errors="0" skipped="0"')
    const at = (part: string) => text.indexOf(part)
    expect(at('<property name="Time" value="')).toBeGreaterThan(0)
    expect(at('<property name="API correlator" value="sent ')).toBeGreaterThan(at('<property name="Time"'))
    expect(at('<testcase')).toBeGreaterThan(at('<property name="API correlator"'))
    expect(text).toMatch(/name="verdict" time="0.000">\s*<system-out>verified</)
  })

  it('of a mismatch is a failure, of a run that could not tell an error', () => {
    const no = junitReport('x', [suiteOfRun(createRun({ outcome: 'mismatch', exitCode: 1 }))])
    expect(no).toContain('failures="1" errors="0"')
    expect(no).toContain('<failure message="mismatch" type="mismatch">')
    const failed = createRun(
      { findings: [{ ...finding, step: 'token', code: 'invalid_grant', evidence: [4] }] },
      {
        steps: [{ name: 'token', status: 'failed', startedMs: 0, durationMs: 5, detail: 'stopped' }],
        end: { kind: 'stopped', step: 'token', lacks: 'token' },
      },
    )
    const text = junitReport('x', [suiteOfRun(failed)])
    expect(text).toContain('tests="5" failures="0" errors="1" skipped="4"')
    expect(text).toContain('<error message="It failed" type="invalid_grant">')
    expect(text).toContain('x-correlator')
    const refused = createRun(
      { findings: [{ ...finding, step: 'prepare', code: 'port_taken' }] },
      {
        steps: [],
        end: {
          kind: 'refused',
          step: 'prepare',
          by: 'setup',
          problem: { code: 'x', title: 'x', cause: 'x', fix: 'x' },
        },
      },
    )
    expect(junitReport('x', [suiteOfRun(refused)])).toContain('tests="5" failures="0" errors="1"')
  })

  it('has an error for a profile that could not be checked', () => {
    const suite = suiteOfRefusal('acme', '2025-06-15T15:06:40.000Z', finding)
    expect(junitReport('nv check', [suite])).toContain('<error message="It failed" type="api_error">')
  })
})
