// Saved runs of other versions of nv, and those that something changed: each is shown, or said to be none; nothing crashes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createRunStore } from '../../src/io/run-store.ts'
import { createTestContext } from '../support/context.ts'
import { createRun } from '../support/run.ts'
import { makeFolder } from '../support/store-harness.ts'

interface Saved {
  [name: string]: unknown
  request: Record<string, unknown>
  profile: Record<string, unknown>
}

const commands = [
  ['runs', 'show'],
  ['runs', 'diff', 'last', 'last'],
  ...['html', 'md', 'json', 'har', 'curl', 'postman', 'junit'].map((format) => [
    'report',
    '--format',
    format,
  ]),
]

/** Changes the file of a saved run, and gives the exit code of each command that reads it. */
async function exitsWith(change: (run: Saved) => unknown) {
  const runs = saveChanged(change)
  const exits = new Set<number>()
  for (const args of commands) exits.add(await runProgram(createTestContext({ runs }).context, args))
  const { context } = createTestContext({ runs })
  return { list: await runProgram(context, ['runs', 'list']), others: [...exits] }
}

function saveChanged(change: (run: Saved) => unknown) {
  const folder = join(makeFolder(), 'nv')
  const path = join(folder, 'runs')
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const run = JSON.parse(JSON.stringify(createRun())) as Saved
  const changed = change(run) ?? run
  writeFileSync(join(path, '20250615T150640000Z-0707.json'), JSON.stringify(changed), { mode: 0o600 })
  const platform = process.platform
  return createRunStore({ env: { NV_STATE_DIR: folder }, platform, homeDirectory: folder })
}

test.each<[string, (run: Saved) => unknown]>([
  ['as it was saved', () => undefined],
  [
    'of a newer version, with more in it',
    (run) => Object.assign(run, { more: [1], request: { ...run.request, more: 1 } }),
  ],
  [
    'of an older version, with less in it',
    (run) => {
      for (const name of ['devtools', 'isWifiOff', 'tunnel', 'isTls', 'isAsApp']) delete run.request[name]
      for (const name of ['ignored', 'enablementUrl']) delete run.profile[name]
    },
  ],
])('a run %s is shown', async (_what, change) => {
  expect(await exitsWith(change)).toEqual({ list: 0, others: [0] })
})

test.each<[string, (run: Saved) => unknown]>([
  ['of another schema', (run) => ({ ...run, schema: 'nv.run/2' })],
  ['with its schema alone', () => ({ schema: 'nv.run/1' })],
  ['with an outcome that nobody knows', (run) => ({ ...run, outcome: 'perhaps' })],
  ['without exchanges', (run) => ({ ...run, exchanges: null })],
  ['with a time that is none', (run) => ({ ...run, startedAt: 'never' })],
  ['with a time beyond all times', (run) => ({ ...run, durationMs: 1e300 })],
  ['with an id that leads elsewhere', (run) => ({ ...run, id: '../../x' })],
])('a run %s is said to be none, and left where it is', async (_what, change) => {
  expect(await exitsWith(change)).toEqual({ list: 0, others: [4] })
})

test('a run of a newer format is not called damaged', async () => {
  const runs = saveChanged((run) => ({ ...run, schema: 'nv.run/2' }))
  const { context, err } = createTestContext({ runs })
  await runProgram(context, ['runs', 'show'])
  expect(err().replace(/\s+/g, ' ')).toMatch(
    /^error Another version of nv wrote the run: .* in the format nv\.run\/2/,
  )
  expect(err()).not.toMatch(/damaged/)
})
