// The options that say where the phone's requests leave this machine, and whether they look like an app's.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { findInterface, type Source, takeAddress } from '../reach/source.ts'

export interface SourceOptions {
  interface?: string
  localAddress?: string
  asApp?: boolean
}

/** Declares them. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('--interface <name>', 'with direct: send from this network interface, such as a modem')
    .option('--local-address <ip>', 'with direct: send from this address of this machine')
    .option('--as-app', "with direct: follow as an app's SDK does: 10 redirects, 5 s each, no browser")
}

/** What the help of a command with these options says of them. */
export const sourceHelp = `With --interface or --local-address nv follows the redirects itself (direct) from there. Only the phone's \
requests go that way, and they bypass any proxy; discovery, token and API requests don't. The system may still route \
by the destination: Linux needs a rule for the modem, as in
  ip route add default dev wwan0 table 7; ip rule add from <its address> table 7
With --as-app nv sends them, and gives up, as an SDK in an app does.`

/**
 * Reads where to send from; null when there are none. Throws a UsageError when they contradict each other or the way, and a
 * SetupError when this machine has no such interface or address.
 */
export async function readSource(
  context: Pick<Context, 'network'>,
  { interface: name, localAddress, asApp }: SourceOptions,
  via: string,
): Promise<Source | null> {
  if (asApp && via !== 'auto' && via !== 'direct') throw sourceUnused('--as-app', via)
  if (name === undefined && localAddress === undefined) return null
  const flag = name === undefined ? '--local-address' : '--interface'
  if (name !== undefined && localAddress !== undefined) {
    throw new UsageError({
      code: 'source_twice',
      title: "--interface and --local-address can't be used together",
      cause: 'Both say where to send from: an interface, or one of its addresses.',
      fix: 'Leave one of them out.',
    })
  }
  if (via !== 'auto' && via !== 'direct') throw sourceUnused(flag, via)
  if (name !== undefined) return findInterface(context, name)
  return takeAddress(context, readAddress(localAddress ?? ''))
}

function sourceUnused(flag: string, via: string): UsageError {
  return new UsageError({
    code: 'source_unused',
    title: `${flag} does not work with --via ${via}`,
    cause: 'With it the phone sends the requests. nv only sends them with direct.',
    fix: `Use --via direct, or leave ${flag} out.`,
  })
}

/** Reads an IP address, an IPv6 one with or without brackets. */
function readAddress(text: string): string {
  const address = text.trim().replace(/^\[(.*)\]$/, '$1')
  const isWildcard = /^[0:.]*$/.test(address)
  const isIpv4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && URL.canParse(`http://${address}`)
  const isIpv6 = address.includes(':') && URL.canParse(`http://[${address.replace(/%[\w.-]+$/, '')}]`)
  if ((isIpv4 || isIpv6) && !isWildcard) return address
  throw new UsageError({
    code: 'local_address_invalid',
    title: `${JSON.stringify(text)} is not an address that nv can send from`,
    cause: isWildcard ? 'It stands for every address.' : 'It is neither an IPv4 nor an IPv6 address.',
    fix: 'Write it as in --local-address 192.0.2.7; use --interface for the name of an interface.',
  })
}
