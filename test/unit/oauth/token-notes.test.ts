// What a token response allows that it should not: this response, these codes.
import { expect, it, test } from 'vitest'
import { type AskedToken, noteTokenResponse, objectToToken } from '../../../src/oauth/token-notes.ts'

const scope = 'openid dpv:FraudPreventionAndDetection number-verification:verify'
const good = { access_token: 'a', token_type: 'Bearer', expires_in: 300 }

/** Notes what is odd about a response, and at the end what a strict client objects to. */
async function review(response: unknown, asked: Partial<AskedToken> = {}, status = 200) {
  const headers = new Headers({ 'content-type': 'application/json' })
  const text = JSON.stringify(response)
  const notes = noteTokenResponse(text, { scope, usesDpop: false, expectsIdToken: false, ...asked })
  const message = await objectToToken({ status, headers, text })
  return message === null ? notes : [...notes, { code: 'token_response_irregular', facts: { message } }]
}

it.each<[string, object, string[]]>([
  ['nothing wrong', {}, []],
  ['a type in lower case', { token_type: 'bearer' }, []],
  ['no type', { token_type: undefined }, ['token_type_missing']],
  ['a type that is null', { token_type: null }, ['token_type_missing']],
  ['an empty type', { token_type: '' }, ['token_type_missing']],
  ['a type that nobody asked for', { token_type: 'DPoP' }, ['token_response_irregular']],
  ['a type of its own', { token_type: 'mac' }, ['token_response_irregular']],
  ['no expires_in', { expires_in: undefined }, []],
  ['299 s', { expires_in: 299 }, []],
  ['301 s', { expires_in: 301 }, ['token_lives_long']],
  ['an hour', { expires_in: 3600 }, ['token_lives_long']],
  ['0 s', { expires_in: 0 }, ['expires_in_unusable']],
  ['-1 s', { expires_in: -1 }, ['expires_in_unusable']],
  ['"300"', { expires_in: '300' }, ['expires_in_unusable']],
  ['null s', { expires_in: null }, ['expires_in_unusable']],
  ['"soon"', { expires_in: 'soon' }, ['expires_in_unusable']],
  ['a refresh token', { refresh_token: 'r' }, ['refresh_token_given']],
  ['a refresh token that is null', { refresh_token: null }, ['token_response_irregular']],
  [
    'a refresh token that is a number',
    { refresh_token: 7 },
    ['refresh_token_given', 'token_response_irregular'],
  ],
  ['the same scope', { scope }, []],
  ['the same scope in another order', { scope: scope.split(' ').toReversed().join(' ') }, []],
  ['the same scope without openid', { scope: scope.replace('openid ', '') }, []],
  ['less scope', { scope: 'openid number-verification:verify' }, ['scope_differs']],
  ['more scope', { scope: `${scope} other` }, ['scope_differs']],
  ['an empty scope', { scope: '' }, []],
  ['a scope that is a list', { scope: [scope] }, ['token_response_irregular']],
  [
    'all of it at once',
    { token_type: undefined, expires_in: 3600, refresh_token: 'r', scope: 'x' },
    ['token_type_missing', 'token_lives_long', 'refresh_token_given', 'scope_differs'],
  ],
])('%s', async (_, changes, codes) => {
  expect((await review({ ...good, ...changes })).map(({ code }) => code)).toEqual(codes)
})

it.each<[string, object, Partial<AskedToken>, string[]]>([
  ['no ID token though one was asked for', {}, { expectsIdToken: true }, ['id_token_missing']],
  ['no ID token, and none was asked for', {}, { expectsIdToken: true, scope: 'x' }, []],
  ['an ID token, whatever is in it', { id_token: 'x' }, { expectsIdToken: true }, []],
  ['a Bearer token in place of a bound one', {}, { usesDpop: true }, ['dpop_not_used']],
  ['a bound token', { token_type: 'DPoP' }, { usesDpop: true }, []],
  ['a bound token in lower case', { token_type: 'dpop' }, { usesDpop: true }, []],
  ['DPoP and no type', { token_type: undefined }, { usesDpop: true }, ['token_type_missing']],
])('%s', async (_, changes, asked, codes) => {
  expect((await review({ ...good, ...changes }, asked)).map(({ code }) => code)).toEqual(codes)
})

test('a strict client objects to 201', async () => {
  expect((await review(good, {}, 201)).map(({ code }) => code)).toEqual(['token_response_irregular'])
})

test('the difference of scopes is shown from both sides', async () => {
  const [note] = await review({ ...good, scope: 'number-verification:verify other:read' })
  expect(note?.facts).toEqual({
    scope,
    granted: 'number-verification:verify other:read',
    missing: 'dpv:FraudPreventionAndDetection',
    added: 'other:read',
  })
})

test('a text that is no number is not quoted: it may be a secret', async () => {
  const [note] = await review({ ...good, expires_in: 'canary-token' })
  expect(note?.facts).toEqual({ found: 'a string' })
})
