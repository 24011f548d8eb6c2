// Reads a .env or a .properties.
import { parseEnv } from 'node:util'
import { readLiteral } from '../../wire/literal.ts'
import type { Entry, Found, Ignored } from './candidate.ts'

/** The lines of a key must not be taken for others: its base64 ends in `=`. */
const pemBlock = /-----BEGIN [^]*?(-----END [^\n"'`]*-----|$)/g
const shownKey = /^[A-Za-z_][\w.-]{0,127}$/

/** Finds the variables. */
export function readEnv(path: string, text: string): Found {
  // Each block is replaced by its number, between private-use characters.
  const blocks: string[] = []
  const hidden = writeAsVariables(text.replace(pemBlock, (block) => `\uE000${blocks.push(block) - 1}\uE000`))
  const isProperties = path.endsWith('.properties') || /^[ \t]*[a-z][\w-]*\.[\w.-]+[ \t]*=/m.test(text)
  const lines = isProperties ? quoteProperties(hidden) : quoteHashes(cleanLines(hidden))
  const variables = new Map(Object.entries(parseEnv(lines)).map(([key, value = '']) => [key, value]))
  const ignored: Ignored[] = []
  const entries: Entry[] = []
  for (const [key, value] of variables) {
    if (!shownKey.test(key)) continue
    const shown = value.replace(/\uE000(\d+)\uE000/g, (_, index: string) => blocks[Number(index)] ?? '')
    entries.push({ key, value: joinList(resolve(shown, variables)) })
  }
  return { name: null, entries, ignored }
}

/** Writes as NAME=value what fish, a file of HTTP requests, or several commands in one line have. */
function writeAsVariables(text: string): string {
  return text
    .replace(/^[ \t]*set[ \t]+(?:-\w+[ \t]+)+([A-Za-z_]\w*)[ \t]+(.*)$/gm, '$1=$2')
    .replace(/^@([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/gm, '$1=')
    .replace(/;[ \t]*(?=export[ \t])/g, '\n')
}

/** TOML writes scopes as a list. */
function joinList(value: string): string {
  if (!/^\[\s*["']/.test(value)) return value
  const items = readLiteral(value)
  return Array.isArray(items) && items.every((item) => typeof item === 'string') ? items.join(' ') : value
}

/**
 * Takes off what a shell, PowerShell, a list of YAML have before a variable, and puts the name of its section there.
 * Lines without a variable are left out: node would take them for the beginning of the next one's name.
 */
function cleanLines(text: string): string {
  let section = ''
  let openQuote: string | null = null
  return text
    .split('\n')
    .filter((line) => {
      if (openQuote !== null) {
        if (line.includes(openQuote)) openQuote = null
        return true
      }
      const [, quote = '', rest = ''] = /^[^=#]*=\s*(["'`])(.*)/.exec(line) ?? []
      if (quote !== '' && !rest.includes(quote)) openQuote = quote
      return /^\s*(?:(?:- |export |setx? |\$env:)\s*)?[\w.-]+\s*=|^\s*\[[^\]]*\]+\s*$/i.test(line)
    })
    .flatMap((line) => {
      const title = /^\s*\[+([\w."' -]+)\]+\s*$/.exec(line)?.[1]
      if (title !== undefined) section = `${title.replace(/[^\w]+/g, '_')}.`
      if (title !== undefined) return []
      const cleaned = line.replace(/^[ \t]*(?:- |set |setx |\$env:)[ \t]*(?=[\w.-]+[ \t]*=)/i, '')
      return [cleaned.replace(/^([ \t]*)(?=[\w.-]+[ \t]*=)/, `$1${section}`)]
    })
    .join('\n')
}

/** Replaces `${NAME}` by variables of the file itself, as dotenv-expand does, or by the default given there. */
function resolve(value: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > 5 || !value.includes('${')) return value
  const replaced = value.replace(
    /\$\{([\w.-]+?)(?:(?::-?|-)([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) => variables.get(name) ?? otherwise ?? whole,
  )
  return replaced === value ? value : resolve(replaced, variables, depth + 1)
}

/** Quotes values with a `#` inside: node ends a value there, though a comment starts only after white space. */
function quoteHashes(text: string): string {
  return text.replace(
    /^([ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=)(.*)$/gm,
    (line, key: string, rest: string) => {
      const value = rest.replace(/[ \t]#.*/, '').trim()
      return value.includes('#') && !/^['"`]/.test(value) ? key + quote(value, line.slice(key.length)) : line
    },
  )
}

/**
 * Quotes the values of a .properties, in which `#` starts a comment only where a line starts, a backslash goes before a
 * special character, and a line goes on after one.
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
function quoteProperties(text: string): string {
  return text
    .replace(/\\\r?\n[ \t]*/g, '')
    .replace(/^[ \t]*!.*$/gm, '')
    .replace(/^[ \t]*([\w.-]+)[ \t]*[=:][ \t]*(.*?)\r?$/gm, (_line, key: string, rest: string) => {
      const value = rest.replace(/\\([:=#! ])/g, '$1').trim()
      return `${key}=${quote(value, value)}`
    })
}

function quote(value: string, otherwise: string): string {
  const mark = ["'", '`', '"'].find((one) => !value.includes(one))
  return mark === undefined ? otherwise : mark + value + mark
}
