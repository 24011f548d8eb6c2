// Only a JSON boolean alone is a verdict.
import { expect, test } from 'vitest'
import { readNumberAnswer, readVerifyAnswer } from '../../../src/camara/api.ts'

const isTrue = '{"devicePhoneNumberVerified":true'
const isFalse = '{"devicePhoneNumberVerified":false'

test.each([
  [200, `${isTrue}}`, 'verified'],
  [200, `${isFalse}}`, 'mismatch'],
  [200, `${isTrue},"code":"OK","status":200}`, 'verified'],
  [200, `${isFalse},"code":"","error":null,"errors":[]}`, 'mismatch'],
  [200, `${isTrue},"message":"matched","status":"active"}`, 'verified'],
])('HTTP %i %s is %s', (status, text, verdict) => {
  expect(readVerifyAnswer(status, text)).toBe(verdict)
})

test.each([
  [504, `${isFalse}}`],
  [201, `${isTrue}}`],
  [200, `${isFalse},"code":"TIMEOUT","status":504}`],
  [200, `${isFalse},"status":504}`],
  [200, `${isFalse},"status":"error"}`],
  [200, `${isFalse},"error":"timeout"}`],
  [200, `${isFalse},"error":{"code":1}}`],
  [200, `${isTrue},"errors":["x"]}`],
  [200, `${isFalse},"fault":{"faultstring":"x"}}`],
  [200, `${isFalse},"code":500}`],
  [200, `[${isTrue}}]`],
  [200, `{"data":${isTrue}}}`],
])('HTTP %i %s is no verdict', (status, text) => {
  expect(readVerifyAnswer(status, text)).toHaveProperty('undetermined')
})

test('a number beside an error is no answer', () => {
  const text = '{"devicePhoneNumber":"+34600000001","code":"INTERNAL"}'
  expect(readNumberAnswer(200, text)).toEqual({ undetermined: 'devicePhoneNumber beside an error (code)' })
})
