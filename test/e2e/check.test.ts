// `nv check` as a process.
import { expect, test } from 'vitest'
import { runNv } from '../support/process.ts'

test('the built-in simulator passes, without an account and without a network', async () => {
  const { exitCode, stdout, stderr } = await runNv(['check', 'simulator'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/\n8 passed, 4 skipped \(simulated\); 3 requests, \d+ ms\n$/)
})
