// Headers that carry credentials, tokens or cookies: what they are stays, what they hold goes.
import type { Marks } from './placeholder.ts'
import { isSecretHeader } from './secret-names.ts'

/** The schemes that stand before credentials, or alone where a server offers them. */
const scheme =
  /^(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|vapid|scram-[\w-]+|aws4-[\w-]+)$/i

/** What takes secrets out of a text, and what stands in place of one. */
export interface Redaction {
  redact(text: string): string
  mark: Marks['of']
}

/** Redacts the value of a header; `redact` does so with a value that is not secret as a whole. */
export function redactHeader(name: string, value: string, { redact, mark }: Redaction): string {
  const lower = name.toLowerCase()
  if (lower === 'cookie')
    return value
      .split(';')
      .map((pair) => redactPair(pair, { redact, mark }))
      .join(';')
  if (lower === 'set-cookie') {
    const [pair = '', ...attributes] = value.split(';')
    return [redactPair(pair, { redact, mark }), ...attributes.map(redact)].join(';')
  }
  if (!isSecretHeader(lower)) return redact(value)
  return redactCredentials(value, mark)
}

/**
 * Keeps the name of a cookie, in which a server may hand something back; one without a name is a value alone. An empty
 * value ends a cookie, which is worth knowing.
 */
function redactPair(pair: string, { redact, mark }: Redaction): string {
  const equals = pair.indexOf('=')
  const value = pair.slice(equals + 1)
  if (equals < 0) return value.trim() === '' ? pair : `${/^\s*/.exec(pair)?.[0]}${mark(pair.trim())}`
  const name = redact(pair.slice(0, equals))
  return `${name}=${value.trim() === '' ? value : mark(value.trim())}`
}

function redactCredentials(value: string, mark: Marks['of']): string {
  const [first = '', ...rest] = value.trim().split(/\s+/)
  if (rest.length === 0) return first === '' || scheme.test(first) ? value : mark(first)
  return scheme.test(first) ? `${first} ${mark(rest.join(' '))}` : mark(value.trim())
}
