// The clock of this machine: by itself, and against a gateway's where the user asks for it.
import type { Context } from '../../context.ts'
import type { Sent } from '../../wire/exchange.ts'
import { headerOf } from '../../wire/exchange.ts'
import { type Check, note, ok, problem } from './check.ts'

const fix = 'Set the clock from the network: timedatectl set-ntp true, or the date settings of the desktop.'

/** A clock that was never set stands at the epoch, or where the firmware was made. */
const earliestMs = Date.UTC(2025, 0, 1)
const latestMs = Date.UTC(2100, 0, 1)

export interface ClockReading {
  nowMs: number
  elapsedMs: number
}

/** Reads both clocks. */
export function readClock({ clock }: Pick<Context, 'clock'>): ClockReading {
  return { nowMs: clock.now(), elapsedMs: clock.elapsed() }
}

/** Tells whether the time is possible, and whether it was set since an earlier reading. */
export function checkClock({ clock }: Pick<Context, 'clock'>, earlier: ClockReading): Check {
  const { nowMs, elapsedMs } = readClock({ clock })
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  if (nowMs < earliestMs || nowMs > latestMs)
    return problem(
      'clock',
      `The clock says ${time}`,
      'Certificates look invalid, and gateways refuse signed requests',
      fix,
    )
  const jumpMs = nowMs - earlier.nowMs - (elapsedMs - earlier.elapsedMs)
  if (Math.abs(jumpMs) > 1000) {
    const seconds = Math.round(jumpMs / 1000)
    return note(
      'clock',
      `The clock jumped by ${seconds} s just now`,
      'Signed requests and ID tokens may be refused',
      fix,
    )
  }
  return ok('clock', `The clock says ${time}`, 'If that is minutes off, gateways refuse signed requests')
}

/** A Date has whole seconds, and an answer takes a while. */
const toleratedSeconds = 2
/** Few servers accept more than this. */
const harmfulSeconds = 30
const limitMs = 10_000

export interface Peer {
  url: string
  proxy: string | undefined
  ca: string | undefined
}

/** Compares the clock with the Date of a server, by one HEAD request to its root that carries nothing of the client. */
export async function compareClock(context: Context, { url, proxy, ca }: Peer): Promise<Check> {
  const { origin, host } = new URL(url)
  const limit = AbortSignal.timeout(limitMs)
  const startedAt = context.clock.now()
  const sent = await context.send(
    { method: 'HEAD', url: `${origin}/`, headers: { 'user-agent': `nv/${context.tool.version}` } },
    { signal: AbortSignal.any([context.signal, limit]), proxy, ca },
  )
  context.signal.throwIfAborted()
  const middleMs = (startedAt + context.clock.now()) / 2
  const name = 'clock-online'
  if (sent.response === null) {
    return problem(
      name,
      `One HEAD request to ${host} got no answer: ${describeFailure(sent)}`,
      "The clocks can't be compared, and a run would probably fail at the same place",
      'Run nv check: it tries each endpoint and says what is wrong.',
    )
  }
  const serverMs = Date.parse(headerOf(sent.response, 'date') ?? '')
  if (Number.isNaN(serverMs))
    return note(name, `${host} answers without a Date header`, "The clocks can't be compared")
  const seconds = Math.round((serverMs + 500 - middleMs) / 1000)
  if (Math.abs(seconds) <= toleratedSeconds)
    return ok(name, `${host} has the same time (one HEAD request)`, 'Signed requests carry the right time')
  const difference = `This clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} that of ${host} (one HEAD request)`
  return Math.abs(seconds) > harmfulSeconds
    ? problem(name, difference, 'Gateways are likely to refuse signed requests', fix)
    : note(name, difference, 'Strict gateways may refuse signed requests', fix)
}

const phases = {
  resolve: 'its name does not resolve',
  connect: 'no connection',
  tls: 'TLS failed',
  proxy: 'the proxy failed',
  headers: 'connected, but no response came',
  body: 'the response broke off',
} as const

function describeFailure({ failure }: Sent): string {
  if (failure === null) return 'no response came'
  return failure.code === 'timeout' ? `nothing within ${limitMs / 1000} s` : phases[failure.phase]
}
