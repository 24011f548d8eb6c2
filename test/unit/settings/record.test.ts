// A profile as its file holds it.
import { expect, it } from 'vitest'
import { isProfile, listProfiles, readRecord, writeRecord } from '../../../src/settings/record.ts'

it('is taken apart and put together again', () => {
  const stored = { preset: 'sandbox', later: { unknown: true }, secretEntry: 'a#1', spareEntries: ['a#0'] }
  expect(readRecord(stored)).toEqual({
    settings: { preset: 'sandbox', later: { unknown: true } },
    secretEntry: 'a#1',
    spareEntries: ['a#0'],
  })
  expect(writeRecord(readRecord(stored))).toEqual(stored)
})

it('is written without what it does not have', () => {
  expect(writeRecord({ settings: { preset: undefined }, secretEntry: null, spareEntries: [] })).toEqual({})
})

it('takes nothing that is not what nv writes for the place of a secret', () => {
  expect(readRecord({ secretEntry: { a: 1 }, spareEntries: 'a' })).toMatchObject({
    secretEntry: null,
    spareEntries: [],
  })
  expect(readRecord({ spareEntries: ['a', 1, null] }).spareEntries).toEqual(['a'])
})

it('is no profile when it only notes entries to be removed', () => {
  expect(isProfile({ spareEntries: ['a#1'] })).toBe(false)
  expect(isProfile({ preset: 'generic', spareEntries: ['a#1'] })).toBe(true)
  expect(isProfile({})).toBe(true)
  const profiles = { gone: { spareEntries: ['gone#1'] }, acme: { preset: 'sandbox' } }
  expect([...listProfiles({ default: null, profiles }).keys()]).toEqual(['acme'])
})
