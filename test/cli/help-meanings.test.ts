// An option that every command has says in the help of one what it means there.
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext } from '../support/context.ts'

async function helpOf(...args: string[]): Promise<string> {
  const { context, out } = createTestContext()
  await runProgram(context, args)
  return out()
}

test.each([['--help'], ['--help', '--all']])(
  'nv simulate %s %s says what --json prints there',
  async (...flags) => {
    expect(await helpOf('simulate', ...flags)).toMatch(/--json +print each request as a line of JSON/)
    expect(await helpOf('verify', ...flags)).toMatch(/--json +print the result as one JSON object/)
  },
)
