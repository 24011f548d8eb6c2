// What `nv verify` and `nv number` share: the way from the options of a journey to a Run on the screen.
import type { Context } from '../context.ts'
import { type ExitCode, UsageError } from '../errors.ts'
import { inTime } from '../flow/in-time.ts'
import type { Journey, JourneyInput } from '../flow/journey.ts'
import { createStanding } from '../flow/meeting/standing.ts'
import { refuseJourney } from '../flow/refuse-journey.ts'
import { runJourney } from '../flow/run-journey.ts'
import { restorePhones } from '../reach/adb/restore.ts'
import { findLanding } from '../reach/landing.ts'
import { chooseWay, type Situation, type Via, ways } from '../reach/ways.ts'
import type { ReportFile } from '../report/formats.ts'
import { jsonReport } from '../report/json.ts'
import type { Run } from '../run/run.ts'
import { formatListen } from '../settings/rules.ts'
import { resolveTarget } from '../target/resolve.ts'
import { readHandset } from './handset-options.ts'
import { readTimeout } from './duration.ts'
import type { JourneyOptions } from './journey-options.ts'
import { readTls, readTunnelOption, refuseUnusedTls, refuseUnusedTunnel } from './listen-options.ts'
import { chooseGrants, readOperatorToken, refuseWithOperatorToken } from './operator-token.ts'
import { listWays } from './list-ways.ts'
import { createPresenter, type Presenter } from './presenter.ts'
import { readPageOptions } from './page-options.ts'
import { keepRun, prepareReports, tellGithubOfRun } from './runs/keep.ts'
import { type Attempt, present, refuseKeepVia, refuseWithKeep, runRounds, sumUp } from './rounds.ts'
import { readSource } from './source-options.ts'
import { flagLayer, flagSettings } from '../settings/flags.ts'
import { openTarget } from '../target/open.ts'
import type { Target } from '../target/target.ts'
import { isWildcard, listenerOf } from '../wire/addresses.ts'

/** A journey with what the arguments of its command say; `N` is null if no number is known beforehand. */
export interface JourneyCommand<N extends string | null> {
  journey: Journey<JourneyInput & { phoneNumber: N }>
  /** The number as the user typed it, for a Run of arguments that could not be read; null if the command takes none. */
  typedNumber: string | null
  isHashed: boolean
  readPhoneNumber(presenter: Presenter): N
}

/** Prints, for --json, the run that its arguments prevented. */
export function refuseArguments(
  context: Context,
  journey: Pick<Journey, 'name' | 'steps'>,
  error: UsageError,
): void {
  context.out.write(jsonReport(refuseJourney(context, journey, null, error)))
}

/** Runs the journey and prints its Run; gives the exit code. */
export async function runJourneyCommand<N extends string | null>(
  context: Context,
  command: JourneyCommand<N>,
  options: JourneyOptions,
): Promise<ExitCode> {
  const { via } = options
  if (via === 'list') return listWays(context, options)
  if (options.keep) return performRounds(context, command, { ...options, via })
  return (await performJourney(context, command, { ...options, via })).exitCode
}

/** Runs the journey for one phone after the other; gives the exit code of all. */
async function performRounds<N extends string | null>(
  context: Context,
  command: JourneyCommand<N>,
  options: PerformOptions,
): Promise<ExitCode> {
  const presenter = createPresenter(context, options)
  let runs: readonly Run[] = []
  const last = await runOrExplain(context, command, options, presenter, async (attempt) => {
    const rounds = await runRounds(context, attempt, options, presenter)
    runs = rounds.runs
    return rounds.last
  })
  const isInterrupted = last.end.kind === 'interrupted'
  if (!runs.includes(last) && !isInterrupted) await present(context, last, options, presenter)
  if (runs.length === 0 && !isInterrupted) return last.exitCode
  return sumUp(context, { runs, last }, options.json ?? false)
}

type PerformOptions = JourneyOptions & { via: Via }

/** Runs the journey, prints its Run and keeps it. */
export async function performJourney<N extends string | null>(
  context: Context,
  command: JourneyCommand<N>,
  options: PerformOptions,
): Promise<Run> {
  const presenter = createPresenter(context, options)
  let files: readonly ReportFile[] | null = null
  const finished = await runOrExplain(context, command, options, presenter, (attempt, prepared) => {
    files = prepared
    return attempt(presenter.show)
  })
  presenter.finish(finished)
  if (files !== null) await keepRun(context, finished, options, files, presenter)
  await tellGithubOfRun(context, finished, options, presenter)
  return finished
}

/**
 * Prepares the flow and has it run by `perform`, which gets the reports to write too; what prevents it ends up in a Run
 * as well, so that `--json` always has one to print.
 */
async function runOrExplain<N extends string | null>(
  context: Context,
  { journey, typedNumber, isHashed, readPhoneNumber }: JourneyCommand<N>,
  options: PerformOptions,
  presenter: Presenter,
  perform: (attempt: Attempt, files: readonly ReportFile[]) => Promise<Run>,
): Promise<Run> {
  try {
    const phoneNumber = readPhoneNumber(presenter)
    const timeoutMs = readTimeout(context, options, '5m')
    const state = readState(options)
    refuseWithKeep(options)
    refuseWithOperatorToken(options)
    const files = await prepareReports(context, options)
    const asked = readHandset(options, options.via)
    const source = await readSource(context, options, asked.via)
    await restorePhones(context, presenter.note)
    const tunnel = readTunnelOption(options)
    const tls = await readTls(context, options)
    const resolution = await resolveTarget(context, {
      profile: options.profile ?? null,
      given: flagLayer(options, flagSettings),
      operation: journey.operation,
      grants: chooseGrants(context, options),
    })
    resolution.notes.forEach(presenter.note)
    resolution.warnings.forEach(presenter.warn)
    const standing = options.keep ? createStanding() : null
    const { target, close } = await openTarget(context, resolution, { canAsk: options.input })
    try {
      const operatorToken = await readOperatorToken(context, options, resolution.grants, timeoutMs)
      const hasSource = source !== null || (options.asApp ?? false)
      const { way: via, why } = await chooseWay(
        asked.via,
        situationOf(context, target, { hasSource, tunnel: tunnel?.name ?? null }),
      )
      refuseUnusedTunnel(tunnel, via)
      refuseUnusedTls(options, target, via)
      if (why !== null && operatorToken === null) presenter.note(`via ${via}: ${why} (others: --via list)`)
      if (options.keep) refuseKeepVia(via)
      const shown =
        operatorToken === null ? await readPageOptions(context, { ...options, ...onePage(options) }, via) : {}
      const canPaste =
        options.input && (via === 'paste' || (context.input.isTerminal && context.err.isTerminal))
      const { handset } = asked
      const { probe: probes = false, asApp: isAsApp = false } = options
      const of = { phoneNumber, isHashed, state, operatorToken, timeoutMs, probes }
      const reach = { ...shown, via, handset, source, isAsApp, canPaste }
      const attempt: Attempt = (emit) =>
        runJourney(
          context,
          journey,
          { target, ...of, ...reach, tunnel, tls, ...(standing && { standing }) },
          emit,
        )
      return await perform(attempt, files)
    } finally {
      if (standing) await inTime(context, standing.close())
      await close()
    }
  } catch (error) {
    return refuseJourney(context, journey, typedNumber, error)
  }
}

/** Gathers what `auto` decides from. */
function situationOf(
  context: Context,
  { needsPhone, redirectUri, listen }: Target,
  chosen: Pick<Situation, 'hasSource' | 'tunnel'>,
): Situation {
  const own = listen === null || isWildcard(listen.host) ? '127.0.0.1' : listen.host
  const registered = redirectUri ?? `http://${formatListen({ host: own, port: 80 })}/callback`
  const leadsHere = listen !== null || listenerOf(registered) !== null
  return {
    needsPhone,
    isTerminal: context.err.isTerminal,
    ...chosen,
    redirectUri: redirectUri ?? `nv's own redirect_uri on ${own}`,
    landing: findLanding({ opener: 'person', redirectUri: registered, leadsHere }),
    isReady: async (name) => (await ways[name].probe(context)) === null,
  }
}

/** The page on this machine shows one run, so with many phones there is none. */
function onePage({ keep }: JourneyOptions): { page?: false } {
  return keep ? { page: false } : {}
}

function readState({ state }: JourneyOptions): string | null {
  if (state?.trim() !== '') return state ?? null
  throw new UsageError({
    code: 'empty_state',
    title: '--state is empty',
    cause: 'Without a state, anyone could forge a callback.',
    fix: 'Leave --state out for a random one.',
  })
}
