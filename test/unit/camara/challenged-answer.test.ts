// A verdict beside a challenge that names an error is no answer, whatever it is.
import { expect, test } from 'vitest'
import { readNumberAnswer, readVerifyAnswer } from '../../../src/camara/api.ts'

const challenge = 'Bearer realm="api", error="invalid_token"'

test.each([true, false])('%s', (devicePhoneNumberVerified) => {
  const text = JSON.stringify({ devicePhoneNumberVerified })

  expect(readVerifyAnswer(200, text, challenge)).toEqual({
    undetermined: 'devicePhoneNumberVerified beside an error (WWW-Authenticate)',
  })
  expect(readVerifyAnswer(200, text, 'Bearer realm="api"')).toBe(
    devicePhoneNumberVerified ? 'verified' : 'mismatch',
  )
})

test('a number', () => {
  const text = '{"devicePhoneNumber":"+34600000001"}'

  expect(readNumberAnswer(200, text, challenge)).toHaveProperty('undetermined')
})
