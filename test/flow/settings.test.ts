// Settings from the command line to what a gateway gets: where the API is asked, and what stays with a named profile.
import { exportPKCS8 } from 'jose'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { switched } from '../support/behave.ts'
import { createClientKey } from '../support/client-keys.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'
import { appRedirectUri, type Gateway, json, withGateway } from '../support/gateway.ts'
import { startTestSimulator } from '../support/simulator.ts'

/** Runs `nv verify` by flags and the environment alone. */
async function verify({ urls }: Gateway, flags: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext({ env: { NV_CLIENT_SECRET: 's3cret-value' }, ...options })
  const args = [
    '--via',
    'direct',
    '--redirect-uri',
    appRedirectUri,
    '--authorize-url',
    urls.authorizeUrl,
    '--token-url',
    urls.tokenUrl,
    '--client-id',
    'my-app',
  ]
  const exitCode = await runProgram(test.context, ['verify', '+34600000001', ...args, ...flags])
  return { ...test, exitCode }
}

const verified = () => json({ devicePhoneNumberVerified: true })

test.each<[string, `/${string}`, string, string[]]>([
  ['a version of its own', '/number-verification/v031/verify', '/number-verification/v031', []],
  ['a release candidate', '/number-verification/v1rc2/verify', '/number-verification/v1rc2', []],
  ['the version in the works', '/number-verification/vwip/verify', '/number-verification/vwip/', []],
  ['a passthrough', '/passthrough/camara/v0/verify', '/passthrough/camara/v0', []],
  ['no path at all', '/verify', '', ['--api-path', '/']],
  ['a path that is said', '/x/nv/verify', '/x', ['--api-path', 'nv']],
  ['the operation at its end', '/number-verification/v0/verify', '/number-verification/v0/verify', []],
])('the API is asked where it is: %s', (_, path, base, flags) =>
  withGateway({ [path]: verified }, async (gateway) => {
    const { exitCode, err } = await verify(gateway, ['--api-url', gateway.origin + base, ...flags])
    expect(exitCode, err()).toBe(0)
    expect(gateway.count(path)).toBe(1)
    expect(err().includes('which nv adds itself')).toBe(base.endsWith('/verify'))
  }),
)

test('a named profile is asked, whatever was exported, and what is ignored is said under --quiet too', () =>
  withGateway({ verify: () => json({ devicePhoneNumberVerified: false }) }, (mine) =>
    withGateway({}, async (exported) => {
      const store = createTestStore()
      const { context } = createTestContext({ store })
      const settings = { preset: 'generic', ...mine.urls, clientId: 'my-app', redirectUri: appRedirectUri }
      await addProfile(context, 'acme', settings, { clientSecret: 'my-secret' })
      const env = {
        NV_AUTHORIZE_URL: exported.urls.authorizeUrl,
        NV_TOKEN_URL: exported.urls.tokenUrl,
        NV_API_URL: exported.urls.apiUrl,
        NV_CLIENT_ID: 'mock_sandbox_app_id',
        NV_CLIENT_SECRET: 'mock_sandbox_app_secret',
      }
      const named = createTestContext({ store, env })
      const args = ['verify', '+34600000001', '-p', 'acme', '--via', 'direct', '--quiet']
      expect(await runProgram(named.context, args)).toBe(1)
      expect(exported.requests).toEqual([])
      expect(named.err()).toContain('are ignored: profile acme decides')
    }),
  ))

test.each(['issuer', 'the issuer itself'])(
  'assertions are made out to %s where it is set',
  async (audience) => {
    const key = await createClientKey('ES256')
    const simulator = await startTestSimulator({
      clients: [{ id: 'signer', keys: [key.jwk] }],
      behaviours: [switched('assertion-audience-issuer@token')],
    })
    try {
      const files = { '/nowhere/key.pem': await exportPKCS8(key.privateKey) }
      const env = {
        NV_PRESET: 'camara',
        NV_ISSUER: simulator.baseUrl,
        NV_API_URL: simulator.apiUrl,
        NV_CLIENT_ID: 'signer',
        NV_KEY: '/nowhere/key.pem',
        NV_KEY_ID: key.kid,
        NV_REDIRECT_URI: appRedirectUri,
      }
      const run = async (flags: readonly string[]) => {
        const { context } = createTestContext({ files, env, startMs: simulator.clock.now() })
        return runProgram(context, ['verify', '+34600000001', '--via', 'direct', ...flags])
      }
      expect(await run([])).toBe(3)
      const value = audience === 'issuer' ? audience : simulator.baseUrl
      expect(await run(['--assertion-audience', value])).toBe(0)
    } finally {
      await simulator.close()
    }
  },
)
