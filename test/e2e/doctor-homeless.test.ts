// `nv doctor` on a machine where nothing can be kept: it still looks at everything, and says so.
import { expect, test } from 'vitest'
import type { Check } from '../../src/flow/doctor/check.ts'
import { startNv } from '../support/process.ts'

test.skipIf(process.platform === 'win32')('no home directory is named, once for each thing', async () => {
  const env = { HOME: '', NV_CONFIG_DIR: '', NV_STATE_DIR: '', XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' }
  const running = startNv(['doctor', '--json'], { env })
  running.process.stdin.end()
  const { exitCode, stdout, stderr } = await running.finished
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  const problems = checks.filter(({ status }) => status === 'problem').map(({ name }) => name)
  expect([exitCode, problems, stderr]).toEqual([1, ['state-folder', 'config-folder', 'keychain'], ''])
  expect(checks.map(({ name }) => name)).toContain('via-paste')
})

test('every line is two sentences, and neither ends in the middle', async () => {
  const running = startNv(['doctor', '--json'])
  running.process.stdin.end()
  const { checks } = JSON.parse((await running.finished).stdout) as { checks: Check[] }
  for (const { detail, consequence } of checks) {
    expect(consequence).toMatch(/^(?:[A-Z]|nv |--)/)
    expect(detail).not.toMatch(/[.,:;]$/)
  }
})
