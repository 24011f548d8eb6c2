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
  [200, `${isTrue},"code":"SUCCESSFUL"}`, 'verified'],
  [200, `${isTrue},"code":"200"}`, 'verified'],
  [200, `${isTrue},"code":"0","httpCode":204,"error":false}`, 'verified'],
  [200, `${isFalse},"status":"not failed","statusCode":"1500"}`, 'mismatch'],
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
  [200, `${isFalse},"code":"2X0"}`],
  [200, `${isFalse},"code":"20X"}`],
  [200, `${isFalse},"code":"unsuccessful"}`],
  [200, `${isFalse},"status":"fail"}`],
  [200, `${isFalse},"status":"Failure"}`],
  [200, `${isFalse},"statusCode":"403"}`],
  [200, `${isFalse},"httpCode":500}`],
  [200, `${isTrue},"exception":{}}`],
  [200, `${isFalse},"Error":"timeout"}`],
  [200, `${isFalse},"ErrorMessage":"timeout"}`],
  [200, `${isFalse},"error-code":"E1"}`],
  [200, `${isFalse},"Code":"TIMEOUT"}`],
  [200, `${isFalse},"status_code":504}`],
  [200, `${isFalse},"StatusCode":504}`],
  [200, `${isTrue},"error":true}`],
  [200, '{"devicePhoneNumberVerified":null}'],
  [200, '{"devicePhoneNumberVerified":"true"}'],
  [200, '{"devicePhoneNumberVerified":1}'],
  [200, `${isTrue},"devicePhoneNumberVerified":true}`],
  [200, `{"devicePhoneNumberVerified":false,${isTrue.slice(1)}}`],
  [200, '{}'],
  [200, 'true'],
  [200, `[${isTrue}}]`],
  [200, `{"data":${isTrue}}}`],
])('HTTP %i %s is no verdict', (status, text) => {
  expect(readVerifyAnswer(status, text)).toEqual({ undetermined: expect.stringMatching(/\S/) as string })
})

test('a number beside an error is no answer', () => {
  const text = '{"devicePhoneNumber":"+34600000001","code":"INTERNAL"}'
  expect(readNumberAnswer(200, text)).toEqual({ undetermined: 'devicePhoneNumber beside an error (code)' })
})

test.each<[string, object]>([
  ['{"devicePhoneNumber":"+34600000001"}', { phoneNumber: '+34600000001' }],
  [
    '{"devicePhoneNumber":"34600000001"}',
    { undetermined: 'devicePhoneNumber is a string, not a phone number with its +' },
  ],
  [
    '{"devicePhoneNumber":34600000001}',
    { undetermined: 'devicePhoneNumber is a large number, not a phone number with its +' },
  ],
  [
    '{"devicePhoneNumber":"+34600000001","devicePhoneNumber":"+34600000002"}',
    { undetermined: 'devicePhoneNumber more than once' },
  ],
  ['{"phoneNumber":"+34600000001"}', { undetermined: 'a JSON object without devicePhoneNumber' }],
  ['<html>', { undetermined: 'an HTML page' }],
])('%s names a number, or does not', (text, answer) => {
  expect(readNumberAnswer(200, text)).toEqual(answer)
  expect(readNumberAnswer(203, text)).toEqual({ undetermined: 'HTTP 203' })
})
