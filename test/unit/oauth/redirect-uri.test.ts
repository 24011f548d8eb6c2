// What a redirect differs in from the redirect_uri that it was meant for.
import { describe, expect, test } from 'vitest'
import { describeDifference, isRedirectTo } from '../../../src/oauth/redirect-uri.ts'

const registered = 'https://app.example/callback'

describe('no difference is named', () => {
  test.each([
    ['the redirect_uri itself', registered, registered],
    ['with the response added', registered, `${registered}?code=x&state=y`],
    ['with its default port', registered, 'https://APP.example:443/callback?code=x'],
    ['beside what was registered', `${registered}?tenant=1`, `${registered}?tenant=1&code=x`],
    ['with a fragment that means nothing', registered, `${registered}?code=x&state=y#_=_`],
    ['with a question mark in a value', registered, `${registered}?code=a?b&state=y`],
    ['of an app', 'com.example.app://callback', 'com.example.app://callback?code=x'],
  ])('%s', (_what, redirectUri, location) => {
    expect(describeDifference(redirectUri, location)).toBeNull()
    expect(isRedirectTo(redirectUri, new URL(location))).toBe(true)
  })

  test.each([
    ['a hop elsewhere', 'https://operator.example/login?state=y'],
    ['the scheme of another app', 'com.example.app://callback?code=x'],
    ['what can not be read', 'https://[::1'],
    ['what is not absolute', '/callback/?code=x'],
  ])('%s', (_what, location) => {
    expect(describeDifference(registered, location)).toBeNull()
  })

  test('a redirect_uri that can not be read', () => {
    expect(describeDifference('', registered)).toBeNull()
  })
})

describe('a difference is named', () => {
  test.each([
    ['slash', registered, `${registered}/?code=x`],
    ['slash', `${registered}/`, `${registered}?code=x`],
    ['slash', registered, 'https://app.example//callback?code=x'],
    ['slash', registered, `${registered}%2F?code=x`],
    ['slash', 'https://app.example/a/b', 'https://app.example/a//b?code=x'],
    ['case', registered, 'https://app.example/Callback?code=x'],
    ['case', registered, 'https://app.example/CALLBACK/?code=x'],
    ['encoding', registered, 'https://app.example/%63allback?code=x'],
    ['path', registered, 'https://app.example/oauth/callback?code=x'],
    ['path', registered, `${registered}/done?code=x`],
    ['path', registered, 'https://app.example/?code=x'],
    ['path', 'https://app.example/nv/callback', `${registered}?code=x`],
    ['host', registered, 'https://www.app.example/callback?code=x'],
    ['host', 'https://www.app.example/callback', `${registered}?code=x`],
    ['host', registered, 'https://app.example./callback?code=x'],
    ['host', registered, 'https://app.exampel/callback?code=x'],
    ['host', registered, 'https://localhost/callback?code=x'],
    ['host', 'http://localhost:3000/callback', 'http://127.0.0.1:3000/callback?code=x'],
    ['host', 'http://127.0.0.1:3000/callback', 'http://[::1]:3000/callback?code=x'],
    ['port', registered, 'https://app.example:8443/callback?code=x'],
    ['port', 'http://localhost:3000/callback', 'http://localhost/callback?code=x'],
    ['scheme', registered, 'http://app.example/callback?code=x'],
    ['scheme', 'http://localhost:3000/callback', 'https://localhost:3000/callback?code=x'],
    ['user name', registered, 'https://code@app.example/callback'],
    ['user name', registered, 'https://:code@app.example/callback'],
    ['second question mark', `${registered}?tenant=1`, `${registered}?tenant=1?code=x&state=y`],
    ['second question mark', registered, `${registered}??code=x&state=y`],
    ['fragment', registered, `${registered}#code=x&state=y`],
    ['fragment', registered, `${registered}?#error=access_denied`],
    ['query', `${registered}?tenant=1`, `${registered}?code=x`],
    ['query', `${registered}?tenant=1`, `${registered}?tenant=2&code=x`],
    ['host', 'com.example.app://callback', 'com.example.app://other?code=x'],
    ['host', 'com.example.app://callback', 'com.example.app:/callback?code=x'],
  ])('%s: %s and %s', (difference, redirectUri, location) => {
    expect(describeDifference(redirectUri, location)).toBe(difference)
  })

  test('in an address that was redacted', () => {
    expect(describeDifference(registered, `${registered}/?code=<redacted>&state=<redacted>`)).toBe('slash')
  })
})

test.each([
  ['https://app.example/callback?code=x', true],
  ['https://app.example/callback', true],
  ['http://app.example/callback?code=x', false],
  ['https://app.example:8443/callback?code=x', false],
  ['https://other.example/callback?code=x', false],
  ['https://app.example.evil.example/callback', false],
  ['https://app.example/callback/?code=x', false],
  ['https://app.example/Callback?code=x', false],
  ['https://user@app.example/callback?code=x', false],
  ['https://:password@app.example/callback?code=x', false],
])('the response to https://app.example/callback comes by %s: %s', (location, isOurs) => {
  expect(isRedirectTo('https://app.example/callback', new URL(location))).toBe(isOurs)
})

test('the parameters of a redirect_uri have to come back', () => {
  const redirectUri = 'https://app.example/callback?tenant=a'
  expect(isRedirectTo(redirectUri, new URL(`${redirectUri}&code=x`))).toBe(true)
  expect(isRedirectTo(redirectUri, new URL('https://app.example/callback?tenant=b&code=x'))).toBe(false)
  expect(isRedirectTo(redirectUri, new URL('https://app.example/callback?code=x'))).toBe(false)
})
