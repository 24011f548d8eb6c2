// Makes text of others inert in the place where it lands.

/** Letters, marks, digits, punctuation, symbols and the plain space; everything else could steer a terminal. */
const harmless = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

/** What most texts are made of; looking for it first spares making the pattern above. */
const plain = /^[ -~]*$/

/** Shows control, format and bidirectional characters as `\u{…}`, line breaks included, and cuts long text. */
export function escapeText(text: string, maxLength = 300): string {
  if (text.length <= maxLength && plain.test(text)) return text
  const characters = [...text]
  const shown = characters
    .slice(0, maxLength)
    .map((character) => (harmless.test(character) ? character : escape(character)))
  return shown.join('') + (characters.length > maxLength ? '…' : '')
}

/** Prints JSON whose strings hold nothing that steers a terminal; it parses to the same value. */
export function toInertJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replace(/[^\n -~]/gu, (character) => {
    if (harmless.test(character)) return character
    return Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(
      '',
    )
  })
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

function hex(unit: number, length: number): string {
  return unit.toString(16).padStart(length, '0')
}
