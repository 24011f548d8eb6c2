// Client authentication at the token endpoint: HTTP Basic, form-encoded as RFC 6749 has it or raw as the samples do.
import type { Client } from './gateway.ts'
import { headerValues, type Call } from './request.ts'

/**
 * Finds the client that a request authenticates as; null when it authenticates as none.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 * @see https://www.rfc-editor.org/rfc/rfc7617#section-2
 */
export function authenticateClient(call: Call, clients: readonly Client[]): string | null {
  const [header, ...others] = headerValues(call.headers, 'authorization')
  const encoded = /^basic +([A-Za-z0-9+/_=-]+)$/i.exec(header?.trim() ?? '')?.[1]
  if (encoded === undefined || others.length > 0) return null
  const credentials = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = credentials.indexOf(':')
  if (colon < 0) return null
  const sent = [credentials.slice(0, colon), credentials.slice(colon + 1)] as const
  const decoded = [formDecode(sent[0]), formDecode(sent[1])] as const
  const client = clients.find(({ id, secret }) =>
    [sent, decoded].some(([sentId, sentSecret]) => sentId === id && sentSecret === secret),
  )
  return client?.id ?? null
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
