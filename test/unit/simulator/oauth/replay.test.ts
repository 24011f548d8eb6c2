// The replay guard: once, for a while, and a bounded number.
import { describe, expect, it } from 'vitest'
import { createReplayGuard } from '../../../../src/simulator/oauth/replay.ts'
import { createTestClock } from '../../../support/context.ts'

describe('the replay guard', () => {
  it('lets an identifier pass once, until its retention is over', () => {
    const clock = createTestClock()
    const isFirstUse = createReplayGuard({ clock })
    expect([isFirstUse('a', 1000), isFirstUse('b', 1000), isFirstUse('a', 1000)]).toEqual([true, true, false])
    clock.advance(999)
    expect(isFirstUse('a', 1000)).toBe(false)
    clock.advance(1)
    expect(isFirstUse('a', 1000)).toBe(true)
  })

  it('forgets the oldest when it is full', () => {
    const isFirstUse = createReplayGuard({ clock: createTestClock() }, 2)
    for (const identifier of ['a', 'b', 'c']) isFirstUse(identifier, 1000)
    expect([isFirstUse('c', 1000), isFirstUse('b', 1000), isFirstUse('a', 1000)]).toEqual([
      false,
      false,
      true,
    ])
  })
})
