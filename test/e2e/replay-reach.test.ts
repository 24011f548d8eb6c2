// `nv runs replay` goes by what the saved run was reached by.
import { expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { runNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'

test('a run with --devtools is tried at the same address, and looks for no cable', async () => {
  const env = { NV_STATE_DIR: makeFolder(), PATH: '/nonexistent' }
  const args = ['--profile', 'sandbox-mock', '--devtools', 'http://127.0.0.1:9', '--json']
  const before = JSON.parse((await runNv(['verify', '+34600000001', ...args], { env })).stdout) as Run
  const after = JSON.parse(
    (await runNv(['runs', 'replay', 'last', '+34600000001', '--json'], { env })).stdout,
  ) as Run
  for (const run of [before, after]) {
    expect(run.request).toMatchObject({ via: 'chrome', devtools: 'http://127.0.0.1:9' })
    expect(run.findings[0]?.code).toBe('devtools_missing')
  }
})

test('a run with a tunnel starts it again', async () => {
  const env = { NV_STATE_DIR: makeFolder(), PATH: '/nonexistent' }
  const args = ['--profile', 'sandbox-mock', '--tunnel', 'ssh:localhost.run', '--json']
  await runNv(['verify', '+34600000001', ...args], { env })
  const { stdout } = await runNv(['runs', 'replay', 'last', '+34600000001', '--json'], { env })
  const run = JSON.parse(stdout) as Run
  expect([run.request.tunnel, run.findings[0]?.code]).toEqual(['ssh:localhost.run', 'tunnel_missing'])
})
