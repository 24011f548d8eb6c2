// Waits for what is being closed, and after an interruption only for a moment.
import type { Context } from '../context.ts'

/** How long closing may take after an interruption, in milliseconds. The rest of the time is for saving the run. */
const closingMs = 400

/** Waits for what is being closed; after an interruption only briefly, since the process ends and the run must be saved. */
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
