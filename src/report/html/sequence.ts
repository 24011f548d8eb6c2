// The sequence of a run: who sent what, and where to, in order.
import type { Arrival, Exchange } from '../../run/recording.ts'
import type { Run } from '../../run/run.ts'
import { headerOf } from '../../wire/exchange.ts'
import { arrivalVerdict, byTime, errorIn, type Happening, hostOf, meaningOf, pathOf } from '../summary.ts'
import { show } from './text.ts'

const lanes = ['phone', 'nv', 'aggregator', 'operator', 'API'] as const
type Lane = (typeof lanes)[number]

interface Arrow extends Happening {
  from: Lane
  to: Lane
  text: string
  /** Where its details are; null if nowhere. */
  exchange: number | null
  tone: 'plain' | 'bad' | 'muted'
}

/** Draws the sequence as a grid of five lanes, which stays readable on a narrow screen; empty when nothing happened. */
export function sequencePart(run: Run): string {
  const arrows = arrowsOf(run)
  if (arrows.length === 0) return ''
  const heads = lanes.map((lane) => `<li>${lane}</li>`).join('')
  return `<ol class="lanes" aria-hidden="true">${heads}</ol><ol class="arrows">${arrows.map(arrowRow).join('')}</ol>${hostsOf(run)}`
}

function arrowRow({ from, to, text, exchange, tone }: Arrow): string {
  const [start, end] = [lanes.indexOf(from), lanes.indexOf(to)]
  const [left, right] = [Math.min(start, end), Math.max(start, end)]
  const place = `grid-column:${2 * left + 2}/${2 * right + 2}`
  const words = `<b>${from} → ${to}</b> ${show(text)}`
  const label = exchange === null ? `<span>${words}</span>` : `<a href="#exchange-${exchange}">${words}</a>`
  const direction = start === end ? 'self' : start < end ? 'right' : 'left'
  return `<li class="${tone}">${label}<i class="${direction}" style="${place}"></i></li>`
}

function arrowsOf(run: Run): Arrow[] {
  const { exchanges, arrivals } = run
  return [
    ...exchanges.flatMap((exchange) => arrowsOfExchange(run, exchange)),
    ...shownUrl(run),
    ...arrivals.map(arrowOfArrival),
  ].toSorted(byTime)
}

/** A request and its answer are two arrows. */
function arrowsOfExchange(run: Run, exchange: Exchange): Arrow[] {
  const { id, step, timings, response, failure, request } = exchange
  const from = exchange.sentBy === 'phone' ? 'phone' : 'nv'
  const to = laneOf(run, exchange)
  const hop = exchange.hop === null ? '' : `hop ${exchange.hop}: `
  const ended = timings.startedMs + timings.endedMs
  const isBad =
    failure !== null ||
    response === null ||
    response.status >= 400 ||
    errorIn(headerOf(response, 'location') ?? '') !== null
  const answer = response === null ? '' : `${response.status} `
  return [
    {
      at: timings.startedMs,
      step,
      from,
      to,
      text: `${hop}${request.method} ${pathOf(exchange)}`,
      exchange: id,
      tone: 'plain',
    },
    {
      at: ended,
      step,
      from: response === null ? from : to,
      to: response === null ? to : from,
      text: `${answer}${meaningOf(exchange)}, ${timings.endedMs} ms`,
      exchange: id,
      tone: isBad ? 'bad' : 'muted',
    },
  ]
}

/** Where a phone opens the URL itself, nv sees neither the hops nor whether it did. */
function shownUrl({ request: { via }, exchanges, steps }: Run): Arrow[] {
  const step = steps.find(({ name }) => name === 'authorize')
  const isSeen = exchanges.some(({ kind }) => kind === 'authorize')
  if (via === null || via === 'direct' || isSeen || step?.status !== 'ok') return []
  const at = (step.startedMs ?? 0) + (step.durationMs ?? 0)
  const text = `authorize URL, by ${via}; nv does not see what the phone did with it`
  return [{ at, step: 'authorize', from: 'nv', to: 'phone', text, exchange: null, tone: 'muted' }]
}

function arrowOfArrival({ at, via, what, verdict, count }: Arrival): Arrow {
  const name = [what.method, what.path].filter(Boolean).join(' ') || what.kind
  const parameters = what.parameters.length === 0 ? '' : ` (${what.parameters.join(', ')})`
  const times = count > 1 ? `, ${count} times` : ''
  return {
    at,
    step: 'callback',
    from: 'phone',
    to: 'nv',
    text: `${via === 'direct' ? `the last redirect, ${name}` : name}${parameters}${via === 'direct' ? '' : `, by ${via}`}: ${arrivalVerdict(verdict)}${times}`,
    exchange: null,
    tone: verdict === 'taken' ? 'plain' : 'muted',
  }
}

/** Tells by its purpose and its host who was asked: a hop that is not at the aggregator's origin is the operator's. */
function laneOf({ profile: { authorizeUrl } }: Run, exchange: Exchange): Lane {
  if (exchange.kind === 'api') return 'API'
  if (exchange.hop === null) return 'aggregator'
  const isOfAggregator = originOf(exchange.request.url) === originOf(authorizeUrl ?? '')
  return isOfAggregator ? 'aggregator' : 'operator'
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

function hostsOf(run: Run): string {
  const rows = lanes.flatMap((lane) => {
    const hosts = new Set(run.exchanges.filter((exchange) => laneOf(run, exchange) === lane).map(hostOf))
    return hosts.size === 0 ? [] : [`<div><dt>${lane}</dt><dd>${show([...hosts].join(', '))}</dd></div>`]
  })
  const isPlayed = run.exchanges.some(({ sentBy }) => sentBy === 'phone') && run.request.via === 'direct'
  const note = isPlayed ? '<p class="note">nv sent the requests of the phone itself.</p>' : ''
  return `<dl class="hosts">${rows.join('')}</dl>${note}`
}
