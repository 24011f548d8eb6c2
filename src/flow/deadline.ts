// The time a run has, and the share of it that one request gets.
import type { Context } from '../context.ts'

const requestLimitMs = 15_000

/** The reason of a signal that aborted because time ran out. */
export class OutOfTime extends Error {
  override name = 'OutOfTime'
  constructor(readonly limitMs: number) {
    super(`No answer in ${limitMs / 1000} s`)
  }
}

export interface Deadline {
  /** By the clock's `elapsed`. */
  readonly endsAt: number
  /** Aborts with an OutOfTime at the end, or with the Cancelled of an interruption. */
  readonly signal: AbortSignal
  /** Runs one piece of work under a signal that ends after 15 s at most, or after less where that is said. */
  limitRequest<T>(work: (signal: AbortSignal) => Promise<T>, limitMs?: number): Promise<T>
  /** Stops the clock; nothing is left running. */
  release(): void
}

/** Says how long it still is until a time, as minutes and seconds. */
export function describeTimeLeft(clock: Pick<Context['clock'], 'elapsed'>, endsAt: number): string {
  const seconds = Math.max(0, Math.ceil((endsAt - clock.elapsed()) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`
}

/** Starts the clock of a run. */
export function startDeadline(context: Pick<Context, 'clock' | 'signal'>, timeoutMs: number): Deadline {
  const { clock } = context
  const released = new AbortController()
  const whole = startTimer(timeoutMs, released.signal)
  const signal = AbortSignal.any([context.signal, whole])
  return {
    endsAt: clock.elapsed() + timeoutMs,
    signal,
    limitRequest: async (work, limitMs = requestLimitMs) => {
      const done = new AbortController()
      try {
        return await work(AbortSignal.any([signal, startTimer(limitMs, done.signal)]))
      } finally {
        done.abort()
      }
    },
    release: () => released.abort(),
  }

  function startTimer(limitMs: number, stopped: AbortSignal): AbortSignal {
    const timer = new AbortController()
    clock.sleep(limitMs, stopped).then(
      () => timer.abort(new OutOfTime(limitMs)),
      () => {},
    )
    return timer.signal
  }
}
