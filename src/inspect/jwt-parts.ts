// The parts of a JWT, decoded without judging them.
import { readBody, stringIn } from '../wire/body.ts'

export interface Token {
  text: string
  header: Readonly<Record<string, unknown>>
  /** Null: it is encrypted, or its payload is not a JSON object. */
  claims: Readonly<Record<string, unknown>> | null
  isEncrypted: boolean
  isSigned: boolean
}

const maxLength = 100_000

/** Decodes a JWT, signed, unsigned or encrypted; null for any other text. */
export function decodeToken(text: string): Token | null {
  const compact = text.length > maxLength ? '' : text.trim()
  if (!/^[\w-]+\.[\w-]*\.[\w-]*(\.[\w-]*\.[\w-]*)?$/.test(compact)) return null
  const [header = '', payload = '', ...rest] = compact.split('.')
  const read = readPart(header)
  if (read === null || (typeof read['alg'] !== 'string' && typeof read['typ'] !== 'string')) return null
  const isEncrypted = rest.length === 3
  return {
    text: compact,
    header: read,
    claims: isEncrypted ? null : readPart(payload),
    isEncrypted,
    isSigned: isEncrypted || rest[0] !== '',
  }
}

/** Says in a few words what a JWT is signed with. */
export function describeHeader(text: string): string {
  const token = decodeToken(text)
  if (token === null) return 'not a JWT'
  const keyId = stringIn(token.header, 'kid')
  return `JWT, ${stringIn(token.header, 'alg') ?? 'no alg'}${keyId === null ? '' : `, kid ${keyId}`}`
}

function readPart(part: string): Record<string, unknown> | null {
  const body = readBody(Buffer.from(part, 'base64url').toString('utf8'))
  return body.kind === 'object' ? body.object : null
}
