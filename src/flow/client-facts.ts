// What the diagnosis of a refused client needs to know; nothing of it is secret.
import type { FindingArgs } from '../errors.ts'
import { formEncode, keyMethods } from '../oauth/client-authentication.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import type { Answer } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** Says what came of a request in which the client authenticated, how it did, and how far the server's clock is off. */
export function describeRefusal(
  gateway: Gateway,
  endpointUrl: string,
  { status, headers }: Answer,
  nowMs: number,
): FindingArgs {
  const { authMethod: method, clientId, clientSecret } = gateway
  const facts = {
    host: new URL(endpointUrl).host,
    status,
    retryAfter: headers.get('retry-after'),
    method,
    isReserved: [clientId, clientSecret].some((value) => formEncode(value) !== value),
    skewSeconds: skewOf(headers, nowMs),
  }
  if (!keyMethods.includes(method)) return facts
  const { algorithm, keyId = null } = readSigningKey(gateway)
  return { ...facts, algorithm, keyId, audience: endpointUrl }
}

/** Gives how far the clock of a server is ahead of ours, in seconds; null when it does not tell. */
function skewOf(headers: Headers, nowMs: number): number | null {
  const serverMs = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(serverMs) ? null : Math.round((serverMs - nowMs) / 1000)
}
