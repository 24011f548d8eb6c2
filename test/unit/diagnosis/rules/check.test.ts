// What a check notes: from what was recorded alone.
import { describe, expect, it, test } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import { isAboutCode } from '../../../../src/diagnosis/rules/check.ts'
import type { Exchange } from '../../../../src/run/recording.ts'
import { exchangeOf, recordingOf, type SimpleExchange, startedAtMs } from '../../../support/recording.ts'

const codes = (exchanges: readonly Exchange[], command = 'check') =>
  diagnose(recordingOf({ command, exchanges })).map(({ code }) => code)

const dayMs = 24 * 60 * 60 * 1000
const withCertificate = (days: number): SimpleExchange => ({
  status: 302,
  connection: {
    localAddress: '10.0.0.2',
    remoteAddress: '192.0.2.1:443',
    protocol: 'http/1.1',
    proxy: null,
    certificate: {
      subject: 'gateway.example',
      issuer: 'A',
      root: null,
      validFrom: new Date(startedAtMs - dayMs).toISOString(),
      validTo: new Date(startedAtMs + days * dayMs + 1000).toISOString(),
    },
  },
})

describe('a certificate', () => {
  it.each([
    [0, true],
    [13, true],
    [14, false],
    [90, false],
  ])('with %d days left is worth a warning: %s', (days, isNoted) => {
    const found = codes([exchangeOf('authorize', withCertificate(days))])
    expect(found.includes('certificate_ends_soon')).toBe(isNoted)
  })

  it('is worth none in a run', () => {
    expect(codes([exchangeOf('authorize', withCertificate(3))], 'verify')).toEqual([])
  })
})

test.each([
  [600, {}, true],
  [-45, {}, true],
  [10, {}, false],
  [600, { age: '600' }, false],
])('a clock that is %d s ahead, under %j, is worth a warning: %s', (skewSeconds, headers, isNoted) => {
  const found = codes([exchangeOf('authorize', { status: 302, skewSeconds, headers })])
  expect(found.includes('clock_apart')).toBe(isNoted)
})

describe('a refusal at the token endpoint is about what was traded in', () => {
  const is = (body: unknown) => isAboutCode(exchangeOf('token', { status: 400, body }))
  it.each([
    [{ error: 'invalid_grant' }],
    [{ error: 'invalid_request', error_description: 'The authorization code is invalid.' }],
    [{ error: 'invalid_request', error_description: 'Unknown auth_req_id' }],
    [{ code: 'INVALID_ARGUMENT', message: 'authorization_code not found' }],
    [{ message: 'Code expired' }],
    [{ httpMessage: 'Bad Request', moreInformation: 'invalid code' }],
  ])('%j', (body) => expect(is(body)).toBe(true))

  it.each([
    [{ error: 'invalid_client' }],
    [{ error: 'invalid_request' }],
    [{ error: 'invalid_request', error_description: 'code_verifier is invalid' }],
    [{ error: 'invalid_request', error_description: 'code_challenge_method not valid' }],
    [{ message: 'Bad request', code: 'ERR', statusCode: 400 }],
    [{ message: 'Unknown error code' }],
    ['<html><title>Error code 400</title></html>'],
    [''],
  ])('not %j', (body) => expect(is(body)).toBe(false))
})
