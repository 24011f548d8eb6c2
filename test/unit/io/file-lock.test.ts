// The lock between processes: one holder at a time, and a dead one is no obstacle.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newOwnerName, ownerState, withLock } from '../../../src/io/file-lock.ts'
import { rounds, roundsTimeoutMs } from '../../support/rounds.ts'
import { makeFolder, problemOf, useStoreProcess } from '../../support/store-harness.ts'

const start = useStoreProcess()

/** Puts a lock in place as another process would have left it. */
function plantLock(owner: string): string {
  const path = join(makeFolder(), 'lock')
  mkdirSync(path)
  writeFileSync(join(path, owner), '')
  return path
}

describe('one process', () => {
  test('works one after the other, and leaves nothing', async () => {
    const folder = makeFolder()
    const path = join(folder, 'lock')
    const log: string[] = []
    const work = async (name: string): Promise<void> => {
      log.push(`${name} in`)
      await new Promise(setImmediate)
      log.push(`${name} out`)
    }
    await Promise.all(['a', 'b', 'c'].map((name) => withLock(path, () => work(name))))
    expect(log.filter((_, index) => index % 2 === 0).map((line) => line.replace('in', 'out'))).toEqual(
      log.filter((_, index) => index % 2 === 1),
    )
    expect(readdirSync(folder)).toEqual([])
  })

  test('hands on what the work returns and throws, and is free afterwards', async () => {
    const path = join(makeFolder(), 'lock')
    expect(await withLock(path, () => 7)).toBe(7)
    await expect(withLock(path, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    expect(existsSync(path)).toBe(false)
  })
})

describe('a lock that is held', () => {
  test('ends the wait with a problem that names the lock and the process', async () => {
    const folder = makeFolder()
    const path = join(folder, 'lock')
    const problem = await withLock(path, () => problemOf(withLock(path, () => 0, { waitMs: 30 })))
    expect(problem.code).toBe('store_locked')
    expect(problem.title).toContain(path)
    expect(problem.cause).toContain(`process ${process.pid} holds it`)
    expect(problem.fix).toContain(`rm -r ${path}`)
    expect(readdirSync(folder)).toEqual([])
  })

  test('is not waited for any longer once the signal aborts, and nothing is left', async () => {
    const folder = makeFolder()
    const path = join(folder, 'lock')
    const over = new AbortController()
    await withLock(path, async () => {
      const waiting = withLock(path, () => 0, { signal: over.signal })
      over.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('by another machine is never taken over', async () => {
    const path = plantLock(newOwnerName().replace(/^.{8}/, '00000000'))
    const problem = await problemOf(withLock(path, () => 0, { waitMs: 30 }))
    expect(problem.cause).toContain('on another machine or in another container')
    expect(readdirSync(path)).toHaveLength(1)
  })

  test.each([
    ['a file', (path: string) => writeFileSync(path, '')],
    ['a symbolic link', (path: string) => symlinkSync(makeFolder(), path)],
  ])('by %s in its place is refused', async (_, plant) => {
    const path = join(makeFolder(), 'lock')
    plant(path)
    expect((await problemOf(withLock(path, () => 0))).code).toBe('store_refused')
  })
})

describe('a holder that died', () => {
  test('is replaced', async () => {
    const folder = makeFolder()
    const { ended } = start({ action: 'lockAndDie', folder, count: 0 })
    expect((await ended).signal).toBe('SIGKILL')
    const [owner = ''] = readdirSync(join(folder, 'lock'))
    expect(ownerState(owner)).toBe('gone')
    expect(await withLock(join(folder, 'lock'), () => 'mine')).toBe('mine')
    expect(readdirSync(folder)).toEqual([])
  })

  test.skipIf(!existsSync('/proc/self/stat'))(
    'is replaced although its process id is in use again',
    async () => {
      const path = plantLock(newOwnerName().replace(/-\d+-(\w+)$/, '-1-$1'))
      expect(await withLock(path, () => 'mine')).toBe('mine')
    },
  )

  test('leaves an empty folder at worst, which is no lock', async () => {
    const path = join(makeFolder(), 'lock')
    mkdirSync(path)
    expect(await withLock(path, () => 'mine')).toBe('mine')
  })

  // The many names keep each process busy between reading them and removing them.
  test(
    'is replaced by one of many that race for it: never two at once',
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        const folder = makeFolder()
        mkdirSync(join(folder, 'lock'))
        for (let owner = 0; owner < 400; owner += 1) writeFileSync(join(folder, 'lock', newGoneOwner()), '')
        const processes = Array.from({ length: 8 }, () => start({ action: 'lockAndDie', folder, count: 8 }))
        const ends = await Promise.all(processes.map(({ ended }) => ended))
        expect(ends).toEqual(ends.map(() => ({ signal: 'SIGKILL', answer: { errors: '' } })))
      }
    },
    roundsTimeoutMs,
  )
})

/** No process of Linux, macOS or Windows has this id. */
function newGoneOwner(): string {
  return newOwnerName().replace(/^(\w+)-\d+/, '$1-999999999')
}
