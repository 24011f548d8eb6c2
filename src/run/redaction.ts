// Takes secrets out of everything that is recorded.
import { maskPhoneNumber } from '../camara/phone-number.ts'

const redacted = '[redacted]'

/** Query and form parameters that carry a secret wherever they appear. */
const secretParameters = new Set([
  'code',
  'state',
  'nonce',
  'access_token',
  'id_token',
  'refresh_token',
  'client_secret',
  'client_assertion',
  'assertion',
  'code_verifier',
  'request',
])

export interface Redactor {
  /** Remembers a value that must appear nowhere, in whatever common encoding. */
  conceal(secret: string): void
  /** Remembers a phone number that is to be masked. */
  mask(phoneNumber: string): void
  /** Takes every remembered value out of a text. */
  text(text: string): string
  /** Takes secret parameters, user info and every remembered value out of a URL. */
  url(url: string): string
}

/** Makes a redactor that remembers nothing yet. */
export function createRedactor(): Redactor {
  const replacements = new Map<string, string>()
  const remember = (value: string, replacement: string) => {
    for (const form of encodings(value)) if (form.length >= 4) replacements.set(form, replacement)
  }
  const text = (input: string) => {
    const longestFirst = [...replacements].sort(([a], [b]) => b.length - a.length)
    return longestFirst.reduce((result, [value, replacement]) => result.replaceAll(value, replacement), input)
  }
  return {
    conceal: (secret) => remember(secret, redacted),
    mask: (phoneNumber) => {
      const masked = maskPhoneNumber(phoneNumber)
      remember(phoneNumber, masked)
      remember(phoneNumber.slice(1), masked.slice(1))
    },
    text,
    url: (input) => text(redactParameters(input)),
  }
}

/** The forms in which a server could hand a value back: as it is, percent-encoded, form-encoded, base64. */
function encodings(value: string): string[] {
  const base64 = Buffer.from(value, 'utf8').toString('base64')
  const percent = encodeURIComponent(value)
  return [
    value,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams([['', value]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value, 'utf8').toString('base64url'),
  ]
}

function redactParameters(input: string): string {
  const withoutUser = input.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1')
  return withoutUser.replace(/([?&#;])([^=&#;]+)=([^&#;]*)/g, (pair, before: string, name: string) =>
    secretParameters.has(decode(name).toLowerCase()) ? `${before}${name}=${redacted}` : pair,
  )
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
