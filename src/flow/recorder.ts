// Records a run while it happens, and tells whoever listens.
import type { Context } from '../context.ts'
import { explain } from '../diagnosis/diagnose.ts'
import {
  Cancelled,
  type ExitCode,
  exitCodes,
  FlowError,
  type FindingArgs,
  SetupError,
  UsageError,
} from '../errors.ts'
import type { Profile } from '../profile/resolve.ts'
import type { Arrival } from '../run/recording.ts'
import { createRedactor, type Redactor } from '../run/redaction.ts'
import {
  type Command,
  type Exchange,
  type Finding,
  type Outcome,
  type Run,
  type RunProfile,
  type Step,
  type StepName,
  stepNames,
} from '../run/run.ts'

/** What happens in a flow, for a terminal to show. */
export type FlowEvent =
  | { type: 'step-started'; step: StepName; text: string }
  | { type: 'step-ended'; step: Step }
  /** The URL is to be opened on the phone; `qr` asks for a QR code of it. */
  | { type: 'authorize-url'; url: string; isQr: boolean; note: string | null }
  /** `describe` says what is waited for and how long it still will. */
  | { type: 'waiting'; describe: () => string }
  /** A question is on the screen until the waiting ends; what is printed in between would tear it. */
  | { type: 'question' }
  | { type: 'waiting-ended' }
  /** Something worth knowing that is no finding, on one line. */
  | { type: 'note'; text: string }
  | { type: 'exchange'; exchange: Exchange }
  | { type: 'warning'; finding: Finding }

export type Emit = (event: FlowEvent) => void

/** Values that are known only once a run is under way. */
export interface RunSubject {
  profile: Profile | null
  redirectUri: string | null
  phoneNumber: string | null
}

export interface Recorder {
  readonly redactor: Redactor
  readonly emit: Emit
  /** Runs one step; what it returns as `detail` is shown and kept. */
  step<T>(name: StepName, text: string, work: () => Promise<{ value: T; detail: string }>): Promise<T>
  /** Masks a number that the run found out, also in what was recorded before it was known. */
  learnNumber(phoneNumber: string): void
  exchange(exchange: Omit<Exchange, 'startedMs' | 'durationMs'>, startedAt: number): void
  /** Records what came back; a flood of one kind is counted. */
  arrive(arrival: Omit<Arrival, 'at' | 'count'>): void
  readonly arrivals: readonly Arrival[]
  warn(step: StepName, code: string, args?: FindingArgs): void
  /** Ends the run with a verdict of the API. */
  conclude(subject: RunSubject, outcome: Exclude<Outcome, 'undetermined'>): Run
  /** Ends the run with what stopped it; rethrows an error that is a bug. */
  fail(subject: RunSubject, error: unknown): Run
}

/** Starts to record. */
export function createRecorder(context: Context, command: Command, emit: Emit): Recorder {
  const { clock } = context
  const startedAt = clock.now()
  const redactor = createRedactor()
  const steps = new Map<StepName, Step>()
  let exchanges: Exchange[] = []
  let warnings: Finding[] = []
  const arrivals: Arrival[] = []
  let current: 'prepare' | StepName = 'prepare'

  const redactExchange = (exchange: Exchange): Exchange => ({
    ...exchange,
    url: redactor.url(exchange.url),
    location: exchange.location === null ? null : redactor.url(exchange.location),
    contentType: exchange.contentType === null ? null : redactor.text(exchange.contentType),
    cookiesSet: exchange.cookiesSet.map(redactor.text),
    failure: exchange.failure === null ? null : redactor.text(exchange.failure),
  })

  const redactFinding = (finding: Finding): Finding => ({
    ...finding,
    title: redactor.text(finding.title),
    cause: redactor.text(finding.cause),
    fix: redactor.text(finding.fix),
  })

  const finish = (
    subject: RunSubject,
    outcome: Outcome,
    exitCode: ExitCode,
    failure: Finding | null,
  ): Run => ({
    schema: 'nv.run/1',
    id: Buffer.from(context.random(9)).toString('base64url'),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
    tool: context.tool,
    command,
    profile: describeProfile(subject),
    phoneNumber: subject.phoneNumber,
    outcome,
    failedStep: failure ? failure.step : null,
    exitCode,
    steps: stepNames.map((name) => steps.get(name) ?? skipped(name)),
    findings: failure ? [failure, ...warnings] : warnings,
    exchanges,
  })

  const warn: Recorder['warn'] = (step, code, args = {}) => {
    const finding = explain(step, code, redactArgs(args, redactor))
    if (warnings.some((earlier) => earlier.code === finding.code)) return
    warnings.push(finding)
    emit({ type: 'warning', finding })
  }

  return {
    redactor,
    emit,
    warn,
    arrivals,
    arrive: (arrival) => {
      const same = arrivals.find((earlier) => isSameKind(earlier, arrival))
      if (same) same.count++
      else if (arrivals.length < maxArrivals)
        arrivals.push({ ...arrival, at: clock.now() - startedAt, count: 1 })
      if (arrival.via === 'listener' && arrival.verdict.startsWith('state_'))
        warn('callback', 'foreign_callback')
    },
    step: async (name, text, work) => {
      current = name
      const stepStartedAt = clock.now()
      const end = (status: Step['status'], detail: string) => {
        const startedMs = stepStartedAt - startedAt
        const step: Step = {
          name,
          status,
          startedMs,
          durationMs: clock.now() - stepStartedAt,
          detail: redactor.text(detail),
        }
        steps.set(name, step)
        emit({ type: 'step-ended', step })
      }
      emit({ type: 'step-started', step: name, text })
      try {
        const { value, detail } = await work()
        end('ok', detail)
        return value
      } catch (error) {
        end('failed', findingOf(error, name, redactor)?.title ?? 'stopped')
        throw error
      }
    },
    learnNumber: (phoneNumber) => {
      redactor.mask(phoneNumber)
      exchanges = exchanges.map(redactExchange)
      warnings = warnings.map(redactFinding)
      for (const [name, step] of steps) steps.set(name, { ...step, detail: redactor.text(step.detail) })
    },
    exchange: (exchange, exchangeStartedAt) => {
      const recorded = redactExchange({
        ...exchange,
        startedMs: exchangeStartedAt - startedAt,
        durationMs: clock.now() - exchangeStartedAt,
      })
      exchanges.push(recorded)
      emit({ type: 'exchange', exchange: recorded })
    },
    conclude: (subject, outcome) =>
      finish(subject, outcome, outcome === 'mismatch' ? exitCodes.negative : exitCodes.ok, null),
    fail: (subject, error) => {
      const finding = findingOf(error, current, redactor)
      if (!finding) throw error
      return finish(subject, 'undetermined', exitCodeOf(error), finding)
    },
  }
}

/** So many kinds of arrivals are kept. */
const maxArrivals = 100

function isSameKind(one: Omit<Arrival, 'at' | 'count'>, other: Omit<Arrival, 'at' | 'count'>): boolean {
  return (
    one.via === other.via &&
    one.verdict === other.verdict &&
    (['kind', 'method', 'path', 'host'] as const).every((name) => one.what[name] === other.what[name])
  )
}

/** Gives the exit code of an error; 70 for one that is none of ours. */
function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage
  if (error instanceof SetupError) return exitCodes.setup
  if (error instanceof FlowError) return exitCodes.undetermined
  if (error instanceof Cancelled) return exitCodes.interrupted
  return exitCodes.bug
}

/** Turns an error into a finding; null when it is a bug. */
function findingOf(error: unknown, step: Finding['step'], redactor: Redactor): Finding | null {
  if (error instanceof FlowError) return explain(step, error.code, redactArgs(error.args, redactor))
  if (error instanceof Cancelled) return explain(step, 'interrupted', {})
  if (error instanceof UsageError || error instanceof SetupError) {
    return { ...error.problem, severity: 'error', step, reference: null }
  }
  return null
}

function redactArgs(args: FindingArgs, redactor: Redactor): FindingArgs {
  const redact = (value: FindingArgs[string]): FindingArgs[string] => {
    if (typeof value === 'string') return redactor.text(value)
    return Array.isArray(value) ? value.map((item: string) => redactor.text(item)) : value
  }
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, redact(value)]))
}

function skipped(name: StepName): Step {
  return { name, status: 'skipped', startedMs: null, durationMs: null, detail: '' }
}

function describeProfile({ profile, redirectUri }: RunSubject): RunProfile {
  return {
    name: profile?.name ?? null,
    preset: profile?.preset ?? null,
    apiVersion: profile?.apiVersion ?? null,
    authorizeUrl: profile?.authorizeUrl ?? null,
    tokenUrl: profile?.tokenUrl ?? null,
    apiUrl: profile?.apiUrl ?? null,
    redirectUri: redirectUri ?? profile?.redirectUri ?? null,
    scope: profile?.scope ?? null,
    clientId: profile?.clientId ?? null,
  }
}
