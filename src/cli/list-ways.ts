// `--via list`: the ways, and what each is missing on this machine.
import type { Context, Output } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import type { Machine, Way } from '../reach/way.ts'
import { ways } from '../reach/ways.ts'
import { hang } from '../report/human.ts'
import { toInertJson } from '../wire/escape.ts'

interface Listed {
  name: string
  summary: string
  ready: boolean
  /** What it needs and doesn't find here; null when it is ready. */
  missing: string | null
}

/** Prints the ways on stdout, with "ready" or what is missing. */
export async function listWays(
  { out, ...context }: Machine & Pick<Context, 'out'>,
  { json = false }: { json?: boolean },
): Promise<ExitCode> {
  const listed = await Promise.all(Object.entries(ways).map(([name, way]) => describeWay(name, way, context)))
  out.write(
    json
      ? `${toInertJson({ schema: 'nv.ways/1', ways: listed })}\n`
      : listed.map((way) => lineOf(way, out)).join(''),
  )
  return exitCodes.ok
}

async function describeWay(name: string, { summary, probe }: Way, machine: Machine): Promise<Listed> {
  const missing = await probe(machine)
  return { name, summary, ready: missing === null, missing }
}

function lineOf({ name, summary, missing }: Listed, out: Output): string {
  const state = missing === null ? 'ready' : 'not ready'
  const text = `${summary}${missing === null ? '' : `; needs ${missing}`}`
  return `${hang(`${name.padEnd(8)} ${state.padEnd(9)}  `, text, out)}\n`
}
