// What a run that failed at a hop must say, whatever the fault was.
import { expect } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { canary, type Gateway, type StartedFlow } from './gateway.ts'
import { secrets } from './flow.ts'

export const hops = ['authorize', 'token', 'api'] as const
export type Hop = (typeof hops)[number]

/** The endpoints of a gateway, with another server in the place of one. */
export function urlsWith({ urls }: Gateway, hop: Hop, origin: string): Gateway['urls'] {
  if (hop === 'authorize') return { ...urls, authorizeUrl: `${origin}/authorize` }
  return hop === 'token' ? { ...urls, tokenUrl: `${origin}/token` } : { ...urls, apiUrl: origin }
}

/** Checks that a run could not tell, says where, why and what to do, and shows no stack and no secret. */
export function expectExplained(
  run: Run,
  flow: Pick<StartedFlow, 'out' | 'err'>,
  { hop, host }: { hop: Hop; host?: string },
): void {
  expect(run).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: hop })
  const [finding, ...others] = run.findings.filter(({ severity }) => severity === 'error')
  expect(others).toEqual([])
  expect(finding).toMatchObject({ step: hop })
  expect(finding?.cause).toMatch(/\S/)
  expect(finding?.fix).toMatch(/\S/)
  if (host !== undefined) expect(`${finding?.title} ${finding?.cause}`).toContain(host)
  const printed = flow.out() + flow.err()
  expect(printed).toContain(`failed at step "${hop}"`)
  expect(printed.match(/^ {2}Why /gm)).toHaveLength(run.findings.length)
  expect(printed.match(/^ {2}Do /gm)).toHaveLength(run.findings.length)
  expect(printed).not.toMatch(/^\s+at .*[:(]/m)
  expect(printed).not.toMatch(/\bundefined\b|\[object|(?<!Verified is )\bnull\b/)
  for (const secret of [...Object.values(secrets), ...Object.values(canary)])
    expect(JSON.stringify(run) + printed).not.toContain(secret)
}
