// How long something takes, without what the machine does besides: other programs must not decide how a test ends.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Gives the processor time that this process took so far, in milliseconds: for work that waits for nothing. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Awaits work that may take that long. The time in which some program had to wait for a processor or a disk doesn't
 * count, as this may have been ours.
 */
export async function promptly<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const waitedMs = waitingMs()
  const result = await work
  const tookMs = performance.now() - startedAt
  // Where the system doesn't tell, all that can be seen is that nothing was waited for without end.
  const allowedMs = waitedMs === null ? limitMs * 5 : limitMs + (waitingMs() ?? 0) - waitedMs
  expect(tookMs, 'milliseconds').toBeLessThan(allowedMs)
  return result
}

/**
 * Gives the time in which programs of this machine had to wait for what others used; null: it isn't counted here.
 * @see https://docs.kernel.org/accounting/psi.html
 */
function waitingMs(): number | null {
  try {
    const totals = ['cpu', 'io'].map((name) =>
      /some .* total=(\d+)/.exec(readFileSync(`/proc/pressure/${name}`, 'utf8')),
    )
    return totals.reduce((sum, match) => sum + Number(match?.[1]) / 1000, 0)
  } catch {
    return null
  }
}
