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
  /** Has the whole time begin now. */
  restart(): void
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
  const over = new AbortController()
  const signal = AbortSignal.any([context.signal, over.signal])
  let stopped = new AbortController()
  let endsAt = 0
  const restart = () => {
    stopped.abort()
    stopped = new AbortController()
    endsAt = clock.elapsed() + timeoutMs
    startTimer(timeoutMs, stopped.signal, over)
  }
  restart()
  return {
    get endsAt() {
      return endsAt
    },
    signal,
    restart,
    limitRequest: async (work, limitMs = requestLimitMs) => {
      const done = new AbortController()
      try {
        return await work(AbortSignal.any([signal, startTimer(limitMs, done.signal)]))
      } finally {
        done.abort()
      }
    },
    release: () => stopped.abort(),
  }

  function startTimer(limitMs: number, until: AbortSignal, timer = new AbortController()): AbortSignal {
    clock.sleep(limitMs, until).then(
      () => timer.abort(new OutOfTime(limitMs)),
      () => {},
    )
    return timer.signal
  }
}
