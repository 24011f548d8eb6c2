// The tunnel of a run: has it lead to the listener, says what to register, and notices when it is lost.
import type { Context } from '../../context.ts'
import { type OpenTunnel, openTunnel } from '../../reach/open-tunnel.ts'
import type { TunnelChoice } from '../../reach/tunnels.ts'
import { isLoopback, isWildcard } from '../../wire/addresses.ts'
import type { Listening } from './listening.ts'
import type { Standing } from './standing.ts'
import type { Deadline } from '../deadline.ts'
import type { Recorder } from '../recorder.ts'

interface Asked {
  tunnel: TunnelChoice
  /** The registered one; null: none is known. */
  redirectUri: string | null
  canPaste: boolean
}

/**
 * Opens a tunnel to the listener unless the one that stands still leads there, and gives the listener back as one that
 * expects what comes through. Throws what `openTunnel` throws, also when the run's time is over first.
 */
export async function leadTunnel(
  context: Context,
  {
    recorder,
    deadline,
    atEnd,
  }: { recorder: Recorder; deadline: Deadline; atEnd(close: () => Promise<void>): void },
  listener: Listening,
  asked: Asked,
  standing: Standing,
): Promise<Listening> {
  const registered = asked.redirectUri === null ? null : new URL(asked.redirectUri)
  const isStanding = standing.tunnel?.loss === null
  if (!isStanding) {
    await standing.tunnel?.close()
    standing.tunnel = null
  }
  const opened = (standing.tunnel ??= await openTunnel(context, asked.tunnel, {
    local: { host: hostHere(listener.address.host), port: listener.address.port },
    redirectUri: registered,
    timeLeftMs: deadline.endsAt - context.clock.elapsed(),
  }))
  let isOver = false
  atEnd(async () => void (isOver = true))
  const { program, url, life } = opened
  const leads = registered === null || registered.origin === url
  const redirectUri = registered === null ? `${url}/callback` : (asked.redirectUri ?? '')
  listener.expectAlso(opened.hosts, leads ? redirectUri : null)
  recorder.observe({ code: 'tunnel_opened', step: 'callback', exchange: null, facts: { program, url, life } })
  if (!isStanding)
    for (const text of describe(opened, registered, redirectUri)) recorder.emit({ type: 'note', text })
  const noteLoss = async () => {
    const loss = await opened.lost
    if (isOver) return
    // Where nobody can paste, the run ends with the tunnel and says so itself.
    if (asked.canPaste)
      recorder.observe({ code: 'tunnel_lost', step: 'callback', exchange: null, facts: loss })
    recorder.emit({ type: 'observed', recording: recorder.recording() })
  }
  void noteLoss()
  if (!leads) return { ...listener, tunnel: opened }
  return { ...listener, tunnel: opened, redirectUri, leadsHere: true, heardOn: listener.listeningOn }
}

/** Where a program on this machine reaches one who listens on a host. */
function hostHere(host: string): string {
  if (host === '::1' || host === '::') return '[::1]'
  if (isWildcard(host) || isLoopback(host)) return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Says what the tunnel is good for, and what to register. */
function describe({ program, url, life }: OpenTunnel, registered: URL | null, redirectUri: string): string[] {
  const carries = 'The tunnel carries the short link, the start page and the pasted address.'
  const start = `${program} forwards ${url} to nv.`
  if (registered !== null && registered.origin !== url)
    return [`${start} The redirect_uri ${redirectUri} does not go through it. ${carries}`]
  if (registered !== null) return [`${start} The redirect_uri ${redirectUri} goes through it too.`]
  const register = `Register exactly this redirect_uri: ${redirectUri}`
  if (life === 'stays') return [start, register]
  if (life === 'may-change') return [start, `${register} (${program} may have another name next time.)`]
  return [
    `${start} That name changes with each start, so no gateway can know it in advance.`,
    `The redirect_uri ${redirectUri} only works where the gateway accepts any. Otherwise give the registered one with --redirect-uri: the tunnel then carries the short link, the start page and the pasted address.`,
  ]
}
