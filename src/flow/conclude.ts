// Concludes a run from its recording: the outcome, the exit code, the findings.
import type { Context } from '../context.ts'
import { diagnose } from '../diagnosis/diagnose.ts'
import { exitCodes, exitCodeOfSignal, type ExitCode } from '../errors.ts'
import type { Finding } from '../run/finding.ts'
import type { End, Recording, Step } from '../run/recording.ts'
import type { Outcome, Run } from '../run/run.ts'
import { isSimulated } from '../run/simulated.ts'
import type { Journey } from './journey.ts'

interface Concluding {
  recording: Recording
  durationMs: number
  /** Whole; null where there is none. */
  phoneNumber: string | null
}

/** Makes the Run of a recording that has ended. */
export function conclude(
  { tool, random }: Pick<Context, 'tool' | 'random'>,
  { steps }: Pick<Journey, 'steps'>,
  { recording, durationMs, phoneNumber }: Concluding,
): Run {
  const { command, request, exchanges, arrivals, observations, target, startedAtMs, end } = recording
  if (end === null) throw new Error('The flow came back without an end')
  const findings = diagnose(recording)
  return {
    schema: 'nv.run/1',
    id: Buffer.from(random(6)).toString('hex'),
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs,
    tool,
    command,
    profile: target,
    phoneNumber,
    simulated: isSimulated(recording),
    outcome: outcomeOf(end),
    failedStep: end.kind === 'answered' ? null : end.step,
    exitCode: exitCodeOf(end),
    steps: steps.map((name) =>
      explainStep(
        recording.steps.find((step) => step.name === name),
        name,
        findings,
      ),
    ),
    findings,
    exchanges,
    arrivals,
    observations,
    request,
    end,
  }
}

function outcomeOf(end: End): Outcome {
  return end.kind === 'answered' ? end.answer : 'undetermined'
}

function exitCodeOf(end: End): ExitCode {
  if (end.kind === 'answered') return end.answer === 'mismatch' ? exitCodes.negative : exitCodes.ok
  if (end.kind === 'interrupted') return exitCodeOfSignal(end.signal)
  if (end.kind === 'refused') return end.by === 'usage' ? exitCodes.usage : exitCodes.setup
  return exitCodes.undetermined
}

/** Gives a failed step the words of what explains it. */
function explainStep(step: Step | undefined, name: Step['name'], findings: readonly Finding[]): Step {
  if (!step) return { name, status: 'skipped', startedMs: null, durationMs: null, detail: '' }
  if (step.status !== 'failed') return step
  const explanation = findings.find((finding) => finding.step === name && finding.severity === 'error')
  return { ...step, detail: explanation?.title ?? step.detail }
}
