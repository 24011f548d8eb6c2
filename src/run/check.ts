// What a check of a profile found: a list of lines, each with how it ended. Every report of a check is made from it.
import type { ExitCode } from '../errors.ts'
import type { Finding } from './finding.ts'
import type { Exchange, TargetFacts } from './recording.ts'

/** The lines of a check, in the order in which they are shown. */
export const checkNames = [
  'settings',
  'names',
  'tcp',
  'tls',
  'clock',
  'discovery',
  'keys',
  'credentials',
  'authorize',
  'api',
  'redirect_uri',
  'key',
] as const
export type CheckName = (typeof checkNames)[number]

/**
 * `skipped`: there is nothing to check, or it can't be known without a phone. `unknown`: it could not be told now, as
 * because the network is down or a server fails.
 */
export type CheckStatus = 'passed' | 'failed' | 'warning' | 'skipped' | 'unknown'

/** A setting that a finding points at, and the source of its value; null if it has none. */
export interface Suspect {
  setting: string
  from: string | null
}

export interface CheckLine {
  name: CheckName
  status: CheckStatus
  detail: string
  durationMs: number
  finding: Finding | null
  /** What to look at first, the likeliest first; empty where nothing is wrong. */
  settings: readonly Suspect[]
}

/** Tells whether a check ended before its last line: what it lacks was not looked at. */
export function isInterrupted({ exitCode }: CheckReport): boolean {
  return exitCode > 128
}

export interface CheckReport {
  schema: 'nv.check/1'
  id: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  tool: { name: string; version: string; node: string; platform: string }
  profile: TargetFacts
  /** Whether a simulator or a mock answered, and no real gateway. */
  simulated: boolean
  exitCode: ExitCode
  /** How many requests were sent. */
  requests: number
  checks: readonly CheckLine[]
  exchanges: readonly Exchange[]
  /** Of all lines, the failed ones first. */
  findings: readonly Finding[]
}
