// Where a run, or a check, listens: with TLS and through a tunnel where that was asked for.
import type { Context, TlsIdentity } from '../../context.ts'
import { prepareCertificate } from '../../reach/certificate.ts'
import type { TunnelChoice } from '../../reach/tunnels.ts'
import { lan } from '../../settings/rules.ts'
import { withoutBrackets } from '../../wire/addresses.ts'
import { listenForCallback, type Listening } from './listening.ts'
import { leadTunnel } from './run-tunnel.ts'
import type { Standing } from './standing.ts'

type ListenInput = Parameters<typeof listenForCallback>[2]

/** What was asked for beside the address. */
export interface Place {
  tls?: TlsIdentity | 'temporary' | null
  tunnel?: TunnelChoice | null
}

/**
 * Listens for the callback, with the certificate and through the tunnel that stand, or new ones, which then stand. Null
 * and errors are those of `listenForCallback` and `leadTunnel`.
 */
export async function openListening(
  context: Context,
  run: Parameters<typeof leadTunnel>[1],
  input: ListenInput & Place,
  standing: Standing,
): Promise<Listening | null> {
  const { tunnel = null, tls = null, target } = input
  if (tls !== null && standing.certificate === null) {
    standing.certificate = await prepareCertificate(context, hostOf(target), tls)
    for (const text of standing.certificate.notes) run.recorder.emit({ type: 'note', text })
  }
  const isReachable = input.isReachable === true || tunnel !== null
  const listening = await listenForCallback(context, run.recorder, { ...input, isReachable }, standing)
  if (listening === null || tunnel === null) return listening
  try {
    const canPaste = input.canPaste || Boolean(input.page)
    const asked = { tunnel, redirectUri: target.redirectUri, canPaste }
    return await leadTunnel(context, run, listening, asked, standing)
  } catch (error) {
    await listening.close()
    throw error
  }
}

/** Gives the host that a certificate has to name: the phone compares it with the redirect_uri. */
function hostOf({ redirectUri, listen }: ListenInput['target']): string {
  if (redirectUri !== null) return withoutBrackets(new URL(redirectUri).hostname)
  return listen === null ? 'localhost' : listen.host === lan ? '0.0.0.0' : listen.host
}
