// Makes texts at random, the same for the same seed, out of what breaks readers of text.

export interface Random {
  /** A whole number below `end`. */
  below(end: number): number
  pick<T>(items: readonly T[]): T
}

/** Makes a source of numbers that repeats itself for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
  }
}

const fragments: readonly string[] = [
  [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    "'",
    '\\',
    '\\\\',
    '\\"',
    '\\u',
    '\\u00',
    '\\u0061',
    '\\ud800',
    '\\x4',
    '/',
  ],
  [
    '&',
    '=',
    '?',
    '#',
    ';',
    '%',
    '%2',
    '%25',
    '%2541',
    '%C3',
    '%3D',
    '%26',
    '&amp;',
    '&#',
    '&#x41;',
    '&#9999999;',
  ],
  [
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\u001b[31m',
    '\u202e',
    '\u200b',
    '\ufeff',
    '\u00a0',
    '\ud800',
    '\udfff',
    '😀',
    'é',
  ],
  [
    'a',
    'Z',
    '0',
    '34',
    '+',
    '-',
    '_',
    '.',
    '//',
    '@',
    '<',
    '>',
    '(',
    ')',
    '*',
    '==',
    '[redacted]',
    'redacted]',
  ],
  [
    'code',
    'state=',
    '"code":',
    '"access_token":',
    '"token" : [',
    '"phoneNumber":"',
    'login_hint=',
    'msisdn: ',
    'tel:',
  ],
  [
    'bearer ',
    'Basic ',
    'eyJhbGciOiJub25lIn0.',
    '+34611222333',
    '34611222333',
    'name="code" value="',
    '<token>',
  ],
  ['true', 'null', '1e5', '-1.5', 'secret', 'operatortoken:', 'https://u:p@h/?code=x&y=', 'error'],
].flat()

/** Makes a text of at most so many fragments; `more` are mixed in. */
export function makeText(random: Random, maxFragments: number, more: readonly string[] = []): string {
  const count = random.below(maxFragments)
  return Array.from({ length: count }, () =>
    more.length > 0 && random.below(4) === 0 ? random.pick(more) : random.pick(fragments),
  ).join('')
}

/** Makes a value of JSON whose names and strings are such texts. */
export function makeJson(random: Random, depth: number, more: readonly string[] = []): unknown {
  const text = () => makeText(random, 6, more)
  const kind = random.below(depth > 0 ? 8 : 5)
  if (kind === 0) return random.pick([null, true, false, 0, -1.5, 34600123456, 1e21, 12345678901234])
  if (kind < 5) return text()
  const items = Array.from({ length: random.below(4) }, () => makeJson(random, depth - 1, more))
  if (kind === 5) return items
  const names = ['code', 'access_token', 'msisdn', 'login_hint', 'secret']
  return Object.fromEntries(
    items.map((item, i) => [random.below(2) === 0 ? random.pick(names) : `${text()}${i}`, item]),
  )
}
