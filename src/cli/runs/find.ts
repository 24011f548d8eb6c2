// Finds a saved run by what the user calls it.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { Run } from '../../run/run.ts'
import type { RunName, RunStore } from '../../run/run-store.ts'
import { escapeText } from '../../wire/escape.ts'

/** Finds the name of a run: `last`, its id, or a unique beginning of it. Throws a UsageError. */
export async function findName(store: RunStore, wanted: string): Promise<RunName> {
  const names = await store.names()
  const found =
    wanted === 'last'
      ? names.slice(0, 1)
      : names.filter(({ id }) => wanted && id.startsWith(wanted.toLowerCase()))
  const [first, second] = found
  if (first !== undefined && (second === undefined || first.id === wanted)) return first
  throw first === undefined ? unknownRun(wanted, names.length) : ambiguous(wanted, found)
}

/** Reads a run by its name; says on stderr what was repaired. Throws a UsageError when there is none. */
export async function findRun(context: Context, wanted: string): Promise<Run> {
  const store = await context.openRuns()
  const name = await findName(store, wanted)
  const run = await store.read(name)
  sayWarnings(context, store)
  if (run === null) throw unknownRun(wanted, 0)
  return run
}

/** Says on stderr what the store had to repair. */
export function sayWarnings({ err }: Pick<Context, 'err'>, store: RunStore): void {
  for (const warning of store.warnings()) err.write(`${escapeText(warning, 1000)}\n`)
}

function unknownRun(wanted: string, count: number): UsageError {
  return new UsageError({
    code: 'unknown_run',
    title: wanted === 'last' ? 'No saved runs yet' : `No saved run has the id ${JSON.stringify(wanted)}`,
    cause:
      count === 0
        ? 'No run is saved.'
        : `${count === 1 ? 'One run is' : `${count} runs are`} saved; the newest 200 are kept.`,
    fix: count === 0 ? 'nv verify +34600000001 --profile simulator' : 'See them with: nv runs list',
  })
}

function ambiguous(wanted: string, found: readonly RunName[]): UsageError {
  return new UsageError({
    code: 'ambiguous_run',
    title: `More than one run starts with ${JSON.stringify(wanted)}`,
    cause: `They are ${found
      .map(({ id }) => id)
      .slice(0, 10)
      .join(', ')}.`,
    fix: 'Give more characters of the id.',
  })
}
