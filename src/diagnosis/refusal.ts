// Reads what a refusal says, whatever the shape of its body: the code, the words, where to read more, when to try again.
import { headerOf, type ResponseMessage, textOf } from '../wire/exchange.ts'
import { type Challenge, readChallenge } from './challenge.ts'
import { readJsonError, type Said } from './json-error.ts'
import { firstSentence, textOfElement, visibleText } from './markup.ts'
import { readPage } from './page.ts'

export interface Refusal extends Said {
  status: number
  retryAfter: string | null
  challenge: Challenge | null
  kind: 'json' | 'xml' | 'page' | 'form' | 'text' | 'empty'
}

const nothing: Said = { code: null, message: null, detail: null, reference: null }

/** Reads a response as a refusal. */
export function readRefusal(response: ResponseMessage): Refusal {
  const text = textOf(response)
    .replace(/^\uFEFF/, '')
    .trim()
  const kind = kindOf(response, text)
  const challenge = readChallenge(response)
  const said = readBodyOf(kind, response, text)
  const message = said.message ?? (challenge === null ? null : challenge.description)
  return {
    status: response.status,
    code: said.code ?? (challenge === null ? null : challenge.error),
    message,
    detail: said.detail === message ? null : said.detail,
    reference: said.reference,
    retryAfter: headerOf(response, 'retry-after'),
    challenge,
    kind,
  }
}

/** How much of a server's words is quoted. */
const maxQuoted = 300

/** Joins the words of a refusal on one line, cut to what is worth quoting; null when it has none. */
export function wordsOf({ message, detail }: Pick<Refusal, 'message' | 'detail'>): string | null {
  const [one = null, other = null] = [message, detail].map((part) => part?.slice(0, 2 * maxQuoted) ?? null)
  const parts = holds(other, one) ? [other] : holds(one, other) ? [one] : [one, other]
  const words = parts
    .filter((part) => part !== null)
    .map((part, index, all) => (index < all.length - 1 ? part.replace(/[.:;\s]+$/, '') : part))
    .join(': ')
    .replace(/\s+/g, ' ')
    .trim()
  if (words === '') return null
  return words.length > maxQuoted ? `${words.slice(0, maxQuoted)}…` : words
}

/** Tells whether a text says what another one says, with more around it. */
function holds(text: string | null, part: string | null): boolean {
  if (text === null || part === null) return false
  const bare = (words: string) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  return text.includes(part) || (/\s/.test(part.trim()) && bare(text).includes(bare(part)))
}

function kindOf(response: ResponseMessage, text: string): Refusal['kind'] {
  if (text === '') return 'empty'
  if (/^[[{"]/.test(text)) return 'json'
  if (readPage(response) !== null) return 'page'
  if (text.startsWith('<')) return 'xml'
  return /^[\w.-]{1,60}=[^<{]{0,4000}$/.test(text) && new URLSearchParams(text).has('error') ? 'form' : 'text'
}

function readBodyOf(kind: Refusal['kind'], response: ResponseMessage, text: string): Said {
  switch (kind) {
    case 'empty':
      return nothing
    case 'json':
      return readJsonError(text, response.status)
    case 'page': {
      const page = readPage(response)
      return { ...nothing, message: page?.title ?? page?.words ?? null, detail: page?.words ?? null }
    }
    case 'xml':
      return readXml(text.slice(0, 16_384))
    case 'form': {
      const form = new URLSearchParams(text)
      return { ...nothing, code: form.get('error'), message: form.get('error_description') }
    }
    default:
      // A code of OAuth may be all there is.
      if (/^[a-z]+(_[a-z]+)+$/.test(text)) return { ...nothing, code: text }
      return {
        ...nothing,
        message:
          response.status >= 400 ? (text.length > maxQuoted ? firstSentence(text, maxQuoted) : text) : null,
      }
  }
}

function readXml(xml: string): Said {
  const first = (names: readonly string[]) =>
    names.map((name) => textOfElement(xml, name)).find((found) => found !== null) ?? null
  const message = first(['message', 'faultstring', 'errormessage', 'text', 'title', 'reason', 'error'])
  const detail = first(['description', 'detail', 'moreinformation'])
  return {
    ...nothing,
    code: first(['errorcode', 'code', 'faultcode', 'error_code']),
    message: message ?? detail ?? firstSentence(visibleText(xml), maxQuoted),
    detail: message === null ? null : detail,
  }
}
