// Makes the Run of a journey that could not start.
import type { Context } from '../context.ts'
import type { RequestFacts, TargetFacts } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { conclude } from './conclude.ts'
import type { Journey } from './journey.ts'
import { createRecorder } from './recorder.ts'

/** Gives the Run with the error as its finding; rethrows an error that is a bug. */
export function refuseJourney(
  context: Context,
  { name, steps }: Pick<Journey, 'name' | 'steps'>,
  phoneNumber: string | null,
  error: unknown,
): Run {
  const start = { command: name, target: unknownTarget, request: nothingRequested }
  const recorder = createRecorder(context, start, () => {})
  recorder.end(error)
  return conclude(context, { steps }, { recording: recorder.recording(), durationMs: 0, phoneNumber })
}

const unknownTarget: TargetFacts = {
  name: null,
  preset: null,
  apiVersion: null,
  authorizeUrl: null,
  tokenUrl: null,
  backchannelUrl: null,
  apiUrl: null,
  issuer: null,
  redirectUri: null,
  scope: null,
  clientId: null,
  authMethod: null,
  key: null,
  hasReservedCharacters: false,
  secretShape: null,
  assertionAudience: 'endpoint',
  loginHint: 'none',
  prompt: null,
  usesPkce: false,
  usesRequestObject: false,
  usesDpop: false,
  isIssuerRequired: false,
  repeatsRedirectUri: true,
  unconfirmed: [],
  origins: {},
  ignored: {},
}

const nothingRequested: RequestFacts = {
  operation: null,
  grants: [],
  via: null,
  issuer: null,
  isHashed: false,
  isVerdictRandom: false,
  isStateGiven: false,
  canPaste: false,
  timeoutMs: 0,
  source: null,
  isProxied: false,
  listeningOn: null,
}
