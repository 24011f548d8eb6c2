// Headers that carry credentials, tokens or cookies: what they are stays, what they hold goes.
import { redacted } from './fold.ts'
import { isSecretHeader } from './secret-names.ts'

/** The schemes that stand before credentials, or alone where a server offers them. */
const scheme =
  /^(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|vapid|scram-[\w-]+|aws4-[\w-]+)$/i

/** Redacts the value of a header; `redact` does so with what is no secret as a whole. */
export function redactHeader(name: string, value: string, redact: (text: string) => string): string {
  const lower = name.toLowerCase()
  if (lower === 'cookie')
    return value
      .split(';')
      .map((pair) => redactPair(pair, redact))
      .join(';')
  if (lower === 'set-cookie') {
    const [pair = '', ...attributes] = value.split(';')
    return [redactPair(pair, redact), ...attributes.map(redact)].join(';')
  }
  if (!isSecretHeader(lower)) return redact(value)
  return redactCredentials(value)
}

/**
 * Keeps the name of a cookie, in which a server may hand something back; one without a name is a value alone. An empty
 * value ends a cookie, which is worth knowing.
 */
function redactPair(pair: string, redact: (text: string) => string): string {
  const equals = pair.indexOf('=')
  const value = pair.slice(equals + 1)
  if (equals < 0) return value.trim() === '' ? pair : `${/^\s*/.exec(pair)?.[0]}${redacted}`
  const name = redact(pair.slice(0, equals))
  return `${name}=${value.trim() === '' ? value : redacted}`
}

function redactCredentials(value: string): string {
  const [first = '', ...rest] = value.trim().split(/\s+/)
  if (rest.length === 0) return first === '' || scheme.test(first) ? value : redacted
  return scheme.test(first) ? `${first} ${redacted}` : redacted
}
