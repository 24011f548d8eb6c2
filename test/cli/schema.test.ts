// What the commands print with --json is described by the schema that it names.
import { describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { SchemaName } from '../../src/report/schema/schemas.ts'
import { createTestContext } from '../support/context.ts'
import { expectSchema } from '../support/schema.ts'

async function print(args: string[]): Promise<unknown> {
  const context = createTestContext({ isTerminal: true })
  await runProgram(context.context, [...args, '--json'])
  return JSON.parse(context.out())
}

describe('the schema holds', () => {
  test.each<[SchemaName, string[]]>([
    ['check', ['check', 'simulator']],
    ['check', ['check', 'simulator', '--client-id', 'other']],
    ['inspection', ['inspect', 'https://app.example/callback?code=abc&state=Zk3u9vRr0aPq']],
    ['inspection', ['inspect', 'hello']],
    ['doctor', ['doctor']],
    ['explanation', ['explain', 'invalid_grant']],
    ['explanations', ['explain']],
    ['ways', ['verify', '--via', 'list']],
    ['error', ['explain', 'nothing-like-it']],
  ])('%s: %j', async (name, args) => {
    expectSchema(await print(args), name)
  })
})

test('every schema names itself', async () => {
  const { schemaNames } = await import('../../src/report/schema/schemas.ts')
  for (const name of schemaNames)
    expect(await print(['schema', name])).toMatchObject({ title: `nv.${name}/1` })
})
