// The forms in which a value may turn up: as it is, in hexadecimal, base32, base64, twice in it, backwards.
import { foldPlain, foldValue } from './fold.ts'

/** A form of a value, folded. */
export interface Form {
  bytes: Uint8Array
  /** How many of its bytes give the value away. */
  telling: number
  /** Whether it is the value itself, but for escapes. */
  isPlain: boolean
}

/** Longer values are searched for by their beginning, except in their plain form. */
const maxSourceLength = 256

/** What is shorter turns up by chance. */
const minDerivedLength = 8

/** Gives the forms of a value of which `telling` characters give it away. */
export function formsOf(value: string, telling: number): Form[] {
  const beginning = foldValue(value.slice(0, telling))[0]?.length ?? 0
  const plain = [value, ...quotedPrintable(value)].flatMap(foldValue).map((bytes) => ({
    bytes,
    telling: telling < value.length ? Math.max(beginning, minDerivedLength) : bytes.length,
    isPlain: true,
  }))
  const seen = new Set<string>()
  const derived = derivedForms(value, telling).flatMap(({ text, telling: count }) => {
    const bytes = foldPlain(text)
    const key = Buffer.from(bytes).toString('latin1')
    if (bytes.length < minDerivedLength || seen.has(key)) return []
    seen.add(key)
    return [{ bytes, telling: Math.max(count, minDerivedLength), isPlain: false }]
  })
  // What holds the mark of an earlier redaction is never found.
  return [...plain, ...derived].filter(({ bytes }) => bytes.length > 0 && !bytes.includes(0))
}

/** Gives only the value itself and its base64, as the payload of a JWT has it: for what there are many of. */
export function shallowFormsOf(value: string, telling: number): Form[] {
  const inBase64 = base64Forms(Buffer.from(value)).map((text) => ({
    bytes: foldPlain(text),
    telling: Math.floor((telling * 4) / 3),
    isPlain: false,
  }))
  return [{ bytes: foldPlain(value), telling, isPlain: true }, ...inBase64]
}

function derivedForms(value: string, telling: number): Array<{ text: string; telling: number }> {
  // HTTP Basic encodes the secret as a form does before it goes into base64.
  const cut = Buffer.from(value.slice(0, maxSourceLength)).toString()
  const formEncoded = new URLSearchParams([['', cut]]).toString().slice(1)
  const sources = [...new Set([cut, formEncoded, encodeURIComponent(cut)])].map((text) => Buffer.from(text))
  // Windows encodes text as UTF-16 before it goes into base64 or hexadecimal.
  const wide = Buffer.from(cut, 'utf16le')
  const wideSources = [wide, Buffer.from(wide).swap16()]
  const once = sources.flatMap(base64Forms)
  const twice = once
    .flatMap((text) => [...new Set([text, toUrlAlphabet(text)])])
    .flatMap((text) => base64Forms(Buffer.from(text)))
  return [
    ...sources.map((bytes) => ({ text: bytes.toString('hex'), telling: 2 * telling })),
    { text: [...Buffer.from(cut)].map(quoted).join(''), telling: 3 * telling },
    ...wideSources.map((bytes) => ({ text: bytes.toString('hex'), telling: 4 * telling })),
    ...once.map((text) => ({ text, telling: Math.floor((telling * 4) / 3) })),
    ...wideSources.flatMap(base64Forms).map((text) => ({ text, telling: Math.floor((telling * 8) / 3) })),
    ...base32Forms(Buffer.from(cut)).map((text) => ({ text, telling: Math.floor((telling * 8) / 5) })),
    ...[...new Set(twice)].map((text) => ({ text, telling: Math.floor((telling * 16) / 9) })),
    { text: [...cut].toReversed().join(''), telling },
  ]
}

/** The base64 of a value at each of the three offsets it can have in something longer, without uncertain ends. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const isWholeGroup = (offset + bytes.length) % 3 === 0
    return encoded.slice(offset === 0 ? 0 : offset + 1, isWholeGroup ? undefined : -1)
  })
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The base32 of a value at each of the five offsets it can have in something longer, without uncertain ends. */
function base32Forms(bytes: Buffer): string[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return [0, 2, 4, 1, 3].map((skipped) =>
    (bits.slice(skipped).match(/.{5}/g) ?? [])
      .map((group) => base32Alphabet.charAt(Number.parseInt(group, 2)))
      .join(''),
  )
}

function toUrlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}

/** The value as a mail would hold it, where that differs. */
function quotedPrintable(value: string): string[] {
  if (!/[^\x20-\x3c\x3e-\x7e]/.test(value)) return []
  return [
    [...Buffer.from(value)]
      .map((byte) => (byte === 0x3d || byte >= 0x7f ? quoted(byte) : String.fromCharCode(byte)))
      .join(''),
  ]
}

function quoted(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
