// What nv simulate prints: its addresses when it is ready, and a line for each request.
import { escapeText, shellQuote, toInertJson } from '../../wire/escape.ts'
import { wrap } from '../../report/human.ts'
import { mockAccessToken } from '../../simulator/api/api.ts'
import type { Line } from '../../simulator/operator/lines.ts'
import type { RequestEntry, RunningSimulator } from '../../simulator/simulator.ts'
import { variablesOf } from './variables.ts'

/** What is printed about a simulator that listens. */
export interface Announced {
  simulator: RunningSimulator
  /** The authority to trust; null without TLS, and with a certificate of the user. */
  caFile: string | null
  /** Under which addresses others reach it. */
  otherUrls: readonly string[]
}

/** Prints the addresses, the client and the lines as one line of JSON. */
export function formatJson({ simulator, caFile, otherUrls }: Announced): string {
  const { close: _close, ...announced } = simulator
  const others = { ...(caFile !== null && { caFile }), ...(otherUrls.length > 0 && { otherUrls }) }
  return `${toInertJson({ schema: 'nv.simulator/1', ...announced, ...others }, 0)}\n`
}

/** Prints the variables as commands of a POSIX shell. */
export function formatExports({ simulator, caFile }: Announced): string {
  return Object.entries(variablesOf(simulator, caFile))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join('')
}

/** Prints the addresses for a person, with commands to start with; it fits 24 rows of 80 columns. */
export function formatBanner(announced: Announced): string {
  const { simulator, caFile, otherUrls } = announced
  const { baseUrl, authorizeUrl, tokenUrl, enablementUrl, apiUrl, operatorUrl, mode } = simulator
  const rows: Array<readonly [name: string, value: string]> = [
    ['authorize', authorizeUrl],
    ['token', tokenUrl],
    ...(enablementUrl === null ? [] : [['enablement', enablementUrl] as const]),
    ['API', `${apiUrl}/number-verification/{v0,v1,v2}`],
    ['operator', operatorUrl],
    ['client', `${simulator.clientId} / ${simulator.clientSecret} (HTTP Basic)`],
    ...atMost(3, otherUrls).map((url, index) => [index === 0 ? 'others use' : '', url] as const),
    ...(caFile === null ? [] : [['authority', `${escapeText(caFile, 1000)} (trust it)`] as const]),
    ...(mode === 'network' ? rowsOfLines(simulator.lines) : rowsOfMock(simulator.lines)),
  ]
  const list = rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}\n`).join('')
  const isShort = caFile === null && mode === 'mock' && otherUrls.length === 0 && enablementUrl === null
  return `The simulator listens at ${baseUrl} (Ctrl-C stops it)

${list}${isShort ? `\n${formatCall(simulator)}` : ''}
The whole flow, from another terminal (nv simulate --help has shorter ways):
  env ${Object.entries(variablesOf(simulator, caFile))
    .filter(([name]) => !laterVariables.has(name))
    .map(([name, value]) => `${name}=${shellQuote(value)}`)
    .join(' \\\n      ')} \\
      ${formatVerify(simulator)}
`
}

/** What a flow started from the banner doesn't need. */
const laterVariables: ReadonlySet<string> = new Set(['NV_BACKCHANNEL_URL', 'NODE_EXTRA_CA_CERTS'])

function atMost<T>(count: number, all: readonly T[]): readonly T[] {
  return all.slice(0, count)
}

function formatCall({ apiUrl }: RunningSimulator): string {
  return `A call that needs no flow:
  curl ${shellQuote(`${apiUrl}/number-verification/v2/verify`)} \\
    -H 'Authorization: Bearer ${mockAccessToken}' \\
    -H 'Content-Type: application/json' -d '{"phoneNumber":"+34600000001"}'
`
}

function rowsOfMock(lines: readonly Line[]) {
  return [
    ['mode', 'mock: a number ending in 1 is true, in 2 false, others at random'],
    ['SIM token', tokensOf(lines)],
  ] as const
}

const maxLines = 4
const columns = 80

function rowsOfLines(lines: readonly Line[]): Array<readonly [string, string]> {
  const shown = atMost(maxLines, lines).flatMap((line, index) => {
    const marks = [
      escapeText(line.operator, 30),
      line.address === null ? 'in a browser' : `at ${line.address} or in a browser`,
      ...(line.hasConsented ? [] : ['no consent']),
      ...(line.secondSim ? [`second SIM ${line.secondSim}`] : []),
    ]
    const [head = '', ...rest] = wrap(marks.join(', '), columns - 16 - line.phoneNumber.length)
    const indent = ' '.repeat(line.phoneNumber.length + 2)
    return [
      [index === 0 ? 'lines' : '', `${line.phoneNumber}  ${head}`] as const,
      ...rest.map((text) => ['', indent + text] as const),
    ]
  })
  const more = lines.length - maxLines
  return [
    ['mode', 'network: the answer depends on the line of the phone'],
    ...shown,
    ...(more > 0 ? [['', `and ${more} more: --json lists them all`] as const] : []),
    ['SIM token', tokensOf(lines)],
  ]
}

function tokensOf(lines: readonly Line[]): string {
  const tokens = lines.flatMap(({ operatorToken }) => operatorToken ?? [])
  if (tokens.length === 0) return 'none'
  return atMost(2, tokens)
    .map((token) => escapeText(token, 40))
    .join(', ')
}

/** Gives the command for the phone of a line, or for any in mock mode. */
function formatVerify({ mode, lines }: RunningSimulator): string {
  if (mode === 'mock') return 'nv verify +34600000001 --via direct'
  const phone = lines.find(({ address }) => address !== null) ?? lines[0]
  const number = phone?.phoneNumber ?? '<phone>'
  return phone?.address
    ? `nv verify ${number} --via direct --local-address ${phone.address}`
    : `nv verify ${number} --via browser`
}

/** Prints a request that was answered; with its parameters, where they are wanted. */
export function formatRequest(entry: RequestEntry, nowMs: number, isVerbose: boolean): string {
  const { origin, method, path, status, detail, broken = [], parameters } = entry
  const time = new Date(nowMs).toTimeString().slice(0, 8)
  const shown = `${origin === 'operator' ? 'operator ' : ''}${escapeText(path, 100)}`
  const told = detail === undefined ? '' : ` ${escapeText(detail)}`
  const rules = broken.length === 0 ? '' : ` (overlooked: ${escapeText(broken.join('; '), 1000)})`
  const sent = isVerbose
    ? parameters.map(({ name, value }) => `           ${escapeText(name, 60)}: ${escapeText(value, 200)}\n`)
    : []
  return `${time} ${escapeText(method, 20)} ${shown} ${status}${told}${rules}\n${sent.join('')}`
}

/** Prints a request as one line of JSON. */
export function formatRequestJson(entry: RequestEntry, nowMs: number): string {
  const { origin, method, path, status, detail = null, broken = [], parameters } = entry
  const at = new Date(nowMs).toISOString()
  const line = { origin, method, path, status, detail, overlooked: broken, parameters }
  return `${toInertJson({ schema: 'nv.simulator-request/1', at, ...line }, 0)}\n`
}
