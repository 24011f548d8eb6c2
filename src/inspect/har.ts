// A HAR: the flow in it as a recording, diagnosed as a run is.
import type { Recording } from '../run/recording.ts'
import { isSimulated } from '../run/simulated.ts'
import { readBody } from '../wire/body.ts'
import { entriesOf } from './har-entries.ts'
import { findFlow } from './har-flow.ts'
import { recordFlow } from './har-recording.ts'
import { type Given, type Inspection, inspectionOf, type Lint } from './inspection.ts'
import { describeEnd, describeExchange } from './run-file.ts'
import { diagnoseSeen } from './seen.ts'

/** Reads a HAR in which there is a flow; null when the text is something else, or there is none. */
export function readHar(text: string, given: Given): Inspection | null {
  const body = /^\s*\uFEFF?\s*\{/.test(text) ? readBody(text) : null
  return body?.kind === 'object' ? explainHar(body.object, 'A HAR', given) : null
}

/** Explains the flow in the object of a HAR, which `what` names; null when there is none. */
export function explainHar(
  har: Readonly<Record<string, unknown>>,
  what: string,
  given: Given,
): Inspection | null {
  const entries = entriesOf(har)
  const flow = entries === null ? null : findFlow(entries)
  if (entries === null || flow === null) return null
  const recording = recordFlow(flow, given.redactor)
  const findings = diagnoseSeen(recording)
  const simulated = isSimulated(recording) ? ' (simulated)' : ''
  const facts = [
    ...Object.entries({
      client_id: recording.target.clientId,
      redirect_uri: recording.target.redirectUri,
      scope: recording.target.scope,
    }).flatMap(([name, value]) => (value === null ? [] : [{ name, value, meaning: '' }])),
    ...recording.exchanges.map(describeExchange),
    ...recording.arrivals.map(({ what }) => ({
      name: 'callback',
      value: `${what.host ?? ''}${what.path ?? ''}`,
      meaning:
        what.error === null
          ? what.parameters.includes('code')
            ? 'with a code'
            : 'without a code'
          : `with the error ${what.error}`,
    })),
  ]
  const summary = `${what} with ${recording.exchanges.length === 1 ? 'one request' : `${recording.exchanges.length} requests`} of the flow${simulated}: ${summarize(recording)}`
  return inspectionOf(
    'har',
    summary,
    facts,
    findings.map((one): Lint => ['', one]),
  )
}

function summarize(recording: Recording): string {
  const { end, arrivals, exchanges } = recording
  if (end !== null) return describeEnd(recording)
  if (exchanges.some(({ kind }) => kind === 'token')) return 'it has the access token, but no API request'
  return arrivals.length > 0
    ? 'it has the code, but not what the backend did with it'
    : describeEnd(recording)
}
