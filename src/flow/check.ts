// A check: a journey without a phone. It sends a few harmless requests, and says line by line what their answers show.
import type { Context } from '../context.ts'
import { Cancelled, exitCodeOfSignal, exitCodes, type ExitCode } from '../errors.ts'
import { type CheckLine, type CheckName, checkNames, type CheckReport } from '../run/check.ts'
import type { Finding } from '../run/finding.ts'
import type { Exchange } from '../run/recording.ts'
import { isSimulated } from '../run/simulated.ts'
import { formatTunnel } from '../reach/tunnels.ts'
import { describeTarget, isProxied } from '../target/describe.ts'
import { checkApi } from './checks/api.ts'
import { checkAuthorize } from './checks/authorize.ts'
import type { CheckInput } from './checks/check-input.ts'
import type { Check, Checking, EndedLine, Outcome } from './checks/checking.ts'
import { checkCredentials } from './checks/credentials.ts'
import { checkDiscovery, checkKeys } from './checks/discovery.ts'
import { checkClock, checkResolution, checkTcp, checkTls } from './checks/network.ts'
import { prepareQuestions } from './checks/questions.ts'
import { checkRedirectUri } from './checks/redirect-uri.ts'
import { checkKey, checkSettings } from './checks/settings.ts'
import { startDeadline } from './deadline.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { createSend } from './send.ts'

const checks: Readonly<Record<CheckName, Check>> = {
  settings: checkSettings,
  names: checkResolution,
  tcp: checkTcp,
  tls: checkTls,
  clock: checkClock,
  discovery: checkDiscovery,
  keys: checkKeys,
  credentials: checkCredentials,
  authorize: checkAuthorize,
  api: checkApi,
  redirect_uri: checkRedirectUri,
  key: checkKey,
}

/** What happens in a check, for a terminal to show. */
export type CheckEvent =
  | { type: 'line-started'; name: CheckName }
  | ({ type: 'line-ended' } & EndedLine)
  | { type: 'exchange'; exchange: Exchange }

/** How long one request may take; in milliseconds. */
const requestLimitMs = 10_000

/** Goes through the lines. Whatever the network or the gateway does ends up in the report; only a bug is thrown. */
export async function runCheck(
  context: Context,
  input: CheckInput,
  emit: (event: CheckEvent) => void,
): Promise<CheckReport> {
  const recorder = startRecording(context, input, emit)
  const deadline = startDeadline(context, input.timeoutMs)
  const sendOnce = createSend(context, recorder, deadline, input.target, null)
  const send: typeof sendOnce = (request) => sendOnce({ limitMs: requestLimitMs, ...request })
  const questions = prepareQuestions(context, recorder, send, input)
  const checking: Checking = { context, recorder, send, input, questions, deadline }
  const ended: EndedLine[] = []
  try {
    for (const name of checkNames) {
      emit({ type: 'line-started', name })
      const line = await runLine(checking, name)
      ended.push(line)
      emit({ type: 'line-ended', ...line })
    }
    return conclude(context, recorder, ended, null)
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    return conclude(context, recorder, ended, error)
  } finally {
    deadline.release()
  }
}

function startRecording(
  context: Context,
  { target, grants, timeoutMs, tunnel, tls }: CheckInput,
  emit: (event: CheckEvent) => void,
): Recorder {
  const request = {
    operation: 'verify',
    grants,
    via: null,
    issuer: target.issuer,
    isHashed: false,
    isVerdictRandom: false,
    isStateGiven: false,
    canPaste: false,
    timeoutMs,
    source: null,
    isAsApp: false,
    devtools: null,
    isWifiOff: false,
    tunnel: tunnel ? formatTunnel(tunnel) : null,
    isTls: Boolean(tls),
    isProxied: isProxied(context, target),
    listeningOn: null,
  } as const
  const described = describeTarget(target, { redirectUri: target.redirectUri })
  const recorder = createRecorder(context, { command: 'check', target: described, request }, (event) => {
    if (event.type === 'exchange') emit(event)
  })
  for (const secret of [target.clientSecret, target.key, ...target.secretValues])
    if (secret) recorder.redactor.conceal(secret)
  return recorder
}

async function runLine(checking: Checking, name: CheckName): Promise<EndedLine> {
  const { recorder } = checking
  const startedMs = recorder.elapsedMs()
  const outcome: Outcome = await checks[name](checking)
  const { origins } = recorder.recording().target
  const line: CheckLine = {
    name,
    status: outcome.status,
    detail: recorder.redactor.text(outcome.detail),
    durationMs: outcome.durationMs ?? recorder.elapsedMs() - startedMs,
    finding: outcome.finding ?? null,
    settings: (outcome.settings ?? []).map((setting) => ({
      setting,
      from: Object.hasOwn(origins, setting) ? (origins[setting] ?? null) : null,
    })),
  }
  return { line, notes: outcome.notes ?? [] }
}

function conclude(
  { tool, random }: Context,
  recorder: Recorder,
  ended: readonly EndedLine[],
  cancelled: Cancelled | null,
): CheckReport {
  const recording = recorder.recording()
  const lines = ended.map(({ line }) => line)
  const found = ended.flatMap(({ line, notes }) => (line.finding === null ? notes : [line.finding, ...notes]))
  return {
    schema: 'nv.check/1',
    id: Buffer.from(random(9)).toString('base64url'),
    startedAt: new Date(recording.startedAtMs).toISOString(),
    durationMs: recorder.elapsedMs(),
    tool,
    profile: recording.target,
    simulated: isSimulated(recording),
    exitCode: cancelled === null ? exitCodeOf(lines) : exitCodeOfSignal(cancelled.signal),
    requests: recording.exchanges.length,
    checks: lines,
    exchanges: recording.exchanges,
    findings: sortFindings(found),
  }
}

function exitCodeOf(lines: readonly CheckLine[]): ExitCode {
  if (lines.some(({ status }) => status === 'failed')) return exitCodes.negative
  return lines.some(({ status }) => status === 'unknown') ? exitCodes.undetermined : exitCodes.ok
}

const order: ReadonlyArray<Finding['severity']> = ['error', 'warning', 'info']

function sortFindings(found: readonly Finding[]): Finding[] {
  return found
    .filter((finding, index) => found.indexOf(finding) === index)
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}
