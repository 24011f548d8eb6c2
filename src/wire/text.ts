// Text: its first letter, its beginning where it is too long, base64, and bytes in whatever encoding.

/** Begins a text with a capital letter. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Begins a text with a small letter. */
export function uncapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Gives the first characters of a text, never half of one. */
export function beginningOf(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

/** Cuts a text that is longer, and shows that it was cut. */
export function cutText(text: string, maxLength: number): string {
  return text.length > maxLength ? `${beginningOf(text, maxLength)}…` : text
}

/**
 * Tells whether a text is base64 of either alphabet, in one piece. It looks for a wrong character, since a match of the
 * whole of a long text can exhaust the stack.
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-5
 */
export function isBase64(text: string): boolean {
  return text !== '' && !/[^\w+/-]/.test(text.replace(/={1,2}$/, ''))
}

/**
 * Decodes UTF-8, or UTF-16 as Windows often writes it, without the byte order mark; null when the bytes are not text.
 * @see https://encoding.spec.whatwg.org/#bom-sniff
 */
export function decodeText(bytes: Uint8Array): string | null {
  for (const encoding of encodingsOf(bytes)) {
    const text = decode(bytes, encoding)
    if (text !== null && !text.includes('\0')) return text
  }
  return null
}

function encodingsOf([first, second]: Uint8Array): readonly string[] {
  if (first === 0xff && second === 0xfe) return ['utf-16le']
  if (first === 0xfe && second === 0xff) return ['utf-16be']
  // Without a mark: a letter of ASCII has a zero beside it.
  if (first === 0) return ['utf-16be']
  return second === 0 ? ['utf-16le'] : ['utf-8']
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
