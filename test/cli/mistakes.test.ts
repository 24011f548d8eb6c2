// What newcomers mistype: each answer names the value, says the rule and gives the next step; nothing is sent.
import { describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, createTestStore } from '../support/context.ts'

async function nv(args: readonly string[], env: Record<string, string> = {}) {
  const store = createTestStore()
  await store.profiles.update(() => ({ default: 'acme', profiles: { acme: { clientId: 'x' } } }))
  const { context, out, err } = createTestContext({ store, env })
  const exitCode = await runProgram(context, args)
  return { exitCode, out: out(), err: err().replaceAll(/\s+/g, ' ') }
}

const number = '+34600000001'

test.each<[args: string[], said: string]>([
  [[number], `To check a number: nv verify ${number}`],
  [['nv', 'verify'], 'Leave it out: nv is there already'],
  [['$', 'nv', 'verify'], 'Leave it out: it is the prompt of a shell'],
  [['login'], 'Perhaps profile'],
  [['mock'], 'Perhaps simulate'],
  [['profile', 'delete', 'acme'], 'Perhaps remove'],
  [['profile', 'new'], 'Perhaps add'],
  [['runs', 'delete'], 'Perhaps rm'],
  [['--versoin'], 'Perhaps --version'],
  [['verify', '--hepl'], 'Perhaps --help'],
  [['verify', '+34', '600', '000', '001'], 'Quote a number that has spaces: nv verify "+34 600 000 001"'],
  [['verify', 'acme', number], `If acme is a profile: nv verify ${number} --profile acme`],
  [['doctor', 'acme'], 'If acme is a profile: nv doctor --profile acme'],
  [
    ['check', 'acme', 'other'],
    '"other" is one too many. Do One profile at a time, or all of them: nv check --all',
  ],
  [['verify', number, '#', 'comment'], 'Leave out what follows "#"'],
  [['simulate', 'curl', 'x'], 'Put -- before the program: nv simulate -- curl'],
  [['verify', number, '–-profile', 'acme'], 'Unknown option "–-profile" Why It starts with a long dash'],
  [['verify', number, '—profile', 'acme'], 'Type two hyphens: nv verify --profile'],
  [['verify', number, '-profile', 'acme'], 'Type two hyphens: nv verify --profile'],
  [['verify', number, '--profile simulator'], '--profile and its value are one word'],
  [['verify', number, '--json=true'], '--json takes no value'],
  [['verify', number, '--profile='], '--profile has no value'],
  [['verify', '--phone', number], `The phone number is an argument: nv verify ${number}`],
  [['verify', number, '--simulate'], 'nv verify --profile simulator'],
  [['verify', number, '--port', '80'], 'To choose where nv listens: nv verify --listen 8080'],
  [['verify', number, '--output', 'a.html'], 'To write a report: nv verify --report run.html'],
  [['verify', number, '--qr'], 'To choose the way: nv verify --via qr'],
  [['verify', number, '--timeout', '30'], 'Write 30s for seconds, 30m for minutes'],
  [['verify', number, '--via', 'usb'], 'It must be one of auto, qr'],
  [['verify', number, '--redirect-uri', 'localhost:3000/callback'], 'must be an absolute URL'],
  [['completion'], 'nv completion takes <shell>, one of bash, zsh, fish, powershell'],
  [['completion', '--shell', 'bash'], 'It is an argument, not an option: nv completion <shell>'],
  [['report', '--html'], 'To choose the format: nv report --format html'],
  [['check', '--url', 'https://x'], 'Perhaps --authorize-url, --token-url, --api-url'],
  [
    ['profile', 'set', 'redirectUri=https://x'],
    'Write a space in place of the =: nv profile set redirectUri',
  ],
  [['explain', '404'], 'It is an HTTP status, which alone can mean many things'],
  [['inspect', 'missing.har'], 'File not found: missing.har'],
])('nv %j: %s', async (args, said) => {
  const { exitCode, out, err } = await nv(args)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(said)
  expect(err).toMatch(/^error .* Why .* Do /)
  expect(err).not.toContain('?')
})

describe('what may be a secret', () => {
  it('is not repeated', async () => {
    for (const args of [
      ['verify', number, '--client-secret', 'hunter2'],
      ['verify', number, '--client-secret=hunter2'],
      ['verify', number, '--client-secret hunter2'],
      ['profile', 'set', 'clientSecret', 'hunter2', 'hunter2'],
      ['inspect', 'hunter2', 'hunter2'],
      ['profile', 'add', 'acme', 'hunter2'],
      ['profile', 'list', 'hunter2'],
      ['profile', 'set', 'clientSecret=hunter2'],
      ['verify', number, '--client-secret-stdin', 'hunter2'],
    ])
      expect((await nv(args)).err).not.toContain('hunter2')
    expect((await nv(['verify', number, '--client-secret', 'x'])).err).toContain('NV_CLIENT_SECRET')
  })
})

describe('a variable whose name is nearly right', () => {
  const warned = async (env: Record<string, string>) =>
    (await nv(['verify', number, '--profile', 'simulator', '--quiet'], env)).err

  it.each([
    ['NV_CLIENTID', 'NV_CLIENT_ID'],
    ['NV_PROFIL', 'NV_PROFILE'],
    ['NV_REDIRECT_URL', 'NV_REDIRECT_URI'],
    ['NV_CLIENT_SECRETS', 'NV_CLIENT_SECRET'],
  ])('%s is named, without its value', async (name, meant) => {
    const text = await warned({ [name]: 'hunter2' })
    expect(text).toContain(`${name} is set, but nv reads no such variable. Perhaps ${meant}`)
    expect(text).not.toContain('hunter2')
  })

  it('is not confused with those of other programs', async () => {
    expect(await warned({ NV_CUDA_LIB_VERSION: '12', NV_TEST_NODE: 'x', NV_LIBNCCL_PACKAGE: 'x' })).toBe('')
  })
})
