// Every exchange of a run, folded, with its headers and bodies; and what arrived.
import type { Exchange } from '../../run/recording.ts'
import type { Run } from '../../run/run.ts'
import type { Body, Connection, Message } from '../../wire/exchange.ts'
import {
  arrivalVerdict,
  correlatorsOf,
  hostOf,
  meaningOf,
  pathOf,
  resultOf,
  senderOf,
  timeOf,
} from '../summary.ts'
import { show, showLines } from './text.ts'

/** Shows each exchange under a line that says what it was. */
export function exchangesPart(run: Run): string {
  return run.exchanges.map((exchange) => exchangePart(run, exchange)).join('')
}

function exchangePart(run: Run, exchange: Exchange): string {
  const { id, request, response, failure, timings, kind, sentBy, hop, connection } = exchange
  const isBad = failure !== null || response === null || response.status >= 400
  const facts: ReadonlyArray<readonly [string, string]> = [
    ['Time', timeOf(run, exchange)],
    ['Correlator', correlatorsOf(exchange)],
    ['Purpose', `${kind}, sent by ${sentBy === 'phone' ? `the phone, hop ${hop}` : 'nv'}`],
    ['Took', describeTimings(timings)],
    ...describeConnection(connection),
    ...describeClock(exchange),
  ]
  const summary = `<b>${id}. ${show(request.method)} ${show(hostOf(exchange) + pathOf(exchange))}</b><span>${show(resultOf(exchange))}, ${timings.endedMs} ms: ${show(meaningOf(exchange))}</span>`
  const answer =
    response === null
      ? `<h3>No response</h3><p>${show(`${resultOf(exchange)}: ${failure?.message ?? 'nothing came'}`)}</p>`
      : `<h3>Response: HTTP ${response.status}</h3>${messagePart(response)}`
  return `<details id="exchange-${id}" class="${isBad ? 'bad' : ''}"><summary>${summary}</summary>${factsPart(facts)}<h3>Request</h3><pre>${show(request.method)} ${show(request.url, 8000)}</pre>${messagePart(request)}${answer}</details>`
}

/** Lists facts by name. */
export function factsPart(facts: ReadonlyArray<readonly [string, string]>): string {
  return `<dl>${facts.map(([name, value]) => `<div><dt>${show(name)}</dt><dd>${show(value)}</dd></div>`).join('')}</dl>`
}

function messagePart({ headers, body }: Message): string {
  const lines = headers.map(([name, value]) => `<b>${show(name)}</b>: ${show(value, 8000)}`).join('\n')
  return `${lines === '' ? '' : `<pre>${lines}</pre>`}${bodyPart(body)}`
}

function bodyPart(body: Body | null): string {
  if (body === null || body.byteLength === 0) return ''
  const note = body.isCut
    ? `<p class="note">Only the beginning of the body was kept: it has ${body.byteLength} bytes.</p>`
    : ''
  return `<pre class="body">${showLines(body.text)}</pre>${note}`
}

function describeTimings({
  resolvedMs,
  connectedMs,
  securedMs,
  firstByteMs,
  endedMs,
}: Exchange['timings']): string {
  const marks: ReadonlyArray<readonly [string, number | null]> = [
    ['resolved', resolvedMs],
    ['connected', connectedMs],
    ['secured', securedMs],
    ['first byte', firstByteMs],
  ]
  const known = marks.flatMap(([name, ms]) => (ms === null ? [] : [`${name} after ${ms} ms`]))
  return [`${endedMs} ms`, ...known].join(', ')
}

function describeConnection(connection: Connection | null): Array<readonly [string, string]> {
  if (connection === null) return []
  const { localAddress, remoteAddress, protocol, proxy, certificate } = connection
  return [
    [
      'Connection',
      `${localAddress} to ${remoteAddress}, ${protocol}${proxy === null ? '' : `, through ${proxy}`}`,
    ],
    ...(certificate === null
      ? []
      : [
          [
            'Certificate',
            `${certificate.subject}, issued by ${certificate.issuer}, valid to ${certificate.validTo}`,
          ] as const,
        ]),
  ]
}

function describeClock({ clockSkewSeconds: skew }: Exchange): Array<readonly [string, string]> {
  if (skew === null || Math.abs(skew) < 2) return []
  return [['Clock', `that of the server is ${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`]]
}

/** Lists what reached the listener, was pasted, or came at the end of the redirects. */
export function arrivalsPart({ arrivals }: Run): string {
  if (arrivals.length === 0) return ''
  const rows = arrivals.map(({ at, via, from, what, verdict, count }) => {
    const sender = senderOf({ from, what })
    const name = [what.method, what.path].filter(Boolean).join(' ') || what.kind
    const cells = [
      `${at} ms`,
      `${via}${sender === '' ? '' : `, from ${sender}`}`,
      `${name}${count > 1 ? ` (${count} times)` : ''}`,
      what.parameters.join(', '),
      arrivalVerdict(verdict),
    ]
    return `<tr>${cells.map((cell) => `<td>${show(cell)}</td>`).join('')}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th>After</th><th>Via</th><th>What</th><th>Parameters</th><th>Verdict</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
