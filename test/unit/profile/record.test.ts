// A profile as its file holds it.
import { expect, it } from 'vitest'
import { listProfiles, readRecord, writeRecord } from '../../../src/profile/record.ts'

it('is taken apart and put together again', () => {
  const stored = { preset: 'sandbox', later: { unknown: true }, secretEntry: 'a#1' }
  expect(readRecord(stored)).toEqual({
    settings: { preset: 'sandbox', later: { unknown: true } },
    secretEntry: 'a#1',
  })
  expect(writeRecord(readRecord(stored))).toEqual(stored)
})

it('is written without what it does not have', () => {
  expect(writeRecord({ settings: { preset: undefined }, secretEntry: null })).toEqual({})
})

it('takes nothing that is not what nv writes for the place of a secret', () => {
  expect(readRecord({ secretEntry: { a: 1 } }).secretEntry).toBeNull()
})

it('is listed by its name, in the order of the file', () => {
  const profiles = { beta: {}, acme: { preset: 'sandbox' } }
  expect([...listProfiles({ default: null, profiles })]).toEqual([
    ['beta', { settings: {}, secretEntry: null }],
    ['acme', { settings: { preset: 'sandbox' }, secretEntry: null }],
  ])
})
