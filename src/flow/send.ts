// Sends one request of a flow and records it, however it ends.
import { e164Pattern } from '../camara/phone-number.ts'
import type { Context } from '../context.ts'
import { addressGone, type Source } from '../reach/source.ts'
import type { Target } from '../target/target.ts'
import type { StepName } from '../run/recording.ts'
import { secretsIn } from '../run/secrets.ts'
import { readBody, stringIn } from '../wire/body.ts'
import { type ExchangeKind, headerOf, type Sent, textOf } from '../wire/exchange.ts'
import type { Deadline } from './deadline.ts'
import type { Recorder } from './recorder.ts'

/** A complete response; nothing in it is redacted. */
export interface Answer {
  status: number
  headers: Headers
  text: string
}

/** The outcome of a request, under the id of its exchange. */
export interface Reply {
  exchange: number
  sent: Sent
  /** Null: there was no complete response. */
  answer: Answer | null
}

export interface FlowRequest {
  step: StepName
  kind: ExchangeKind
  method: string
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string
  /** The phone sends it, or would: it carries nothing of the client, and leaves from the source. */
  isFromPhone?: boolean
  /** It goes to another host than the gateway's: it carries nothing of the client. */
  isPublic?: boolean
  /** It carries no header that the request does not name. */
  isBare?: boolean
  /** How long it may take, where that is less than the usual. */
  limitMs?: number | undefined
}

/** Sends a request as part of a step. Throws a Cancelled when the user interrupts. */
export type Send = (request: FlowRequest) => Promise<Reply>

/** Makes the function through which a flow sends everything. */
export function createSend(
  context: Context,
  recorder: Recorder,
  deadline: Deadline,
  target: Pick<Target, 'headers' | 'correlatorHeader' | 'ca' | 'proxy'>,
  source: Source | null,
): Send {
  let hops = 0
  return async ({ step, kind, isFromPhone = false, isPublic = false, isBare, limitMs, ...request }) => {
    const correlator = isFromPhone || isPublic ? null : randomUuid(context)
    const ofClient = correlator === null ? {} : { [target.correlatorHeader]: correlator, ...target.headers }
    const headers = { 'user-agent': `nv/${context.tool.version}`, ...ofClient, ...request.headers }
    const hop = isFromPhone ? ++hops : null
    const localAddresses = isFromPhone ? source?.addresses : undefined
    const startedMs = recorder.elapsedMs()
    const sentAt = context.clock.now()
    const options = { proxy: target.proxy ?? undefined, ca: target.ca ?? undefined, localAddresses, isBare }
    const sent = await deadline.limitRequest(
      (signal) => context.send({ ...request, headers }, { ...options, signal }),
      limitMs,
    )
    for (const secret of secretsIn({ ...sent.request, url: request.url })) recorder.redactor.conceal(secret)
    learnFrom(sent, recorder)
    const exchange = recorder.exchange({
      step,
      kind,
      sentBy: isFromPhone ? 'phone' : 'nv',
      hop,
      ...sent,
      timings: { startedMs, ...sent.timings, endedMs: recorder.elapsedMs() - startedMs },
      correlator: {
        sent: correlator,
        returned: sent.response && headerOf(sent.response, target.correlatorHeader.toLowerCase()),
      },
      clockSkewSeconds: skewOf(sent, sentAt),
    })
    context.signal.throwIfAborted()
    if (localAddresses && sent.failure?.code === 'EADDRNOTAVAIL') throw addressGone(localAddresses)
    return { exchange, sent, answer: answerOf(sent) }
  }
}

function answerOf({ response, failure }: Sent): Answer | null {
  if (response === null || failure !== null) return null
  const headers = new Headers(response.headers.map(([name, value]): [string, string] => [name, value]))
  return { status: response.status, headers, text: textOf(response) }
}

/** Gives how far the clock of a server is ahead of ours, in seconds; null when it does not tell. */
export function skewOf({ response, timings }: Sent, sentAt: number): number | null {
  const serverMs = Date.parse((response && headerOf(response, 'date')) ?? '')
  return Number.isNaN(serverMs)
    ? null
    : Math.round((serverMs - sentAt - (timings.firstByteMs ?? timings.endedMs)) / 1000)
}

/** Remembers what a response brings, so that not even its own headers are recorded with it. */
export function learnFrom({ response }: Pick<Sent, 'response'>, { redactor, learnNumber }: Recorder): void {
  if (response === null) return
  for (const secret of secretsIn(response)) redactor.conceal(secret)
  const body = readBody(textOf(response))
  const number = body.kind === 'object' ? stringIn(body.object, 'devicePhoneNumber') : null
  if (number !== null && e164Pattern.test(number)) learnNumber(number)
}

/** Makes a version 4 UUID, which every version of the API accepts as an x-correlator. */
function randomUuid(context: Pick<Context, 'random'>): string {
  const hex = Buffer.from(context.random(16)).toString('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ].join('-')
}
