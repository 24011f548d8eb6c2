// A verdict is a JSON boolean under 200, and nothing beside it says that something went wrong.
import { expect, it } from 'vitest'
import { readVerifyAnswer } from '../../../src/camara/api.ts'

it.each<[object, string]>([
  [{}, 'mismatch'],
  [{ x: 1 }, 'mismatch'],
  [{ code: null, error: '', errors: [] }, 'mismatch'],
  [{ status: 200, code: 'OK' }, 'mismatch'],
  [{ code: 'TIMEOUT', status: 504 }, 'undetermined'],
  [{ status: 504 }, 'undetermined'],
  [{ error: 'operator_unreachable' }, 'undetermined'],
  [{ error: { code: 1 } }, 'undetermined'],
  [{ errors: [1] }, 'undetermined'],
  [{ fault: { faultstring: 'x' } }, 'undetermined'],
  [{ errorCode: 'E1' }, 'undetermined'],
])('false beside %j is %s', (beside, expected) => {
  const answer = readVerifyAnswer(200, JSON.stringify({ devicePhoneNumberVerified: false, ...beside }))
  expect(typeof answer === 'object' ? 'undetermined' : answer).toBe(expected)
})
