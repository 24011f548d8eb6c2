// --timeout is read the same way by every command, also by those that don't take long.
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext } from '../support/context.ts'

const commands = [
  ['verify', '+34600000001'],
  ['number'],
  ['check'],
  ['inspect', 'x'],
  ['explain'],
  ['profile', 'list'],
  ['runs', 'list'],
  ['report', 'last'],
  ['doctor'],
  ['schema', 'run'],
]

test.each(commands)('%s refuses a duration that is none', async (...command) => {
  const { context, out, err } = createTestContext()

  expect(await runProgram(context, [...command, '--timeout', 'abc'])).toBe(2)

  expect(err()).toContain('--timeout can\'t be "abc"')
  expect(out()).toBe('')
})

test.each(commands)('%s does not take --json for a duration, and answers in JSON', async (...command) => {
  const { context, out, err } = createTestContext()

  expect(await runProgram(context, [...command, '--timeout', '--json'])).toBe(2)

  expect(err()).toContain('--timeout has no value')
  expect(JSON.parse(out())).toMatchObject({ exitCode: 2 })
})
