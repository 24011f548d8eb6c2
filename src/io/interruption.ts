// What ends a command from outside: signals, and a terminal that is gone.
import { isatty } from 'node:tty'
import { Cancelled, type EndingSignal, exitCodeOfSignal } from '../errors.ts'

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly EndingSignal[]

/** After a signal a command has so long to clean up. */
const graceMs = 900

/** A signal that comes again as soon as this is the same one, which npx and the like hand on besides the terminal. */
const sameWithinMs = 100

/** The standard streams that were a terminal when the process started. */
const terminals = [0, 1, 2].filter((file) => isatty(file))

export interface Interruption {
  /** Aborts with a Cancelled. */
  readonly signal: AbortSignal
  /** Does what SIGHUP does: the terminal doesn't take or give anything any more. */
  hangUp(): void
  /** Hands the signals to somebody else, until the function that it gives is called. */
  divert(to: (signal: EndingSignal) => void): () => void
}

/**
 * Turns the first signal into an abortion. A second one ends the process at once, with the same exit code; so does
 * the end of the time to clean up.
 */
export function listenForSignals(): Interruption {
  const controller = new AbortController()
  let cancelled: Cancelled | undefined
  let cancelledAt = 0
  let diverted: ((signal: EndingSignal) => void) | null = null
  const interrupt = (signal: EndingSignal) => {
    if (diverted) return diverted(signal)
    if (cancelled) {
      if (performance.now() - cancelledAt > sameWithinMs) endProcess(exitCodeOfSignal(cancelled.signal))
      return
    }
    cancelled = new Cancelled(signal)
    cancelledAt = performance.now()
    setTimeout(() => endProcess(exitCodeOfSignal(signal)), graceMs).unref()
    controller.abort(cancelled)
  }
  for (const signal of endingSignals) process.on(signal, () => interrupt(signal))
  // A file that would get too large is an error to explain, and no reason to leave the memory in a core file.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {})
  return {
    signal: controller.signal,
    hangUp: () => {
      if (!cancelled) interrupt('SIGHUP')
    },
    divert: (to) => {
      diverted = to
      return () => {
        diverted = null
      }
    },
  }
}

/**
 * Ends the process at once. Where its terminal is gone it ends by SIGHUP, as the shell expects: Node itself would
 * abort on its way out, for it can't put such a terminal back to what it was, and might leave its memory in a file.
 */
export function endProcess(exitCode: number): never {
  if (isTerminalGone()) {
    process.removeAllListeners('SIGHUP')
    process.emit('exit', exitCode)
    process.kill(process.pid, 'SIGHUP')
  }
  process.exit(exitCode)
}

/** Tells whether a terminal that this process had has been closed. */
function isTerminalGone(): boolean {
  return process.platform !== 'win32' && terminals.some((file) => !isatty(file))
}
