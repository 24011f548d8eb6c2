// The clock of this machine: what is set, and what only passes.
import { afterEach, expect, it, vi } from 'vitest'
import { createClock } from '../../../src/io/clock.ts'

afterEach(() => void vi.useRealTimers())

it('tells the time that passes whatever the clock is set to', () => {
  const clock = createClock()
  const before = clock.elapsed()
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  expect(clock.now()).toBe(0)
  const after = clock.elapsed()
  expect(after).toBeGreaterThanOrEqual(before)
  expect(after - before).toBeLessThan(60_000)
})

it('sleeps longer than a timer of Node can, and wakes for the signal', async () => {
  const days = 24 * 60 * 60 * 1000
  const over = new AbortController()
  let isAwake = false
  const sleeping = createClock()
    .sleep(60 * days, over.signal)
    .finally(() => {
      isAwake = true
    })
  const caught = expect(sleeping).rejects.toThrow('enough')
  // A timer that overflows fires within a millisecond.
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isAwake).toBe(false)
  over.abort(new Error('enough'))
  await caught
})
