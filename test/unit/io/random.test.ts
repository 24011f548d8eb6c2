// Random bytes, drawn in advance.
import { expect, test } from 'vitest'
import { createRandom } from '../../../src/io/random.ts'

test('no bytes are given out twice, over many draws', () => {
  const random = createRandom()
  const values = Array.from({ length: 1000 }, () => Buffer.from(random(32)).toString('hex'))
  expect(new Set(values).size).toBe(1000)
  expect(values.every((value) => value.length === 64 && !/^(00){16}|(00){16}$/.test(value))).toBe(true)
})

test('what was given out is not changed by what is given out later', () => {
  const random = createRandom()
  const first = random(32)
  const copy = Uint8Array.from(first)
  for (let i = 0; i < 1000; i++) random(7)
  expect(first).toEqual(copy)
})

test('two sources give different bytes', () => {
  expect(createRandom()(32)).not.toEqual(createRandom()(32))
})
