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

/** Headers that every request has, and that tell nothing of this one. */
const usualHeaders = new Set([
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'date',
  'host',
  'keep-alive',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
])

/** Tells an exchange in a few lines, folded to the columns. */
export function exchangeStory(exchange: Exchange, style: Style, columns: number): string {
  const { hop, request, response, timings, connection } = exchange
  const sender = exchange.sentBy === 'phone' ? `hop ${hop} ` : ''
  const status = response === null ? 'no response' : String(response.status)
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
    ...fold(
      `← ${status} in ${timings.endedMs} ms${addresses}${sets}: ${meaningOf(exchange)}`,
      columns,
      '  ',
    ).map((line, index) => (index === 0 ? line.replace(/^← \S+/, (head) => mark(head)) : line)),
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
  for (const word of escapeText(text, shownLine).split(' ')) {
    const line = lines.at(-1)
    const joined = line === undefined ? word : `${line} ${word}`
    const isNew = line === undefined || line.trim() === ''
    if (joined.length <= width) lines.splice(-1, 1, joined)
    else if (!isNew && indent.length + word.length <= width) lines.push(indent + word)
    else {
      const [start = '', ...rest] = chunk(joined, width, width - indent.length)
      lines.splice(-1, 1, start, ...rest.map((part) => indent + part))
    }
  }
  return lines
}

/** Cuts a text into a first piece and others of a length. */
function chunk(text: string, first: number, others: number): string[] {
  const characters = [...text]
  const pieces = [characters.slice(0, first).join('')]
  for (let at = first; at < characters.length; at += others)
    pieces.push(characters.slice(at, at + others).join(''))
  return pieces
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
