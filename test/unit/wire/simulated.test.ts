// Which numbers a mock answers about at random.
import { expect, test } from 'vitest'
import { isRandomVerdict, mockLine } from '../../../src/wire/simulated.ts'

test.each(['+34600000001', '+34600000002', '+9990000000011'])('%s has a verdict of its own', (number) => {
  expect(isRandomVerdict(number)).toBe(false)
})

test.each(['+34600000000', '+34600000003', '+34600000019', '+34600000010', ''])(
  'the verdict on "%s" is random',
  (number) => {
    expect(isRandomVerdict(number)).toBe(true)
  },
)

test('a hash hides the number, unless it is that of the line', () => {
  expect(isRandomVerdict(mockLine, { isHashed: true })).toBe(false)
  expect(isRandomVerdict('+34600000011', { isHashed: true })).toBe(true)
  expect(isRandomVerdict('+34600000011', { isHashed: true, line: '+34600000011' })).toBe(false)
  expect(isRandomVerdict('+34600000013', { isHashed: true, line: '+34600000013' })).toBe(true)
})
