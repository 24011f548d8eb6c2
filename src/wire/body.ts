// Reads the body of a response that should be a JSON object.

export type Body = { kind: 'object'; object: Record<string, unknown> } | { kind: 'other'; found: string }

/** Reads a body by what it holds, not by its Content-Type; a leading byte order mark is skipped. */
export function readBody(text: string): Body {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (trimmed === '') return { kind: 'other', found: 'an empty body' }
  try {
    const value: unknown = JSON.parse(trimmed)
    if (isObject(value)) return { kind: 'object', object: value }
    return { kind: 'other', found: `${describeValue(value)} in place of a JSON object` }
  } catch {
    return { kind: 'other', found: nameOther(trimmed) }
  }
}

/** Tells whether a text ends inside of a string, an object or an array. */
function isOpen(text: string): boolean {
  const withoutStrings = text.replace(/\\[^]/g, '').replace(/"[^"]*"/g, '')
  const count = (pattern: RegExp) => withoutStrings.match(pattern)?.length ?? 0
  return withoutStrings.includes('"') || count(/[[{]/g) > count(/[\]}]/g)
}

/** Names what is neither JSON nor markup; bytes that are no UTF-8 were read as U+FFFD. */
function nameText(text: string): string {
  const bad = '\uFFFD'
  if (text.startsWith(`\x1F${bad}\b`)) return 'data compressed with gzip'
  if (text.startsWith(`(${bad}/${bad}`)) return 'data compressed with zstd'
  if (/^(?:\uFFFD{2})?(?:[ -~]\0|\0[ -~]){4}/.test(text)) return 'text in UTF-16, not UTF-8'
  const strange =
    text
      .slice(0, 200)
      .replace(/[\t\n\r]/g, '')
      .match(/[\p{Cc}\uFFFD]/gu) ?? []
  if (strange.length > 4) return 'data that is not text'
  return /^[{[]/.test(text) && isOpen(text) ? 'JSON that breaks off' : 'text that is not JSON'
}

/** Tells whether a JSON value is an object, not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names a text that is not JSON. XML ends in the tag that it starts with, and is not a page unless it says so. */
function nameOther(text: string): string {
  if (!text.startsWith('<')) return nameText(text)
  const beginning = text.slice(0, 300)
  const [, root = ''] = /^(?:<\?xml\b[^>]*>\s*)?<([a-z][\w:.-]*)/i.exec(beginning) ?? []
  const isXml = /^<\?xml\b/i.test(beginning) || text.endsWith(`</${root}>`)
  const isPage = /<(!doctype html|html|head|body|title|meta|script|h\d|p|div|center|form|b|pre)\b/i.test(
    beginning,
  )
  return isXml && !isPage ? 'XML' : 'an HTML page'
}

/** Reads a member that is a non-empty string; null when it is anything else. */
export function stringIn(object: Readonly<Record<string, unknown>>, name: string): string | null {
  const member = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof member === 'string' && member !== '' ? member : null
}

/** Names a JSON value by its type. A text of a server is not quoted, as it may hold a secret, nor
 * counted, as what is recorded has another length where it was redacted. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (value === 'true' || value === 'false') return `the string "${value}"`
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return 'a string'
  if (value === undefined) return 'nothing'
  return Math.abs(Number(value)) < 1000 ? `the ${typeof value} ${JSON.stringify(value)}` : 'a large number'
}

/** Counts how often a JSON text has a member of that name, at any depth: of doubled names JSON.parse keeps the last. */
export function countNames(text: string, name: string): number {
  let count = 0
  for (let open = text.indexOf('"'); open >= 0;) {
    const close = endOfString(text, open)
    if (close < 0) break
    if (isFollowedByColon(text, close) && readString(text.slice(open, close)) === name) count++
    open = text.indexOf('"', close)
  }
  return count
}

/** Finds where the string ends that starts there; -1: nowhere. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') return at + 1
    if (character === '\\') at++
  }
  return -1
}

function isFollowedByColon(text: string, end: number): boolean {
  let at = end
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at++
  return text.charAt(at) === ':'
}

/** Reads a string of JSON; null if it isn't one, for instance because of a raw line break. */
function readString(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Writes the name of a member as all its spellings agree: in lower case, without `_`, `-` and blanks. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Tells whether what stands in place of an error's code says that there is none. */
export function saysSuccess(code: string): boolean {
  return /^(ok|success\w*|succeeded|accepted|completed?|none|no[ _-]?errors?|0*|2\d\d(\d\d)?)$/i.test(
    code.trim(),
  )
}
