// `nv profile list`, `show`, `edit`, `use`, `rename`, `remove`, `import`, `export`: what they print and what they do.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { runProgram } from '../../src/cli/program.ts'
import { SetupError } from '../../src/errors.ts'
import type { Secrets, Store } from '../../src/settings/store.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const canary = 'canary-secret-Zx9'
const setupError = new SetupError({
  code: 'x',
  title: 'It is out of reach',
  cause: 'It is.',
  fix: 'Reach it.',
})

/** Runs `nv profile` on a store; checks that nothing it prints has a secret. */
async function nv(store: Store, args: readonly string[], options: TestContextOptions = {}) {
  const { context, out, err } = createTestContext({ ...options, store })
  const exitCode = await runProgram(context, ['profile', ...args])
  expect(out() + err()).not.toContain(canary)
  const { default: defaultName, profiles } = await store.profiles.read()
  return { exitCode, out: out(), err: err(), default: defaultName, profiles }
}

/** Makes a store with profiles, and with secrets for those that are given some. */
async function createStore(profiles: Record<string, [settings: Record<string, unknown>, secrets?: Secrets]>) {
  const store = createTestStore()
  for (const [name, [settings, secrets]] of Object.entries(profiles)) {
    const { context } = createTestContext({ store })
    await addProfile(context, name, settings, secrets ?? {})
  }
  return store
}

const acme = [{ preset: 'sandbox', clientId: 'acme-app' }, { clientSecret: `${canary}-acme` }] as [
  Record<string, unknown>,
  Secrets,
]
const beta = [{ preset: 'konera', clientId: 'beta-app' }, { clientSecret: `${canary}-beta` }] as typeof acme

async function secretsOf(store: Store, name: string): Promise<Secrets> {
  const { profiles } = await store.profiles.read()
  const entry = profiles[name]?.['secretEntry']
  return typeof entry === 'string' ? store.secrets.read(entry) : {}
}

describe('list', () => {
  it('shows each profile, the default marked, and where secrets are kept', async () => {
    const store = await createStore({
      acme,
      beta: [{ preset: 'generic', redirectUri: 'https://b.example/cb' }],
    })
    const { out, err, exitCode } = await nv(store, ['list'])
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 })
    expect(out).toBe(
      `  PROFILE       PRESET    CLIENT ID            REDIRECT URI
* acme          sandbox   acme-app
  beta          generic                        https://b.example/cb
  simulator     built in  mock_sandbox_app_id
  sandbox-mock  built in  mock_sandbox_app_id

Secrets are kept in /nowhere/secrets.json (mode 0600).
`,
    )
  })

  it('lists without the keychain that was asked for, and says so', async () => {
    const store = await createStore({ acme })
    store.secrets.describe = () => Promise.reject(setupError)
    const { exitCode, out, err } = await nv(store, ['list'])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'It is out of reach: It is.\n' })
    expect(out).toContain('acme-app')
    expect((await nv(store, ['show', 'acme'])).out).toContain('/nowhere/secrets.json')
  })

  it('says why secrets are in the file', async () => {
    const store = createTestStore()
    store.secrets.describe = () =>
      Promise.resolve({
        kind: 'file',
        place: '/x (mode 0600)',
        reason: 'there is no system keychain in this session',
      })
    expect((await nv(store, ['list'])).out).toContain(
      '/x (mode 0600), since there is no system keychain in this session.',
    )
  })

  it('prints JSON', async () => {
    const { out } = await nv(await createStore({ acme }), ['list', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      schema: 'nv.profiles/1',
      file: '/nowhere/profiles.json',
      secrets: { kind: 'file', place: '/nowhere/secrets.json (mode 0600)' },
      profiles: [
        { name: 'acme', preset: 'sandbox', clientId: 'acme-app', isDefault: true, isBuiltIn: false },
        { name: 'simulator', isBuiltIn: true },
        { name: 'sandbox-mock', isBuiltIn: true },
      ],
    })
  })

  it("shows the profiles of the project's file, and which one would be used", async () => {
    const content = { profile: 'team', profiles: { team: { preset: 'sandbox', clientId: 'team-app' } } }
    const files = { '/nowhere/nv.config.json': JSON.stringify(content) }
    const { out } = await nv(await createStore({ acme }), ['list'], { files })
    expect(out).toMatch(/^\* team +sandbox \(nv\.config\.json\) +team-app$/m)
    expect(out).toMatch(/^ {2}acme /m)
  })

  it('refuses a secret as an argument before anything else, also where the name is taken', async () => {
    const store = await createStore({ acme })
    const { exitCode, err } = await nv(store, [
      'add',
      'acme',
      '--preset',
      'sandbox',
      '--client-secret',
      'xyz',
    ])
    expect(exitCode).toBe(2)
    expect(err).toContain('a secret must not be an argument')
  })

  it('with --json says what went wrong on stdout too', async () => {
    const { exitCode, out } = await nv(createTestStore(), ['show', 'nope', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      schema: 'nv.error/1',
      exitCode: 2,
      error: { code: 'unknown_profile' },
    })
  })

  it('shows what someone wrote into the file inert', async () => {
    const store = createTestStore()
    await store.profiles.update(() => ({
      default: null,
      profiles: { 'a\u001b[2J': { preset: 7, clientId: '\u202e\u0007' } },
    }))
    for (const flags of [[], ['--json']]) {
      // oxlint-disable-next-line no-control-regex
      expect((await nv(store, ['list', ...flags])).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    }
  })
})

describe('show', () => {
  it('tells of each value from where it comes', async () => {
    const { out, err } = await nv(await createStore({ acme }), ['show', 'acme'], {
      env: { NV_REDIRECT_URI: 'https://env.example/cb' },
    })
    expect(err).toBe('From the environment, not set in profile acme: NV_REDIRECT_URI\n')
    expect(out).toBe(`acme: Telefónica's Sandbox, production mode with your application
preset          sandbox                                                             profile acme
authorizeUrl    https://sandbox.opengateway.telefonica.com/apigateway/authorize     preset sandbox
tokenUrl        https://sandbox.opengateway.telefonica.com/apigateway/token         preset sandbox
apiUrl          https://sandbox.opengateway.telefonica.com/apigateway               preset sandbox
backchannelUrl  https://sandbox.opengateway.telefonica.com/apigateway/bc-authorize  preset sandbox
clientId        acme-app                                                            profile acme
authMethod      client_secret_basic                                                 preset sandbox
redirectUri     https://env.example/cb                                              NV_REDIRECT_URI
scope           dpv:FraudPreventionAndDetection number-verification:verify          preset sandbox
apiVersion      v2                                                                  default
loginHint       tel                                                                 preset sandbox
pkce            on                                                                  default
clientSecret    (hidden)                                                            /nowhere/secrets.json (mode 0600)
`)
  })

  it('puts the source on a line of its own where the terminal is too narrow', async () => {
    const store = await createStore({ acme })
    const narrow = await nv(store, ['show', 'acme', '--no-color'], { isTerminal: true, columns: 90 })
    expect(narrow.out).toContain('clientId        acme-app\n                from profile acme\n')
    expect(narrow.out.split('\n').every((line) => line.length <= 90)).toBe(true)
    const wide = await nv(store, ['show', 'acme', '--no-color'], { isTerminal: true, columns: 140 })
    expect(wide.out).toMatch(/^clientId +acme-app +profile acme$/m)
  })

  it('prints JSON, where secrets are only set or not', async () => {
    const { out } = await nv(await createStore({ acme }), ['show', 'acme', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      schema: 'nv.configuration/1',
      name: 'acme',
      settings: { clientId: { value: 'acme-app', from: 'profile acme' } },
      secrets: [{ name: 'clientSecret', isSet: true, from: '/nowhere/secrets.json (mode 0600)' }],
      missing: [],
    })
  })

  it.each([
    [{}, '(not set)', 'environment variable ACME_SECRET, which is not set'],
    [{ ACME_SECRET: canary }, '(hidden)', 'environment variable ACME_SECRET'],
    [{ ACME_SECRET: '' }, '(not set)', 'environment variable ACME_SECRET, which is not set'],
    [{ ACME_SECRET: 'x', NV_CLIENT_SECRET: canary }, '(hidden)', 'environment variable ACME_SECRET'],
  ])('with the secret in a variable and %j: %s, %s', async (env: Record<string, string>, value, from) => {
    const store = await createStore({
      acme: [{ preset: 'sandbox', clientId: 'a', clientSecretEnv: 'ACME_SECRET' }],
    })
    const { out, exitCode } = await nv(store, ['show', 'acme'], { env })
    const row = out
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .find(([name]) => name === 'clientSecret')
    expect(exitCode).toBe(0)
    expect(row).toEqual(['clientSecret', value, from])
  })

  it('shows the headers of variables by name, and the others', async () => {
    const store = await createStore({
      nac: [{ preset: 'nokia-nac', headers: { 'X-RapidAPI-Key': '$RAPID_KEY', 'X-Customer': 'acme' } }],
    })
    const set = await nv(store, ['show', 'nac'], { env: { RAPID_KEY: canary } })
    expect(set.out).toMatch(/^headers .*"X-RapidAPI-Key":"\$RAPID_KEY".* profile nac, preset nokia-nac$/m)
    const unset = await nv(store, ['show', 'nac'])
    expect(unset.exitCode).toBe(0)
    expect(unset.out).toMatch(/^header X-RapidAPI-Key +\(not set\) +environment variable RAPID_KEY$/m)
  })

  it('shows a stored secret header as hidden, and a lost one as not set', async () => {
    const settings = { preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] }
    const kept = await createStore({ nac: [settings, { 'header:x-rapidapi-key': canary }] })
    expect((await nv(kept, ['show', 'nac'])).out).toMatch(
      /^header X-RapidAPI-Key +\(hidden\) +stored with the secrets$/m,
    )
    const lost = await createStore({ nac: [settings] })
    expect((await nv(lost, ['show', 'nac'])).out).toMatch(/^header X-RapidAPI-Key +\(not set\)/m)
  })

  it('tells where the secret is, not where a new one would be', async () => {
    const store = await createStore({ acme })
    store.secrets.locate = () => Promise.resolve({ kind: 'keychain', place: 'the keychain' })
    expect((await nv(store, ['show', 'acme'])).out).toMatch(/clientSecret +\(hidden\) +the keychain\n/)
  })

  it('hides the value of a secret header that someone wrote into the file', async () => {
    const headers = { 'X-Api-Key': canary, 'X-Customer': 'a' }
    const store = await createStore({ g: [{ preset: 'generic', headers }] })
    for (const flags of [[], ['--json']])
      expect((await nv(store, ['show', 'g', ...flags])).out).toMatch(/"X-Api-Key": ?"\(hidden\)"/)
  })

  it('shows what is missing', async () => {
    const { out } = await nv(await createStore({ acme: [{ preset: 'generic' }] }), ['show', 'acme'])
    for (const name of ['authorizeUrl', 'tokenUrl', 'apiUrl', 'clientId', 'clientSecret'])
      expect(out).toMatch(new RegExp(`^${name} +\\(not set\\)$`, 'm'))
  })

  it('shows a key by its path, whether or not the file is there', async () => {
    const store = await createStore({ v: [{ preset: 'vonage', clientId: 'a', key: '/keys/v.pem' }] })
    const { out, exitCode } = await nv(store, ['show', 'v'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^key +\/keys\/v\.pem +profile v$/m)
  })

  it.each(['simulator', 'sandbox-mock'])(
    'shows the built-in %s, of which nothing is missing',
    async (name) => {
      const { out, exitCode } = await nv(createTestStore(), ['show', name])
      expect(exitCode).toBe(0)
      expect(out).not.toContain('(not set)')
      expect(out).toMatch(
        new RegExp(`^clientSecret +\\(hidden\\) +preset ${name}, published for everyone$`, 'm'),
      )
    },
  )

  it('takes the flags of a run, and names them', async () => {
    const store = await createStore({ acme })
    const { out } = await nv(store, ['show', 'acme', '--prompt', 'none', '--json'])
    expect(JSON.parse(out)).toMatchObject({ settings: { prompt: { value: 'none', from: '--prompt' } } })
  })

  it('without a name shows the one that would be used', async () => {
    const store = await createStore({ acme, beta })
    expect((await nv(store, ['show'])).out).toMatch(/^acme:/)
    expect((await nv(store, ['show'], { env: { NV_PROFILE: 'beta' } })).out).toMatch(/^beta:/)
    expect((await nv(store, ['show', '-p', 'beta'])).out).toMatch(/^beta:/)
  })
})

describe('edit', () => {
  it('changes what the flags say, and nothing else', async () => {
    const store = await createStore({ acme })
    const { exitCode, out, err, profiles } = await nv(store, [
      'edit',
      'acme',
      '--scope',
      'dpv:A number-verification:verify',
    ])
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: 'Changed profile acme.\n', err: '' })
    expect(profiles['acme']).toMatchObject({
      preset: 'sandbox',
      clientId: 'acme-app',
      scope: 'dpv:A number-verification:verify',
    })
    expect(await secretsOf(store, 'acme')).toEqual(acme[1])
  })

  it('takes settings out', async () => {
    const store = await createStore({
      acme: [{ preset: 'sandbox', clientId: 'a', redirectUri: 'https://a.example', pkce: 'off' }],
    })
    const { profiles } = await nv(store, ['edit', 'acme', '--unset', 'redirect-uri', '--unset', 'pkce'])
    expect(profiles['acme']).toEqual({ preset: 'sandbox', clientId: 'a' })
  })

  it('takes out what nv does not know, so that nobody is stuck', async () => {
    const store = await createStore({ acme: [{ preset: 'sandbox', clientId: 'a', colour: 'red' }] })
    const edited = await nv(store, ['edit', 'acme', '--pkce', 'off'])
    expect(edited.profiles['acme']).toEqual({ preset: 'sandbox', clientId: 'a', colour: 'red', pkce: 'off' })
    expect((await nv(store, ['show', 'acme'])).err).toBe(
      'colour of profile acme is ignored: nv does not know this setting. To remove it: nv profile edit acme --unset colour\n',
    )
    await nv(store, ['edit', 'acme', '--unset', 'pkce'])
    expect((await nv(store, ['edit', 'acme', '--unset', 'colour'])).profiles['acme']).toEqual({
      preset: 'sandbox',
      clientId: 'a',
    })
  })

  it('a secret on stdin takes the place of a variable, and the other way round', async () => {
    const store = await createStore({ acme: [{ preset: 'sandbox', clientId: 'a', clientSecretEnv: 'OLD' }] })
    const stored = await nv(store, ['edit', 'acme', '--client-secret-stdin'], { lines: [canary] })
    expect(stored.out).toBe('Changed profile acme. Its secret is in /nowhere/secrets.json (mode 0600).\n')
    expect(stored.profiles['acme']).not.toHaveProperty('clientSecretEnv')
    expect(await secretsOf(store, 'acme')).toEqual({ clientSecret: canary })
    const referred = await nv(store, ['edit', 'acme', '--client-secret-env', 'NEW'])
    expect(referred.profiles['acme']).toEqual({ preset: 'sandbox', clientId: 'a', clientSecretEnv: 'NEW' })
    expect(await secretsOf(store, 'acme')).toEqual({})
  })

  it('a header of a variable takes the place of a stored one', async () => {
    const store = await createStore({
      nac: [
        { preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] },
        { 'header:x-rapidapi-key': canary, clientSecret: 's' },
      ],
    })
    const { profiles } = await nv(store, ['edit', 'nac', '--header', 'x-rapidapi-key: $RAPID_KEY'])
    expect(profiles['nac']).toMatchObject({ headers: { 'x-rapidapi-key': '$RAPID_KEY' } })
    expect(profiles['nac']).not.toHaveProperty('secretHeaders')
    expect(await secretsOf(store, 'nac')).toEqual({ clientSecret: 's' })
  })

  it('--unset secretHeaders and clientSecret remove the secrets', async () => {
    const store = await createStore({
      nac: [
        { preset: 'nokia-nac', secretHeaders: ['X-Key'] },
        { 'header:x-key': canary, clientSecret: canary },
      ],
    })
    await nv(store, ['edit', 'nac', '--unset', 'secret-headers'])
    expect(await secretsOf(store, 'nac')).toEqual({ clientSecret: canary })
    const { profiles } = await nv(store, ['edit', 'nac', '--unset', 'client-secret'])
    expect(profiles['nac']).toEqual({ preset: 'nokia-nac' })
  })

  it('adds headers to those that there are, whatever their case', async () => {
    const store = await createStore({ g: [{ preset: 'generic', headers: { 'X-A': '1', 'X-B': '2' } }] })
    const { profiles } = await nv(store, ['edit', 'g', '--header', 'x-a: 3', '--header', 'X-C: 4'])
    expect(profiles['g']?.['headers']).toEqual({ 'X-B': '2', 'x-a': '3', 'X-C': '4' })
  })

  it('says that the secret is still that of another client', async () => {
    const store = await createStore({ acme })
    const { err } = await nv(store, ['edit', 'acme', '--client-id', 'other-app'])
    expect(err).toContain('The client id is new, but the secret is still the one for acme-app.')
    const both = await nv(store, ['edit', 'acme', '--client-id', 'third-app', '--client-secret-stdin'], {
      lines: ['s'],
    })
    expect(both.err).toBe('')
  })

  it('says that a stored secret goes to another gateway', async () => {
    const moved = ['edit', 'acme', '--token-url', 'https://other.example/token']
    const { err } = await nv(await createStore({ acme }), moved)
    expect(err).toContain(
      'The gateway is new: the secret for sandbox.opengateway.telefonica.com goes to other.example from now on.',
    )
    const anew = await nv(await createStore({ acme }), [...moved, '--client-secret-stdin'], { lines: ['s'] })
    expect(anew.err).toBe('')
    expect((await nv(await createStore({ acme }), ['edit', 'acme', '--preset', 'konera'])).err).toContain(
      'The gateway is new',
    )
  })

  it('takes out one header', async () => {
    const settings = { preset: 'generic', headers: { 'X-A': 'a', 'X-B': 'b' }, secretHeaders: ['X-Key'] }
    const store = await createStore({ g: [settings, { 'header:x-key': canary }] })
    const args = ['edit', '--unset', 'header x-b', '--unset', 'header X-Key', 'g']
    expect((await nv(store, args)).profiles['g']).toEqual({ preset: 'generic', headers: { 'X-A': 'a' } })
    expect(await secretsOf(store, 'g')).toEqual({})
  })

  /** Makes a store whose keychain, which has all secrets, is out of reach. */
  async function createLockedStore(settings: Record<string, unknown> = {}) {
    const store = await createStore({ acme: [{ ...acme[0], ...settings }, acme[1]] })
    store.secrets.read = () => Promise.reject(setupError)
    return store
  }

  it.each([
    [['--client-secret-stdin'], {}, 0],
    [['--client-secret-env', 'ACME'], {}, 0],
    [['--unset', 'clientSecret'], {}, 0],
    [['--client-secret-stdin'], { secretHeaders: ['X-Key'] }, 4],
    [['--client-secret-stdin', '--header', 'X-Key: $KEY'], { secretHeaders: ['X-Key'] }, 0],
  ])('%j repairs a profile whose secrets are out of reach: %o', async (flags, settings, expected) => {
    const store = await createLockedStore(settings)
    expect((await nv(store, ['edit', 'acme', ...flags], { lines: ['s'] })).exitCode).toBe(expected)
  })

  it('says where secrets stay that could not be removed', async () => {
    const store = await createLockedStore()
    store.secrets.remove = () =>
      Promise.resolve({ kind: 'keychain', place: 'the keychain', reason: 'the keychain is locked' })
    const { err } = await nv(store, ['edit', 'acme', '--client-secret-stdin'], { lines: ['s'] })
    expect(err).toBe(
      'The previous secrets are still in the keychain, since the keychain is locked; nv no longer uses them.\n',
    )
  })

  it.each<[string, string[], string]>([
    ['nothing to change', [], 'Nothing to change'],
    ['an unknown setting', ['--unset', 'colour'], 'Unknown setting "colour"'],
    ['no preset', ['--unset', 'preset'], "The preset can't be removed"],
    ['an unknown preset', ['--preset', 'nobody'], 'Unknown preset "nobody"'],
    ['a wrong value', ['--token-url', 'http://x.example'], '--token-url must be an https URL'],
    ['a secret as an argument', ['--client-secret', canary], '--client-secret takes no value'],
  ])('with %s is exit 2, and nothing is changed', async (_, flags, message) => {
    const store = await createStore({ acme })
    const before = await store.profiles.read()
    const { exitCode, out, err } = await nv(store, ['edit', 'acme', ...flags])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(message)
    expect(await store.profiles.read()).toEqual(before)
  })
})

const noDefault = ' It was the default; there is none now. Choose one with: nv profile use <name>'

describe('use, rename and remove', () => {
  it('use makes a profile the default, a built-in one too', async () => {
    const store = await createStore({ acme, beta })
    expect(await nv(store, ['use', 'beta'])).toMatchObject({
      out: 'The default is now beta.\n',
      default: 'beta',
    })
    expect((await nv(store, ['use', 'simulator'])).default).toBe('simulator')
  })

  it('rename keeps settings, secrets and the default', async () => {
    const store = await createStore({ acme, beta })
    const renamed = await nv(store, ['rename', 'acme', 'acme-prod'])
    expect(renamed).toMatchObject({ out: 'Renamed profile acme to acme-prod.\n', default: 'acme-prod' })
    expect(Object.keys(renamed.profiles).toSorted()).toEqual(['acme-prod', 'beta'])
    expect(await secretsOf(store, 'acme-prod')).toEqual(acme[1])
    expect(await secretsOf(store, 'beta')).toEqual(beta[1])
  })

  it('a name that became free gets nothing of the profile that had it', async () => {
    const store = await createStore({ acme })
    await nv(store, ['rename', 'acme', 'old-acme'])
    await nv(store, ['add', 'acme', '--preset', 'sandbox', '--client-id', 'new', '--client-secret-stdin'], {
      lines: ['new secret'],
    })
    expect(await secretsOf(store, 'acme')).toEqual({ clientSecret: 'new secret' })
    expect(await secretsOf(store, 'old-acme')).toEqual(acme[1])
    await nv(store, ['remove', 'acme', '--yes'])
    expect(await secretsOf(store, 'old-acme')).toEqual(acme[1])
  })

  it('rename may change upper and lower case, and takes no name of another', async () => {
    const store = await createStore({ acme, beta })
    expect((await nv(store, ['rename', 'acme', 'ACME'])).exitCode).toBe(0)
    for (const name of ['beta', 'BETA', 'simulator', 'a b'])
      expect(await nv(store, ['rename', 'ACME', name])).toMatchObject({ exitCode: 2, out: '' })
    expect(await secretsOf(store, 'beta')).toEqual(beta[1])
  })

  it('remove takes the secrets, and clears the default', async () => {
    const store = await createStore({ acme, beta })
    const entry = String((await store.profiles.read()).profiles['acme']?.['secretEntry'])
    const removed = await nv(store, ['remove', 'acme', '--yes'])
    expect(removed).toMatchObject({
      out: `Removed profile acme and its secrets.${noDefault}\n`,
      default: null,
    })
    expect(Object.keys(removed.profiles)).toEqual(['beta'])
    expect(await store.secrets.read(entry)).toEqual({})
    const later = await nv(store, ['add', 'gamma', '--preset', 'sandbox-mock'])
    expect(later.out).toBe('Saved profile gamma.\n')
    expect(later.default).toBeNull()
  })

  it('remove removes nothing when the secrets can not be read', async () => {
    const store = await createStore({ acme })
    store.secrets.locate = () => Promise.reject(setupError)
    const { exitCode, profiles } = await nv(store, ['remove', 'acme', '--yes'])
    expect({ exitCode, names: Object.keys(profiles) }).toEqual({ exitCode: 4, names: ['acme'] })
  })

  it.each<[string, Store['secrets']['remove'], string]>([
    [
      'that stay in a keychain',
      () => Promise.resolve({ kind: 'keychain', place: 'the keychain', reason: 'it is locked' }),
      'the keychain, since it is locked',
    ],
    [
      'whose removal fails',
      () => Promise.reject(setupError),
      '/nowhere/secrets.json (mode 0600), since it is out of reach',
    ],
  ])('remove tells the truth about secrets %s', async (_, remove, place) => {
    const store = await createStore({ acme })
    store.secrets.remove = remove
    const { exitCode, out } = await nv(store, ['remove', 'acme', '--yes'])
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: `Removed profile acme; its secrets could not be removed from ${place}.${noDefault}\n`,
    })
  })

  it.each([['edit', '--pkce', 'off'], ['remove', '--yes'], ['use'], ['export']])(
    '%s takes the name from --profile, and needs one',
    async (...args) => {
      const store = await createStore({ acme })
      expect((await nv(store, args)).err).toContain('Missing profile name')
      expect((await nv(store, [...args, '-p', 'acme'])).exitCode).toBe(0)
    },
  )

  it.each([['list'], ['export', 'acme'], ['export', 'nobody'], ['use', 'acme']])(
    '%s says what the store had to mend, also when it fails',
    async (...args) => {
      const store = await createStore({ acme })
      store.warnings = () => ['It was open.']
      expect((await nv(store, args)).err).toContain('It was open.\n')
    },
  )

  it('remove without --yes and without a terminal is exit 2', async () => {
    const removed = await nv(await createStore({ acme }), ['remove', 'acme'])
    expect(removed).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining('remove acme --yes') as string,
    })
    expect(Object.keys(removed.profiles)).toEqual(['acme'])
  })

  it.each([
    [['use', 'gone']],
    [['rename', 'gone', 'here']],
    [['remove', 'gone', '--yes']],
    [['edit', 'gone', '--pkce', 'off']],
    [['export', 'gone']],
    [['show', 'gone']],
    [['remove', 'constructor', '--yes']],
    [['export', '__proto__']],
  ])('%j: there is none, and the names that there are', async (args) => {
    const { exitCode, err, out } = await nv(await createStore({ acme }), args)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(/(You have no|Unknown) profile "(gone|constructor|__proto__)"/)
    expect(err).toContain('acme')
  })

  it.each([
    [['edit', 'simulator', '--pkce', 'off']],
    [['remove', 'simulator', '--yes']],
    [['rename', 'simulator', 'x']],
  ])('%j: it is built in', async (args) => {
    const { exitCode, err } = await nv(createTestStore(), args)
    expect(exitCode).toBe(2)
    expect(err).toContain('simulator is built in')
  })

  it.each([
    [['use', 'acme'], { action: 'made the default', profile: 'acme', isDefault: true }],
    [['rename', 'acme', 'new'], { action: 'renamed', profile: 'new' }],
    [['edit', 'acme', '--pkce', 'off'], { action: 'changed', profile: 'acme', secrets: null }],
    [['remove', 'acme', '--yes'], { action: 'removed', profile: 'acme' }],
  ])('%j prints JSON', async (args, expected) => {
    const { out } = await nv(await createStore({ acme }), [...args, '--json'])
    expect(JSON.parse(out)).toMatchObject({ schema: 'nv.profile-change/1', ...expected })
  })
})

describe('export and import', () => {
  it('an export has everything but secrets, and can be imported', async () => {
    const settings = {
      preset: 'sandbox',
      clientId: 'acme-app',
      headers: { 'X-Customer': 'a' },
      clientSecretEnv: 'S',
    }
    const { out, exitCode } = await nv(await createStore({ acme: [settings, { clientSecret: canary }] }), [
      'export',
      'acme',
    ])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toEqual({ schema: 'nv.profile/1', name: 'acme', settings })
    const imported = await nv(createTestStore(), ['import', 'acme.json'], { files: { 'acme.json': out } })
    expect(imported.profiles).toEqual({ acme: settings })
  })

  it('an export leaves out a secret that someone wrote into the file', async () => {
    const headers = { 'X-Api-Key': canary, 'X-Other-Key': '$OTHER', 'X-Customer': 'a' }
    const store = await createStore({
      g: [{ preset: 'generic', headers }],
      h: [{ preset: 'generic', headers: { 'X-Api-Key': canary } }],
    })
    expect(JSON.parse((await nv(store, ['export', 'g'])).out)).toMatchObject({
      settings: { headers: { 'X-Other-Key': '$OTHER', 'X-Customer': 'a' } },
    })
    expect(JSON.parse((await nv(store, ['export', 'h'])).out)).toMatchObject({
      settings: { preset: 'generic' },
    })
  })

  it('an export has known settings only', async () => {
    const store = await createStore({ g: [{ preset: 'generic', clientSecret: canary, password: canary }] })
    expect(JSON.parse((await nv(store, ['export', 'g'])).out).settings).toEqual({ preset: 'generic' })
  })

  it('an import warns of what reaches for variables, and reads paths as relative to the file', async () => {
    const settings = {
      preset: 'generic',
      headers: { 'X-A': '$HOME_SECRET' },
      clientSecretEnv: 'AWS_SECRET',
      proxy: 'http://proxy.example:3128',
      ca: './ca.pem',
      key: '../key.pem',
    }
    const text = JSON.stringify({ schema: 'nv.profile/1', name: 'g', settings })
    const { err, profiles } = await nv(createTestStore(), ['import', 'conf/g.json', '--quiet'], {
      files: { 'conf/g.json': text },
    })
    expect(profiles['g']).toMatchObject({ ca: '/nowhere/conf/ca.pem', key: '/nowhere/key.pem' })
    for (const what of [
      'sends your variable HOME_SECRET as the header X-A',
      'sends your variable AWS_SECRET as the client secret',
      'sends everything through the proxy http://proxy.example:3128',
      'trusts the certificates in /nowhere/conf/ca.pem',
    ])
      expect(err).toContain(`Warning: the profile of conf/g.json ${what}\n`)
  })

  it('an export of the simulator can be imported under another name', async () => {
    const { out } = await nv(createTestStore(), ['export', 'simulator'])
    const { exitCode, err } = await nv(createTestStore(), ['import', '-', '--name', 'mine'], { lines: [out] })
    expect({ exitCode, err }).toEqual({
      exitCode: 0,
      err: '  preset         from settings.preset: simulator\n',
    })
  })

  const environment = (secret: string) =>
    JSON.stringify({
      name: 'Acme (production)',
      values: [
        { key: 'application-client-id', value: 'my-app', enabled: true },
        { key: 'application-client-secret', value: secret, enabled: true },
        {
          key: 'auth-gateway-url',
          value: 'https://sandbox.opengateway.telefonica.com/apigateway',
          enabled: true,
        },
        { key: 'enduser-identifier', value: '+34600000001', enabled: true },
      ],
    })

  it('an import says what it takes, and from which key', async () => {
    const store = createTestStore()
    const { out, err, profiles } = await nv(store, ['import', 'e.json'], {
      files: { 'e.json': environment(canary) },
    })
    expect(err).toBe(`  preset sandbox from auth-gateway-url
  clientId       from application-client-id: my-app
  clientSecret   from application-client-secret
  authorizeUrl   from auth-gateway-url
  tokenUrl       from auth-gateway-url
  not taken      enduser-identifier: the number is given with each run
`)
    expect(out).toBe(
      'Saved profile acme-production, the default from now on. Its secret is in /nowhere/secrets.json (mode 0600).\n',
    )
    expect(profiles['acme-production']).toMatchObject({ preset: 'sandbox', clientId: 'my-app' })
    expect(await secretsOf(store, 'acme-production')).toEqual({ clientSecret: canary })
  })

  it('an import that is not complete does not become the default', async () => {
    const { default: defaultName, out } = await nv(createTestStore(), ['import', 'e.json'], {
      files: { 'e.json': environment('') },
    })
    expect(defaultName).toBeNull()
    expect(out).not.toContain('default')
  })

  it('an import without a gateway says that a preset can name it', async () => {
    const files = { 'a.env': `CLIENT_ID=my-app\nCLIENT_SECRET=${canary}\n` }
    const { err } = await nv(createTestStore(), ['import', 'a.env', '--name', 'acme'], { files })
    expect(err).toContain(
      'Name the gateway with --preset, or give what is missing as flags of:\nnv profile edit acme\n',
    )
  })

  it('an import without a secret says how to give it, and asks for nothing else on a terminal', async () => {
    const files = { 'e.json': environment('') }
    const { exitCode, err } = await nv(createTestStore(), ['import', 'e.json'], { files })
    expect(exitCode).toBe(0)
    expect(err).toContain(
      'Still missing: --client-secret-stdin (or --client-secret-env NAME). Give what is missing as flags of:\nnv profile edit acme-production\n',
    )
    const asked: string[] = []
    const store = createTestStore()
    const secret = ({ message }: { message: string }) => {
      asked.push(message)
      return Promise.resolve(canary)
    }
    await nv(store, ['import', 'e.json'], { files, isTerminal: true, prompt: { secret } })
    expect(asked).toEqual(['Client secret:'])
    expect(await secretsOf(store, 'acme-production')).toEqual({ clientSecret: canary })
  })

  it('a .env is named after its file, or as one says', async () => {
    const text = `CLIENT_ID=a\nCLIENT_SECRET=${canary}\nKEY=1`
    const files = { 'conf/acme.env': text, '.env': text }
    for (const [args, name] of [
      [['conf/acme.env'], 'acme'],
      [['.env'], 'imported'],
      [['.env', '--name', 'beta'], 'beta'],
    ] as const)
      expect(Object.keys((await nv(createTestStore(), ['import', ...args], { files })).profiles)).toEqual([
        name,
      ])
  })

  it('an import in UTF-16, as PowerShell writes it, is read', async () => {
    const file = Buffer.from('\uFEFFCLIENT_ID=a\r\nCLIENT_SECRET=b\r\n', 'utf16le')
    const { profiles } = await nv(createTestStore(), ['import', 'a.env'], { files: { 'a.env': file } })
    expect(profiles['a']).toMatchObject({ clientId: 'a' })
  })

  it('an import of which nothing can be taken leaves the default, and all else', async () => {
    const store = await createStore({ acme })
    const files = { 'e.json': JSON.stringify({ name: 'Empty', values: [] }) }
    const before = await store.profiles.read()
    const { exitCode, out } = await nv(store, ['import', 'e.json'], { files })
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(await store.profiles.read()).toEqual(before)
  })

  it('an import with --prefix and --preset takes one client of two', async () => {
    const files = { 'two.env': 'A_CLIENT_ID=a\nA_CLIENT_SECRET=sa\nB_CLIENT_ID=b\nB_CLIENT_SECRET=sb\n' }
    const refused = await nv(createTestStore(), ['import', 'two.env'], { files })
    expect(refused.exitCode).toBe(2)
    expect(refused.err).toContain('nv profile import two.env --prefix B\n')
    expect(refused.err).not.toContain('sb')
    const store = createTestStore()
    const args = ['import', 'two.env', '--prefix', 'B', '--preset', 'konera']
    expect((await nv(store, args, { files })).profiles).toMatchObject({
      two: { preset: 'konera', clientId: 'b' },
    })
    expect(await secretsOf(store, 'two')).toEqual({ clientSecret: 'sb' })
    expect((await nv(store, ['import', 'two.env', '--preset', 'x'], { files })).exitCode).toBe(2)
  })

  it('an import of a key alone says with what it can be used', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const files = { 'key.der': privateKey.export({ type: 'pkcs8', format: 'der' }) }
    const { exitCode, err } = await nv(createTestStore(), ['import', 'key.der'], { files })
    expect(exitCode).toBe(2)
    expect(err).toContain('nv profile add --preset camara --issuer <url> --client-id <id> --key key.der')
  })

  it('an import names what it can not use with the command that makes it usable', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const text = `CLIENT_ID=a\nPRIVATE_KEY=${Buffer.from(pem).toString('base64')}\n`
    const { err, exitCode } = await nv(createTestStore(), ['import', 'a.env'], { files: { 'a.env': text } })
    expect(exitCode).toBe(0)
    expect(err).toContain('PRIVATE_KEY: it is the key itself')
    expect(err).toContain('(umask 077; node --env-file=a.env -p \'process.env["PRIVATE_KEY"]\' > client.key)')
  })

  it.each<[string, string[], string]>([
    ['a file that is not there', ['gone.env'], 'File not found: gone.env'],
    ['a file that is none of the three', ['key.pem'], 'Nothing can be imported from key.pem'],
    ['a name that is taken', ['e.json', '--name', 'Acme'], 'A profile "acme" already exists'],
    ['a built-in name', ['e.json', '--name', 'simulator'], 'It is the name of a built-in profile'],
    ['plain http', ['bad.env'], 'ACME_TOKEN_URL must be an https URL'],
    ['a secret as an argument', ['e.json', '--client-secret', canary], '--client-secret takes no value'],
  ])('an import of %s is exit 2, and nothing is saved', async (_, args, message) => {
    const store = await createStore({ acme })
    const { exitCode, out, err, profiles } = await nv(store, ['import', ...args], {
      files: {
        'e.json': environment(canary),
        'key.pem': `-----BEGIN PRIVATE KEY-----\n${canary}`,
        'bad.env': `ACME_TOKEN_URL=http://me:${canary}@g.example`,
      },
    })
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(message)
    expect(Object.keys(profiles)).toEqual(['acme'])
  })
})
