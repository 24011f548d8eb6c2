// `nv profile add` by flags: what is saved, what is refused, and what is said.
import { rootCertificates } from 'node:tls'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const canary = 'canary-secret-Zx9'
const urls =
  '--authorize-url https://g.example/authorize --token-url https://g.example/token --api-url https://g.example'.split(
    ' ',
  )
const sandbox = ['--preset', 'sandbox', '--client-id', 'my-app']
const pem = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
)

/** Runs `nv profile add` with a secret on stdin; gives what it printed and what is stored then. */
async function add(args: readonly string[], options: TestContextOptions = {}) {
  const store = options.store ?? createTestStore()
  const { context, out, err } = createTestContext({ lines: [canary], ...options, store })
  const exitCode = await runProgram(context, ['profile', 'add', ...args])
  const stored = await store.profiles.read()
  const secretsOf = async (name: string) => {
    const entry = stored.profiles[name]?.['secretEntry']
    return typeof entry === 'string' ? store.secrets.read(entry) : {}
  }
  return { exitCode, out: out(), err: err(), stored, store, secretsOf }
}

describe('by flags', () => {
  it('saves the settings, and the secret elsewhere', async () => {
    const flags = [
      'acme',
      ...sandbox,
      '--client-secret-stdin',
      '--redirect-uri',
      'https://app.example/callback',
    ]
    const { exitCode, out, err, stored, secretsOf } = await add(flags)
    expect({ exitCode, out, err }).toEqual({
      exitCode: 0,
      out: 'Saved profile acme, the default from now on. Its secret is in /nowhere/secrets.json (mode 0600).\n',
      err: '',
    })
    expect(stored).toEqual({
      default: 'acme',
      profiles: {
        acme: {
          preset: 'sandbox',
          clientId: 'my-app',
          redirectUri: 'https://app.example/callback',
          secretEntry: expect.stringMatching(/^acme#/) as string,
        },
      },
    })
    expect(await secretsOf('acme')).toEqual({ clientSecret: canary })
    expect(JSON.stringify(stored)).not.toContain(canary)
  })

  it('takes every setting', async () => {
    const { exitCode, err, stored } = await add(
      [
        'acme',
        ...urls,
        ...'--preset generic --issuer https://g.example --client-id my-app --listen 127.0.0.1:8080'.split(
          ' ',
        ),
        ...'--redirect-uri https://app.example/callback --api-version v1 --key acme.pem --ca ~/ca.pem'.split(
          ' ',
        ),
        ...'--auth-method private_key_jwt --login-hint tel --pkce off --prompt none'.split(' '),
        ...'--proxy http://proxy.example:3128 --header X-Key=$ACME_KEY --header'.split(' '),
        'X-Customer: acme',
        '--scope',
        'dpv:A number-verification:verify',
      ],
      {
        files: { '/nowhere/acme.pem': pem, '/home/me/ca.pem': rootCertificates[0] ?? '' },
        env: { HOME: '/home/me' },
      },
    )
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(stored.profiles['acme']).toEqual({
      preset: 'generic',
      authorizeUrl: 'https://g.example/authorize',
      tokenUrl: 'https://g.example/token',
      apiUrl: 'https://g.example',
      issuer: 'https://g.example',
      clientId: 'my-app',
      redirectUri: 'https://app.example/callback',
      listen: '127.0.0.1:8080',
      scope: 'dpv:A number-verification:verify',
      apiVersion: 'v1',
      authMethod: 'private_key_jwt',
      key: '/nowhere/acme.pem',
      ca: '/home/me/ca.pem',
      headers: { 'X-Customer': 'acme', 'X-Key': '$ACME_KEY' },
      loginHint: 'tel',
      pkce: 'off',
      prompt: 'none',
      proxy: 'http://proxy.example:3128',
    })
  })

  it('prints one JSON object on request', async () => {
    const { out } = await add(['acme', ...sandbox, '--client-secret-stdin', '--json'])
    expect(JSON.parse(out)).toEqual({
      schema: 'nv.profile-change/1',
      action: 'added',
      profile: 'acme',
      isDefault: true,
      secrets: { kind: 'file', place: '/nowhere/secrets.json (mode 0600)' },
    })
  })

  it('keeps the name of a variable, not its value, and says when it is not set', async () => {
    const env = { ACME_SECRET: canary }
    const set = await add(['acme', ...sandbox, '--client-secret-env', 'ACME_SECRET'], { env })
    expect(set.out).toBe(
      'Saved profile acme, the default from now on. Its secret is read from $ACME_SECRET on each run.\n',
    )
    expect(set.err).toBe('')
    expect(set.stored.profiles['acme']).toEqual({
      preset: 'sandbox',
      clientId: 'my-app',
      clientSecretEnv: 'ACME_SECRET',
    })
    const unset = await add(['acme', ...sandbox, '--client-secret-env', 'ACME_SECRET'])
    expect(unset).toMatchObject({ exitCode: 0, err: expect.stringContaining('is not set now') as string })
  })

  it('infers the preset from the URLs', async () => {
    const generic = await add(['acme', ...urls, '--client-id', 'my-app', '--client-secret-stdin'])
    expect(generic.stored.profiles['acme']?.['preset']).toBe('generic')
    const flags = [
      '--issuer',
      'https://o.example',
      '--api-url',
      'https://o.example',
      '--client-id',
      'a',
      '--key',
      'k',
    ]
    expect((await add(['acme', ...flags])).stored.profiles['acme']?.['preset']).toBe('camara')
    const withSecret = await add(['acme', '--issuer', 'https://o.example', '--client-secret-stdin'])
    expect(withSecret.err).toContain('Not given: --api-url, --client-id.')
    const ofIssuer = await add(['acme', '--issuer', 'https://o.example'])
    expect(ofIssuer.err).toContain('--api-url, --client-id, --key')
  })

  it('names the profile after its preset when it gets no name', async () => {
    const store = createTestStore()
    for (const name of ['sandbox', 'sandbox-2', 'sandbox-3']) {
      const { out } = await add([...sandbox, '--client-secret-stdin'], { store })
      expect(out).toContain(`Saved profile ${name}`)
    }
    const { out } = await add(['--preset', 'sandbox-mock'], { store })
    expect(out).toContain('Saved profile sandbox-mock-2')
  })

  it('takes its name from --profile, too', async () => {
    const { stored } = await add(['--profile', 'acme', ...sandbox, '--client-secret-stdin'])
    expect(Object.keys(stored.profiles)).toEqual(['acme'])
  })

  it('makes the first profile the default, and no other', async () => {
    const store = createTestStore()
    await add(['one', ...sandbox, '--client-secret-stdin'], { store })
    const { out, stored } = await add(['two', ...sandbox, '--client-secret-stdin'], { store })
    expect(out).not.toContain('default')
    expect(stored.default).toBe('one')
  })

  it('says that the file of a key is not there yet', async () => {
    const { exitCode, err } = await add(['v', '--preset', 'vonage', '--client-id', 'a', '--key', 'gone.pem'])
    expect(exitCode).toBe(0)
    expect(err).toContain('/nowhere/gone.pem does not exist yet')
  })
})

describe('without a terminal, or with --no-input', () => {
  it.each<[string, string[], string]>([
    ['nothing', [], '--preset'],
    ['a preset', ['--preset', 'sandbox'], '--client-id, --client-secret-stdin (or --client-secret-env NAME)'],
    [
      'a preset without URLs',
      ['--preset', 'generic'],
      '--authorize-url, --token-url, --api-url, --client-id, --client-secret-stdin (or --client-secret-env NAME)',
    ],
    ['a preset with a key', ['--preset', 'camara'], '--issuer, --api-url, --client-id, --key'],
    ['a preset with a secret header', ['--preset', 'nokia-nac'], "--header 'X-RapidAPI-Key: $VARIABLE'"],
  ])('names all that %s lacks', async (_, flags, missing) => {
    for (const terminal of [{}, { isTerminal: true }]) {
      const args = terminal.isTerminal ? ['acme', ...flags, '--no-input'] : ['acme', ...flags]
      const { exitCode, out, err, stored } = await add(args, terminal)
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
      expect(err.replaceAll(/\s+/g, ' ')).toContain(`Not given: ${missing}.`)
      expect(stored.profiles).toEqual({})
    }
  })
})

describe('is refused, with exit 2 and nothing saved', () => {
  const complete = [...sandbox, '--client-secret-stdin']
  it.each<[string, string[], string]>([
    [
      'a secret as an argument',
      ['acme', ...sandbox, '--client-secret', canary],
      '--client-secret takes no value',
    ],
    ['… with =', ['acme', ...sandbox, `--client-secret=${canary}`], 'Every user of this machine can read'],
    ['… without a value', ['acme', ...sandbox, '--client-secret'], '--client-secret-stdin'],
    ['two ways to a secret', ['acme', ...complete, '--client-secret-env', 'X'], "can't be used together"],
    [
      'a secret in place of a variable',
      ['acme', ...sandbox, '--client-secret-env', canary],
      'must be the name of an environment variable',
    ],
    [
      'a secret header',
      ['acme', ...complete, '--header', `X-Api-Key: ${canary}`],
      'The value of X-Api-Key looks like a secret',
    ],
    [
      '… that only starts like a variable',
      ['acme', ...complete, '--header', `X-Api-Key: $${canary}!`],
      'looks like a secret',
    ],
    [
      'a header of two lines',
      ['acme', ...complete, '--header', `X-A: ${canary}\nX-B: c`],
      'The value of --header is not valid',
    ],
    [
      'a header without a value',
      ['acme', ...complete, '--header', 'X-A'],
      'It takes a name, a colon and a value.',
    ],
    [
      'plain http',
      ['acme', ...complete, '--token-url', 'http://g.example/token'],
      '--token-url must be an https URL',
    ],
    [
      'a dangerous redirect_uri',
      ['acme', ...complete, '--redirect-uri', 'javascript:x'],
      '--redirect-uri must not have a scheme',
    ],
    [
      'an unknown preset',
      ['acme', '--preset', 'constructor'],
      'The presets are simulator, sandbox-mock, sandbox',
    ],
    ['a name with a slash', ['a/b', ...complete], "A profile can't be named"],
    ['a built-in name', ['simulator', ...complete], 'It is the name of a built-in profile.'],
    ['an unknown choice', ['acme', ...complete, '--pkce', 'maybe'], 'It must be one of on, off'],
    ['an argument too many', ['acme', ...complete, canary], 'Too many arguments'],
    [
      'a key that can not be used',
      [
        'acme',
        '--preset',
        'camara',
        '--issuer',
        'https://o.example',
        '--api-url',
        'https://o.example',
        '--client-id',
        'a',
        '--key',
        'bad.pem',
      ],
      "The private key in /nowhere/bad.pem can't be used",
    ],
  ])('%s', async (_, args, message) => {
    const { exitCode, out, err, stored } = await add(args, { files: { '/nowhere/bad.pem': canary } })
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message.replace('can’t', "can't"))
    expect(err).not.toContain(canary)
    expect(stored).toEqual({ default: null, profiles: {} })
  })

  it.each<[string, string[]]>([
    ['empty', ['']],
    ['several lines', [canary, 'more']],
    ['padded', [` ${canary}`]],
    ['with an escape', [`${canary}\u001b[2J`]],
  ])('a secret on stdin that is %s', async (_, lines) => {
    const { exitCode, err, stored } = await add(['acme', ...complete], { lines })
    expect(exitCode).toBe(2)
    expect(err).toContain("The client secret on standard input can't be used")
    expect(err).not.toContain(canary)
    expect(stored.profiles).toEqual({})
  })

  it('a secret on stdin that the terminal would show', async () => {
    const { exitCode, err } = await add(['acme', ...complete], { isTerminal: true })
    expect(exitCode).toBe(2)
    expect(err).toContain('Standard input is the terminal, which would show the secret')
  })

  it.each(['acme', 'ACME', 'Acme'])('the name %s, where there is acme', async (name) => {
    const store = createTestStore()
    await add(['acme', ...complete], { store })
    const before = await store.profiles.read()
    const { exitCode, err, stored } = await add([name, '--preset', 'vonage'], { store })
    expect(exitCode).toBe(2)
    expect(err).toContain('A profile "acme" already exists')
    expect(stored).toEqual(before)
  })
})

describe('warns, and saves, where something', () => {
  it.each<[string, string[], string]>([
    [
      'is a fragment',
      ['--redirect-uri', 'https://app.example/callback#x'],
      'The redirect_uri has a fragment',
    ],
    ['travels in plain', ['--redirect-uri', 'http://app.example/callback'], 'plain http to another machine'],
    ['has two purposes', ['--scope', 'dpv:A dpv:B number-verification:verify'], 'more than one purpose'],
    [
      'is the form of v0 with v2',
      ['--scope', 'dpv:A#number-verification-verify-read'],
      'The scope has the form of API v0',
    ],
    [
      'is the form of v2 with v0',
      ['--api-version', 'v0', '--scope', 'dpv:A number-verification:verify'],
      'The scope has the form of API v1 and v2',
    ],
    ['is encoded already', ['--scope', 'dpv:A%20number-verification:verify'], 'already percent-encoded'],
  ])('%s', async (_, flags, title) => {
    const { exitCode, err, stored } = await add(['acme', ...sandbox, '--client-secret-stdin', ...flags])
    expect(exitCode).toBe(0)
    expect(err).toContain(title)
    expect(err).toMatch(/^warning /)
    expect(Object.keys(stored.profiles)).toEqual(['acme'])
  })

  it.each(['vonage', 'nokia-nac', 'konera', 'orange-playground'])(
    'of the preset %s is unconfirmed',
    async (preset) => {
      const flags = [
        '--client-id',
        'a',
        '--client-secret-env',
        'S',
        '--key',
        'k',
        '--header',
        'X-RapidAPI-Key: $K',
      ]
      const { exitCode, err } = await add(['acme', '--preset', preset, ...flags])
      expect(exitCode).toBe(0)
      expect(err).toContain(`Preset ${preset} is partly unconfirmed`)
    },
  )
})

it('help lists the presets, and no flag for a secret', async () => {
  const { out } = await add(['--help', '--all'])
  for (const preset of [
    'sandbox-mock',
    'sandbox',
    'camara',
    'vonage',
    'orange-playground',
    'nokia-nac',
    'konera',
    'generic',
  ])
    expect(out).toMatch(new RegExp(`^  ${preset} +\\S`, 'm'))
  expect(out).not.toMatch(/--client-secret[ [<]/)
})
