// Takes secrets and phone numbers out of everything that is recorded.
import { createHash } from 'node:crypto'
import { maskPhoneNumber } from '../camara/phone-number.ts'

const redacted = '[redacted]'

/** Query and form parameters that carry a secret wherever they appear. */
const secretParameters = new Set([
  'code',
  'state',
  'nonce',
  'token',
  'access_token',
  'id_token',
  'id_token_hint',
  'login_hint_token',
  'refresh_token',
  'auth_req_id',
  'client_secret',
  'client_assertion',
  'assertion',
  'code_verifier',
  'request',
  'response',
])

/** Parameters whose value is a phone number, with or without its +. */
const numberParameters = new Set([
  'login_hint',
  'msisdn',
  'phone',
  'phone_number',
  'phonenumber',
  'devicephonenumber',
])

export interface Redactor {
  /** Remembers a value that must appear nowhere, in whatever common encoding. */
  conceal(secret: string): void
  /** Remembers a phone number that is to be masked. */
  mask(phoneNumber: string): void
  /**
   * Takes every remembered value out of a text, and what gives itself away: secret parameters, also in URLs
   * inside URLs, user info, JWTs, operator tokens; phone numbers of others are masked.
   */
  text(text: string): string
  /** Does the same for a URL. */
  url(url: string): string
}

/** A value to be found; its pattern is made when something that looks like it turns up. */
interface Remembered {
  value: string
  /** Folded texts of which one is in every text that the pattern matches. */
  needles: readonly string[]
  pattern?: RegExp
  replacement: string
}

/** Makes a redactor that remembers nothing yet. */
export function createRedactor(): Redactor {
  const longestFirst: Remembered[] = []
  const remember = (value: string, replacement: string) => {
    if (value === '' || longestFirst.some((known) => known.value === value)) return
    longestFirst.push({ value, needles: needlesOf(value), replacement })
    longestFirst.sort((one, other) => other.value.length - one.value.length)
  }
  const forget = (input: string) => longestFirst.reduce(forgetOne, input)
  const redact = (input: string) => maskNumbers(redactPatterns(redactParameters(forget(input))))
  return {
    conceal: (secret) => remember(secret, redacted),
    mask: (phoneNumber) => {
      const masked = maskPhoneNumber(phoneNumber)
      // A server may answer without the +, or with the number as it is dialled in its own country.
      for (const start of [1, 2, 3, 4]) {
        if (start === 1 || phoneNumber.length - start >= 7)
          remember(phoneNumber.slice(start), masked.slice(start))
      }
      // Whoever has the hash finds the number: there are few enough of them.
      remember(createHash('sha256').update(phoneNumber).digest('hex'), redacted)
    },
    text: redact,
    url: redact,
  }
}

/** Takes one value out: as it is, and where it may be in another form, by its pattern. */
function forgetOne(input: string, known: Remembered): string {
  if (known.value.length < minLength) return input.replace(standingAlone(known.value), known.replacement)
  const plain = input.replaceAll(known.value, known.replacement)
  const folded = fold(plain)
  if (!known.needles.some((needle) => folded.includes(needle))) return plain
  known.pattern ??= patternOf(known.value)
  return plain.replace(known.pattern, known.replacement)
}

/** Undoes encodings as far as they can hide a value, so that a search in the result misses none. */
function fold(text: string): string {
  const folded = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/%(?:25)*([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
  return folded.toLowerCase().replaceAll('\\', '').replaceAll('+', ' ')
}

function needlesOf(value: string): string[] {
  const telling = value.length >= 1.5 * tellingLength ? value.slice(0, tellingLength) : value
  const texts = [telling, JSON.stringify(telling).slice(1, -1), ...derivedForms(value)]
  return [...new Set(texts.map(fold))]
}

/** A shorter value is found in words that have nothing to do with it; it is taken out where it stands alone. */
const minLength = 4

function standingAlone(value: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${escapePattern(value)}(?![A-Za-z0-9])`, 'g')
}

/** Above this length a value is looked for with its reserved characters percent-encoded, but not all of them. */
const fullyEncodedLength = 128

/** So many characters of a longer value give it away; they are found with what follows when it was cut short. */
const tellingLength = 16

/**
 * Matches a value as it is or cut short, in any mixture of percent and JSON encoding, in hexadecimal and inside
 * base64.
 */
function patternOf(value: string): RegExp {
  const forms = [
    encodable(value, value.length <= fullyEncodedLength ? /^/ : /[^A-Za-z0-9]/),
    ...(value.length >= 1.5 * tellingLength
      ? [`${encodable(value.slice(0, tellingLength), /^/)}[\\w.~+/=%-]*`]
      : []),
    ...derivedForms(value).map((form) => encodable(form, /[^A-Za-z0-9]/)),
  ]
  return new RegExp(forms.join('|'), 'gi')
}

/** The hexadecimal and base64 forms of a value, and of its encodings. */
function derivedForms(value: string): string[] {
  // HTTP Basic encodes the secret as a form does before it goes into base64.
  const formEncoded = new URLSearchParams([['', value]]).toString().slice(1)
  const forms = [...new Set([value, formEncoded, encodeURIComponent(value)])]
    .map((text) => Buffer.from(text, 'utf8'))
    .flatMap((bytes) => [bytes.toString('hex'), ...base64Forms(bytes)])
    .filter((form) => form.length > minLength)
  return [...new Set(forms)]
}

function encodable(value: string, encoded: RegExp): string {
  return [...value].map((character) => (encoded.test(character) ? anyForm(character) : character)).join('')
}

/** Matches one character as it is, escaped in JSON, or percent-encoded any number of times. */
function anyForm(character: string): string {
  const literal = escapePattern(character)
  const json = escapePattern(JSON.stringify(character).slice(1, -1))
  const percent = [...Buffer.from(character, 'utf8')]
    .map((byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`)
    .join('')
  const forms = new Set([literal, json, percent, ...(character === ' ' ? ['\\+'] : [])])
  return `(?:${[...forms].join('|')})`
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** The base64 of a value at each of the three offsets it can have in something longer, without uncertain ends. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64').replace(/=+$/, '')
  const certain = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const isWholeGroup = (offset + bytes.length) % 3 === 0
    return encoded.slice(offset === 0 ? 0 : offset + 1, isWholeGroup ? undefined : -1)
  })
  return [whole, ...certain].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

/** How deep a URL is looked for inside a URL. */
const maxDepth = 5

/** A parameter of a query, a fragment or a form, wherever it stands in a text. */
const parameter = /(^|[?&#;\s"'])([^=?&#;\s"']+)=([^&#;\s"']*)/g

function redactParameters(input: string, depth = 0): string {
  if (depth > maxDepth) return input
  return input
    .replace(/([\\/]{2})[^\\/?#\s]*@/g, '$1')
    .replace(parameter, (_pair, before: string, name: string, value: string) => {
      const key = decode(name).toLowerCase()
      if (secretParameters.has(key)) return `${before}${name}=${redacted}`
      if (numberParameters.has(key)) return `${before}${name}=${value.replace(/[1-9]\d{6,14}/g, maskDigits)}`
      const decoded = decode(value)
      const inner = redactParameters(decoded, depth + 1)
      if (inner === decoded) return `${before}${name}=${value}`
      return `${before}${name}=${decoded === value ? inner : encodeURIComponent(inner)}`
    })
}

/** Takes out what gives itself away by its form: JWTs and TS.43 tokens. */
function redactPatterns(text: string): string {
  return text
    .replace(/(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]+){1,4}/g, redacted)
    .replace(/(operatortoken(?::|%(?:25)*3A))[^&#\s"']+/gi, `$1${redacted}`)
}

const number =
  /((?:\+|%(?:25)*2B)|(?<!\w)tel(?::|%(?:25)*3A)\s*|(?:msisdn|phone ?number)\W{1,3})([1-9](?:[\s().-]?\d){6,14})(?!\d)/gi

/** Masks what can only be a phone number: one with its +, or with a word before it that says so. */
function maskNumbers(text: string): string {
  return text.replace(number, (_all, before: string, digits: string) => before + maskDigits(digits))
}

function maskDigits(digits: string): string {
  return maskPhoneNumber(`+${digits}`).slice(1)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
