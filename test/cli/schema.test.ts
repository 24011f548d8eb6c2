// What the commands print with --json is described by the schema that it names.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
    ['profiles', ['profile', 'list']],
    ['configuration', ['profile', 'show', 'simulator']],
    ['profile', ['profile', 'export', 'sandbox-mock']],
    ['behaviours', ['simulate', '--list']],
  ])('%s: %j', async (name, args) => {
    expectSchema(await print(args), name)
  })
})

test('every output that names a schema has one', async () => {
  const folder = join(import.meta.dirname, '../../src')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
  const named = sources.flatMap((text) => [...text.matchAll(/'nv\.([a-z-]+)\/1'/g)].map(([, name]) => name))
  expect(named.length).toBeGreaterThan(15)
  const { schemaNames } = await import('../../src/report/schema/schemas.ts')
  expect(new Set(named)).toEqual(new Set(schemaNames))
})

test('every schema names itself', async () => {
  const { schemaNames } = await import('../../src/report/schema/schemas.ts')
  for (const name of schemaNames)
    expect(await print(['schema', name])).toMatchObject({ title: `nv.${name}/1` })
})
