// The dialogue of `nv profile add` and `nv profile edit`: what is asked, in which order, and what is not.
import { generateKeyPairSync } from 'node:crypto'
import { settingNames } from '../../src/settings/settings.ts'
import { settings } from '../../src/settings/table.ts'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Context, Prompt } from '../../src/context.ts'
import { Cancelled } from '../../src/errors.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const canary = 'canary-secret-Zx9'
const pem = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
)

/** Answers by the beginning of the question; an Error is thrown, a list gives one answer after the other. */
type Answers = Record<string, string | boolean | Error | string[]>

interface Asked {
  kind: keyof Prompt
  message: string
}

/** Makes a person who answers from a script. A wrong answer is what the question's own check refuses. */
function createPerson(answers: Answers) {
  const asked: Asked[] = []
  const choices: string[][] = []
  const rows: string[][] = []
  const answer = (kind: keyof Prompt, message: string) => {
    asked.push({ kind, message })
    const [, found] = Object.entries(answers).find(([beginning]) => message.startsWith(beginning)) ?? []
    const given = Array.isArray(found) ? found.shift() : found
    if (given === undefined) throw new Error(`Nobody answers ${message}`)
    if (given instanceof Error) throw given
    return given
  }
  const checked =
    (kind: keyof Prompt): Prompt['text'] =>
    async ({ message, validate, initial }) => {
      const isAnswered = Object.keys(answers).some((beginning) => message.startsWith(beginning))
      if (message === 'Profile name:' && !isAnswered) return initial ?? ''
      const text = String(answer(kind, message))
      const verdict = (await validate?.(text)) ?? true
      if (verdict !== true) throw new Error(`${text}: ${verdict}`)
      return text
    }
  const prompt: Partial<Prompt> = {
    text: checked('text'),
    secret: checked('secret'),
    choice: <T extends string>(options: Parameters<Prompt['choice']>[0]) => {
      choices.push(options.choices.map(({ value }) => value))
      rows.push(options.choices.map(({ name }) => name))
      return Promise.resolve(answer('choice', options.message) as T)
    },
    confirm: ({ message }) => Promise.resolve(answer('confirm', message) === true),
  }
  return { prompt, asked, choices, rows, questions: () => asked.map(({ message }) => message) }
}

async function run(args: readonly string[], answers: Answers, options: TestContextOptions = {}) {
  const person = createPerson(answers)
  const store = options.store ?? createTestStore()
  const test = createTestContext({ isTerminal: true, ...options, prompt: person.prompt, store })
  const exitCode = await runProgram(test.context, ['profile', ...args, '--no-color'])
  const stored = await store.profiles.read()
  return { exitCode, out: test.out(), err: test.err(), stored, store, ...person }
}

async function secretsOf({ store, stored }: Awaited<ReturnType<typeof run>>, name: string) {
  return store.secrets.read(String(stored.profiles[name]?.['secretEntry']))
}

describe('add', () => {
  it('asks preset, client id, secret, redirect_uri, and whether to try', async () => {
    const result = await run(['add'], {
      'Which gateway': 'sandbox',
      'Client id': 'my-app',
      'Client secret': canary,
      'Registered redirect_uri': 'https://app.example/callback',
      'Try it now': false,
    })
    expect(result.asked).toEqual([
      { kind: 'choice', message: 'Which gateway?' },
      { kind: 'text', message: 'Client id:' },
      { kind: 'secret', message: 'Client secret:' },
      { kind: 'text', message: 'Registered redirect_uri (empty: http://127.0.0.1:<free port>/callback):' },
      { kind: 'confirm', message: 'Try it now?' },
    ])
    expect(result.exitCode).toBe(0)
    expect(result.stored.profiles['sandbox']).toMatchObject({
      preset: 'sandbox',
      clientId: 'my-app',
      redirectUri: 'https://app.example/callback',
    })
    expect(await secretsOf(result, 'sandbox')).toEqual({ clientSecret: canary })
    expect(result.out + result.err).not.toContain(canary)
  })

  it('offers the gateways that need something of the user', async () => {
    const { choices } = await run(['add'], { 'Which gateway': new Cancelled() })
    expect(choices).toEqual([
      [
        'sandbox',
        'camara',
        'vonage',
        'telekom',
        'vodafone',
        'orange-playground',
        'nokia-nac',
        'konera',
        'generic',
      ],
    ])
  })

  it('asks nothing that a flag gave', async () => {
    const flags = [
      '--preset',
      'sandbox',
      '--client-id',
      'a',
      '--redirect-uri',
      'https://app.example/callback',
    ]
    const args = ['add', 'acme', ...flags, '--client-secret-env', 'S']
    const { questions } = await run(args, { 'Try it now': false }, { env: { S: canary } })
    expect(questions()).toEqual(['Try it now?'])
  })

  it.each<[string, Answers, string[]]>([
    [
      'generic',
      {
        Authorization: 'https://g.example/a',
        Token: 'https://g.example/t',
        Base: 'https://g.example',
        'Client id': 'a',
        'Client secret': 's',
      },
      [
        'Authorization endpoint (URL):',
        'Token endpoint (URL):',
        'Base of the API, with or without its version (URL):',
        'Client id:',
        'Client secret:',
      ],
    ],
    [
      'camara',
      { Issuer: 'https://o.example', Base: 'https://o.example', 'Client id': 'a', 'Private key': 'k.pem' },
      [
        'Issuer (URL):',
        'Base of the API, with or without its version (URL):',
        'Client id:',
        'Private key (path of a PEM or JWK file):',
      ],
    ],
    [
      'vonage',
      { 'Client id': 'a', 'Private key': '~/k.pem' },
      ['Client id:', 'Private key (path of a PEM or JWK file):'],
    ],
    ['nokia-nac', { 'X-RapidAPI-Key': canary }, ['X-RapidAPI-Key:']],
  ])('asks for %s what it needs', async (preset, answers, expected) => {
    const result = await run(
      ['add', 'acme', '--preset', preset],
      { ...answers, 'Registered redirect_uri': '', 'Try it now': false },
      { env: { HOME: '/home/me' }, files: { '/home/me/k.pem': pem, '/nowhere/k.pem': pem } },
    )
    expect(result.exitCode).toBe(0)
    expect(result.questions().slice(0, -2)).toEqual(expected)
    expect(result.stored.profiles['acme']).not.toHaveProperty('redirectUri')
    if (preset === 'vonage') expect(result.stored.profiles['acme']?.['key']).toBe('/home/me/k.pem')
    if (preset === 'camara') expect(result.stored.profiles['acme']?.['key']).toBe('/nowhere/k.pem')
    if (preset !== 'nokia-nac') return
    expect(result.asked[0]?.kind).toBe('secret')
    expect(result.stored.profiles['acme']).toMatchObject({ secretHeaders: ['X-RapidAPI-Key'] })
    expect(await secretsOf(result, 'acme')).toEqual({ 'header:x-rapidapi-key': canary })
  })

  it.each<[string, string, string, string]>([
    ['generic', 'Authorization endpoint', 'http://g.example/a', 'It must be an https URL'],
    ['sandbox', 'Client id', ' ', 'It must not be empty'],
    ['sandbox', 'Registered redirect_uri', 'javascript:x', 'It must not have a scheme'],
    ['sandbox', 'Client secret', '', 'It is empty'],
    ['sandbox', 'Client secret', ' padded', 'It starts or ends with white space'],
  ])('checks for %s the answer to %s', async (preset, question, answer, rule) => {
    const answers = { 'Client id': 'a', 'Client secret': canary, [question]: answer }
    const { err, stored } = await run(['add', '--preset', preset], answers)
    expect(err).toContain(`${answer}: ${rule}`)
    expect(stored.profiles).toEqual({})
  })

  it('saves what was typed without the spaces around it', async () => {
    const answers = {
      'Client id': ' my-app ',
      'Client secret': 's',
      Registered: ' https://a.example/cb ',
      'Try it': false,
    }
    const { stored } = await run(['add', 'acme', '--preset', 'sandbox'], answers)
    expect(stored.profiles['acme']).toMatchObject({ clientId: 'my-app', redirectUri: 'https://a.example/cb' })
  })

  it('warns of what was typed before it asks on', async () => {
    const { err } = await run(
      ['add', 'acme', '--preset', 'sandbox', '--client-id', 'a', '--client-secret-env', 'S'],
      {
        Registered: 'https://app.example/callback#x',
        'Try it now': false,
      },
    )
    expect(err).toContain('The redirect_uri has a fragment')
  })

  it('asks nothing for a name that is taken', async () => {
    const store = createTestStore()
    await store.profiles.update(() => ({ default: null, profiles: { acme: { preset: 'vonage' } } }))
    const { exitCode, asked, err } = await run(['add', 'acme'], {}, { store })
    expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: [] })
    expect(err).toContain('A profile "acme" already exists')
  })

  it.each(['Which gateway', 'Client id', 'Client secret', 'Registered redirect_uri'])(
    'interrupted at %s is exit 130, with nothing saved',
    async (question) => {
      const answers: Answers = {
        'Which gateway': 'sandbox',
        'Client id': 'a',
        'Client secret': canary,
        'Registered redirect_uri': '',
        [question]: new Cancelled(),
      }
      const { exitCode, stored, out } = await run(['add', 'acme'], answers)
      expect({ exitCode, stored, out }).toEqual({
        exitCode: 130,
        stored: { default: null, profiles: {} },
        out: '',
      })
    },
  )

  it.each<[string, TestContextOptions, string[]]>([
    ['--no-input', {}, ['--no-input']],
    ['a terminal that can not draw', { env: { TERM: 'dumb' } }, []],
    ['no terminal', { isTerminal: false }, []],
  ])('asks nothing with %s', async (_, options, flags) => {
    const { exitCode, asked } = await run(['add', 'acme', ...flags], {}, options)
    expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: [] })
  })
})

describe('try it now?', () => {
  const flags = ['--preset', 'simulator']
  it.each([
    ['+34600000001', 0, 'verified'],
    ['+34600000002', 1, 'mismatch'],
  ])('%s ends with %d, %s', async (number, exitCode, verdict) => {
    const result = await run(['add', 'mine', ...flags], {
      Registered: '',
      'Try it now': true,
      'Phone number': number,
    })
    expect(result.exitCode).toBe(exitCode)
    expect(result.out).toContain('Saved profile mine')
    expect(result.out).toMatch(new RegExp(`^${verdict}  this phone's number is.* \\${number}`, 'm'))
  })

  it('checks the profile where a phone would be needed', async () => {
    const gateway = 'http://127.0.0.1:1'
    const { exitCode, out, err, questions } = await run(
      [
        'add',
        'mine',
        '--preset',
        'generic',
        '--client-id',
        'my-app',
        '--client-secret-env',
        'ACME_SECRET',
      ].concat(['--authorize-url', `${gateway}/a`, '--token-url', `${gateway}/t`, '--api-url', gateway]),
      { Registered: '', 'Try it now': true },
      { env: { ACME_SECRET: canary } },
    )
    expect(exitCode).toBe(1)
    expect(questions().at(-1)).toBe('Try it now?')
    expect(out).toContain('✖ tcp')
    expect(err).toContain('Change the profile: nv profile edit mine; then: nv check mine')
    expect(err).not.toContain('With a phone')
  })

  it('asks for a number until it is one', async () => {
    const { err } = await run(['add', 'mine', ...flags], {
      Registered: '',
      'Try it now': true,
      Phone: '600 000 001',
    })
    expect(err).toMatch(/600 000 001: .*\+/)
  })

  it('with no is exit 0', async () => {
    const { exitCode } = await run(['add', 'mine', ...flags], { Registered: '', 'Try it now': false })
    expect(exitCode).toBe(0)
  })

  it('is not asked where the result is JSON', async () => {
    const { questions, out } = await run(['add', 'mine', ...flags, '--json'], { Registered: '' })
    expect(questions()).toHaveLength(1)
    expect(JSON.parse(out)).toMatchObject({ profile: 'mine' })
  })
})

describe('edit', () => {
  async function createAcme(profile: Record<string, unknown> = { preset: 'sandbox', clientId: 'my-app' }) {
    const store = createTestStore()
    await store.secrets.write('acme#1', { clientSecret: canary })
    await store.profiles.update(() => ({
      default: null,
      profiles: { acme: { ...profile, secretEntry: 'acme#1' } },
    }))
    return store
  }

  it('asks what to change until it is enough', async () => {
    const store = await createAcme()
    const result = await run(
      ['edit', 'acme'],
      {
        'What do you want': ['clientId', 'clientSecret', 'redirectUri', 'done'],
        'Client id': 'other-app',
        'Client secret': 'another secret',
        'Registered redirect_uri': 'https://app.example/callback',
      },
      { store },
    )
    expect(result.exitCode).toBe(0)
    expect(result.stored.profiles['acme']).toMatchObject({
      preset: 'sandbox',
      clientId: 'other-app',
      redirectUri: 'https://app.example/callback',
    })
    expect(await secretsOf(result, 'acme')).toEqual({ clientSecret: 'another secret' })
    expect(await store.secrets.read('acme#1')).toEqual({})
  })

  it('offers the secret headers of the gateway, and keeps the new value with the secrets', async () => {
    const store = await createAcme({ preset: 'nokia-nac', headers: { 'x-rapidapi-key': '$OLD' } })
    const result = await run(
      ['edit', 'acme'],
      { 'What do you want': ['header X-RapidAPI-Key', 'done'], 'X-RapidAPI-Key': 'new key' },
      { store },
    )
    expect(result.choices[0]).toContain('header X-RapidAPI-Key')
    expect(result.stored.profiles['acme']).toMatchObject({
      preset: 'nokia-nac',
      secretHeaders: ['X-RapidAPI-Key'],
    })
    expect(result.stored.profiles['acme']).not.toHaveProperty('headers')
    expect(await secretsOf(result, 'acme')).toEqual({
      clientSecret: canary,
      'header:x-rapidapi-key': 'new key',
    })
  })

  it('offers the values of a setting that has a few', async () => {
    const store = await createAcme()
    const answers = {
      'What do you want': ['preset', 'authMethod', 'apiVersion', 'pkce', 'done'],
      Preset: 'konera',
      'Client authentication': 'client_secret_post',
      'API version': 'v1',
      PKCE: 'off',
    }
    const { asked, stored } = await run(['edit', 'acme'], answers, { store })
    expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(['choice']))
    expect(stored.profiles['acme']).toMatchObject({
      preset: 'konera',
      authMethod: 'client_secret_post',
      apiVersion: 'v1',
      pkce: 'off',
    })
  })

  it('offers every setting that a person can type', async () => {
    const { choices } = await run(
      ['edit', 'acme'],
      { 'What do you want': 'done' },
      { store: await createAcme() },
    )
    const typed = settingNames.filter((name) => typeof settings[name].question === 'string')
    expect(choices[0]).toEqual(expect.arrayContaining(['keyId', 'dpop', 'requestObject', ...typed]))
  })

  it('an empty answer takes a setting out', async () => {
    const store = await createAcme({ preset: 'sandbox', clientId: 'a', proxy: 'http://proxy.example:3128' })
    const answers = { 'What do you want': ['proxy', 'done'], 'Proxy (URL) (Backspace and Enter: none)': '' }
    expect((await run(['edit', 'acme'], answers, { store })).stored.profiles['acme']).not.toHaveProperty(
      'proxy',
    )
  })

  it('without a change says so and writes nothing', async () => {
    const store = await createAcme()
    const { exitCode, out, err } = await run(['edit', 'acme'], { 'What do you want': 'done' }, { store })
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: '', err: 'Nothing changed.\n' })
  })

  it.each([
    [{}, 'acme#1', '(hidden)'],
    [{}, undefined, '(not set)'],
    [{ clientSecretEnv: 'ACME' }, undefined, '$ACME'],
  ])('shows of the secret whether there is one: %o, %s', async (settings, secretEntry, expected) => {
    const store = createTestStore()
    const acme = { preset: 'sandbox', ...settings, ...(secretEntry ? { secretEntry } : {}) }
    await store.profiles.update(() => ({ default: null, profiles: { acme } }))
    const { rows } = await run(['edit', 'acme'], { 'What do you want': 'done' }, { store })
    expect(rows[0]?.map((row) => row.replace(/ +/, ' '))).toContain(`clientSecret ${expected}`)
  })

  it('interrupted changes nothing', async () => {
    const store = await createAcme()
    const before = await store.profiles.read()
    const answers = {
      'What do you want': ['clientId', 'clientSecret'],
      'Client id': 'x',
      'Client secret': new Cancelled(),
    }
    const { exitCode, stored } = await run(['edit', 'acme'], answers, { store })
    expect({ exitCode, stored }).toEqual({ exitCode: 130, stored: before })
    expect(await store.secrets.read('acme#1')).toEqual({ clientSecret: canary })
  })
})

describe('remove', () => {
  const createStore = async () => {
    const store = createTestStore()
    await store.profiles.update(() => ({ default: 'acme', profiles: { acme: { preset: 'vonage' } } }))
    return store
  }

  it.each([
    [true, 0, []],
    [false, 0, ['acme']],
  ] as const)('asks; %s ends with %d', async (answer, expected, left) => {
    const { exitCode, stored, questions, err } = await run(
      ['remove', 'acme'],
      { Remove: answer },
      { store: await createStore() },
    )
    expect(questions()).toEqual(['Remove profile acme and its secrets?'])
    expect({ exitCode, err }).toEqual({ exitCode: expected, err: answer ? '' : 'Not removed.\n' })
    expect(Object.keys(stored.profiles)).toEqual(left)
  })

  it('asks nothing about a profile that is not there', async () => {
    const { exitCode, asked, err } = await run(['remove', 'other'], {}, { store: await createStore() })
    expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: [] })
    expect(err).toContain('Yours are acme.')
  })
})

it('every question can be interrupted by a signal', async () => {
  const signals: unknown[] = []
  const refuse: Context['prompt']['choice'] = ({ signal }) => {
    signals.push(signal)
    return Promise.reject(new Cancelled())
  }
  const { context } = createTestContext({ isTerminal: true, prompt: { choice: refuse } })
  await runProgram(context, ['profile', 'add'])
  expect(signals).toEqual([context.signal])
})
