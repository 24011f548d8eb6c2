// Finds the secrets in a message, so that they are known before any of it is recorded.
import type { HeaderList, Message } from '../wire/exchange.ts'
import { isOrdinary, isWord } from './redaction/ordinary.ts'
import { isOauthCode, isSecretHeader, isSecretMember, isSecretParameter } from './redaction/secret-names.ts'

/** A request or a response: of a request with its URL. */
export interface Bearing extends Message {
  url?: string
}

/** A hostile message could hold any number of them; those beyond the limit are still redacted in the message itself. */
const maxTexts = 1000
const maxWords = 20

/**
 * Finds what a message carries as secrets: credentials, proofs, cookies, tokens, codes and what else the parameters of
 * its URL, of a Location, of a form or the members of JSON are known for. What is too short or too ordinary to be told
 * from other text is left out; redaction takes that out of the message itself. Never throws.
 */
export function secretsIn({ headers, body, url }: Bearing): string[] {
  const found = new Set<string>([
    ...headers.flatMap(secretsOfHeader),
    ...secretsOfUrl(url ?? ''),
    ...headers.filter(isAddress).flatMap(([, value]) => secretsOfUrl(value)),
    ...secretsOfBody(body?.text ?? ''),
  ])
  return [...found].filter(isTelling)
}

function isTelling(value: string): boolean {
  return value.length >= 8 && !isOrdinary(value) && !isWord(value)
}

function isAddress([name]: HeaderList[number]): boolean {
  return ['location', 'content-location', 'referer', 'refresh', 'link'].includes(name.toLowerCase())
}

function secretsOfHeader([name, value]: HeaderList[number]): string[] {
  const lower = name.toLowerCase()
  if (lower === 'cookie') return value.split(';').map(valueOfPair)
  if (lower === 'set-cookie') return [valueOfPair(value.split(';', 1)[0] ?? '')]
  if (!isSecretHeader(lower)) return []
  const [scheme = '', ...rest] = value.trim().split(/\s+/, maxWords)
  if (rest.length === 0) return [scheme]
  return scheme.toLowerCase() === 'basic' ? rest.flatMap(secretsOfBasic) : rest
}

/** The credentials, and the secret in them as it was before it was encoded. */
function secretsOfBasic(credentials: string): string[] {
  const pair = Buffer.from(credentials, 'base64').toString()
  const secret = pair.slice(pair.indexOf(':') + 1)
  return [credentials, pair, secret, ...new URLSearchParams(`x=${secret}`).values()]
}

function valueOfPair(pair: string): string {
  return pair
    .slice(pair.indexOf('=') + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1')
}

/** Looks into URLs inside URLs too. */
function secretsOfUrl(url: string, depth = 0): string[] {
  if (depth > 5) return []
  const parameters = url
    .split(/[?#&;]/)
    .slice(1, maxTexts)
    .flatMap((pair) => [...new URLSearchParams(pair)])
  return parameters.flatMap(([name, value]) =>
    isSecretParameter(name) ? [value] : /[?#]/.test(value) ? secretsOfUrl(value, depth + 1) : [],
  )
}

function secretsOfBody(text: string): string[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (/^[[{]/.test(trimmed)) {
    try {
      return secretsOfJson(JSON.parse(trimmed))
    } catch {
      return []
    }
  }
  return /[\s<>"]/.test(trimmed) ? [] : secretsOfUrl(`?${trimmed}`)
}

function secretsOfJson(root: unknown): string[] {
  const secrets: string[] = []
  const waiting: Array<{ name: string; value: unknown }> = [{ name: '', value: root }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, value } = next
    if (typeof value === 'string') {
      const isSecret = isSecretMember(name) || (name.toLowerCase() === 'code' && isOauthCode(value))
      if (isSecret) secrets.push(value)
    } else if (Array.isArray(value)) {
      for (const item of value) waiting.push({ name, value: item })
    } else if (typeof value === 'object' && value !== null) {
      for (const [member, inner] of Object.entries(value)) waiting.push({ name: member, value: inner })
    }
  }
  return secrets.slice(0, maxTexts)
}
