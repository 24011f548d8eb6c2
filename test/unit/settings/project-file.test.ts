// nv.config.json: names and URLs, never a secret.
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { harmlessSettings, parseProjectFile } from '../../../src/settings/project-file.ts'

const canary = 'canary-secret-Zx9'

function causeOf(content: unknown): string {
  try {
    parseProjectFile('nv.config.json', typeof content === 'string' ? content : JSON.stringify(content))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    expect(error.problem.title + error.problem.cause + error.problem.fix).not.toContain(canary)
    return error.problem.cause
  }
  throw new Error('It was taken')
}

it('has a profile to use, profiles by name and defaults for all', () => {
  const text = JSON.stringify({
    profile: 'acme',
    profiles: { acme: { preset: 'sandbox', clientId: 'my-app' } },
    redirectUri: 'https://app.example/callback',
  })
  expect(parseProjectFile('nv.config.json', text)).toEqual({
    path: 'nv.config.json',
    profile: 'acme',
    profiles: { acme: { preset: 'sandbox', clientId: 'my-app' } },
    defaults: { redirectUri: 'https://app.example/callback' },
  })
})

describe('it is refused, wherever it stands, with', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a secret', { clientSecret: canary }, 'clientSecret is a secret'],
    ['a secret in the words of OAuth', { client_secret: canary }, 'client_secret is a secret'],
    ['a password', { password: canary }, 'password is a secret'],
    ['the name of a variable', { clientSecretEnv: 'AWS_SECRET' }, 'clientSecretEnv is a choice of which'],
    ['the names of secret headers', { secretHeaders: ['X-Key'] }, 'secretHeaders is a choice of which'],
    ['a private key', { key: './key.pem' }, 'key is a path to a private key'],
    ['certificates', { ca: './ca.pem' }, 'ca is a choice of which certificates to trust'],
    ['a proxy', { proxy: 'http://proxy.example' }, 'proxy is a choice of who can see your traffic'],
    ['a secret header', { headers: { 'X-Api-Key': canary } }, 'headers.X-Api-Key is a secret'],
    ['a variable in a header', { headers: { 'X-A': '$HOME_SECRET' } }, 'headers.X-A is a secret'],
  ])('%s', (_, settings, cause) => {
    expect(causeOf(settings)).toContain(cause)
    expect(causeOf({ profiles: { acme: settings } })).toContain(`profiles.acme.${cause}`)
  })

  it.each<[string, unknown, string]>([
    ['no JSON', `{"clientSecret": "${canary}`, 'It must hold one JSON object'],
    ['an array', [], 'It must hold one JSON object'],
    ['a profile that is no name', { profile: 7 }, 'profile must be the name of a profile'],
    ['profiles that are a list', { profiles: [] }, 'profiles must be an object of profiles by name'],
    [
      'a profile whose name a shell would run',
      { profile: 'x;$(id)' },
      '"x;$(id)" is not the name of a profile',
    ],
    ['profiles with such a name', { profiles: { '`id`': {} } }, '"`id`" is not the name of a profile'],
    ['a profile that is a text', { profiles: { a: 'x' } }, 'profiles.a must be an object of settings'],
    ['plain http', { tokenUrl: 'http://g.example' }, 'tokenUrl in nv.config.json must be an https URL'],
    [
      'an unknown setting',
      { redirect_uri: 'x' },
      'redirect_uri in nv.config.json is not a setting that nv knows; redirectUri is',
    ],
  ])('%s', (_, content, cause) => {
    expect(causeOf(content)).toContain(cause)
  })
})

it('that is not JSON is to be fixed, not to be emptied of a secret', () => {
  expect(() => parseProjectFile('nv.config.json', '{')).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ fix: 'Fix the JSON.' }) }),
  )
})

it('has nothing beneath a profile of the user that decides where a secret goes', () => {
  expect(harmlessSettings).toEqual(['redirectUri', 'scope', 'apiVersion', 'loginHint', 'prompt', 'pkce'])
})

it('cannot reach what it should not', () => {
  const text = '{"profiles":{"constructor":{"clientId":"x"}},"profile":"constructor"}'
  const { profiles } = parseProjectFile('nv.config.json', text)
  expect(Object.keys(profiles)).toEqual(['constructor'])
  expect(causeOf('{"profiles":{"__proto__":{"clientId":"x"}}}')).toBe(
    '"__proto__" is not the name of a profile.',
  )
  expect(({} as { clientId?: unknown }).clientId).toBeUndefined()
})
