// Finds in what a program printed the line that says why it ended.
import { readBody, stringIn } from '../wire/body.ts'

interface Said {
  words: string
  isError: boolean
}

/** Gives the last line that says something, an error before others; null: there is none. */
export function lastWord(printed: readonly string[]): string | null {
  const said = printed.map(readLine)
  const telling = said.filter(({ words }) => saysSomething(words))
  const errors = telling.filter(({ isError }) => isError)
  const last = errors.at(-1) ?? telling.at(-1)
  if (last === undefined) return null
  return (isPartOfBlock(last) ? startOfBlock(said, last) : last).words.slice(0, 300)
}

/** Reads a line, which a log in JSON wraps. */
function readLine(line: string): Said {
  const body = readBody(line)
  const error = body.kind === 'object' ? stringIn(body.object, 'err') : null
  const words = (body.kind === 'object' && (error ?? stringIn(body.object, 'msg'))) || line
  const isError =
    error !== null || /\b(err(or)?|eror|fatal|fail(ed|ure)?|denied|refused|could not)\b/i.test(line)
  return { words, isError }
}

/** Tells words from what stands around them: a level, a code or an address alone, what ssh does step by step. */
function saysSomething(line: string): boolean {
  return /\S\s+\S/.test(line.replace(/^error:\s*/i, '')) && !/^debug\d:/.test(line)
}

/** One error over several lines has each of them begin like this, and says in the first one what is wrong. */
function isPartOfBlock({ words }: Said): boolean {
  return words.startsWith('ERROR:')
}

function startOfBlock(said: readonly Said[], last: Said): Said {
  const before = said.slice(0, said.indexOf(last) + 1)
  const start = before.findLastIndex((line) => !isPartOfBlock(line)) + 1
  return before.slice(start).find(({ words }) => saysSomething(words)) ?? last
}
