// The options that say how the phone's requests get to nv's listener.
import type { Command } from 'commander'
import type { Context, TlsIdentity } from '../context.ts'
import { UsageError } from '../errors.ts'
import { readTunnel, type TunnelChoice, tunnelForms } from '../reach/tunnels.ts'
import { type WayName, ways } from '../reach/ways.ts'
import { readIdentity } from './tls-identity.ts'

export interface ListenOptions {
  tls?: boolean
  tlsCert?: string
  tlsKey?: string
  tunnel?: string
}

/** Declares them. */
export function addListenOptions(command: Command): Command {
  return command
    .option('--tls', 'listen with TLS, for an https redirect_uri on this machine')
    .option('--tls-cert <file>', 'do so with this certificate (PEM)')
    .option('--tls-key <file>', 'the private key of that certificate (PEM)')
    .option('--tunnel <name>', `get a public address for this machine: ${tunnelForms.join(', ')}`)
}

/** Reads the tunnel; null when there is none. Throws a UsageError when it is unknown. */
export function readTunnelOption({ tunnel }: ListenOptions): TunnelChoice | null {
  return tunnel === undefined ? null : readTunnel(tunnel)
}

/** Throws a UsageError for a tunnel with a way that doesn't need one. */
export function refuseUnusedTunnel(tunnel: TunnelChoice | null, via: WayName): void {
  if (tunnel === null || ways[via].listens !== 'never') return
  throw new UsageError({
    code: 'tunnel_unused',
    title: `--tunnel does not work with --via ${via}`,
    cause: 'That way receives nothing from the phone.',
    fix: 'Leave out one of them.',
  })
}

/** Reads what the listener proves itself with; null: it speaks no TLS. Throws a UsageError when a file is missing. */
export async function readTls(
  context: Pick<Context, 'files'>,
  { tls = false, tlsCert, tlsKey }: ListenOptions,
): Promise<TlsIdentity | 'temporary' | null> {
  if (tlsCert !== undefined && tlsKey !== undefined)
    return readIdentity(context, { cert: tlsCert, key: tlsKey }, ['--tls-cert', '--tls-key'])
  if (tlsCert === undefined && tlsKey === undefined) return tls ? 'temporary' : null
  const [given, missing] = tlsKey === undefined ? ['--tls-cert', '--tls-key'] : ['--tls-key', '--tls-cert']
  throw new UsageError({
    code: 'certificate_incomplete',
    title: `${given} needs ${missing}`,
    cause: 'A certificate is only of use with its private key.',
    fix: `Give both, or neither: with --tls nv makes a certificate for the run.`,
  })
}

/** Throws a UsageError for TLS where nothing could serve it, or nobody would see it. */
export function refuseUnusedTls(
  { tls = false, tlsCert, tunnel }: ListenOptions,
  { redirectUri }: { redirectUri: string | null },
  via: WayName,
): void {
  if (!tls && tlsCert === undefined) return
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
    title: `${tls ? '--tls' : '--tls-cert'} doesn't apply here`,
    cause: reason,
    fix: 'Leave it out, or register an https redirect_uri on this machine.',
  })
}
