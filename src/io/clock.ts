// The time that passes.
import { setTimeout as delay } from 'node:timers/promises'

/** Resolves after the time has passed; rejects with the signal's own reason when it aborts first. */
export async function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(durationMs, undefined, signal ? { signal } : {})
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
