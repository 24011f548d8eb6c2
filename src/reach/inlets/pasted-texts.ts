// Finds what may be an address in what a user pasted: wrapped over lines, among the words of a chat, encoded, in markup.
import { unwrapPasted } from '../../oauth/callback.ts'
import { readBody } from '../../wire/body.ts'

/** Nothing longer is an address. */
export const maxPastedLength = 16 * 1024

/** How many parts of a text are looked at, since somebody may paste a page rather than an address. */
const maxParts = 40

/**
 * Lists the readings of a pasted text, the likeliest first. Each may be an address, a query or anything else; which
 * one belongs to the attempt, its state tells. The last one is the whole text without its white space.
 */
export function readingsOf(pasted: string, redirectUri: string): string[] {
  const text = withoutMailBreaks(pasted.slice(0, maxPastedLength).replace(/\p{Cf}/gu, ''))
  const lines = text.split(/[\r\n\u2028\u2029]+/).map((line) => line.replace(/^[\s>|]+/, '').trimEnd())
  const wrapped = joinWrapped(lines)
  const parts = [...wrapped, lines.join('')].flatMap(partsOf).slice(0, maxParts)
  const whole = unwrapPasted(text)
  return [
    ...new Set([
      ...membersOf(text),
      ...pairsOf(lines),
      ...parts,
      whole,
      ...[...parts, whole].flatMap(decodings),
    ]),
  ]
    .map((reading) => withScheme(reading, redirectUri))
    .concat(whole)
}

/** Reads the parameters as JSON, as the page of an app shows them that is not finished. */
function membersOf(text: string): string[] {
  const body = readBody(text)
  const members = body.kind === 'object' ? Object.entries(body.object) : []
  const pairs = members.flatMap(([name, value]): Array<[string, string]> =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return pairs.length === 0 ? [] : [`?${new URLSearchParams(pairs)}`]
}

/** Takes out how mail breaks its lines, where it encodes them (quoted-printable). */
function withoutMailBreaks(text: string): string {
  return /=3d/i.test(text) ? text.replace(/=\r?\n/g, '') : text
}

/** Reads parameters that stand on a line each, as a page shows them that is made for looking at them. */
function pairsOf(lines: readonly string[]): string[] {
  const found = lines.flatMap((line): Array<[string, string]> => {
    const [, name, value] = /^(code|state|error\w*|iss)\s*[=:]\s*([^&]*[^\s&,;])$/i.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]]
  })
  return found.length < 2 ? [] : [`?${new URLSearchParams(found)}`]
}

/** Joins a line to the one before it unless it has several words: an address that was wrapped has no spaces. */
function joinWrapped(lines: readonly string[]): string[] {
  const joined: string[] = []
  for (const line of lines) {
    if (joined.length > 0 && !/\s/.test(line) && !/^[a-z][a-z\d+.-]*:\/\//i.test(line)) {
      joined.push((joined.pop() ?? '') + line)
    } else joined.push(line)
  }
  return joined
}

/** Gives the parts of a line that could be an address or its parameters, without the markup around them. */
function partsOf(line: string): string[] {
  const words = line.split(/\s+/).filter((word) => word !== '')
  return words
    .filter((word) => /=|:\/\/|%(?:25)?3d/i.test(word))
    .map((word) => unmark(word, words.length > 1))
}

/** Takes the markup of Markdown, Slack and mail off an address, and the end of a sentence where it stands in one. */
function unmark(word: string, isInSentence: boolean): string {
  let text = word.replace(/^.*\]\(/, '').replace(/^<([^|<>]+)\|.*>$/, '$1')
  text = text.replace(/^(?:href|src|action)=(?:"([^"]*)"|'([^']*)').*$/i, '$1$2')
  const isStrong = text.startsWith('*')
  text = unwrapPasted(text.replace(/^[[({*`“”‘’„«»]+/, ''))
  for (let before = ''; before !== text;) {
    before = text
    text = text.replace(/(?<![`“”‘’„«»>"'])[`“”‘’„«»>"']+$/, '')
    if (isInSentence) text = text.replace(/(?<![.,;:!?])[.,;:!?]+$/, '')
    if (isStrong) text = text.replace(/(?<!\*)\*+$/, '')
    for (const [open, close] of ['()', '[]', '{}'].map((pair) => [...pair] as [string, string]))
      if (text.endsWith(close) && text.split(close).length > text.split(open).length) text = text.slice(0, -1)
  }
  return text
}

/**
 * Gives what a text is once an encoding is undone: that of a URL, where the whole of it is encoded, that of a mail,
 * a query that was added with a ? of its own, and one behind the # of a page that routes by it.
 */
function decodings(text: string): string[] {
  const decoded = /%(?:25)?3d/i.test(text) && !text.includes('=') ? decodeTwice(text) : null
  const ofMail = /=3d/i.test(text) ? text.replace(/=3d/gi, '=') : null
  const twice = /\?.*\?/.test(text)
    ? text.replace(/(\?.*)$/, (query) => `?${query.slice(1).replaceAll('?', '&')}`)
    : null
  const routed = /#[^?#]*\?/.test(text) ? text.replace(/#[^?#]*\?/, '?') : null
  return [decoded, ofMail, twice, routed].filter((reading) => reading !== null)
}

function decodeTwice(text: string): string | null {
  try {
    const once = decodeURIComponent(text)
    return once.includes('=') ? once : decodeURIComponent(once)
  } catch {
    return null
  }
}

/** Gives an address its scheme back, which browsers leave out of the bar and of what is copied from it. */
function withScheme(text: string, redirectUri: string): string {
  const bare = text.replace(/^view-source:/i, '')
  const isHost = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:]+\])(?::\d{1,5})?\/(?!\/)/i.test(bare)
  return isHost ? `${new URL(redirectUri).protocol}//${bare}` : bare
}
