// Many processes that save runs into one folder, and processes that are killed while they do.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRunStore } from '../../src/io/run-store.ts'
import { keptRuns } from '../../src/run/run-store.ts'
import type { Run } from '../../src/run/run.ts'
import { rounds, roundsTimeoutMs } from '../support/rounds.ts'
import { createRun } from '../support/run.ts'
import { makeFolder, useStoreProcess } from '../support/store-harness.ts'

const start = useStoreProcess()
const processCount = 8

const storeIn = (folder: string) =>
  createRunStore({
    env: { NV_STATE_DIR: folder },
    platform: process.platform,
    homeDirectory: '/nonexistent',
  })

/** Reads what is there: every file is a whole run, whose page is one letter repeated. */
function expectWhole(folder: string): string[] {
  const files = readdirSync(join(folder, 'runs')).filter((name) => !name.endsWith('.tmp'))
  for (const file of files) {
    const run = JSON.parse(readFileSync(join(folder, 'runs', file), 'utf8')) as Run
    expect(file).toContain(run.id)
    expect(run.command).toMatch(/^(.)\1{19999}$|^verify$/)
  }
  return files
}

test(
  `${processCount} processes save runs: none is lost until there are ${keptRuns}`,
  async () => {
    const folder = makeFolder()
    const count = keptRuns / processCount
    const processes = Array.from({ length: processCount }, () => start({ action: 'saveRuns', folder, count }))
    for (const { ended } of processes)
      expect(await ended).toMatchObject({ signal: null, answer: { errors: '' } })
    expect(expectWhole(folder)).toHaveLength(keptRuns)
    await storeIn(folder).save(createRun({ id: 'ffffffffffff', startedAt: new Date().toISOString() }))
    const files = expectWhole(folder)
    expect(files).toHaveLength(keptRuns)
    expect(files.at(-1)).toContain('ffffffffffff')
  },
  roundsTimeoutMs,
)

test(
  `${processCount} processes, killed at random ${rounds} times: each run is whole or absent`,
  async () => {
    const folder = makeFolder()
    for (let round = 0; round < rounds; round += 1) {
      const processes = Array.from({ length: processCount }, () => start({ action: 'saveRuns', folder }))
      const killed = processes.map(async ({ child, ended }) => {
        const wanted = Math.floor(Math.random() * 40)
        let saved = 0
        child.stdout.on('data', (chunk: Buffer) => {
          saved += chunk.length
          if (saved > wanted) child.kill('SIGKILL')
        })
        expect((await ended).signal).toBe('SIGKILL')
      })
      await Promise.all(killed)
      expectWhole(folder)
      const store = storeIn(folder)
      await store.save(createRun({ id: 'ffffffffffff', startedAt: new Date().toISOString() }))
      expect(readdirSync(join(folder, 'runs')).filter((name) => name.endsWith('.tmp'))).toEqual([])
      expect((await store.names()).length).toBeLessThanOrEqual(keptRuns)
      expect((await store.names())[0]?.id).toBe('ffffffffffff')
    }
  },
  roundsTimeoutMs,
)
