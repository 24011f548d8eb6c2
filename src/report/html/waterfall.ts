// The timings of a run: when each request began, and what it waited for.
import type { Exchange } from '../../run/recording.ts'
import type { Run } from '../../run/run.ts'
import { hostOf, pathOf } from '../summary.ts'
import { show } from './text.ts'

const phases = ['resolve', 'connect', 'tls', 'wait', 'read'] as const
type Phase = (typeof phases)[number]

/** Draws a bar for each exchange, along the time of the run; empty when nothing was sent. */
export function waterfallPart({ exchanges, durationMs }: Run): string {
  if (exchanges.length === 0) return ''
  const last = Math.max(...exchanges.map(({ timings }) => timings.startedMs + timings.endedMs))
  const whole = Math.max(durationMs, last, 1)
  const legend = phases.map((phase) => `<li class="${phase}">${phase}</li>`).join('')
  const rows = exchanges.map((exchange) => row(exchange, whole)).join('')
  return `<ul class="legend">${legend}</ul><ol class="waterfall">${rows}</ol>`
}

function row(exchange: Exchange, whole: number): string {
  const { id, request, timings } = exchange
  const share = (ms: number) => `${((100 * ms) / whole).toFixed(2)}%`
  const bars = segmentsOf(timings)
    .filter(({ ms }) => ms > 0)
    .map(
      ({ phase, ms }) =>
        `<i class="${phase}" style="flex:${ms.toFixed(1)}" title="${phase} ${ms.toFixed(0)} ms"></i>`,
    )
    .join('')
  const name = `${request.method} ${hostOf(exchange)}${pathOf(exchange)}`
  const bar = `<span class="bar" style="left:${share(timings.startedMs)};width:${share(timings.endedMs)}">${bars}</span>`
  return `<li><a href="#exchange-${id}">${id}. ${show(name)}</a><span class="track">${bar}</span><span class="ms">${timings.endedMs} ms</span></li>`
}

/** Gives how long each phase took; an unknown one counts towards the next. */
function segmentsOf({ resolvedMs, connectedMs, securedMs, firstByteMs, endedMs }: Exchange['timings']) {
  const ends: ReadonlyArray<readonly [Phase, number | null]> = [
    ['resolve', resolvedMs],
    ['connect', connectedMs],
    ['tls', securedMs],
    ['wait', firstByteMs ?? endedMs],
    ['read', endedMs],
  ]
  let before = 0
  return ends.flatMap(([phase, end]) => {
    if (end === null) return []
    const ms = Math.max(0, end - before)
    before = Math.max(before, end)
    return [{ phase, ms }]
  })
}
