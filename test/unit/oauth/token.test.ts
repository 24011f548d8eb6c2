// A token response, read leniently.
import { expect, it, test } from 'vitest'
import { buildTokenRequest, readTokenAnswer } from '../../../src/oauth/token.ts'

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

test('what a token brings is read, and every secret in it is named', () => {
  const members = { access_token: 'a', id_token: 'i', refresh_token: 'r', token_type: 'Bearer', scope: 's' }
  expect(readTokenAnswer(201, JSON.stringify(members))).toEqual({
    kind: 'token',
    accessToken: 'a',
    tokenType: 'Bearer',
    scope: 's',
    idToken: 'i',
    secrets: ['a', 'i', 'r'],
  })
  expect(readTokenAnswer(200, ' access_token=a%20b \n')).toMatchObject({
    accessToken: 'a b',
    secrets: ['a b'],
  })
})

test.each([199, 300, 302, 400, 401, 500])('under HTTP %i there is no token', (status) => {
  expect(readTokenAnswer(status, '{"access_token":"a"}').kind).toBe('unreadable')
})

test.each<[string, object]>([
  ['{"error":"e","error_description":"d"}', { kind: 'error', error: 'e', description: 'd' }],
  [
    '{"access_token":"a\u00e9"}',
    { kind: 'unreadable', found: 'an access_token with characters that no header can carry' },
  ],
  [String.raw`{"access_token":"a\nb"}`, { kind: 'unreadable' }],
  ['{}', { kind: 'unreadable', found: 'a JSON object with neither access_token nor error' }],
  ['{"message":"m","code":"c"}', { kind: 'unreadable', found: 'm' }],
  ['{"code":"c"}', { kind: 'unreadable', found: 'c' }],
  ['', { kind: 'unreadable', found: 'an empty body' }],
  ['a word access_token=a', { kind: 'unreadable' }],
])('%s', (text, answer) => {
  expect(readTokenAnswer(200, text)).toMatchObject(answer)
})

test('a request holds its parameters without those that are undefined, and goes where it is authenticated for', async () => {
  const seen: unknown[] = []
  const request = await buildTokenRequest({
    tokenUrl: 'https://a.example/token',
    parameters: { grant_type: 'x', code: 'a b', redirect_uri: undefined },
    authenticate: ({ url, headers, body }) => {
      seen.push(url)
      headers['authorization'] = 'Basic x'
      body.set('client_id', 'c')
    },
  })
  expect(seen).toEqual(['https://a.example/token'])
  expect(request).toEqual({
    method: 'POST',
    url: 'https://a.example/token',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: 'Basic x',
    },
    body: 'grant_type=x&code=a+b&client_id=c',
  })
})
