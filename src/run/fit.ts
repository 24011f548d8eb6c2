// Makes a run small enough to keep.
import { toInertJson } from '../wire/escape.ts'
import type { Body, Message } from '../wire/exchange.ts'
import { beginningOf, cutText } from '../wire/text.ts'
import type { Run } from './run.ts'

/** The largest size of a saved run, in bytes: a hundred hops with long pages would exceed it. */
const maxBytes = 900_000

/** What is kept of each body, in characters: the first that makes the run fit. */
const bodyLengths = [16_384, 4096, 1024, 256, 0]

/** What is kept of any other text, in characters, where bodies alone don't make it fit; and so many headers. */
const textLengths = [1000, 200, 60]
const maxHeaders = 30

/** Cuts the bodies of a run, and says so in them, until it fits; a run that fits stays as it is. */
export function fitRun(run: Run): Run {
  if (isFit(run)) return run
  for (const length of bodyLengths) {
    const cut = cutBodies(run, length)
    if (isFit(cut)) return cut
  }
  const bare = cutBodies(run, 0)
  return textLengths.reduce((cut, length) => (isFit(cut) ? cut : cutTexts(cut, length)), bare)
}

function isFit(run: Run): boolean {
  return Buffer.byteLength(toInertJson(run)) <= maxBytes
}

function cutBodies(run: Run, length: number): Run {
  const cut = <M extends Message>(message: M): M => ({
    ...message,
    body: message.body && cutBody(message.body, length),
  })
  return {
    ...run,
    exchanges: run.exchanges.map((exchange) => ({
      ...exchange,
      request: cut(exchange.request),
      response: exchange.response && cut(exchange.response),
    })),
  }
}

function cutBody(body: Body, length: number): Body {
  if (body.text.length <= length) return body
  return { ...body, text: beginningOf(body.text, length), isCut: true }
}

/** Cuts each text, and keeps only the first entries of long lists. */
function cutTexts(run: Run, length: number): Run {
  const short = mapStrings(run, (text) => cutText(text, length))
  return {
    ...short,
    exchanges: short.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, headers: exchange.request.headers.slice(0, maxHeaders) },
      response: exchange.response && {
        ...exchange.response,
        headers: exchange.response.headers.slice(0, maxHeaders),
      },
    })),
  }
}

/** Changes every text in a value of JSON, names aside. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapStrings<unknown>(inner, change)]),
  ) as T
}
