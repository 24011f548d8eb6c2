// Describes what came back for the recording: names and facts, no value that could be a code.
import { readErrorParameters } from '../oauth/error-parameters.ts'
import type { Arrival, RefusalCode } from '../run/recording.ts'

/** Records an arrival; when it was and how often, the recorder knows. */
export type Arrive = (arrival: Omit<Arrival, 'at' | 'count'>) => void

type What = Arrival['what']
type Response = Pick<
  What,
  'parameters' | 'isInFragment' | 'state' | 'error' | 'errorDescription' | 'errorUri' | 'issuer'
>

const maxParameters = 50
const maxNameLength = 100
const maxTextLength = 1000

/** Something that arrived without parameters. */
export const nothing: What = {
  kind: 'text',
  method: null,
  host: null,
  path: null,
  parameters: [],
  isInFragment: false,
  state: 'missing',
  error: null,
  errorDescription: null,
  errorUri: null,
  issuer: null,
  forwardedFor: null,
  userAgent: null,
  hints: {},
}

/** Says what parameters are there, whose state is among them, and the words of an error. */
export function describeResponse(
  parameters: URLSearchParams,
  isOurs: (state: string) => boolean,
  isInFragment = false,
): Response {
  const told = readErrorParameters(parameters)
  return {
    parameters: [...parameters].slice(0, maxParameters).map(nameOf),
    isInFragment,
    state: compareState(parameters.getAll('state'), isOurs),
    error: cutOrNull(told.error),
    errorDescription: cutOrNull(told.description),
    errorUri: cutOrNull(told.uri),
    issuer: cutOrNull(parameters.get('iss')),
  }
}

/** Names a parameter; what stands alone between two & may be a code, or a body that is no form. */
function nameOf([name, value]: readonly [string, string]): string {
  if (value !== '') return name.slice(0, maxNameLength)
  const [, encoded] = /^([a-z_]{1,20})=/i.exec(name) ?? []
  if (encoded !== undefined) return `${encoded}=\u2026`
  return /^[a-z][\w.;-]{0,30}$/i.test(name) && !/\d.*\d/.test(name) ? name : '(no name)'
}

/** Says why a response is not taken for its state; null when the state is ours. */
export function refuseState(state: What['state']): RefusalCode | null {
  const refusals = {
    ours: null,
    missing: 'state_missing',
    other: 'state_differs',
    doubled: 'state_doubled',
  } as const
  return refusals[state]
}

/** Cuts text that somebody sent to what is worth keeping. */
export function cut(text: string): string {
  return text.slice(0, maxTextLength)
}

function compareState(states: readonly string[], isOurs: (state: string) => boolean): What['state'] {
  if (states.length > 1) return 'doubled'
  if (!states[0]) return 'missing'
  return isOurs(states[0]) ? 'ours' : 'other'
}

function cutOrNull(text: string | null): string | null {
  return text ? cut(text) : null
}
