// The lines about the way to the hosts: names, connections, certificates, clocks. They are read off the requests of the others.
import type { Context } from '../../context.ts'
import { explainTransport } from '../../diagnosis/rules/network.ts'
import type { Exchange } from '../../run/recording.ts'
import { isLoopback, normalizeAddress } from '../../wire/addresses.ts'
import type { FailurePhase } from '../../wire/exchange.ts'
import { type Check, type Checking, diagnosePart, explained, type Outcome, settingOf } from './checking.ts'

/** What was seen of a host: of its first request, and all of them. */
interface Sighting {
  host: string
  hostname: string
  isSecure: boolean
  /** The one that made a connection, or tried to. */
  first: Exchange
  /** What gave the URLs of the requests that went there. */
  settings: readonly string[]
}

/** Gives what was seen of each host that was asked, in order. */
async function look({ recorder, questions, input }: Checking): Promise<Sighting[]> {
  await questions.everything()
  const { exchanges } = recorder.recording()
  const origins = [...new Set(exchanges.map(({ request }) => new URL(request.url).origin))]
  return origins.flatMap((origin) => {
    const { host, hostname, protocol } = new URL(origin)
    const all = exchanges.filter(({ request }) => new URL(request.url).origin === origin)
    const first =
      all.find(
        ({ failure }) => failure !== null && failure.phase !== 'headers' && failure.phase !== 'body',
      ) ??
      all.find(({ timings }) => timings.connectedMs !== null) ??
      all[0]
    const settings = [...new Set(all.map((exchange) => settingOf(exchange, input.target)))]
    return first === undefined ? [] : [{ host, hostname, isSecure: protocol === 'https:', first, settings }]
  })
}

const order: readonly FailurePhase[] = ['resolve', 'proxy', 'connect', 'tls', 'headers', 'body']

/** Tells whether a request got beyond a phase. */
function isBeyond({ first: { failure } }: Sighting, phase: FailurePhase): boolean {
  return failure === null || order.indexOf(failure.phase) > order.indexOf(phase)
}

/** Explains the first request that failed in some phases; null when none did. */
function explainFailure(
  { recorder, context }: Checking,
  sightings: readonly Sighting[],
  phases: readonly FailurePhase[],
): Outcome | null {
  for (const { first, settings } of sightings) {
    if (first.failure === null || !phases.includes(first.failure.phase)) continue
    const finding = explainTransport(recorder.recording(), first)
    if (finding === null) continue
    const outcome = explained(finding, suspectsOf(finding.code, settings))
    // Where no name server answers, or this machine is on no network, nothing is said about the name.
    const isUntold = first.failure.code === 'EAI_AGAIN' || (phases.includes('resolve') && isOffline(context))
    return isUntold ? { ...outcome, status: 'unknown' } : outcome
  }
  return null
}

function isOffline({ network }: Pick<Context, 'network'>): boolean {
  return network
    .interfaces()
    .every(({ addresses }) => addresses.every((address) => isLoopback(address) || /^fe80:/i.test(address)))
}

function suspectsOf(code: string, ofUrl: readonly string[]): readonly string[] {
  return code === 'certificate_untrusted' ? ['ca', ...ofUrl] : ofUrl
}

const nobodyAsked: Outcome = { status: 'skipped', detail: 'nv could not send a request' }

/** Checks that the names of the hosts resolve. */
export const checkResolution: Check = async (checking) => {
  const sightings = await look(checking)
  if (sightings.length === 0) return nobodyAsked
  const failed = explainFailure(checking, sightings, ['resolve'])
  if (failed !== null) return failed
  const said = sightings.map(({ hostname, first }) => {
    const proxy = proxyOf(first)
    if (proxy !== null) return `${hostname} is left to the proxy ${proxy}`
    return normalizeAddress(hostname) !== null ? `${hostname} is an address` : `${hostname} resolves`
  })
  return {
    status: 'passed',
    detail: [...new Set(said)].join(', '),
    durationMs: longest(sightings, ({ timings }) => timings.resolvedMs ?? 0),
  }
}

function proxyOf({ connection }: Exchange): string | null {
  return connection?.proxy ?? null
}

/** Checks that each host takes a connection. */
export const checkTcp: Check = async (checking) => {
  const sightings = (await look(checking)).filter((sighting) => isBeyond(sighting, 'resolve'))
  if (sightings.length === 0) return { status: 'skipped', detail: 'no host was found' }
  const failed = explainFailure(checking, sightings, ['connect', 'proxy'])
  return (
    failed ?? {
      status: 'passed',
      detail: `connected to ${sightings.map(({ host }) => host).join(', ')}`,
      durationMs: longest(sightings, ({ timings }) => (timings.connectedMs ?? 0) - (timings.resolvedMs ?? 0)),
    }
  )
}

/** Checks that each host speaks TLS with a certificate to trust, and when that ends. */
export const checkTls: Check = async (checking) => {
  const connected = (await look(checking)).filter((sighting) => isBeyond(sighting, 'connect'))
  if (connected.length === 0) return { status: 'skipped', detail: 'no host was reached' }
  const secure = connected.filter(({ isSecure }) => isSecure)
  const failed = explainFailure(checking, secure, ['tls'])
  if (failed !== null) return failed
  if (secure.length === 0) return { status: 'skipped', detail: 'plain http, on this machine only' }
  const ending = noted(checking, secure, 'certificate_ends_soon')
  const durationMs = longest(secure, ({ timings }) => (timings.securedMs ?? 0) - (timings.connectedMs ?? 0))
  if (ending !== null) return { ...ending, durationMs }
  const ends = secure.flatMap(({ first }) => first.connection?.certificate?.validTo ?? [])
  const [soonest] = ends.toSorted((one, other) => Date.parse(one) - Date.parse(other))
  const until =
    soonest === undefined ? '' : `, until ${new Date(soonest).toISOString().slice(0, 10)} at least`
  const hosts = secure.map(({ host }) => host).join(', ')
  return { status: 'passed', detail: `${hosts}: certificate valid${until}`, durationMs }
}

/** Compares the clocks of the hosts with that of this machine. */
export const checkClock: Check = async (checking) => {
  await look(checking)
  const { exchanges } = checking.recorder.recording()
  const skews = exchanges.flatMap(({ clockSkewSeconds }) => clockSkewSeconds ?? [])
  if (skews.length === 0) return { status: 'skipped', detail: 'no server sent its time' }
  const part = { exchanges: exchanges.map(({ id }) => id), end: null }
  const apart = diagnosePart(checking, part).find(({ code }) => code === 'clock_apart')
  if (apart !== undefined) return explained(apart)
  const most = Math.max(...skews.map(Math.abs))
  return {
    status: 'passed',
    detail: most <= 1 ? 'agrees with the servers' : `differs by at most ${most} s`,
    durationMs: 0,
  }
}

function noted(checking: Checking, sightings: readonly Sighting[], code: string): Outcome | null {
  const part = { exchanges: sightings.map(({ first }) => first.id), end: null }
  const finding = diagnosePart(checking, part).find((candidate) => candidate.code === code)
  return finding === undefined ? null : explained(finding)
}

function longest(sightings: readonly Sighting[], lengthOf: (exchange: Exchange) => number): number {
  return Math.max(0, ...sightings.map(({ first }) => Math.round(lengthOf(first))))
}
