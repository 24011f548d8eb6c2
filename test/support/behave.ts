// Runs nv against a simulator that misbehaves.
import { expect } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { recordingOf, type Run } from '../../src/run/run.ts'
import { readSwitched } from '../../src/simulator/behaviour/read-switched.ts'
import type { Switched } from '../../src/simulator/behaviour/switchboard.ts'
import type { RequestEntry, SimulatorOptions } from '../../src/simulator/simulator.ts'
import { everyReport } from './every-report.ts'
import { expectExplained, type Hop, hops } from './faults.ts'
import { expectSchema } from './schema.ts'
import { type FlowOptions, type StartedFlow, startFlow } from './gateway.ts'
import { startTestSimulator, type TestSimulator } from './simulator.ts'

/** Reads `<name>[@<step>]`; a test that names what there is not fails. */
export function switched(text: string): Switched {
  const read = readSwitched(text)
  if ('rule' in read) throw new Error(`${text}: ${read.rule}`)
  return read
}

export interface BehaveOptions
  extends FlowOptions, Pick<SimulatorOptions, 'isStrict' | 'clients' | 'redirectUris'> {
  /** Whether nv knows the issuer and the API only, and asks for the endpoints. */
  discovers?: boolean
  /** Whether nv asks the provider for the authorize URL. */
  enables?: boolean
}

export interface BehavedFlow extends StartedFlow {
  simulator: TestSimulator
  /** Resolves when the log says that the behaviour acted. */
  acted: Promise<void>
}

/** Starts a simulator with a behaviour and the flow against it, and closes the simulator after the work. */
export async function withBehaviour<T>(
  text: string,
  options: BehaveOptions,
  work: (flow: BehavedFlow) => Promise<T>,
): Promise<T> {
  const { isStrict, clients, redirectUris, discovers, enables, ...flowOptions } = options
  const behaviour = switched(text)
  let act = () => {}
  const acted = new Promise<void>((resolve) => (act = resolve))
  const entries: RequestEntry[] = []
  const simulator = await startTestSimulator({
    behaviours: [behaviour],
    onRequest: (entry) => {
      entries.push(entry)
      if (entry.detail?.includes(behaviour.name)) act()
    },
    ...(isStrict && { isStrict }),
    ...(clients && { clients }),
    ...(redirectUris && { redirectUris }),
  })
  try {
    const { clientId, clientSecret } = simulator
    const { profile, ...rest } = flowOptions
    const enabling = { enablementUrl: simulator.enablementUrl }
    const discovery = { authorizeUrl: '', tokenUrl: '', issuer: simulator.baseUrl }
    const flow = startFlow(simulator, {
      ...rest,
      profile: { clientId, clientSecret, ...(discovers && discovery), ...(enables && enabling), ...profile },
    })
    return await work({ ...flow, simulator: { ...simulator, entries }, acted })
  } finally {
    await simulator.close()
  }
}

/** Checks that a behaviour acted and that the run which met it failed at a hop, explained. */
export async function expectFailure(
  text: string,
  failedStep: string,
  codes: readonly string[],
  options: BehaveOptions & { meanwhile?: (flow: BehavedFlow) => Promise<void> } = {},
): Promise<void> {
  const { meanwhile, ...rest } = options
  await withBehaviour(text, rest, async (flow) => {
    await meanwhile?.(flow)
    const run = await flow.run
    expect([run.failedStep, ...run.findings.map(({ code }) => code)]).toEqual([failedStep, ...codes])
    expect(run).toMatchObject({ outcome: 'undetermined', exitCode: 3 })
    expect(details(flow)).toContain(switched(text).name)
    expectSameDiagnosis(run)
    expectReportable(run, flow.simulator)
    if (hops.some((hop) => hop === failedStep)) expectExplained(run, flow, { hop: failedStep as Hop })
  })
}

/** Checks that a run that was saved is explained as it was when it happened. */
export function expectSameDiagnosis(run: Run): void {
  const saved = JSON.parse(JSON.stringify(run)) as Run
  expect(diagnose(recordingOf(saved))).toEqual(saved.findings)
}

/** Checks that a run can be given to others in every form, and that none shows the secret or the number. */
function expectReportable(run: Run, { clientSecret }: Pick<TestSimulator, 'clientSecret'>): void {
  expectSchema(JSON.parse(JSON.stringify(run)), 'run')
  const number = run.phoneNumber?.slice(1)
  for (const report of everyReport(run)) {
    for (const secret of [clientSecret, Buffer.from(clientSecret).toString('base64'), number])
      if (secret) expect(report).not.toContain(secret)
  }
}

/** Joins what the log says, where a behaviour that acted is named. */
export function details({ simulator }: BehavedFlow): string {
  return simulator.entries.map(({ detail }) => detail).join('\n')
}
