// Opens the listener of a run: where it listens, and what makes that useless.
import type { Context } from '../../context.ts'
import { SetupError, UsageError } from '../../errors.ts'
import type { Certificate } from '../../reach/certificate.ts'
import type { Expected } from '../../reach/inlet.ts'
import { type CallbackListener, openCallbackListener } from '../../reach/inlets/listener.ts'
import { chooseLan } from '../../reach/lan.ts'
import type { OpenTunnel } from '../../reach/open-tunnel.ts'
import { type WayName, ways } from '../../reach/ways.ts'
import { lan, type ListenAddress } from '../../settings/rules.ts'
import type { Target } from '../../target/target.ts'
import { isLoopback, listenerOf } from '../../wire/addresses.ts'
import type { Recorder } from '../recorder.ts'
import { createStanding, type Standing } from './standing.ts'

/** A listener that expects the callback of one run, at the redirect_uri or from the form of its start page. */
export interface Listening extends Expected, Omit<CallbackListener, 'expect'> {
  /** Where it listens, with the actual port. */
  readonly address: ListenAddress
  /** Leads the phone to the start page; null where the phone can't reach it. */
  shortLink: string | null
  /** What it proves itself with; null: it speaks no TLS. */
  readonly certificate: Certificate | null
  /** The tunnel that forwards its public address to nv; null: nv started none. */
  readonly tunnel: OpenTunnel | null
}

/**
 * Listens where the callback can arrive on this machine, or at least for a phone that can reach it, to paste; null when
 * the way needs no listener, or when the redirect_uri leads elsewhere and the user can paste. Throws a UsageError when
 * nobody would hear the callback, and a SetupError when another program would.
 */
export async function listenForCallback(
  context: Pick<Context, 'listen' | 'clock' | 'random' | 'signal' | 'network'>,
  { arrive, observe, emit }: Pick<Recorder, 'arrive' | 'observe' | 'emit'>,
  input: {
    target: Pick<Target, 'redirectUri' | 'listen'>
    via: WayName
    state: string
    canPaste: boolean
    /** Whether something will lead the phone to the listener, wherever the redirect_uri leads. */
    isReachable?: boolean
    /** What leads a public address here: that one is to be registered. */
    tunnel?: object | null
    /** Whether an address can be pasted on a page of this machine. */
    page?: boolean
  },
  standing: Standing = createStanding(),
): Promise<Listening | null> {
  const { target } = input
  const { certificate } = standing
  const { redirectUri } = target
  const { listens } = ways[input.via]
  if (redirectUri !== null && listens === 'never') return null
  const scheme = certificate === null ? 'http' : 'https'
  const say = standing.address === null ? emit : () => {}
  const callbackAddress = listenAddress(context, say, input, scheme)
  const leadsHere = callbackAddress !== null
  if (!leadsHere && !input.isReachable) {
    if (input.canPaste || input.page) return null
    throw nobodyHears(redirectUri ?? '')
  }
  const address = standing.address ?? callbackAddress ?? { host: '127.0.0.1', port: 0 }
  if (leadsHere && redirectUri !== null && address.port === 0) throw portUnknown(redirectUri)
  const opening = openCallbackListener(context, {
    address,
    redirectUri,
    leadsHere,
    arrive,
    observe,
    identity: certificate?.identity,
  })
  const listener = await (listens === 'optional' && !input.isReachable
    ? opening.catch(continueWithoutListener)
    : opening)
  if (listener === null) return null
  const bound = { host: address.host, port: listener.port }
  standing.address = bound
  return {
    ...listener,
    ...listener.expect(input.state),
    address: bound,
    shortLink: null,
    certificate,
    tunnel: null,
  }
}

/** Goes on where the user can paste, unless another program holds the port: a browser here would give it the code. */
function continueWithoutListener(error: unknown): null {
  if (!(error instanceof SetupError)) throw error
  const { problem } = error
  if (problem.code !== 'port_in_use') return null
  throw new SetupError(
    {
      ...problem,
      cause: `${problem.cause} A browser on this machine would deliver the code to that program.`,
      fix: 'Stop that program. If the link is opened on another device only, use another port: --listen 127.0.0.1:<port>',
    },
    { cause: error },
  )
}

function listenAddress(
  context: Pick<Context, 'network'>,
  emit: Recorder['emit'],
  { target, tunnel }: { target: Pick<Target, 'listen' | 'redirectUri'>; tunnel?: object | null },
  scheme: 'http' | 'https',
): ListenAddress | null {
  const { listen, redirectUri } = target
  if (listen?.host === lan) {
    const { address, notes } = chooseLan(context, listen.port, redirectUri, tunnel ? null : scheme)
    for (const text of notes) emit({ type: 'note', text })
    return address
  }
  return listen ?? (redirectUri === null ? { host: '127.0.0.1', port: 0 } : listenerOf(redirectUri, scheme))
}

function portUnknown(redirectUri: string): UsageError {
  return new UsageError({
    code: 'listen_port_unknown',
    title: '--listen with port 0 takes any free port',
    cause: `Nothing can forward ${redirectUri} to a port that is not known in advance.`,
    fix: 'Name a port, as in --listen 127.0.0.1:8080',
  })
}

function nobodyHears(redirectUri: string): UsageError {
  return new UsageError({
    code: 'callback_not_heard',
    title: 'Nothing would receive the callback',
    cause: redirectUri.startsWith('https:')
      ? `nv listens without TLS, and --listen does not say where a proxy with TLS for ${redirectUri} forwards to.${isOfThisMachine(redirectUri) ? ' With --tls nv speaks it itself.' : ''}`
      : `The redirect_uri ${redirectUri} is not on this machine, and --listen does not say where to listen.`,
    fix: 'Say where a tunnel forwards to with --listen <host:port>, or use --via paste on a terminal, or --via direct.',
  })
}

function isOfThisMachine(url: string): boolean {
  return isLoopback(new URL(url).hostname)
}
