// A token response, read for one who is not strict.
import { expect, it } from 'vitest'
import { readTokenAnswer } from '../../../src/oauth/token.ts'

it.each<[string, string, 'token' | 'error' | 'unreadable']>([
  ['JSON', '{"access_token":"a"}', 'token'],
  ['a form', 'access_token=a&token_type=bearer', 'token'],
  ['a form with the token last', 'expires_in=300&access_token=a', 'token'],
  ['a form without a token', 'x=y&z=1', 'unreadable'],
  ['a form with an empty token', 'access_token=&x=1', 'unreadable'],
  ['a page that speaks of one', '<p>access_token=a</p>', 'unreadable'],
  ['an error', '{"error":"invalid_grant"}', 'error'],
  ['a list', '[1]', 'unreadable'],
])('%s', (_, text, kind) => {
  expect(readTokenAnswer(200, text).kind).toBe(kind)
})
