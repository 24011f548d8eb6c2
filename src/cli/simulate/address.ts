// Where the simulator listens: port and host as they are typed.
import { UsageError } from '../../errors.ts'
import type { Network } from '../../context.ts'
import { isBlockedPort, isLoopback, isWildcard } from '../../wire/addresses.ts'
import { escapeText } from '../../wire/escape.ts'

export const defaultPort = '4010'
export const defaultHost = '127.0.0.1'

/** Reads a port. Throws a UsageError when browsers could not reach it. */
export function readPort(text: string, flag = '--port'): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65535)) {
    throw new UsageError({
      code: 'port_invalid',
      title: `"${escapeText(text)}" is not a port`,
      cause: 'A port is a whole number from 0 to 65535.',
      fix: `Use ${flag} 0 for any free one, or for example ${flag} ${defaultPort}.`,
    })
  }
  if (isBlockedPort(port)) {
    throw new UsageError({
      code: 'port_blocked',
      title: `Browsers and fetch refuse to open port ${port}`,
      cause: 'It is on the list of blocked ports (https://fetch.spec.whatwg.org/#port-blocking).',
      fix: `Use ${flag} 0 for any free one, or for example ${flag} ${defaultPort}.`,
    })
  }
  return port
}

/** Reads an address to listen on, an IPv6 one with or without brackets. */
export function readHost(text: string): string {
  const host = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (host !== '' && !isHost(host)) {
    throw new UsageError({
      code: 'host_invalid',
      title: `"${escapeText(host, 100)}" is not an address or a host name`,
      cause: 'It must be an IPv4 or IPv6 address or a host name, without scheme, port and path.',
      fix: `Use --host ${defaultHost}, and --port for the port.`,
    })
  }
  if (host !== '') return host
  throw new UsageError({
    code: 'host_empty',
    title: 'The host is empty',
    cause: 'An empty host would mean every address of this machine.',
    fix: `Use --host ${defaultHost}, or say --host 0.0.0.0 if you mean that.`,
  })
}

function isHost(host: string): boolean {
  if (host.includes(':')) return URL.canParse(`http://[${host.split('%')[0]}]`)
  const isName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)
  return isName && URL.canParse(`http://${host}`)
}

/** Says who can reach an address that is not loopback. */
export function warnOfExposure(host: string): string {
  const who = isWildcard(host)
    ? 'Everyone on the networks of this machine'
    : `Everyone who can reach ${escapeText(host)}`
  return `Warning: ${who} can use the simulator, until you stop it.\n`
}

/** Gives the URLs under which other machines reach what listens at every address: one for each address of a network. */
export function urlsForOthers(network: Network, host: string, baseUrl: string): string[] {
  if (!isWildcard(host)) return []
  const { protocol, port, pathname } = new URL(baseUrl)
  return network
    .interfaces()
    .flatMap(({ addresses }) => addresses)
    .filter((address) => !isLoopback(address) && !address.includes('%'))
    .filter((address) => host !== '0.0.0.0' || !address.includes(':'))
    .map((address) => `${protocol}//${address.includes(':') ? `[${address}]` : address}:${port}${pathname}`)
}
