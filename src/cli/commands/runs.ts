// `nv runs`: what was kept of earlier runs.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { comparisonReport } from '../../report/comparison.ts'
import { jsonReport } from '../../report/json.ts'
import { compareRuns } from '../../run/compare.ts'
import { toInertJson } from '../../wire/escape.ts'
import type { Configure } from '../command.ts'
import { isRemovalWanted, type RemoveOptions } from '../confirm-removal.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import { findName, findRun, sayWarnings } from '../runs/find.ts'
import { list, type ListOptions } from '../runs/list.ts'
import { replay, type ReplayOptions } from '../runs/replay.ts'
import { show } from '../runs/show.ts'
import { createStyle } from '../style.ts'

/** Declares the commands. */
export const configure: Configure = (command, context, finish) => {
  command.helpCommand(false)
  const then = (work: Promise<void>) => work.then(() => finish(exitCodes.ok))
  addHelp(command.command('list').alias('ls'), {
    examples: ['nv runs list', 'nv runs list --outcome undetermined --since 7d'],
  })
    .description('list the saved runs, the newest first')
    .option('--outcome <outcome>', 'verified, mismatch, identified or undetermined')
    .option('--since <time>', 'a duration, as in 2h or 7d, or a date, as in 2026-05-31')
    .option('--number <number>', 'a phone number, or how it is masked: +34*******01')
    .action((_options, self: Command) => then(list(context, self.optsWithGlobals<ListOptions>())))
  addHelp(command.command('show'), { examples: ['nv runs show', 'nv runs show 3f9c --json'] })
    .description('show a run: what was sent, what came back, what it means')
    .argument('[run]', 'its id, the start of its id, or last', 'last')
    .action((run: string, _options, self: Command) =>
      then(showRun(context, run, self.optsWithGlobals<GlobalOptions>())),
    )
  addHelp(command.command('diff'), { examples: ['nv runs diff 3f9c last'] })
    .description('compare two runs, the decisive difference first')
    .argument('<a>', 'one run: its id, the start of its id, or last')
    .argument('<b>', 'the other run')
    .action((one: string, other: string, _options, self: Command) =>
      then(diff(context, one, other, self.optsWithGlobals<GlobalOptions>())),
    )
  addHelp(command.command('replay'), {
    examples: ['nv runs replay last +34600000001'],
    exits: { ok: 'verified or identified', negative: 'mismatch', undetermined: 'could not tell' },
  })
    .description('run it again with the same settings and profile, and show what differs')
    .argument('<run>', 'its id, the start of its id, or last')
    .argument('[phone]', 'the phone number, which is masked in what was saved')
    .option('--operator-token <file>', 'a new TS.43 token of the SIM, if the run had one')
    .option('--no-save', 'do not keep the new run')
    .action(async (run: string, phone: string | undefined, _options, self: Command) =>
      finish(await replay(context, run, phone, self.optsWithGlobals<ReplayOptions>())),
    )
  addHelp(command.command('rm').alias('remove'), { examples: ['nv runs rm last', 'nv runs rm --all'] })
    .description('remove a run, or all of them')
    .argument('[run]', 'its id, the start of its id, or last')
    .option('--all', 'remove every saved run')
    .option('-y, --yes', 'do not ask')
    .action((run: string | undefined, _options, self: Command) =>
      then(remove(context, run, self.optsWithGlobals<RemoveOptions>())),
    )
  addHelp(command, page)
}

const page: HelpPage = {
  examples: [
    'nv runs list --outcome undetermined --since 7d',
    'nv runs show last',
    'nv runs diff 3f9c last',
    'nv runs replay last +34600000001',
  ],
  notes: [
    'Name a run by its id, by the start of its id, or as last. The newest 200 are kept in NV_STATE_DIR or your state \
folder, without secrets and with the phone number masked. nv verify --no-save keeps nothing.',
  ],
}

async function showRun(context: Context, wanted: string, options: GlobalOptions): Promise<void> {
  const run = await findRun(context, wanted)
  const { out } = context
  if (options.json) out.write(jsonReport(run))
  else out.write(show(run, createStyle(context, out, options.color), out))
}

async function diff(context: Context, one: string, other: string, options: GlobalOptions): Promise<void> {
  const { out } = context
  const [a, b] = [await findRun(context, one), await findRun(context, other)]
  const differences = compareRuns(a, b)
  if (options.json) {
    const listed = differences.map(({ area, what, one: ofA, other: ofB }) => ({ area, what, a: ofA, b: ofB }))
    const [decisive = null] = listed
    out.write(
      `${toInertJson({ schema: 'nv.run-diff/1', a: a.id, b: b.id, decisive, differences: listed })}\n`,
    )
  } else out.write(comparisonReport(a, b, differences, createStyle(context, out, options.color)))
}

async function remove(
  context: Context,
  wanted: string | undefined,
  options: RemoveOptions & { all?: boolean },
): Promise<void> {
  if ((wanted === undefined) === (options.all !== true)) throw whichRun()
  const store = await context.openRuns()
  const names = wanted === undefined ? await store.names() : [await findName(store, wanted)]
  if (wanted === undefined && names.length > 0 && !(await isAllWanted(context, names.length, options))) return
  const removed: string[] = []
  for (const name of names) if (await store.remove(name)) removed.push(name.id)
  sayWarnings(context, store)
  if (options.json) context.out.write(`${toInertJson({ schema: 'nv.removed-runs/1', removed })}\n`)
  else if (!options.quiet)
    context.err.write(
      removed.length === 1 ? `Removed run ${removed[0]}.\n` : `Removed ${removed.length} runs.\n`,
    )
}

function isAllWanted(context: Context, count: number, options: RemoveOptions): Promise<boolean> {
  const runs = count === 1 ? 'one saved run' : `all ${count} saved runs`
  return isRemovalWanted(context, options, runs, {
    title: 'No run was removed',
    cause: `That would remove ${runs}, and it was not confirmed.`,
    fix: 'nv runs rm --all --yes',
  })
}

function whichRun(): UsageError {
  return new UsageError({
    code: 'missing_run',
    title: 'Missing run id',
    cause: '`nv runs rm` takes the id of one run, or --all.',
    fix: 'nv runs rm last\nnv runs rm --all',
  })
}
