// Starts the program of a tunnel, and waits until it has an address.
import type { Context, StartedProgram } from '../context.ts'
import { SetupError } from '../errors.ts'
import { escapeText } from '../wire/escape.ts'
import { lastWord } from './last-word.ts'
import { findProgram } from './programs.ts'
import type { AddressLife, PreparedTunnel, Tunnel, TunnelAddress, TunnelRequest } from './tunnel.ts'
import { type TunnelChoice, tunnels } from './tunnels.ts'

/** A tunnel that forwards to nv. */
export interface OpenTunnel {
  program: string
  /** The origin of its address. */
  url: string
  life: AddressLife
  /** Host values under which requests come through it. */
  hosts: readonly string[]
  /** Resolves when it is lost, that is when it no longer forwards to nv and nobody stopped it. */
  readonly lost: Promise<TunnelLoss>
  /** The same, once it is so; null: it leads here. */
  readonly loss: TunnelLoss | null
  close(): Promise<void>
}

/** How a tunnel was lost. */
export interface TunnelLoss {
  program: string
  /** Null: it was killed, or goes on under another address. */
  exitCode: number | null
  isRenamed: boolean
  /** The last that it said; null: nothing. */
  says: string | null
}

type Ports = Pick<Context, 'start' | 'clock' | 'signal' | 'env' | 'files' | 'tool'>

/** How long a program may take until it has an address; in milliseconds. */
const limitMs = 30_000

/** How long an address is waited for to be up, where its program does not say so. */
const settleMs = 10_000

/** How many lines of its output are kept. */
const keptLines = 200

/**
 * Opens a tunnel. Throws a UsageError when the choice can't be met, a SetupError when the program is missing, fails or
 * keeps silent, and the reason of the signal when that aborts; nothing is left running then.
 */
export async function openTunnel(
  ports: Ports,
  choice: TunnelChoice,
  { timeLeftMs, ...request }: Pick<TunnelRequest, 'local' | 'redirectUri'> & { timeLeftMs: number },
): Promise<OpenTunnel> {
  const tunnel: Tunnel = tunnels[choice.name]
  const { program } = tunnel
  const { destination } = choice
  const isWindows = ports.tool.platform.startsWith('win32')
  const prepared = tunnel.prepare({ ...request, destination, isWindows })
  const path = await findProgram(ports, program)
  if (path === null) throw notInstalled(tunnel)
  const printed: string[] = []
  const waiting = new Set<() => void>()
  let isLookDue = false
  const lookOnce = () => {
    isLookDue = false
    for (const look of waiting) look()
    printed.splice(0, printed.length - keptLines)
  }
  const started = await ports.start(path, prepared.args, {
    variables: tunnel.variables,
    onLine: (line) => {
      printed.push(plain(line))
      // Lines come in bundles. A look for each would leave no turn to anything else beside a program that floods.
      if (!isLookDue) queueMicrotask(lookOnce)
      isLookDue = true
    },
  })
  let isClosed = false
  const close = async () => {
    isClosed = true
    await started.stop()
  }
  try {
    const watch = { started, printed, waiting }
    const { url } = await untilUp(ports, tunnel, prepared, { ...watch, timeLeftMs })
    printed.length = 0
    const hosts = [new URL(url).host, ...(tunnel.hosts ?? [])]
    let loss: TunnelLoss | null = null
    const lost = untilLost(prepared, watch, url).then((how) => {
      if (isClosed) return new Promise<never>(() => {})
      loss = { program, ...how }
      return loss
    })
    const { life } = prepared
    return {
      program,
      url,
      life,
      hosts,
      lost,
      get loss() {
        return loss
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Watch {
  started: StartedProgram
  printed: readonly string[]
  waiting: Set<() => void>
}

/** Gives what a look finds, now or when another line was printed. */
function when<T>({ waiting }: Watch, find: () => T | null): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find()
      if (found === null) return
      waiting.delete(look)
      resolve(found)
    }
    waiting.add(look)
    look()
  })
}

async function untilUp(
  { clock, signal }: Ports,
  tunnel: Tunnel,
  { read }: PreparedTunnel,
  watch: Watch & { timeLeftMs: number },
): Promise<TunnelAddress> {
  const { started, printed } = watch
  const waitMs = Math.min(limitMs, watch.timeLeftMs)
  const over = new AbortController()
  const sleep = (durationMs: number) => clock.sleep(durationMs, AbortSignal.any([signal, over.signal]))
  const limit = sleep(waitMs).then(() => silent(tunnel, printed, waitMs))
  const ended = started.ended.then((how) =>
    failed(tunnel, printed, { ...how, url: read(printed)?.url ?? null }),
  )
  const isBlocked = when(watch, () => (tunnel.advise(printed)?.isFinal ? blocked(tunnel, printed) : null))
  const error = Promise.race([limit, ended, isBlocked]).then((problem) => {
    throw problem
  })
  try {
    const address = await Promise.race([when(watch, () => read(printed)), error])
    if (address.isUp) return address
    const up = when(watch, () => (read(printed)?.isUp ? read(printed) : null))
    return await Promise.race([up, error, sleep(settleMs).then(() => address)])
  } finally {
    over.abort()
    limit.catch(() => {})
    error.catch(() => {})
  }
}

/** Waits until the program ends, or has another address than the one that was shown. */
function untilLost(
  { read }: PreparedTunnel,
  watch: Watch,
  url: string,
): Promise<Omit<TunnelLoss, 'program'>> {
  const { started, printed } = watch
  const renamed = when(watch, () => {
    const address = read(printed)
    return address === null || address.url === url ? null : { exitCode: null, isRenamed: true }
  })
  const ended = started.ended.then(({ exitCode }) => ({ exitCode, isRenamed: false }))
  return Promise.race([renamed, ended]).then((loss) => ({ ...loss, says: lastWord(printed) }))
}

/** What a program prints may hold control sequences: only its words are kept. */
function plain(line: string): string {
  return line
    .replace(/\p{Cc}\[[0-?]*[ -/]*[@-~]|\p{Cc}\][^\p{Cc}]*\p{Cc}\\?/gu, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim()
}

function quoteLast(printed: readonly string[]): string {
  const word = lastWord(printed)
  return word === null ? 'It said nothing.' : `It says: "${escapeText(word)}"`
}

function notInstalled({ program, install }: Tunnel): SetupError {
  return new SetupError({
    code: 'tunnel_missing',
    title: `${program} is not on PATH`,
    cause: '--tunnel starts what is installed on this machine.',
    fix: `${install}\n\`nv doctor\` lists the tunnels that are installed.`,
  })
}

function failed(
  tunnel: Tunnel,
  printed: readonly string[],
  { exitCode, notStarted, url }: Awaited<StartedProgram['ended']> & { url: string | null },
): SetupError {
  const { program } = tunnel
  if (notStarted !== null)
    return new SetupError({
      code: 'tunnel_failed',
      title: `${program} is installed, but this machine can't start it`,
      cause: `The system reports ${notStarted}. The file may be damaged, or made for another kind of machine.`,
      fix: `Remove that file. ${tunnel.install}`,
    })
  return new SetupError({
    code: 'tunnel_failed',
    title: `${program} ended before ${url === null ? 'it had an address' : `${url} was up`}${exitCode === null ? '' : ` (exit code ${exitCode})`}`,
    cause: quoteLast(printed),
    fix: tunnel.advise(printed)?.fix ?? `Try ${tunnel.program} by itself, or take another tunnel.`,
  })
}

function blocked(tunnel: Tunnel, printed: readonly string[]): SetupError {
  return new SetupError({
    code: 'tunnel_failed',
    title: `${tunnel.program} can't open a tunnel yet`,
    cause: quoteLast(printed),
    fix: tunnel.advise(printed)?.fix ?? '',
  })
}

function silent(tunnel: Tunnel, printed: readonly string[], waitedMs: number): SetupError {
  return new SetupError({
    code: 'tunnel_failed',
    title: `nv read no public address from ${tunnel.program} within ${Math.round(waitedMs / 1000)} s`,
    cause: quoteLast(printed),
    fix:
      tunnel.advise(printed)?.fix ??
      `Run ${tunnel.program} by itself to see what it waits for, or take another tunnel.`,
  })
}

/** Explains that a tunnel was lost while nobody could have pasted. */
export function tunnelLost({ program, exitCode, isRenamed, says }: TunnelLoss): SetupError {
  return new SetupError({
    code: 'tunnel_lost',
    title: isRenamed
      ? `${program} has another address now, so the phone no longer reaches nv`
      : `${program} ended${exitCode === null ? '' : ` (exit code ${exitCode})`}, so the phone no longer reaches nv`,
    cause: says === null ? 'It said nothing.' : `It says: "${escapeText(says)}"`,
    fix: 'Run it again, or take another tunnel. On a terminal the address can be pasted as well.',
  })
}
