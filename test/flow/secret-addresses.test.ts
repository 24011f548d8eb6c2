// A key in an address that was configured is in nothing that is kept, and a replay does not send its mark.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settingsOf } from '../../src/cli/runs/settings.ts'
import { everyReport } from '../support/every-report.ts'
import { createTestRuns } from '../support/context.ts'
import { runCommand } from '../support/run-command.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'

let simulator: TestSimulator
beforeAll(async () => {
  simulator = await startTestSimulator({ mode: 'network' })
})
afterAll(() => simulator.close())

test('a key in an address that can not be used is not quoted', async () => {
  const apiUrl = 'https://g.example/n?token=Q7wErTy9UiOp&x=4'
  const { stderr, exitCode } = await runCommand(simulator, ['verify', '+34600000001', '--api-url', apiUrl])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('"https://g.example/n?token=…&x=4"')])
})

test.skipIf(process.platform !== 'linux')('a key in --token-url', async () => {
  const runs = createTestRuns()
  const tokenUrl = `${simulator.tokenUrl}?subscription-key=Q7wErTy9UiOp&tenant=9`
  const phone = ['+34600000001', '--via', 'direct', '--local-address', '127.0.0.2']
  await runCommand(simulator, ['verify', ...phone, '--token-url', tokenUrl], { runs })
  const [name] = await runs.names()
  const run = name && (await runs.read(name))
  if (!run) throw new Error('Nothing was saved')
  for (const text of everyReport(run)) expect(text).not.toContain('Q7wErTy9UiOp')
  expect(run.profile.tokenUrl).toMatch(/\?subscription-key=\[redacted:\w+\]&tenant=9$/)
  const token = run.exchanges.find(({ kind }) => kind === 'token')
  expect(token?.request.url).toBe(run.profile.tokenUrl)
  expect(settingsOf(run)).not.toHaveProperty('tokenUrl')
})
