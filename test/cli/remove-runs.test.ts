// Removing every saved run asks first, and a report that takes the place of a file says so.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createFiles } from '../../src/io/files.ts'
import { createTestContext, createTestRuns, type TestContextOptions } from '../support/context.ts'
import { createRun } from '../support/run.ts'
import { makeFolder } from '../support/store-harness.ts'

async function savedRuns(...ids: readonly string[]) {
  const runs = createTestRuns()
  for (const id of ids) await runs.save(createRun({ id }))
  return runs
}

async function nv(args: readonly string[], options: TestContextOptions) {
  const started = createTestContext(options)
  const exitCode = await runProgram(started.context, args)
  return { exitCode, err: started.err(), out: started.out() }
}

test.each([
  [true, 'Removed 2 runs.\n', 0],
  [false, 'Not removed.\n', 2],
])('on a terminal it asks, and %s is respected', async (answer, said, left) => {
  const runs = await savedRuns('aa11', 'bb22')
  const asked: string[] = []
  const confirm = ({ message, initial }: { message: string; initial: boolean }) => {
    asked.push(`${message} ${initial}`)
    return Promise.resolve(answer)
  }
  const { err, exitCode } = await nv(['runs', 'rm', '--all'], { isTerminal: true, runs, prompt: { confirm } })
  expect([exitCode, asked, err]).toEqual([0, ['Remove all 2 saved runs? false'], said])
  expect(await runs.names()).toHaveLength(left)
})

test.each<[string, readonly string[], TestContextOptions]>([
  ['where nobody can be asked', [], {}],
  ['with --no-input', ['--no-input'], { isTerminal: true }],
])('%s it removes nothing without --yes', async (_where, flags, options) => {
  const runs = await savedRuns('aa11', 'bb22')
  const refused = await nv(['runs', 'rm', '--all', ...flags], { ...options, runs })
  expect(refused.exitCode).toBe(2)
  expect(refused.err).toContain('nv runs rm --all --yes')
  expect(await runs.names()).toHaveLength(2)
  expect((await nv(['runs', 'rm', '--all', '--yes', ...flags], { ...options, runs })).exitCode).toBe(0)
  expect(await runs.names()).toEqual([])
})

test('nothing is asked where nothing is saved', async () => {
  expect(await nv(['runs', 'rm', '--all'], {})).toMatchObject({ exitCode: 0, err: 'Removed 0 runs.\n' })
})

test('a report that takes the place of a file says so, and of two files which', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'x.postman_environment.json'), 'mine')
  const write = async (...args: readonly string[]) => {
    const started = createTestContext({ runs: await savedRuns('aa11') })
    const context = { ...started.context, files: createFiles(folder) }
    expect(await runProgram(context, ['report', ...args])).toBe(0)
    return started.err()
  }
  const pair = 'x.postman_collection.json and x.postman_environment.json (replaced)'
  expect(await write('-o', 'x.postman_collection.json')).toBe(`Wrote ${pair}, the report of run aa11.\n`)
  expect(await write('-o', 'x.md')).toBe('Wrote x.md, the report of run aa11.\n')
  expect(await write('-o', 'x.md')).toBe('Wrote x.md (replaced), the report of run aa11.\n')
})
