// Every finding can be explained by its code alone, in words that hold for any gateway.
import { describe, expect, it, test } from 'vitest'
import { catalogue } from '../../../src/diagnosis/catalogue.ts'
import { codeNames, explainAll, explainCode } from '../../../src/diagnosis/explain.ts'
import { findSimilar } from '../../../src/wire/similar.ts'

test('every code is in one theme, and no other', () => {
  expect(explainAll().map(({ code }) => code)).toEqual(Object.keys(catalogue))
})

describe('the words are general and whole', () => {
  it.each(explainAll().map((explanation) => [explanation.code, explanation] as const))(
    '%s',
    (_, explanation) => {
      const { title, cause, fix } = explanation
      for (const text of [title, cause, fix]) {
        expect(text).not.toMatch(/^(the|it|its|a) /)
        expect(text).not.toMatch(/HTTP \d|undefined|\bnull\b|\[object|the gateway the gateway/)
      }
      expect(cause).not.toBe('')
      expect(fix).not.toBe('')
    },
  )
})

test.each([
  ['invalid_grant', 'invalid_grant'],
  ['INVALID_TOKEN_CONTEXT', 'invalid_token_context'],
  [
    'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
    'user_not_authenticated_by_mobile_network',
  ],
])('%s is found', (name, code) => {
  expect(explainCode(name)?.code).toBe(code)
})

test.each([
  ['invalid_gant', 'invalid_grant'],
  ['redirect_uri', 'redirect_uri_plain'],
  ['pkce', 'pkce_missing'],
])('%s comes near %s', (name, code) => {
  expect(explainCode(name)).toBeNull()
  expect(findSimilar(name, codeNames())).toContain(code)
})

test.each(['', 'zzzzzz', '__proto__', 'x'.repeat(10_000)])('nothing comes near %.10s', (name) => {
  expect(explainCode(name)).toBeNull()
  expect(findSimilar(name, codeNames())).toEqual([])
})
