// What an authorization response says, once its state was compared.
import { expect, test } from 'vitest'
import { readCallback } from '../../../src/oauth/callback.ts'

const ours = {
  state: 'abcdef',
  issuers: ['https://a.example', 'https://a.example/'],
  isIssuerRequired: false,
}

test.each<[string, string, object]>([
  ['a code under our state', 'state=abcdef&code=c', { kind: 'code', code: 'c' }],
  ['a state of the same length', 'state=abcdeg&code=c', { kind: 'not-ours', reason: 'state_differs' }],
  ['an error under another state', 'state=x&error=e', { kind: 'not-ours', reason: 'state_differs' }],
  ['no state', 'code=c', { kind: 'not-ours', reason: 'state_missing' }],
  ['our state twice', 'state=abcdef&state=abcdef&code=c', { kind: 'not-ours', reason: 'state_doubled' }],
  ['either name of the issuer', 'state=abcdef&code=c&iss=https://a.example/', { kind: 'code' }],
  ['another issuer', 'state=abcdef&code=c&iss=https://b.example', { reason: 'issuer_differs' }],
  ['an error of another issuer', 'state=abcdef&error=e&iss=x', { reason: 'issuer_differs' }],
  ['an error', 'state=abcdef&error=e&error_description=d', { kind: 'error', error: 'e', description: 'd' }],
])('%s', (_, query, callback) => {
  expect(readCallback(new URLSearchParams(query), ours)).toMatchObject(callback)
})

test('an issuer that was announced has to be there', () => {
  const announced = { ...ours, isIssuerRequired: true }
  expect(readCallback(new URLSearchParams('state=abcdef&code=c'), announced)).toMatchObject({
    reason: 'issuer_missing',
  })
})
