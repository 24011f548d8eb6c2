// A command: the request that it sends, held to the rules of the endpoint that it goes to.
import { uncapitalize } from '../wire/text.ts'
import type { Code } from '../diagnosis/catalogue.ts'
import { finding } from '../diagnosis/finding.ts'
import type { RequestMessage } from '../wire/exchange.ts'
import { secretsIn } from '../run/secrets.ts'
import { readWebAddress } from './address.ts'
import { type Given, type Inspection, inspectionOf, type Lint } from './inspection.ts'
import { readWrittenRequest, type UnseenPart } from './programs.ts'
import { inspectRequest } from './request.ts'
import { messageOf } from './seen.ts'
import { splitCommand } from './shell.ts'

const maxLength = 200_000

/** Reads a curl command; null for any other text. */
export function readCurl(text: string, given: Given): Inspection | null {
  const command = text.length > maxLength ? '' : plainCommand(text)
  if (!/^(?:\S*\/)?curl(?:\.exe)?\s/.test(command)) return null
  const { words, isCut } = splitCommand(command)
  const { request, isUnchecked } = parseCurl(words.slice(1))
  const lints: Lint[] = [
    ...(isCut ? [['', finding('command_cut', { step: 'prepare' })] as const] : []),
    ...(isUnchecked ? [['', finding('certificate_unchecked', { step: 'prepare' })] as const] : []),
  ]
  return { ...explainCommand('A curl command', request, given, lints), kind: 'curl' }
}

/** Takes off what stands around a command: the prompt, what runs it, the carets of cmd.exe, quotes that a text processor bent. */
function plainCommand(text: string): string {
  const command = text
    .trim()
    .replace(/^[$#>%]\s+/, '')
    .replace(/^(?:(?:sudo|time|watch|exec|command)\s+){1,3}/, '')
    .replace(
      /^([^\s]{0,100}curl)(?=[^]*[\u201C\u201D\u2018\u2019])([^]*)$/,
      (_, name: string, rest: string) =>
        name +
        rest
          .replace(/[\u201C\u201D]/g, '"')
          .replace(/[\u2018\u2019]/g, "'")
          .replace(/(?<=\s)[\u2013\u2014]/g, '-'),
    )
  const isOfWindows = /\^"|\^\r?\n/.test(command)
  return isOfWindows ? command.replace(/\^\r?\n/g, ' ').replace(/\^(.)/g, '$1') : command
}

/** Reads a request that is written for another program; null when the text is none. */
export function readProgram(text: string, given: Given): Inspection | null {
  const written = readWrittenRequest(text)
  if (written === null) return null
  const { program, request, unseen } = written
  return withoutUnseen(explainCommand(program, request, given, []), unseen)
}

/** What a part decides: the facts that show it, and the findings that say of it what it is or lacks. */
const decidedBy: Readonly<Record<UnseenPart, { facts: readonly string[]; codes: readonly Code[] }>> = {
  method: { facts: ['method'], codes: ['request_method_wrong'] },
  headers: {
    facts: ['content-type', 'authorization'],
    codes: ['content_type_wrong', 'client_unauthenticated', 'authorization_missing'],
  },
  body: { facts: ['grant_type'], codes: ['parameter_missing', 'client_unauthenticated'] },
}

/** Takes out what was said of parts that nobody saw, and says which they are. */
function withoutUnseen(inspection: Inspection, unseen: readonly UnseenPart[]): Inspection {
  if (unseen.length === 0) return inspection
  const codes = new Set<string>(unseen.flatMap((part) => decidedBy[part].codes))
  const names = new Set(unseen.flatMap((part) => decidedBy[part].facts))
  const taken = new Set(inspection.findings.filter(({ code }) => codes.has(code)).map(({ title }) => title))
  return {
    ...inspection,
    summary: `${inspection.summary}; nv can't see its ${unseen.join(', ')}, as ${unseen.length === 1 ? 'that is in a variable' : 'they are in variables'}`,
    facts: inspection.facts.filter(
      ({ name, value, problem }) =>
        !(names.has(name) && (name === 'method' || value === '')) &&
        (problem === null || !taken.has(problem)),
    ),
    findings: inspection.findings.filter(({ code }) => !codes.has(code)),
  }
}

/** Explains the request that a command sends. */
function explainCommand(
  what: string,
  request: RequestMessage,
  given: Given,
  lints: readonly Lint[],
): Inspection {
  for (const secret of secretsIn(request)) given.redactor.conceal(secret)
  const inner = inspectRequest(request, given)
  const own = inspectionOf(
    'request',
    '',
    [],
    [
      ...lints,
      ...(inner?.kind === 'authorize-url'
        ? [['', finding('desktop_authorizes', { step: 'authorize' })] as const]
        : []),
    ],
  )
  const host = readWebAddress(request.url)?.url.host ?? 'no address'
  const plain = [
    { name: 'method', value: request.method, meaning: '', problem: null },
    { name: 'url', value: given.redactor.url(request.url.slice(0, 2000)), meaning: '', problem: null },
  ]
  return {
    kind: 'request',
    summary: `${what} to ${host}: ${inner === null ? 'not a request of the flow' : uncapitalize(inner.summary)}`,
    facts: inner?.facts ?? plain,
    findings: [
      ...own.findings.filter(isGrave),
      ...(inner?.findings ?? []),
      ...own.findings.filter((one) => !isGrave(one)),
    ],
    corrected: inner?.corrected ?? null,
  }
}

function isGrave({ severity }: Inspection['findings'][number]): boolean {
  return severity !== 'info'
}

/** Options of curl that take a value and say nothing of the request. */
const others = new Set(
  `-o --output -x --proxy --cacert --capath --cert -E --key --connect-timeout -m --max-time -w --write-out --resolve
  -c --cookie-jar --retry --retry-delay --interface -T --upload-file -K --config --max-redirs --ciphers --tls-max
  --pass --cert-type --key-type --noproxy -U --proxy-user --proxy-header --proxy-pass --proxy-key --tlsuser --tlspassword
  --aws-sigv4 --login-options --unix-socket -D --dump-header --limit-rate -r --range -y -Y -C --connect-to --dns-servers`.split(
    /\s+/,
  ),
)

interface Parsed {
  request: RequestMessage
  isUnchecked: boolean
}

/** Reads the options of curl as far as they make the request. */
function parseCurl(words: readonly string[]): Parsed {
  const headers: Array<[string, string]> = []
  const data: string[] = []
  const urls: string[] = []
  /** What follows an option that nv does not know: its value, which may be a secret, or the address. */
  const doubtful: string[] = []
  let [method, isGet, isUnchecked, isJson]: [string | null, boolean, boolean, boolean] = [
    null,
    false,
    false,
    false,
  ]
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const { name, attached } = splitOption(word)
    const value = () => attached ?? words[++at] ?? ''
    switch (name) {
      case '-X':
      case '--request':
        method = value().toUpperCase()
        break
      case '-H':
      case '--header':
        headers.push(...headerIn(value()))
        break
      case '-d':
      case '--data':
      case '--data-raw':
      case '--data-binary':
      case '--data-ascii':
        data.push(value())
        break
      case '--data-urlencode':
        data.push(encodeData(value()))
        break
      case '--json':
        isJson = true
        data.push(value())
        break
      case '-F':
      case '--form':
        data.push(value())
        headers.push(['content-type', 'multipart/form-data'])
        break
      case '-u':
      case '--user':
        headers.push(['authorization', `Basic ${Buffer.from(value()).toString('base64')}`])
        break
      case '--oauth2-bearer':
        headers.push(['authorization', `Bearer ${value()}`])
        break
      case '-A':
      case '--user-agent':
        headers.push(['user-agent', value()])
        break
      case '-e':
      case '--referer':
        headers.push(['referer', value()])
        break
      case '-b':
      case '--cookie':
        headers.push(['cookie', value()])
        break
      case '--url':
        urls.push(value())
        break
      case '-G':
      case '--get':
        isGet = true
        break
      case '-k':
      case '--insecure':
        isUnchecked = true
        break
      case '-I':
      case '--head':
        method ??= 'HEAD'
        break
      default:
        if (others.has(name)) value()
        else if (!word.startsWith('-')) (/^--[^=]+$/.test(words[at - 1] ?? '') ? doubtful : urls).push(word)
        else if (/^-[a-zA-Z]*k[a-zA-Z]*$/.test(word)) isUnchecked = true
    }
  }
  const isWhole = (text: string) => /^[a-z][a-z\d+.-]*:\/\//i.test(text)
  const isHost = (text: string) => /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/|$)/.test(text)
  const found = urls.find(isWhole) ?? urls[0] ?? doubtful.find(isWhole) ?? doubtful.find(isHost) ?? ''
  const url = isWhole(found) ? found : `http://${found}`
  const body = data.length === 0 ? null : data.join(isJson ? '' : '&')
  const isSent = body !== null && !isGet
  if (isSent && !headers.some(([header]) => header === 'content-type'))
    headers.push(['content-type', isJson ? 'application/json' : 'application/x-www-form-urlencoded'])
  return {
    request: {
      method: method ?? (isSent ? 'POST' : 'GET'),
      url: body !== null && isGet ? url + (url.includes('?') ? '&' : '?') + body : url,
      ...messageOf(headers, isSent ? body : null),
    },
    isUnchecked,
  }
}

/** Splits a value off the option that it is attached to, as in `-XPOST` and `--request=POST`. */
function splitOption(word: string): { name: string; attached: string | null } {
  const long = /^(--[\w-]{2,40})=([^]*)$/.exec(word)
  if (long !== null) return { name: long[1] ?? '', attached: long[2] ?? '' }
  const short = /^(-[XHdFuAeb])([^]+)$/.exec(word)
  if (short !== null && !word.startsWith('--')) return { name: short[1] ?? '', attached: short[2] ?? '' }
  const flags = /^-[sSivLkfgNO#0-9]{2,}$/.test(word)
  return { name: flags ? '' : word, attached: null }
}

function headerIn(text: string): Array<[string, string]> {
  const at = text.indexOf(':')
  return at < 1 ? [] : [[text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]]
}

/** Encodes what follows the name, as curl does. */
function encodeData(text: string): string {
  const at = text.indexOf('=')
  const encode = (value: string) => encodeURIComponent(Buffer.from(value).toString())
  return at < 0 ? encode(text) : `${text.slice(0, at)}${at === 0 ? '' : '='}${encode(text.slice(at + 1))}`
}
