// The clients of the simulator, as they are typed.
import { UsageError } from '../../errors.ts'
import { escapeText } from '../../run/escape.ts'
import type { Client } from '../../simulator/gateway.ts'

/** Reads `<id>:<secret>`. */
export function readClient(text: string): Client {
  const colon = text.indexOf(':')
  if (colon > 0) return { id: text.slice(0, colon), secret: text.slice(colon + 1) }
  throw new UsageError({
    code: 'client_invalid',
    title: colon < 0 ? `This client has no secret: ${escapeText(text)}` : 'This client has no id',
    cause: 'A client is an id and a secret with a colon between them; the id is not empty.',
    fix: 'Write it as --client my-app-id:my-app-secret.',
  })
}
