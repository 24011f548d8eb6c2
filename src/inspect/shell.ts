// Splits a command as a shell does, without running anything.

export interface SplitCommand {
  words: string[]
  /** Whether an unquoted & ended the command, and something follows. */
  isCut: boolean
}

const maxWords = 500

/** Splits the first command of a text into words: quotes, $'…', backslashes, and lines that end in \, ^ or `. */
export function splitCommand(text: string): SplitCommand {
  const joined = text.replace(/[\\^`]\r?\n/g, ' ')
  const words: string[] = []
  let word: string | null = null
  let at = 0
  while (at < joined.length && words.length < maxWords) {
    const character = joined.charAt(at)
    const isAnsi = character === '$' && joined.charAt(at + 1) === "'"
    if (character === "'" || isAnsi) {
      const [value, next] = isAnsi ? readAnsi(joined, at + 2) : readSingle(joined, at + 1)
      word = (word ?? '') + value
      at = next
    } else if (character === '"') {
      const [value, next] = readDouble(joined, at + 1)
      word = (word ?? '') + value
      at = next
    } else if (character === '\\') {
      word = (word ?? '') + joined.charAt(at + 1)
      at += 2
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
      if (character === '\n' && words.length > 0 && !/^\s*(-|'|"|http)/.test(joined.slice(at + 1, at + 200)))
        break
      at++
    } else if (';|&<>'.includes(character)) {
      if (word !== null) words.push(word)
      return { words, isCut: character === '&' && /^[\w.-]+=/.test(joined.slice(at + 1, at + 100)) }
    } else {
      word = (word ?? '') + character
      at++
    }
  }
  if (word !== null) words.push(word)
  return { words, isCut: false }
}

function readSingle(text: string, from: number): [value: string, next: number] {
  const end = text.indexOf("'", from)
  return end < 0 ? [text.slice(from), text.length] : [text.slice(from, end), end + 1]
}

function readDouble(text: string, from: number): [value: string, next: number] {
  const parts: string[] = []
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') return [parts.join(''), at + 1]
    if (character === '\\' && '"\\$`'.includes(text.charAt(at + 1))) parts.push(text.charAt(++at))
    else parts.push(character)
  }
  return [parts.join(''), text.length]
}

const ansi: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function readAnsi(text: string, from: number): [value: string, next: number] {
  const parts: string[] = []
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "'") return [parts.join(''), at + 1]
    if (character !== '\\') parts.push(character)
    else {
      const next = text.charAt(++at)
      const code = next === 'u' ? /^[0-9a-f]{4}/i.exec(text.slice(at + 1, at + 5))?.[0] : undefined
      if (code !== undefined) at += 4
      parts.push(code === undefined ? (ansi[next] ?? next) : String.fromCharCode(Number.parseInt(code, 16)))
    }
  }
  return [parts.join(''), text.length]
}
