// What an operator asks for first: when it was, and the correlators of the request.
import type { Finding } from './finding.ts'
import type { Recording } from './recording.ts'

/**
 * Names the time, in UTC, and the correlators of the last exchange that a finding rests on, to show beside it, a line
 * each; null when it rests on none.
 */
export function evidenceLine(
  { startedAtMs, exchanges }: Pick<Recording, 'startedAtMs' | 'exchanges'>,
  { evidence }: Pick<Finding, 'evidence'>,
): string | null {
  const exchange = exchanges.find(({ id }) => id === evidence.at(-1))
  if (exchange === undefined) return null
  const { sent, returned } = exchange.correlator
  const time = new Date(startedAtMs + exchange.timings.startedMs).toISOString()
  if (sent === null) return returned === null ? time : `${time}\nx-correlator returned ${returned}`
  if (returned === null) return `${time}\nx-correlator ${sent} (none returned)`
  return returned === sent
    ? `${time}\nx-correlator ${sent}`
    : `${time}\nx-correlator sent ${sent}, returned ${returned}`
}
