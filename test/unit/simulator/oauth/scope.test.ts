// The rules of the scope, form by form.
import { describe, expect, it } from 'vitest'
import { findScopeProblem, holdsOperation } from '../../../../src/simulator/oauth/scope.ts'

const purpose = 'dpv:FraudPreventionAndDetection'

describe('a scope that is good', () => {
  it.each([
    `${purpose}#number-verification-verify-read`,
    `${purpose}#number-verification-share-read`,
    `${purpose}#number-verification-verify-read ${purpose}#number-verification-share-read`,
    `${purpose} number-verification:verify`,
    `number-verification:verify ${purpose}`,
    `openid ${purpose} number-verification:verify`,
    `openid ${purpose}#number-verification-verify-read`,
    'dpv:ServiceProvision number-verification:device-phone-number:read',
    `${purpose} number-verification:verify number-verification:device-phone-number:read`,
    `${purpose}  number-verification:verify`,
  ])('%s', (scope) => {
    expect(findScopeProblem(scope)).toBeNull()
  })
})

describe('a scope that is not, and the cause', () => {
  it.each([
    [undefined, 'missing'],
    ['openid', 'no purpose'],
    ['number-verification:verify', 'no purpose'],
    [`${purpose} dpv:ServiceProvision number-verification:verify`, 'two purposes'],
    [
      `${purpose}#number-verification-verify-read dpv:ServiceProvision#number-verification-share-read`,
      'two purposes',
    ],
    ['dpv: number-verification:verify', 'one word'],
    ['dpv:#number-verification-verify-read', 'one word'],
    ['dpv:Fraud+Prevention number-verification:verify', 'one word'],
    [purpose, 'encoded as %23'],
    [`openid ${purpose}`, 'encoded as %23'],
    [`${purpose}%23number-verification-verify-read`, 'encoded twice'],
    [`${purpose}%20number-verification:verify`, 'encoded twice'],
    [`${purpose}#number-verification:verify`, 'use a space'],
    [`${purpose} number-verification-verify-read`, 'use #'],
    [`${purpose}#number-verification-verify-read number-verification:verify`, 'two forms'],
    [`${purpose}#sim-swap`, 'Number Verification does not have'],
    [`${purpose}#`, 'Number Verification does not have'],
    [`${purpose} sim-swap:check`, 'Number Verification does not have'],
    [`${purpose}\tnumber-verification:verify`, 'one word'],
    [`${purpose} Number-Verification:Verify`, 'Number Verification does not have'],
  ])('%s: %s', (scope, cause) => {
    expect(findScopeProblem(scope)).toEqual({
      error: 'invalid_scope',
      description: expect.stringContaining(cause) as string,
    })
  })
})

describe('a granted scope', () => {
  it('holds the operations it names, in their form', () => {
    expect(
      holdsOperation(`${purpose}#number-verification-verify-read`, 'number-verification-verify-read'),
    ).toBe(true)
    expect(
      holdsOperation(`${purpose}#number-verification-verify-read`, 'number-verification-share-read'),
    ).toBe(false)
    expect(holdsOperation(`${purpose} number-verification:verify`, 'number-verification:verify')).toBe(true)
    expect(
      holdsOperation(`${purpose} number-verification:device-phone-number:read`, 'number-verification:verify'),
    ).toBe(false)
  })
})
