// A text without its encodings, and where each of its characters stands in the text as it came.

/** The characters of a text, decoded; those outside ASCII are the bytes of their UTF-8. */
export interface Decoded {
  source: string
  /** One Latin-1 character for each byte. */
  text: string
  bytes: Uint8Array
  /** Where the character, or the escape that stands for it, starts and ends in the source. */
  starts: Uint32Array
  ends: Uint32Array
  /**
   * How deep a character was encoded: the rounds of percent-encoding, and for a quotation mark 16 for each backslash
   * before it. What ends a value can't be encoded deeper than what began it.
   */
  depths: Uint8Array
}

const maxDepth = 15
const backslash = 0x5c

/** The meaning of a letter after a backslash. */
const controls: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, f: 12, r: 13 }

/** Browsers read a number without its semicolon too. */
const entity = /&(?:amp;)*(?:#(\d{1,7});?|#x([0-9a-f]{1,6});?|([a-z]{2,6});)/iy
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  colon: ':',
  equals: '=',
  gt: '>',
  lowbar: '_',
  lt: '<',
  nbsp: ' ',
  num: '#',
  percnt: '%',
  period: '.',
  plus: '+',
  quot: '"',
  sol: '/',
}

/** Holds no escape of any kind, and no character of more than one byte. */
// oxlint-disable-next-line no-control-regex
const unencoded = /^[\x00-\x24\x27-\x5b\x5d-\x7f]*$/

/** The numbers from 0, and as many zeros: of a text without encodings each character stands where it stands. */
let places = { numbers: new Uint32Array(0), zeros: new Uint8Array(0) }

function asItIs(source: string): Decoded {
  const { length } = source
  if (places.numbers.length <= length) {
    const numbers = Uint32Array.from({ length: 2 * length + 256 }, (_, index) => index)
    places = { numbers, zeros: new Uint8Array(numbers.length) }
  }
  return {
    source,
    text: source,
    bytes: Buffer.from(source, 'latin1'),
    starts: places.numbers.subarray(0, length),
    ends: places.numbers.subarray(1, length + 1),
    depths: places.zeros.subarray(0, length),
  }
}

/**
 * Undoes percent-encoding (any number of times), the escapes of JSON (in JSON inside JSON too) and entities of HTML.
 * Never throws; takes time in proportion to the text.
 */
export function decode(source: string): Decoded {
  if (unencoded.test(source)) return asItIs(source)
  // No escape is shorter than the bytes it stands for.
  const size = Buffer.byteLength(source)
  const bytes = Buffer.alloc(size)
  const starts = new Uint32Array(size)
  const ends = new Uint32Array(size)
  const depths = new Uint8Array(size)
  let length = 0

  const emitByte = (byte: number, start: number, end: number, depth: number) => {
    bytes[length] = byte
    starts[length] = start
    ends[length] = end
    depths[length++] = depth
  }
  const emit = (character: number, start: number, end: number, depth = 0) => {
    const code = plainOf(character)
    if (code < 0x80) return emitByte(code, start, end, depth)
    if (isBlank(code)) return emitByte(0x20, start, end, depth)
    const count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    emitByte(((0xf00 >> count) & 0xff) | (code >> (6 * (count - 1))), start, end, depth)
    for (let rest = count - 2; rest >= 0; rest--)
      emitByte(0x80 | ((code >> (6 * rest)) & 0x3f), start, end, depth)
  }

  /** Reads `%41`, `%2541` and so on; gives where it ends. */
  const emitPercent = (start: number): number => {
    let at = start + 1
    let depth = 1
    while (source.startsWith('25', at) && hexAt(source, at + 2, 2) !== null) {
      at += 2
      depth++
    }
    const byte = hexAt(source, at, 2)
    emitByte(byte ?? 0x25, start, byte === null ? start + 1 : at + 2, Math.min(depth, maxDepth))
    return byte === null ? start + 1 : at + 2
  }

  /** Reads a run of backslashes and what they escape; gives where it ends. */
  const emitEscape = (start: number): number => {
    let at = start
    while (source.charCodeAt(at) === backslash) at++
    const escaped = source.charAt(at)
    const code = escapedAt(source, at)
    const slashes = at - start
    // `https:\\name@host` is an address, as browsers read it.
    const isAddress = slashes === 2 && source.charAt(start - 1) === ':'
    if (code !== null && !isAddress) {
      const end = at + code.length
      emit(code.value, start, end, isQuote(code.value) ? 16 * Math.min(slashes, maxDepth) : 0)
      return end
    }
    if (slashes % 2 === 1 && (escaped === '"' || escaped === "'" || escaped === '/')) {
      emit(escaped.charCodeAt(0), start, at + 1, escaped === '/' ? 0 : 16 * Math.min(slashes, maxDepth))
      return at + 1
    }
    // Two are one that was escaped: nothing may come between them.
    for (let i = start; i < at; i += 2) emitByte(backslash, i, Math.min(i + 2, at), 0)
    return at
  }

  const emitEntity = (start: number): number => {
    entity.lastIndex = start
    const [all, decimal, hex, name] = entity.exec(source) ?? []
    const named = entities[name?.toLowerCase() ?? '']?.charCodeAt(0)
    const code = named ?? (decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal))
    if (all === undefined || !(code <= 0x10ffff)) {
      emitByte(0x26, start, start + 1, 0)
      return start + 1
    }
    emit(wellFormed(code), start, start + all.length, isQuote(code) ? 16 : 0)
    return start + all.length
  }

  for (let i = 0; i < source.length;) {
    const unit = source.charCodeAt(i)
    if (unit === 0x25) i = emitPercent(i)
    else if (unit === backslash) i = emitEscape(i)
    else if (unit === 0x26) i = emitEntity(i)
    else if (unit < 0x80) emitByte(unit, i, ++i, 0)
    else {
      const code = source.codePointAt(i) ?? 0
      const end = i + (code > 0xffff ? 2 : 1)
      emit(wellFormed(code), i, end)
      i = end
    }
  }
  return {
    source,
    text: bytes.toString('latin1', 0, length),
    bytes: bytes.subarray(0, length),
    starts: starts.subarray(0, length),
    ends: ends.subarray(0, length),
    depths: depths.subarray(0, length),
  }
}

/** Reads what stands behind the backslashes of an escape that is more than the character itself. */
function escapedAt(source: string, at: number): { value: number; length: number } | null {
  const letter = source.charAt(at)
  const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined
  if (control !== undefined) return { value: control, length: 1 }
  const [braced = '', digits = ''] =
    letter === 'u' ? (/^u\{([0-9a-f]{1,6})\}/i.exec(source.slice(at, at + 9)) ?? []) : []
  const point = Number.parseInt(digits, 16)
  if (braced !== '' && point <= 0x10ffff) return { value: wellFormed(point), length: braced.length }
  const octal = /^[0-3][0-7]{2}/.exec(source.slice(at, at + 3))?.[0]
  if (octal !== undefined) return { value: Number.parseInt(octal, 8), length: 3 }
  const value = letter === 'u' ? hexAt(source, at + 1, 4) : letter === 'x' ? hexAt(source, at + 1, 2) : null
  if (value === null) return null
  const length = letter === 'u' ? 5 : 3
  if (value < 0xd800 || value > 0xdbff) return { value: wellFormed(value), length }
  let next = at + length
  while (source.charCodeAt(next) === backslash) next++
  const low = next > at + length && source.charAt(next) === 'u' ? hexAt(source, next + 1, 4) : null
  if (low === null || low < 0xdc00 || low > 0xdfff) return { value: wellFormed(value), length }
  return { value: 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00), length: next + 5 - at }
}

/** Reads so many hexadecimal digits; null when there is anything else. */
function hexAt(source: string, at: number, count: number): number | null {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = hexDigit(source.charCodeAt(i))
    if (digit < 0) return null
    value = value * 16 + digit
  }
  return value
}

function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Half a surrogate pair has no UTF-8. */
function wellFormed(code: number): number {
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
}

/** White space outside ASCII, and what shows nothing at all. */
function isBlank(code: number): boolean {
  if (code >= 0x2000 && code <= 0x206f) return code <= 0x200f || code >= 0x2028
  return code === 0xa0 || code === 0xad || code === 0x1680 || code === 0x3000 || code === 0xfeff
}

/** Where the digits of other scripts begin: Arabic, Persian, Devanagari, Bengali, Thai. */
const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50]

/** Reads the wide forms of ASCII, and digits of other scripts, as what they stand for. */
function plainOf(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0
  const zero =
    code < 0x660 || code > 0xe59 ? undefined : zeros.find((first) => code >= first && code < first + 10)
  return zero === undefined ? code : code - zero + 0x30
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}
