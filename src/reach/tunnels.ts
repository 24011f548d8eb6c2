// The map of the tunnels, and the reading of a choice of one.
import { UsageError } from '../errors.ts'
import { escapeText } from '../wire/escape.ts'
import type { Tunnel } from './tunnel.ts'
import { cloudflared } from './tunnels/cloudflared.ts'
import { devtunnel } from './tunnels/devtunnel.ts'
import { ngrok } from './tunnels/ngrok.ts'
import { ssh } from './tunnels/ssh.ts'
import { tailscale } from './tunnels/tailscale.ts'

export const tunnels = { cloudflared, ngrok, tailscale, devtunnel, ssh } as const satisfies Record<
  string,
  Tunnel
>

export type TunnelName = keyof typeof tunnels

/** Everything `--tunnel` takes, for help and errors. */
export const tunnelForms = Object.keys(tunnels).map((name) => (name === 'ssh' ? 'ssh:<host>' : name))

export interface TunnelChoice {
  name: TunnelName
  /** The host in `ssh:<host>`; null for the others. */
  destination: string | null
}

/** Reads what `--tunnel` says. Throws a UsageError when it is none. */
export function readTunnel(text: string): TunnelChoice {
  const [, name = '', destination = null] = /^([a-z]+)(?::(.+))?$/s.exec(text.trim()) ?? []
  if (isTunnelName(name) && (destination !== null) === (name === 'ssh')) return { name, destination }
  throw new UsageError({
    code: 'tunnel_unknown',
    title: `"${escapeText(text, 100)}" is not a tunnel that nv can start`,
    cause: `Those are ${tunnelForms.join(', ')}.`,
    fix: 'Name one of them, or start another one yourself: --listen <host:port> with its address as --redirect-uri.',
  })
}

/** Writes a choice as `--tunnel` takes it. */
export function formatTunnel({ name, destination }: TunnelChoice): string {
  return destination === null ? name : `${name}:${destination}`
}

function isTunnelName(name: string): name is TunnelName {
  return Object.hasOwn(tunnels, name)
}
