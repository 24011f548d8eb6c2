// The options that say how the phone's requests get to nv's listener.
import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import { readTunnel, type TunnelChoice, tunnelForms } from '../reach/tunnels.ts'
import { type WayName, ways } from '../reach/ways.ts'

export interface ListenOptions {
  tls?: boolean
  tunnel?: string
}

/** Declares them. */
export function addListenOptions(command: Command): Command {
  return command
    .option('--tls', 'listen with TLS, for an https redirect_uri on this machine')
    .option('--tunnel <name>', `get a public address for this machine: ${tunnelForms.join(', ')}`)
}

/** Reads the tunnel; null when there is none. Throws a UsageError when it is unknown. */
export function readTunnelOption({ tunnel }: ListenOptions): TunnelChoice | null {
  return tunnel === undefined ? null : readTunnel(tunnel)
}

/** Throws a UsageError when there is a tunnel, and a way that needs none. */
export function refuseUnusedTunnel(tunnel: TunnelChoice | null, via: WayName): void {
  if (tunnel === null || ways[via].listens !== 'never') return
  throw new UsageError({
    code: 'tunnel_unused',
    title: `--tunnel does not work with --via ${via}`,
    cause: 'That way receives nothing from the phone.',
    fix: 'Leave out one of them.',
  })
}

/** Throws a UsageError when TLS is wanted where it can't be, or would be seen by nobody. */
export function refuseUnusedTls(
  { tls = false, tunnel }: ListenOptions,
  { redirectUri }: { redirectUri: string | null },
  via: WayName,
): void {
  if (!tls) return
  const reason =
    tunnel !== undefined
      ? 'The tunnel itself speaks TLS with the phone, and forwards the requests without it.'
      : ways[via].listens === 'never'
        ? `With --via ${via} nothing from the phone arrives here.`
        : redirectUri?.startsWith('http:')
          ? `The redirect_uri ${redirectUri} starts with http.`
          : null
  if (reason === null) return
  throw new UsageError({
    code: 'tls_unused',
    title: '--tls has no use here',
    cause: reason,
    fix: 'Leave --tls out, or register an https redirect_uri on this machine.',
  })
}
