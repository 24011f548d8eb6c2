// What the lines of a check share: what was asked, how a line ends, and which finding explains a part of the recording.
import { diagnose } from '../../diagnosis/diagnose.ts'
import type { Context } from '../../context.ts'
import type { CheckLine, CheckStatus } from '../../run/check.ts'
import type { Finding } from '../../run/finding.ts'
import type { End, Exchange } from '../../run/recording.ts'
import type { Target } from '../../target/target.ts'
import type { Deadline } from '../deadline.ts'
import type { Recorder } from '../recorder.ts'
import type { Send } from '../send.ts'
import type { CheckInput } from './check-input.ts'
import type { Questions } from './questions.ts'

/** One check, as its lines see it. */
export interface Checking {
  context: Context
  recorder: Recorder
  send: Send
  input: CheckInput
  questions: Questions
  deadline: Deadline
}

/** How a line ended; `settings` are the suspects, the likeliest first. */
export interface Outcome {
  status: CheckStatus
  detail: string
  finding?: Finding | null
  settings?: readonly string[]
  /** What else is worth knowing, and is not why the line ended so. */
  notes?: readonly Finding[]
  /** Undefined: as long as the line took. */
  durationMs?: number | undefined
}

export type Check = (checking: Checking) => Promise<Outcome> | Outcome

/** A line with what else was noted beside it. */
export interface EndedLine {
  line: CheckLine
  notes: readonly Finding[]
}

/** What a line is told of: some exchanges, and how a run that had seen only them would have ended. */
interface Part {
  exchanges: readonly number[]
  end: End | null
}

/** Diagnoses a part of the recording. */
export function diagnosePart({ recorder }: Pick<Checking, 'recorder'>, { exchanges, end }: Part): Finding[] {
  const recording = recorder.recording()
  return diagnose({
    ...recording,
    exchanges: recording.exchanges.filter(({ id }) => exchanges.includes(id)),
    observations: recording.observations.filter(
      ({ exchange }) => exchange !== null && exchanges.includes(exchange),
    ),
    end,
  })
}

/** Gives what explains that a run would have stopped there; null when nothing does. */
export function explainPart(checking: Pick<Checking, 'recorder'>, part: Part): Finding | null {
  return diagnosePart(checking, part).find(({ severity }) => severity === 'error') ?? null
}

export function exchangeOf({ recorder }: Pick<Checking, 'recorder'>, id: number): Exchange {
  const found = recorder.recording().exchanges.find((exchange) => exchange.id === id)
  if (found === undefined) throw new Error(`There is no exchange ${id}`)
  return found
}

/** What says that it could not be told now, rather than that something is wrong. */
const passing = new Set([
  'server_failing',
  'request_timeout',
  'connection_lost',
  'network_unreachable',
  'network_error',
  'captive_portal',
  'firewall_page',
  'body_damaged',
])

/** Tells whether a finding is about the moment or the way to the gateway, and not about the profile. */
function isPassing({ code }: Finding): boolean {
  return passing.has(code)
}

/** Failures that changing the setting of the request would not fix. */
const settingsAtFault: Readonly<Record<string, readonly string[]>> = {
  server_failing: [],
  proxy_failed: ['proxy'],
  proxy_credentials: ['proxy'],
  clock_differs: [],
}

/** Says how a line ends that a finding explains. */
export function explained(finding: Finding, settings: readonly string[] = []): Outcome {
  return {
    status: isPassing(finding) ? 'unknown' : finding.severity === 'error' ? 'failed' : 'warning',
    detail: finding.title,
    finding,
    settings: settingsAtFault[finding.code] ?? settings,
  }
}

/** Tells whether a request did not even get through to the host, which the lines of the network say already. */
export function isUnreached({ failure }: Pick<Exchange, 'failure'>): boolean {
  return failure !== null && failure.phase !== 'headers' && failure.phase !== 'body'
}

/** Says that a host was not reached; why, the lines of the network say. */
export function unreached(exchange: Exchange): Outcome {
  const { host } = new URL(exchange.request.url)
  return { status: 'skipped', detail: `${host} was not reached` }
}

/** Names what gave a URL: the setting, or the issuer whose document did. */
export function settingOf({ kind }: Pick<Exchange, 'kind'>, target: Target): string {
  const settings = {
    discovery: 'issuer',
    keys: 'issuer',
    credentials: 'preset',
    enablement: 'enablementUrl',
    authorize: target.authorizeUrl === '' ? 'issuer' : 'authorizeUrl',
    token: target.tokenUrl === '' ? 'issuer' : 'tokenUrl',
    backchannel: target.backchannelUrl === '' ? 'issuer' : 'backchannelUrl',
    api: 'apiUrl',
    probe: 'redirectUri',
  } as const
  return settings[kind]
}

/** Gives how long some exchanges took. */
export function durationOf(exchanges: readonly Exchange[]): number {
  return Math.round(exchanges.reduce((sum, { timings }) => sum + timings.endedMs, 0))
}
