// Finds what gives itself away by its form: tokens, credentials, hidden inputs, phone numbers.
import type { Decoded } from './decoded.ts'
import { isSecretMember, isSecretParameter } from './secret-names.ts'
import { maskSpan, secretSpan, type Span } from './span.ts'

/**
 * How something begins, and where it ends. No pattern has an end that is far away: on a long text, one that can go back
 * runs out of memory.
 */
interface Form {
  /** Its first group is kept. */
  beginning: RegExp
  /** Finds the end, given the start and end of the match; null if it isn't a secret. */
  end(text: string, from: number, to: number): number | null
}

const forms: readonly Form[] = [
  // JWTs, signed or encrypted.
  { beginning: /(?<![\w-])()eyJ[\w-]{5}/g, end: endOfJwt },
  // Tokens of a SIM, as TS.43 writes them.
  { beginning: /(operatortoken:)/gi, end: (text, _from, to) => skipTo(text, to, '&# \t\r\n"\'') },
  // The credentials of an Authorization header, but not the parameters of a WWW-Authenticate header.
  {
    beginning: /(\b(?:bearer|dpop) {1,4})(?![a-z_]{3,30}=["'\w])(?=[a-z._~+/-]{0,40}[\d=])[\w.~+/-]{12}/gi,
    end: (text, _from, to) => skipAll(text, to, /[\w.~+/=-]/),
  },
  { beginning: /(\bbasic {1,4})[\w+/-]{4}/gi, end: endOfBasic },
  // An element of XML. In HTML, <code> is a way to print something.
  {
    beginning:
      /(<(?:\w{1,20}:)?(?:[\w.-]{0,40}(?:assertion|hint|id|key|number|password|passwd|secret|state|token|verifier))>)/gi,
    end: endOfElement,
  },
]

const phoneNumber =
  /(\+|(?<!\w)tel: {0,9}|(?:msisdn|phone ?number)\W{1,3})([1-9](?:[ ().-]?\d){6,14})(?!\d)/gi

/** Finds all that gives itself away by its form. */
export function findPatterns({ text }: Decoded): Span[] {
  const found = forms.flatMap(({ beginning, end }) => {
    const spans: Span[] = []
    for (const { index, 0: all, 1: kept = '' } of text.matchAll(beginning)) {
      const from = index + kept.length
      // A match inside an earlier one is part of it.
      if (index < (spans.at(-1)?.to ?? 0)) continue
      const to = end(text, from, index + all.length)
      if (to !== null && to > from) spans.push(secretSpan(from, to))
    }
    return spans
  })
  const numbers: Span[] = []
  for (const { index, 1: before = '', 2: digits = '' } of text.matchAll(phoneNumber))
    numbers.push(maskSpan(index + before.length, digits))
  return [...found, ...numbers, ...findUserInformation(text), ...findInputs(text)]
}

/** Finds the name and the password in a URL; they go without a trace. */
function findUserInformation(text: string): Span[] {
  const spans: Span[] = []
  const slashes = /[\\/]{2}/g
  for (let found = slashes.exec(text); found !== null; found = slashes.exec(text)) {
    const from = found.index + 2
    const end = skipTo(text, from, '\\/?# \t\r\n"<>')
    const at = text.slice(from, end).lastIndexOf('@')
    if (at >= 0) spans.push({ ...secretSpan(from, from + at + 1), replacement: '' })
    slashes.lastIndex = end
  }
  return spans
}

/** Finds the values of hidden inputs, by which a page posts a code. */
function findInputs(text: string): Span[] {
  const spans: Span[] = []
  for (const { index } of text.matchAll(/<(?:input|button|param)\b/gi)) {
    const tag = text.slice(index, skipTo(text, index + 1, '<>'))
    const name = /\bname ?= ?["']?([\w.-]{1,64})/i.exec(tag)?.[1]
    const value = /\bvalue ?= ?(["']?)/i.exec(tag)
    if (name === undefined || value === null || !isSecretParameter(name)) continue
    const from = value.index + value[0].length
    spans.push(secretSpan(index + from, index + skipTo(tag, from, value[1] === '' ? ' >' : '"\'')))
  }
  return spans.filter(({ from, to }) => to > from)
}

function endOfJwt(text: string, _from: number, to: number): number | null {
  let end = skipAll(text, to, /[\w-]/)
  const header = end
  // The key of an encrypted one may be empty.
  for (let part = 0; part < 4; part++) {
    const start = text.startsWith('..', end) ? end + 2 : text.startsWith('.', end) ? end + 1 : end
    const next = skipAll(text, start, /[\w-]/)
    if (start === end || next === start) break
    end = next
  }
  return end > header ? end : null
}

function endOfBasic(text: string, from: number, to: number): number | null {
  const end = skipAll(text, to, /[\w+/=-]/)
  const pair = Buffer.from(text.slice(from, Math.min(end, from + 4096)), 'base64').toString('latin1')
  return /^[\x20-\x7e]*$/.test(pair) && pair.includes(':') ? end : null
}

function endOfElement(text: string, from: number): number | null {
  const name = text.slice(text.lastIndexOf('<', from) + 1, from - 1)
  return isSecretMember(name.slice(name.indexOf(':') + 1)) ? skipTo(text, from, '<"') : null
}

function skipTo(text: string, from: number, ends: string): number {
  let to = from
  while (to < text.length && !ends.includes(text.charAt(to))) to++
  return to
}

function skipAll(text: string, from: number, taken: RegExp): number {
  let to = from
  while (to < text.length && taken.test(text.charAt(to))) to++
  return to
}
