// Records a flow while it happens, redacted, and tells whoever listens.
import type { Context } from '../context.ts'
import { Cancelled, SetupError, UsageError } from '../errors.ts'
import { mapStrings } from '../run/fit.ts'
import { createRedactor, type Redactor } from '../run/redaction.ts'
import {
  type Arrival,
  type End,
  type Exchange,
  type Observation,
  type Recording,
  type RequestFacts,
  type Step,
  type StepName,
  type TargetFacts,
} from '../run/recording.ts'
import type { Body, Connection, Message } from '../wire/exchange.ts'
import { beginningOf, cutText } from '../wire/text.ts'
import { type Attempted, isStop, type Stop } from './stop.ts'

/** What happens in a flow, for a terminal to show. */
export type FlowEvent =
  | { type: 'step-started'; step: StepName; text: string; recording: Recording }
  | { type: 'step-ended'; step: Step; recording: Recording }
  /** The URL is to be opened on the phone; `qr` asks for a QR code of it. */
  | { type: 'authorize-url'; url: string; isQr: boolean; note: string | null }
  /** The run is shown on a page of this machine, which its browser was asked to open or not. */
  | { type: 'page'; url: string; isOpened: boolean }
  /** `describe` says what is waited for and how long it still will. */
  | { type: 'waiting'; describe: () => string }
  /** A question is on the screen until the waiting ends; what is printed in between would tear it. */
  | { type: 'question' }
  | { type: 'waiting-ended' }
  /** Something worth knowing that is not a finding, on one line. */
  | { type: 'note'; text: string }
  | { type: 'exchange'; exchange: Exchange }
  | { type: 'arrival'; arrival: Arrival; recording: Recording }
  /** Something was observed in between that a finding may tell of. */
  | { type: 'observed'; recording: Recording }
  | { type: 'observation'; recording: Recording }

export type Emit = (event: FlowEvent) => void

/** An exchange before it is numbered, placed in time and redacted. */
export type RawExchange = Omit<Exchange, 'id'>

export interface Recorder {
  readonly redactor: Redactor
  readonly emit: Emit
  /** Milliseconds since the run started. */
  elapsedMs(): number
  /** Runs one step and records how it ended. */
  step<T>(name: StepName, text: string, work: () => Promise<Attempted<T>>): Promise<T | Stop>
  /** Records an exchange; gives its id. */
  exchange(exchange: RawExchange): number
  /** Records an arrival; one that is like the others of a flood is only counted. */
  arrive(arrival: Omit<Arrival, 'at' | 'count'>): void
  observe(observation: Observation): void
  /** Completes what is known of the target and of what was asked for. */
  learn(facts: { target?: Partial<TargetFacts>; request?: Partial<RequestFacts> }): void
  /** Masks a number that the run found out, also in what was recorded before it was known. */
  learnNumber(phoneNumber: string): void
  /** Records what an error came to; rethrows one that is a bug. */
  end(error: unknown): void
  /** Ends the recording with the answer of the API. */
  answer(answer: Extract<End, { kind: 'answered' }>['answer']): void
  recording(): Recording
}

/** How much of a body is kept, in characters. */
const keptBodyLength = 64 * 1024

/** How much is kept of a text that arrived, or was observed, in characters. */
const keptTextLength = 2000

/** How much is kept of what a step came to, in characters. */
const keptDetailLength = 300

/** How many names of parameters are kept. */
const keptParameters = 100

/** How many arrivals are kept one by one; more of a kind are counted. */
const maxArrivals = 100

/** Starts to record. */
export function createRecorder(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  start: Pick<Recording, 'command' | 'target' | 'request'>,
  emit: Emit,
): Recorder {
  const startedAtMs = clock.now()
  const origin = clock.elapsed()
  const elapsedMs = () => Math.round(clock.elapsed() - origin)
  const redactor = createRedactor(random(32))
  const steps = new Map<StepName, Step>()
  /** An address that was configured may hold a key, as the address that was asked does. */
  const redactAddresses = <T>(facts: T): T =>
    mapStrings(facts, (text) => (text.includes('://') ? redactor.url(text) : text))
  let target = redactAddresses(start.target)
  let request = redactAddresses(start.request)
  let exchanges: Exchange[] = []
  let arrivals: Arrival[] = []
  const observations: Observation[] = []
  let end: End | null = null
  let current: 'prepare' | StepName = 'prepare'

  /** Half a secret would not be found: it is redacted first. */
  const shorten = (text: string) => cutText(redactor.text(text), keptTextLength)
  const redactMessage = <M extends Message>(message: M): M => ({
    ...message,
    headers: redactor.headers(message.headers),
    body: message.body && cutBody({ ...message.body, text: redactor.body(message.body.text) }),
  })
  const redactExchange = <E extends RawExchange>(exchange: E): E => ({
    ...exchange,
    request: { ...redactMessage(exchange.request), url: redactor.url(exchange.request.url) },
    response: exchange.response && redactMessage(exchange.response),
    failure: exchange.failure && { ...exchange.failure, message: redactor.text(exchange.failure.message) },
    connection: exchange.connection && redactConnection(exchange.connection, redactor),
    correlator: redactCorrelator(exchange.correlator, redactor),
  })
  const redactArrival = <A extends Omit<Arrival, 'at' | 'count'>>(arrival: A): A => {
    const text = (value: string | null) => (value === null ? null : shorten(value))
    const { what } = arrival
    return {
      ...arrival,
      what: {
        ...what,
        host: text(what.host),
        path: text(what.path),
        parameters: what.parameters.slice(0, keptParameters).map((name) => shorten(name)),
        error: text(what.error),
        errorDescription: text(what.errorDescription),
        errorUri: text(what.errorUri),
        issuer: text(what.issuer),
        forwardedFor: text(what.forwardedFor),
        userAgent: text(what.userAgent),
        hints: Object.fromEntries(
          Object.entries(what.hints).map(([name, value]) => [name, text(value) ?? '']),
        ),
      },
    }
  }
  const recording = (): Recording => ({
    command: start.command,
    startedAtMs,
    target,
    request,
    steps: [...steps.values()],
    exchanges: [...exchanges],
    arrivals: [...arrivals],
    observations: [...observations],
    end,
  })

  return {
    redactor,
    emit,
    elapsedMs,
    recording,
    step: async (name, text, work) => {
      current = name
      const startedMs = elapsedMs()
      const endStep = (status: Step['status'], detail: string) => {
        const step = { name, status, startedMs, durationMs: elapsedMs() - startedMs, detail }
        steps.set(name, step)
        emit({ type: 'step-ended', step, recording: recording() })
      }
      emit({ type: 'step-started', step: name, text, recording: recording() })
      try {
        const outcome = await work()
        if (isStop(outcome)) {
          end = { kind: 'stopped', step: name, lacks: outcome.lacks }
          endStep('failed', `stopped without ${withArticle(outcome.lacks)}`)
          return outcome
        }
        endStep('ok', cutText(redactor.text(outcome.detail), keptDetailLength))
        return outcome.value
      } catch (error) {
        endStep('failed', 'stopped')
        throw error
      }
    },
    exchange: (exchange) => {
      const recorded = redactExchange({ id: exchanges.length + 1, ...exchange })
      exchanges.push(recorded)
      emit({ type: 'exchange', exchange: recorded })
      return recorded.id
    },
    arrive: (arrival) => {
      const recorded = redactArrival({ ...arrival, at: elapsedMs(), count: 1 })
      const isFull = arrivals.length >= maxArrivals && recorded.verdict !== 'taken'
      const known = arrivals.findIndex((earlier) =>
        isFull ? earlier.verdict === recorded.verdict : isOfOneKind(earlier, recorded),
      )
      const alike = arrivals[known]
      if (alike) arrivals[known] = { ...alike, count: alike.count + 1 }
      else arrivals.push(recorded)
      if (!alike) emit({ type: 'arrival', arrival: recorded, recording: recording() })
    },
    observe: (observation) => {
      const facts = Object.entries(observation.facts).map(([name, fact]: [string, unknown]) => [
        name,
        typeof fact === 'string' ? shorten(fact) : fact,
      ])
      observations.push({ ...observation, facts: Object.fromEntries(facts) })
      emit({ type: 'observation', recording: recording() })
    },
    learn: (facts) => {
      target = { ...target, ...redactAddresses(facts.target) }
      request = { ...request, ...redactAddresses(facts.request) }
    },
    learnNumber: (phoneNumber) => {
      redactor.mask(phoneNumber)
      exchanges = exchanges.map(redactExchange)
      arrivals = arrivals.map(redactArrival)
      for (const [name, step] of steps) steps.set(name, { ...step, detail: redactor.text(step.detail) })
    },
    answer: (answer) => {
      end = { kind: 'answered', answer }
    },
    end: (error) => {
      end = endOf(error, current)
    },
  }
}

/** Whoever holds the key of a certificate writes what it says. */
function redactConnection(connection: Connection, redactor: Redactor): Connection {
  const { certificate } = connection
  return { ...connection, certificate: certificate && mapStrings(certificate, redactor.text) }
}

/** A correlator that came back as it was sent is ours; any other is a text of the server. */
function redactCorrelator(
  { sent, returned }: RawExchange['correlator'],
  redactor: Redactor,
): RawExchange['correlator'] {
  return { sent, returned: returned === null || returned === sent ? returned : redactor.text(returned) }
}

/** Reads from an error how a run ended; rethrows one that is a bug. */
function endOf(error: unknown, step: 'prepare' | StepName): End {
  if (error instanceof Cancelled) return { kind: 'interrupted', step, signal: error.signal }
  if (error instanceof UsageError) return { kind: 'refused', step, by: 'usage', problem: error.problem }
  if (error instanceof SetupError) return { kind: 'refused', step, by: 'setup', problem: error.problem }
  throw error
}

function withArticle(lack: string): string {
  return `${/^[aeiou]/.test(lack) ? 'an' : 'a'} ${lack}`
}

function cutBody(body: Body): Body {
  if (body.text.length <= keptBodyLength) return body
  return { ...body, text: beginningOf(body.text, keptBodyLength), isCut: true }
}

/** Tells whether two arrivals differ in nothing that a diagnosis looks at. */
function isOfOneKind(one: Arrival, other: Arrival): boolean {
  const kindOf = ({ via, verdict, what }: Arrival) =>
    JSON.stringify([via, verdict, what.kind, what.method, what.host, what.path, what.state, what.error])
  return kindOf(one) === kindOf(other)
}
