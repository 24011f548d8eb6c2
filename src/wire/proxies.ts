// Which proxy the variables of the environment name for a URL, read as other programs read them.
import { isLoopback, normalizeAddress, portOf, withoutBrackets } from './addresses.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A proxy as it was named. */
export interface NamedProxy {
  /** An http or https URL; empty: none is named. */
  url: string
  /** Why nothing can be sent through it; the URL then stands for it. */
  problem: string | null
}

/**
 * The variables that name the proxy for URLs of a scheme. The first one that is set counts, also where it is empty:
 * that is how a shell takes a proxy away from one command.
 */
export const proxyVariables = {
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  http: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const

/** The variables that name hosts to reach without the proxy; the first one that is set counts. */
export const exceptionVariables = ['no_proxy', 'NO_PROXY'] as const

/** Gives the variable that names the proxy for URLs of a scheme: for https that of http, where none is set for it. */
export function proxyVariable(env: Env, scheme: 'http' | 'https'): string | null {
  const name = proxyVariables[scheme].find((variable) => env[variable] !== undefined)
  if (name === undefined) return scheme === 'https' ? proxyVariable(env, 'http') : null
  return env[name]?.trim() ? name : null
}

/** Gives the variable whose proxy a request to a URL goes through; null: it goes straight there. */
export function proxyVariableFor(env: Env, url: URL): string | null {
  if (isLoopback(url.hostname) || readExceptions(env).some((entry) => isException(entry, url))) return null
  return proxyVariable(env, url.protocol === 'http:' ? 'http' : 'https')
}

/** Gives the entries of the variable that names hosts to reach without the proxy. */
export function readExceptions(env: Env): string[] {
  const name = exceptionVariables.find((variable) => env[variable] !== undefined)
  return (env[name ?? ''] ?? '').split(/[,\s]+/).filter(Boolean)
}

/**
 * Tells whether such an entry is for a URL: `*` for any; a name for its host and those below it, with or without a
 * leading dot; an address or a range of addresses; each with the port that follows it, if one does.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function isException(entry: string, url: URL): boolean {
  if (entry === '*') return true
  const host = withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '')
  const [, range = '', length = ''] = /^([\d.]+|[\da-f:.]+)\/(\d{1,3})$/i.exec(entry) ?? []
  if (range !== '') {
    const [network, address] = [toBits(range), toBits(host)]
    return (
      network !== null && network.length === address?.length && isWithin(address, network, Number(length))
    )
  }
  const { name, port } = readEntry(entry)
  if (port !== null && port !== portOf(url)) return false
  return host === (normalizeAddress(name) ?? name) || host.endsWith(`.${name}`)
}

/** An IPv6 address has colons of its own, so that a port follows it only behind brackets. */
function readEntry(entry: string): { name: string; port: number | null } {
  const [, name = entry, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  const plain = name.toLowerCase().replace(/^\*?\./, '')
  return { name: plain.replace(/\.$/, ''), port: port === undefined ? null : Number(port) }
}

function isWithin(address: string, network: string, length: number): boolean {
  return length <= network.length && address.startsWith(network.slice(0, length))
}

/** Gives the bits of an IP address as text; null when it is none. */
function toBits(text: string): string | null {
  const address = normalizeAddress(text)
  if (address === null) return null
  const toText = (numbers: readonly number[], width: number) =>
    numbers.map((number) => number.toString(2).padStart(width, '0')).join('')
  if (!address.includes(':')) return toText(address.split('.').map(Number), 8)
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)])))
  return toText([...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail], 16)
}

/**
 * Reads the value of a variable or a flag; without a scheme it is http, as for curl.
 * @see https://everything.curl.dev/usingcurl/proxies/type.html
 */
export function readProxy(value: string, name: string): NamedProxy {
  const text = value.trim()
  if (text === '') return { url: '', problem: null }
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  const url = scheme === undefined ? `http://${text}` : text
  if (!URL.canParse(url))
    return { url: standIn(name), problem: `${name} is not a URL, as in http://proxy.example:3128` }
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return { url, problem: null }
  const { host } = new URL(url)
  return {
    url: standIn(name),
    problem: `${name} names ${host} as a ${scheme} proxy, but nv only supports http and https proxies`,
  }
}

/** Gives the URL that takes the place of one that can't be used. */
function standIn(name: string): string {
  return `http://${name.replace(/\W|_/g, '').toLowerCase()}.invalid`
}
