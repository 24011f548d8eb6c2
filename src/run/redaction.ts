// Takes secrets and phone numbers out of everything that is recorded.
import { createHash } from 'node:crypto'
import { e164Pattern, maskPhoneNumber } from '../camara/phone-number.ts'
import type { HeaderList } from '../wire/exchange.ts'
import { findMembers, findParameters } from './redaction/carriers.ts'
import { decode, type Decoded } from './redaction/decoded.ts'
import { fold, foldDigits } from './redaction/fold.ts'
import { formsOf, shallowFormsOf } from './redaction/forms.ts'
import { isOrdinary, isWord, tellingLength } from './redaction/ordinary.ts'
import { findPatterns } from './redaction/patterns.ts'
import { createMarks, redacted } from './redaction/placeholder.ts'
import { createSearch } from './redaction/search.ts'
import { redactHeader } from './redaction/secret-headers.ts'
import { partsOf } from './redaction/secret-parts.ts'
import { replaceSpans } from './redaction/span.ts'
import { findWholeStrings, markStructure } from './redaction/structure.ts'

/** Redacts text of servers and of requests; nothing throws, and what was redacted before stays as it is. */
export interface Redactor {
  /**
   * Remembers a value that must never appear, in any common encoding. One that is short or made of ordinary words
   * is found where something carries it as a value, and not inside other words.
   */
  conceal(secret: string): void
  /** Remembers a phone number in E.164 that must be masked; ignores anything else. */
  mask(phoneNumber: string): void
  /**
   * Takes every remembered value out of a text, and what gives itself away: secret parameters, also in URLs
   * inside URLs, members of JSON, user info, JWTs, operator tokens; phone numbers of others are masked.
   */
  text(text: string): string
  /** Does the same for a URL. */
  url(url: string): string
  /** Does the same for a body. JSON stays JSON, with the same members and types; a number becomes 0. */
  body(text: string): string
  /** Does the same for each header, its name too; of credentials the scheme stays, of cookies the name and the attributes. */
  headers(list: HeaderList): HeaderList
}

/** Shorter numbers turn up by chance. */
const minNationalLength = 7

/** No text that is not made for it needs more than two. */
const maxRounds = 5

/** A text as it is searched: decoded, and in JSON with its structure. */
interface View {
  decoded: Decoded
  isOutside: Uint8Array | null
}

/** Tells whether nothing in a short text can carry a secret or a number by its name or its form. */
function isBare(text: string): boolean {
  return (
    text.length < 100 && /^[\w ,;.*()-]*$/.test(text) && !/eyj|basic|bearer|dpop|msisdn|phone/i.test(text)
  )
}

function view(text: string): View {
  const decoded = decode(text)
  return { decoded, isOutside: markStructure(decoded) }
}

/**
 * Makes a redactor that remembers nothing yet. With a key, which must be random, new and kept by nobody, a secret leaves
 * a fingerprint; a phone number, and the hash of one, leave none: there are few enough to try them all.
 */
export function createRedactor(fingerprintKey: Uint8Array | null = null): Redactor {
  const marks = createMarks(fingerprintKey)
  const search = createSearch()
  const numbers = createSearch()
  const known = new Set<string>()
  const wholeValues = new Set<string>()
  const whole = { has: (value: string) => wholeValues.has(value), maxLength: 0 }

  const concealOne = (secret: string, telling: number) => {
    const value = Buffer.from(secret).toString().trim()
    if (value === '' || known.has(value) || marks.isMark(value)) return
    known.add(value)
    const isAlone = isWord(value)
    for (const form of isAlone || isOrdinary(value) ? wholeForms(value) : []) {
      wholeValues.add(form)
      whole.maxLength = Math.max(whole.maxLength, form.length)
    }
    if (!isOrdinary(value))
      search.add({
        value,
        forms: formsOf(value, telling),
        replacement: redacted,
        secret: value,
        isAlone,
      })
  }

  const maskOne = (digits: string, masked: string) => {
    if (known.has(digits)) return
    known.add(digits)
    const isAlone = digits.length < minNationalLength
    const forms = formsOf(digits, digits.length)
    search.add({ value: digits, forms, replacement: masked, secret: null, isAlone })
    const plain = forms.filter(({ isPlain }) => isPlain)
    if (!isAlone) numbers.add({ value: digits, forms: plain, replacement: masked, secret: null, isAlone })
  }

  const forget = ({ decoded, isOutside }: View): View => {
    const spans = [
      ...search.find(decoded, fold(decoded, isOutside, marks)),
      ...numbers.find(decoded, foldDigits(decoded, isOutside)),
    ]
    return spans.length === 0 ? { decoded, isOutside } : view(replaceSpans(decoded, spans, isOutside, marks))
  }

  const takeOut = ({ decoded, isOutside }: View): string => {
    const spans = [
      ...findParameters(decoded, whole),
      ...findMembers(decoded, whole),
      ...findPatterns(decoded),
      ...(isOutside && whole.maxLength > 0 ? findWholeStrings(decoded, isOutside, whole) : []),
    ]
    return replaceSpans(decoded, spans, isOutside, marks)
  }

  /** What carries a secret is looked for in what is left, until there is no more: one may stand in front of another. */
  const redact = (text: string): string => {
    let before = forget(view(text))
    if (whole.has(before.decoded.text.trim())) return marks.of(before.decoded.text.trim())
    if (isBare(before.decoded.source)) return before.decoded.source
    for (let round = 0; round < maxRounds; round++) {
      const after = takeOut(before)
      if (after === before.decoded.source) break
      before = view(after)
    }
    return before.decoded.source
  }

  return {
    conceal: (secret) => {
      for (const { value, telling } of partsOf(secret)) concealOne(value, telling ?? tellingLength(value))
    },
    mask: (phoneNumber) => {
      if (!e164Pattern.test(phoneNumber)) return
      const masked = maskPhoneNumber(phoneNumber)
      // A server may answer without the +, or with the number as it is dialled in its own country.
      for (const start of [1, 2, 3, 4]) {
        if (start === 1 || phoneNumber.length - start >= minNationalLength)
          maskOne(phoneNumber.slice(start), masked.slice(start))
      }
      for (const hashed of hashesOf(phoneNumber)) {
        if (known.has(hashed)) continue
        known.add(hashed)
        search.add({
          value: hashed,
          forms: shallowFormsOf(hashed, 12),
          replacement: redacted,
          secret: null,
          isAlone: false,
        })
      }
    },
    text: redact,
    url: redact,
    body: redact,
    headers: (list) =>
      list.map(([name, value]) => [redact(name), redactHeader(name, value, { redact, mark: marks.of })]),
  }
}

/** Whoever has the hash of a number finds the number: there are few enough of them. */
function hashesOf(phoneNumber: string): string[] {
  const digits = phoneNumber.slice(1)
  return [phoneNumber, digits, `tel:${phoneNumber}`, `00${digits}`].flatMap((text) =>
    ['sha256', 'sha512', 'sha1', 'md5'].flatMap((kind) => hash(kind, text)),
  )
}

function hash(kind: string, text: string): string[] {
  try {
    const digest = createHash(kind).update(text).digest()
    return [digest.toString('hex'), digest.toString('base64')]
  } catch {
    // An OpenSSL for authorities has no MD5.
    return []
  }
}

/** The value, its base64 and its hexadecimal form, as the bytes of a decoded text. */
function wholeForms(value: string): string[] {
  const bytes = Buffer.from(value)
  const base64 = bytes.toString('base64')
  const encoded = [base64, base64.replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')]
  return [bytes.toString('latin1'), decode(value).text, ...encoded]
}
