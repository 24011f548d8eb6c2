// What a text may be wrapped in: a header, a log line, a mail, Markdown, HTML, another encoding, another program's notation.
import { readPostedForm } from '../oauth/posted-form.ts'
import { createRedactor } from '../run/redaction.ts'
import { isObject } from '../wire/body.ts'
import { formOf, readLiteral } from '../wire/literal.ts'
import { isBase64 } from '../wire/text.ts'

const maxLength = 300_000
const maxInside = 20

/** Gives what may stand inside a text, the most likely first; it has to be recognised to count. */
export function* unwrappingsOf(text: string): Generator<string> {
  // What is left of a HAR that was cut says little of the flow.
  if (text.length > maxLength || /^\{\s*"log"\s*:\s*\{/.test(text)) return
  for (const unwrap of unwrappers) {
    let given = 0
    for (const inside of unwrap(text)) {
      const trimmed = inside.trim()
      if (trimmed !== '' && trimmed !== text && ++given <= maxInside) yield trimmed
    }
  }
}

type Unwrapper = (text: string) => Iterable<string>

/** Gives the groups that a pattern finds. */
function* groupsOf(text: string, pattern: RegExp): Generator<string> {
  for (const found of text.matchAll(pattern)) {
    const group = found.slice(1).find((one) => one !== undefined)
    if (group !== undefined) yield group
  }
}

const unwrappers: readonly Unwrapper[] = [
  // Of Markdown: the fence, then the lines of a quotation.
  (text) => groupsOf(text, /```[\w-]*\r?\n([^]*?)```/g),
  (text) => groupsOf(text, /^[\w-]{2,40}:(?!\/\/)[ \t]*([^\s].*)$/g),
  // One member of JSON, as it was copied out of it.
  (text) => groupsOf(text, /^["'][\w-]{1,60}["']\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'),?$/g),
  joinQuoted,
  decodeQuotedPrintable,
  joinLines,
  decodePercent,
  decodeBase64,
  rewriteLiteral,
  rewriteYaml,
  readMembers,
  readPage,
  // A request as a server logs it.
  (text) => groupsOf(text, /"(?:GET|POST|HEAD) (\S{1,8000}) HTTP\/[\d.]{1,4}"/g),
  findAddresses,
  (text) => groupsOf(text, /(?<![\w.-])(eyJ[\w-]{5,}\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?)(?![\w-])/g),
  (text) => groupsOf(text, /^[ \t]*(?:[$#>%][ \t]+)?((?:curl|wget)[ \t][^]*)$/gm),
  findObjects,
  findCodes,
]

/** What a terminal or a mail broke into lines, and is one word. */
function* joinLines(text: string): Generator<string> {
  const joined = text
    .split('\n')
    .map((line) => line.trim())
    .join('')
  if (text.includes('\n') && !/\s/.test(joined) && joined.split('://').length <= 2) yield joined
}

/** A mail that is answered has a mark before each line of it. */
function* joinQuoted(text: string): Generator<string> {
  const lines = text.split('\n', 500)
  if (lines.length > 1 && lines.every((line) => /^>|^\s*$/.test(line)))
    yield lines.map((line) => line.replace(/^(?:> ?)+/, '')).join('\n')
}

/** A discovery document, or an error, as YAML writes it. */
function* rewriteYaml(text: string): Generator<string> {
  const pairs = text.split(/\r?\n/, 200).flatMap((line) => {
    const [, name = '', value = ''] = /^([\w.-]{1,80}):[ \t]+(\S.*)$/.exec(line) ?? []
    return line.trim() === '' ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const]
  })
  if (pairs.length > 1 && pairs.every(([name]) => name !== ''))
    yield JSON.stringify(Object.fromEntries(pairs))
}

/** @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7 */
function* decodeQuotedPrintable(text: string): Generator<string> {
  if (!/=3D/i.test(text)) return
  yield text
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([\dA-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function* decodePercent(text: string): Generator<string> {
  if (!/^(?:[a-z][\w+.-]{1,20}%(?:25){0,2}3A%(?:25){0,2}2F|%7B|%5B)/i.test(text)) return
  try {
    yield decodeURIComponent(text)
  } catch {
    // What is cut in the middle of a character stays as it is.
  }
}

function* decodeBase64(text: string): Generator<string> {
  const compact = text.replace(/\s+/g, '')
  if (compact.length < 16 || !isBase64(compact)) return
  const inside = Buffer.from(compact, 'base64').toString('utf8')
  if (/^\s*[{[]|^https?:\/\//.test(inside) && !inside.includes('\uFFFD')) yield inside
}

/** Writes as JSON what is written as JavaScript or Python, with comments, or as an argument. */
function* rewriteLiteral(text: string): Generator<string> {
  const bare = text
    .replace(/^(?:(?:const|let|var)\s+)?[\w$.]{1,80}\s*=\s*(?=[[{])/, '')
    .replace(/^[\w$.]{1,80}\((?=\s*[[{])/, '')
  const value = readLiteral(bare)
  if (value !== undefined && !isJson(text)) yield JSON.stringify(value)
}

function isJson(text: string): boolean {
  return parseJson(text) !== undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Looks into the members of JSON: an operator token, a JWS, the entries of a HAR, an address in a log line. */
function* readMembers(text: string): Generator<string> {
  const value = /^[[{]/.test(text) ? parseJson(text) : undefined
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (value.some((item) => isObject(item) && isObject(item['request'])))
      yield JSON.stringify({ log: { entries: value } })
    return
  }
  const members = value as Record<string, unknown>
  const { protected: header, payload, signature } = members
  if ([header, payload, signature].every((part) => typeof part === 'string'))
    yield `${String(header)}.${String(payload)}.${String(signature)}`
  const inside = Object.values(members)
  for (const member of inside)
    if (isObject(member) && 'TemporaryToken' in member) yield JSON.stringify(member)
  for (const member of inside)
    if (typeof member === 'string' && /^(?:https?:\/\/|eyJ)|[{[]\s*["'\w]/.test(member)) yield member
}

/** Looks into HTML and XML: a form that hands the response on, a link, the token of a SIM. */
function* readPage(text: string): Generator<string> {
  if (!text.includes('<')) return
  const posted = readPostedForm(text, 'https://page.invalid/')
  if (posted !== null) yield `${posted.action.href}?${posted.parameters}`
  const token = /<parm\s[^>]{0,200}name="TemporaryToken"[^>]{0,200}value="([^"]{1,20000})"/i.exec(text)?.[1]
  if (token !== undefined) yield `operatortoken:${token}`
  // Of Slack, too, which puts the words behind a bar.
  yield* groupsOf(text, /<(https?:\/\/[^\s<>|]{1,8000})\|[^<>]{0,500}>/g)
  yield* groupsOf(text, /\bhref\s*=\s*(?:"([^"]{1,8000})"|'([^']{1,8000})')/gi)
}

/** Finds addresses in prose, and inside the address of a service that rewrites links. */
function* findAddresses(text: string): Generator<string> {
  if (/^[a-z][\w+.-]*:\/\/\S+$/i.test(text)) {
    const inside = URL.canParse(text) ? [...new URL(text).searchParams.values()] : []
    yield* inside.filter((value) => /^(?:https?:\/\/\S+$|eyJ)/.test(value))
    return
  }
  if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/[^\s?]{0,500}\?[\w.]+=\S+$/.test(text)) yield `https://${text}`
  // A scope with its spaces as they are.
  const [address = '', ...others] = text.split(' ', 200)
  const isOneAddress =
    others.every((word) => /^[\w:#.%+-]*(?:&\S*)?$/.test(word)) && /&\w+=/.test(others.join(' '))
  if (/^[a-z][\w+.-]{1,30}:\/\//i.test(address) && isOneAddress) yield text.replaceAll(' ', '%20')
  for (const found of groupsOf(text, /(?<!\w)([a-z][a-z\d+.-]{1,30}:\/\/[^\s"'<>|`]{4,8000})/gi))
    yield found.replace(/[.,;:!?)\]}]+$/, '').replaceAll('&amp;', '&')
}

/** Finds the first object of JSON, JavaScript or Python in prose, as a program logs it. */
function* findObjects(text: string): Generator<string> {
  if (isJson(text)) return
  let tried = 0
  for (const { index } of text.matchAll(/[[{](?=\s*["'{\w])/g)) {
    if (++tried > maxInside) break
    const end = endOfObject(text, index)
    const value = end === null ? undefined : readLiteral(text.slice(index, end))
    const named = Array.isArray(value) ? (value as unknown[])[0] : value
    if (isObject(named) && Object.keys(named).length > 0) yield JSON.stringify(named)
  }
}

function endOfObject(text: string, from: number): number | null {
  let depth = 0
  let quote = ''
  for (let at = from; at < Math.min(text.length, from + 20_000); at++) {
    const character = text.charAt(at)
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return null
}

const codes =
  /(?<![\w.])(access_denied|redirect_uri_mismatch|(?:consent|login|interaction|account_selection)_required|invalid_(?:client|grant|scope|request|token|target|assertion|dpop_proof)|unauthorized_client|unsupported_grant_type|unsupported_response_type|insufficient_scope|server_error|temporarily_unavailable|authorization_pending|slow_down|expired_token|unknown_user_id|[A-Z]{3,40}(?:_[A-Z]{2,30}){0,5}\.[A-Z]{2,40}(?:_[A-Z]{2,30}){1,8})(?![\w.]|["']?\s*=)/

/** Finds a code of OAuth or CAMARA in prose; the words around it are what the server, or the program, says. */
function* findCodes(text: string): Generator<string> {
  const code = text.length > 5000 || text.startsWith('<') || isJson(text) ? undefined : codes.exec(text)?.[1]
  if (code === undefined) return
  const rest = createRedactor()
    .text(text)
    .slice(0, 300)
    .replace(code, '')
    .replace(/^[\w.]*Error:|\n\s+at [^]*$/g, '')
    .replace(/^[\s:({["'[\]-]+|[\s)}"'\]]+$/g, '')
  const isOfCamara = code.includes('.')
  // nv explain has the codes of OAuth by themselves.
  if (code === text && !isOfCamara) return
  yield isOfCamara
    ? JSON.stringify({ code, message: rest })
    : formOf({ error: code, ...(rest === '' ? {} : { error_description: rest }) })
}
