// Which tokens the API takes, by how the line behind them came to be known.
import { expect, it } from 'vitest'
import type { Gateway } from '../../../../src/simulator/gateway.ts'
import type { SimulatorMode } from '../../../../src/wire/simulated.ts'
import type { Subject } from '../../../../src/simulator/state.ts'
import { refuseContext } from '../../../../src/simulator/api/verdict.ts'

const line = '+34600000001'
const v0 = 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT'
const v1 = 'INVALID_TOKEN_CONTEXT'
const v2 = 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK'

it.each<[SimulatorMode, Subject, Array<string | null>]>([
  ['network', { line, identifiedBy: 'network' }, [null, null, null]],
  ['network', { line, identifiedBy: 'sim' }, [v0, v1, null]],
  ['network', { line, identifiedBy: 'hint' }, [v0, v1, v2]],
  ['network', { line: null, identifiedBy: 'network' }, [v0, v1, v2]],
  ['network', { line: null, identifiedBy: 'sim' }, [v0, v1, v2]],
  ['mock', { line: null, identifiedBy: 'hint' }, [null, null, null]],
])('mode %s, %j', (mode, subject, codes) => {
  const refusals = (['v0', 'v1', 'v2'] as const).map((version) =>
    refuseContext(subject, { mode } as Gateway, version),
  )
  const bodies = refusals.map((reply) => reply && (JSON.parse(reply.body as string) as { code: string }))
  expect(bodies.map((body) => body?.code ?? null)).toEqual(codes)
  for (const reply of refusals) if (reply) expect(reply.status).toBe(403)
})
