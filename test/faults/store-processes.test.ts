// Many processes on one store, and processes that are killed while they write.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rounds, roundsTimeoutMs } from '../support/rounds.ts'
import { makeFolder, modeOf, storeIn, useStoreProcess } from '../support/store-harness.ts'
import type { StoreProcess } from '../support/store-harness.ts'

const start = useStoreProcess()
/** Few enough that a busy machine is through before the last one gives up to wait for its turn. */
const processCount = 8
const keysEach = 10

/** All keys that the processes add, in order. */
const keys = Array.from({ length: processCount }, (_, process) =>
  Array.from({ length: keysEach }, (_, index) => `p${process}-${index}`),
)
  .flat()
  .sort()

test.each(['addProfiles', 'addSecrets'] as const)(
  `${processCount} processes × ${keysEach} keys lose nothing: %s`,
  async (action) => {
    const folder = makeFolder()
    const processes = Array.from({ length: processCount }, (_, process) =>
      start({ action, folder, prefix: `p${process}-`, count: keysEach }),
    )
    for (const { ended } of processes) expect((await ended).answer.problem).toBeUndefined()
    if (action === 'addProfiles') {
      const { profiles } = await storeIn(folder).profiles.read()
      expect(Object.keys(profiles).sort()).toEqual(keys)
    } else {
      const { secrets } = storeIn(folder)
      for (const key of keys) expect(await secrets.read(key)).toEqual({ clientSecret: key })
    }
    expect(readdirSync(folder)).toHaveLength(1)
  },
)

describe('killed while writing', () => {
  test(
    `${rounds} times: the files are whole, and the next command works`,
    async () => {
      const folder = makeFolder()
      const store = storeIn(folder)
      for (let round = 0; round < rounds; round += 1) {
        await killAfterWrites(start({ action: 'rewriteForever', folder }), Math.floor(Math.random() * 20))
        expectWhole(readFileSync(join(folder, 'profiles.json'), 'utf8'))
        expectWhole(readFileSync(join(folder, 'secrets.json'), 'utf8'))
        await store.profiles.update((current) => current)
        await store.secrets.write('other', { round: `${round}` })
        expect(await store.secrets.read('other')).toEqual({ round: `${round}` })
        expect(readdirSync(folder).sort()).toEqual(['profiles.json', 'secrets.json'])
      }
      expect(modeOf(join(folder, 'secrets.json'))).toBe('600')
    },
    roundsTimeoutMs,
  )

  test(
    'on the very first write: nothing or a whole file',
    async () => {
      const folder = makeFolder()
      for (let round = 0; round < rounds; round += 1) {
        const { child, ended } = start({ action: 'rewriteForever', folder: join(folder, `${round}`) })
        child.stdout.once('data', () => child.kill('SIGKILL'))
        await ended
        const store = storeIn(join(folder, `${round}`))
        expectWhole(JSON.stringify((await store.profiles.read()).profiles['acme'] ?? {}))
        expectWhole(JSON.stringify(await store.secrets.read('acme')))
      }
    },
    roundsTimeoutMs,
  )
})

/** Waits for the output of that many writes and a few microtasks, so that each phase of a write is hit. */
async function killAfterWrites({ child, ended }: StoreProcess, writes: number): Promise<void> {
  let seen = 0
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.length
    if (seen > writes) child.kill('SIGKILL')
  })
  expect((await ended).signal).toBe('SIGKILL')
}

/** Old and new content are one letter repeated: a mixture, or less than all, is neither. */
function expectWhole(json: string): void {
  const text = /"text": ?"(.*)"/.exec(JSON.stringify(JSON.parse(json), null, 1))?.[1]
  expect(text ?? 'a'.repeat(20_000)).toMatch(/^(.)\1{19999}$/)
}
