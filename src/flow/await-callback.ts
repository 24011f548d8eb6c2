// Waits for the authorization response, from the listener and from what the user pastes.
import type { Context } from '../context.ts'
import { SetupError, UsageError } from '../errors.ts'
import type { Target } from '../target/target.ts'
import { lan, type ListenAddress } from '../settings/rules.ts'
import { chooseLan } from '../reach/lan.ts'
import type { Certificate } from '../reach/certificate.ts'
import type { Expected } from '../reach/inlet.ts'
import { type CallbackListener, openCallbackListener } from '../reach/inlets/listener.ts'
import { canAsk, EndOfInput, openPaste } from '../reach/inlets/paste.ts'
import { type OpenTunnel, tunnelLost } from '../reach/open-tunnel.ts'
import { type WayName, ways } from '../reach/ways.ts'
import { isLoopback, listenerOf } from '../wire/addresses.ts'
import { type Deadline, describeTimeLeft, OutOfTime } from './deadline.ts'
import type { Recorder } from './recorder.ts'

/** A listener that expects the callback of one run, at the redirect_uri or from the form of its start page. */
export interface Listening extends Expected, Omit<CallbackListener, 'expect'> {
  /** Where it listens, with the actual port. */
  readonly address: ListenAddress
  /** Leads the phone to the start page; null where the phone can't reach it. */
  shortLink: string | null
  /** The authority of its certificate, which nobody trusts yet; null: it speaks no TLS. */
  readonly ca: string | null
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
    profile: Pick<Target, 'redirectUri' | 'listen'>
    via: WayName
    state: string
    canPaste: boolean
    /** What it proves itself with; left out: it speaks no TLS. */
    certificate?: Certificate | null
    /** Whether something will lead the phone to the listener, wherever the redirect_uri leads. */
    isReachable?: boolean
    /** What leads a public address here: that one is to be registered. */
    tunnel?: object | null
    /** Whether an address can be pasted on a page of this machine. */
    page?: boolean
  },
): Promise<Listening | null> {
  const { profile, certificate = null } = input
  const { redirectUri } = profile
  const { listens } = ways[input.via]
  if (redirectUri !== null && listens === 'never') return null
  const scheme = certificate === null ? 'http' : 'https'
  const callbackAddress = listenAddress(context, emit, input, scheme)
  const leadsHere = callbackAddress !== null
  if (!leadsHere && !input.isReachable) {
    if (input.canPaste || input.page) return null
    throw nobodyHears(redirectUri ?? '')
  }
  const address = callbackAddress ?? { host: '127.0.0.1', port: 0 }
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
  return {
    ...listener,
    ...listener.expect(input.state),
    address: bound,
    shortLink: null,
    ca: certificate?.ca ?? null,
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
  { profile, tunnel }: { profile: Pick<Target, 'listen' | 'redirectUri'>; tunnel?: object | null },
  scheme: 'http' | 'https',
): ListenAddress | null {
  const { listen, redirectUri } = profile
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
    cause: `Nothing can forward ${redirectUri} to a port that is not known beforehand.`,
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

interface Wait {
  listener: Listening | null
  /** The page of this machine, if there is one: an address can be pasted there. */
  page?: { callback: Promise<URLSearchParams> } | null
  deadline: Deadline
  redirectUri: string
  state: string
  /** Whether the user may be asked for the address the phone ended on. */
  canPaste: boolean
}

/** Waits until parameters with our state arrive, or time runs out. */
export async function waitForCallback(
  context: Pick<Context, 'input' | 'prompt' | 'err' | 'env' | 'clock'>,
  recorder: Pick<Recorder, 'arrive' | 'emit'>,
  options: Wait,
): Promise<URLSearchParams | { lacks: 'callback' }> {
  const { listener, deadline } = options
  const paste = options.canPaste ? pasteInlet(context, recorder, options) : null
  const sources: Array<Promise<URLSearchParams>> = [aborted(deadline.signal)]
  if (listener) sources.push(listener.callback)
  if (options.page) sources.push(options.page.callback)
  if (listener?.tunnel && !options.canPaste && !options.page)
    sources.push(listener.tunnel.lost.then((loss) => Promise.reject(tunnelLost(loss))))
  announceWait(context, recorder, options)
  if (paste)
    sources.push(pasted(paste.expect(options.state), () => announceListener(context, recorder, options)))
  try {
    return await Promise.race(sources)
  } catch (error) {
    if (error instanceof OutOfTime) return { lacks: 'callback' }
    throw error
  } finally {
    await paste?.close()
    recorder.emit({ type: 'waiting-ended' })
  }
}

function pasteInlet(
  context: Pick<Context, 'input' | 'prompt' | 'err' | 'env' | 'clock'>,
  { arrive, emit }: Pick<Recorder, 'arrive' | 'emit'>,
  options: Wait,
) {
  return openPaste(context, {
    redirectUri: options.redirectUri,
    signal: options.deadline.signal,
    arrive,
    message: options.listener
      ? 'or paste the address the phone ended on'
      : 'Paste the address the phone ended on',
    waiting: () => describeWait(context, options),
    refuse: (reason) => emit({ type: 'note', text: reason }),
  })
}

/** Says what is waited for: in the question, which needs the screen for itself, or above the lines. */
function announceWait(
  context: Pick<Context, 'input' | 'err' | 'env' | 'clock'>,
  { emit }: Pick<Recorder, 'emit'>,
  options: Wait,
): void {
  if (options.canPaste && canAsk(context)) return emit({ type: 'question' })
  const ending = options.canPaste ? ', or paste the final address' : ''
  emit({ type: 'waiting', describe: () => describeWait(context, options) + ending })
}

/** Waits on without a question, once there is nothing more to read; says whether anything else can bring the callback. */
function announceListener(
  context: Pick<Context, 'clock'>,
  { emit }: Pick<Recorder, 'emit'>,
  options: Wait,
): boolean {
  const goesOn = options.listener !== null || Boolean(options.page)
  if (goesOn) emit({ type: 'waiting', describe: () => describeWait(context, options) })
  return goesOn
}

async function pasted({ callback }: Expected, goesOn: () => boolean): Promise<URLSearchParams> {
  try {
    return await callback
  } catch (error) {
    if (!(error instanceof EndOfInput)) throw error
    if (goesOn()) return new Promise<never>(() => {})
    throw nothingPasted(error)
  }
}

function nothingPasted(cause: Error): UsageError {
  return new UsageError(
    {
      code: 'nothing_pasted',
      title: 'Standard input ended before an address was pasted',
      cause:
        '--via paste reads the address the phone ended on from the terminal, or as a line of standard input.',
      fix: 'Run it on a terminal, or use --via direct where nobody is there to paste.',
    },
    { cause },
  )
}

function describeWait(
  { clock }: Pick<Context, 'clock'>,
  { listener, deadline }: Pick<Wait, 'listener' | 'deadline'>,
): string {
  const place = listener?.leadsHere
    ? ` at ${listener.redirectUri}${listener.heardOn === null ? '' : `, listening on ${listener.heardOn}`}`
    : ''
  const loss = listener?.tunnel?.loss
  const gone = loss ? `. ${loss.program} no longer leads here: paste the address, or start again` : ''
  return `Waiting for the phone${place} (${describeTimeLeft(clock, deadline.endsAt)})${gone}`
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}
