// Remembers which signed tokens came already, so that none is accepted twice.
import { createHash } from 'node:crypto'
import type { Context } from '../../context.ts'

/** Notes an identifier for a while; false when it is noted already. */
export type ReplayGuard = (identifier: string, retentionMs: number) => boolean

/**
 * Creates a guard that forgets an identifier when its retention is over. When it is full the oldest go first: who can
 * fill it can send an old one again, so what anybody may sign belongs in a guard of its own.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 */
export function createReplayGuard({ clock }: Pick<Context, 'clock'>, capacity = 20_000): ReplayGuard {
  const untilMs = new Map<string, number>()
  return (identifier, retentionMs) => {
    const now = clock.now()
    const key = createHash('sha256').update(identifier).digest('base64')
    if ((untilMs.get(key) ?? 0) > now) return false
    untilMs.delete(key)
    for (const [oldest, until] of untilMs) {
      if (until > now && untilMs.size < capacity) break
      untilMs.delete(oldest)
    }
    untilMs.set(key, now + retentionMs)
    return true
  }
}
