// The form in which texts are compared: letters and digits without case, and the signs that encodings leave alone.
import { decode, type Decoded } from './decoded.ts'
import { createMarks, type Marks } from './placeholder.ts'

/** A decoded text as it is compared, and which of the decoded characters each of its bytes is. */
export interface Folded {
  bytes: Uint8Array
  units: Uint32Array
}

/** Marks a place where no value may be found. */
const barrier = 0

const closingBracket = 0x5d

/**
 * The byte that a byte is compared as; 256: it is left out. Left out are white space (a value may have been split), what
 * stands between the digits of a hash or a number, and the + that form-encoding makes of a space; _ is the / of base64url.
 */
const comparedAs = Uint16Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x20 || byte === 0x7f) return 256
  const character = String.fromCharCode(byte)
  if ('+-:\\'.includes(character)) return 256
  if (character === '_') return 0x2f
  return character >= 'A' && character <= 'Z' ? byte + 0x20 : byte
})

const anyMarks = createMarks(null)

/** Folds a text in which things are to be found; `isOutside` tells where the structure of JSON is. */
export function fold(decoded: Decoded, isOutside: Uint8Array | null, marks: Marks = anyMarks): Folded {
  const { length } = decoded.bytes
  const bytes = new Uint8Array(length)
  const units = new Uint32Array(length)
  let count = 0
  for (let unit = 0; unit < length; unit++) {
    const byte = decoded.bytes[unit] ?? 0
    let compared = comparedAs[byte] ?? 256
    if (isOutside?.[unit] && !isNumeric(byte)) compared = barrier
    else if (compared === 256 || isSoftBreak(decoded.bytes, unit)) continue
    bytes[count] = compared
    units[count++] = unit
    if (byte === closingBracket) bytes.fill(barrier, count - lengthOfMark(bytes, count, marks), count)
  }
  return { bytes: bytes.subarray(0, count), units: units.subarray(0, count) }
}

/** So many signs may stand between the digits of a number, as in `+49 (0) 30` and `(415) 555-0123`. */
const maxSeparators = 4

/** Folds a text in which numbers are to be found: only digits count, and between them no letter and few other signs. */
export function foldDigits({ bytes: text }: Decoded, isOutside: Uint8Array | null): Folded {
  const bytes = new Uint8Array(text.length)
  const units = new Uint32Array(text.length)
  let count = 0
  let separators = 0
  for (let unit = 0; unit < text.length; unit++) {
    const byte = text[unit] ?? 0
    if (byte >= 0x30 && byte <= 0x39) {
      bytes[count] = byte
      units[count++] = unit
      separators = 0
    } else if (isApart(byte) || (isOutside?.[unit] && !isNumeric(byte)) || ++separators > maxSeparators) {
      if (count > 0 && bytes[count - 1] !== barrier) units[count++] = unit
    }
  }
  return { bytes: bytes.subarray(0, count), units: units.subarray(0, count) }
}

/** Tells whether no two parts of a number have this between them. */
function isApart(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isLetter || byte >= 0x80
}

/** Nothing else is read in another way in a text that is searched; the bracket may end a mark of redaction. */
const mayBeEncoded = /[^\x20-\x7e]|[%&\\\]]/

/** Folds a value that is to be found, as it comes and as a text that encodes it would show it. */
export function foldValue(value: string): Uint8Array[] {
  const asIs = foldPlain(value)
  if (!mayBeEncoded.test(value)) return [asIs]
  const { bytes: asDecoded } = fold(decode(value), null)
  return Buffer.compare(asIs, asDecoded) === 0 ? [asIs] : [asDecoded, asIs]
}

/** Folds a text that no encoding is to be undone in. */
export function foldPlain(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  let count = 0
  for (const byte of bytes) {
    const compared = comparedAs[byte] ?? 256
    if (compared < 256) bytes[count++] = compared
  }
  return bytes.subarray(0, count)
}

/** Tells whether a character is left out when texts are compared. */
export function isLeftOut(byte: number | undefined): boolean {
  return byte !== undefined && comparedAs[byte] === 256
}

const numeric = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[0-9+.eE-]/.test(String.fromCharCode(byte)) ? 1 : 0,
)

/** Tells whether a byte can be part of a number in JSON. */
export function isNumeric(byte: number): boolean {
  return numeric[byte] === 1
}

/** A = at the end of a line: quoted-printable goes on in the next one. */
function isSoftBreak(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x3d && (bytes[at + 1] === 0x0a || bytes[at + 1] === 0x0d)
}

/** A mark as it is compared: without the colon before its fingerprint. */
const foldedMark = /\[redacted([0-9a-f]{6})?\]$/
const longestMark = '[redacted123456]'.length

/** What was redacted before is left as it is. */
function lengthOfMark(bytes: Uint8Array, count: number, { isMark }: Marks): number {
  const end = Buffer.from(bytes.subarray(Math.max(0, count - longestMark), count)).toString('latin1')
  const [all, fingerprint] = foldedMark.exec(end) ?? []
  const isOurs = all !== undefined && isMark(fingerprint === undefined ? all : `[redacted:${fingerprint}]`)
  return isOurs ? all.length : 0
}
