// Waits for what is being closed, and after an interruption only for a moment.
import type { Context } from '../context.ts'

/** So long after an interruption what is open has to close; in milliseconds. The rest is for what the run has seen. */
const closingMs = 400

/** Waits for what is being closed; after an interruption not so long that the run would be lost, which ends soon. */
export async function inTime(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  closed: Promise<unknown>,
): Promise<void> {
  const over = new AbortController()
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal })
  })
  const late = interrupted.then(() => clock.sleep(closingMs, over.signal)).catch(() => {})
  try {
    await Promise.race([closed, late])
  } finally {
    over.abort()
    closed.catch(() => {})
  }
}
