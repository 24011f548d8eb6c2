// The clock.
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../context.ts'

/** What a timer of Node takes; it fires at once for more. */
const longestTimerMs = 2 ** 31 - 1

/** Makes the clock of this machine. */
export function createClock(): Clock {
  return { now: () => Date.now(), elapsed: () => performance.now(), sleep }
}

async function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  try {
    for (let leftMs = durationMs; ; leftMs -= longestTimerMs) {
      await delay(Math.min(leftMs, longestTimerMs), undefined, signal ? { signal } : {})
      if (leftMs <= longestTimerMs) return
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
