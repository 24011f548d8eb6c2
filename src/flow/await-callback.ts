// Waits for the authorization response, from the listener and from what the user pastes.
import type { Context } from '../context.ts'
import { FlowError, SetupError, UsageError } from '../errors.ts'
import { readCallback, readPastedCallback } from '../oauth/callback.ts'
import { isLoopback } from '../wire/addresses.ts'
import type { Target } from '../target/target.ts'
import { type CallbackListener, openCallbackListener } from '../reach/callback-listener.ts'
import { type WayName, ways } from '../reach/ways.ts'
import { type Deadline, describeTimeLeft, OutOfTime } from './deadline.ts'
import type { Recorder } from './recorder.ts'
import { formatListen, type ListenAddress } from '../settings/rules.ts'

/**
 * Listens where the callback can arrive on this machine; null when the way needs no listener, or when the
 * redirect_uri leads elsewhere and the user can paste. Throws a UsageError when nobody would hear the callback.
 */
export async function listenForCallback(
  context: Context,
  recorder: Recorder,
  input: { profile: Target; via: WayName; state: string; canPaste: boolean },
): Promise<CallbackListener | null> {
  const { redirectUri } = input.profile
  const { listens } = ways[input.via]
  const address = listenAddress(input.profile)
  if (redirectUri !== null && listens === 'never') return null
  if (address === null) {
    if (input.canPaste) return null
    throw nobodyHears(redirectUri ?? '')
  }
  if (redirectUri !== null && address.port === 0) throw portUnknown(redirectUri)
  if (!isLoopback(address.host))
    recorder.warn('authorize', 'listening_beyond_this_machine', { host: address.host })
  const own = ownAddress(redirectUri)
  if (own && !isHeardAt(own, address)) {
    recorder.warn('authorize', 'listening_elsewhere', { redirectUri, listen: formatListen(address) })
  }
  const listening = openCallbackListener(context, {
    address,
    redirectUri,
    state: input.state,
    onForeignState: () => recorder.warn('callback', 'foreign_callback'),
  })
  return listens === 'optional' ? listening.catch(continueWithoutListener) : listening
}

function continueWithoutListener(error: unknown): null {
  if (error instanceof SetupError) return null
  throw error
}

function listenAddress({ listen, redirectUri }: Target): ListenAddress | null {
  return listen ?? (redirectUri === null ? { host: '127.0.0.1', port: 0 } : ownAddress(redirectUri))
}

/** Gives the address of this machine that a redirect_uri leads to; null when it leads elsewhere, or needs TLS. */
function ownAddress(redirectUri: string | null): ListenAddress | null {
  if (redirectUri === null) return null
  const { protocol, hostname, port } = new URL(redirectUri)
  if (protocol !== 'http:' || !isLoopback(hostname)) return null
  const host = hostname.endsWith('.localhost') ? 'localhost' : hostname.replace(/^\[|\]$/g, '')
  return { host, port: port === '' ? 80 : Number(port) }
}

/** Tells whether a listener at an address hears what is sent to another one of this machine. */
function isHeardAt(own: ListenAddress, { host, port }: ListenAddress): boolean {
  const isSameFamily =
    host === own.host || host === 'localhost' || host === '::' || (host === '0.0.0.0' && own.host !== '::1')
  return own.port === port && (isSameFamily || (own.host === 'localhost' && isLoopback(host)))
}

function portUnknown(redirectUri: string): UsageError {
  return new UsageError({
    code: 'listen_port_unknown',
    title: '--listen with port 0 takes any free port',
    cause: `Nothing could be made to lead from ${redirectUri} to a port that nobody knows beforehand.`,
    fix: 'Name a port, as in --listen 127.0.0.1:8080',
  })
}

function nobodyHears(redirectUri: string): UsageError {
  return new UsageError({
    code: 'callback_not_heard',
    title: 'Nobody would hear the callback',
    cause: redirectUri.startsWith('https:')
      ? `nv listens without TLS, and was not told where something that speaks TLS for ${redirectUri} passes it on.`
      : `The redirect_uri ${redirectUri} is not on this machine, and nv was not told where to listen.`,
    fix: 'Say where a tunnel brings it with --listen <host:port>, or use --via paste on a terminal, or --via direct.',
  })
}

interface Wait {
  listener: CallbackListener | null
  deadline: Deadline
  redirectUri: string
  state: string
  /** Whether the user may be asked for the address the phone ended on. */
  canPaste: boolean
}

/**
 * Waits until parameters with our state arrive. Throws a FlowError `callback_timeout` when time runs out first.
 */
export async function waitForCallback(
  context: Context,
  recorder: Recorder,
  options: Wait,
): Promise<URLSearchParams> {
  const { listener, deadline, redirectUri, canPaste } = options
  const waitedFrom = context.clock.now()
  const over = new AbortController()
  const signal = AbortSignal.any([deadline.signal, over.signal])
  const sources: Array<Promise<URLSearchParams>> = [aborted(deadline.signal)]
  if (listener) sources.push(listener.callback)
  if (canPaste) sources.push(pasted(context, recorder, options, signal))
  else recorder.emit({ type: 'waiting', describe: () => describeWait(context, options) })
  try {
    return await Promise.race(sources)
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error
    const seconds = Math.round((context.clock.now() - waitedFrom) / 1000)
    throw new FlowError(
      'callback_timeout',
      { seconds, redirectUri, isListening: listener !== null, canPaste },
      { cause: error },
    )
  } finally {
    over.abort()
    recorder.emit({ type: 'waiting-ended' })
  }
}

function describeWait(
  { clock }: Context,
  { listener, deadline }: Pick<Wait, 'listener' | 'deadline'>,
): string {
  const place = listener
    ? ` at ${listener.redirectUri}${listener.heardOn === null ? '' : `, heard on ${listener.heardOn}`}`
    : ''
  return `Waiting for the phone${place} (${describeTimeLeft(clock, deadline.endsAt)})`
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

async function pasted(
  context: Context,
  recorder: Recorder,
  options: Wait,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const { input, prompt, env } = context
  if (!input.isTerminal || !context.err.isTerminal || env['TERM'] === 'dumb')
    return pastedLine(context, recorder, options, signal)
  recorder.emit({ type: 'question' })
  const text = await prompt.paste({
    message: options.listener
      ? 'or paste the address the phone ended on'
      : 'Paste the address the phone ended on',
    waiting: () => describeWait(context, options),
    reject: (line) => refusePasted(line, options.state),
    signal,
  })
  return readPastedCallback(text) ?? new URLSearchParams()
}

/** Reads lines of standard input, where nothing can be drawn, until one is the callback. */
async function pastedLine(
  context: Context,
  recorder: Recorder,
  options: Wait,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const describe = () => `${describeWait(context, options)}, or a line with the address it ended on`
  recorder.emit({ type: 'waiting', describe })
  for await (const line of context.input.lines(signal)) {
    const parameters = readPastedCallback(line)
    if (parameters && refusePasted(line, options.state) === null) return parameters
    if (line.trim()) recorder.warn('callback', 'foreign_callback')
  }
  if (options.listener || signal.aborted) {
    recorder.emit({ type: 'waiting', describe: () => describeWait(context, options) })
    return aborted(signal)
  }
  throw new UsageError({
    code: 'nothing_pasted',
    title: 'Standard input ended before an address was pasted',
    cause:
      '--via paste reads the address the phone ended on from the terminal, or as a line of standard input.',
    fix: 'Run it on a terminal, or use --via direct where nobody is there to paste.',
  })
}

function refusePasted(line: string, state: string): string | null {
  const parameters = readPastedCallback(line)
  if (!parameters) return 'There is no code, error or state in it. Paste all of the address bar.'
  const callback = readCallback(parameters, { state, issuers: [], isIssuerRequired: false })
  return callback.kind === 'not-ours'
    ? 'It belongs to another attempt: its state differs. Paste the newest address.'
    : null
}
