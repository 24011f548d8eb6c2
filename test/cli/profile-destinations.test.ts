// A profile that was named sends its secrets where it says, its preset says or a flag says: nowhere else.
import { describe, expect, it, test } from 'vitest'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Secrets } from '../../src/settings/store.ts'
import { createTestContext, createTestStore } from '../support/context.ts'
import { json, withGateway } from '../support/gateway.ts'

const gateway = {
  preset: 'generic',
  authorizeUrl: 'https://g.example/a',
  tokenUrl: 'https://g.example/t',
  backchannelUrl: 'https://g.example/b',
  apiUrl: 'https://g.example',
  clientId: 'g-app',
  redirectUri: 'https://app.example/cb',
}
const secret = { clientSecret: 'canary-own-Zx9' }

async function runNamed(
  settings: Record<string, unknown>,
  secrets: Secrets,
  env: Record<string, string>,
  args: readonly string[],
) {
  const store = createTestStore()
  await addProfile(createTestContext({ store }).context, 'acme', settings, secrets)
  const test = createTestContext({ store, env, files: { '/nowhere/token': 'ts43-token' } })
  const exitCode = await runProgram(test.context, [...args, '--profile', 'acme', '--no-input'])
  return { exitCode, err: test.err(), out: test.out() }
}

const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(gateway).filter(([name]) => !names.includes(name)))

describe('the environment does not say where the secret of a named profile goes', () => {
  it.each<[string, string, Record<string, unknown>, readonly string[]]>([
    ['NV_TOKEN_URL', '--token-url', without('tokenUrl'), []],
    [
      'NV_BACKCHANNEL_URL',
      '--backchannel-url',
      without('backchannelUrl', 'authorizeUrl'),
      ['--operator-token', '/nowhere/token', '--grant', 'ciba'],
    ],
    ['NV_ISSUER', '--token-url', without('tokenUrl', 'authorizeUrl'), []],
  ])('%s', async (variable, flag, settings, more) => {
    await withGateway({ '/': () => json({}) }, async ({ origin, requests }) => {
      const env = { [variable]: `${origin}/elsewhere` }
      const args = ['verify', '+34600000001', ...more]
      const { exitCode, err } = await runNamed(settings, secret, env, args)

      expect(exitCode).toBe(2)
      expect(err).toContain(flag)
      expect(requests).toEqual([])
    })
  })

  it('says why the variable is not enough', async () => {
    const env = { NV_TOKEN_URL: 'https://elsewhere.example/t' }
    const { err } = await runNamed(without('tokenUrl'), secret, env, ['verify', '+34600000001'])
    const words = err.replace(/\s+/g, ' ')

    expect(words).toContain(
      "Not set: --token-url (NV_TOKEN_URL can't decide where the secrets of a named profile go)",
    )
    expect(words).toContain('Give the flag, or fix the profile')
  })
})

test('nor where its secret headers go', async () => {
  const settings = { ...without('apiUrl'), secretHeaders: ['x-rapidapi-key'] }
  const secrets = { ...secret, 'header:x-rapidapi-key': 'canary-key-Zx9' }
  const env = { NV_API_URL: 'https://elsewhere.example' }
  const { exitCode, err } = await runNamed(settings, secrets, env, ['verify', '+34600000001'])

  expect(exitCode).toBe(2)
  expect(err).toContain('NV_API_URL can')
})

test('a profile without secrets takes from the environment what it lacks', async () => {
  const env = { NV_TOKEN_URL: 'https://elsewhere.example/t', NV_CLIENT_SECRET: 'theirs' }
  const args = ['profile', 'show', '--json']
  const { out } = await runNamed(without('tokenUrl'), {}, env, args)

  expect(JSON.parse(out)).toMatchObject({
    settings: { tokenUrl: { value: 'https://elsewhere.example/t', from: 'NV_TOKEN_URL' } },
  })
})
