// One exchange as a person follows it on a terminal: what went where, what came back, how long, what it means.
import type { Arrival, Exchange } from '../run/recording.ts'
import { escapeText } from '../wire/escape.ts'
import { type Body, type HeaderList, headersOf, type Message } from '../wire/exchange.ts'
import type { Style } from './human.ts'
import { arrivalVerdict, meaningOf, senderOf } from './summary.ts'

/** So much of a body is shown, in characters. */
const shownBody = 2000
/** So much of a header or of a URL. */
const shownLine = 2000

/** Headers that most messages have, and that tell nothing of this one; a report has them all. */
const usualHeaders = new Set([
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-security-policy',
  'content-length',
  'date',
  'host',
  'expires',
  'keep-alive',
  'pragma',
  'referrer-policy',
  'sec-fetch-mode',
  'strict-transport-security',
  'transfer-encoding',
  'user-agent',
  'vary',
  'x-content-type-options',
  'x-frame-options',
])

/** Tells an exchange in a few lines, folded to the columns. */
export function exchangeStory(exchange: Exchange, style: Style, columns: number): string {
  const { hop, request, response, failure, timings, connection } = exchange
  const sender = exchange.sentBy === 'phone' ? `hop ${hop} ` : ''
  const status = response === null ? 'no response' : String(response.status)
  const meaning = response === null ? (failure?.message ?? 'nothing came') : meaningOf(exchange)
  const addresses =
    connection === null || hop === null
      ? ''
      : `, from ${connection.localAddress} to ${connection.remoteAddress}`
  const cookies = response === null ? [] : headersOf(response, 'set-cookie').map(nameOfCookie)
  const sets = cookies.length === 0 ? '' : `, sets ${cookies.join(', ')}`
  const mark = response === null || response.status >= 400 ? style.bad : style.good
  const lines = [
    ...fold(`→ ${sender}${request.method} ${request.url}`, columns, '  '),
    ...messageLines(request, columns),
    ...fold(`← ${status} in ${timings.endedMs} ms${addresses}${sets}: ${meaning}`, columns, '  ').map(
      (line, index) => (index === 0 ? line.replace(`← ${status}`, (head) => mark(head)) : line),
    ),
    ...(response === null ? [] : messageLines(response, columns)),
  ]
  return lines.map((line) => `${style.dim(line)}\n`).join('')
}

function messageLines({ headers, body }: Message, columns: number): string[] {
  return [...headerLines(headers, columns), ...bodyLines(body, columns)]
}

function headerLines(headers: HeaderList, columns: number): string[] {
  return headers
    .filter(([name]) => !usualHeaders.has(name))
    .flatMap(([name, value]) => fold(`    ${name}: ${value}`, columns, '      '))
}

function bodyLines(body: Body | null, columns: number): string[] {
  if (body === null || body.byteLength === 0) return []
  const shown = body.text.slice(0, shownBody)
  const isCut = body.isCut || shown.length < body.text.length
  const lines = shown.split(/\r?\n/).flatMap((line) => fold(`    ${line}`, columns, '    '))
  return isCut ? [...lines, `    … (${body.byteLength} bytes in all)`] : lines
}

/**
 * Breaks a line at spaces, and inside a word only where the word alone is too long; what goes on is indented. Columns
 * without end break none.
 */
function fold(text: string, columns: number, indent: string): string[] {
  const width = Math.max(columns, 40)
  const lines: string[] = []
  let rest = [...escapeText(text, shownLine)]
  while (rest.length > width) {
    const end = endOfLine(rest, width, indent.length)
    lines.push(rest.slice(0, end).join('').trimEnd())
    while (rest[end] === ' ') rest.splice(end, 1)
    rest = [...indent, ...rest.slice(end)]
  }
  return [...lines, rest.join('')]
}

/** A line ends at a space, else behind what separates the parts of a URL, of a form or of JSON, and only then in a word. */
function endOfLine(characters: readonly string[], width: number, indent: number): number {
  const least = Math.max(indent + 1, width / 4)
  for (const ends of [' ', '&;,?']) {
    for (let at = width; at > least; at--) {
      if (ends === ' ' ? characters[at] === ' ' : ends.includes(characters[at - 1] ?? '')) return at
    }
  }
  return width
}

/** Reads the name of a cookie; one without a name is a value alone, which is not shown. */
function nameOfCookie(setCookie: string): string {
  const [pair = ''] = setCookie.split(';', 1)
  return pair.includes('=') ? (pair.split('=', 1)[0] ?? '').trim() : ''
}

/** Tells what arrived, on one line. */
export function arrivalStory(arrival: Arrival, style: Style, columns: number): string {
  const { via, what, verdict } = arrival
  const sender = senderOf(arrival)
  const request = [what.method, what.path].filter(Boolean).join(' ') || what.kind
  const parameters = what.parameters.length === 0 ? '' : ` with ${what.parameters.join(', ')}`
  const text = `⇠ ${via}: ${request}${sender === '' ? '' : ` from ${sender}`}${parameters}: ${arrivalVerdict(verdict)}`
  return fold(text, columns, '  ')
    .map((line) => `${style.dim(line)}\n`)
    .join('')
}
