// `--keep`: one verdict for each phone that comes, until somebody ends it.
import type { Context } from '../context.ts'
import { exitCodes, type ExitCode, UsageError } from '../errors.ts'
import type { Emit } from '../flow/recorder.ts'
import { type WayName, ways } from '../reach/ways.ts'
import type { Run } from '../run/run.ts'
import { toInertJson } from '../wire/escape.ts'
import type { JourneyOptions } from './journey-options.ts'
import { createPresenter, type Presenter } from './presenter.ts'
import { keepRun, tellGithubOfRun } from './runs/keep.ts'

/** Runs an attempt under a state of its own. */
export type Attempt = (emit: Emit) => Promise<Run>

/** What the help of a command with --keep says of it. */
export const keepHelp = `With --keep nv shows a new link after each verdict, under a new state, and saves each run. With \
--json each is one line. Ctrl-C sums up and ends it: exit 1 if one mismatched, else 3 if one could not tell, else 0; 130 if \
nothing came back. --timeout limits each attempt.`

/** Throws a UsageError for what can't be combined with more than one phone. */
export function refuseWithKeep(options: JourneyOptions): void {
  if (!options.keep) return
  const given = [
    options.state !== undefined && '--state',
    options.operatorToken !== undefined && '--operator-token',
    options.report !== undefined && '--report',
    options.junit !== undefined && '--junit',
    options.page === true && '--page',
  ].filter((flag) => flag !== false)
  if (given.length === 0) return
  throw new UsageError({
    code: 'keep_is_for_many',
    title: `${given.join(', ')} can't be combined with --keep`,
    cause: 'With --keep each phone gets an attempt of its own, with a new state. These are for one attempt.',
    fix: 'Leave out one or the other. Each run is saved: nv report <run> writes a report of it.',
  })
}

/** Throws a UsageError for a way that ends without a person and a phone: it would go on by itself. */
export function refuseKeepVia(via: WayName): void {
  if (ways[via].opener === 'person') return
  throw new UsageError({
    code: 'keep_needs_a_person',
    title: `--keep does not work with --via ${via}`,
    cause: `It waits for one phone after the other, and ${via} would start again at once.`,
    fix: 'Use --via qr or --via paste, or leave --keep out.',
  })
}

/** What came of all phones. */
export interface Rounds {
  runs: readonly Run[]
  /** The one that ended it: interrupted, refused, stopped before a phone could come, or the last that was read. */
  last: Run
}

/** Continues from phone to phone: each verdict is printed and saved at once. */
export async function runRounds(
  context: Context,
  attempt: Attempt,
  options: JourneyOptions,
  first: Presenter,
): Promise<Rounds> {
  const runs: Run[] = []
  const known = new Set<string>()
  for (let presenter = first; ; presenter = createPresenter(context, options, known)) {
    const run = await attempt(presenter.show)
    if (hasCome(run)) {
      runs.push(run)
      await present(context, run, options, presenter)
    }
    if (!isWaitOver(run) || context.out.isBroken) return { runs, last: run }
    if (!hasCome(run))
      presenter.note('Nothing came back in time (nv explain callback_timeout). Here is a new link.')
    // What is true of every attempt is said once.
    for (const { code, step } of run.findings) if (step === 'prepare' || step === 'authorize') known.add(code)
  }
}

/** Prints a run and keeps it; as JSON each is a line. */
export async function present(
  context: Context,
  run: Run,
  options: JourneyOptions,
  presenter: Presenter,
): Promise<void> {
  if (options.json) context.out.write(`${toInertJson(run, 0)}\n`)
  else presenter.finish(run)
  await keepRun(context, run, options, [], presenter)
  await tellGithubOfRun(context, run, options, presenter)
}

/** Tells whether anything of an attempt came back or was pasted; stray requests at an open port don't count. */
function hasCome({ arrivals, end }: Run): boolean {
  const isOfAttempt = arrivals.some(
    ({ via, what, verdict }) =>
      via === 'paste' || what.state === 'ours' || (what.error !== null && verdict === 'state_missing'),
  )
  return isOfAttempt || end.kind === 'answered'
}

/** Tells whether an attempt got as far as waiting: only then is another one useful. */
function isWaitOver({ end }: Run): boolean {
  return end.kind === 'answered' || (end.kind === 'stopped' && end.step !== 'authorize')
}

/**
 * Sums up on stdout, or for one who asked for JSON on stderr, and gives the exit code: that of what ended it, unless
 * Ctrl-C did or the reader went away, which is how it usually ends. Then it is that of the worst verdict, as in a check, or 130 without any.
 */
export function sumUp(
  context: Pick<Context, 'out' | 'err'>,
  { runs, last }: Rounds,
  isJson: boolean,
): ExitCode {
  const count = (...outcomes: Array<Run['outcome']>) =>
    runs.filter(({ outcome }) => outcomes.includes(outcome)).length
  const good = count('verified', 'identified')
  const parts: Array<[number, string]> = [
    [count('verified'), 'verified'],
    [count('identified'), 'identified'],
    [count('mismatch'), 'mismatch'],
    [count('undetermined'), 'could not tell'],
  ]
  const said = parts.flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`]))
  const simulated = runs.some((run) => run.simulated) ? ' (simulated)' : ''
  const output = isJson ? context.err : context.out
  output.write(`\n${said.length === 0 ? 'Nothing came back' : said.join(', ')}${simulated}\n`)
  const isUsual = context.out.isBroken || (last.end.kind === 'interrupted' && last.end.signal === 'SIGINT')
  if (!isUsual || runs.length === 0) return last.exitCode
  if (count('mismatch') > 0) return exitCodes.negative
  return good === runs.length ? exitCodes.ok : exitCodes.undetermined
}
