// ssh -R: a port of a host of the user's, or a public forwarder that prints an https address.
import { UsageError } from '../../errors.ts'
import { isLoopback, withoutBrackets } from '../../wire/addresses.ts'
import { escapeText } from '../../wire/escape.ts'
import { httpsOriginsIn, type PreparedTunnel, type Tunnel, type TunnelRequest } from '../tunnel.ts'

interface Destination {
  user: string | null
  /** Without the brackets of an IPv6 address. */
  host: string
  port: string | null
  /** The port to ask the host for; null: nothing was said. */
  remotePort: string | null
}

/** Hosts that give every ssh an address, and what they want to be asked for. */
const forwarders: ReadonlyArray<{ host: RegExp; remote: string; user?: string; port?: string }> = [
  // Without a key of an account it takes this user only.
  { host: /^(ssh\.)?localhost\.run$/, remote: '80', user: 'nokey' },
  { host: /^serveo\.net$/, remote: '80' },
  { host: /(^|\.)pinggy\.io$/, remote: '0', port: '443' },
  { host: /^srv\.us$/, remote: '1' },
]

/** No question would reach the user; a forwarding that fails must end it; a dead connection must be noticed. */
const options = [
  'BatchMode=yes',
  'ExitOnForwardFailure=yes',
  'ConnectTimeout=15',
  'ServerAliveInterval=15',
].flatMap((option) => ['-o', option])

/** @see https://man.openbsd.org/ssh#R */
export const ssh: Tunnel = {
  program: 'ssh',
  summary: 'ssh -R to a host of yours, or to a public forwarder as in ssh:localhost.run',
  variables: ['SSH_AUTH_SOCK'],
  install: 'Install OpenSSH (the package openssh-client or openssh).',
  prepare: (request) => {
    const destination = readDestination(request.destination)
    const known = forwarders.find(({ host }) => host.test(destination.host))
    return known === undefined
      ? prepareOwn(destination, request)
      : prepareForwarder(destination, known, request)
  },
  advise: (printed) => {
    const text = printed.join('\n')
    if (/host key verification failed/i.test(text))
      return { fix: 'Connect once by hand with ssh, and check the key of the host.', isFinal: true }
    if (/permission denied|authentication failures/i.test(text))
      return {
        fix: 'nv asks for no password: load a key that the host takes into your ssh agent.',
        isFinal: true,
      }
    if (/remote port forwarding failed|administratively prohibited/i.test(text))
      return {
        fix: 'Name another port, as in --tunnel ssh:<host>/8080, or have AllowTcpForwarding set to yes there.',
        isFinal: true,
      }
    return null
  },
}

/** Reads `[user@]host[:ssh port][/remote port]`. Nothing in it may look like an option of ssh. */
function readDestination(text: string | null): Destination {
  const match =
    /^(?:([a-z0-9_][\w.+-]*)@)?(?:\[([0-9a-f:.]+)\]|([a-z0-9][a-z0-9._-]*))(?::(\d{1,5}))?(?:\/(\d{1,5}))?$/i.exec(
      text ?? '',
    )
  const [, user = null, ipv6, name, port = null, remotePort = null] = match ?? []
  const host = ipv6 ?? name
  if (host !== undefined && [port, remotePort].every((value) => value === null || Number(value) <= 65535))
    return { user, host: host.toLowerCase(), port, remotePort }
  throw new UsageError({
    code: 'tunnel_unknown',
    title: text === null ? '--tunnel ssh names no host' : `"${escapeText(text, 100)}" is not a host for ssh`,
    cause:
      'It must be <host>, <user>@<host> or <host>:<port>, with /<port> after it for the port to open there.',
    fix: 'Write it as in --tunnel ssh:me@example.com, or --tunnel ssh:localhost.run',
  })
}

function connect({ user, host, port }: Destination): string[] {
  return [...(port === null ? [] : ['-p', port]), '--', user === null ? host : `${user}@${host}`]
}

/** The session itself prints the address. */
function prepareForwarder(
  destination: Destination,
  known: (typeof forwarders)[number],
  { local }: TunnelRequest,
): PreparedTunnel {
  const { host } = destination
  const remote = `${destination.remotePort ?? known.remote}:${local.host}:${local.port}`
  const user = destination.user ?? known.user ?? null
  const port = destination.port ?? known.port ?? null
  return {
    args: ['-T', ...options, '-R', remote, ...connect({ ...destination, user, port })],
    life: destination.user === null ? 'changes' : 'may-change',
    read: (printed) => {
      const found = printed.flatMap((line) =>
        httpsOriginsIn(line)
          .filter((url) => isAddress(new URL(url).hostname, host))
          .map((url) => ({ url, isUp: isOfTunnel(line) })),
      )
      return found.find(({ isUp }) => isUp) ?? found[0] ?? null
    },
  }
}

/** Tells a line that is about the tunnel, or is an address alone, from the words of a greeting. */
function isOfTunnel(line: string): boolean {
  return /tunnell?ed\b|forwarding|->|→|^(?:\d+: *)?https:\/\/\S+$/i.test(line)
}

/** Tells an address that was made for us from the pages of the forwarder, which its greeting names. */
function isAddress(hostname: string, forwarder: string): boolean {
  const isItself = hostname === forwarder || forwarder.endsWith(`.${hostname}`)
  return !isItself && !/^(admin|console|dashboard|docs?|www|blog|status)\./.test(hostname)
}

/**
 * A host of the user's opens a port. Which one is in the redirect_uri where that is there, or is said; else any free
 * one. Where TLS stands before it, the redirect_uri says under which address.
 */
function prepareOwn(destination: Destination, { local, redirectUri }: TunnelRequest): PreparedTunnel {
  const { host } = destination
  const isPublic = redirectUri !== null && !isLoopback(redirectUri.hostname)
  const isThere = isPublic && withoutBrackets(redirectUri.hostname) === host
  const own = isThere && redirectUri.protocol === 'http:' ? redirectUri.port || '80' : null
  const port = destination.remotePort ?? own ?? '0'
  const isBehindTls = destination.remotePort !== null && isPublic && redirectUri.protocol === 'https:'
  // All addresses of the host, as far as its GatewayPorts lets; what is behind TLS needs only its loopback.
  const remote = `${isBehindTls ? 'localhost' : '*'}:${port}:${local.host}:${local.port}`
  return {
    // Only its log says that a port was opened which we have named.
    args: ['-v', '-N', '-T', ...options, '-R', remote, ...connect(destination)],
    life: port === '0' ? 'changes' : 'stays',
    read: (printed) => {
      const allocated = printed
        .map((line) => /^Allocated port (\d+) for remote forward/.exec(line)?.[1])
        .find(Boolean)
      const isOpen = printed.some((line) => /remote forward success for/.test(line))
      const found = port === '0' ? allocated : port
      if (!isOpen && allocated === undefined) return null
      if (found === undefined) return null
      if (isBehindTls || own === found) return { url: redirectUri?.origin ?? '', isUp: true }
      const name = realName(printed) ?? host
      const { origin } = new URL(`http://${name.includes(':') ? `[${name}]` : name}:${found}`)
      return { url: origin, isUp: true }
    },
  }
}

/** Gives the host that a name of the user's ssh configuration stands for. */
function realName(printed: readonly string[]): string | null {
  const name = printed
    .map((line) => /^debug1: Connecting to (\S+) \[[^\]]*\] port \d+/.exec(line)?.[1])
    .find((found) => found !== undefined)
  return name !== undefined && /^[\w.:-]+$/.test(name) ? name : null
}
