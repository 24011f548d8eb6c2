// Reads values as programs write them: JSON with comments, JavaScript, Python.

const maxLength = 200_000
const maxDepth = 40

/** What stands for a part that only the program knows, such as a variable. */
export const unknownPart = '{{variable}}'

export interface Arguments {
  positional: unknown[]
  named: Readonly<Record<string, unknown>>
}

/** Reads a text that is one object or list; undefined when it is none. Plain JSON is one, too. */
export function readLiteral(text: string): unknown {
  if (text.length > maxLength || !/^[^[{(]{0,80}[[{]/.test(text)) return undefined
  try {
    const reader = createReader(text)
    const value = reader.value(0)
    reader.skip()
    return /^[;,)\s]*$/.test(text.slice(reader.at())) ? value : undefined
  } catch {
    return undefined
  }
}

/** Reads the arguments of a call, from behind its parenthesis; null when they can't be read. */
export function readArguments(text: string): Arguments | null {
  if (text.length > maxLength) return null
  const positional: unknown[] = []
  const named: Record<string, unknown> = {}
  try {
    const reader = createReader(text)
    for (let count = 0; count < 50 && !reader.takes(')'); count++) {
      const name = reader.takesName()
      if (name === null) positional.push(reader.value(0))
      else named[name] = reader.value(0)
      reader.takes(',')
    }
    return { positional, named }
  } catch {
    return null
  }
}

/** Makes a reader of one text. It throws on what is no value. */
function createReader(text: string) {
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at += found[0].length
    return found
  }
  const skip = () => void match(/(?:\s+|\/\/[^\n]*|#[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y)
  const takes = (sign: string): boolean => {
    skip()
    if (!text.startsWith(sign, at)) return false
    at += sign.length
    return true
  }
  const value = (depth: number): unknown => {
    if (depth > maxDepth) throw new Error('too deep')
    let found = single(depth)
    while (takes('+')) {
      const next = single(depth)
      found =
        (typeof found === 'string' ? found : unknownPart) + (typeof next === 'string' ? next : unknownPart)
    }
    return found
  }
  const single = (depth: number): unknown => {
    skip()
    const quote = match(/[bfru]?("""|'''|["'`])/y)?.[1]
    if (quote !== undefined) return string(quote)
    if (takes('{')) return object(depth)
    if (takes('[')) return list(']', depth)
    if (takes('(')) return list(')', depth)
    const number = match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
    if (number !== null) return Number(number[0])
    const name = match(/(?:await\s+|new\s+)?[A-Za-z_$][\w$.?]*/y)?.[0]
    if (name === undefined) throw new Error('no value')
    if (Object.hasOwn(words, name)) return words[name]
    if (!takes('(')) return unknownPart
    const [first] = list(')', depth)
    if (/JSON\??\.stringify$|dumps$/.test(name)) return JSON.stringify(first)
    return /URLSearchParams$|urlencode$|(?:qs|querystring)\.(?:stringify|encode)$/.test(name)
      ? formOf(first)
      : unknownPart
  }
  const string = (quote: string): string => {
    const parts: string[] = []
    while (at < text.length) {
      if (text.startsWith(quote, at)) {
        at += quote.length
        return parts.join('')
      }
      const character = text.charAt(at++)
      if (character !== '\\') parts.push(character)
      else parts.push(escaped())
    }
    throw new Error('no end')
  }
  const escaped = (): string => {
    const code = match(/u([\da-fA-F]{4})|x([\da-fA-F]{2})/y)
    if (code !== null) return String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16))
    const character = text.charAt(at++)
    return escapes[character] ?? character
  }
  const object = (depth: number): Record<string, unknown> => {
    const members: Array<[string, unknown]> = []
    while (!takes('}')) {
      skip()
      const quote = match(/["'`]/y)?.[0]
      const name = quote === undefined ? match(/[\w$-]+/y)?.[0] : string(quote)
      if (name === undefined) throw new Error('no name')
      // A name alone, as in { code }, stands for the variable of that name.
      members.push([name, takes(':') || takes('=>') ? value(depth + 1) : unknownPart])
      takes(',')
    }
    return Object.fromEntries(members)
  }
  const list = (end: string, depth: number): unknown[] => {
    const items: unknown[] = []
    while (!takes(end)) {
      items.push(value(depth + 1))
      takes(',')
    }
    return items
  }
  const takesName = (): string | null => {
    skip()
    return match(/([A-Za-z_]\w*)\s*=(?!=)/y)?.[1] ?? null
  }
  return { at: () => at, skip, takes, takesName, value: (depth: number) => value(depth) }
}

const words: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  undefined: null,
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' }

/** Writes pairs as a form, as URLSearchParams does. */
export function formOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : ''
  return new URLSearchParams(
    Object.entries(value).map(([name, member]): [string, string] => [
      name,
      typeof member === 'string' ? member : JSON.stringify(member),
    ]),
  ).toString()
}
