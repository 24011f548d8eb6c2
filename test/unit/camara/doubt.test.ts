// A verdict beside a failure, in two spellings or about another number is none, and what reads like one is left alone.
import { describe, expect, test } from 'vitest'
import { readNumberAnswer, readVerifyAnswer } from '../../../src/camara/api.ts'
import { contradictionIn } from '../../../src/camara/doubt.ts'
import { hashPhoneNumber } from '../../../src/camara/phone-number.ts'

const isTrue = { devicePhoneNumberVerified: true }
const isFalse = { devicePhoneNumberVerified: false }

describe('what stands beside a verdict', () => {
  test.each<[object]>([
    [{ ...isFalse, success: false }],
    [{ ...isTrue, ok: false }],
    [{ ...isFalse, isSuccessful: 'false' }],
    [{ ...isFalse, resultCode: 'E1001', resultMessage: 'HLR timeout' }],
    [{ ...isFalse, responseCode: 500 }],
    [{ ...isFalse, result: 'FAILURE' }],
    [{ ...isFalse, verificationStatus: 'UNKNOWN' }],
    [{ ...isFalse, details: { errorCode: 'TIMEOUT' } }],
    [{ ...isFalse, operators: [{ name: 'one', error: { code: 7 } }] }],
    [{ ...isFalse, message: 'Could not determine the subscriber' }],
    [{ ...isTrue, code: 'NO_MATCH' }],
    [{ ...isFalse, meta: { verificationResult: 'VERIFIED' } }],
    [{ ...isFalse, result: { status: { code: 'E7' } } }],
    [{ ...isTrue, DevicePhoneNumberVerified: false }],
    [{ ...isTrue, meta: { device_phone_number_verified: false } }],
  ])('%j is no answer', (body) => {
    expect(readVerifyAnswer(200, JSON.stringify(body))).toEqual({
      undetermined: expect.stringMatching(/^devicePhoneNumberVerified beside /) as string,
    })
  })

  test.each<[object]>([
    [{ ...isTrue, errorCode: 0, errorMessage: null }],
    [{ ...isTrue, errorCode: '0000', error: 'none' }],
    [{ ...isTrue, success: true, result: 'MATCH', resultCode: 1000 }],
    [{ ...isTrue, countryCode: 'ES', message: 'The number was verified' }],
    [{ ...isTrue, meta: { code: 200, status: 'OK' }, links: [] }],
    [{ ...isTrue, country: { code: 'ES' }, carrier: { code: 'MOVISTAR', status: 'unknown' } }],
    [{ ...isTrue, operator: { code: 404, name: 'IN' }, network: { code: 460 } }],
    [{ ...isTrue, code: 'MATCH', result: { outcome: 'verified' } }],
    [{ ...isTrue, error: {}, errors: [], errorMessage: 'N/A', fault: 'null' }],
  ])('%j is one', (body) => {
    expect(readVerifyAnswer(200, JSON.stringify(body))).toBe('verified')
  })

  test('a number beside a failure is no answer', () => {
    const text = JSON.stringify({ devicePhoneNumber: '+34600000001', success: false })
    expect(readNumberAnswer(200, text)).toHaveProperty('undetermined')
  })
})

describe('the numbers that an answer names', () => {
  const phoneNumber = '+34600000001'
  const find = async (object: Record<string, unknown>, isVerified: boolean) =>
    contradictionIn(object, { phoneNumber, hash: await hashPhoneNumber(phoneNumber), isVerified })

  test.each<[Record<string, unknown>, boolean, string]>([
    [{ phoneNumber: '+34600000002' }, true, 'phoneNumber'],
    [{ phone_number: '34600000002' }, false, 'phone_number'],
    [{ hashedPhoneNumber: 'a'.repeat(64) }, true, 'hashedPhoneNumber'],
    [{ devicePhoneNumber: '+34600000002' }, true, 'devicePhoneNumber'],
    [{ msisdn: '34600000002' }, true, 'msisdn'],
  ])('%j contradicts the verdict %s', async (object, isVerified, member) => {
    expect(await find(object, isVerified)).toBe(member)
  })

  test.each<[Record<string, unknown>, boolean]>([
    [{ phoneNumber: '+34600000001' }, true],
    [{ phoneNumber: '600 000 001' }, false],
    [{ phoneNumber: '+34*****01', msisdn: '' }, true],
    [{ devicePhoneNumber: '+34600000002' }, false],
    [{ msisdn: '34600000001' }, false],
    [{ phoneNumber: null, other: '+34600000002' }, true],
  ])('%j does not contradict the verdict %s', async (object, isVerified) => {
    expect(await find(object, isVerified)).toBeNull()
  })

  test('the hash of the number is the number', async () => {
    const hashedPhoneNumber = (await hashPhoneNumber(phoneNumber)).toUpperCase()
    expect(await find({ hashedPhoneNumber }, true)).toBeNull()
  })
})
