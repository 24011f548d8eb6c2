// Durations as people write them.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { GlobalOptions } from './options.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const maxMs = 24 * 3_600_000

/** Reads `8s`, `2m`, `1m30s` or `500ms` as milliseconds. Throws a UsageError that names what was given. */
export function parseDuration(text: string, name = '--timeout'): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const isWhole = parts.map(([part]) => part).join('') === text.trim() && parts.length > 0
  const durationMs = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  )
  if (!isWhole || durationMs < 1 || durationMs > maxMs) {
    throw new UsageError({
      code: 'invalid_duration',
      title: `${name} can't be ${JSON.stringify(text)}`,
      cause: 'A duration is a number with a unit, ms, s, m or h, and at most 24h.',
      fix:
        /^\d+$/.test(text) && Number(text) > 0
          ? `Write ${text}s for seconds, ${text}m for minutes.`
          : 'Write for example 8s, 2m or 1m30s.',
    })
  }
  return durationMs
}

/** Reads --timeout or NV_TIMEOUT, else the usual time, as milliseconds. Throws a UsageError that names the one at fault. */
export function readTimeout(
  { env }: Pick<Context, 'env'>,
  { timeout }: Pick<GlobalOptions, 'timeout'>,
  usual: string,
): number {
  return timeout === undefined
    ? parseDuration(env['NV_TIMEOUT'] || usual, 'NV_TIMEOUT')
    : parseDuration(timeout, '--timeout')
}
