// Reads the plain part of YAML that settings are written in: keys, values, and lists of values.
import type { Entry, Found } from './candidate.ts'

/** Tells whether a text is lines of `key: value`, and not of `KEY=value`. */
export function looksLikeYaml(text: string): boolean {
  return (
    !/^[ \t]*(?:- |export[ \t]+)?[\w.-]+[ \t]*=/m.test(text) && /^[ \t]*[\w.-]+:(?:[ \t]|\r?$)/m.test(text)
  )
}

/** Finds the values, each under all its keys, joined by dots. */
export function readYaml(text: string): Found {
  const entries: Entry[] = []
  const keys: Array<{ indent: number; key: string }> = []
  let block: { indent: number; entry: Entry } | null = null
  for (const line of text.split(/\r?\n/)) {
    const indent = line.search(/\S/)
    if (indent === -1 || line.startsWith('---')) continue
    const isOfBlock: boolean = block !== null && (indent > block.indent || /^\s*- /.test(line))
    if (block && isOfBlock && !/^\s*(?:- )?[\w.-]+:(\s|$)/.test(line)) {
      const item = line.trim().replace(/^- /, '')
      const separator = block.entry.value.includes('-----') ? '\n' : ' '
      block.entry.value = `${block.entry.value}${block.entry.value === '' ? '' : separator}${unquote(item)}`
      continue
    }
    block = null
    const [, key = '', rest = ''] = /^\s*(?:- )?["']?([\w.-]+)["']?:(?:\s+(.*))?$/.exec(line) ?? []
    if (key === '' || /^\s*#/.test(line)) continue
    while ((keys.at(-1)?.indent ?? -1) >= indent) keys.pop()
    const path = [...keys.map((outer) => outer.key), key].join('.')
    const value = rest.replace(/(^|\s)#.*/, '').trim()
    keys.push({ indent, key })
    const entry = { key: path, value: /^[|>][-+]?$/.test(value) ? '' : unquote(value) }
    entries.push(entry)
    if (entry.value === '') block = { indent, entry }
  }
  // A key that has others beneath it has no value.
  return {
    name: null,
    entries: entries.filter(
      ({ key, value }) => value !== '' || !entries.some((other) => other.key.startsWith(`${key}.`)),
    ),
    ignored: [],
  }
}

function unquote(value: string): string {
  const list = /^\[(.*)\]$/.exec(value)?.[1]
  if (list !== undefined)
    return list
      .split(',')
      .map((item) => unquote(item.trim()))
      .join(' ')
  return /^(["'])(.*)\1,?$/.exec(value)?.[2] ?? value
}
