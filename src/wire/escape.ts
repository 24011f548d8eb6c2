// Makes other people's text inert wherever it lands.

/**
 * Letters, marks, digits, punctuation, symbols and the plain space, if they show something; everything else could steer
 * a terminal, or hide a text in another. The selectors that choose how an emoji looks are all that may show nothing.
 */
const harmless = /(?=[^\p{Default_Ignorable_Code_Point}\u2800]|[\ufe0e\ufe0f])[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

/** What most texts are made of; looking for it first spares making the pattern above. */
const plain = /^[ -~]*$/

/** The signs that nv itself writes, for the same reason. */
const ownSigns = '✔✖✓→…–•'

function isHarmless(character: string): boolean {
  return ownSigns.includes(character) || harmless.test(character)
}

/** Tells whether a text holds invisible characters that may steer a terminal: controls, bidi marks, line separators. */
export function holdsControls(text: string): boolean {
  return !plain.test(text) && /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
}

/** Shows control, format and bidirectional characters as `\u{…}`, line breaks included, and cuts long text. */
export function escapeText(text: string, maxLength = 300): string {
  if (text.length <= maxLength && plain.test(text)) return text
  // No character has more than two units: what is beyond isn't looked at.
  const beginning = text.slice(0, 2 * maxLength + 2)
  const characters = [...beginning]
  const shown = characters
    .slice(0, maxLength)
    .map((character) => (isHarmless(character) ? character : escape(character)))
  return shown.join('') + (characters.length > maxLength ? '…' : '')
}

/**
 * Prints JSON whose strings hold nothing that steers a terminal; it parses to the same value. Half a surrogate pair is
 * escaped too, so that it is always UTF-8. What JSON can't express is null.
 */
export function toInertJson(value: unknown, indent = 2): string {
  const text = (JSON.stringify(value, null, indent) as string | undefined) ?? 'null'
  return text.replace(/[^\n -~]/gu, (character) =>
    isHarmless(character) ? character : escapeUnits(character),
  )
}

/** The sequences that nv itself writes: the styles of a report, and the colours of a QR code. */
const ownStyles = '\\u001b\\[(?:0|1|2|22|31|32|33|39|97;40)m'
const steering = new RegExp(`${ownStyles}|[^\\n -~]`, 'gu')

/**
 * Lets of a text through what may reach a terminal: what shows something, line breaks, and nv's own styles. The rest is
 * written as JSON escapes it, so that JSON in which something was forgotten still parses to the same value.
 */
export function toInertText(text: string): string {
  return text.replace(steering, (found) =>
    found.startsWith('\u001b[') || isHarmless(found) ? found : escapeUnits(found),
  )
}

/**
 * Keeps a job of GitHub Actions from taking a line of a text for a command, which a server could have written. The
 * annotations of nv itself pass: whoever forges one changes nothing in the job.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function toInertLog(text: string): string {
  return text
    .replaceAll('##[', '##\\u005b')
    .replace(/^([^\S\n]*):(?=:(?!(?:error|warning|notice) title=nv )[a-z])/gim, '$1\\u003a')
}

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function escape(character: string): string {
  if (character === '\n') return '\\n'
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

/** Escapes each UTF-16 unit as JSON does. */
function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join('')
}

function hex(unit: number, length: number): string {
  return unit.toString(16).padStart(length, '0')
}

/** Quotes a text for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
