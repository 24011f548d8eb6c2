// Which source gives a value, and what must not be mixed: flags, environment, profile, project, preset.
import { rootCertificates } from 'node:tls'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeIgnored, nothingGiven, resolveTarget } from '../../src/target/resolve.ts'
import { buildVerifyRequest } from '../../src/camara/api.ts'
import { builtInProfiles } from '../../src/settings/presets.ts'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { UsageError } from '../../src/errors.ts'
import type { Target } from '../../src/target/target.ts'
import type { Secrets, Store } from '../../src/settings/store.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'
import { flagLayer, runSettings } from '../../src/settings/flags.ts'
import { openTarget } from '../../src/target/open.ts'

const certificate = rootCertificates[0] ?? ''

const canary = 'canary-secret-Zx9'
const acme = { preset: 'sandbox', clientId: 'acme-app', redirectUri: 'https://acme.example/cb' }
const acmeSecrets = { clientSecret: 'acme-secret' }

async function createStore(
  profiles: Record<string, [settings: Record<string, unknown>, secrets?: Secrets]> = {
    acme: [acme, acmeSecrets],
  },
): Promise<Store> {
  const store = createTestStore()
  for (const [name, [settings, secrets = {}]] of Object.entries(profiles))
    await addProfile(createTestContext({ store }).context, name, settings, secrets)
  return store
}

const purpose = { operation: 'verify', grants: ['authorization-code'] } as const

interface Options extends TestContextOptions {
  name?: string
  flags?: object
}

async function configure({ name, flags = {}, ...options }: Options) {
  const { context } = createTestContext(options)
  const given = flagLayer(flags, runSettings)
  const request = { ...purpose, profile: name ?? null, given }
  return { context, configuration: await resolveTarget(context, request) }
}

/** Gives the profile that a flow would get. */
async function load(options: Options): Promise<Target> {
  const { context, configuration } = await configure(options)
  const { target, close } = await openTarget(context, configuration)
  await close()
  return target
}

async function problemOf(options: Options) {
  const error = await load(options).catch((thrown: unknown) => thrown)
  if (!(error instanceof UsageError)) throw new Error(`No UsageError: ${String(error)}`)
  expect(JSON.stringify(error.problem)).not.toContain(canary)
  return error.problem
}

const project = (content: unknown, folder = '/nowhere') => ({
  [`${folder}/nv.config.json`]: JSON.stringify(content),
})

describe('precedence', () => {
  it('is flag, environment, profile, project, preset, default', async () => {
    const { configuration } = await configure({
      store: await createStore({
        acme: [{ ...acme, prompt: 'profile', scope: 'dpv:Profile a:b' }, acmeSecrets],
      }),
      flags: { redirectUri: 'https://flag.example/cb' },
      env: { NV_REDIRECT_URI: 'https://env.example/cb', NV_SCOPE: 'dpv:Env a:b' },
      files: project({ redirectUri: 'https://project.example/cb', prompt: 'project', apiVersion: 'v1' }),
    })
    const { settings, origins } = configuration
    expect(settings).toMatchObject({
      redirectUri: 'https://flag.example/cb',
      scope: 'dpv:Env a:b',
      prompt: 'profile',
      apiVersion: 'v1',
      loginHint: 'tel',
      pkce: 'on',
    })
    expect(origins).toMatchObject({
      redirectUri: '--redirect-uri',
      scope: 'NV_SCOPE',
      prompt: 'profile acme',
      apiVersion: 'nv.config.json',
      loginHint: 'preset sandbox',
      pkce: 'default',
    })
  })

  it.each<[string, string, Partial<Target>]>([
    ['NV_CLIENT_ID', 'other', { clientId: 'other' }],
    ['NV_REDIRECT_URI', 'https://o.example/cb', { redirectUri: 'https://o.example/cb' }],
    ['NV_LISTEN', '8080', { listen: { host: '127.0.0.1', port: 8080 } }],
    ['NV_SCOPE', 'dpv:A b:c', { scope: 'dpv:A b:c' }],
    ['NV_API_VERSION', 'v0', { apiVersion: 'v0', apiPath: 'number-verification/v0' }],
    ['NV_AUTHORIZE_URL', 'https://o.example/a', { authorizeUrl: 'https://o.example/a' }],
    ['NV_TOKEN_URL', 'https://o.example/t', { tokenUrl: 'https://o.example/t' }],
    ['NV_API_URL', 'https://o.example', { apiUrl: 'https://o.example' }],
    ['NV_ISSUER', 'https://o.example', { issuer: 'https://o.example' }],
    ['NV_AUTH_METHOD', 'none', { authMethod: 'none' }],
    ['NV_LOGIN_HINT', 'bare', { loginHint: 'bare' }],
    ['NV_PKCE', 'off', { usesPkce: false }],
    ['NV_PROMPT', 'none', { prompt: 'none' }],
    ['NV_ASSERTION_AUDIENCE', 'issuer', { assertionAudience: 'issuer' }],
    ['NV_API_PATH', '/', { apiPath: '' }],
    ['NV_PROXY', 'http://p.example:1', { proxy: 'http://p.example:1' }],
    ['NV_CLIENT_SECRET', 'theirs', { clientSecret: 'theirs' }],
  ])('%s=%s is over the profile, and said to be', async (name, value, expected) => {
    const options = { store: await createStore(), env: { NV_PROFILE: 'acme', [name]: value } }
    expect(await load(options)).toMatchObject(expected)
    const { configuration } = await configure(options)
    expect(configuration.notes[0]).toBe(`From the environment, over profile acme: ${name}`)
  })

  it('an empty variable is not set', async () => {
    const env = { NV_CLIENT_ID: '', NV_CLIENT_SECRET: '', NV_TOKEN_URL: '', NV_PROFILE: '' }
    const { configuration } = await configure({ store: await createStore(), env })
    expect(configuration).toMatchObject({ name: 'acme', settings: { clientId: 'acme-app' }, notes: [] })
  })

  it('a broken variable is named, with its value and the rule', async () => {
    const problem = await problemOf({
      store: await createStore(),
      env: { NV_TOKEN_URL: 'http://o.example/t' },
    })
    expect(problem.cause).toMatch(/^NV_TOKEN_URL must be an https URL .* but is "http:\/\/o.example\/t"$/)
  })
})

describe('a profile that is named on the command line', () => {
  /** What README and `nv simulate` print. */
  const simulated = {
    NV_AUTHORIZE_URL: 'http://127.0.0.1:4010/apigateway/authorize',
    NV_TOKEN_URL: 'http://127.0.0.1:4010/apigateway/token',
    NV_API_URL: 'http://127.0.0.1:4010/apigateway',
    NV_ISSUER: 'http://127.0.0.1:4010/apigateway',
    NV_CLIENT_ID: 'mock_sandbox_app_id',
    NV_CLIENT_SECRET: canary,
    NV_REDIRECT_URI: 'http://127.0.0.1:4011/callback',
  }
  const key = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const files = { '/nowhere/key.pem': key }
  const camara = {
    preset: 'camara',
    issuer: 'https://operator.example',
    apiUrl: 'https://operator.example/api',
    clientId: 'op-app',
    key: '/nowhere/key.pem',
  }
  const generic = {
    preset: 'generic',
    authorizeUrl: 'https://g.example/a',
    tokenUrl: 'https://g.example/t',
    apiUrl: 'https://g.example',
    clientId: 'g-app',
  }

  it.each<[string, Record<string, string>]>([
    ['acme', acme],
    ['operator', camara],
    ['generic', generic],
    ['mine', { preset: 'sandbox-mock' }],
  ])('is never the gateway of the environment: %s', async (name, settings) => {
    const secrets = settings['preset'] === 'camara' ? {} : { clientSecret: 'own-secret' }
    const options = { store: await createStore({ [name]: [settings, secrets] }), name, files }
    const alone = await load(options)
    const env = { ...simulated, NV_AUTH_METHOD: 'none', NV_PRESET: 'simulator' }
    const target = await load({ ...options, env })
    const { redirectUri, ignored, origins: _origins, ...others } = target
    expect(alone).toMatchObject(others)
    expect(JSON.stringify({ ...others, ignored: {} })).not.toMatch(/4010|canary/)
    expect(redirectUri).toBe(settings['redirectUri'] ?? simulated.NV_REDIRECT_URI)
    expect(ignored).toMatchObject({ authorizeUrl: 'NV_AUTHORIZE_URL', preset: 'NV_PRESET' })
  })

  it('signs with its key, which no other kid or algorithm belongs to', async () => {
    const store = await createStore({ operator: [camara] })
    const env = { NV_KEY: 'other.pem', NV_KEY_ID: 'other', NV_KEY_ALGORITHM: 'RS256' }
    expect(await load({ store, name: 'operator', files, env })).toMatchObject({
      key,
      keyId: null,
      keyAlgorithm: null,
      ignored: { key: 'NV_KEY', keyId: 'NV_KEY_ID', keyAlgorithm: 'NV_KEY_ALGORITHM' },
    })
  })

  it.each(builtInProfiles)('as %s is that', async (name) => {
    const alone = await load({ name })
    const target = await load({ name, env: { ...simulated, NV_CLIENT_ID: 'theirs', NV_KEY: 'key.pem' } })
    const urls = ['authorizeUrl', 'tokenUrl', 'apiUrl', 'backchannelUrl'] as const
    for (const url of urls) expect(new URL(target[url]).port).not.toBe('4010')
    expect(target).toMatchObject({ clientId: alone.clientId, clientSecret: alone.clientSecret, issuer: null })
    expect(target.ignored).toMatchObject({ clientId: 'NV_CLIENT_ID', clientSecret: 'NV_CLIENT_SECRET' })
  })

  it('says what it ignores, also where notes are not wanted', async () => {
    const { configuration } = await configure({ store: await createStore(), name: 'acme', env: simulated })
    expect(configuration.ignored).toEqual({
      authorizeUrl: 'NV_AUTHORIZE_URL',
      tokenUrl: 'NV_TOKEN_URL',
      apiUrl: 'NV_API_URL',
      issuer: 'NV_ISSUER',
      clientId: 'NV_CLIENT_ID',
      redirectUri: 'NV_REDIRECT_URI',
      clientSecret: 'NV_CLIENT_SECRET',
    })
    expect(describeIgnored(configuration)).toEqual([
      'NV_AUTHORIZE_URL, NV_TOKEN_URL, NV_API_URL, NV_ISSUER, NV_CLIENT_ID, NV_REDIRECT_URI, NV_CLIENT_SECRET are ignored: profile acme decides. Flags override a profile. Without a named profile they count.',
    ])
  })

  it('ignores nothing that would change nothing', async () => {
    const env = { NV_CLIENT_ID: acme.clientId, NV_CLIENT_SECRET: acmeSecrets.clientSecret }
    const { configuration } = await configure({ store: await createStore(), name: 'acme', env })
    expect(configuration).toMatchObject({ ignored: {}, warnings: [], notes: [] })
  })

  it('has what it lacks filled in, and says so', async () => {
    const { clientId: _, ...incomplete } = generic
    const store = await createStore({ generic: [incomplete] })
    const env = {
      NV_CLIENT_ID: 'env-app',
      NV_CLIENT_SECRET: 'env-secret',
      NV_SCOPE: 'dpv:A b:c',
      NV_REDIRECT_URI: 'https://env.example/cb',
      NV_LOGIN_HINT: 'tel',
    }
    const options = { store, name: 'generic', env }
    expect(await load(options)).toMatchObject({
      clientId: 'env-app',
      clientSecret: 'env-secret',
      scope: 'dpv:A b:c',
      redirectUri: 'https://env.example/cb',
      loginHint: 'tel',
      ignored: {},
      origins: { clientId: 'NV_CLIENT_ID', clientSecret: 'NV_CLIENT_SECRET', tokenUrl: 'profile generic' },
    })
    const { configuration } = await configure(options)
    expect(configuration.notes).toEqual([
      'From the environment, not set in profile generic: NV_CLIENT_ID, NV_REDIRECT_URI, NV_SCOPE, NV_LOGIN_HINT, NV_CLIENT_SECRET',
    ])
  })

  it('has a missing endpoint filled in', async () => {
    const { apiUrl: _, ...incomplete } = generic
    const store = await createStore({ generic: [incomplete, acmeSecrets] })
    const target = await load({ store, name: 'generic', env: { NV_API_URL: 'https://env.example/nv/v1' } })
    expect(target).toMatchObject({ apiUrl: 'https://env.example/nv/v1', apiVersion: 'v1' })
  })

  it('runs as the environment says about this machine', async () => {
    const store = await createStore({
      acme: [{ ...acme, proxy: 'http://mine.example:1', listen: '1' }, acmeSecrets],
    })
    const env = { NV_PROXY: 'http://p.example:1', NV_LISTEN: '8080', NV_CA: '/nowhere/ca.pem' }
    const target = await load({ store, name: 'acme', env, files: { '/nowhere/ca.pem': certificate } })
    expect(target).toMatchObject({
      proxy: 'http://p.example:1',
      listen: { host: '127.0.0.1', port: 8080 },
      ca: `${certificate}\n`,
      ignored: {},
    })
  })

  it('is overridden by flags', async () => {
    const flags = { redirectUri: 'https://flag.example/cb', scope: 'dpv:A b:c' }
    const target = await load({ store: await createStore(), name: 'acme', flags, env: simulated })
    expect(target).toMatchObject(flags)
  })

  it('whose own variable is not set does not take NV_CLIENT_SECRET', async () => {
    const store = await createStore({ acme: [{ ...acme, clientSecretEnv: 'ACME_SECRET' }] })
    const problem = await problemOf({ store, name: 'acme', env: { NV_CLIENT_SECRET: canary } })
    expect(problem.cause).toBe(
      'Not set: the client secret (environment variable ACME_SECRET, which is not set).',
    )
  })

  it('is shown so', async () => {
    const { context, out, err } = createTestContext({ store: await createStore(), env: simulated })
    await runProgram(context, ['profile', 'show', 'acme', '--json', '--quiet'])
    expect(JSON.parse(out())).toMatchObject({
      settings: { clientId: { value: 'acme-app', from: 'profile acme' } },
      ignored: { clientId: 'NV_CLIENT_ID', clientSecret: 'NV_CLIENT_SECRET' },
    })
    expect(err()).toContain('are ignored: profile acme decides')
  })
})

describe('the base of the API', () => {
  const gateway = {
    preset: 'generic',
    authorizeUrl: 'https://g.example/a',
    tokenUrl: 'https://g.example/t',
    clientId: 'g-app',
  }
  const loadWith = async (settings: object) =>
    load({ store: await createStore({ g: [{ ...gateway, ...settings }, acmeSecrets] }) })

  const hashScope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
  it.each<[object, string, string, string]>([
    [{ apiUrl: 'https://h' }, 'https://h/number-verification/v2/verify', 'v2', 'number-verification:verify'],
    [{ apiUrl: 'https://h/', apiVersion: 'v0' }, 'https://h/number-verification/v0/verify', 'v0', hashScope],
    [
      { apiUrl: 'https://h/number-verification' },
      'https://h/number-verification/v2/verify',
      'v2',
      'number-verification:verify',
    ],
    [
      { apiUrl: 'https://h/number-verification/v031' },
      'https://h/number-verification/v031/verify',
      'v0',
      hashScope,
    ],
    [
      { apiUrl: 'https://h/number-verification/v1rc2/' },
      'https://h/number-verification/v1rc2/verify',
      'v1',
      'number-verification:verify',
    ],
    [
      { apiUrl: 'https://h/number-verification/vwip' },
      'https://h/number-verification/vwip/verify',
      'v2',
      'number-verification:verify',
    ],
    [
      { apiUrl: 'https://h/number-verification/v031', apiVersion: 'v1' },
      'https://h/number-verification/v031/verify',
      'v1',
      'number-verification:verify',
    ],
    [
      { apiUrl: 'https://h/number-verification/production' },
      'https://h/number-verification/production/verify',
      'v2',
      'number-verification:verify',
    ],
    [{ apiUrl: 'https://h/passthrough/v0' }, 'https://h/passthrough/v0/verify', 'v0', hashScope],
    [
      { apiUrl: 'https://h/number-verification/v0/verify' },
      'https://h/number-verification/v0/verify',
      'v0',
      hashScope,
    ],
    [{ apiUrl: 'https://h/verify' }, 'https://h/verify', 'v2', 'number-verification:verify'],
    [
      { apiUrl: 'https://verify' },
      'https://verify/number-verification/v2/verify',
      'v2',
      'number-verification:verify',
    ],
    [
      { apiUrl: 'https://h/device-phone-number', apiVersion: 'v1' },
      'https://h/verify',
      'v1',
      'number-verification:verify',
    ],
    [{ apiUrl: 'https://h', apiPath: '/' }, 'https://h/verify', 'v2', 'number-verification:verify'],
    [
      { apiUrl: 'https://h/api/v1', apiPath: '/number-verification/v031/' },
      'https://h/api/v1/number-verification/v031/verify',
      'v0',
      hashScope,
    ],
  ])('%j: %s', async (settings, url, version, scope) => {
    const target = await loadWith(settings)
    const request = await buildVerifyRequest({ ...target, phoneNumber: '+34600000001', isHashed: false })
    expect({ url: request.url, version: target.apiVersion }).toEqual({ url, version })
    expect(target.scope).toContain(scope)
  })

  it('comes with its version: one of a weaker source is not for it', async () => {
    const store = await createStore({
      g: [{ ...gateway, apiUrl: 'https://h', apiVersion: 'v1' }, acmeSecrets],
    })
    const env = { NV_PROFILE: 'g', NV_API_URL: 'https://h/number-verification/v031' }
    expect(await load({ store, env })).toMatchObject({
      apiVersion: 'v0',
      origins: { apiVersion: 'NV_API_URL' },
    })
  })

  it('from which the operation was cut is said', async () => {
    const store = await createStore({ g: [{ ...gateway, apiUrl: 'https://h/v1/verify' }, acmeSecrets] })
    const { configuration } = await configure({ store })
    expect(configuration.notes).toEqual([
      'The API URL (profile g) ends in /verify, which nv adds itself. The base is https://h/v1',
    ])
  })
})

describe('the audience of assertions', () => {
  it('that is the issuer needs one', async () => {
    const profile = {
      preset: 'camara',
      authorizeUrl: 'https://o.example/a',
      tokenUrl: 'https://o.example/t',
      apiUrl: 'https://o.example',
      clientId: 'a',
      key: '/nowhere/key.pem',
      assertionAudience: 'issuer',
    }
    const problem = await problemOf({ store: await createStore({ o: [profile] }) })
    expect(problem.cause).toBe(
      'Not set: --issuer (NV_ISSUER), which --assertion-audience makes the audience of assertions.',
    )
  })
})

describe('which profile', () => {
  it('is the named one, that of NV_PROFILE, that of the project, the default', async () => {
    const profiles = Object.fromEntries(
      ['flag', 'env', 'ours', 'first'].map((name) => [name, [acme, acmeSecrets]]),
    )
    const store = await createStore({ first: [acme, acmeSecrets], ...profiles } as never)
    const files = project({ profile: 'ours' })
    const nameOf = async (options: Options) => (await configure({ store, ...options })).configuration.name
    expect(await nameOf({ name: 'flag', env: { NV_PROFILE: 'env' }, files })).toBe('flag')
    expect(await nameOf({ env: { NV_PROFILE: 'env' }, files })).toBe('env')
    expect(await nameOf({ files })).toBe('ours')
    expect(await nameOf({})).toBe('first')
  })

  it('that is not there: all that are', async () => {
    const files = project({ profiles: { shared: { preset: 'sandbox' } } })
    const problem = await problemOf({ store: await createStore(), name: 'gone', files })
    expect(problem.cause).toBe('The profiles are acme, shared, simulator, sandbox-mock.')
  })

  it.each(['constructor', '__proto__', 'toString'])('named %s is none', async (name) => {
    expect((await problemOf({ store: await createStore(), name })).code).toBe('unknown_profile')
  })

  it('is none at all: three ways to start', async () => {
    const problem = await problemOf({})
    expect(problem.fix).toContain('--profile simulator')
    expect(problem.fix).toContain('--profile sandbox-mock')
    expect(problem.fix).toContain('nv profile add')
  })

  it('a built-in one works whatever is stored', async () => {
    const store = createTestStore()
    store.profiles.read = () => Promise.reject(new Error('It was read'))
    expect(await load({ store, name: 'simulator' })).toMatchObject({ clientId: 'mock_sandbox_app_id' })
  })
})

describe('two customers are not mixed', () => {
  const gateway = {
    NV_AUTHORIZE_URL: 'https://beta.example/a',
    NV_TOKEN_URL: 'https://beta.example/t',
    NV_API_URL: 'https://beta.example',
    NV_CLIENT_ID: 'beta-app',
  }

  it('an environment that names a gateway takes nothing of the default profile', async () => {
    const problem = await problemOf({ store: await createStore(), env: gateway })
    expect(problem).toMatchObject({
      title: 'The configuration is not complete',
      cause: 'Not set: the client secret (NV_CLIENT_SECRET).',
    })
    const profile = await load({ store: await createStore(), env: { ...gateway, NV_CLIENT_SECRET: 'beta' } })
    expect(profile).toMatchObject({ name: null, redirectUri: null, clientSecret: 'beta', loginHint: 'none' })
  })

  it('nor of the gateway of a project', async () => {
    const files = project({
      tokenUrl: 'https://evil.example/t',
      preset: 'sandbox',
      redirectUri: 'https://p.example/cb',
    })
    const { NV_TOKEN_URL: _, ...env } = { ...gateway, NV_CLIENT_SECRET: canary }
    const problem = await problemOf({ env, files })
    expect(problem.cause).toBe('Not set: --token-url (NV_TOKEN_URL).')
  })

  it('NV_CLIENT_SECRET over the profile of NV_PROFILE is said', async () => {
    const env = { NV_PROFILE: 'acme', NV_CLIENT_SECRET: canary }
    const options = { store: await createStore(), env }
    const { configuration } = await configure(options)
    expect(configuration.notes).toEqual(['From the environment, over profile acme: NV_CLIENT_SECRET'])
  })

  it('a client id of the environment with the secret of a profile is said', async () => {
    const { configuration } = await configure({
      store: await createStore(),
      env: { NV_CLIENT_ID: 'beta-app' },
    })
    expect(configuration.notes).toEqual([
      'From the environment, over profile acme: NV_CLIENT_ID',
      'The client id is from NV_CLIENT_ID, and the client secret is from profile acme',
    ])
  })

  it.each([
    [
      { NV_TOKEN_URL: 'http://127.0.0.1:4010/token' },
      'The secret of profile acme goes to 127.0.0.1:4010, as NV_TOKEN_URL says',
    ],
  ])('a secret that the environment sends elsewhere is said: %j', async (env, note) => {
    const { configuration } = await configure({
      store: await createStore(),
      env: { NV_PROFILE: 'acme', ...env },
    })
    expect(configuration.notes).toContain(note)
  })

  it('is on stderr before anything is sent', async () => {
    const { context, err, out } = createTestContext({
      store: await createStore(),
      env: { NV_PROFILE: 'acme', NV_TOKEN_URL: 'http://127.0.0.1:1/t' },
    })
    await runProgram(context, ['profile', 'show', '--json'])
    expect(err()).toContain('The secret of profile acme goes to 127.0.0.1:1, as NV_TOKEN_URL says\n')
    expect(() => JSON.parse(out()) as unknown).not.toThrow()
  })
})

describe('a project file', () => {
  it('is found upwards from the working folder', async () => {
    const shared = { profile: 'shared', profiles: { shared: { preset: 'sandbox', clientId: 'team' } } }
    const { configuration } = await configure({ files: project(shared, ''), env: { NV_CLIENT_SECRET: 's' } })
    expect(configuration).toMatchObject({ name: 'shared', settings: { clientId: 'team' } })
    expect(configuration.origins.clientId).toBe('../nv.config.json')
    expect(configuration.notes[0]).toBe('Using ../nv.config.json')
  })

  it('that is nearest is used, alone', async () => {
    const files = {
      ...project({ clientId: 'far', preset: 'konera' }, ''),
      ...project({ clientId: 'near', preset: 'sandbox' }),
    }
    const { configuration } = await configure({ files })
    expect(configuration.settings).toMatchObject({ clientId: 'near', preset: 'sandbox' })
  })

  it('never decides where a stored secret goes', async () => {
    const files = project({
      preset: 'konera',
      tokenUrl: 'https://evil.example/t',
      authorizeUrl: 'https://evil.example/a',
      apiUrl: 'https://evil.example',
      issuer: 'https://evil.example',
      authMethod: 'client_secret_post',
      headers: { 'X-A': 'b' },
      clientId: 'evil',
      listen: '0.0.0.0:80',
      prompt: 'none',
    })
    const profile = await load({ store: await createStore(), name: 'acme', files })
    expect(JSON.stringify(profile)).not.toContain('evil')
    expect(profile).toMatchObject({
      clientId: 'acme-app',
      authMethod: 'client_secret_basic',
      headers: {},
      listen: null,
      prompt: 'none',
    })
  })

  it('has nothing to say to a built-in profile', async () => {
    const files = project({
      authorizeUrl: 'https://evil.example/a',
      tokenUrl: 'https://evil.example/t',
      scope: 'dpv:A b:c',
    })
    const profile = await load({ name: 'simulator', files })
    expect(profile.tokenUrl).toMatch(/^http:\/\/127\.0\.0\.1:/)
    expect(profile.scope).not.toBe('dpv:A b:c')
    const broken = { '/nowhere/nv.config.json': '{' }
    await load({ name: 'simulator', files: broken })
    await load({ env: { NV_PROFILE: 'sandbox-mock' }, files: broken })
  })

  it('may name a profile of the user, whose own settings are used', async () => {
    const files = project({
      profile: 'acme',
      profiles: { acme: { preset: 'sandbox', clientId: 'theirs', tokenUrl: 'https://evil.example/t' } },
    })
    const profile = await load({ store: await createStore(), files })
    expect(profile).toMatchObject({ clientId: 'acme-app', clientSecret: 'acme-secret' })
    expect(profile.tokenUrl).not.toContain('evil')
  })

  const gateway = {
    authorizeUrl: 'https://team.example/authorize',
    tokenUrl: 'https://team.example/token',
    apiUrl: 'https://team.example',
    clientId: 'team-app',
  }

  it.each<[string, object, Record<string, string>, string[]]>([
    [
      'the secret',
      gateway,
      {},
      ['The secret in NV_CLIENT_SECRET is to go to team.example, as nv.config.json says'],
    ],
    [
      'an assertion',
      { ...gateway, authMethod: 'private_key_jwt' },
      { NV_KEY: 'key.pem' },
      ['Anything signed with the key of NV_KEY is to go to team.example, as nv.config.json says'],
    ],
    [
      'the secret, by a preset',
      { preset: 'konera', clientId: 'a' },
      {},
      ['The secret in NV_CLIENT_SECRET goes to api.pxg.konera.com, as nv.config.json says'],
    ],
  ])('that sends %s of the environment somewhere says where', async (_, settings, env, expected) => {
    const given = { NV_CLIENT_SECRET: 'x', ...env }
    const { configuration } = await configure({
      env: given,
      files: project({ profile: 'team', profiles: { team: settings } }),
    })
    expect(configuration.warnings).toEqual(expected)
  })

  it('that does not decide where the secret goes is not warned of', async () => {
    const files = project({ profile: 'team', profiles: { team: gateway } })
    const ours = { NV_CLIENT_SECRET: 'x', NV_TOKEN_URL: 'https://mine.example/token' }
    for (const env of [{}, ours])
      expect(
        (await configure({ env: { NV_PROFILE: 'team', ...env }, files })).configuration.warnings,
      ).toEqual([])
  })

  it('is read only where nobody else can change it', async () => {
    const { context } = createTestContext()
    const files = { ...context.files, readTrusted: () => Promise.reject(new Error('a stranger')) }
    const request = { ...purpose, profile: null, given: nothingGiven }
    const read = resolveTarget({ ...context, files }, request)
    await expect(read).rejects.toThrow('a stranger')
  })

  it('that is broken or holds a secret is refused by its path', async () => {
    const files = { '/nowhere/nv.config.json': `{"clientSecret":"${canary}"}` }
    expect(await problemOf({ files })).toMatchObject({ title: "nv.config.json can't be used" })
  })
})

describe('what settings refer to', () => {
  it('a secret is read from its variable when it is used', async () => {
    const store = await createStore({ acme: [{ ...acme, clientSecretEnv: 'ACME_SECRET' }] })
    expect(await load({ store, env: { ACME_SECRET: 'now' } })).toMatchObject({ clientSecret: 'now' })
    expect((await problemOf({ store })).cause).toBe(
      'Not set: the client secret (environment variable ACME_SECRET, which is not set).',
    )
  })

  it('a stored secret is not read where a variable gives it', async () => {
    const store = await createStore()
    store.secrets.read = () => Promise.reject(new Error('It was read'))
    expect(await load({ store, env: { NV_CLIENT_SECRET: 's' } })).toMatchObject({ clientSecret: 's' })
  })

  it.each(['NV_CLIENT_SECRET', 'ACME_SECRET'])(
    'a secret in %s with a line break is refused, unquoted',
    async (name) => {
      const store = await createStore({ acme: [{ ...acme, clientSecretEnv: 'ACME_SECRET' }] })
      for (const value of [`${canary}\r`, `${canary}\n`, ` ${canary}`, `${canary}\nmore`])
        expect((await problemOf({ store, env: { [name]: value } })).title).toContain(name)
    },
  )

  it('headers are filled in, and their values are secrets', async () => {
    const headers = { 'X-RapidAPI-Key': '$RAPID_KEY', 'X-Customer': 'acme' }
    const store = await createStore({ nac: [{ preset: 'nokia-nac', headers }] })
    expect(await load({ store, env: { RAPID_KEY: 'key' } })).toMatchObject({
      headers: {
        'x-rapidapi-key': 'key',
        'x-rapidapi-host': 'network-as-code.nokia.rapidapi.com',
        'x-customer': 'acme',
      },
      secretValues: ['key'],
    })
    expect((await problemOf({ store })).cause).toBe(
      'Not set: the header X-RapidAPI-Key (environment variable RAPID_KEY).',
    )
  })

  it.each([`${canary}\r\nX-Admin: 1`, `${canary}\n`, `${canary} €`])(
    'a header of %j is refused, unquoted',
    async (value) => {
      const store = await createStore({
        nac: [{ preset: 'nokia-nac', headers: { 'X-RapidAPI-Key': '$RAPID_KEY' } }],
      })
      const problem = await problemOf({ store, env: { RAPID_KEY: value } })
      expect(problem).toMatchObject({
        title: "The value of the header X-RapidAPI-Key can't be sent",
        cause: expect.stringContaining('environment variable RAPID_KEY') as string,
      })
    },
  )

  it('a stored secret header is sent', async () => {
    const store = await createStore({
      nac: [
        { preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] },
        { 'header:x-rapidapi-key': 'stored' },
      ],
    })
    expect(await load({ store })).toMatchObject({
      headers: { 'x-rapidapi-key': 'stored' },
      secretValues: ['stored'],
    })
  })

  const vonage = { preset: 'vonage', clientId: 'a', key: '/nowhere/key.pem' }
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

  it('a key is read, and only where it signs', async () => {
    const pem = String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const files = { '/nowhere/key.pem': pem }
    expect(await load({ store: await createStore({ v: [vonage] }), files })).toMatchObject({ key: pem })
    const basic = await createStore({ v: [{ ...acme, key: '/nowhere/key.pem' }, acmeSecrets] })
    expect(await load({ store: basic })).toMatchObject({ key: '' })
    const signed = { ...acme, key: '/nowhere/key.pem', requestObject: 'on' as const }
    const store = await createStore({ v: [signed, acmeSecrets] })
    expect(await load({ store, files })).toMatchObject({ key: pem, usesRequestObject: true })
  })

  it('a request object needs a key', async () => {
    const store = await createStore({ v: [{ ...acme, requestObject: 'on' }, acmeSecrets] })
    expect((await problemOf({ store })).cause).toBe(
      'Not set: --key (NV_KEY), which signs the request object.',
    )
  })

  it.each<[string, Partial<Settings>, RegExp]>([
    ['of another algorithm than its kind', { keyAlgorithm: 'ES256' }, /^Such a key signs with RS256.*ES256/],
    ['of another algorithm than its JWK', { key: '/nowhere/key.jwk', keyAlgorithm: 'RS256' }, /PS256.*RS256/],
    ['of another algorithm than its method', { keyAlgorithm: 'PS256' }, /PS256.*application_jwt takes RS256/],
  ])('a key %s is exit 2, and both are named', async (_, changes, cause) => {
    const files = {
      '/nowhere/key.pem': String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      '/nowhere/key.jwk': JSON.stringify({ ...rsa.privateKey.export({ format: 'jwk' }), alg: 'PS256' }),
    }
    const store = await createStore({ v: [{ ...vonage, ...changes }] })
    expect(await problemOf({ store, files })).toMatchObject({
      code: 'key_unusable',
      cause: expect.stringMatching(cause) as string,
      fix: expect.stringContaining('Without keyAlgorithm') as string,
    })
  })

  it.each<[string, string | undefined, string, string]>([
    ['is not there', undefined, 'File not found: /nowhere/key.pem', 'The setting key names it.'],
    [
      'is public',
      String(rsa.publicKey.export({ type: 'spki', format: 'pem' })),
      "The private key in /nowhere/key.pem can't be used",
      'It is a public key.',
    ],
    ['is garbage', canary, "The private key in /nowhere/key.pem can't be used", 'It is neither PEM nor JWK.'],
    [
      'is half a JWK',
      `{"kty":"RSA","d":"${canary}`,
      "The private key in /nowhere/key.pem can't be used",
      'It starts like JSON, but is not valid JSON.',
    ],
  ])('a key that %s is exit 2, before anything is sent', async (_, text, title, cause) => {
    const store = await createStore({ v: [vonage] })
    const files: Record<string, string> = text === undefined ? {} : { '/nowhere/key.pem': text }
    expect(await problemOf({ store, files })).toMatchObject({ title, cause })
    const { context, out, err } = createTestContext({ store, files })
    expect(await runProgram(context, ['verify', '+34600000001', '-p', 'v', '--json', '--verbose'])).toBe(2)
    expect(out() + err()).not.toContain(canary)
  })

  it('certificates are read', async () => {
    const store = await createStore({ acme: [{ ...acme, ca: '/nowhere/ca.pem' }, acmeSecrets] })
    expect(await load({ store, files: { '/nowhere/ca.pem': certificate } })).toMatchObject({
      ca: `${certificate}\n`,
    })
    expect((await problemOf({ store })).cause).toBe('The setting ca names it.')
  })
})
