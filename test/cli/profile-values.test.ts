// One value of a profile at a time, and what the dialogue of `nv profile add` says and refuses on the way.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Prompt } from '../../src/context.ts'
import { consoles } from '../../src/settings/consoles.ts'
import { presets } from '../../src/settings/presets.ts'
import type { Store, StoredProfile } from '../../src/settings/store.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'

const canary = 'canary-secret-Zx9'
const acme = { preset: 'sandbox', clientId: 'my-app', redirectUri: 'https://app.example/callback' }
const pemOf = (type: 'ec' | 'rsa') => {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

async function storeOf(
  profiles: Record<string, StoredProfile>,
  name: string | null = 'acme',
): Promise<Store> {
  const store = createTestStore()
  await store.profiles.update(() => ({ default: name, profiles }))
  return store
}

async function nv(store: Store, args: readonly string[], options: TestContextOptions = {}) {
  const started = createTestContext({ ...options, store })
  const exitCode = await runProgram(started.context, ['profile', ...args, '--no-color'])
  return { exitCode, out: started.out(), err: started.err(), stored: await store.profiles.read() }
}

describe('current', () => {
  test.each<[string, string[], TestContextOptions, string, string]>([
    ['the default', [], {}, 'acme', 'nv profile use'],
    ['the variable', [], { env: { NV_PROFILE: 'beta' } }, 'beta', 'NV_PROFILE'],
    ['the option', ['--profile', 'simulator'], {}, 'simulator', '--profile'],
    [
      'the project',
      [],
      { files: { '/nowhere/nv.config.json': '{"profile":"beta"}' } },
      'beta',
      'nv.config.json',
    ],
  ])('is that of %s', async (_who, args, options, name, chosenBy) => {
    const store = await storeOf({ acme, beta: acme })
    const shown = await nv(store, ['current', ...args], options)
    expect(shown).toMatchObject({ exitCode: 0, out: `${name}\n`, err: `Chosen by ${chosenBy}.\n` })
    const { out } = await nv(store, ['current', ...args, '--json'], options)
    expect(JSON.parse(out)).toEqual({ schema: 'nv.current-profile/1', name, chosenBy })
  })

  test('is none without one', async () => {
    const { exitCode, out, err } = await nv(await storeOf({ acme }, null), ['current'])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain('No profile was chosen')
  })
})

describe('get', () => {
  test('prints what a run would have, from the profile or its preset', async () => {
    const store = await storeOf({ acme, g: { preset: 'generic', headers: { 'X-A': 'b' } } })
    expect((await nv(store, ['get', 'clientId'])).out).toBe('my-app\n')
    expect((await nv(store, ['get', 'redirect-uri'])).out).toBe('https://app.example/callback\n')
    expect((await nv(store, ['get', 'token-url'])).out).toBe(
      'https://sandbox.opengateway.telefonica.com/apigateway/token\n',
    )
    const { out } = await nv(store, ['get', 'loginHint', '--json'])
    expect(JSON.parse(out)).toMatchObject({ profile: 'acme', value: 'tel', from: 'preset sandbox' })
    expect((await nv(store, ['get', 'headers', '--profile', 'g'])).out).toBe('{"X-A":"b"}\n')
  })

  test.each([
    ['proxy', 'proxy is not set'],
    ['colour', 'Unknown setting "colour"'],
    ['clientid2', 'Perhaps clientId'],
    ['clientSecret', 'nv never shows a secret'],
  ])('of %s: %s', async (name, text) => {
    const { exitCode, out, err } = await nv(await storeOf({ acme }), ['get', name])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(text)
  })
})

describe('set', () => {
  test('changes one setting of the profile that is used, and nothing else', async () => {
    const changed = await nv(await storeOf({ acme, beta: acme }), ['set', 'client-id', 'other'])
    expect(changed).toMatchObject({ exitCode: 0, out: 'Changed profile acme.\n' })
    expect(changed.stored.profiles).toEqual({ acme: { ...acme, clientId: 'other' }, beta: acme })
    const beta = await nv(await storeOf({ acme, beta: acme }), ['set', 'pkce', 'off', '-p', 'beta'])
    expect(beta.stored.profiles['beta']).toEqual({ ...acme, pkce: 'off' })
    const headed = await nv(await storeOf({ acme }), ['set', 'header X-A', 'b'])
    expect(headed.stored.profiles['acme']).toEqual({ ...acme, headers: { 'X-A': 'b' } })
  })

  test.each<[string[], string]>([
    [['clientSecret', canary], 'nv profile edit acme --client-secret-stdin'],
    [['clientSecret'], "nv can't ask for the secret"],
    [['header X-Api-Key', canary], 'looks like a secret'],
    [['redirectUri', 'javascript:x'], 'must not have a scheme'],
    [['clientId'], 'Missing value for clientId'],
    [['colour', 'red'], 'Unknown setting "colour"'],
  ])('%j is refused: %s', async (args, text) => {
    const { exitCode, out, err, stored } = await nv(await storeOf({ acme }), ['set', ...args])
    expect(exitCode).toBe(2)
    expect(err).toContain(text)
    expect(out + err).not.toContain(canary)
    expect(stored.profiles['acme']).toEqual(acme)
  })

  test('asks for a secret on a terminal', async () => {
    const store = await storeOf({ acme })
    const secret: Prompt['secret'] = () => Promise.resolve(canary)
    const { out, stored } = await nv(store, ['set', 'clientSecret'], { isTerminal: true, prompt: { secret } })
    expect(out).toContain('Changed profile acme. Its secret is in ')
    const entry = String(stored.profiles['acme']?.['secretEntry'])
    expect(await store.secrets.read(entry)).toEqual({ clientSecret: canary })
  })

  test('changes no profile that is built in', async () => {
    const { exitCode, err } = await nv(await storeOf({}, 'simulator'), ['set', 'clientId', 'x'])
    expect(exitCode).toBe(2)
    expect(err).toContain('simulator is built in')
  })
})

test('removing the default says that there is none now', async () => {
  const store = await storeOf({ acme, beta: acme })
  const { out } = await nv(store, ['remove', 'acme', '--yes', '--json'])
  expect(JSON.parse(out)).toMatchObject({ action: 'removed', isDefault: false })
  expect((await nv(store, ['remove', 'beta', '--yes'])).out).toBe('Removed profile beta and its secrets.\n')
})

test('--unset of what is not set says so', async () => {
  const store = await storeOf({ acme })
  const nothing = await nv(store, ['edit', 'acme', '--unset', 'proxy', '--unset', 'clientSecret'])
  expect(nothing).toMatchObject({ exitCode: 0, out: '' })
  expect(nothing.err).toBe(
    "Profile acme doesn't set proxy, so there is nothing to remove.\nProfile acme doesn't set clientSecret, so there is nothing to remove.\nNothing changed.\n",
  )
  const some = await nv(store, ['edit', 'acme', '--unset', 'proxy', '--unset', 'redirectUri'])
  expect(some.out).toContain('Changed profile acme.')
  expect(some.err).toContain("doesn't set proxy")
})

test('a profile that nearly has the name is offered', async () => {
  const { err } = await nv(await storeOf({ 'acme-production': acme }), [
    'edit',
    'acme-prodution',
    '--pkce',
    'off',
  ])
  expect(err).toContain('Perhaps acme-production')
})

describe('add', () => {
  /** Answers what is asked, by the beginning of the question; of a wrong answer gives what was said to it. */
  function answering(answers: Record<string, string>, choices: string[][] = []) {
    const problems: string[] = []
    const ask: Prompt['text'] = async ({ message, initial, validate }) => {
      const given = Object.entries(answers).find(([start]) => message.startsWith(start))?.[1]
      const text = given ?? initial ?? ''
      const verdict = (await validate?.(text)) ?? true
      if (verdict === true) return text
      problems.push(verdict)
      throw new Error('refused')
    }
    const prompt: Partial<Prompt> = {
      text: ask,
      secret: ask,
      confirm: () => Promise.resolve(false),
      choice: (options) => {
        choices.push(options.choices.map(({ value }) => value))
        const given = Object.entries(answers).find(([start]) => options.message.startsWith(start))?.[1]
        return Promise.resolve((given ?? options.choices[0]?.value) as never)
      },
    }
    return { prompt, problems, isTerminal: true }
  }

  test('asks for a name, and offers that of the preset', async () => {
    const offered = await nv(await storeOf({}), ['add', '--preset', 'sandbox'], answering({ Client: 'x1' }))
    expect(Object.keys(offered.stored.profiles)).toEqual(['sandbox'])
    const chosen = answering({ 'Profile name': 'acme-production', Client: 'x1' })
    const named = await nv(await storeOf({}), ['add', '--preset', 'sandbox'], chosen)
    expect(Object.keys(named.stored.profiles)).toEqual(['acme-production'])
  })

  test.each([
    ['acme', 'You have a profile acme already.'],
    ['ACME', 'You have a profile acme already.'],
    ['simulator', 'It is the name of a built-in profile.'],
    ['a b', 'It must have 1 to 64 letters'],
  ])('does not take the name %s', async (name, rule) => {
    const person = answering({ 'Profile name': name })
    await nv(await storeOf({ acme }), ['add', '--preset', 'sandbox'], person)
    expect(person.problems.join()).toContain(rule)
  })

  test.each<[string, string, Record<string, string>, string | null]>([
    ['that is missing', 'vonage', {}, 'File not found'],
    ['that is none', 'vonage', { '/nowhere/k.pem': 'hello' }, 'It is'],
    ['of another algorithm', 'vonage', { '/nowhere/k.pem': pemOf('ec') }, 'RS256'],
    ['that fits', 'vonage', { '/nowhere/k.pem': pemOf('rsa') }, null],
    ['that fits', 'camara', { '/nowhere/k.pem': pemOf('ec') }, null],
  ])('looks at a key %s when it is named, for %s', async (_what, preset, files, problem) => {
    const urls = { Issuer: 'https://o.example', Base: 'https://o.example' }
    const person = answering({ ...urls, Client: 'a', 'Private key': 'k.pem' })
    const { stored } = await nv(await storeOf({}), ['add', '--preset', preset], { ...person, files })
    if (problem !== null) expect(person.problems.join()).toContain(problem)
    else expect(stored.profiles[preset]?.['key']).toBe('/nowhere/k.pem')
  })

  test('refuses a key that a flag names before it asks anything', async () => {
    const person = answering({})
    const args = ['add', '--preset', 'vonage', '--key', 'k.pem']
    const { exitCode, err } = await nv(await storeOf({}), args, {
      ...person,
      files: { '/nowhere/k.pem': 'hello' },
    })
    expect(exitCode).toBe(2)
    expect(err).toContain("can't be used")
  })

  test('says where the values are found', async () => {
    const { err } = await nv(await storeOf({}), ['add', '--preset', 'sandbox'], answering({ Client: 'x1' }))
    expect(err).toContain(
      'See "My apps" in the Sandbox:\nhttps://sandbox.opengateway.telefonica.com/my-apps\n',
    )
    expect(err).toContain('  the client id of your app\n')
    expect(err).toContain('  the redirect URI of the app\n')
    const generic = answering({
      A: 'https://a.example',
      T: 'https://a.example',
      B: 'https://a.example',
      C: 'x',
    })
    expect((await nv(await storeOf({}), ['add', '--preset', 'generic'], generic)).err).not.toContain('See ')
  })

  test('offers only algorithms that the key signs with, and methods that the gateway may have', async () => {
    const choices: string[][] = []
    const store = await storeOf({ acme: { ...acme, preset: 'camara', key: '/nowhere/k.pem' } })
    const changes = ['keyAlgorithm', 'authMethod', 'done']
    const person = answering({ Key: 'RS256' }, choices)
    const { prompt } = person
    const choice: Prompt['choice'] = (options) =>
      options.message.startsWith('What do you want')
        ? Promise.resolve((changes.shift() ?? 'done') as never)
        : (prompt.choice?.(options) ?? Promise.reject(new Error('none')))
    await nv(store, ['edit', 'acme'], {
      isTerminal: true,
      prompt: { ...prompt, choice },
      files: { '/nowhere/k.pem': pemOf('rsa') },
    })
    expect(choices[0]).toEqual(['RS256', 'PS256'])
    expect(choices[1]).not.toContain('application_jwt')
    expect(choices[1]).toContain('private_key_jwt')
  })
})

test('consoles are those of presets, with an https address and a source', () => {
  for (const [name, { url, source, values }] of Object.entries(consoles)) {
    expect(Object.keys(presets)).toContain(name)
    expect(url).toMatch(/^https:\/\/\S+$/)
    expect(source).toMatch(/^https:\/\/\S+$/)
    for (const value of Object.values(values)) expect(value).not.toMatch(/[.]$/)
  }
})
