// The requests of a Run as commands of curl, with variables in place of what was redacted.
import type { Exchange } from '../run/recording.ts'
import { holdsPlaceholder } from '../run/redaction/placeholder.ts'
import type { Run } from '../run/run.ts'
import { escapeText, shellQuote } from '../wire/escape.ts'
import { isForm, ownHeaders, pairsOf, splitAtHidden, variableOf } from './sent-again.ts'
import { meaningOf, resultOf, summaryOf } from './summary.ts'

/** Prints the requests of a run as a shell script that sends them again. */
export function curlReport(run: Run): string {
  const commands = requestsOf(run).map(({ exchange, hops }) => commandOf(run, exchange, hops))
  const names = [...new Set(commands.flatMap((command) => command.match(/\$\{?NV_[A-Z0-9_]+/g) ?? []))]
    .map((name) => name.replace(/^\$\{?/, ''))
    .toSorted()
  return [
    '#!/bin/sh',
    ...summaryOf(run).map(([label, value]) => comment(`${label}: ${value}`)),
    '#',
    ...describeVariables(run, names),
    ...commands.flatMap((command) => ['', command]),
    '',
  ].join('\n')
}

function describeVariables({ profile }: Run, names: readonly string[]): string[] {
  if (names.length === 0) return ['# Nothing has to be set.']
  const needsEncoding = isEncodedForBasic(profile) && profile.hasReservedCharacters
  return [
    '# Set these first. Codes, tokens, assertions and proofs are good for one request only:',
    ...names.map((name) => `#   ${name}`),
    ...(needsEncoding && names.includes('NV_CLIENT_SECRET')
      ? ['# NV_CLIENT_SECRET has to be form-encoded for HTTP Basic, as the client id is.']
      : []),
  ]
}

/** Gives each request that was made on purpose: of a chain of redirects the first, with the number of its hops. */
function requestsOf({ exchanges }: Run): Array<{ exchange: Exchange; hops: number }> {
  const hops = exchanges.filter(({ hop }) => hop !== null).length
  return exchanges.flatMap((exchange) => {
    if (exchange.hop === null) return [{ exchange, hops: 1 }]
    return exchange.hop === 1 ? [{ exchange, hops }] : []
  })
}

function commandOf(run: Run, exchange: Exchange, hops: number): string {
  const { request, id } = exchange
  const [address, query] = splitUrl(request.url)
  const hasForm = isForm(request)
  const isGet = request.method === 'GET'
  const fields = isGet && query !== null ? pairsOf(query) : hasForm ? pairsOf(request.body?.text ?? '') : []
  const url = isGet || query === null ? address : `${address}?${query}`
  const { origins } = run.profile
  const options = [
    '--silent --show-error --include',
    ...(hops > 1 ? [`--location --max-redirs ${hops - 1} --cookie ''`] : []),
    ...('ca' in origins ? ['--cacert "$NV_CA"'] : []),
    ...('proxy' in origins ? ['--proxy "$NV_PROXY"'] : []),
    ...(isGet ? (fields.length > 0 ? ['--get'] : []) : [`--request ${shellQuote(request.method)}`]),
    ...request.headers.flatMap(([name, value]) => headerOption(run, exchange, name, value, hasForm)),
    ...fields.map(([name, value]) => `--data-urlencode ${fill(`${name}=${value}`, name)}`),
    ...(!hasForm && request.body ? [`--data-raw ${fillJson(request.body.text)}`] : []),
    fill(url, 'url'),
  ]
  const words = [
    `${id}. ${exchange.kind}: ${resultOf(exchange)}, ${meaningOf(exchange)}`,
    ...(hops > 1
      ? [`The phone went on for ${hops} hops. curl stops where the last redirect leads, with exit code 47.`]
      : []),
  ]
  return [...words.map(comment), `curl ${options.join(' \\\n  ')}`].join('\n')
}

function headerOption(
  { profile }: Run,
  { id, kind }: Exchange,
  name: string,
  value: string,
  hasForm: boolean,
): string[] {
  if (ownHeaders.has(name) || (hasForm && name === 'content-type')) return []
  if (name === 'authorization' && value.startsWith('Basic '))
    return [`--user ${shellQuote(`${clientIdForBasic(profile)}:`)}"$NV_CLIENT_SECRET"`]
  const variable =
    name === 'authorization'
      ? kind === 'api'
        ? 'access_token'
        : 'application_jwt'
      : name === 'dpop'
        ? `dpop_proof_${id}`
        : name
  return [`--header ${fill(`${name}: ${value}`, variable)}`]
}

/** Tells whether the credentials are form-encoded before they go into base64. */
function isEncodedForBasic({ authMethod }: Run['profile']): boolean {
  return authMethod === 'client_secret_basic'
}

function clientIdForBasic(profile: Run['profile']): string {
  const clientId = profile.clientId ?? ''
  return isEncodedForBasic(profile) ? new URLSearchParams([['', clientId]]).toString().slice(1) : clientId
}

/** Quotes text for a shell, with a variable in place of what was redacted and of a masked number. */
function fill(text: string, name: string): string {
  return splitAtHidden(text)
    .map((part, index) => {
      if (index % 2 === 0) return part === '' ? '' : shellQuote(part)
      if (holdsPlaceholder(part)) return `"$${shellVariableOf(name)}"`
      return part.startsWith('+') ? '"$NV_PHONE_NUMBER"' : '"${NV_PHONE_NUMBER#+}"'
    })
    .join('')
}

/** Does so for JSON, where the member says what was redacted. */
function fillJson(text: string): string {
  return text
    .split(/("[^"\\]*"\s*:\s*"[^"]*\[redacted[:\w]*\])/)
    .map((part, index) => fill(part, index % 2 === 0 ? 'secret' : (/^"([^"]*)"/.exec(part)?.[1] ?? 'secret')))
    .join('')
}

function shellVariableOf(name: string): string {
  return `NV_${variableOf(name).toUpperCase()}`
}

function splitUrl(url: string): [address: string, query: string | null] {
  const whole = url.replace(/#.*$/s, '')
  const at = whole.indexOf('?')
  return at < 0 ? [whole, null] : [whole.slice(0, at), whole.slice(at + 1)]
}

/**
 * Writes a comment. zsh on a terminal takes one for a command with the name # unless it is told otherwise, so that what a
 * server says in it must be quoted.
 */
function comment(text: string): string {
  const shown = escapeText(text, 500)
  return `# ${/^[\w %+:,./@-]*$/.test(shown) ? shown : `'${shown.replaceAll("'", '\u2019')}'`}`
}
