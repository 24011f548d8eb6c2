// The structure of JSON: what is outside its strings, which must stay what it is.
import type { WholeSecrets } from './carriers.ts'
import type { Decoded } from './decoded.ts'
import { redacted } from './placeholder.ts'
import type { Span } from './span.ts'

/** Marks the characters outside strings, quotation marks included; null when the text isn't JSON. */
export function markStructure({ source, bytes, depths }: Decoded): Uint8Array | null {
  if (!isJson(source)) return null
  const isOutside = new Uint8Array(bytes.length)
  let isString = false
  for (let i = 0; i < bytes.length; i++) {
    const isQuote = bytes[i] === 0x22 && depths[i] === 0
    if (isQuote) isString = !isString
    if (isQuote || !isString) isOutside[i] = 1
  }
  return isOutside
}

/** Finds the strings of JSON, names aside, that are secrets as a whole. */
export function findWholeStrings({ text }: Decoded, isOutside: Uint8Array, whole: WholeSecrets): Span[] {
  const spans: Span[] = []
  for (let open = nextQuote(text, isOutside, 0); open >= 0;) {
    const close = nextQuote(text, isOutside, open + 1)
    let next = close + 1
    while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next++
    if (text.charAt(next) !== ':' && close > open + 1 && whole.has(text.slice(open + 1, close)))
      spans.push({ from: open + 1, to: close, replacement: redacted, isGuess: false })
    open = nextQuote(text, isOutside, close + 1)
  }
  return spans
}

function nextQuote(text: string, isOutside: Uint8Array, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && !isOutside[at]) at = text.indexOf('"', at + 1)
  return at
}

function isJson(source: string): boolean {
  if (!/^\uFEFF?[ \t\r\n]*["[{]/.test(source)) return false
  try {
    JSON.parse(source.replace(/^\uFEFF/, ''))
    return true
  } catch {
    return false
  }
}
