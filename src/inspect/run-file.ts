// A saved run, diagnosed again by what it recorded; and what a check wrote.
import { diagnose } from '../diagnosis/diagnose.ts'
import type { Finding } from '../run/finding.ts'
import type { Exchange, Recording } from '../run/recording.ts'
import { isSimulated } from '../run/simulated.ts'
import { readBody, stringIn } from '../wire/body.ts'
import { type Given, type Inspection, inspectionOf, type Lint, type PlainFact } from './inspection.ts'
import { readRunRecording } from '../run/run-schema.ts'

/** Reads `nv.run/1`; null when the text is something else. */
export function readRun(text: string, given: Given): Inspection | null {
  const body = readBody(text)
  if (body.kind !== 'object' || body.object['schema'] !== 'nv.run/1') return null
  const recording = readRunRecording(body.object)
  if (recording === null) return readWritten('run', body.object, given)
  const findings = diagnose(recording)
  const { command, startedAtMs, end } = recording
  const ended =
    end?.kind === 'answered'
      ? end.answer
      : end?.kind === 'stopped'
        ? `stopped at step "${end.step}"`
        : (end?.kind ?? '')
  const simulated = isSimulated(recording) ? ' (simulated)' : ''
  const facts = [
    { name: 'command', value: command, meaning: `started ${new Date(startedAtMs).toISOString()}` },
    { name: 'end', value: `${ended}${simulated}`, meaning: '' },
    ...recording.exchanges.map(describeExchange),
  ]
  return inspectionOf('run', `A run of nv ${command}: ${ended}${simulated}`, facts, asLints(findings))
}

/** Reads `nv.check/1`; null when the text is something else. */
export function readCheck(text: string, given: Given): Inspection | null {
  const body = readBody(text)
  return body.kind === 'object' && body.object['schema'] === 'nv.check/1'
    ? readWritten('check', body.object, given)
    : null
}

/** Takes the findings as they were written, where there is nothing to diagnose again. */
function readWritten(
  kind: 'run' | 'check',
  object: Readonly<Record<string, unknown>>,
  given: Given,
): Inspection {
  const findings = findingsIn(object, 0)
  const facts = ['command', 'startedAt', 'outcome', 'failedStep', 'exitCode'].flatMap((name) => {
    const value = object[name]
    return typeof value === 'string' || typeof value === 'number'
      ? [{ name, value: given.redactor.text(String(value).slice(0, 200)), meaning: '' }]
      : []
  })
  const checks = Array.isArray(object['checks']) ? object['checks'].slice(0, 100) : []
  const lines = checks.flatMap((line: unknown) => {
    if (typeof line !== 'object' || line === null) return []
    const [name, status, detail] = ['name', 'status', 'detail'].map((member) =>
      stringIn(line as Record<string, unknown>, member),
    )
    return name && status ? [{ name, value: status, meaning: detail ?? '' }] : []
  })
  const summary =
    kind === 'run' ? 'A run of nv, with what was found then' : 'A check of nv, with what was found then'
  return inspectionOf(kind, summary, [...facts, ...lines], asLints(findings))
}

const maxDepth = 5

/** Gathers findings wherever they stand in a value. */
function findingsIn(value: unknown, depth: number): Finding[] {
  if (depth > maxDepth || typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.slice(0, 200).flatMap((item) => findingsIn(item, depth + 1))
  const object = value as Record<string, unknown>
  const [code, title, cause, fix] = ['code', 'title', 'cause', 'fix'].map((name) => stringIn(object, name))
  if (!code || !title || !cause || !fix)
    return Object.values(object)
      .slice(0, 200)
      .flatMap((item) => findingsIn(item, depth + 1))
  const severity =
    (['error', 'warning', 'info'] as const).find((one) => one === object['severity']) ?? 'error'
  return [
    {
      code,
      title,
      cause,
      fix,
      severity,
      step: 'prepare',
      reference: stringIn(object, 'reference'),
      evidence: [],
    },
  ]
}

function asLints(findings: readonly Finding[]): Lint[] {
  const seen = new Set<string>()
  return findings.flatMap((one): Lint[] => {
    const key = `${one.code} ${one.title}`
    if (seen.has(key)) return []
    seen.add(key)
    return [['', one]]
  })
}

/** Says in one line what an exchange was. */
export function describeExchange({ id, step, kind, request, response, failure }: Exchange): PlainFact {
  const url = URL.canParse(request.url) ? new URL(request.url) : null
  const address = url === null ? request.url.slice(0, 200) : url.host + url.pathname
  const came =
    response === null
      ? failure === null
        ? 'no answer'
        : `failed: ${failure.code}`
      : `HTTP ${response.status}`
  return {
    name: `${id}. ${step}`,
    value: `${request.method} ${address} → ${came}`,
    meaning: kind === step ? '' : kind,
  }
}

/** Tells in a few words how far a recording came. */
export function describeEnd({ end }: Recording): string {
  if (end === null) return 'no failure is in it'
  return end.kind === 'answered'
    ? end.answer
    : end.kind === 'stopped'
      ? `it failed at step "${end.step}"`
      : end.kind
}
