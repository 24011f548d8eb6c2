// The store: keys, retention by the injected clock, single use, and a bounded size.
import { describe, expect, it } from 'vitest'
import { createGatewayState, createStore, randomKey } from '../../../src/simulator/state.ts'

function createPorts() {
  let drawn = 0
  const clock = { nowMs: 0, now: () => clock.nowMs, elapsed: () => clock.nowMs, sleep: async () => {} }
  const random = (byteCount: number) => {
    drawn += 1
    return new Uint8Array(byteCount).fill(drawn % 256).fill(drawn >> 8, 1)
  }
  return { clock, random }
}

describe('a store', () => {
  it('returns a value under a key of 256 bits until its retention is over', () => {
    const ports = createPorts()
    const store = createStore<string>(ports, 1000)
    const key = store.put('value')
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
    ports.clock.nowMs = 999
    expect(store.find(key)).toBe('value')
    ports.clock.nowMs = 1000
    expect(store.find(key)).toBeUndefined()
    expect(store.take(key)).toBeUndefined()
  })

  it('gives a value away once', () => {
    const store = createStore<string>(createPorts(), 1000)
    const key = store.put('value')
    expect(store.take(key)).toBe('value')
    expect(store.take(key)).toBeUndefined()
    expect(store.find(key)).toBeUndefined()
  })

  it('forgets the oldest when it is full', () => {
    const store = createStore<number>(createPorts(), 1000, 3)
    const keys = [1, 2, 3, 4, 5].map(store.put)
    expect(keys.map(store.find)).toEqual([undefined, undefined, 3, 4, 5])
  })

  it('knows nothing of keys that objects are born with', () => {
    const store = createStore<string>(createPorts(), 1000)
    for (const key of ['', '__proto__', 'constructor']) expect(store.find(key)).toBeUndefined()
  })
})

describe('a random key', () => {
  it('is safe in a URL and in a cookie', () => {
    expect(randomKey({ random: (byteCount) => new Uint8Array(byteCount).fill(255) })).toMatch(/^[\w-]{43}$/)
  })
})

describe('the state of the gateway', () => {
  it('keeps a used assertion in mind, however many proofs come after it', () => {
    const { isFirstUse, isFirstProof } = createGatewayState(createPorts())
    isFirstUse('an assertion', 1000)
    for (let i = 0; i < 20_001; i++) isFirstProof(String(i), 1000)
    expect(isFirstUse('an assertion', 1000)).toBe(false)
  })
})
