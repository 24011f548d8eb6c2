// Requests as people write them for other programs than curl: fetch, requests, PowerShell, wget, HTTPie, raw HTTP.
import type { RequestMessage } from '../wire/exchange.ts'
import { formOf, readArguments, unknownPart } from '../wire/literal.ts'
import { messageOf, readHeaders } from './seen.ts'
import { splitCommand } from './shell.ts'

/** A request, and the program that it was written for. */
export interface WrittenRequest {
  program: string
  request: RequestMessage
  /** What stands in variables, so that only the program knows it. */
  unseen: readonly UnseenPart[]
}

export type UnseenPart = 'method' | 'headers' | 'body'

interface Draft {
  method: string | null
  url: string
  headers: Array<[string, string]>
  body: string | null
  type: string | null
  unseen?: readonly UnseenPart[]
}

const maxLength = 200_000

/** Reads a request that is written for a program; null when the text is none. */
export function readWrittenRequest(text: string): WrittenRequest | null {
  if (text.length > maxLength) return null
  for (const [program, read] of readers) {
    const draft = read(text)
    if (draft !== null && /^https?:\/\//i.test(draft.url) && URL.canParse(draft.url))
      return { program, request: finish(draft), unseen: draft.unseen ?? [] }
  }
  return null
}

/** What the first statement of a source file looks like in the languages of the samples that providers publish. */
const firstStatement =
  /^(?:import\s+(?:[\w*{][^\n]{0,200}\s+from\s+)?["']|import\s+(?:static\s+)?[\w.*]+;?[ \t]*(?:\r?\n|$)|from\s+[\w.]+\s+import\s|(?:const|let|var)\s+[\w$[{][^=\n]{0,200}=|(?:async\s+)?(?:function|def|fun|func)\s+\w+\s*\(|package\s+[\w.]+;?[ \t]*\r?\n|using\s+[\w.]+;|<\?php\b|#include\s*[<"])/

/** Tells whether a text is the source of a program. */
export function isSource(text: string): boolean {
  const lines = text.slice(0, 20_000).trimStart().split('\n')
  const first = lines.findIndex((line) => !/^\s*(?:\/\/|#(?!include)|$)/.test(line))
  return first >= 0 && firstStatement.test(lines.slice(first, first + 2).join('\n'))
}

const readers: ReadonlyArray<readonly [string, (text: string) => Draft | null]> = [
  ['A raw HTTP request', readRaw],
  ['A fetch call', readFetch],
  ['A Python request', readPython],
  ['A PowerShell command', readPowerShell],
  ['A wget command', readWget],
  ['An HTTPie command', readHttpie],
]

function finish({ method, url, headers, body, type, unseen = [] }: Draft): RequestMessage {
  if (unseen.includes('body'))
    return { method: (method ?? 'POST').toUpperCase(), url, ...messageOf(headers, null) }
  const isTyped = headers.some(([name]) => name === 'content-type')
  return {
    method: (method ?? (body === null ? 'GET' : 'POST')).toUpperCase(),
    url,
    ...messageOf(
      isTyped || body === null || type === null ? headers : [...headers, ['content-type', type]],
      body,
    ),
  }
}

const asForm = 'application/x-www-form-urlencoded'
const asJson = 'application/json'

function readRaw(text: string): Draft | null {
  const normal = text.replaceAll('\r\n', '\n').trim()
  const [, method = '', target = ''] = /^([A-Z]{3,7}) (\S{1,8000})(?: HTTP\/[\d.]{1,4})?\n/.exec(normal) ?? []
  if (method === '') return null
  const end = normal.indexOf('\n\n')
  const headers = readHeaders((end < 0 ? normal : normal.slice(0, end)).split('\n').slice(1, 200))
  const host = headers.find(([name]) => name === 'host')?.[1]
  const url = /^https?:/i.test(target) ? target : host === undefined ? '' : `https://${host}${target}`
  const body = end < 0 ? '' : normal.slice(end + 2).trim()
  return { method, url, headers, body: body === '' ? null : body, type: null }
}

function readFetch(text: string): Draft | null {
  const call = /\b(fetch|axios(?:\.(?:get|post))?)\s*\(/.exec(text)
  const parsed = call === null ? null : readArguments(text.slice(call.index + call[0].length))
  if (call === null || parsed === null) return null
  const [first, second, third] = parsed.positional
  const isAxiosPost = call[1] === 'axios.post'
  const given = isAxiosPost ? third : typeof first === 'object' ? first : second
  const options = membersOf(given)
  const { username, password } = membersOf(options['auth'])
  const body = isAxiosPost ? second : (options['body'] ?? options['data'])
  const method = isAxiosPost ? 'POST' : options['method']
  return {
    method: typeof method === 'string' ? method : null,
    url: typeof first === 'string' ? first : textOf(options['url']),
    headers: [
      ...pairsOf(options['headers']),
      ...(typeof username === 'string'
        ? [['authorization', basicOf(`${username}:${textOf(password)}`)] satisfies [string, string]]
        : []),
    ],
    body: typeof body === 'object' && body !== null ? JSON.stringify(body) : textOrNull(body),
    // axios, and fetch for URLSearchParams, say themselves that it is a form.
    type:
      typeof body === 'object'
        ? asJson
        : call[1] !== 'fetch' || text.includes('URLSearchParams')
          ? asForm
          : 'text/plain;charset=UTF-8',
    unseen:
      given === unknownPart
        ? isAxiosPost
          ? unseenOf({ body, headers: given })
          : ['method', 'headers', 'body']
        : unseenOf({ method, body, headers: options['headers'] }),
  }
}

/** Lists the parts that stand in variables. */
function unseenOf(parts: Partial<Record<UnseenPart, unknown>>): UnseenPart[] {
  return (['method', 'headers', 'body'] as const).filter((name) => parts[name] === unknownPart)
}

function readPython(text: string): Draft | null {
  const call = /\b(?:requests|httpx|session|client)\.(get|post|request)\s*\(/.exec(text)
  const parsed = call === null ? null : readArguments(text.slice(call.index + call[0].length))
  if (call === null || parsed === null) return null
  const { positional, named } = parsed
  const { data, json, headers, auth } = named
  const [user, password] = Array.isArray(auth) ? auth.map(textOf) : []
  const credentials: Array<[string, string]> =
    user === undefined ? [] : [['authorization', basicOf(`${user}:${password ?? ''}`)]]
  const isRequest = call[1] === 'request'
  return {
    method: isRequest ? textOf(positional[0]) : (call[1] ?? null),
    url: textOf(named['url'] ?? positional[isRequest ? 1 : 0]),
    headers: [...pairsOf(headers), ...credentials],
    body: json === undefined ? (data === undefined ? null : formOf(data)) : JSON.stringify(json),
    type: json === undefined ? (typeof data === 'object' ? asForm : null) : asJson,
    unseen: unseenOf({
      body: json ?? data,
      headers: auth !== undefined && headers === undefined ? auth : headers,
    }),
  }
}

/** A backtick goes on in the next line, and a hash table may stand in a variable before the command. */
function readPowerShell(text: string): Draft | null {
  if (!/\b(Invoke-(WebRequest|RestMethod)|iwr|irm)\b/i.test(text)) return null
  const joined = text.replace(/`\r?\n/g, ' ')
  const option = (name: string): string | null => {
    const found = new RegExp(`-${name}[ \\t]+(@\\{[^}]{0,20000}\\}|"[^"]*"|'[^']*'|\\S+)`, 'i').exec(
      joined,
    )?.[1]
    if (found?.startsWith('$') !== true) return found ?? null
    const variable = found.slice(1).replace(/\W/g, '')
    const set = new RegExp(`\\$${variable}\\s*=\\s*(@\\{[^}]{0,20000}\\}|"[^"]*"|'[^']*')`, 'i').exec(joined)
    return set?.[1] ?? null
  }
  const body = option('Body')
  const isTable = body?.startsWith('@{') === true
  const address = option('Uri') ?? /\s["']?(https?:\/\/[^\s"']+)/i.exec(joined)?.[1] ?? ''
  return {
    method: unquote(option('Method') ?? '') || null,
    url: unquote(address),
    headers: tableIn(option('Headers') ?? '').map(([name, value]) => [name.toLowerCase(), value]),
    body: body === null ? null : isTable ? formOf(Object.fromEntries(tableIn(body))) : unquote(body),
    type: unquote(option('ContentType') ?? '') || (isTable ? asForm : null),
  }
}

function tableIn(text: string): Array<[string, string]> {
  if (!text.startsWith('@{')) return []
  const pairs = text.matchAll(/["']?([\w-]{1,80})["']?[ \t]*=[ \t]*("[^"]*"|'[^']*'|[^;\r\n}]+)/g)
  return [...pairs].map(([, name = '', value = '']) => [name, unquote(value.trim())])
}

function unquote(text: string): string {
  return text.replace(/^(["'])([^]*)\1$/, '$2')
}

function readWget(text: string): Draft | null {
  const words = wordsOf(text, /^wget\s/)
  if (words === null) return null
  const draft: Draft = { method: null, url: '', headers: [], body: null, type: asForm }
  for (const [index, word] of words.entries()) {
    const [, name = '', attached] = /^(--[\w-]+)(?:=([^]*))?$/.exec(word) ?? []
    const value = attached ?? words[index + 1] ?? ''
    if (name === '--post-data' || name === '--body-data') draft.body = value
    else if (name === '--method') draft.method = value
    else if (name === '--header') draft.headers.push(...readHeaders([value]))
    else if (/^https?:/i.test(word)) draft.url = word
  }
  return draft
}

function readHttpie(text: string): Draft | null {
  const words = wordsOf(text, /^(?:https?|xhs?)\s/)
  if (words === null) return null
  const isForm = words.some((word) => /^(-f|--form)$/.test(word))
  const at = words.findIndex((word) => word.includes('/') || word.startsWith(':'))
  const [address = '', ...items] = at < 0 ? [] : words.slice(at)
  const headers: Array<[string, string]> = []
  const fields: Array<[string, unknown]> = []
  for (const [index, item] of items.entries()) {
    const previous = items[index - 1] ?? words[at - 1] ?? ''
    if (/^(-a|--auth)$/.test(previous)) headers.push(['authorization', basicOf(item)])
    const [, name = '', sign = '', value = ''] = /^([\w.-]{1,80})(:=|==|=|:)([^]*)$/.exec(item) ?? []
    if (sign === ':') headers.push([name.toLowerCase(), value])
    else if (sign === '=' || sign === ':=') fields.push([name, value])
  }
  const methods = words
    .slice(0, Math.max(at, 0))
    .filter((word) => /^(get|post|put|patch|delete)$/i.test(word))
  const data = Object.fromEntries(fields)
  return {
    method: methods[0] ?? null,
    url: /^https?:/i.test(address) ? address : `https://${address}`,
    headers,
    body: fields.length === 0 ? null : isForm ? formOf(data) : JSON.stringify(data),
    type: isForm ? asForm : asJson,
  }
}

function wordsOf(text: string, beginning: RegExp): string[] | null {
  const command = text.trim()
  return beginning.test(command) ? splitCommand(command).words.slice(1) : null
}

function basicOf(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function pairsOf(value: unknown): Array<[string, string]> {
  return Object.entries(membersOf(value)).map(([name, one]) => [name.toLowerCase(), textOf(one)])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
