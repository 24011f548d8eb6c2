// The rows of the benchmark of the diagnosis that run in this process.
import type { Run } from '../../src/run/run.ts'
import { type BehavedFlow, type BehaveOptions, switched, withBehaviour } from './behave.ts'
import { answered, failing, places, slow } from './expected-findings.ts'
import { unseen } from './unseen/table.ts'

export interface Row {
  what: string
  expected: string
  actual: string
  verdict: 'ok' | 'not'
}

/** Says what a run came to first: its first finding, or its outcome. */
function firstOf({ findings, outcome }: Run): string {
  return findings[0]?.code ?? outcome
}

function row(what: string, expected: string, actual: string): Row {
  return { what, expected, actual, verdict: expected === actual ? 'ok' : 'not' }
}

/** Runs nv against each behaviour of the simulator. */
export async function* behaviourRows(): AsyncGenerator<Row> {
  for (const [text, , codes, options = {}] of failing)
    yield row(text, codes[0] ?? '', await firstAgainst(text, options))
  for (const [text, outcome, codes, options = {}] of answered)
    yield row(text, codes[0] ?? outcome, await firstAgainst(text, options))
  for (const [text, , code] of places)
    yield row(text, code, await firstAgainst(text, { discovers: switched(text).step === 'discovery' }))
}

function firstAgainst(text: string, options: BehaveOptions): Promise<string> {
  const isSlow = slow.includes(switched(text).name)
  return withBehaviour(text, options, async (flow: BehavedFlow) => {
    if (isSlow) {
      await flow.acted
      flow.clock.advance(15_000)
    }
    return firstOf(await flow.run)
  })
}

/** Runs nv into the failures that are in no table of the simulator. */
export async function* unseenRows(): AsyncGenerator<Row> {
  for (const [area, failures] of Object.entries(unseen)) {
    for (const [failure, run, code, words] of failures) {
      const { findings } = await run()
      const [first] = findings
      const said = `${first?.title} | ${first?.cause} | ${first?.fix}`
      const actual = `${first?.code}${words.test(said) ? '' : ', in other words'}`
      yield row(`${area}: ${failure}`, code, actual)
    }
  }
}
