// An unknown code, or a fact that is missing or wrong, does not compile: tsc checks each expectation below.
import { expect, test } from 'vitest'
import { catalogue } from '../../../src/diagnosis/catalogue.ts'
import { finding } from '../../../src/diagnosis/finding.ts'

test('codes and facts are checked by tsc', () => {
  const place = { step: 'token' } as const
  const facts = { host: 'h', seconds: 3600 }
  expect(finding('token_lives_long', place, facts).code).toBe('token_lives_long')
  const mistakes: ReadonlyArray<() => unknown> = [
    // @ts-expect-error: there is no such code
    () => finding('token_lives_forever', place, facts),
    // @ts-expect-error: a fact is missing
    () => finding('token_lives_long', place, { host: 'h' }),
    // @ts-expect-error: a fact is of the wrong type
    () => finding('token_lives_long', place, { host: 'h', seconds: 'long' }),
    // @ts-expect-error: all facts are missing
    () => finding('token_lives_long', place),
    // @ts-expect-error: the entry takes no facts
    () => finding('state_given', place, facts),
    // @ts-expect-error: there is no such step
    () => finding('token_lives_long', { step: 'tokens' }, facts),
  ]
  expect(mistakes).toHaveLength(6)
})

test('codes are written as they always were', () => {
  for (const code of Object.keys(catalogue)) expect(code).toMatch(/^[a-z0-9_]+$/)
})
