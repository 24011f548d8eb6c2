// Whether processes that nobody here started have ended: those that a tested program leaves behind, or does not.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Tells whether a process runs; one that only waits to be read by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

/** Waits until a process has ended: no event tells of one that is not ours. Rejects when it goes on. */
export async function untilGone(pid: number, limitMs = 15_000): Promise<void> {
  const startedAt = performance.now()
  while (isRunning(pid)) {
    if (performance.now() - startedAt > limitMs) throw new Error(`Process ${pid} still runs`)
    await delay(10)
  }
}
