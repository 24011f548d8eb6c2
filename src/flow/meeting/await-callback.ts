// Waits for the authorization response, from the listener and from what the user pastes.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { Expected } from '../../reach/inlet.ts'
import { EndOfInput, openPaste } from '../../reach/inlets/paste.ts'
import { tunnelLost } from '../../reach/open-tunnel.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import { type Deadline, describeTimeLeft, OutOfTime } from '../deadline.ts'
import type { Listening } from './listening.ts'
import type { Recorder } from '../recorder.ts'

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
      fix: 'Run it on a terminal, or use --via direct where nobody can paste.',
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
