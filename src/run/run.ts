// The Run: what a flow records and every report is printed from.
import type { ExitCode } from '../errors.ts'

export const stepNames = ['authorize', 'callback', 'token', 'api'] as const
export type StepName = (typeof stepNames)[number]

export interface Step {
  name: StepName
  status: 'ok' | 'failed' | 'skipped'
  /** Milliseconds since the run started; null when the step was skipped. */
  startedMs: number | null
  durationMs: number | null
  detail: string
}

/** The commands that make a Run. */
export type Command = 'verify' | 'number'

/** `identified`: the API named the line of the phone. */
export type Outcome = 'verified' | 'mismatch' | 'identified' | 'undetermined'

export interface Finding {
  code: string
  severity: 'error' | 'warning' | 'info'
  step: 'prepare' | StepName
  title: string
  cause: string
  fix: string
  reference: string | null
}

/** One request and its response, redacted when it was recorded. */
export interface Exchange {
  step: StepName
  /** Its place in the chain of redirects that nv follows as the phone does, from 1; null for the backend's requests. */
  hop: number | null
  method: string
  url: string
  /** Where the connection left this machine; null when there was none. */
  localAddress: string | null
  /** What the connection reached, `ip:port`: the server, or the proxy to it; null when there was none. */
  remoteAddress: string | null
  /** Null when there was no complete response. */
  status: number | null
  startedMs: number
  durationMs: number
  correlator: string | null
  contentType: string | null
  location: string | null
  /** The names of the cookies that the response sets or ends. */
  cookiesSet: string[]
  /** Why there was no complete response. */
  failure: string | null
}

/** The configuration that was used; a field is null when it was never determined. */
export interface RunProfile {
  name: string | null
  preset: string | null
  apiVersion: string | null
  authorizeUrl: string | null
  tokenUrl: string | null
  apiUrl: string | null
  redirectUri: string | null
  scope: string | null
  clientId: string | null
}

export interface Run {
  schema: 'nv.run/1'
  id: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  tool: { name: string; version: string; node: string; platform: string }
  command: Command
  profile: RunProfile
  phoneNumber: string | null
  outcome: Outcome
  failedStep: 'prepare' | StepName | null
  exitCode: ExitCode
  steps: Step[]
  /** The most likely cause first. */
  findings: Finding[]
  exchanges: Exchange[]
}
